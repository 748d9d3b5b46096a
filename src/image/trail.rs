//! Which paths a layer has and which it takes away from the layers below.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use super::archive::{Entry, What};

/// Marks a file of a lower layer as deleted.
const WHITEOUT: &[u8] = b".wh.";
/// Marks a folder's content in lower layers as deleted.
const OPAQUE: &[u8] = b".wh..wh..opq";

/// What became of a file in a layer above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// It is deleted there.
    Deleted,
    /// Another stands in its place.
    Replaced,
}

/// A layer's paths, as eight bytes each.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// Files, links and the like.
    files: HashSet<u64>,
    folders: HashSet<u64>,
    /// What a whiteout names.
    deleted: HashSet<u64>,
    /// Folders whose older content is hidden.
    opaque: HashSet<u64>,
}

/// A path as the trail knows it: without a leading `/` or `./` and a trailing `/`.
pub(super) fn plain(path: &[u8]) -> Vec<u8> {
    let parts = path.split(|&byte| byte == b'/').filter(|part| !matches!(*part, b"" | b"."));
    parts.collect::<Vec<_>>().join(&b'/')
}

impl Trail {
    /// Notes an entry; says whether a file of that path was there already.
    pub(super) fn note(&mut self, state: &RandomState, path: &[u8], entry: &Entry) -> bool {
        let (folder, name) = match memchr::memrchr(b'/', path) {
            Some(at) => (&path[..at], &path[at + 1..]),
            None => (&path[..0], path),
        };
        if name == OPAQUE {
            self.opaque.insert(state.hash_one(folder));
        } else if let Some(name) = name.strip_prefix(WHITEOUT) {
            // What storage drivers keep for themselves begins with the mark twice.
            if !name.starts_with(WHITEOUT) {
                let gone =
                    if folder.is_empty() { name.to_vec() } else { [folder, name].join(&b'/') };
                self.deleted.insert(state.hash_one(&gone[..]));
            }
        } else if entry.what == What::Folder {
            self.folders.insert(state.hash_one(path));
        } else {
            return !self.files.insert(state.hash_one(path));
        }
        false
    }

    /// What this layer does to a file of a lower one.
    pub(super) fn fate(&self, state: &RandomState, path: &[u8]) -> Option<Gone> {
        let hash = state.hash_one(path);
        if self.files.contains(&hash) || self.folders.contains(&hash) {
            return Some(Gone::Replaced);
        }
        let mut above = path;
        if self.deleted.contains(&hash) {
            return Some(Gone::Deleted);
        }
        while !above.is_empty() {
            above = &above[..memchr::memrchr(b'/', above).unwrap_or(0)];
            let hash = state.hash_one(above);
            if [&self.deleted, &self.opaque, &self.files].iter().any(|set| set.contains(&hash)) {
                return Some(Gone::Deleted);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(state: &RandomState, paths: &[(&str, What)]) -> Trail {
        let mut trail = Trail::default();
        for (path, what) in paths {
            let path = plain(path.as_bytes());
            let (target, attributes) = (Vec::new(), Vec::new());
            let entry = Entry { path: path.clone(), what: *what, size: 0, target, attributes };
            assert!(!trail.note(state, &path, &entry));
            let again = trail.note(state, &path, &entry);
            assert_eq!(again, *what == What::File && !path.windows(4).any(|at| at == WHITEOUT));
        }
        trail
    }

    #[test]
    fn a_layer_deletes_by_whiteouts_opaque_folders_and_files_in_a_folder_s_place() {
        let state = RandomState::new();
        let trail = layer(
            &state,
            &[
                ("./a/.wh.key", What::File),
                ("b/.wh..wh..opq", What::File),
                ("c", What::File),
                ("/d/", What::Folder),
                (".wh.e", What::File),
                (".wh..wh.plnk", What::File),
            ],
        );
        let fate = |path: &str| trail.fate(&state, path.as_bytes());
        assert_eq!(fate("a/key"), Some(Gone::Deleted));
        assert_eq!(fate("a/key/below"), Some(Gone::Deleted));
        assert_eq!(fate("a/other"), None);
        assert_eq!(fate("b/deep/file"), Some(Gone::Deleted));
        assert_eq!(fate("c/file"), Some(Gone::Deleted));
        assert_eq!(fate("c"), Some(Gone::Replaced));
        assert_eq!(fate("d"), Some(Gone::Replaced));
        assert_eq!(fate("d/file"), None);
        assert_eq!(fate("e"), Some(Gone::Deleted));
        assert_eq!(fate("b"), None);
    }
}
