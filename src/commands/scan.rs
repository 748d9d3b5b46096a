//! `keystop scan`: files, folders, standard input, what is staged, commits, container images.

mod content;
mod history;
mod image;
mod listing;
mod tree;

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::history::judge_plan;
use super::judge::Judge;
use super::output::Reports;
use super::since;
use crate::cli::{HistoryArgs, Order, ScanArgs};
use crate::finding::{Place, Source};
use crate::git::{LARGEST_FILE, Plan, Staged, Store, plan_range, public_address, within};
use crate::report::Stage;

/// The option that raises the limit.
const LIMIT: &str = "--max-file-size";

/// How much of what no repository holds is read, in bytes.
#[derive(Clone, Copy)]
struct Limits {
    /// Of one file.
    file: u64,
    /// Unpacked out of one.
    archive: u64,
}

/// Runs the scan and returns the exit code.
///
/// # Errors
/// A report that cannot be written. What could not be scanned is in the report.
pub fn scan(arguments: &ScanArgs) -> Result<u8> {
    let mut reports = Reports::open(&arguments.output)?;
    let of_history = arguments.history || arguments.of_history == HistoryArgs::default();
    ensure!(
        of_history,
        "--branch, --since, --all-objects, --no-cache, --shard and --order are of --history"
    );
    let mut judge = Judge::new(Stage::Files);
    if is_final_as_found(arguments) {
        judge.stream = reports.stream();
    }
    ensure!(
        judge.stream.is_some() || arguments.of_history.order != Order::Found,
        "--order found needs --format jsonl, to standard output"
    );
    let limit = arguments.max_file_size;
    let outcome = if let Err(error) = configure_files(&mut judge, arguments) {
        Err(error)
    } else if arguments.staged {
        staged(&mut judge, arguments)
    } else if let Some(file) = &arguments.image.image {
        image::image(&mut judge, arguments, file)
    } else if arguments.history {
        history::history(&mut judge, arguments, &arguments.of_history)
    } else if let Some(range) = &arguments.range {
        commits(&mut judge, arguments, |store| plan_range(store, range))
    } else {
        let limits = Limits {
            file: limit.or(judge.settings.largest_file()).unwrap_or(LARGEST_FILE),
            archive: judge.settings.largest_archive(arguments.max_archive_size)?,
        };
        judge.excuses.is_for_people = judge.stream.is_none() && reports.are_for_people();
        let is_input = |path: &PathBuf| path.as_os_str() == "-";
        if arguments.name.is_some() && !arguments.paths.iter().any(is_input) {
            bail!("--name is the name of what comes from standard input (-)");
        }
        arguments.paths.iter().try_for_each(|path| {
            if path.as_os_str() == "-" {
                input(&mut judge, limits, arguments.name.as_deref()).and_then(|()| judge.stream())
            } else {
                tree::tree(&mut judge, path, limits, arguments.gitignore)
            }
        })
    };
    if let Err(error) = outcome {
        judge.failed(&error);
    }
    judge.record();
    let streamed = judge.stream.take().map_or(Ok(()), |stream| stream.finish(&judge.report));
    reports.write(&judge.report, arguments.verbose)?;
    streamed.context("writing the report")?;
    Ok(judge.report.exit_code())
}

/// Whether each finding is all that is said of it once it is found: which layer an image's stands in
/// and whether an audit's still stands in HEAD is known in the end.
fn is_final_as_found(arguments: &ScanArgs) -> bool {
    let is_audit = arguments.history && arguments.of_history.order == Order::Urgency;
    !is_audit && !arguments.staged && arguments.image.image.is_none()
}

/// Files need no repository; everything else is configured once it is known what is judged.
fn configure_files(judge: &mut Judge, arguments: &ScanArgs) -> Result<()> {
    if arguments.paths.is_empty() { Ok(()) } else { judge.configure_anywhere() }
}

fn staged(judge: &mut Judge, arguments: &ScanArgs) -> Result<()> {
    let mut store = open(judge, arguments)?;
    let staged = Staged::find(&mut store, &[])?;
    judge.report.stage = Stage::Staged { first: staged.is_first(), merging: staged.merging };
    judge.configure(&mut store, Some(&staged))?;
    judge.staged(&mut store, &staged)
}

fn commits(
    judge: &mut Judge,
    arguments: &ScanArgs,
    plan: impl FnOnce(&mut Store) -> Result<Plan>,
) -> Result<()> {
    let mut store = open(judge, arguments)?;
    let head = store.head()?;
    judge.report.stage = Stage::Range { head };
    judge.configure(&mut store, None)?;
    let plan = plan(&mut store)?;
    judge_plan(judge, &mut store, &plan)?;
    since::complete(judge, &mut store, head);
    Ok(())
}

fn open(judge: &mut Judge, arguments: &ScanArgs) -> Result<Store> {
    let mut store = judge.open()?;
    // Only told: a report does without.
    let addresses = store.fetch_urls("origin").unwrap_or_default();
    judge.report.origin = addresses.first().and_then(|address| public_address(address));
    if let Some(limit) = arguments.max_file_size {
        store.limit_files(limit);
    }
    if let Some(limit) = arguments.max_archive_size {
        store.limit_archives(limit);
    }
    Ok(store)
}

fn input(judge: &mut Judge, limits: Limits, name: Option<&Path>) -> Result<()> {
    let mut text = Vec::new();
    let input = std::io::stdin().lock().take(limits.file.saturating_add(1));
    { input }.read_to_end(&mut text).context("reading standard input")?;
    if text.is_empty() && super::is_device(&std::io::stdin()) {
        bail!("standard input is closed or empty: nothing was judged");
    }
    within(text.len() as u64, limits.file, LIMIT).context("standard input")?;
    let source = match name {
        Some(name) => Source::new(Place::File, super::path_bytes(name)),
        None => Source::new(Place::Input, b"(standard input)"),
    };
    judge.file(&source, &text, limits.archive)
}
