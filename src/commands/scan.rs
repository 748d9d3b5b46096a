//! `keystop scan`: files, folders, standard input, what is staged, a range of commits.

mod content;
mod tree;

use std::io::Read;

use anyhow::{Context, Result, bail};

use super::history::judge_plan;
use super::judge::Judge;
use super::print_report;
use crate::cli::ScanArgs;
use crate::finding::{Place, Source};
use crate::git::{LARGEST_FILE, Plan, Staged, Store, plan_history, plan_range, within};
use crate::report::Stage;

/// The option that raises the limit.
const LIMIT: &str = "--max-file-size";

/// Runs the scan and returns the exit code.
///
/// # Errors
/// A report that cannot be written. What could not be scanned is in the report.
pub fn scan(arguments: &ScanArgs) -> Result<u8> {
    let mut judge = Judge::new(Stage::Files);
    let limit = arguments.max_file_size;
    let outcome = if arguments.staged {
        staged(&mut judge, limit)
    } else if arguments.history {
        commits(&mut judge, limit, plan_history)
    } else if let Some(range) = &arguments.range {
        commits(&mut judge, limit, |store| plan_range(store, range))
    } else {
        let limit = limit.unwrap_or(LARGEST_FILE);
        arguments.paths.iter().try_for_each(|path| {
            if path.as_os_str() == "-" {
                input(&mut judge, limit)
            } else {
                judge.report.absorb(tree::tree(path, limit, arguments.gitignore));
                Ok(())
            }
        })
    };
    if let Err(error) = outcome {
        judge.failed(&error);
    }
    print_report(&judge.report, arguments.format, arguments.verbose, false)?;
    Ok(judge.report.exit_code())
}

fn staged(judge: &mut Judge, limit: Option<u64>) -> Result<()> {
    let mut store = open(judge, limit)?;
    let staged = Staged::find(&mut store, &[])?;
    judge.report.stage = Stage::Staged { first: staged.is_first(), merging: staged.merging };
    judge.staged(&mut store, &staged)
}

fn commits(
    judge: &mut Judge,
    limit: Option<u64>,
    plan: impl FnOnce(&mut Store) -> Result<Plan>,
) -> Result<()> {
    let mut store = open(judge, limit)?;
    let head = store.head()?;
    judge.report.stage = Stage::Range { head };
    let plan = plan(&mut store)?;
    judge_plan(judge, &mut store, &plan)
}

fn open(judge: &mut Judge, limit: Option<u64>) -> Result<Store> {
    let mut store = judge.open()?;
    if let Some(limit) = limit {
        store.limit_files(limit);
    }
    Ok(store)
}

fn input(judge: &mut Judge, limit: u64) -> Result<()> {
    let mut text = Vec::new();
    let input = std::io::stdin().lock().take(limit.saturating_add(1));
    { input }.read_to_end(&mut text).context("reading standard input")?;
    if text.is_empty() && super::is_device(&std::io::stdin()) {
        bail!("standard input is closed or empty: nothing was judged");
    }
    within(text.len() as u64, limit, LIMIT).context("standard input")?;
    let source = Source::new(Place::Input, b"(standard input)");
    judge.file(&source, &text, limit, LIMIT)
}
