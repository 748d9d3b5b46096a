//! The walk over the keyword automaton: which keywords stand where in a text.

use super::table::{BYTE_CLASSES, FIRST_MATCH, OUTPUTS, STRIDE_BITS, TRANSITIONS};

/// Calls `hit(keyword, end)` for every keyword in `text`, in any letter case and overlapping,
/// where `end` is the offset just behind it.
pub fn keyword_hits(text: &[u8], mut hit: impl FnMut(u16, usize)) {
    let mut state: u16 = 0;
    for (at, &byte) in text.iter().enumerate() {
        state = step(state, byte);
        if state >= FIRST_MATCH {
            for &keyword in OUTPUTS[usize::from(state - FIRST_MATCH)] {
                hit(keyword, at + 1);
            }
        }
    }
}

#[inline(always)]
fn step(state: u16, byte: u8) -> u16 {
    let class = usize::from(BYTE_CLASSES[usize::from(byte)]);
    TRANSITIONS[usize::from(state) << STRIDE_BITS | class]
}
