//! The tables themselves, read-only data in the binary.

use super::text::Text;
use super::{Confidence, Context, Detector, Look, Provider, Remediation};
use crate::check::Check;

include!(concat!(env!("OUT_DIR"), "/detectors.rs"));

/// What there is to say about detectors, as the build packed it.
pub(super) static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts.bin"));

/// The automaton's transitions as they lie in the file. A row begins with a cache line.
static BYTES: Aligned = Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/automaton.bin")));

#[repr(align(64))]
struct Aligned([u8; ENTRIES * 2]);

/// The same, two bytes each. That their number is known spares each step a second look at the bounds.
static TRANSITIONS: &[[u8; 2]; ENTRIES] = match BYTES.0.as_chunks::<2>().0.first_chunk() {
    Some(words) => words,
    None => panic!("automaton.bin is cut off"),
};

/// The state at `state << STRIDE_BITS | class`, whatever the machine's byte order.
#[inline(always)]
pub(super) fn transition(at: usize) -> u16 {
    u16::from_le_bytes(TRANSITIONS[at])
}

/// What is asked of detectors at each keyword, side by side: the table of detectors is so large that
/// each question to it waits for memory.
pub(super) static LOOKS: [Look; DETECTORS.len()] = {
    let mut looks = [Look::of(&DETECTORS[0]); DETECTORS.len()];
    let mut at = 1;
    while at < DETECTORS.len() {
        looks[at] = Look::of(&DETECTORS[at]);
        at += 1;
    }
    looks
};
