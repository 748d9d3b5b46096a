//! Backslash, Unicode and percent escapes, and lines that a backslash continues.

use std::ops::Range;

use super::{View, hex};

/// As much is read on either side of an escape, within its line.
const AROUND: usize = 512;
/// Stands where a piece was cut out of a long line, so that no value there counts as whole.
const CUT: &str = "…";

/// More backslashes in front of each other are several escapes.
const COATS: usize = 16;

/// The lines of a text with an escape that may hide something. Those that end a line, a string, or
/// stand for a letter of another language hide nothing: the detectors read over them.
#[derive(Default)]
pub(super) struct Escapes {
    pieces: Vec<Range<usize>>,
    /// How far the text was read.
    read_to: usize,
}

impl Escapes {
    /// Looks at the escape that the backslash or percent sign at `at` begins; of several backslashes
    /// it is the last.
    pub(super) fn see(&mut self, text: &[u8], at: usize) {
        if at < self.read_to {
            return;
        }
        let coats = text[self.read_to..at].iter().rev().take(COATS - 1);
        let coats = coats.take_while(|&&byte| byte == b'\\' && text[at] == byte).count();
        let at = at - coats;
        let Some(escape) = Escape::at(text, at) else { return };
        self.read_to = at + escape.length;
        if !escape.hides(text, at) {
            return;
        }
        let behind = self.read_to;
        match self.pieces.last_mut() {
            Some(piece) if piece.end >= behind + AROUND => {}
            // The line's end was found.
            Some(piece) if behind < piece.end && text[piece.end - 1] == b'\n' => {}
            Some(piece) if at < piece.end => {
                // Up to where the piece ended before, the line does not.
                piece.end = piece_end(text, behind, behind.max(piece.end));
            }
            last => {
                let floor = last.map_or(0, |piece| piece.end);
                self.pieces.push(piece_start(text, at, floor)..piece_end(text, behind, behind));
            }
        }
    }

    /// These lines, decoded.
    pub(super) fn view(self, text: &[u8]) -> Option<View<'static>> {
        let mut view = View::default();
        for piece in self.pieces {
            decode(text, piece, &mut view);
        }
        (!view.text().is_empty()).then_some(view)
    }
}

fn piece_start(text: &[u8], at: usize, floor: usize) -> usize {
    let floor = floor.max(at.saturating_sub(AROUND));
    memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |newline| floor + newline + 1)
}

/// Where the piece behind an escape ends that ends at `from`; before `known` no line does.
fn piece_end(text: &[u8], from: usize, known: usize) -> usize {
    let ceiling = text.len().min(from + AROUND);
    let rest = text.get(known..ceiling).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(ceiling, |newline| known + newline + 1)
}

fn decode(text: &[u8], piece: Range<usize>, view: &mut View<'static>) {
    if piece.start > 0 && text[piece.start - 1] != b'\n' {
        view.part(CUT);
    }
    let mut from = piece.start;
    let mut at = from;
    while let Some(next) = memchr::memchr2(b'\\', b'%', &text[at..piece.end]) {
        let start = at + next;
        at = start + 1;
        if let Some(escape) = Escape::at(&text[..piece.end], start) {
            at = start + escape.length;
            view.push(&text[from..start], from..start, (1, 1));
            if let Some(byte) = escape.byte {
                view.push(&[byte], start..at, (1, escape.length));
            }
            from = at;
        }
    }
    view.push(&text[from..piece.end], from..piece.end, (1, 1));
    let whole = piece.end == text.len() || text[piece.end - 1] == b'\n';
    view.part(if whole { "" } else { CUT });
}

/// One escape of an ASCII character.
struct Escape {
    length: usize,
    /// What it stands for; nothing for the end of a continued line.
    byte: Option<u8>,
}

impl Escape {
    /// The escape that the backslash or percent sign at `at` begins.
    fn at(text: &[u8], at: usize) -> Option<Escape> {
        let escape = |length, byte| Some(Escape { length, byte: Some(byte) });
        if text[at] == b'%' {
            // `%2541` is the percent sign of `%41`, escaped once more.
            let coats = text[at + 1..].chunks_exact(2).take_while(|pair| pair == b"25").count();
            let digits = |from: usize| number(text.get(from..from + 2)?);
            return match digits(at + 1 + coats * 2) {
                Some(byte) => escape(3 + coats * 2, byte),
                None => escape(3, digits(at + 1)?),
            };
        }
        // As many backslashes as there are strings around it.
        let coats = text[at..].iter().take(COATS).take_while(|&&byte| byte == b'\\').count();
        let mark = *text.get(at + coats)?;
        let whole = at + coats - 1;
        match mark {
            b'u' if text.get(whole + 2) == Some(&b'{') => {
                // Seven at the most, and fewer where the line ends before.
                let digits = text.get(whole + 3..)?;
                let end = memchr::memchr(b'}', &digits[..digits.len().min(7)])?;
                escape(coats + end + 3, number(&text[whole + 3..whole + 3 + end])?)
            }
            b'u' => escape(coats + 5, number(text.get(whole + 2..whole + 6)?)?),
            b'x' => escape(coats + 3, number(text.get(whole + 2..whole + 4)?)?),
            b'n' => escape(coats + 1, b'\n'),
            b'r' => escape(coats + 1, b'\r'),
            b't' => escape(coats + 1, b'\t'),
            b'"' | b'\'' | b'/' | b'=' | b':' => escape(coats + 1, mark),
            b'\n' if coats == 1 => Some(Escape { length: 2, byte: None }),
            b'\r' if coats == 1 && text.get(at + 2) == Some(&b'\n') => {
                Some(Escape { length: 3, byte: None })
            }
            _ if coats > 1 => escape(2, b'\\'),
            _ => None,
        }
    }

    /// Whether a key or its name may read otherwise with this escape than without.
    fn hides(&self, text: &[u8], at: usize) -> bool {
        let of_word = |at: Option<usize>| {
            at.and_then(|at| text.get(at))
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_+/=".contains(byte))
        };
        let before = of_word(at.checked_sub(1));
        let behind = of_word(Some(at + self.length));
        let Some(byte) = self.byte else { return before && behind };
        match text[at + self.length - 1] {
            // A line's end, or a quote that stands for itself.
            b'n' | b'r' | b't' | b'"' | b'\'' | b'\\' => false,
            // Continues a word, or a path.
            b'/' => before && behind,
            b'=' | b':' => before,
            _ if matches!(byte, b' ' | b'\n' | b'\r' | b'\t') => false,
            // `%2d` may only say how a number is written.
            _ if text[at] == b'%' => behind || text.get(at + self.length) == Some(&b'%'),
            _ => true,
        }
    }
}

/// The printable ASCII character, or the white space, whose number the hex digits are.
fn number(digits: &[u8]) -> Option<u8> {
    let (last, zeros) =
        digits.split_at_checked(digits.len().checked_sub(2)?).map(|(z, l)| (l, z))?;
    if !zeros.iter().all(|&digit| digit == b'0') || !last.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let byte = hex::value(last[0]) << 4 | hex::value(last[1]);
    matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t').then_some(byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::look;

    fn decoded(text: &str) -> Option<String> {
        view(text).map(|view| String::from_utf8(view.text().to_vec()).unwrap())
    }

    fn view(text: &str) -> Option<View<'static>> {
        let text = text.as_bytes();
        let mut escapes = Escapes::default();
        look::over(text, |mark, at| {
            if mark == look::Mark::Escape {
                escapes.see(text, at);
            }
        });
        escapes.view(text)
    }

    #[test]
    fn escapes_that_hide_something_are_decoded() {
        for (text, plain) in [
            (r"to\u006ben\u{3d}\x61 b", "token=a b"),
            (r#"{\"to\u006ben\":\"ab\"}"#, r#"{"token":"ab"}"#),
            ("url?token%3Da%62", "url?token=ab"),
            ("%6b%65%79 100%", "key 100%"),
            ("%252525256bey", "key"),
            (r"https:\/\/ab\/cd", "https://ab/cd"),
            (r"jdbc\:x", "jdbc:x"),
            (r"A\x3d1\nB=2\n", "A=1\nB=2\n"),
            ("abc\\\ndef", "abcdef"),
            (r"\\\\u0041", "A"),
            // The last of a line, where no more than its own digits follow.
            (r"c\u{62}\u{62}", "cbb"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(plain), "{text}");
        }
    }

    #[test]
    fn ordinary_escapes_are_left() {
        for text in [
            r"said\n",
            r"\t%s: %d%%\r\n",
            r"caf\u00e9 %C3%A9",
            r"C:\dir\\",
            "a \\\n b",
            r#"{\"token\":\"ab\"}\nB=2"#,
            "%2d, %4d",
            r"a\u0020b \x0a",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }

    #[test]
    fn only_the_lines_with_escapes_are_read_and_each_leads_back() {
        let text = "one\ntwo \\x22x\\\"\nthree\nfour %41B\n";
        let view = view(text).unwrap();
        assert_eq!(view.text(), b"two \"x\"\nfour AB\n");
        assert_eq!(view.origin(5..6), 12..13);
        assert_eq!(&text[view.origin(13..14)], "%41");
    }

    #[test]
    fn a_piece_of_a_long_line_is_marked_as_cut() {
        let long = format!("{}\\x22{}", "a".repeat(2000), "b".repeat(2000));
        let plain = decoded(&long).unwrap();
        assert!(plain.starts_with("…aaa") && plain.ends_with("bbb…") && plain.len() < 1100);
    }
}
