//! What is remembered of places in a text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Something for each of some places. What is written in the text has no say in where it is kept: of the
/// numbers up to a text's length, few fall together.
pub(super) type Places<Key, Value> = HashMap<Key, Value, BuildHasherDefault<Spread>>;

/// Spreads numbers that lie near each other.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn write_usize(&mut self, number: usize) {
        self.0 = (self.0.rotate_left(29) ^ number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_usize(usize::from(byte)));
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
