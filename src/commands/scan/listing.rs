//! The files below a path, one after the other in the order of their names.

use std::fs::{self, FileType};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Error, Result};

use crate::commands::path_bytes;
use crate::git::kept_files;
use crate::redaction::visible;

/// A file that is judged, and whether it is a symbolic link, whose target is its content.
pub(super) struct Listed {
    pub(super) path: PathBuf,
    pub(super) is_link: bool,
}

/// Lists as it is asked.
pub(super) struct Listing {
    /// What is still to come, the next one last.
    pending: Vec<(PathBuf, Kind)>,
    /// What could not be listed.
    pub(super) errors: Vec<Error>,
}

#[derive(Clone, Copy)]
enum Kind {
    Folder,
    File,
    Link,
    /// A socket or a pipe holds nothing that lies still.
    Other,
}

impl Listing {
    /// Everything below `root` but git's own folders. A link that was named is followed; one that was
    /// met is content, as in git.
    pub(super) fn of(root: &Path) -> Listing {
        let mut listing = Listing { pending: Vec::new(), errors: Vec::new() };
        match fs::metadata(root) {
            Ok(about) if about.is_dir() => {
                listing.pending.push((root.to_path_buf(), Kind::Folder));
            }
            Ok(_) => listing.pending.push((root.to_path_buf(), Kind::File)),
            Err(error) => listing.failed(Error::from(error), root),
        }
        listing
    }

    /// What git tracks below `root`, and what it does not track and does not ignore.
    pub(super) fn of_kept(root: &Path) -> Listing {
        let mut listing = Listing { pending: Vec::new(), errors: Vec::new() };
        let kept = match kept_files(root) {
            Ok(kept) => kept,
            Err(error) => {
                listing.failed(error, root);
                return listing;
            }
        };
        for path in kept {
            match fs::symlink_metadata(&path) {
                // A submodule or a repository inside: git names the folder only.
                Ok(about) if about.is_dir() => listing.pending.push((path, Kind::Folder)),
                Ok(about) if about.is_symlink() => listing.pending.push((path, Kind::Link)),
                Ok(_) => listing.pending.push((path, Kind::File)),
                // Tracked, but deleted in the work tree.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => listing.failed(Error::from(error), &path),
            }
        }
        listing.pending.reverse();
        listing
    }

    fn failed(&mut self, error: Error, path: &Path) {
        self.errors.push(error.context(visible(path_bytes(path))));
    }

    fn open(&mut self, folder: &Path) -> Result<()> {
        let mut inside = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name() != ".git" {
                inside.push((entry.file_name(), Kind::of(entry.file_type()?)));
            }
        }
        inside.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
        self.pending.extend(inside.into_iter().map(|(name, kind)| (folder.join(name), kind)));
        Ok(())
    }
}

impl Kind {
    fn of(kind: FileType) -> Kind {
        if kind.is_dir() {
            Kind::Folder
        } else if kind.is_file() {
            Kind::File
        } else if kind.is_symlink() {
            Kind::Link
        } else {
            Kind::Other
        }
    }
}

impl Iterator for Listing {
    type Item = Listed;

    fn next(&mut self) -> Option<Listed> {
        loop {
            let (path, kind) = self.pending.pop()?;
            match kind {
                Kind::File => return Some(Listed { path, is_link: false }),
                Kind::Link => return Some(Listed { path, is_link: true }),
                Kind::Other => {}
                Kind::Folder => {
                    if let Err(error) = self.open(&path) {
                        self.failed(error, &path);
                    }
                }
            }
        }
    }
}
