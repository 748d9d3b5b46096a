//! Maps and sets of object ids: those are hashes themselves, and need little more.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Spreads the bits of an id or a place.
#[derive(Default)]
pub struct Spread(u64);

/// A map from ids.
pub type IdMap<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;
/// A set of ids.
pub type IdSet<K> = HashSet<K, BuildHasherDefault<Spread>>;

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..piece.len()].copy_from_slice(piece);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        // Offsets differ in few bits: an odd factor carries each of them to the top.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_offsets_are_spread_at_both_ends() {
        for low in [true, false] {
            let part = |offset: u64| {
                let mut spread = Spread::default();
                spread.write_u64(offset * 64);
                if low { spread.finish() % 1024 } else { spread.finish() >> 54 }
            };
            let parts: IdSet<u64> = (0..1024).map(part).collect();
            assert!(parts.len() > 400, "{} of 1024", parts.len());
        }
    }
}
