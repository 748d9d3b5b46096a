//! A text as the detectors read it, and the way back to the bytes it came from.

use std::borrow::Cow;
use std::ops::Range;

/// The text, and for each stretch of it where it stood.
#[derive(Debug, Default)]
pub struct View<'a> {
    text: Cow<'a, [u8]>,
    /// In the order of the text; empty for bytes as they are.
    runs: Vec<Run>,
}

/// A stretch that came out of a stretch of the source, group by group: base64 makes three bytes of
/// four, UTF-16 one of two.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    /// Where it begins in the text.
    text: usize,
    /// Where it stood.
    source: Range<usize>,
    /// Bytes of the text, and bytes of the source, that make a group.
    group: (usize, usize),
}

impl View<'static> {
    /// Adds `bytes`, which stood in `source`, in groups of so many bytes here and there.
    pub(super) fn push(&mut self, bytes: &[u8], source: Range<usize>, group: (usize, usize)) {
        if bytes.is_empty() {
            return;
        }
        match self.runs.last_mut() {
            // What follows without a gap, group by group, is the same run.
            Some(run)
                if run.group == group
                    && run.source.end == source.start
                    && (self.text.len() - run.text) * group.1 == run.source.len() * group.0 =>
            {
                run.source.end = source.end;
            }
            _ => self.runs.push(Run { text: self.text.len(), source, group }),
        }
        self.text.to_mut().extend_from_slice(bytes);
    }

    /// Adds bytes that stand nowhere in the source, between two stretches.
    pub(super) fn part(&mut self, mark: &str) {
        self.text.to_mut().extend_from_slice(mark.as_bytes());
    }
}

impl View<'_> {
    /// The text as the detectors read it.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Where a stretch of the text stands in the source.
    #[must_use]
    pub fn origin(&self, span: Range<usize>) -> Range<usize> {
        let last = span.end.saturating_sub(1).max(span.start);
        let (Some(first), Some(behind)) = (self.run_at(span.start), self.run_at(last)) else {
            return span;
        };
        let start = first.source.start + (span.start - first.text) / first.group.0 * first.group.1;
        let groups = (last - behind.text) / behind.group.0 + 1;
        let end = behind.source.end.min(behind.source.start + groups * behind.group.1);
        let start = start.min(first.source.end);
        start..end.max(start)
    }

    /// Whether a stretch of the text stands in the source just so, and so do the bytes around it.
    #[must_use]
    pub fn is_unchanged(&self, span: Range<usize>) -> bool {
        let around = span.start.saturating_sub(1)..self.text.len().min(span.end + 1);
        let Some(run) = self.run_at(around.start) else { return self.runs.is_empty() };
        run.group == (1, 1) && around.end - run.text <= run.source.len()
    }

    fn run_at(&self, offset: usize) -> Option<&Run> {
        let behind = self.runs.partition_point(|run| run.text <= offset);
        self.runs.get(behind.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_leads_back_group_by_group() {
        let mut view = View::default();
        view.push(b"ab", 10..12, (1, 1));
        view.push(b"c", 12..18, (1, 6));
        view.push(b"d", 18..24, (1, 6));
        view.push(b"efghi", 24..31, (3, 4));
        view.part("\n");
        view.push(b"j", 40..41, (1, 1));
        assert_eq!(view.text(), b"abcdefghi\nj");
        assert_eq!(view.origin(0..2), 10..12);
        assert_eq!(view.origin(1..3), 11..18);
        assert_eq!(view.origin(3..4), 18..24);
        assert_eq!(view.origin(5..6), 24..28);
        assert_eq!(view.origin(6..9), 24..31);
        assert_eq!(view.origin(8..11), 28..41);
        assert_eq!(view.runs.len(), 4);
    }

    #[test]
    fn what_touches_a_seam_is_not_unchanged() {
        let mut view = View::default();
        view.push(b"abcd", 0..4, (1, 1));
        view.push(b"efgh", 9..13, (1, 1));
        assert!(view.is_unchanged(1..3) && view.is_unchanged(5..8));
        assert!(!view.is_unchanged(1..4) && !view.is_unchanged(4..6) && !view.is_unchanged(2..6));
    }
}
