//! The cheap look over a whole text: where may something be encoded?
//!
//! This loop runs over every byte that is judged. It looks at sixteen bytes or more with each
//! instruction, and nearly all of them are passed by.

use super::masks::{self, Masks};

/// So many digits in a row are looked for, at every multiple of as many: two such blocks, one behind
/// the other, stand in each run of three times the length.
pub(super) const BLOCK: usize = 8;

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Two blocks of digits of base64; the place is that of the second.
    Digits,
    /// A quote before what may join its literal to the next.
    Quote,
    /// An escape; of several backslashes the last.
    Escape,
}

/// Calls `see` for each mark, in the order they stand within a piece.
pub(super) fn over(text: &[u8], mut see: impl FnMut(Mark, usize)) {
    let mut before = false;
    masks::each(text, |at, masks| before = look_into(text, at, masks, before, &mut see));
}

/// Looks at what may stand in the piece at `at`. `before` is whether the block before may be one of
/// digits; returns the same of the last block.
#[inline(always)]
fn look_into(
    text: &[u8],
    at: usize,
    Masks { mut marks, digits }: Masks,
    before: bool,
    see: &mut impl FnMut(Mark, usize),
) -> bool {
    // The lowest bit of each eight is left where all of them are set.
    let mut blocks = digits & digits >> 1;
    blocks &= blocks >> 2;
    blocks &= blocks >> 4;
    blocks &= u64::from_le_bytes([1; 8]);
    let mut second = blocks & (blocks << 8 | u64::from(before));
    while second != 0 {
        let place = at + second.trailing_zeros() as usize;
        second &= second - 1;
        if digits_at(text, place) && digits_at(text, place - BLOCK) {
            see(Mark::Digits, place);
        }
    }
    while marks != 0 {
        let place = at + marks.trailing_zeros() as usize;
        marks &= marks - 1;
        let (first, second) = (text[place], text.get(place + 1).copied().unwrap_or_default());
        if FIRST[usize::from(first)] & SECOND[usize::from(second)] != 0 {
            see(mark_of(first), place);
        }
    }
    blocks >> 56 != 0
}

/// What may be marked by its first byte, and by its second: a bit for each kind that shares a place.
static FIRST: [u8; 256] = {
    let mut first = [0; 256];
    first[b'"' as usize] = 1;
    first[b'\'' as usize] = 1;
    first[b'\\' as usize] = 2;
    first[b'%' as usize] = 4;
    first
};
static SECOND: [u8; 256] = {
    let mut second = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        second[at] = may_join(byte) as u8
            | (matches!(byte, b'u' | b'x' | b'/' | b'\n' | b'\r' | b'=' | b':') as u8) << 1
            | (matches!(byte, b'2'..=b'7') as u8) << 2;
        at += 1;
    }
    second
};

fn mark_of(first: u8) -> Mark {
    if matches!(first, b'\\' | b'%') { Mark::Escape } else { Mark::Quote }
}

/// Whether this may stand between a literal and what joins it to the next, or joins it itself.
pub(super) const fn may_join(next: u8) -> bool {
    matches!(next, b' ' | b'\t' | b'\n' | b'\r' | b'+' | b'.' | b'&')
}

/// Whether a block of digits begins at `at`.
pub(super) fn digits_at(text: &[u8], at: usize) -> bool {
    text.get(at..)
        .and_then(<[u8]>::first_chunk::<BLOCK>)
        .is_some_and(|block| others(u64::from_le_bytes(*block)) == 0)
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

/// The high bit of each byte that is no digit of either of the two alphabets of base64.
#[inline(always)]
const fn others(bytes: u64) -> u64 {
    let ascii = bytes & SEVEN;
    let lower = ascii | eight(0x20);
    let letters = high_bits(lower, b'a') & !high_bits(lower, b'z' + 1);
    let numbers = high_bits(ascii, b'/') & !high_bits(ascii, b'9' + 1);
    let signs = equal(ascii, b'+') | equal(ascii, b'-') | equal(ascii, b'_');
    !(letters | numbers | signs) & HIGH | bytes & HIGH
}

/// Where the digits end that go on at `from`.
pub(super) fn end_of_digits(text: &[u8], mut from: usize) -> usize {
    while let Some(block) = text[from..].first_chunk::<BLOCK>() {
        let others = others(u64::from_le_bytes(*block));
        if others != 0 {
            return from + others.trailing_zeros() as usize / 8;
        }
        from += BLOCK;
    }
    from + text[from..].iter().take_while(|&&byte| is_digit(byte)).count()
}

/// Where the digits begin that end at `to`, not before `floor`.
pub(super) fn start_of_digits(text: &[u8], floor: usize, mut to: usize) -> usize {
    while let Some(block) = text[floor..to].last_chunk::<BLOCK>() {
        let others = others(u64::from_le_bytes(*block));
        if others != 0 {
            return to - others.leading_zeros() as usize / 8;
        }
        to -= BLOCK;
    }
    to - text[floor..to].iter().rev().take_while(|&&byte| is_digit(byte)).count()
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The marks of each kind, in their order.
    fn slowly(text: &[u8]) -> Vec<(Mark, usize)> {
        let digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
        let mut marks = Vec::new();
        for place in (BLOCK..text.len()).step_by(BLOCK) {
            let both = text.get(place - BLOCK..place + BLOCK);
            if both.is_some_and(|both| both.iter().all(digit)) {
                marks.push((Mark::Digits, place));
            }
        }
        for place in 0..text.len() {
            let mark = match text[place..] {
                [b'"' | b'\'', next, ..] if may_join(next) => Mark::Quote,
                [b'\\', b'u' | b'x' | b'/' | b'\n' | b'\r' | b'=' | b':', ..] => Mark::Escape,
                [b'%', b'2'..=b'7', ..] => Mark::Escape,
                _ => continue,
            };
            marks.push((mark, place));
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
            0..300,
        )) {
            let mut marks = Vec::new();
            over(&text, |mark, place| marks.push((mark, place)));
            marks.sort_by_key(|&(mark, place)| (mark != Mark::Digits, place));
            prop_assert_eq!(marks, slowly(&text));
        }

        #[test]
        fn digits_end_and_begin_where_they_do(
            text in "[aZ09+/_-]{0,30}[.aZ9]{0,3}[aZ09+/_-]{0,30}",
            at in 0..60usize,
            floor in 0..60usize,
        ) {
            let (text, at) = (text.as_bytes(), at.min(text.len()));
            let (floor, digit) = (floor.min(at), |byte: &&u8| is_digit(**byte));
            prop_assert_eq!(end_of_digits(text, at), at + text[at..].iter().take_while(digit).count());
            let before = text[floor..at].iter().rev().take_while(digit).count();
            prop_assert_eq!(start_of_digits(text, floor, at), at - before);
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
