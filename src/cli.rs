//! The command line of everything but the hook entry points.

mod amend;
mod ci;
mod completions;
mod history;
mod image;
pub mod output;
mod receive;

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::commands::{self, Hook};
use crate::git::size;
use crate::report::{Language, Store};

pub use amend::AmendArgs;
pub use ci::{CiArgs, Fallback};
use completions::{CompletionsArgs, ManArgs};
pub use history::{HistoryArgs, MergeArgs, Order};
pub use image::ImageArgs;
pub use output::{Format, OutputArgs};
pub use receive::ReceiveArgs;

/// Stops keys before they leave your machine: a git pre-commit and pre-push hook.
#[derive(Debug, Parser)]
#[command(name = "keystop", version, subcommand_required = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 clean, 1 a key was found, 2 something could not be scanned, or bad usage"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Hook the current repository; an existing hook is kept and runs after keystop's
    Install(InstallArgs),
    /// Prove with a made-up key that this repository's hooks run; nothing is written to it
    Doctor,
    /// Take the hooks out again and put back what was there
    Uninstall(ScopeArgs),
    /// Scan files, folders, standard input (-), what is staged, commits, or a container image
    Scan(ScanArgs),
    /// Make one report of those of all shards of a `scan --history --shard I/N`
    Merge(MergeArgs),
    /// Judge the commits that started this run of a CI platform, found by its own variables
    Ci(CiArgs),
    /// Replace the staged keys by reads of the environment; their values go to .env
    Fix(FixArgs),
    /// Put what is staged into an older commit of this branch, or stop at it
    Amend(AmendArgs),
    /// List the detectors, or check your own
    #[command(args_conflicts_with_subcommands = true)]
    Detectors {
        /// What else to do than to list them.
        #[command(subcommand)]
        action: Option<DetectorsAction>,
        /// How to print
        #[arg(long, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
        /// Only say how many there are
        #[arg(long)]
        count: bool,
    },
    /// Turn another scanner's settings into .keystop.toml and .keystop-allow
    Import(ImportArgs),
    /// What git's pre-commit hook calls: judges the staged files
    PreCommit,
    /// What git's pre-merge-commit hook calls: judges the commit of a merge
    PreMergeCommit,
    /// What git's commit-msg hook calls: judges a message
    CommitMsg {
        /// The file that holds the message
        file: PathBuf,
    },
    /// What git's pre-push hook calls: reads git's list of refs from standard input
    PrePush {
        /// The remote's name, or its URL
        remote: String,
        /// The remote's URL
        url: Option<String>,
    },
    /// What a server's pre-receive hook calls: reads git's list of refs from standard input
    PreReceive(ReceiveArgs),
    /// Record that a finding of the last run is no key, or one that may stand there
    Allow(AllowArgs),
    /// Record every key that HEAD holds already, so that only new ones block
    Baseline(BaselineArgs),
    /// Go through the findings of the last run on a terminal, one key press each
    Review,
    /// Say what a detector's key is, what it risks, and how to revoke and replace it
    Explain(ExplainArgs),
    /// Print what a shell has to read to complete keystop's commands and options
    Completions(CompletionsArgs),
    /// Write the manual's pages, one for each command
    Man(ManArgs),
}

/// What to do with detectors.
#[derive(Debug, Subcommand)]
enum DetectorsAction {
    /// Run the examples of a file's detectors: in each exactly its own must fire, in no
    /// counter-example any
    Check {
        /// A .keystop.toml, or a provider's file
        file: PathBuf,
    },
}

/// What to import.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// .gitleaks.toml, .gitleaksignore, .secrets.baseline, .secretlintrc, .talismanrc,
    /// .secretlintignore, .trufflehogignore; several become one configuration
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What the files are, where their names do not say
    #[arg(long, value_enum)]
    pub from: Option<crate::commands::ImportFormat>,
    /// Show what would be written
    #[arg(long)]
    pub dry_run: bool,
    /// Write over a .keystop.toml that is there
    #[arg(long)]
    pub force: bool,
}

/// Which hooks are meant.
#[derive(Debug, Args)]
pub struct ScopeArgs {
    /// The hooks of every repository of this user (git's global core.hooksPath)
    #[arg(long)]
    pub global: bool,
}

/// What to install.
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// Where to.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Only this hook; may be given several times
    #[arg(long, value_name = "HOOK")]
    pub only: Vec<String>,
}

/// What to scan.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["paths", "staged", "range", "history", "image"]))]
pub struct ScanArgs {
    /// Files and folders; - for standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What the next commit would bring
    #[arg(long)]
    pub staged: bool,
    /// The commits of A..B, each against its parents
    #[arg(long, value_name = "A..B")]
    pub range: Option<String>,
    /// Every commit of every ref
    #[arg(long)]
    pub history: bool,
    /// Which container image.
    #[command(flatten)]
    pub image: ImageArgs,
    /// The name of the file that standard input is the content of
    #[arg(long, value_name = "FILE", requires = "paths")]
    pub name: Option<PathBuf>,
    /// What of the history.
    #[command(flatten)]
    pub of_history: HistoryArgs,
    /// Of a folder in a work tree only what git does not ignore
    #[arg(long, requires = "paths")]
    pub gitignore: bool,
    /// The largest file that is judged, in bytes or with k, m or g; a larger one is an error, never
    /// skipped [default: 512m]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_file_size: Option<u64>,
    /// As much is unpacked out of one file, in bytes or with k, m or g; more is an error. 0 judges
    /// archives by their own bytes [default: 256m]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_archive_size: Option<u64>,
    /// What the report is written as, and where to.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Also say how much was judged
    #[arg(short, long)]
    pub verbose: bool,
}

/// How to fix.
#[derive(Debug, Args)]
pub struct FixArgs {
    /// Do what is shown without asking
    #[arg(short, long)]
    pub yes: bool,
    /// Put back what the last fix changed
    #[arg(long, conflicts_with = "yes")]
    pub undo: bool,
}

/// What to explain.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The detector's id or a finding's fingerprint, as a block shows them
    pub id: String,
    /// Show code that reads such a key, in this language or for this kind of file
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub lang: Option<Language>,
    /// Where that code reads it from [default: env]
    #[arg(long, value_enum, value_name = "STORE", requires = "lang")]
    pub store: Option<Store>,
}

/// What to allow.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["fingerprints", "last", "prune"]))]
pub struct AllowArgs {
    /// The finding's fingerprint, as a block shows it
    #[arg(value_name = "FINGERPRINT")]
    pub fingerprints: Vec<String>,
    /// Everything that the last run blocked
    #[arg(long)]
    pub last: bool,
    /// Why this is no key, or one that may stand there
    #[arg(long, value_name = "TEXT", required_unless_present = "prune")]
    pub reason: Option<String>,
    /// The last day on which it may stand there
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with = "prune")]
    pub until: Option<String>,
    /// Only there: a path from the repository's root, a folder that ends in /, or a pattern
    #[arg(long, value_name = "PATH", conflicts_with = "prune")]
    pub path: Option<String>,
    /// Drop the entries that speak of nothing in HEAD, the index, the work tree and unpushed commits
    #[arg(long, conflicts_with = "reason")]
    pub prune: bool,
}

/// What to record.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// Only what stands in these files and folders
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Show what of it is still in HEAD, oldest first, and where to revoke it
    #[arg(long)]
    pub report: bool,
}

/// How to print a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people.
    Human,
    /// One JSON array.
    Json,
}

/// Runs the command line and returns the exit code.
#[must_use]
pub fn run(arguments: &[OsString]) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            // Help and version are no errors; bad usage is 2, as everywhere.
            return if error.use_stderr() { 2 } else { 0 };
        }
    };
    match dispatch(cli.command) {
        Ok(code) => code,
        Err(error) => {
            commands::print_error(&error);
            2
        }
    }
}

fn dispatch(command: Command) -> Result<u8> {
    match command {
        Command::Install(arguments) => commands::install(&arguments),
        Command::Doctor => commands::doctor(),
        Command::Uninstall(scope) => commands::uninstall(&scope),
        Command::Scan(arguments) => commands::scan(&arguments),
        Command::Merge(arguments) => commands::merge(&arguments),
        Command::Ci(arguments) => commands::ci(&arguments),
        Command::Detectors { action: Some(DetectorsAction::Check { file }), .. } => {
            commands::check_detectors(&file)
        }
        Command::Detectors { format, count, action: None } => commands::detectors(format, count),
        Command::Import(arguments) => commands::import(&arguments),
        Command::Fix(arguments) => commands::fix(&arguments),
        Command::Amend(arguments) => commands::amend(&arguments),
        Command::Allow(arguments) => commands::allow(&arguments),
        Command::Baseline(arguments) => commands::baseline(&arguments),
        Command::Review => commands::review(),
        Command::Explain(arguments) => commands::explain(&arguments),
        Command::Completions(arguments) => arguments.run(&mut Cli::command()),
        Command::Man(arguments) => arguments.run(Cli::command()),
        // Recognised before the command line is parsed; only their help is clap's.
        Command::PreCommit => Ok(commands::run_hook(Hook::PreCommit, &[])),
        Command::PreMergeCommit => Ok(commands::run_hook(Hook::PreMergeCommit, &[])),
        Command::CommitMsg { file } => Ok(commands::run_hook(Hook::CommitMsg, &[file.into()])),
        Command::PrePush { remote, url } => {
            let arguments: Vec<OsString> =
                [Some(remote), url].into_iter().flatten().map(OsString::from).collect();
            Ok(commands::run_hook(Hook::PrePush, &arguments))
        }
        Command::PreReceive(arguments) => {
            Ok(commands::run_hook(Hook::PreReceive, &arguments.as_given()))
        }
    }
}
