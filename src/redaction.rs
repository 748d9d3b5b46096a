//! Text that is safe to show: keys masked, control characters made visible.

use std::ops::Range;

use crate::engine::{self, Match, public_prefix};

/// How much of a line is shown on each side of a masked key, in bytes.
const AROUND: usize = 60;

/// A line in which every key is masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The line, or the part of it around the key.
    pub line: String,
    /// The mask that stands for this finding's key, in bytes of `line`.
    pub mark: Range<usize>,
}

/// What is shown in place of a key: the part that is public anyway, and its length.
#[must_use]
pub fn mask(found: &Match, text: &[u8]) -> String {
    let value: Vec<u8> =
        text[found.span.clone()].iter().copied().filter(|&byte| byte != 0).collect();
    let prefix = public_prefix(found.detector, &value);
    format!("{}…({} characters)…", visible(prefix), value.len())
}

/// The line `found` stands in, with it and every other key of the text masked. A key of several
/// lines is one mask.
#[must_use]
pub fn redact(text: &[u8], found: &Match, all: &[Match]) -> Redacted {
    let before = &text[found.span.start.saturating_sub(AROUND)..found.span.start];
    let newline = memchr::memrchr(b'\n', before);
    let floor = found.span.start - before.len() + newline.map_or(0, |at| at + 1);
    let behind = &text[found.span.end..text.len().min(found.span.end + AROUND)];
    let ends = memchr::memchr(b'\n', behind);
    let ceiling = found.span.end + ends.unwrap_or(behind.len());
    let mut line = String::new();
    let mut mark = 0..0;
    let mut at = floor;
    if newline.is_none() && floor > 0 {
        line.push('…');
    }
    // The matches follow each other and do not overlap: only the near ones are looked at.
    let first = all.partition_point(|other| other.span.end <= floor);
    for other in all[first..].iter().take_while(|other| other.span.start < ceiling) {
        if other.span.start > at {
            line.push_str(&plain(&text[at..other.span.start]));
        }
        let start = line.len();
        line.push_str(&mask(other, text));
        if other.span == found.span {
            mark = start..line.len();
        }
        at = at.max(other.span.end);
    }
    if at < ceiling {
        line.push_str(&plain(&text[at..ceiling]));
    }
    if ends.is_none() && ceiling < text.len() {
        line.push('…');
    }
    Redacted { line, mark }
}

/// Line and column, both from 1, of offsets that ascend; the column counts characters.
#[derive(Debug, Clone)]
pub struct Position {
    offset: usize,
    /// The line of the offset.
    pub line: usize,
    /// The column of the offset.
    pub column: usize,
}

impl Default for Position {
    fn default() -> Self {
        Position { offset: 0, line: 1, column: 1 }
    }
}

impl Position {
    /// Goes on to a later offset.
    pub fn advance(&mut self, text: &[u8], to: usize) {
        let passed = text.get(self.offset..to).unwrap_or_default();
        let newlines = memchr::memchr_iter(b'\n', passed).count();
        let line = memchr::memrchr(b'\n', passed).map_or(passed, |at| &passed[at + 1..]);
        if newlines > 0 {
            self.line += newlines;
            self.column = 1;
        }
        // Continuation bytes of UTF-8, and the other half of UTF-16, are no characters of their own.
        self.column += line.iter().filter(|&&byte| byte != 0 && byte & 0xc0 != 0x80).count();
        self.offset = to;
    }

    /// The same place, where a text begins that goes on from here.
    #[must_use]
    pub fn at_beginning(&self) -> Position {
        Position { offset: 0, ..self.clone() }
    }
}

/// Bytes as a person may read them: invalid UTF-8 replaced; control characters and those that
/// reorder or hide text written as escapes, so that no file can write to a terminal.
#[must_use]
pub fn visible(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for c in String::from_utf8_lossy(bytes).chars() {
        let hides = matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        );
        match c {
            '\t' => shown.push(' '),
            c if c.is_control() || hides => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

/// What somebody wrote into a file of ours, as a person may read it: keys in it masked.
#[must_use]
pub fn quoted(text: &[u8]) -> String {
    visible(&without_keys(text))
}

/// A name or message in which every key is masked: git's words may quote a file's name, and that
/// may hold one.
#[must_use]
pub fn without_keys(text: &[u8]) -> Vec<u8> {
    let Ok(matches) = engine::scan(b"", text) else {
        return b"(a text that could not be judged)".to_vec();
    };
    let mut shown = Vec::with_capacity(text.len());
    let mut at = 0;
    for found in &matches {
        shown.extend(&text[at..found.span.start]);
        shown.extend(mask(found, text).bytes());
        at = found.span.end;
    }
    shown.extend(&text[at..]);
    shown
}

/// An error with what led to it, safe to show.
#[must_use]
pub fn error_text(error: &anyhow::Error) -> String {
    visible_lines(&without_keys(format!("{error:#}").as_bytes()))
}

/// [`visible`], but for texts of several lines, such as git's own words.
fn visible_lines(bytes: &[u8]) -> String {
    let lines: Vec<String> = bytes.split(|&byte| byte == b'\n').map(visible).collect();
    lines.join("\n")
}

/// The same for UTF-16 as well: its NULs are left out.
fn plain(bytes: &[u8]) -> String {
    let kept: Vec<u8> =
        bytes.iter().copied().filter(|byte| !matches!(byte, 0 | b'\r' | b'\n')).collect();
    visible(&kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown_as_an_escape() {
        assert_eq!(visible(b"a\x1b[31mb\n"), "a\\u{1b}[31mb\\n");
        assert_eq!(visible("x\u{202e}y".as_bytes()), "x\\u{202e}y");
        assert_eq!(visible(b"caf\xe9"), "caf\u{fffd}");
    }

    #[test]
    fn a_position_counts_characters() {
        let text = "é = 1\né = x, y".as_bytes();
        let mut position = Position::default();
        position.advance(text, 12);
        assert_eq!((position.line, position.column), (2, 5));
        position.advance(text, 15);
        assert_eq!((position.line, position.column), (2, 8));
    }
}
