//! The arguments of `keystop amend`.

use clap::Args;

/// Which commit to change.
#[derive(Debug, Args)]
pub struct AmendArgs {
    /// The commit, as a refused push names it
    #[arg(value_name = "COMMIT")]
    pub commit: String,
    /// Do not put in what is staged: stop at the commit, so that you can change it by hand
    #[arg(long)]
    pub stop: bool,
}
