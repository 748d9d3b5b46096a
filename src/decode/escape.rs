//! Backslash, Unicode and percent escapes, and lines that a backslash continues.

use std::ops::Range;

use super::View;
use super::run::hex;

/// As much is read on either side of an escape, within its line.
const AROUND: usize = 512;
/// Stands where a piece was cut out of a long line, so that no value there counts as whole.
const CUT: &str = "…";

/// The lines of `text` with an escape that may hide something, decoded. Those that only end lines
/// or stand in front of a letter of another language hide nothing.
pub(super) fn read(text: &[u8]) -> Option<View<'static>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut read_to = 0;
    for at in memchr::memchr2_iter(b'\\', b'%', text) {
        if at < read_to {
            continue;
        }
        let Some(escape) = Escape::at(text, at) else { continue };
        read_to = at + escape.length;
        if !escape.hides(text, at) {
            continue;
        }
        match pieces.last_mut() {
            Some(piece) if piece.end >= read_to + AROUND => {}
            Some(piece) if at < piece.end => piece.end = piece_end(text, read_to),
            last => {
                let floor = last.map_or(0, |piece| piece.end);
                pieces.push(piece_start(text, at, floor)..piece_end(text, read_to));
            }
        }
    }
    if pieces.is_empty() {
        return None;
    }
    let mut view = View::default();
    for piece in pieces {
        decode(text, piece, &mut view);
    }
    Some(view)
}

fn piece_start(text: &[u8], at: usize, floor: usize) -> usize {
    let floor = floor.max(at.saturating_sub(AROUND));
    memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |newline| floor + newline + 1)
}

fn piece_end(text: &[u8], from: usize) -> usize {
    let ceiling = text.len().min(from + AROUND);
    memchr::memchr(b'\n', &text[from..ceiling]).map_or(ceiling, |newline| from + newline + 1)
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
            return escape(3, number(text.get(at + 1..at + 3)?)?);
        }
        match *text.get(at + 1)? {
            b'u' if text.get(at + 2) == Some(&b'{') => {
                let end = memchr::memchr(b'}', text.get(at + 3..)?.get(..7)?)?;
                escape(end + 4, number(&text[at + 3..at + 3 + end])?)
            }
            b'u' => escape(6, number(text.get(at + 2..at + 6)?)?),
            b'x' => escape(4, number(text.get(at + 2..at + 4)?)?),
            b'n' => escape(2, b'\n'),
            b'r' => escape(2, b'\r'),
            b't' => escape(2, b'\t'),
            mark @ (b'"' | b'\'' | b'/' | b'\\' | b'=' | b':') => escape(2, mark),
            b'\n' => Some(Escape { length: 2, byte: None }),
            b'\r' if text.get(at + 2) == Some(&b'\n') => Some(Escape { length: 3, byte: None }),
            _ => None,
        }
    }

    /// Whether a key or its name may read otherwise with this escape than without.
    fn hides(&self, text: &[u8], at: usize) -> bool {
        let of_word = |at: Option<usize>| {
            at.and_then(|at| text.get(at))
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_+/=".contains(byte))
        };
        let (before, behind) = (at.checked_sub(1), Some(at + self.length));
        match (text[at + 1], self.byte) {
            // Continues a word, or a path.
            (b'/' | b'\n' | b'\r', _) => of_word(before) && of_word(behind),
            // The next line of a text in one string.
            (b'n', _) => of_word(behind),
            // The second coat of another escape.
            (b'\\', _) => behind.is_some_and(|at| matches!(text.get(at), Some(b'u' | b'x' | b'n'))),
            (_, Some(b'\n' | b'\r' | b'\t' | b' ')) | (_, None) => false,
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
    let byte = hex(last[0]) << 4 | hex(last[1]);
    matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t').then_some(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<String> {
        read(text.as_bytes()).map(|view| String::from_utf8(view.text().to_vec()).unwrap())
    }

    #[test]
    fn escapes_that_hide_something_are_decoded() {
        for (text, plain) in [
            (r#"{\"token\":\"ab\"}"#, r#"{"token":"ab"}"#),
            (r"to\u006ben\u{3d}\x61 b", "token=a b"),
            ("url?token%3Da%62", "url?token=ab"),
            (r"https:\/\/ab\/cd", "https://ab/cd"),
            (r"A=1\nB=2\n", "A=1\nB=2\n"),
            ("abc\\\ndef", "abcdef"),
            (r"\\u0041", r"\u0041"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(plain), "{text}");
        }
    }

    #[test]
    fn ordinary_escapes_are_left() {
        for text in [r"said\n", r"\t%s: %d%%\r\n", r"caf\u00e9 %C3%A9", r"C:\dir\\", "a \\\n b"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }

    #[test]
    fn only_the_lines_with_escapes_are_read_and_each_leads_back() {
        let text = "one\ntwo \\\"x\\\"\nthree\nfour %41\n";
        let view = read(text.as_bytes()).unwrap();
        assert_eq!(view.text(), b"two \"x\"\nfour A\n");
        assert_eq!(view.origin(5..6), 10..11);
        assert_eq!(&text[view.origin(13..14)], "%41");
    }

    #[test]
    fn a_piece_of_a_long_line_is_marked_as_cut() {
        let long = format!("{}\\\"{}", "a".repeat(2000), "b".repeat(2000));
        let plain = decoded(&long).unwrap();
        assert!(plain.starts_with("…aaa") && plain.ends_with("bbb…") && plain.len() < 1100);
    }
}
