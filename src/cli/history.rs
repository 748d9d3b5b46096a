//! What of a history `scan --history` judges, and `merge`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::OutputArgs;
use crate::check::date;
use crate::commands::Shard;

/// What of a history is judged. That they go with `--history` alone is checked by whoever runs it:
/// clap asks for no option that conflicts with another one given.
#[derive(Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Options of --history")]
pub struct HistoryArgs {
    /// Only what this branch reaches, local or of a remote; may be given several times
    #[arg(long, value_name = "NAME")]
    pub branch: Vec<String>,
    /// Only commits that were made on this day or later
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub since: Option<i64>,
    /// Also what no ref reaches: reflogs, stashes, commits that were amended away
    #[arg(long, conflicts_with = "branch")]
    pub all_objects: bool,
    /// Judge everything anew, and remember nothing of what is clean
    #[arg(long)]
    pub no_cache: bool,
    /// Judge the part I of N, for `keystop merge`
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Which findings come first; `found` writes each as soon as it is judged, in JSON Lines
    #[arg(long, value_enum, default_value_t, conflicts_with = "shard")]
    pub order: Order,
}

/// The order of an audit's findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// What to act on first.
    #[default]
    Urgency,
    /// As they were met, the oldest commit first, without what only the end tells.
    Found,
}

/// What to merge.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The reports of all shards, in JSON Lines
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// How and where to print.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Also say how much was judged
    #[arg(short, long)]
    pub verbose: bool,
}

/// Midnight (UTC) of a day, in seconds since 1970.
fn day(text: &str) -> Result<i64, String> {
    date::parse(text.as_bytes()).ok_or_else(|| "a day is YYYY-MM-DD".to_owned())
}
