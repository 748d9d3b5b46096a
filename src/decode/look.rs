//! The cheap look over a whole text: where may something be encoded?
//!
//! This loop runs over every byte that is judged. It looks at eight bytes with each instruction, in
//! one number, and nearly all of them are passed by.

/// So many bytes are looked at together.
const PIECE: usize = BLOCK * 2;
/// So many digits in a row are looked for, at every multiple of twice as many: three such blocks in
/// a row, wherever they begin, cover one.
pub(super) const BLOCK: usize = 8;

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A block of digits of base64.
    Digits,
    /// A quote before what may join its literal to the next.
    Quote,
    /// An escape; of several backslashes the last.
    Escape,
}

/// Calls `see` for each mark, in the order they stand.
pub(super) fn over(text: &[u8], mut see: impl FnMut(Mark, usize)) {
    let (pieces, rest) = text.as_chunks::<PIECE>();
    for (number, piece) in pieces.iter().enumerate() {
        look_at(text, number * PIECE, piece, &mut see);
    }
    let mut last = [0; PIECE];
    last[..rest.len()].copy_from_slice(rest);
    look_at(text, text.len() - rest.len(), &last, &mut see);
}

#[inline(always)]
fn look_at(text: &[u8], at: usize, piece: &[u8; PIECE], see: &mut impl FnMut(Mark, usize)) {
    let both = u128::from_le_bytes(*piece);
    let (low, high) = (both as u64, (both >> 64) as u64);
    // What most blocks hold, white space or a bracket, tells at once.
    if high_bits(low & SEVEN, b'+') & !low & HIGH == HIGH && are_digits(low) {
        see(Mark::Digits, at);
    }
    let (in_low, in_high) = (special(low), special(high));
    if in_low | in_high == 0 {
        return;
    }
    for (mut places, start) in [(in_low, at), (in_high, at + BLOCK)] {
        while places != 0 {
            let place = start + places.trailing_zeros() as usize / 8;
            places &= places - 1;
            if let Some(mark) = text.get(place..place + 2).and_then(mark_of) {
                see(mark, place);
            }
        }
    }
}

fn mark_of(pair: &[u8]) -> Option<Mark> {
    match *pair {
        [b'"' | b'\'', next] if may_join(next) => Some(Mark::Quote),
        [b'\\', b'u' | b'x' | b'/' | b'\n' | b'\r' | b'=' | b':'] => Some(Mark::Escape),
        [b'%', b'2'..=b'7'] => Some(Mark::Escape),
        _ => None,
    }
}

/// Whether this may stand between a literal and what joins it to the next, or joins it itself.
pub(super) fn may_join(next: u8) -> bool {
    matches!(next, b' ' | b'\t' | b'\n' | b'\r' | b'+' | b'.' | b'&')
}

/// Whether a block of digits begins at `at`.
pub(super) fn digits_at(text: &[u8], at: usize) -> bool {
    text.get(at..)
        .and_then(<[u8]>::first_chunk::<BLOCK>)
        .is_some_and(|block| are_digits(u64::from_le_bytes(*block)))
}

/// The same byte eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_le_bytes([byte; BLOCK])
}

const HIGH: u64 = eight(0x80);
const SEVEN: u64 = eight(0x7f);

/// The high bit of each byte that is not less than `least`; all are below 128.
#[inline(always)]
const fn high_bits(bytes: u64, least: u8) -> u64 {
    bytes + eight(0x80 - least)
}

/// The high bit of each byte that equals `byte`; all are below 128.
#[inline(always)]
const fn equal(bytes: u64, byte: u8) -> u64 {
    HIGH - (bytes ^ eight(byte))
}

/// The high bit of each byte that is a backslash, or one of `"` to `'`.
#[inline(always)]
const fn special(bytes: u64) -> u64 {
    let ascii = bytes & SEVEN;
    let from_quote_on = high_bits(ascii, b'"') & !high_bits(ascii, b'\'' + 1);
    (from_quote_on | equal(ascii, b'\\')) & !bytes & HIGH
}

/// Whether all are digits of one of the two alphabets of base64.
#[inline(always)]
const fn are_digits(bytes: u64) -> bool {
    let ascii = bytes & SEVEN;
    let lower = ascii | eight(0x20);
    let letters = high_bits(lower, b'a') & !high_bits(lower, b'z' + 1);
    let numbers = high_bits(ascii, b'/') & !high_bits(ascii, b'9' + 1);
    let others = equal(ascii, b'+') | equal(ascii, b'-') | equal(ascii, b'_');
    (letters | numbers | others) & !bytes & HIGH == HIGH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slowly(text: &[u8]) -> Vec<(Mark, usize)> {
        let mut marks = Vec::new();
        for piece in (0..text.len()).step_by(PIECE) {
            let block = text.get(piece..piece + BLOCK);
            let digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
            if block.is_some_and(|block| block.iter().all(digit)) {
                marks.push((Mark::Digits, piece));
            }
            for place in piece..text.len().min(piece + PIECE) {
                let pair = text.get(place..place + 2);
                marks.extend(pair.and_then(mark_of).map(|mark| (mark, place)));
            }
        }
        marks
    }

    proptest! {
        #[test]
        fn every_mark_is_seen(text in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(&b"\"'%\\ux/25+. &\n"[..]),
                proptest::sample::select(&b"aZ09+/-_"[..]),
                proptest::sample::select(&b"aZ09+/-_"[..]),
                any::<u8>(),
            ],
            0..80,
        )) {
            let mut marks = Vec::new();
            over(&text, |mark, place| marks.push((mark, place)));
            prop_assert_eq!(marks, slowly(&text));
        }

        #[test]
        fn a_block_is_digits_if_each_byte_is(block: [u8; BLOCK]) {
            let digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
            for byte in 0..=255 {
                let mut text = [b'a'; BLOCK];
                text[3] = byte;
                prop_assert_eq!(digits_at(&text, 0), digit(&byte));
            }
            prop_assert_eq!(digits_at(&block, 0), block.iter().all(digit));
        }
    }
}
