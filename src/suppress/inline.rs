//! `keystop:allow DETECTOR reason` in a comment on the key's line.

use std::ops::Range;

use crate::detector::Detector;

const MARK: &[u8] = b"keystop:allow";

/// What the line's comment says of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comment {
    /// It names this detector and a reason: the finding is judged already.
    Allows,
    /// It names this detector but no reason, and so allows nothing.
    WithoutReason,
}

/// Reads the comment on the line (for a block of several lines: the first or the last) that
/// `span` stands in, if it speaks of `detector`.
#[must_use]
pub fn inline_comment(text: &[u8], span: Range<usize>, detector: &Detector) -> Option<Comment> {
    let line_start = memchr::memrchr(b'\n', &text[..span.start]).map_or(0, |at| at + 1);
    let first_end = line_end(text, span.start);
    let last_start = memchr::memrchr(b'\n', &text[..span.end]).map_or(0, |at| at + 1);
    let comment = |line: &[u8]| {
        let after = memchr::memmem::find(line, MARK).map(|at| &line[at + MARK.len()..])?;
        let words = String::from_utf8_lossy(after).replace('\0', "");
        let mut words = words.split_whitespace();
        if words.next() != Some(detector.id) {
            return None;
        }
        let reasoned = words.any(|word| word.chars().any(char::is_alphanumeric));
        Some(if reasoned { Comment::Allows } else { Comment::WithoutReason })
    };
    let outside = |range: Range<usize>| text.get(range).and_then(comment);
    outside(line_start..span.start)
        .or_else(|| outside(span.end..line_end(text, span.end)))
        .or_else(|| outside(line_start..first_end))
        .or_else(|| outside(last_start..line_end(text, span.end)))
}

fn line_end(text: &[u8], from: usize) -> usize {
    memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector;

    fn read(line: &str) -> Option<Comment> {
        let text = format!("above\n{line}\nbelow");
        let start = text.find("VALUE").unwrap();
        let detector = detector::by_id("stripe-test-secret-key").unwrap();
        inline_comment(text.as_bytes(), start..start + 5, detector)
    }

    #[test]
    fn a_comment_allows_the_detector_it_names_with_a_reason() {
        let allowed = "key = 'VALUE'  # keystop:allow stripe-test-secret-key a documented sample";
        assert_eq!(read(allowed), Some(Comment::Allows));
        assert_eq!(
            read("VALUE /* keystop:allow stripe-test-secret-key */"),
            Some(Comment::WithoutReason)
        );
        assert_eq!(read("key = 'VALUE' # keystop:allow github-oauth-token no"), None);
        assert_eq!(read("key = 'VALUE'"), None);
    }
}
