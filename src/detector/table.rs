//! The tables themselves, read-only data in the binary.

use super::{Confidence, Context, Detector, Provider, Remediation};
use crate::check::Check;

include!(concat!(env!("OUT_DIR"), "/detectors.rs"));

/// The automaton's transitions, two bytes each. A row begins with a cache line.
static TRANSITIONS: Aligned = Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/automaton.bin")));

#[repr(align(64))]
struct Aligned([u8; ENTRIES * 2]);

/// The state at `state << STRIDE_BITS | class`. Put together from two bytes, which the compiler
/// reads as one word: the table stays as it lies in the file, whatever the machine's byte order.
#[inline(always)]
pub(super) fn transition(at: usize) -> u16 {
    let [low, high] = [TRANSITIONS.0[at * 2], TRANSITIONS.0[at * 2 + 1]];
    u16::from_le_bytes([low, high])
}
