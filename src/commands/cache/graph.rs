//! What earlier runs over a repository read of its commits: their dates and parents. A commit's id
//! says what these are, so that nothing here depends on detectors or settings; and a run that has
//! them reads only those commits that it judges.

use sha2::{Digest, Sha256};

use super::file::CacheFile;
use super::{digest, name, place};
use crate::git::{Graph, Store};

/// A repository's commits, as an earlier run left them.
pub(in crate::commands) struct GraphCache {
    seed: [u8; 32],
    file: CacheFile,
}

impl GraphCache {
    /// Gives the store what is known. Where nothing can be kept, it is all read again, and
    /// [`Cache::open`](super::Cache::open) says why.
    pub(in crate::commands) fn open(store: &mut Store) -> Option<GraphCache> {
        let seed: [u8; 32] = Sha256::digest(b"keystop commits 1").into();
        let folder = place::folder(store, "commits").ok()??;
        let objects = store.objects_dir().canonicalize().ok()?;
        let key = digest(&seed, b'g', crate::commands::path_bytes(&objects), b"");
        let path = folder.join(name(&key));
        let mut graph = Graph::default();
        let mut is_whole = true;
        let (file, _) = CacheFile::open(&path, &seed, |piece| {
            is_whole &= graph.learn(piece).is_ok();
        });
        // Pieces with a right checksum and a wrong form were not written by this program.
        store.begin_with(if is_whole { graph } else { Graph::default() });
        let file = file.filter(|_| is_whole)?;
        place::tidy(&folder, &path);
        Some(GraphCache { seed, file })
    }

    /// Keeps what was read since.
    pub(in crate::commands) fn keep(&mut self, store: &mut Store) {
        for piece in store.graph().take_fresh() {
            // A full disk: then the next run reads it again.
            if self.file.append(&self.seed, &piece).is_err() {
                break;
            }
        }
    }
}
