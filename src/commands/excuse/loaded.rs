//! The allow files that hold for a run, and what goes with them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, bail};

use super::Version;
use crate::commands::record::Record;
use crate::commands::versions::Versions;
use crate::commands::{path_bytes, path_of};
use crate::detector::Detector;
use crate::finding::{Place, Source};
use crate::fingerprint::{Prints, Salt};
use crate::git::{ObjectId, Staged, Store, file_at_top};
use crate::report::Stage;
use crate::secret::Secret;
use crate::suppress::{ALLOW_FILE, AllowFile, Waiver};

/// What was read.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) files: Vec<Arc<AllowFile>>,
    /// The work tree's file, or a pushed one, where another version holds.
    pub(super) aside: Option<Arc<AllowFile>>,
    pub(super) salts: Vec<Salt>,
    /// The salt of the file that `keystop allow` makes, where there is none yet.
    pub(super) next: Option<Salt>,
    pub(super) waivers: Vec<Waiver>,
    pub(super) today: String,
    /// The work tree's top.
    pub(super) top: Option<PathBuf>,
    /// Where a run's findings are recorded.
    pub(super) record: Option<PathBuf>,
    pub(super) fault: Option<anyhow::Error>,
}

impl Loaded {
    pub(super) fn prints(&self, detector: &Detector, secret: &Secret) -> Prints {
        let print = |salt| secret.fingerprint(detector, salt);
        let shown = print(self.salts.first());
        let filed = match &self.next {
            Some(salt) => Some(print(Some(salt))),
            None => self.record.as_ref().map(|_| shown),
        };
        let public = if self.salts.is_empty() { shown } else { print(None) };
        Prints { shown, filed, public }
    }

    /// Whether nothing here speaks for any finding, nor is one recorded.
    pub(super) fn is_silent(&self) -> bool {
        let Loaded { files, aside, waivers, record, .. } = self;
        files.is_empty() && aside.is_none() && waivers.is_empty() && record.is_none()
    }

    pub(super) fn read(
        &mut self,
        version: &Version,
        pushed: &[ObjectId],
        versions: &mut Versions,
    ) -> Result<()> {
        // A scan of files needs no repository, and where none opens nothing is allowed.
        let Ok(Some(mut store)) = Store::find() else { return Ok(()) };
        self.record = Some(Record::folder(&store));
        self.top = store.work_tree().and_then(|top| top.canonicalize().ok());
        let blobs = match version {
            Version::WorkTree => match &self.top {
                Some(top) => {
                    if let Some(text) = work_tree_file(top)? {
                        self.files.push(Arc::new(AllowFile::parse(text)?));
                    }
                    Vec::new()
                }
                None => {
                    let head = store.head()?;
                    of_commits(&mut store, &Vec::from_iter(head))?
                }
            },
            Version::Commits(ids) => of_commits(&mut store, ids)?,
            Version::Staged => {
                let staged = Staged::find(&mut store, &[])?;
                Vec::from_iter(staged.file_at_top(&mut store, ALLOW_FILE)?)
            }
        };
        let mut is_own = *version == Version::WorkTree;
        for id in &blobs {
            let version = versions.read(&mut store, id)?;
            is_own |= version.is_checked_out;
            self.files.push(version.file);
        }
        let holds = |files: &[Arc<AllowFile>], text: &[u8]| {
            files.iter().any(|file| file.text().as_bytes() == text)
        };
        // What does not hold can only be a hint, and its faults are told when it is staged.
        if !is_own
            && let Some(top) = &self.top
            && let Ok(Some(own)) = work_tree_file(top)
            && !holds(&self.files, &own)
        {
            self.aside = AllowFile::parse(own).ok().map(Arc::new);
        }
        if !pushed.is_empty() {
            let mut pushed = of_commits(&mut store, pushed)?;
            pushed.retain(|id| !blobs.contains(id));
            let aside = pushed.iter().find_map(|id| versions.read(&mut store, id).ok());
            self.aside = aside.map(|version| version.file);
        }
        for file in &self.files {
            self.salts.extend(file.salts());
        }
        self.salts.sort_unstable();
        self.salts.dedup();
        if self.salts.is_empty() && self.files.iter().all(|file| file.entries().next().is_none()) {
            let aside = self.aside.as_ref().and_then(|file| file.salts().first());
            self.next = aside.copied().or_else(|| next_salt(&store));
        }
        Ok(())
    }

    /// The path as entries name it, where there are any.
    pub(super) fn path_of(&self, stage: &Stage, source: &Source) -> Vec<u8> {
        if self.files.is_empty() && self.aside.is_none() {
            return source.path.clone();
        }
        self.path_from_top(stage, source)
    }

    pub(super) fn path_from_top(&self, stage: &Stage, source: &Source) -> Vec<u8> {
        let in_files =
            matches!(stage, Stage::Files) && matches!(source.place, Place::File | Place::FileName);
        let below_top = || {
            let path = path_of(&source.path);
            let folder = match path.parent()? {
                empty if empty == Path::new("") => Path::new("."),
                folder => folder,
            };
            let whole = folder.canonicalize().ok()?.join(path.file_name()?);
            let path = whole.strip_prefix(self.top.as_ref()?).ok()?;
            Some(path_bytes(path).to_vec())
        };
        if in_files { below_top() } else { None }.unwrap_or_else(|| source.path.clone())
    }
}

/// The work tree's allow file.
///
/// # Errors
/// A link, a folder, or a file that cannot be read.
pub(in crate::commands) fn work_tree_file(top: &Path) -> Result<Option<Vec<u8>>> {
    let path = top.join(ALLOW_FILE);
    match std::fs::symlink_metadata(&path) {
        Ok(about) if about.is_file() => {
            Ok(Some(std::fs::read(&path).with_context(|| format!("reading {ALLOW_FILE}"))?))
        }
        Ok(_) => bail!("{ALLOW_FILE} must be a file, not a link or a folder"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context(format!("reading {ALLOW_FILE}")),
    }
}

/// The allow files of some commits, each once.
fn of_commits(store: &mut Store, commits: &[ObjectId]) -> Result<Vec<ObjectId>> {
    let mut blobs = Vec::new();
    for commit in commits {
        if let Some(tree) = store.tree_of(commit)? {
            blobs.extend(file_at_top(store, tree, ALLOW_FILE)?);
        }
    }
    blobs.sort_unstable();
    blobs.dedup();
    Ok(blobs)
}

/// The salt for the repository's first allow file: the one the last run's record has, so that it
/// stays the same until the file is there.
fn next_salt(store: &Store) -> Option<Salt> {
    static NEXT: OnceLock<Option<Salt>> = OnceLock::new();
    *NEXT.get_or_init(|| {
        let recorded = Record::read(&Record::folder(store)).ok().flatten();
        recorded.and_then(|record| record.salt()).or_else(|| Salt::random().ok())
    })
}
