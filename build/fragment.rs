//! The piece of a keyword that the automaton looks for; the rest is compared where it was seen.

use crate::bigrams::letter_thirds;

/// Longer pieces are seen less often by chance, but each byte of them costs rows of the table. Of five
/// to eight, six is the shortest with which a walk over source texts is as fast as with the others.
pub const LONGEST: usize = 6;

/// Where the piece of a keyword (lower case) stands in it that texts hold least.
pub fn rarest(keyword: &str) -> std::ops::Range<usize> {
    let length = keyword.len().min(LONGEST);
    let windows = keyword.as_bytes().windows(length).enumerate();
    // Of equals the first: keywords of one provider begin alike.
    let best = windows.rev().max_by_key(|(_, piece)| surprise(piece));
    let start = best.map_or(0, |(start, _)| start);
    start..start + length
}

/// Thirds of a bit that seeing a piece tells, roughly.
fn surprise(piece: &[u8]) -> u32 {
    let before = std::iter::once(&b' ').chain(piece);
    before.zip(piece).map(|(&before, &byte)| of_byte(before, byte)).sum()
}

fn of_byte(before: u8, byte: u8) -> u32 {
    match byte {
        b'a'..=b'z' => u32::from(letter_thirds(Some(before).filter(u8::is_ascii_lowercase), byte)),
        b'0'..=b'9' if before.is_ascii_digit() => 9,
        b'_' | b' ' | b'-' | b'.' => 10,
        b'0'..=b'9' | b'/' | b'=' | b'"' => 14,
        _ => 20,
    }
}
