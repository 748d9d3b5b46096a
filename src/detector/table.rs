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
struct Aligned([u8; ROWS * CLASSES * 2]);

/// The states that have a row; the others are match states.
pub(super) const ROWS: usize = FIRST_MATCH as usize;

/// The same by rows, two bytes each. So the row of a state is found with one shift, and the place in
/// it, which does not wait for the state, is added as the load is made.
static TRANSITIONS: &[[[u8; 2]; CLASSES]; ROWS] =
    match BYTES.0.as_chunks::<2>().0.as_chunks::<CLASSES>().0.first_chunk() {
        Some(rows) => rows,
        None => panic!("automaton.bin is cut off"),
    };

/// The state behind `byte`, whatever the machine's byte order. `state` has a row.
#[inline(always)]
pub(super) fn transition(state: usize, byte: u8) -> usize {
    let class = BYTE_CLASSES[usize::from(byte)] as usize;
    usize::from(u16::from_le_bytes(TRANSITIONS[state][class]))
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
