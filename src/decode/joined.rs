//! String literals that the language joins: side by side, or by `+`, `.`, `..`, `&`.

use std::ops::Range;

use super::marks::MARGIN;
use super::{View, look};

/// White space between two literals that belong together is no longer than this.
const GAP: usize = 120;
/// As much is read on either side of a seam, within its line.
const AROUND: usize = 512;
/// Stands where a piece was cut out of a long line, so that no value there counts as whole.
const CUT: &str = "…";

/// What is cut in pieces is worth reading where it is as long as a key, put together.
const SHORTEST: usize = 16;

/// The lines with literals that are joined, without the seams.
#[derive(Default)]
pub(super) struct Joined {
    view: View<'static>,
    /// What was read and is not in the view yet: the rest of the last line.
    pending: Range<usize>,
    /// How far seams were looked for.
    seen: usize,
}

impl Joined {
    /// Looks at the quote at `at`, which stands before what may join its literal to the next.
    /// Returns whether nothing came of it, and less than [`MARGIN`] bytes on
    /// either side tell so.
    pub(super) fn see(&mut self, text: &[u8], at: usize) -> bool {
        if at < self.seen {
            return false;
        }
        if !is_behind_key(text, at) {
            return true;
        }
        let Some(chain) = Chain::at(text, at) else { return is_short(text, at + 1) };
        self.seen = chain.opens;
        if chain.longest < SHORTEST {
            return false;
        }
        for seam in chain.seams {
            let mut from = self.pending.start;
            let end = self.pending.end;
            if seam.start >= end {
                copy(text, from..end, &mut self.view);
                let floor = end.max(seam.start.saturating_sub(AROUND));
                let newline = memchr::memrchr(b'\n', &text[floor..seam.start]);
                from = newline.map_or(floor, |newline| floor + newline + 1);
                if newline.is_none() && floor > 0 {
                    self.view.part(CUT);
                }
            }
            self.view.push(&text[from..seam.start], from..seam.start, (1, 1));
            let ceiling = text.len().min(seam.end + AROUND);
            let end = memchr::memchr(b'\n', &text[seam.end..ceiling])
                .map_or(ceiling, |newline| seam.end + newline + 1);
            self.pending = seam.end..end;
        }
        false
    }

    /// These lines, joined.
    pub(super) fn view(mut self, text: &[u8]) -> Option<View<'static>> {
        copy(text, self.pending, &mut self.view);
        (!self.view.text().is_empty()).then_some(self.view)
    }
}

fn copy(text: &[u8], piece: Range<usize>, view: &mut View<'static>) {
    let end = piece.end;
    if let Some(bytes) = text.get(piece.clone()).filter(|bytes| !bytes.is_empty()) {
        view.push(bytes, piece, (1, 1));
        view.part(if end == text.len() || bytes.ends_with(b"\n") { "" } else { CUT });
    }
}

/// Whether the quote at `at` stands behind a piece of a key. In `"+"` neither quote does.
fn is_behind_key(text: &[u8], at: usize) -> bool {
    literal_end(text, at).checked_sub(1).is_some_and(|last| is_of_key(text[last]))
}

/// Whether so near behind `at` something stands that joins no literals.
fn is_short(text: &[u8], at: usize) -> bool {
    let near = text[at..].iter().take(MARGIN - 8);
    near.take_while(|byte| b" \t\r\n+.&\\".contains(byte)).count() < MARGIN - 8
}

/// Where the literal ends that the quote at `at` closes, which may be escaped itself.
fn literal_end(text: &[u8], at: usize) -> usize {
    at - usize::from(at > 0 && text[at - 1] == b'\\')
}

/// Literals that are joined to one.
struct Chain {
    /// What stands between them, with their quotes.
    seams: Vec<Range<usize>>,
    /// Where the last of them begins.
    opens: usize,
    /// How long the longest piece of a key is that goes over a seam.
    longest: usize,
}

impl Chain {
    /// The chain whose first literal the quote at `at` closes.
    fn at(text: &[u8], mut at: usize) -> Option<Chain> {
        // Behind most quotes nothing is joined.
        let mut opens = seam(text, at)?;
        let mut chain = Chain { seams: Vec::new(), opens, longest: 0 };
        let ends = literal_end(text, at);
        let mut piece = Piece::behind(&text[ends.saturating_sub(SHORTEST)..ends]);
        loop {
            chain.seams.push(literal_end(text, at)..opens);
            chain.opens = opens;
            let literal = &text[opens..text.len().min(opens + AROUND)];
            let head = literal.iter().take_while(|&&byte| goes_on(byte)).count();
            piece.add(&literal[..head]);
            chain.longest = chain.longest.max(piece.length_of_key());
            let quote = |byte: &u8| matches!(byte, b'"' | b'\'');
            let Some(next) = literal.iter().position(quote).map(|next| opens + next) else { break };
            let ends = literal_end(text, next);
            if opens + head < ends {
                piece = Piece::behind(&text[opens..ends]);
            }
            let joins = text.get(next + 1).is_some_and(|&byte| look::may_join(byte));
            if !joins || !is_behind_key(text, next) {
                break;
            }
            at = next;
            let Some(next) = seam(text, at) else { break };
            opens = next;
        }
        Some(chain)
    }
}

/// A piece of what may be a key.
#[derive(Default)]
struct Piece {
    length: usize,
    /// Words alone have no digit and no capital.
    mixed: bool,
    dot: bool,
    slash: bool,
}

impl Piece {
    /// The piece that a literal ends with.
    fn behind(literal: &[u8]) -> Piece {
        let length = literal.iter().rev().take_while(|&&byte| goes_on(byte)).count();
        let mut piece = Piece::default();
        piece.add(&literal[literal.len() - length..]);
        piece
    }

    fn add(&mut self, more: &[u8]) {
        self.length += more.len();
        for byte in more {
            self.mixed |= byte.is_ascii_digit() || byte.is_ascii_uppercase();
            self.dot |= *byte == b'.';
            self.slash |= *byte == b'/';
        }
    }

    /// Its length, if it may be a key: words are none, nor are addresses, such as stand below each
    /// other where Go lists what it imports.
    fn length_of_key(&self) -> usize {
        if self.mixed && !(self.dot && self.slash) { self.length } else { 0 }
    }
}

/// Where the next literal begins behind its quote, if only what joins the two stands between it and
/// the quote at `at`, which closes one.
fn seam(text: &[u8], at: usize) -> Option<usize> {
    let quote = text[at];
    let escaped = literal_end(text, at) < at;
    let mut next = blank(text, at + 1)?;
    let operator = match text[next..] {
        [b'.', b'.', ..] => 2,
        [b'+' | b'.' | b'&', ..] => 1,
        [b'\\', b'\n', ..] => 2,
        [b'\\', b'\r', b'\n', ..] => 3,
        _ => 0,
    };
    next = blank(text, next + operator)?;
    // Python's `r"…"` and `f"…"`.
    if text[next].is_ascii_alphabetic() && b"rRbBfFuU".contains(&text[next]) {
        next += 1;
    }
    if escaped {
        next += usize::from(*text.get(next)? == b'\\');
    }
    let opening = *text.get(next)?;
    let joins = if operator == 0 {
        // Two quotes in a row are an empty string, or one that holds a quote.
        opening == quote && next > at + 1
    } else {
        matches!(opening, b'"' | b'\'')
    };
    (joins && text.get(next + 1).is_some_and(|&byte| is_of_key(byte))).then_some(next + 1)
}

/// The first place from `at` on that is not blank.
fn blank(text: &[u8], at: usize) -> Option<usize> {
    let length =
        text.get(at..)?.iter().take(GAP).take_while(|byte| b" \t\r\n".contains(byte)).count();
    (at + length < text.len()).then_some(at + length)
}

/// A character that a key may be cut before or behind; the operators are none.
fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-/=".contains(&byte)
}

/// A character of a key.
fn goes_on(byte: u8) -> bool {
    is_of_key(byte) || b"+.:~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Option<String> {
        view(text).map(|view| String::from_utf8(view.text().to_vec()).unwrap())
    }

    fn view(text: &str) -> Option<View<'static>> {
        let text = text.as_bytes();
        let mut joined = Joined::default();
        look::over(text, |mark, at| {
            if mark == look::Mark::Quote {
                joined.see(text, at);
            }
        });
        joined.view(text)
    }

    #[test]
    fn literals_are_joined_as_each_language_does() {
        for (text, whole) in [
            ("key = 'abcdefg7' + 'ijklmnop'\n", "key = 'abcdefg7ijklmnop'\n"),
            ("key = \"abcdefg7\" . 'ijklmnop';\n", "key = \"abcdefg7ijklmnop';\n"),
            ("key = \"abcdefg7\" .. \"ijklmnop\"", "key = \"abcdefg7ijklmnop\""),
            ("key = (\"abcdefg7\"\n       \"ijklmnop\")", "key = (\"abcdefg7ijklmnop\")"),
            ("key = 'abcd' \\\n  'efg7ijkl' \\\n  'mnop'\n", "key = 'abcdefg7ijklmnop'\n"),
            ("x = 'a b.cdefg7' + f'ijkl' + 'mnopq r' + y", "x = 'a b.cdefg7ijklmnopq r' + y"),
            ("\"k = \\\"abcdefg7\\\" + \\\"ijklmnop\\\"\"", "\"k = \\\"abcdefg7ijklmnop\\\"\""),
        ] {
            assert_eq!(joined(text).unwrap_or_default(), whole, "{text}");
        }
    }

    #[test]
    fn a_key_cut_into_its_characters_is_joined() {
        let pieces: Vec<String> = ('0'..='z')
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| format!("'{letter}'"))
            .collect();
        let text = format!("x = {}", pieces.join(" + "));
        assert_eq!(
            joined(&text).unwrap(),
            "x = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'"
        );
    }

    #[test]
    fn what_is_no_seam_or_too_short_is_left() {
        for text in [
            "f('abcdefg7', 'ijklmnop')",
            "x.split('+')",
            "''",
            "abcdefg7 \"\" ijklmnop",
            "{'abcdefg7': 'ijklmnop'}",
            "abcdefg7 + '+' + ijklmnop",
            "'some words' + 'and more words'",
            "'some/words-that' + 'go-on/and-on'",
            "\"context\"\n\t\"github.com/acme/v2\"\n\t\"github.com/acme/errors\"\n",
            "'some words ' + 'and a long_and_longer_name'",
        ] {
            assert_eq!(joined(text), None, "{text}");
        }
    }

    #[test]
    fn a_span_over_a_seam_leads_back_to_all_of_it() {
        let text = "one\nkey = 'abcdefg7' + 'ijklmnop'\ntwo = 'x'\n'y'\n";
        let view = view(text).unwrap();
        let at = memchr::memmem::find(view.text(), b"g7ij").unwrap();
        assert_eq!(&text[view.origin(at..at + 4)], "g7' + 'ij");
        assert!(!view.is_unchanged(at..at + 4) && view.is_unchanged(1..3));
    }
}
