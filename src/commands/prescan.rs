//! Finds out on all cores which blobs of a long history hold nothing; the exact way, commit by
//! commit, then has only the few others to look at.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use super::blob::{Blob, BlobKey};
use super::deadline::Deadline;
use crate::cores;
use crate::decode::archive::is_packed;
use crate::engine::{self, Match, Recall};
use crate::git::{Before, IdMap, IdSet, Kind, Object, ObjectId, Packs, Store};

/// Fewer blobs than this are not worth a second thread.
const WORTHWHILE: usize = 64;

/// Larger files, in bytes, are left to whoever asked.
const LARGEST: u64 = 8 << 20;

/// So many matches, at most, are held for whoever asked; further files are scanned again.
const MOST_MATCHES: usize = 1 << 14;
/// And so many bytes of the files they stand in: each is read again, also as another one's old version.
const MOST_FILES: usize = 24 << 20;

/// What was found out.
#[derive(Default)]
pub(super) struct Looked {
    /// The blobs in which nothing stands.
    pub clean: IdSet<BlobKey>,
    /// Bytes in them.
    pub bytes: u64,
    /// What stands in others.
    pub matches: IdMap<BlobKey, Vec<Match>>,
    /// How many matches that are.
    count: usize,
    /// The first of those files.
    pub files: IdMap<ObjectId, Arc<Object>>,
    /// How many bytes they have.
    size: usize,
}

/// Reads and scans `blobs` until the deadline, calls `step` after each and `tell` with each that is
/// clean. One that cannot be read, or whose turn did not come, is simply not in the answer: it is
/// judged, or reported, by whoever asked.
pub(super) fn look(
    packs: &Packs,
    blobs: &[Blob],
    step: &(impl Fn() + Sync),
    tell: &(impl Fn(&BlobKey) + Sync),
    deadline: Deadline,
) -> Looked {
    if blobs.len() < WORTHWHILE {
        return Looked::default();
    }
    let mut looked = Looked::default();
    looked.clean.reserve(blobs.len());
    let looked = Mutex::new(looked);
    let ids: Vec<ObjectId> = blobs.iter().map(|blob| blob.id).collect();
    visit_versions(packs, &ids, &|number, text: &[u8], before: Before<Recall>| {
        // What an archive holds is judged by whoever asked.
        if deadline.is_over() || is_packed(text) {
            step();
            return None;
        }
        let scanned = engine::scan_version(blobs[number].context, text, before);
        if let Ok(matches) = scanned.matches
            && let Ok(mut looked) = looked.lock()
        {
            let key = blobs[number].key();
            if matches.is_empty() {
                tell(&key);
                looked.bytes += text.len() as u64;
                looked.clean.insert(key);
            } else if !scanned.unpacks && looked.count + matches.len() <= MOST_MATCHES {
                looked.count += matches.len();
                if looked.size + text.len() <= MOST_FILES {
                    looked.size += text.len();
                    let file = Object { kind: Kind::Blob, data: text.to_vec() };
                    looked.files.insert(key.0, Arc::new(file));
                }
                looked.matches.insert(key, matches);
            }
        }
        step();
        scanned.recall
    });
    looked.into_inner().unwrap_or_default()
}

/// Calls `look` with the number and the content of as many of `ids` as can be read, on all cores.
/// Returns the numbers of those it was not called with.
pub(super) fn visit(
    packs: &Packs,
    ids: &[ObjectId],
    look: &(impl Fn(usize, &[u8]) + Sync),
) -> Vec<usize> {
    visit_versions(packs, ids, &|number, text: &[u8], _: Before<()>| {
        look(number, text);
        None
    })
}

/// The same, where `look` is told what it made of another version of the same file.
fn visit_versions<S: Send + Sync>(
    packs: &Packs,
    ids: &[ObjectId],
    look: &(impl Fn(usize, &[u8], Before<S>) -> Option<S> + Sync),
) -> Vec<usize> {
    let visited: Vec<AtomicBool> = ids.iter().map(|_| AtomicBool::new(false)).collect();
    let look = |number: usize, text: &[u8], before: Before<S>| {
        visited[number].store(true, Ordering::Relaxed);
        look(number, text, before)
    };
    packs.visit(ids, &look);
    // Loose objects, very large ones, and those of packs that do not read well.
    let unvisited =
        || (0..ids.len()).filter(|&at| !visited[at].load(Ordering::Relaxed)).collect::<Vec<_>>();
    let left = unvisited();
    let next = AtomicUsize::new(0);
    let work = || {
        let Ok(mut store) = Store::open() else { return };
        while let Some(&number) = left.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Where every core holds a large one, memory is short: whoever asked has one at a time.
            if !matches!(store.size(&ids[number]), Ok(Some(size)) if size <= LARGEST) {
                continue;
            }
            if let Ok(text) = store.read_file(&ids[number]) {
                look(number, &text, None);
            }
        }
    };
    let threads = cores::count().min(left.len() / WORTHWHILE);
    if threads > 1 {
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
        });
    }
    unvisited()
}
