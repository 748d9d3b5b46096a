//! `keystop:allow DETECTOR reason` in a comment on the key's line.

use std::ops::Range;

use crate::detector::Detector;

const MARK: &[u8] = b"keystop:allow";
/// What other scanners read in a comment on a key's line.
const PEERS: &[&str] = &[
    "gitleaks:allow",
    "betterleaks:allow",
    "pragma: allowlist secret",
    "pragma: whitelist secret",
    "trufflehog:ignore",
    "ggignore",
];
/// How far from the key a comment on its line may stand, in bytes: some lines are a whole file.
const FAR: usize = 4096;

/// What the line's comment says of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comment {
    /// It names this detector and a reason: the finding is judged already.
    Allows,
    /// It names this detector but no reason, and so allows nothing.
    WithoutReason,
    /// It was written for another scanner, which asks for neither.
    AllowsElsewhere,
}

/// Reads the comment on the line (for a block of several lines: the first or the last) that
/// `span` stands in, if it speaks of `detector`.
#[must_use]
pub fn inline_comment(text: &[u8], span: Range<usize>, detector: &Detector) -> Option<Comment> {
    let line_start = line_start(text, span.start);
    let first_end = line_end(text, span.start);
    let last_start = self::line_start(text, span.end);
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
        .or_else(|| {
            let sides = [line_start..span.start, span.end..line_end(text, span.end)];
            let mut sides = sides.into_iter().filter_map(|side| text.get(side));
            sides.any(is_for_a_peer).then_some(Comment::AllowsElsewhere)
        })
}

/// The reason that the comment of [`Comment::Allows`] gives, as it stands there.
#[must_use]
pub fn inline_reason(text: &[u8], span: Range<usize>, detector: &Detector) -> String {
    let lines = &text[line_start(text, span.start)..line_end(text, span.end)];
    let after = memchr::memmem::find_iter(lines, MARK).find_map(|at| {
        let words = String::from_utf8_lossy(&lines[at + MARK.len()..]).replace('\0', "");
        let line = words.lines().next().unwrap_or_default().trim_start().to_owned();
        line.strip_prefix(detector.id).map(str::to_owned)
    });
    let reason = after.unwrap_or_default();
    let end =
        [" */", " -->", " --%>"].into_iter().find_map(|end| reason.trim_end().strip_suffix(end));
    end.unwrap_or(&reason).trim().to_owned()
}

/// Whether a part of a line holds another scanner's mark, as a word of its own.
fn is_for_a_peer(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line).replace('\0', "");
    let is_word = |c: char| c.is_alphanumeric() || "_-".contains(c);
    PEERS.iter().any(|mark| {
        line.match_indices(mark).any(|(at, _)| {
            !line[..at].ends_with(is_word) && !line[at + mark.len()..].starts_with(is_word)
        })
    })
}

fn line_start(text: &[u8], from: usize) -> usize {
    let floor = from.saturating_sub(FAR);
    memchr::memrchr(b'\n', &text[floor..from]).map_or(floor, |at| floor + at + 1)
}

fn line_end(text: &[u8], from: usize) -> usize {
    let ceiling = text.len().min(from + FAR);
    memchr::memchr(b'\n', &text[from..ceiling]).map_or(ceiling, |at| from + at)
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

    #[test]
    fn the_reason_is_what_follows_the_detector() {
        let detector = detector::by_id("stripe-test-secret-key").unwrap();
        let text =
            "a\nkey = VALUE /* keystop:allow stripe-test-secret-key a sample - see above */\nb";
        let start = text.find("VALUE").unwrap();
        let reason = |text: &str| inline_reason(text.as_bytes(), start..start + 5, detector);
        assert_eq!(reason(text), "a sample - see above");
        assert_eq!(reason(&text.replace("keystop", "other")), "");
    }

    #[test]
    fn the_marks_of_other_scanners_are_read() {
        for line in [
            "key = 'VALUE'  # gitleaks:allow",
            "key = 'VALUE' // betterleaks:allow",
            "key = 'VALUE'  # pragma: allowlist secret",
            "/* trufflehog:ignore */ key = 'VALUE'",
            "key = 'VALUE' # ggignore: a test",
        ] {
            assert_eq!(read(line), Some(Comment::AllowsElsewhere), "{line}");
        }
        for line in ["VALUE # nogitleaks:allow", "VALUE ggignored", "VALUE # gitleaks:allowed"] {
            assert_eq!(read(line), None, "{line}");
        }
        // On another line, or inside the value itself, it says nothing.
        let text = b"# gitleaks:allow\nkey-gitleaks:allow-x\n# gitleaks:allow\n";
        let detector = detector::by_id("stripe-test-secret-key").unwrap();
        assert_eq!(inline_comment(text, 17..37, detector), None);
    }
}
