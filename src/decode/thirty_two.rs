//! Thirty-two bytes looked at together, and each of them asked of what it stands before.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_set1_epi8,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
};

use safe_arch::m256i;

use super::masks::{Masks, PIECE};

/// What a byte is, by both halves of it: it is what its low half and its high half may both be. Of
/// either half there are sixteen, and one instruction looks thirty-two of them up.
struct Halves {
    low: [u8; 16],
    high: [u8; 16],
}

/// Sets of bytes, each with its bits. A byte of a set has its low half from one of them and its high half
/// from one of them, so a set holds every byte that is made of two such halves.
const fn halves<const SETS: usize>(sets: [(&[u8], u8); SETS]) -> Halves {
    let (mut low, mut high) = ([0; 16], [0; 16]);
    let mut number = 0;
    while number < SETS {
        let (bytes, bits) = sets[number];
        let mut at = 0;
        while at < bytes.len() {
            low[(bytes[at] & 0xf) as usize] |= bits;
            high[(bytes[at] >> 4) as usize] |= bits;
            at += 1;
        }
        number += 1;
    }
    Halves { low, high }
}

/// The digits of both alphabets of base64; which of the bits is set says nothing.
static DIGITS: Halves = halves([
    (b"+-/", 1),
    (b"0123456789", 2),
    (b"ABCDEFGHIJKLMNOabcdefghijklmno", 4),
    (b"PQRSTUVWXYZpqrstuvwxyz", 8),
    (b"_", 16),
]);
/// What is marked by its first byte and the next one: a bit for each set of bytes behind.
static FIRST: Halves = halves([(b"\"'", JOINS), (b"\\", ESCAPES), (b"%", PERCENT)]);
static SECOND: Halves = halves([
    (b" &+.", 1),
    (b"\t\n\r", 2),
    (b"ux", 4),
    (b"/", 8),
    (b"\n\r:=", 16),
    (b"234567", PERCENT),
]);
const JOINS: u8 = 1 | 2;
const ESCAPES: u8 = 4 | 8 | 16;
const PERCENT: u8 = 32;

/// The masks of as many pieces of `text` as there is room for in `masks`; one byte stands behind them.
#[target_feature(enable = "avx2")]
pub(super) fn look(text: &[u8], masks: &mut [Masks]) {
    let (digits, first, second) = (tables(&DIGITS), tables(&FIRST), tables(&SECOND));
    let (bytes, _) = text.as_chunks::<PIECE>();
    let (behind, _) = text[1..].as_chunks::<PIECE>();
    for ((mask, bytes), behind) in masks.iter_mut().zip(bytes).zip(behind) {
        let mut found = [(0, 0); 2];
        let (bytes, _) = bytes.as_chunks::<32>();
        let (behind, _) = behind.as_chunks::<32>();
        for ((found, bytes), behind) in found.iter_mut().zip(bytes).zip(behind) {
            let bytes = m256i::from(*bytes).0;
            let marked = _mm256_and_si256(sets(bytes, first), sets(m256i::from(*behind).0, second));
            *found = (others_than_none(marked), others_than_none(sets(bytes, digits)));
        }
        let [low, high] = found;
        let both = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        *mask = Masks { marks: both(low.0, high.0), digits: both(low.1, high.1) };
    }
}

/// Both tables, twice: each half of a register looks up in its own.
#[target_feature(enable = "avx2")]
fn tables(Halves { low, high }: &Halves) -> (__m256i, __m256i) {
    let twice = |table: &[u8; 16]| {
        let mut both = [0; 32];
        both[..16].copy_from_slice(table);
        both[16..].copy_from_slice(table);
        m256i::from(both).0
    };
    (twice(low), twice(high))
}

/// The sets each byte is in.
#[target_feature(enable = "avx2")]
#[inline]
fn sets(bytes: __m256i, (low, high): (__m256i, __m256i)) -> __m256i {
    let half = _mm256_set1_epi8(0xf);
    let above = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half);
    let low = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half));
    _mm256_and_si256(low, _mm256_shuffle_epi8(high, above))
}

/// A bit for each byte that is not zero.
#[target_feature(enable = "avx2")]
#[inline]
fn others_than_none(bytes: __m256i) -> u32 {
    let none = _mm256_cmpeq_epi8(bytes, _mm256_setzero_si256());
    !_mm256_movemask_epi8(none).cast_unsigned()
}
