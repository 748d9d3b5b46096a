//! Values whose fingerprints are made at the end of a run, or never.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use crate::detector::Detector;
use crate::secret::Secret;
use crate::suppress::{AllowFile, Places};

/// The values of a run, each once.
#[derive(Default)]
pub(super) struct Late {
    numbers: HashMap<(u16, Secret), usize>,
    values: Vec<(&'static Detector, Secret)>,
    /// Where the allow file speaks of a detector.
    places: HashMap<u16, Places>,
}

impl Late {
    /// The number of a value.
    pub(super) fn number(&mut self, detector: &'static Detector, secret: &Secret) -> usize {
        *self.numbers.entry((detector.index, secret.clone())).or_insert_with(|| {
            self.values.push((detector, secret.clone()));
            self.values.len() - 1
        })
    }

    /// The value of a number.
    pub(super) fn value(&self, number: usize) -> Option<(&'static Detector, Secret)> {
        self.values.get(number).cloned()
    }

    /// Whether an entry speaks of what a detector finds at a path, be it of this value or another.
    pub(super) fn may_be_allowed(
        &mut self,
        files: &[Arc<AllowFile>],
        detector: &Detector,
        path: &[u8],
    ) -> bool {
        let places = self.places.entry(detector.index).or_insert_with(|| {
            let mut places = Places::default();
            files.iter().for_each(|file| places.add(file, detector.id));
            places
        });
        places.cover(path)
    }
}

/// What `make` makes of each, in the same order.
pub(super) fn on_all_cores<T: Sync, R: Send>(all: &[T], make: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let each = all.len().div_ceil(cores).max(1);
    if all.len() < 4 || cores == 1 {
        return all.iter().map(make).collect();
    }
    let make = &make;
    thread::scope(|scope| {
        let workers: Vec<_> = all
            .chunks(each)
            .map(|some| scope.spawn(move || some.iter().map(make).collect::<Vec<R>>()))
            .collect();
        // A worker that panics has ended the process already.
        workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
    })
}
