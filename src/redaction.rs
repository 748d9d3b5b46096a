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
    let floor = line_start(text, found.span.start).max(found.span.start.saturating_sub(AROUND));
    let ceiling = line_end(text, found.span.end).min(found.span.end + AROUND);
    let mut line = String::new();
    let mut mark = 0..0;
    let mut at = floor;
    if floor > line_start(text, found.span.start) {
        line.push('…');
    }
    for other in all.iter().filter(|other| other.span.end > floor && other.span.start < ceiling) {
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
    if ceiling < line_end(text, found.span.end) {
        line.push('…');
    }
    Redacted { line, mark }
}

/// Line and column of an offset, both from 1; the column counts characters.
#[must_use]
pub fn position(text: &[u8], offset: usize) -> (usize, usize) {
    let line = memchr::memchr_iter(b'\n', &text[..offset]).count() + 1;
    let before = plain(&text[line_start(text, offset)..offset]);
    (line, before.chars().count() + 1)
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

fn line_start(text: &[u8], offset: usize) -> usize {
    memchr::memrchr(b'\n', &text[..offset]).map_or(0, |at| at + 1)
}

fn line_end(text: &[u8], offset: usize) -> usize {
    memchr::memchr(b'\n', &text[offset..]).map_or(text.len(), |at| offset + at)
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
        assert_eq!(position("é = 1\né = x".as_bytes(), 12), (2, 5));
    }
}
