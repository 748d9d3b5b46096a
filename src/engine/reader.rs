//! Reads the words of a text, each once, however many names it is part of.
//!
//! A name may be as long as two hundred characters, and in a text that is one long line each of its
//! values has the words before it for a name, most of them those of the value before.

use std::ops::Range;

use super::label::Known;
use super::places::Places;
use super::words::{Split, Words, says};

/// The words of a shorter name are read where it is asked about.
const SHORT: usize = 32;
/// So much that nobody asked about is read too, rather than what was read is forgotten.
const GAP: usize = 256;
/// So many words are remembered.
const MOST: usize = 1 << 14;

/// What the words of a part of one text say.
#[derive(Default)]
pub(super) struct Reader {
    /// The part that was read. Neither end is within letters and digits.
    part: Range<usize>,
    words: Vec<Word>,
    /// The part where separators were looked for, and the last one in it.
    looked: Range<usize>,
    separator: Option<usize>,
    /// For a value's place its label, if that names a secret.
    pub(super) labels: Places<usize, Option<Known>>,
}

struct Word {
    span: Range<usize>,
    says: u16,
}

impl Reader {
    /// What the words of a piece of `text`, which is always the same, say.
    pub(super) fn read(&mut self, text: &[u8], piece: Range<usize>) -> Words {
        if piece.len() <= SHORT {
            return Words::of(&text[piece]);
        }
        // A word that is cut at either end is another one.
        let head = end_of_row(text, &piece, piece.start);
        let tail = start_of_row(text, &(head..piece.end), piece.end);
        let mut words = Words::of(&text[piece.start..head]);
        if head < tail {
            words.extend(self.known(text, head..tail));
        }
        words.extend(Words::of(&text[tail..piece.end]));
        words
    }

    /// Where in a piece of `text`, which is always the same, the last byte stands that separates names.
    pub(super) fn last_separator(&mut self, text: &[u8], piece: Range<usize>) -> Option<usize> {
        let Range { start, end } = self.looked;
        if piece.start < start || piece.start > end || piece.end < end {
            self.looked = piece.start..piece.start;
            self.separator = None;
        }
        let from = self.looked.end;
        let last = text[from..piece.end].iter().rposition(|&byte| separates(byte));
        self.separator = last.map(|at| from + at).or(self.separator);
        self.looked.end = piece.end;
        self.separator.filter(|&at| at >= piece.start)
    }

    /// What the words of a piece say that cuts no row of letters and digits.
    fn known(&mut self, text: &[u8], piece: Range<usize>) -> Words {
        let Range { start, end } = self.part;
        if piece.start < start || piece.start > end + GAP || self.words.len() > MOST {
            self.words.clear();
            self.part = piece.start..piece.start;
        }
        if self.part.end < piece.end {
            let from = self.part.end;
            let unread = &text[from..piece.end];
            self.words.extend(Split::of(unread).map(|word| Word {
                says: says(&unread[word.clone()]),
                span: from + word.start..from + word.end,
            }));
            self.part.end = piece.end;
        }
        let behind = match self.words.last() {
            Some(last) if last.span.start < piece.end => self.words.len(),
            _ => self.words.partition_point(|word| word.span.start < piece.end),
        };
        let inside = self.words[..behind].iter().rev();
        let inside = inside.take_while(|word| word.span.start >= piece.start);
        let mut words = Words::default();
        for word in inside {
            // From the last one backwards.
            let last = if words.count == 0 { word.says } else { words.last };
            words = Words { count: words.count + 1, any: words.any | word.says, last };
        }
        words
    }
}

fn separates(byte: u8) -> bool {
    matches!(byte, b';' | b'{' | b'}' | b'(' | b',' | b'&' | b'?' | b'<' | b'|')
}

/// Where the row of letters and digits ends that `at` cuts, within the piece.
fn end_of_row(text: &[u8], piece: &Range<usize>, at: usize) -> usize {
    let cuts = at > 0 && text[at - 1].is_ascii_alphanumeric();
    let rest = text[piece.clone()].iter().take_while(|byte| byte.is_ascii_alphanumeric());
    if cuts { at + rest.count() } else { at }
}

/// Where the row of letters and digits begins that `at` cuts, within the piece.
fn start_of_row(text: &[u8], piece: &Range<usize>, at: usize) -> usize {
    let cuts = text.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let rest = text[piece.clone()].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric());
    if cuts { at - rest.count() } else { at }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_read_before_says_what_reading_it_again_says(
            text in "(token|KEYs|public|hmac|MyKey|APIkey|[a-zA-Z0-9]{0,50}|[ _=-]{1,9}|[;{,]| {290,310}){20,80}",
            pieces in proptest::collection::vec((any::<bool>(), 0..900usize, 0..260usize), 1..30),
        ) {
            let (text, mut reader, mut at) = (text.as_bytes(), Reader::default(), 0_usize);
            for (back, far, length) in pieces {
                at = if back { at.saturating_sub(far) } else { text.len().min(at + far / 4) };
                let piece = at..text.len().min(at + length);
                prop_assert_eq!(reader.read(text, piece.clone()), Words::of(&text[piece.clone()]));
                let last = { piece.clone() }.rev().find(|&at| separates(text[at]));
                prop_assert_eq!(reader.last_separator(text, piece), last);
            }
        }
    }
}
