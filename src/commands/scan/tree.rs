//! Files and folders, on all cores.

use std::collections::BTreeMap;
use std::fs::{self, File, FileType};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Result, bail, ensure};

use super::content::Content;
use super::{LIMIT, Limits};
use crate::commands::judge::Judge;
use crate::cores;
use crate::finding::{Place, Source};
use crate::git::{kept_files, within};
use crate::redaction::visible;
use crate::report::{Report, Stage};

/// A file, or a folder with all it holds but git's own folder, whose content is history. All cores
/// share the work; the report has the order of the names. With `gitignore`, what git ignores is
/// left out.
///
/// # Errors
/// A report that is written meanwhile and cannot be.
pub(super) fn tree(judge: &mut Judge, root: &Path, limits: Limits, gitignore: bool) -> Result<()> {
    let files = if gitignore && root.is_dir() { list_kept(judge, root) } else { list(judge, root) };
    judge.stream()?;
    let settings = judge.settings.clone();
    let next = AtomicUsize::new(0);
    // A file's work is short, so that a thread for a handful would cost more than it saves.
    let threads = cores::count().min(files.len() / 32 + 1);
    let told = Mutex::new(Told { judge, next: 0, early: BTreeMap::new(), outcome: Ok(()) });
    let work = || {
        let mut judge = Judge::new(Stage::Files);
        judge.settings = settings.clone();
        let mut room = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(listed) = files.get(at) else { break };
            if let Err(error) = file(&mut judge, listed, limits, &mut room) {
                judge.failed(&error.context(visible(bytes(&listed.path))));
            }
            let report = std::mem::replace(&mut judge.report, Report::new(Stage::Files));
            let Ok(mut told) = told.lock() else { break };
            if told.file(at, report).is_err() {
                break;
            }
        }
    };
    if threads == 1 {
        work();
    } else {
        // A worker that panics has ended the process already.
        thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    }
    let Ok(told) = told.into_inner() else { bail!("not every file was judged") };
    told.outcome?;
    ensure!(told.next == files.len(), "not every file was judged");
    Ok(())
}

/// What the workers have told, put into the order of the names.
struct Told<'a> {
    judge: &'a mut Judge,
    /// The file whose turn it is.
    next: usize,
    /// What was told of files before their turn.
    early: BTreeMap<usize, Report>,
    outcome: Result<()>,
}

impl Told<'_> {
    /// Takes what came of a file; an error means that there is no use in going on.
    fn file(&mut self, at: usize, report: Report) -> Result<(), ()> {
        if at != self.next {
            self.early.insert(at, report);
            return self.outcome.as_ref().map_or(Err(()), |()| Ok(()));
        }
        let mut turn = Some(report);
        while let Some(report) = turn {
            self.judge.report.absorb(report);
            self.next += 1;
            turn = self.early.remove(&self.next);
            if self.outcome.is_ok() {
                self.outcome = self.judge.stream();
            }
        }
        self.outcome.as_ref().map_or(Err(()), |()| Ok(()))
    }
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
