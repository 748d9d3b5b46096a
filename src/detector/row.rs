//! Patterns that are one row of characters and what may end it: found without a regular expression.

use std::ops::Range;
use std::sync::OnceLock;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::{Detector, table};

/// A pattern such as `[0-9a-z]{10,128}={0,2}`.
#[derive(Debug)]
pub struct Row {
    /// Which bytes make the row.
    holds: [bool; 256],
    /// How many of them there are at least, and at most are taken.
    least: usize,
    most: usize,
    /// Which bytes may follow, and how many are taken.
    ends: [bool; 256],
    end: usize,
}

/// The row that the detector's pattern is, if it is one.
#[must_use]
pub fn row_of(detector: &Detector) -> Option<&'static Row> {
    static ROWS: OnceLock<Box<[OnceLock<Option<Row>>]>> = OnceLock::new();
    let cells = ROWS.get_or_init(|| table::DETECTORS.iter().map(|_| OnceLock::new()).collect());
    let cell = cells.get(usize::from(detector.index))?;
    cell.get_or_init(|| Row::of(detector.pattern)).as_ref()
}

impl Row {
    fn of(pattern: &str) -> Option<Row> {
        let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
        let parts = match parsed.kind() {
            HirKind::Concat(parts) => &parts[..],
            _ => std::slice::from_ref(&parsed),
        };
        let ((holds, least, most), (ends, none, end)) = match parts {
            [row] => (repeated(row)?, ([false; 256], 0, 0)),
            [row, end] => (repeated(row)?, repeated(end)?),
            _ => return None,
        };
        (least > 0 && none == 0).then_some(Row { holds, least, most, ends, end })
    }

    /// The first match that begins at `from` or behind.
    pub fn find_at(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        let holds = |&byte: &u8| self.holds[usize::from(byte)];
        let mut start = from;
        loop {
            let first = text.get(start..start + self.least)?;
            // From its end: most words are shorter, and are skipped without being read.
            match first.iter().rposition(|byte| !holds(byte)) {
                Some(last) => start += last + 1,
                None => break,
            }
        }
        let most = &text[start..text.len().min(start.saturating_add(self.most))];
        let rest = most[self.least..].iter().take_while(|byte| holds(byte)).count();
        let end = start + self.least + rest;
        let ends = |byte: &&u8| self.ends[usize::from(**byte)];
        Some(start..end + text[end..].iter().take(self.end).take_while(ends).count())
    }
}

/// Of a part that takes as many bytes of a set as there are: the set, how many at least and at most.
fn repeated(part: &Hir) -> Option<([bool; 256], usize, usize)> {
    let HirKind::Repetition(repeated) = part.kind() else { return None };
    let mut set = [false; 256];
    match repeated.sub.kind() {
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            bytes.for_each(|byte| set[usize::from(byte)] = true);
        }
        HirKind::Literal(literal) if literal.0.len() == 1 => set[usize::from(literal.0[0])] = true,
        _ => return None,
    }
    let most = repeated.max.map_or(usize::MAX, |most| most as usize);
    repeated.greedy.then_some((set, repeated.min as usize, most))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use regex::bytes::RegexBuilder;

    use super::*;

    #[test]
    fn what_is_more_than_a_row_is_none() {
        for pattern in ["a+b+", "(a+)", "[ab]*", "a+?", "a+b*c*", "abc", "a{2}b{1,2}"] {
            assert!(Row::of(pattern).is_none(), "{pattern}");
        }
    }

    #[test]
    fn the_pattern_of_any_secret_is_a_row() {
        assert!(row_of(super::super::by_id("generic-secret").unwrap()).is_some());
    }

    proptest! {
        #[test]
        fn a_row_is_found_where_the_pattern_matches(
            pattern in select(&["[ab]{3,7}={0,2}", "a{2,}", "[ab]{4,5}", "[a=]{2,4}={0,3}", "[abc]+"][..]),
            text in "(a{0,9}|[ab=]{0,9}|[abc=]{0,6}){0,6}",
            from in 0..20usize,
        ) {
            let (text, from) = (text.as_bytes(), from.min(text.len()));
            let regex = RegexBuilder::new(pattern).unicode(false).build().unwrap();
            let row = Row::of(pattern).unwrap();
            let matched = regex.find_at(text, from).map(|found| found.range());
            prop_assert_eq!(row.find_at(text, from), matched);
        }
    }
}
