//! The command line of everything but the hook entry points.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::{self, Hook};

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
    /// Take the hooks out again and put back what was there
    Uninstall(ScopeArgs),
    /// Scan files, folders, standard input (-), what is staged, or a range of commits
    Scan(ScanArgs),
    /// List the detectors
    Detectors {
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
        /// Only say how many there are
        #[arg(long)]
        count: bool,
    },
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
    /// Say what a detector's key is, what it risks, and how to revoke and replace it
    Explain {
        /// The detector's id, as a block shows it
        id: String,
    },
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
#[command(group = clap::ArgGroup::new("what").required(true).args(["paths", "staged", "range", "history"]))]
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
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Also say how much was judged
    #[arg(short, long)]
    pub verbose: bool,
}

/// Reads `512m`, as git does: k, m and g are powers of 1024.
fn size(text: &str) -> Result<u64> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[number.len()..].to_ascii_lowercase()[..] {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => bail!("a size is a number of bytes, or one with k, m or g behind it"),
    };
    let number: u64 = number.parse()?;
    number.checked_mul(factor).context("too large")
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON object or array.
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
        Command::Uninstall(scope) => commands::uninstall(&scope),
        Command::Scan(arguments) => commands::scan(&arguments),
        Command::Detectors { format, count } => commands::detectors(format, count),
        Command::Explain { id } => commands::explain(&id),
        // Recognised before the command line is parsed; only their help is clap's.
        Command::PreCommit => Ok(commands::run_hook(Hook::PreCommit, &[])),
        Command::PreMergeCommit => Ok(commands::run_hook(Hook::PreMergeCommit, &[])),
        Command::CommitMsg { file } => Ok(commands::run_hook(Hook::CommitMsg, &[file.into()])),
        Command::PrePush { remote, url } => {
            let arguments: Vec<OsString> =
                [Some(remote), url].into_iter().flatten().map(OsString::from).collect();
            Ok(commands::run_hook(Hook::PrePush, &arguments))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_may_end_in_k_m_or_g() {
        assert_eq!(size("12").unwrap(), 12);
        assert_eq!(size("3k").unwrap(), 3072);
        assert_eq!(size("1G").unwrap(), 1 << 30);
        for wrong in ["", "m", "1x", "1kb", "-1", "99999999999g"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
