//! Files and folders, on all cores.

use std::fs::{self, File, FileType};
use std::io::ErrorKind;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Result;

use super::content::Content;
use super::{LIMIT, Limits};
use crate::commands::judge::Judge;
use crate::config::Settings;
use crate::finding::{Place, Source};
use crate::git::{kept_files, within};
use crate::redaction::visible;
use crate::report::{Report, Stage};

/// A file, or a folder with all it holds but git's own folder, whose content is history. All cores
/// share the work; the report has the order of the names. With `gitignore`, what git ignores is
/// left out.
pub(super) fn tree(root: &Path, limits: Limits, gitignore: bool, settings: &Settings) -> Report {
    let mut listing = Judge::new(Stage::Files);
    let files = if gitignore && root.is_dir() {
        list_kept(&mut listing, root)
    } else {
        list(&mut listing, root)
    };
    let next = AtomicUsize::new(0);
    // A file's work is short, so that a thread for a handful would cost more than it saves.
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(files.len() / 32 + 1);
    let work = || {
        let mut judge = Judge::new(Stage::Files);
        judge.settings = settings.clone();
        let mut telling: Vec<(usize, Report)> = Vec::new();
        let mut room = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(listed) = files.get(at) else { break };
            if let Err(error) = file(&mut judge, listed, limits, &mut room) {
                judge.failed(&error.context(visible(bytes(&listed.path))));
            }
            let Report { findings, errors, passed, closed, .. } = &judge.report;
            let tells = !findings.is_empty() || !errors.is_empty() || !passed.is_empty();
            if tells || !closed.is_empty() {
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

/// A file that is judged, and whether it is a symbolic link, whose target is its content.
struct Listed {
    path: PathBuf,
    is_link: bool,
}

/// Every file below `root`, in the order of the names. A link that was named is followed; one that
/// was met is content, as in git.
fn list(judge: &mut Judge, root: &Path) -> Vec<Listed> {
    let mut files = Vec::new();
    let mut pending = match fs::metadata(root) {
        Ok(about) if about.is_dir() => vec![(root.to_path_buf(), about.file_type())],
        Ok(_) => return vec![Listed { path: root.to_path_buf(), is_link: false }],
        Err(error) => {
            judge.failed(&anyhow::Error::from(error).context(visible(bytes(root))));
            return Vec::new();
        }
    };
    while let Some((path, kind)) = pending.pop() {
        if kind.is_dir() {
            if let Err(error) = list_folder(&path, &mut pending) {
                judge.failed(&error.context(visible(bytes(&path))));
            }
        } else if kind.is_file() || kind.is_symlink() {
            // A socket or a pipe holds nothing that lies still.
            files.push(Listed { path, is_link: kind.is_symlink() });
        }
    }
    files
}

fn list_folder(folder: &Path, pending: &mut Vec<(PathBuf, FileType)>) -> Result<()> {
    let mut inside = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() != ".git" {
            inside.push((entry.file_name(), entry.file_type()?));
        }
    }
    inside.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
    pending.extend(inside.into_iter().map(|(name, kind)| (folder.join(name), kind)));
    Ok(())
}

/// What git tracks below `root`, and what it does not track and does not ignore.
fn list_kept(judge: &mut Judge, root: &Path) -> Vec<Listed> {
    let kept = match kept_files(root) {
        Ok(kept) => kept,
        Err(error) => {
            judge.failed(&error.context(visible(bytes(root))));
            return Vec::new();
        }
    };
    let mut files = Vec::new();
    for path in kept {
        match fs::symlink_metadata(&path) {
            // A submodule or a repository inside: git names the folder only.
            Ok(about) if about.is_dir() => files.extend(list(judge, &path)),
            Ok(about) => files.push(Listed { path, is_link: about.is_symlink() }),
            // Tracked, but deleted in the work tree.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                judge.failed(&anyhow::Error::from(error).context(visible(bytes(&path))));
            }
        }
    }
    files
}

/// Judges one file and its name; `room` is for its bytes.
fn file(
    judge: &mut Judge,
    Listed { path, is_link }: &Listed,
    limits: Limits,
    room: &mut Vec<u8>,
) -> Result<()> {
    let target;
    let text = if *is_link {
        target = fs::read_link(path)?;
        Content::Read(bytes(&target))
    } else {
        let file = File::open(path)?;
        let about = file.metadata()?;
        within(about.len(), limits.file, LIMIT)?;
        Content::of(file, &about, room)?
    };
    judge.file_name(bytes(path), None)?;
    let source = Source::new(Place::File, bytes(path));
    judge.file(&source, &text, limits.archive)
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
