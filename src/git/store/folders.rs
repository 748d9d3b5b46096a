//! Where a repository keeps its objects, and where its history was cut off.

use std::collections::HashSet;
use std::env;
use std::path::PathBuf;

use super::Store;
use crate::git::ObjectId;

impl Store {
    /// Whether history was cut off at this commit, so that its parents are not here.
    #[must_use]
    pub fn is_shallow_at(&mut self, commit: &ObjectId) -> bool {
        self.shallow().contains(commit)
    }

    /// The commits at which history was cut off.
    #[must_use]
    pub fn shallow(&self) -> HashSet<ObjectId> {
        let list = std::fs::read_to_string(self.common_dir().join("shallow")).unwrap_or_default();
        list.lines().filter_map(|line| ObjectId::from_hex(line.as_bytes())).collect()
    }

    /// The folder that new objects go to; others may be named in its `info/alternates`.
    #[must_use]
    pub fn objects_dir(&self) -> PathBuf {
        env::var_os("GIT_OBJECT_DIRECTORY")
            .map_or_else(|| self.common_dir().join("objects"), PathBuf::from)
    }

    /// That folder, and those the environment names beside it: what a server was sent lies in a
    /// folder of its own until it is accepted, and what it had before in one of these.
    pub(super) fn object_folders(&self) -> Vec<PathBuf> {
        let others = env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
        std::iter::once(self.objects_dir())
            .chain(env::split_paths(&others).filter(|folder| !folder.as_os_str().is_empty()))
            .collect()
    }

    /// The folder that all work trees share.
    #[must_use]
    pub fn common_dir(&self) -> PathBuf {
        std::fs::read_to_string(self.git_dir.join("commondir"))
            .map_or_else(|_| self.git_dir.clone(), |to| self.git_dir.join(to.trim_end()))
    }
}
