//! Where values that look random stand behind the keywords of names.

use std::ops::Range;

use super::bare::is_bare;
use super::window::NEAR;
use crate::check::looks_random;

/// The shortest value that can look random.
const SHORTEST: usize = 10;

/// The values that look random, of those read so far. Words such as `token` stand
/// everywhere, and a pattern costs more than the check that its matches would have to pass anyway.
/// Each value is weighed once, however many keywords stand before it.
#[derive(Default)]
pub(super) struct Values {
    read_to: usize,
    /// The start of the last one.
    last: Option<usize>,
    /// Those and all others that were weighed, in order.
    all: Vec<Value>,
    /// The value that was weighed last, and whether it looks random: a text that says the same over
    /// and over is asked once.
    weighed: Range<usize>,
    weighed_random: bool,
}

/// A value that was weighed.
struct Value {
    span: Range<usize>,
    is_random: bool,
}

impl Values {
    /// Whether a value that looks random begins behind the keyword that ends at `end`, near enough
    /// to be its own. The ends must ascend.
    pub(super) fn stand_behind(&mut self, text: &[u8], end: usize) -> bool {
        let limit = text.len().min(end + NEAR);
        if self.read_to < end {
            // What the keyword is a part of is a name.
            let rest = &text[end..];
            self.read_to = end + rest.iter().take_while(|&&byte| is_bare(byte)).count();
        }
        if self.read_to < limit {
            self.read(text, limit);
        }
        self.last.is_some_and(|start| start >= end)
    }

    /// How far the text was read for the answers so far.
    pub(super) fn read_to(&self) -> usize {
        self.read_to
    }

    /// Whether the value at `span` looks random, if it was weighed.
    pub(super) fn known(&self, span: &Range<usize>) -> Option<bool> {
        let place = |value: &Value| (value.span.start, value.span.end);
        let found = self.all.binary_search_by_key(&(span.start, span.end), place);
        found.ok().map(|at| self.all[at].is_random)
    }

    /// Whether the value at `span` was weighed and looks random.
    pub(super) fn hold(&self, span: &Range<usize>) -> bool {
        self.known(span) == Some(true)
    }

    /// Weighs every value that begins before `limit`, and the rest of their words.
    ///
    /// Without quotes a value ends at most marks; in quotes it may hold any.
    fn read(&mut self, text: &[u8], limit: usize) {
        let mut quoted: Option<usize> = None;
        let mut at = self.read_to;
        while let Some(&byte) = text.get(at) {
            if is_bare(byte) {
                let start = at;
                while text.get(at).is_some_and(|&byte| is_bare(byte)) {
                    at += 1;
                }
                let padding = text[at..].iter().take(2).take_while(|&&byte| byte == b'=').count();
                self.weigh(text, start, at + padding);
                continue;
            }
            let quote = matches!(byte, b'"' | b'\'' | b'`');
            if quote || byte.is_ascii_whitespace() {
                if let Some(start) = quoted.take().filter(|_| quote) {
                    // One without other marks was weighed above.
                    if !text[start..at].iter().all(|&byte| is_bare(byte)) {
                        self.weigh(text, start, at);
                    }
                }
                if at >= limit {
                    break;
                }
                quoted = quote.then_some(at + 1);
            }
            at += 1;
        }
        self.read_to = at;
    }

    fn weigh(&mut self, text: &[u8], start: usize, end: usize) {
        if end - start < SHORTEST {
            return;
        }
        let value = &text[start..end];
        if text.get(self.weighed.clone()) != Some(value) {
            self.weighed_random = looks_random(value);
        }
        self.weighed = start..end;
        if self.weighed_random {
            self.last = self.last.max(Some(start));
        }
        let value = Value { span: start..end, is_random: self.weighed_random };
        // One in quotes is weighed behind those that it holds, and begins before or with them.
        let behind = self.all.iter().rev();
        let behind = behind.take_while(|known| (known.span.start, known.span.end) > (start, end));
        let at = self.all.len() - behind.count();
        self.all.insert(at, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(text: &str, end: usize) -> bool {
        Values::default().stand_behind(text.as_bytes(), end)
    }

    #[test]
    fn a_value_is_seen_behind_its_name_and_not_before_or_far_away() {
        let value = "zQ4kT9xW¦v7Lp2mRb".replace('¦', "");
        assert!(behind(&format!("token = {value}"), 5));
        assert!(behind(&format!("token: '{value}'"), 5));
        assert!(behind(&format!("token=\n  \"a(b);{value}\""), 5));
        assert!(!behind(&format!("{value} = token"), 24));
        assert!(!behind(&format!("token{value}"), 5));
        assert!(!behind(&format!("token = {}{value}", "a ".repeat(200)), 5));
    }

    #[test]
    fn keywords_that_follow_each_other_get_the_answers_of_each_alone() {
        let value = "zQ4kT9xW¦v7Lp2mRb".replace('¦', "");
        let piece =
            format!("token = 'some words' token=other; pwd(\"{value}\") {}", "x ".repeat(170));
        let text = piece.repeat(3);
        let mut values = Values::default();
        for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
            if !["token", "pwd"].iter().any(|name| text[..end].ends_with(name)) {
                continue;
            }
            // A word is read to its end, which may lie behind what is near.
            let answer = values.stand_behind(text.as_bytes(), end);
            assert_eq!(answer, behind(&text, end), "{end}");
        }
    }
}
