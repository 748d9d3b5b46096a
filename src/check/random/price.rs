//! What a value costs if somebody wrote it: a price for each character after the one before it.

use super::bigrams::letter_thirds;

/// Prices are counted in thirtieths of a bit, so that thirds and tenths add up exactly.
const BIT: u16 = 30;

/// The bits of a [`PRICES`] entry that are the price.
const PRICE: u16 = 0x3ff;
/// The character is a letter.
const LETTER: u16 = 1 << 15;
/// It goes on with the word before it.
const GOES_ON: u16 = 1 << 14;
/// A small letter after a capital: it costs more where an abbreviation has ended.
const AFTER_CAPITAL: u16 = 1 << 13;
/// A digit after a small letter: it costs more where another follows, as a digit for a letter.
const IN_WORD: u16 = 1 << 12;
/// A `=`, which is cheap at the end.
const PADDING: u16 = 1 << 11;

/// The price of a character after another, and what else has to be looked at: `PRICES[before <<
/// 7 | byte]`, where a `before` of 0 is none.
static PRICES: [u16; 128 * 128] = prices();

/// The kinds of each character.
static KINDS: [u16; 256] = kinds();

/// Which kinds of characters stand in a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) const LOWER: Kinds = Kinds(1);
    pub(super) const UPPER: Kinds = Kinds(2);
    pub(super) const DIGIT: Kinds = Kinds(4);
    /// No hex digit.
    pub(super) const NO_HEX: Kinds = Kinds(8);
    /// A mark that base64url and names have.
    pub(super) const DASH: Kinds = Kinds(16);
    /// A mark that base64 has.
    pub(super) const PLUS: Kinds = Kinds(32);
    /// Any other mark.
    pub(super) const OTHER: Kinds = Kinds(64);
    /// A mark that neither names nor paths have.
    pub(super) const MARK: Kinds = Kinds(128);

    /// Whether there is a character of one of `kinds`.
    pub(super) const fn has(self, kinds: Kinds) -> bool {
        self.0 & kinds.0 != 0
    }
}

/// The kinds of characters in `value`, and what it costs in bits if somebody wrote it.
pub(super) fn weigh(value: &[u8]) -> (Kinds, f32) {
    let (mut kinds, mut sum, mut word, mut before) = (0, 0u32, 0u32, 0u8);
    for (at, &byte) in value.iter().enumerate() {
        kinds |= KINDS[usize::from(byte)];
        let entry = PRICES[usize::from(before & 127) << 7 | usize::from(byte & 127)];
        sum += u32::from(entry & PRICE);
        // Without branches: in what is random, none could be foretold.
        let goes_on = entry & GOES_ON != 0;
        // Pieces of one or two letters are rare in names.
        let is_piece = !goes_on & (word.wrapping_sub(1) < 2);
        sum += u32::from(BIT * 3 / 2) & u32::from(is_piece).wrapping_neg();
        word = (word & u32::from(goes_on).wrapping_neg()) + u32::from(entry >> 15);
        if entry & (AFTER_CAPITAL | IN_WORD | PADDING) != 0 {
            let next = value.get(at + 1);
            if entry & AFTER_CAPITAL != 0 && at >= 2 && value[at - 2].is_ascii_uppercase() {
                sum += u32::from(BIT * 22 / 10);
            } else if entry & IN_WORD != 0 && next.is_some_and(u8::is_ascii_lowercase) {
                sum += u32::from(BIT * 7 / 2);
            } else if entry & PADDING != 0 && at + 2 >= value.len() {
                sum -= u32::from(BIT * 8);
            }
        }
        before = byte;
    }
    (Kinds(kinds), sum as f32 / f32::from(BIT))
}

const fn kinds() -> [u16; 256] {
    let mut kinds = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        kinds[at] = match byte {
            b'a'..=b'z' => Kinds::LOWER.0,
            b'A'..=b'Z' => Kinds::UPPER.0,
            b'0'..=b'9' => Kinds::DIGIT.0,
            b'-' | b'_' => Kinds::DASH.0,
            b'+' | b'/' | b'=' => Kinds::PLUS.0,
            _ => Kinds::OTHER.0,
        };
        if !byte.is_ascii_hexdigit() {
            kinds[at] |= Kinds::NO_HEX.0;
        }
        if is_mark(byte) {
            kinds[at] |= Kinds::MARK.0;
        }
        at += 1;
    }
    kinds
}

const fn is_mark(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !byte.is_ascii_alphanumeric()
        && !matches!(byte, b'_' | b'-' | b'.' | b'/' | b':' | b',' | b'=')
}

const fn prices() -> [u16; 128 * 128] {
    let mut prices = [0; 128 * 128];
    let mut at = 0;
    while at < prices.len() {
        prices[at] = price((at >> 7) as u8, (at & 127) as u8);
        at += 1;
    }
    prices
}

/// What `byte` costs after `before`, or at the beginning where that is 0.
const fn price(before: u8, byte: u8) -> u16 {
    let upper = before.is_ascii_uppercase();
    let lower = before.is_ascii_lowercase();
    let digit = before.is_ascii_digit();
    let after_mark = if is_mark(before) { 2 * BIT } else { 0 };
    let first = letter_thirds(None, byte) * BIT / 3;
    let next = letter_thirds(Some(before), byte) * BIT / 3;
    match byte {
        b'a'..=b'z' if lower => next | LETTER | GOES_ON,
        // The first capital of a word is cheap to leave.
        b'a'..=b'z' if upper => (next + BIT * 3 / 10) | LETTER | GOES_ON | AFTER_CAPITAL,
        b'a'..=b'z' if digit => (first + 3 * BIT) | LETTER,
        b'a'..=b'z' => (first + BIT * 3 / 10 + after_mark) | LETTER,
        b'A'..=b'Z' if upper => (next + BIT / 2) | LETTER | GOES_ON,
        // camelCase
        b'A'..=b'Z' if lower => (first + BIT * 5 / 2) | LETTER,
        b'A'..=b'Z' if digit => (first + BIT * 7 / 2) | LETTER,
        b'A'..=b'Z' => (first + BIT + after_mark) | LETTER,
        b'0'..=b'9' if digit => BIT * 33 / 10,
        b'0'..=b'9' if lower => (BIT * 11 / 2) | IN_WORD,
        b'0'..=b'9' if upper => BIT * 11 / 2,
        b'0'..=b'9' => BIT * 4 + after_mark,
        // `----` and `====` are cheap.
        _ if before == byte => BIT,
        b'_' | b'-' | b'.' | b'/' | b':' | b',' => BIT * 32 / 10,
        b'=' => (BIT * 9) | PADDING,
        _ => BIT * 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(value: &str) -> f32 {
        weigh(value.as_bytes()).1
    }

    #[test]
    fn words_are_cheaper_than_what_is_none() {
        assert!(bits("authentication") < bits("uahtneitctaoin"));
        assert!(bits("getToken") < bits("gEtToKeN"));
        assert!(bits("password1") < bits("p4ssw0rd1"));
        assert!(bits("abc==") < bits("=abc="));
    }

    #[test]
    fn prices_add_up_exactly() {
        // A first digit 4 bits, every other 3.3.
        assert_eq!(bits("1234"), 13.9);
        assert_eq!(bits("----"), 6.2);
    }
}
