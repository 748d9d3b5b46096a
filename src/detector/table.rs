//! The tables themselves, read-only data in the binary.

use super::{Confidence, Context, Detector, Provider, Remediation};
use crate::check::Check;

include!(concat!(env!("OUT_DIR"), "/detectors.rs"));

/// The automaton's transitions, two bytes each: the table stays as it lies in the file, whatever the
/// machine's byte order. That their number is known spares a walk a second look at the bounds.
static TRANSITIONS: &[[u8; 2]; ENTRIES] = {
    let words = include_bytes!(concat!(env!("OUT_DIR"), "/automaton.bin")).as_chunks::<2>().0;
    match words.first_chunk() {
        Some(words) => words,
        None => panic!("automaton.bin is cut off"),
    }
};

/// The state at `state << STRIDE_BITS | class`.
#[inline(always)]
pub(super) fn transition(at: usize) -> u16 {
    u16::from_le_bytes(TRANSITIONS[at])
}
