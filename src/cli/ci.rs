//! The arguments of `keystop ci`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::OutputArgs;
use crate::commands::PLATFORMS;
use crate::git::size;

/// Which commits to judge, where the platform does not say it well enough.
#[derive(Debug, Args)]
pub struct CiArgs {
    /// Judge what the run brought since this revision, whatever the platform says; an empty one, or
    /// an id that is not here, counts as not said
    #[arg(long, value_name = "REV", conflicts_with = "range")]
    pub base: Option<String>,
    /// Judge these commits, whatever the platform says
    #[arg(long, value_name = "A..B")]
    pub range: Option<String>,
    /// The repository's default branch, for platforms that do not name it
    #[arg(long, value_name = "BRANCH")]
    pub default_branch: Option<String>,
    /// The platform, where several seem to run this
    #[arg(long, value_parser = PossibleValuesParser::new(PLATFORMS.iter().map(|one| one.id)))]
    pub platform: Option<String>,
    /// What to judge where a shallow clone lacks commits of the run, instead of ending with 2
    #[arg(long, value_enum)]
    pub fallback: Option<Fallback>,
    /// One more policy that holds, beside the machine's and the one that KEYSTOP_POLICY names
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The largest file that is judged, in bytes or with k, m or g; a larger one is an error, never
    /// skipped [default: 512m]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_file_size: Option<u64>,
    /// What the report is written as, and where to; on standard output the platform's own way is
    /// the default.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Also say how much was judged
    #[arg(short, long)]
    pub verbose: bool,
}

/// What is judged in place of commits that are not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fallback {
    /// Every file that is checked out; what a later commit deleted is not seen.
    Tree,
}
