//! `keystop scan`: files, folders, standard input, what is staged, a range of commits.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::judge::Judge;
use super::print_report;
use crate::cli::ScanArgs;
use crate::finding::{Place, Source};
use crate::git::{Staged, Store, plan_range};
use crate::report::Stage;

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
            if path.as_os_str() == "-" { input(&mut judge) } else { tree(&mut judge, path) }
        })
    };
    if let Err(error) = outcome {
        judge.failed(&error);
    }
    print_report(&judge.report, arguments.format, arguments.verbose, false)?;
    Ok(judge.report.exit_code())
}

fn staged(judge: &mut Judge) -> Result<()> {
    let mut store = Store::open().context("opening the repository")?;
    let staged = Staged::find(&mut store, &[])?;
    judge.report.stage = Stage::Staged { first: staged.is_first(), merging: staged.merging };
    judge.staged(&mut store, &staged)
}

fn commits(judge: &mut Judge, range: &str) -> Result<()> {
    let mut store = Store::open().context("opening the repository")?;
    let head = store.head()?;
    judge.report.stage = Stage::Range { head };
    let plan = plan_range(&mut store, range)?;
    judge.plan(&mut store, &plan)
}

fn input(judge: &mut Judge) -> Result<()> {
    let mut text = Vec::new();
    std::io::stdin().lock().read_to_end(&mut text).context("reading standard input")?;
    let source = Source { place: Place::Input, path: b"(standard input)".to_vec(), commit: None };
    judge.report.judged.files += 1;
    judge.text(&source, &text, &mut |_| Ok(false))
}

/// A file, or a folder with all it holds but git's own folder, whose content is history.
fn tree(judge: &mut Judge, root: &Path) -> Result<()> {
    let mut pending = vec![root.to_path_buf()];
    while let Some(path) = pending.pop() {
        let scanned = entry(judge, &path, path == root, &mut pending);
        if let Err(error) = scanned {
            judge.failed(&error.context(crate::redaction::visible(bytes(&path))));
        }
    }
    Ok(())
}

fn entry(judge: &mut Judge, path: &Path, named: bool, pending: &mut Vec<PathBuf>) -> Result<()> {
    // A link that was named is followed; one that was met is content, as in git.
    let about = if named { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
    if about.is_dir() {
        let mut inside: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        inside.retain(|path| path.file_name().is_none_or(|name| name != ".git"));
        inside.sort_unstable_by(|one, other| other.cmp(one));
        pending.extend(inside);
        return Ok(());
    }
    let text = if about.is_symlink() {
        bytes(&fs::read_link(path)?).to_vec()
    } else if about.is_file() || named {
        fs::read(path)?
    } else {
        // A socket or a pipe that was met on the way holds nothing that lies still.
        return Ok(());
    };
    let shown = judge.file_name(bytes(path), None)?;
    let source = Source { place: Place::File, path: shown, commit: None };
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
