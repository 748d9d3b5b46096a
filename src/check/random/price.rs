//! What a value costs if somebody wrote it: a price for each character after the one before it.

use super::bigrams::letter_thirds;

/// Prices are counted in thirtieths of a bit, so that thirds and tenths add up exactly.
const BIT: u16 = 30;

/// The price of a character after another: `PRICES[before << 7 | byte]`, where a `before` of 0 is none.
static PRICES: [u16; 128 * 128] = prices();

/// What a character costs more for what stands before the one before it, by the classes of four: two bits
/// each, its own the lowest.
static MORE: [u16; 256] = more();

/// Where the class of a character stands among its kinds.
const CLASS: u32 = 14;
const LOWER: usize = 1;
const UPPER: usize = 2;
const DIGIT: usize = 3;

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
    let (mut kinds, mut sum, mut classes, mut before) = (0, 0u32, 0, 0u8);
    // No branches: in what is random, none could be foretold.
    for &byte in value {
        let kind = KINDS[usize::from(byte)];
        kinds |= kind;
        classes = (classes << 2 | usize::from(kind >> CLASS)) & 0xff;
        sum += u32::from(PRICES[usize::from(before & 127) << 7 | usize::from(byte & 127)]);
        sum += u32::from(MORE[classes]);
        before = byte;
    }
    // Padding is cheap at the end.
    for at in value.len().saturating_sub(2)..value.len() {
        if value[at] == b'=' && at.checked_sub(1).is_none_or(|before| value[before] != b'=') {
            sum -= u32::from(BIT * 8);
        }
    }
    (Kinds(kinds), sum as f32 / f32::from(BIT))
}

const fn more() -> [u16; 256] {
    const fn is_letter(class: usize) -> bool {
        class == LOWER || class == UPPER
    }
    // Whether a letter goes on with the word before it.
    const fn goes_on(before: usize, class: usize) -> bool {
        class == LOWER && is_letter(before) || class == UPPER && before == UPPER
    }
    let (mut more, mut at) = ([0; 256], 0);
    while at < more.len() {
        let (third, second, before, own) = (at >> 6, at >> 4 & 3, at >> 2 & 3, at & 3);
        // Pieces of one or two letters are rare in names.
        let is_short = !goes_on(second, before) || !goes_on(third, second);
        if is_letter(before) && !goes_on(before, own) && is_short {
            more[at] += BIT * 3 / 2;
        }
        if own == LOWER && before == UPPER && second == UPPER {
            // An abbreviation has ended.
            more[at] += BIT * 22 / 10;
        } else if own == LOWER && before == DIGIT && second == LOWER {
            // A digit for a letter.
            more[at] += BIT * 7 / 2;
        }
        at += 1;
    }
    more
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
        let class = match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            _ => 0,
        };
        kinds[at] |= (class as u16) << CLASS;
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
        b'a'..=b'z' if lower => next,
        // The first capital of a word is cheap to leave.
        b'a'..=b'z' if upper => next + BIT * 3 / 10,
        b'a'..=b'z' if digit => first + 3 * BIT,
        b'a'..=b'z' => first + BIT * 3 / 10 + after_mark,
        b'A'..=b'Z' if upper => next + BIT / 2,
        // camelCase
        b'A'..=b'Z' if lower => first + BIT * 5 / 2,
        b'A'..=b'Z' if digit => first + BIT * 7 / 2,
        b'A'..=b'Z' => first + BIT + after_mark,
        b'0'..=b'9' if digit => BIT * 33 / 10,
        b'0'..=b'9' if lower || upper => BIT * 11 / 2,
        b'0'..=b'9' => BIT * 4 + after_mark,
        // `----` and `====` are cheap.
        _ if before == byte => BIT,
        b'_' | b'-' | b'.' | b'/' | b':' | b',' => BIT * 32 / 10,
        _ => BIT * 9,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    /// As [`weigh`] was first written: with the word's length, and a look at what is next.
    fn plainly(value: &[u8]) -> u32 {
        let (mut sum, mut word) = (0, 0);
        for (at, &byte) in value.iter().enumerate() {
            let before = at.checked_sub(1).map_or(0, |before| value[before]);
            sum += u32::from(price(before, byte));
            let goes_on = byte.is_ascii_lowercase() && before.is_ascii_alphabetic()
                || byte.is_ascii_uppercase() && before.is_ascii_uppercase();
            if goes_on {
                word += 1;
            } else {
                sum += if matches!(word, 1 | 2) { u32::from(BIT) * 3 / 2 } else { 0 };
                word = u32::from(byte.is_ascii_alphabetic());
            }
            let capital = at >= 2 && value[at - 2].is_ascii_uppercase();
            let next = value.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            if byte.is_ascii_lowercase() && before.is_ascii_uppercase() && capital {
                sum += u32::from(BIT) * 22 / 10;
            } else if byte.is_ascii_digit() && before.is_ascii_lowercase() && next {
                sum += u32::from(BIT) * 7 / 2;
            } else if byte == b'=' && before != b'=' && at + 2 >= value.len() {
                sum -= u32::from(BIT) * 8;
            }
        }
        sum
    }

    proptest! {
        #[test]
        fn every_value_has_the_price_of_reading_it_plainly(value in "([a-c]|[A-C]|[0-2]|[=_$]){0,20}") {
            let sum = plainly(value.as_bytes());
            prop_assert_eq!(weigh(value.as_bytes()).1, sum as f32 / f32::from(BIT));
        }
    }

    #[test]
    fn prices_add_up_exactly() {
        // A first digit 4 bits, every other 3.3.
        assert_eq!(bits("1234"), 13.9);
        assert_eq!(bits("----"), 6.2);
    }
}
