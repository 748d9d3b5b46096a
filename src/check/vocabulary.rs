//! A fixed list of words, made for questions that are asked of every value: does one of them stand
//! in it, begin it, end it, or is it one of them?
//!
//! Searching for sixty words one after the other cost more than all other checks together. Here two
//! small tables, which the compiler fills in, say of nearly every place that no word begins there.

/// How many words a list may hold; more are a compile error.
const MOST: usize = 255;

/// The words of a list.
pub struct Vocabulary {
    /// The words with white space between them.
    list: &'static str,
    /// Where each word stands in `list`, and its length.
    places: [(u16, u8); MOST],
    /// How many there are.
    count: usize,
    /// For the low five bits of a first character, one more than the number of a word that begins
    /// with it.
    heads: [u8; 32],
    /// For each word the next one with such a first character.
    next: [u8; MOST],
    /// Row: low five bits of a first character; bits: those of the second.
    pairs: [u32; 32],
    /// The same for the second and the third.
    thirds: [u32; 32],
    /// Low five bits of the last characters.
    lasts: u32,
}

impl Vocabulary {
    /// The words of `list`, which white space separates.
    #[must_use]
    pub const fn new(list: &'static str) -> Vocabulary {
        let bytes = list.as_bytes();
        let mut made = Vocabulary {
            list,
            places: [(0, 0); MOST],
            count: 0,
            heads: [0; 32],
            next: [0; MOST],
            pairs: [0; 32],
            thirds: [0; 32],
            lasts: 0,
        };
        let (mut at, mut start) = (0, 0);
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at].is_ascii_whitespace() {
                if at > start {
                    made = made.with(start, at - start);
                }
                start = at + 1;
            }
            at += 1;
        }
        made
    }

    const fn with(mut self, start: usize, length: usize) -> Vocabulary {
        assert!(self.count < MOST && start <= u16::MAX as usize && length <= u8::MAX as usize);
        let bytes = self.list.as_bytes();
        let first = low(bytes[start]);
        self.places[self.count] = (start as u16, length as u8);
        self.next[self.count] = self.heads[first];
        self.count += 1;
        self.heads[first] = self.count as u8;
        self.lasts |= 1 << low(bytes[start + length - 1]);
        // What a short word does not say may be anything.
        match length {
            1 => {
                self.pairs[first] = u32::MAX;
                self.thirds = [u32::MAX; 32];
            }
            2 => {
                let second = low(bytes[start + 1]);
                self.pairs[first] |= 1 << second;
                self.thirds[second] = u32::MAX;
            }
            _ => {
                let second = low(bytes[start + 1]);
                self.pairs[first] |= 1 << second;
                self.thirds[second] |= 1 << low(bytes[start + 2]);
            }
        }
        self
    }

    /// Notes in `lengths`, at the low five bits of the first two characters, which lengths the words
    /// with such a beginning have: a bit for each, the lowest for 1. No word may be shorter than two.
    pub(crate) const fn note_beginnings(&self, lengths: &mut [u16; 1024]) {
        let (bytes, mut number) = (self.list.as_bytes(), 0);
        while number < self.count {
            let (start, length) = self.places[number];
            let start = start as usize;
            lengths[low(bytes[start]) << 5 | low(bytes[start + 1])] |= 1 << (length - 1);
            number += 1;
        }
    }

    /// Whether one of the words stands somewhere in `text`.
    #[must_use]
    pub fn stands_in(&self, text: &[u8]) -> bool {
        let Some(last) = text.len().checked_sub(1) else { return false };
        let may = |pair: &[u8]| self.pairs[low(pair[0])] >> low(pair[1]) & 1 == 1;
        text.windows(2).enumerate().any(|(at, pair)| may(pair) && self.begins(&text[at..]))
            || self.begins(&text[last..])
    }

    /// Whether `text` begins with one of the words.
    #[must_use]
    pub fn begins(&self, text: &[u8]) -> bool {
        self.may_begin(text) && self.alike(text).any(|word| text.starts_with(word))
    }

    /// Whether the first three characters of `text` may be those of one of the words.
    fn may_begin(&self, text: &[u8]) -> bool {
        let place = |at: usize| text.get(at).map_or(0, |&byte| low(byte));
        self.pairs[place(0)] >> place(1) & 1 == 1 && self.thirds[place(1)] >> place(2) & 1 == 1
    }

    /// Whether `text` is one of the words.
    #[must_use]
    pub fn has(&self, text: &[u8]) -> bool {
        self.may_begin(text) && self.alike(text).any(|word| word == text)
    }

    /// Whether `text` ends with one of the words.
    #[must_use]
    pub fn ends(&self, text: &[u8]) -> bool {
        let may = text.last().is_some_and(|&last| self.lasts >> low(last) & 1 == 1);
        may && self.words().any(|word| text.ends_with(word))
    }

    /// All of them.
    pub fn words(&self) -> impl Iterator<Item = &'static [u8]> {
        (0..self.count).map(|number| self.word(number))
    }

    fn word(&self, number: usize) -> &'static [u8] {
        let (start, length) = self.places[number];
        let start = usize::from(start);
        &self.list.as_bytes()[start..start + usize::from(length)]
    }

    /// The words that may have the first character of `text`.
    fn alike(&self, text: &[u8]) -> impl Iterator<Item = &'static [u8]> {
        let mut number = text.first().map_or(0, |&byte| self.heads[low(byte)]);
        std::iter::from_fn(move || {
            let at = usize::from(number.checked_sub(1)?);
            number = self.next[at];
            Some(self.word(at))
        })
    }
}

const fn low(byte: u8) -> usize {
    (byte & 31) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static WORDS: Vocabulary = Vocabulary::new(
        "
        alpha alp beta ${ :: …
        _here x- zz9
    ",
    );

    fn plain() -> impl Iterator<Item = &'static [u8]> {
        WORDS.list.split_ascii_whitespace().map(str::as_bytes)
    }

    proptest! {
        #[test]
        fn every_question_has_the_answer_of_a_plain_search(text in "[alphbet$:{_rx9z …-]{0,12}") {
            let text = text.as_bytes();
            let stands = plain().any(|word| memchr::memmem::find(text, word).is_some());
            prop_assert_eq!(WORDS.stands_in(text), stands);
            prop_assert_eq!(WORDS.begins(text), plain().any(|word| text.starts_with(word)));
            prop_assert_eq!(WORDS.ends(text), plain().any(|word| text.ends_with(word)));
            prop_assert_eq!(WORDS.has(text), plain().any(|word| text == word));
        }
    }

    #[test]
    fn a_word_of_one_character_is_found_anywhere() {
        static MARKS: Vocabulary = Vocabulary::new("{ } %s");
        assert!(MARKS.stands_in(b"a}") && MARKS.stands_in(b"{a") && MARKS.stands_in(b"a%s"));
        assert!(!MARKS.stands_in(b"a%d") && !MARKS.stands_in(b""));
    }
}
