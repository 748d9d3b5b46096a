//! Finds out on all cores which blobs of a long history hold nothing; the exact way, commit by
//! commit, then has only the few others to look at.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::blob::{Blob, BlobKey};
use crate::decode::archive::is_packed;
use crate::engine;
use crate::git::{IdSet, ObjectId, Packs, Store};

/// Fewer blobs than this are not worth a second thread.
const WORTHWHILE: usize = 64;

/// What was found clean.
#[derive(Default)]
pub(super) struct Clean {
    /// The blobs in which nothing stands.
    pub blobs: IdSet<BlobKey>,
    /// Bytes in them.
    pub bytes: u64,
}

/// Reads and scans `blobs`, and calls `step` after each. One that holds something, or cannot be
/// read, is simply not in the answer: it is judged, or reported, by whoever asked.
pub(super) fn clean(packs: &Packs, blobs: &[Blob], step: &(impl Fn() + Sync)) -> Clean {
    if blobs.len() < WORTHWHILE {
        return Clean::default();
    }
    let visited: Vec<AtomicBool> = blobs.iter().map(|_| AtomicBool::new(false)).collect();
    let clean = Mutex::new(Clean::default());
    let look = |number: usize, text: &[u8]| {
        visited[number].store(true, Ordering::Relaxed);
        // What an archive holds is judged by whoever asked.
        if !is_packed(text)
            && engine::scan(blobs[number].context, text).is_ok_and(|matches| matches.is_empty())
            && let Ok(mut clean) = clean.lock()
        {
            clean.bytes += text.len() as u64;
            clean.blobs.insert(blobs[number].key());
        }
        step();
    };
    let ids: Vec<ObjectId> = blobs.iter().map(|blob| blob.id).collect();
    packs.visit(&ids, &look);
    // Loose objects, very large ones, and those of packs that do not read well.
    let left: Vec<usize> =
        (0..blobs.len()).filter(|&at| !visited[at].load(Ordering::Relaxed)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let Ok(mut store) = Store::open() else { return };
        while let Some(&number) = left.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Ok(text) = store.read_file(&ids[number]) {
                look(number, &text);
            }
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(left.len() / WORTHWHILE);
    if threads > 1 {
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
        });
    }
    clean.into_inner().unwrap_or_default()
}
