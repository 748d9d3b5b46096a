//! Two digits a byte.

use std::ops::Range;

use super::View;
use super::run::{SHORTEST, is_textual};

/// Pushes what a run of hex digits stands for, if that is text.
pub(super) fn read(text: &[u8], run: Range<usize>, view: &mut View<'static>) -> bool {
    let start = run.start + if text[run.clone()].starts_with(b"0x") { 2 } else { 0 };
    let digits = &text[start..run.end];
    // The first two already tell for most words, the first bytes for most hashes.
    let Some(sample) = digits.get(..SHORTEST.min(digits.len() & !1)) else { return false };
    if !sample.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let sample: Vec<u8> = bytes(sample).collect();
    if !is_textual(&sample)
        || !digits.len().is_multiple_of(2)
        || !digits.iter().all(u8::is_ascii_hexdigit)
    {
        return false;
    }
    let bytes: Vec<u8> = bytes(digits).collect();
    view.push(&bytes, start..run.end, (1, 2));
    true
}

fn bytes(digits: &[u8]) -> impl Iterator<Item = u8> {
    digits.chunks_exact(2).map(|pair| value(pair[0]) << 4 | value(pair[1]))
}

/// The value of a hex digit.
pub(super) fn value(digit: u8) -> u8 {
    char::from(digit).to_digit(16).unwrap_or_default() as u8
}
