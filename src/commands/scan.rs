//! `keystop scan`: files, folders, standard input, what is staged, a range of commits.

use std::fs;
use std::io::Read;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};

use super::history::judge_plan;
use super::judge::Judge;
use super::print_report;
use crate::cli::ScanArgs;
use crate::finding::{Place, Source};
use crate::git::{Staged, plan_range, within};
use crate::redaction::visible;
use crate::report::{Report, Stage};

/// The option that raises the limit.
const LIMIT: &str = "--max-file-size";

/// Runs the scan and returns the exit code.
///
/// # Errors
/// A report that cannot be written. What could not be scanned is in the report.
pub fn scan(arguments: &ScanArgs) -> Result<u8> {
    let mut judge = Judge::new(Stage::Files);
    let outcome = if arguments.staged {
        staged(&mut judge)
    } else if let Some(range) = &arguments.range {
        commits(&mut judge, range)
    } else {
        arguments.paths.iter().try_for_each(|path| {
            if path.as_os_str() == "-" {
                input(&mut judge, arguments.max_file_size)
            } else {
                judge.report.absorb(tree(path, arguments.max_file_size));
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

fn staged(judge: &mut Judge) -> Result<()> {
    let mut store = judge.open()?;
    let staged = Staged::find(&mut store, &[])?;
    judge.report.stage = Stage::Staged { first: staged.is_first(), merging: staged.merging };
    judge.staged(&mut store, &staged)
}

fn commits(judge: &mut Judge, range: &str) -> Result<()> {
    let mut store = judge.open()?;
    let head = store.head()?;
    judge.report.stage = Stage::Range { head };
    let plan = plan_range(&mut store, range)?;
    judge_plan(judge, &mut store, &plan)
}

fn input(judge: &mut Judge, limit: u64) -> Result<()> {
    let mut text = Vec::new();
    let input = std::io::stdin().lock().take(limit.saturating_add(1));
    { input }.read_to_end(&mut text).context("reading standard input")?;
    within(text.len() as u64, limit, LIMIT).context("standard input")?;
    let source = Source::new(Place::Input, b"(standard input)");
    judge.report.judged.files += 1;
    judge.text(&source, &text, &mut |_| Ok(false))
}

/// A file, or a folder with all it holds but git's own folder, whose content is history. All cores
/// share the work; the report has the order of the names.
fn tree(root: &Path, limit: u64) -> Report {
    let mut listing = Judge::new(Stage::Files);
    let files = list(&mut listing, root);
    let next = AtomicUsize::new(0);
    // A file's work is short, so that a thread for a handful would cost more than it saves.
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(files.len() / 32 + 1);
    let work = || {
        let mut judge = Judge::new(Stage::Files);
        let mut telling: Vec<(usize, Report)> = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = files.get(at) else { break };
            if let Err(error) = file(&mut judge, path, path == root, limit) {
                judge.failed(&error.context(visible(bytes(path))));
            }
            if !judge.report.findings.is_empty() || !judge.report.errors.is_empty() {
                telling.push((at, std::mem::replace(&mut judge.report, Report::new(Stage::Files))));
            }
        }
        telling.push((usize::MAX, judge.report));
        telling
    };
    let mut reports: Vec<(usize, Report)> = if threads == 1 {
        work()
    } else {
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            // A worker that panics has ended the process already.
            workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
        })
    };
    reports.sort_by_key(|(at, _)| *at);
    let mut report = listing.report;
    for (_, one) in reports {
        report.absorb(one);
    }
    report
}

/// Every file below `root`, in the order of the names.
fn list(judge: &mut Judge, root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut pending = vec![root.to_path_buf()];
    while let Some(path) = pending.pop() {
        if let Err(error) = list_one(path.clone(), path == root, &mut files, &mut pending) {
            judge.failed(&error.context(visible(bytes(&path))));
        }
    }
    files
}

fn list_one(
    path: PathBuf,
    named: bool,
    files: &mut Vec<PathBuf>,
    pending: &mut Vec<PathBuf>,
) -> Result<()> {
    // A link that was named is followed; one that was met is content, as in git.
    let about = if named { fs::metadata(&path)? } else { fs::symlink_metadata(&path)? };
    if !about.is_dir() {
        // A socket or a pipe that was met on the way holds nothing that lies still.
        if named || about.is_file() || about.is_symlink() {
            files.push(path);
        }
        return Ok(());
    }
    let mut inside: Vec<PathBuf> =
        fs::read_dir(&path)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    inside.retain(|path| path.file_name().is_none_or(|name| name != ".git"));
    inside.sort_unstable_by(|one, other| other.cmp(one));
    pending.extend(inside);
    Ok(())
}

fn file(judge: &mut Judge, path: &Path, named: bool, limit: u64) -> Result<()> {
    let about = if named { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
    let text = if about.is_symlink() {
        bytes(&fs::read_link(path)?).to_vec()
    } else {
        within(about.len(), limit, LIMIT)?;
        fs::read(path)?
    };
    judge.file_name(bytes(path), None)?;
    let source = Source::new(Place::File, bytes(path));
    judge.report.judged.files += 1;
    judge.text(&source, &text, &mut |_| Ok(false))
}

#[cfg(unix)]
fn bytes(path: &Path) -> &[u8] {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes()
}

#[cfg(not(unix))]
fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}
