//! What of a history `scan --history` judges.

use clap::Args;

/// What of a history is judged.
#[derive(Debug, Default, Args)]
pub struct HistoryArgs {
    /// Judge everything anew, and remember nothing of what is clean
    #[arg(long, requires = "history", help_heading = "Options of --history")]
    pub no_cache: bool,
}
