//! `keystop scan`: files, folders, standard input, what is staged, commits, container images.

mod content;
mod image;
mod tree;

use std::io::Read;

use anyhow::{Context, Result, bail};

use super::history::judge_plan;
use super::judge::Judge;
use super::output::Reports;
use super::{audit, since};
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
    let reports = Reports::open(&arguments.output)?;
    let mut judge = Judge::new(Stage::Files);
    let limit = arguments.max_file_size;
    let outcome = if let Err(error) = configure_files(&mut judge, arguments) {
        Err(error)
    } else if arguments.staged {
        staged(&mut judge, limit)
    } else if let Some(file) = &arguments.image.image {
        image::image(&mut judge, &arguments.image, file, limit)
    } else if arguments.history {
        history(&mut judge, limit)
    } else if let Some(range) = &arguments.range {
        commits(&mut judge, limit, |store| plan_range(store, range))
    } else {
        let limit = limit.or(judge.settings.largest_file()).unwrap_or(LARGEST_FILE);
        arguments.paths.iter().try_for_each(|path| {
            if path.as_os_str() == "-" {
                input(&mut judge, limit)
            } else {
                let settings = judge.settings.clone();
                judge.report.absorb(tree::tree(path, limit, arguments.gitignore, &settings));
                Ok(())
            }
        })
    };
    if let Err(error) = outcome {
        judge.failed(&error);
    }
    judge.record();
    reports.write(&judge.report, arguments.verbose)?;
    Ok(judge.report.exit_code())
}

/// Files need no repository; everything else is configured once it is known what is judged.
fn configure_files(judge: &mut Judge, arguments: &ScanArgs) -> Result<()> {
    if arguments.paths.is_empty() { Ok(()) } else { judge.configure_anywhere() }
}

fn staged(judge: &mut Judge, limit: Option<u64>) -> Result<()> {
    let mut store = open(judge, limit)?;
    let staged = Staged::find(&mut store, &[])?;
    judge.report.stage = Stage::Staged { first: staged.is_first(), merging: staged.merging };
    judge.configure(&mut store, Some(&staged))?;
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
    judge.configure(&mut store, None)?;
    let plan = plan(&mut store)?;
    judge_plan(judge, &mut store, &plan)?;
    since::complete(judge, &mut store, head);
    Ok(())
}

fn history(judge: &mut Judge, limit: Option<u64>) -> Result<()> {
    let mut store = open(judge, limit)?;
    let head = store.head()?;
    judge.report.stage = Stage::History { head };
    judge.configure(&mut store, None)?;
    let plan = plan_history(&mut store)?;
    judge_plan(judge, &mut store, &plan)?;
    audit::complete(judge, &mut store, head)
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
    judge.report.judged.files += 1;
    judge.text(&source, &text, &mut |_| Ok(false))
}
