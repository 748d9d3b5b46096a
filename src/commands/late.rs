//! Values whose fingerprints are made at the end of a run, or never.

use std::collections::HashMap;
use std::sync::Arc;

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
