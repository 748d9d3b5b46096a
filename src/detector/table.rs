//! The tables themselves, read-only data in the binary.

use super::{Confidence, Context, Detector, Provider, Remediation};
use crate::check::Check;

include!(concat!(env!("OUT_DIR"), "/detectors.rs"));

/// The automaton's transitions: `TRANSITIONS[state << STRIDE_BITS | class]`.
pub(super) static TRANSITIONS: [u16; ENTRIES] =
    decode(include_bytes!(concat!(env!("OUT_DIR"), "/automaton.bin")));

// Evaluated by the compiler: the binary holds the decoded words, aligned.
#[allow(long_running_const_eval)]
const fn decode(bytes: &[u8]) -> [u16; ENTRIES] {
    let mut words = [0; ENTRIES];
    let mut at = 0;
    while at < ENTRIES {
        words[at] = u16::from_le_bytes([bytes[at * 2], bytes[at * 2 + 1]]);
        at += 1;
    }
    words
}
