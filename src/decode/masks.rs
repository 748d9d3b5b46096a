//! Where in a text something may stand that is looked for: a bit for each byte.

use super::sixteen;
#[cfg(target_arch = "x86_64")]
use super::thirty_two;

/// So many bytes are looked at together: a bit each in one number.
pub(super) const PIECE: usize = 64;
/// So many pieces are looked at before what was seen is looked into.
const BATCH: usize = 8;

/// What may stand in one piece. A bit may be set where nothing does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// An escape, or a quote before what may join its literal to the next.
    pub(super) marks: u64,
    /// Digits of base64.
    pub(super) digits: u64,
}

/// Calls `see` with the masks of each piece of `text`, in their order; of the last one, what it lacks
/// counts as zeros.
pub(super) fn each(text: &[u8], mut see: impl FnMut(usize, Masks)) {
    // The last piece has no byte behind.
    let whole = text.len().saturating_sub(1) / PIECE;
    let mut masks = [Masks::default(); BATCH];
    for first in (0..whole).step_by(BATCH) {
        let masks = &mut masks[..BATCH.min(whole - first)];
        look(&text[first * PIECE..], masks);
        for (number, mask) in masks.iter().enumerate() {
            see((first + number) * PIECE, *mask);
        }
    }
    let rest = &text[whole * PIECE..];
    if !rest.is_empty() {
        let mut last = [0; PIECE + 1];
        last[..rest.len()].copy_from_slice(rest);
        look(&last, &mut masks[..1]);
        see(whole * PIECE, masks[0]);
    }
}

/// The masks of as many pieces as there is room for; one byte stands behind them.
#[cfg(target_arch = "x86_64")]
fn look(text: &[u8], masks: &mut [Masks]) {
    if std::arch::is_x86_feature_detected!("avx2") {
        // The processor has just said that it can. This runs over every byte that is judged: a scan of
        // a tree took 4 % longer with what every processor can.
        #[allow(unsafe_code)]
        unsafe {
            thirty_two::look(text, masks);
        }
    } else {
        plainly(text, masks);
    }
}

#[cfg(not(target_arch = "x86_64"))]
use plainly as look;

/// The same on every processor.
fn plainly(text: &[u8], masks: &mut [Masks]) {
    let (pieces, _) = text.as_chunks::<PIECE>();
    for (mask, piece) in masks.iter_mut().zip(pieces) {
        *mask = Masks::default();
        let (quarters, _) = piece.as_chunks::<16>();
        for (number, quarter) in quarters.iter().enumerate() {
            let (special, may_be_digit) = sixteen::masks(*quarter);
            mask.marks |= u64::from(special) << (number * 16);
            mask.digits |= u64::from(may_be_digit) << (number * 16);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Look = fn(&[u8], &mut [Masks]);

    /// What is seen of two bytes at each place of a piece, and of the other places, where nothing is.
    fn seen(looks: Look, pair: [u8; 2]) -> Vec<(bool, bool)> {
        let mut seen = Vec::new();
        for place in 0..PIECE {
            let mut text = [b' '; PIECE + 1];
            text[place..place + 2].copy_from_slice(&pair);
            let mut masks = [Masks::default()];
            looks(&text, &mut masks);
            seen.push((masks[0].marks >> place & 1 != 0, masks[0].digits >> place & 1 != 0));
        }
        seen
    }

    fn for_each_pair(test: impl Fn([u8; 2], (bool, bool))) {
        for first in 0..=255_u8 {
            for second in 0..=255_u8 {
                let marked = match first {
                    b'"' | b'\'' => b" \t\n\r+.&".contains(&second),
                    b'\\' => b"ux/\n\r=:".contains(&second),
                    b'%' => (b'2'..=b'7').contains(&second),
                    _ => false,
                };
                let digit = first.is_ascii_alphanumeric() || b"+/-_".contains(&first);
                test([first, second], (marked, digit));
            }
        }
    }

    #[test]
    fn what_stands_somewhere_is_seen_there_by_every_processor() {
        for_each_pair(|pair, (marked, digit)| {
            for (may_be_marked, may_be_digit) in seen(plainly, pair) {
                assert!(may_be_marked || !marked, "{pair:?}");
                assert!(may_be_digit || !digit, "{pair:?}");
            }
        });
    }

    #[test]
    fn where_it_is_looked_up_only_that_is_seen() {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            for_each_pair(|pair, expected| {
                assert_eq!(seen(look, pair), [expected; PIECE], "{pair:?}");
            });
        }
    }

    #[test]
    fn each_piece_has_its_own_masks() {
        for length in (0..300).chain([BATCH * PIECE - 1, BATCH * PIECE, BATCH * PIECE + 65]) {
            let text: Vec<u8> = (0..length).map(|at| [b'a', b' '][at % 7 / 6]).collect();
            let mut digits = 0;
            let mut next = 0;
            each(&text, |at, masks| {
                assert_eq!(at, next);
                next += PIECE;
                let set = (0..PIECE).filter(|bit| masks.digits >> bit & 1 != 0);
                set.for_each(|bit| assert_eq!(text[at + bit], b'a'));
                digits += masks.digits.count_ones() as usize;
            });
            assert_eq!(digits, text.iter().filter(|&&byte| byte == b'a').count());
        }
    }
}
