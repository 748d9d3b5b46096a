//! `keystop pre-receive`.

use std::ffi::OsString;

use clap::Args;

/// How to judge what a server was sent.
#[derive(Debug, Args)]
pub struct ReceiveArgs {
    /// How long judging may take, such as 50s, 1500ms or none; a push that takes longer is refused
    /// [default: git's setting keystop.timeBudget, else 50s, and 4s on GitHub Enterprise Server]
    #[arg(long, value_name = "TIME")]
    pub time_budget: Option<String>,
}

impl ReceiveArgs {
    /// The arguments as git's hook would get them.
    #[must_use]
    pub fn as_given(self) -> Vec<OsString> {
        let given = self.time_budget.map(|time| ["--time-budget".into(), time.into()]);
        given.into_iter().flatten().collect()
    }
}
