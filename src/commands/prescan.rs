//! Finds out on all cores which blobs of a long history hold nothing; the exact way, commit by
//! commit, then has only the few others to look at.

use std::collections::HashSet;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::engine;
use crate::git::{ObjectId, Store};

/// Fewer blobs than this are not worth a second repository opened.
const WORTHWHILE: usize = 64;

/// What was found clean.
#[derive(Default)]
pub(super) struct Clean {
    /// The blobs in which nothing stands, whatever their path.
    pub ids: HashSet<ObjectId>,
    /// Bytes in them.
    pub bytes: u64,
}

/// Reads and scans `blobs`. One that holds something, or cannot be read, is simply not in the
/// answer: it is judged, or reported, by whoever asked.
pub(super) fn clean(blobs: &[ObjectId]) -> Clean {
    let threads =
        thread::available_parallelism().map_or(1, NonZero::get).min(blobs.len() / WORTHWHILE);
    if threads < 2 {
        return Clean::default();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut clean = Clean::default();
        let Ok(mut store) = Store::open() else { return clean };
        while let Some(id) = blobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Ok(text) = store.read_file(id) else { continue };
            if engine::scan(b"", &text).is_ok_and(|matches| matches.is_empty()) {
                clean.bytes += text.len() as u64;
                clean.ids.insert(*id);
            }
        }
        clean
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut all = Clean::default();
        for worker in workers {
            // A worker that panics has ended the process already.
            let one = worker.join().unwrap_or_default();
            all.ids.extend(one.ids);
            all.bytes += one.bytes;
        }
        all
    })
}
