//! A value that must not be seen.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, Read};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use anyhow::{Context, Result};

use crate::detector::Detector;
use crate::fingerprint::{Fingerprint, Salt, is_guessable};

/// Bytes of a key. There is no `Display`, `Debug` is redacted, and the only ways out are the
/// comparison with other bytes and the [fingerprint](Secret::fingerprint).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Takes a copy of `value`.
    #[must_use]
    pub fn new(value: &[u8]) -> Self {
        Secret(value.into())
    }

    /// Whether `text` holds the value.
    #[must_use]
    pub fn stands_in(&self, text: &[u8]) -> bool {
        memchr::memmem::find(text, &self.0).is_some()
    }

    /// Whether this is the value `other`.
    #[must_use]
    pub fn is(&self, other: &[u8]) -> bool {
        *self.0 == *other
    }

    /// Number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the value is known by where it must not stand: see [`Fingerprint::of`].
    #[must_use]
    pub fn fingerprint(&self, detector: &Detector, salt: Option<&Salt>) -> Fingerprint {
        Fingerprint::of(detector, &self.0, salt)
    }

    /// Whether that takes long to make.
    #[must_use]
    pub fn is_guessable(&self, detector: &Detector) -> bool {
        is_guessable(detector, &self.0)
    }

    /// The same in a given form: see [`Fingerprint::in_form`].
    #[must_use]
    pub fn fingerprint_in_form(
        &self,
        slow: bool,
        detector: &Detector,
        salt: Option<&Salt>,
    ) -> Fingerprint {
        Fingerprint::in_form(slow, detector, &self.0, salt)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// Values of so many bytes are looked for in the way that is the quickest to prepare.
const LONG: usize = 256;

/// So many bytes of a text that is not held are read at once.
const PIECE: u64 = if cfg!(test) { 8 } else { 4 << 20 };

/// Values that are looked for together.
pub struct Secrets {
    numbers: HashMap<Box<[u8]>, usize>,
    search: AhoCorasick,
}

impl Secrets {
    /// Takes copies of the values; equal ones count once.
    ///
    /// # Errors
    /// More than the search can hold.
    pub fn new<'a>(secrets: impl Iterator<Item = &'a Secret>) -> Result<Self> {
        let mut numbers = HashMap::new();
        let mut values = Vec::new();
        for Secret(value) in secrets {
            numbers.entry(value.clone()).or_insert_with(|| {
                values.push(value.clone());
                values.len() - 1
            });
        }
        // For a private key the quickest search takes longer to make than it then saves.
        let long = values.iter().map(|value| value.len()).sum::<usize>() > LONG;
        let kind = long.then_some(AhoCorasickKind::ContiguousNFA);
        let search = AhoCorasick::builder().kind(kind).build(&values);
        let search = search.context("preparing to look for what was found")?;
        Ok(Secrets { numbers, search })
    }

    /// The number by which [`Secrets::standing_in`] names a value.
    #[must_use]
    pub fn number(&self, secret: &Secret) -> Option<usize> {
        self.numbers.get(&secret.0).copied()
    }

    /// The numbers of the values that `text` holds.
    #[must_use]
    pub fn standing_in(&self, text: &[u8]) -> HashSet<usize> {
        self.search.find_overlapping_iter(text).map(|found| found.pattern().as_usize()).collect()
    }

    /// The same for a text that is not held as a whole.
    ///
    /// # Errors
    /// Those of `text`.
    pub fn standing_in_all_of(&self, mut text: impl Read) -> io::Result<HashSet<usize>> {
        let common = self.search.max_pattern_len();
        let (mut held, mut piece) = (HashSet::new(), Vec::new());
        loop {
            // What may begin there and go on.
            piece.drain(..piece.len().saturating_sub(common));
            if text.by_ref().take(PIECE).read_to_end(&mut piece)? == 0 {
                return Ok(held);
            }
            held.extend(self.standing_in(&piece));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_length_only() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2hunter2")), "Secret(14 bytes)");
    }

    #[test]
    fn values_looked_for_together_are_found_also_inside_each_other() {
        let [one, two, three] = ["abcdef", "cde", "xyz"].map(|text| Secret::new(text.as_bytes()));
        let all = Secrets::new([&one, &two, &three, &one].into_iter()).unwrap();
        let held = all.standing_in(b"  abcdef  ");
        assert!(held.contains(&all.number(&one).unwrap()));
        assert!(held.contains(&all.number(&two).unwrap()));
        assert!(!held.contains(&all.number(&three).unwrap()));
        assert_eq!(all.number(&Secret::new(b"other")), None);
        for before in 0..20 {
            let text = format!("{}abcdef{}xyz", "x".repeat(before), "y".repeat(before));
            let (text, held) = (text.as_bytes(), all.standing_in(text.as_bytes()));
            assert_eq!(held.len(), 3);
            assert_eq!(all.standing_in_all_of(text).unwrap(), held);
        }
    }
}
