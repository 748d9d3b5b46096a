//! What earlier runs over a history found clean, so that a second run reads only what is new, and
//! one that was killed goes on where it was.
//!
//! Only digests of ids are kept, and only of what held nothing: commits that brought nothing, and
//! files in which nothing stood. Each digest is bound to everything a verdict depends on (the
//! detectors, the engine, the user's own detectors, the limits), so that whatever stands in a cache
//! of another version speaks for nothing.

mod file;
mod graph;
mod place;

use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use self::file::CacheFile;
pub(super) use self::graph::GraphCache;
use super::blob::BlobKey;
use crate::detector;
use crate::git::{IdSet, ObjectId, Store};
use crate::redaction::error_text;

/// Goes up when what counts as clean changes outside of what the build's digest covers.
const FORMAT: u32 = 3;
/// So many are written together,
const STEP: usize = 4096;
/// or as many as came in this time.
const MOMENT: Duration = Duration::from_secs(1);

/// Stands for a file or commit that is clean.
type Key = [u8; 16];

/// What is known to be clean.
pub(super) struct Cache {
    seed: [u8; 32],
    known: IdSet<Key>,
    /// Learnt, and not written yet.
    fresh: Vec<Key>,
    file: Option<CacheFile>,
    written: Instant,
}

impl Cache {
    /// What is known of the repository whose history begins with the commit `first`. `limits` are
    /// settings on which a verdict depends. The note says why what is there is not believed.
    pub(super) fn open(
        store: &Store,
        first: &ObjectId,
        limits: &str,
    ) -> (Option<Cache>, Option<String>) {
        let seed = rules(limits);
        let folder = match place::folder(store, "history") {
            Ok(Some(folder)) => folder,
            Ok(None) => return (None, None),
            Err(error) => {
                let why = error_text(&error);
                return (None, Some(format!("nothing is remembered of this run: {why}")));
            }
        };
        let path = folder.join(name(&digest(&seed, b'f', first.as_bytes(), b"")));
        let mut known = IdSet::default();
        let (file, note) = CacheFile::open(&path, &seed, |block| {
            known.extend(block.as_chunks().0);
        });
        if file.is_some() {
            place::tidy(&folder, &path);
        }
        (Some(Cache { seed, known, fresh: Vec::new(), file, written: Instant::now() }), note)
    }

    /// Whether nothing stands in a file.
    pub(super) fn has_file(&self, (id, context): &BlobKey) -> bool {
        self.known.contains(&digest(&self.seed, b'b', id.as_bytes(), context))
    }

    /// Whether a commit brought nothing. `part` says of which part of it that is known.
    pub(super) fn has_commit(&self, id: &ObjectId, part: &str) -> bool {
        self.known.contains(&digest(&self.seed, b'c', id.as_bytes(), part.as_bytes()))
    }

    /// Remembers a file in which nothing stands.
    pub(super) fn learn_file(&mut self, (id, context): &BlobKey) {
        self.learn(digest(&self.seed, b'b', id.as_bytes(), context));
    }

    /// Remembers a commit that brought nothing.
    pub(super) fn learn_commit(&mut self, id: &ObjectId, part: &str) {
        self.learn(digest(&self.seed, b'c', id.as_bytes(), part.as_bytes()));
    }

    fn learn(&mut self, key: Key) {
        if self.file.is_none() || !self.known.insert(key) {
            return;
        }
        self.fresh.push(key);
        let is_time = self.fresh.len().is_multiple_of(64) && self.written.elapsed() > MOMENT;
        if self.fresh.len() >= STEP || is_time {
            self.write();
        }
    }

    fn write(&mut self) {
        if let Some(file) = &mut self.file
            && !self.fresh.is_empty()
            && file.append(&self.seed, &self.fresh.concat()).is_err()
        {
            // A full disk: what was judged was judged all the same.
            self.file = None;
        }
        self.fresh.clear();
        self.written = Instant::now();
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.write();
    }
}

/// A digest of everything a verdict depends on but the text.
pub(super) fn rules(limits: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!("keystop {FORMAT} {} ", env!("CARGO_PKG_VERSION")));
    hash.update(detector::VERSION);
    hash.update(format!(" {limits} {:?}", detector::own()));
    hash.finalize().into()
}

/// A file's name.
fn name(key: &Key) -> String {
    key.map(|byte| format!("{byte:02x}")).concat()
}

fn digest(seed: &[u8; 32], kind: u8, id: &[u8], context: &[u8]) -> Key {
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update([kind, id.len() as u8]);
    hash.update(id);
    hash.update(context);
    let mut key = Key::default();
    key.copy_from_slice(&hash.finalize()[..16]);
    key
}
