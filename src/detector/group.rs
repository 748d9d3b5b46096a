//! Where the secret stands in a match: mostly the pattern's shape says it, and nothing need be matched
//! again to know where a group lies.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Captures, Regex};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::pattern::{SHORT, compiled_for_short};
use super::{Detector, table};

/// Bytes, one bit each.
type Set = [u64; 4];

/// How one end of the group is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It stands so far from the match's own.
    Fixed(usize),
    /// The byte beyond is none that the group may hold.
    Outside,
    /// Behind what is skipped from the match's beginning on.
    Behind,
    /// Not by the shape.
    Unknown,
}

/// The shape of a pattern around its first group.
#[derive(Debug)]
pub(super) struct Shape {
    start: End,
    end: End,
    /// The group's length, if all are as long.
    length: Option<usize>,
    /// The bytes it may hold.
    set: Set,
    /// What stands before it, if each byte tells to which part it belongs: the bytes of a part, how many
    /// there are at least, and at most.
    before: Vec<(Set, usize, usize)>,
}

static SHAPES: OnceLock<Box<[OnceLock<Option<Shape>>]>> = OnceLock::new();

/// Where the secret stands in a match of the detector's pattern in `text`, found by `regex`, which is this
/// pattern: its first group, or all of it.
#[must_use]
pub fn secret_of(
    detector: &Detector,
    regex: &Regex,
    text: &[u8],
    matched: Range<usize>,
) -> Range<usize> {
    if regex.captures_len() == 1 {
        return matched;
    }
    let cells = SHAPES.get_or_init(|| table::DETECTORS.iter().map(|_| OnceLock::new()).collect());
    let shape = cells.get(usize::from(detector.index));
    let shape = shape.and_then(|cell| cell.get_or_init(|| Shape::of(detector.pattern)).as_ref());
    if let Some(place) = shape.and_then(|shape| shape.place(text, matched.clone())) {
        return place;
    }
    // Of the match alone where that tells.
    let alone = &text[..matched.end];
    let same = |found: &Captures| found.get(0).is_some_and(|whole| whole.range() == matched);
    let short = (matched.len() <= SHORT).then(|| compiled_for_short(detector)).flatten();
    let captures = { short.or(Some(regex)) }
        .and_then(|regex| regex.captures_at(alone, matched.start))
        .filter(same)
        .or_else(|| regex.captures_at(text, matched.start));
    captures.and_then(|captures| captures.get(1)).map_or(matched, |secret| secret.range())
}

impl Shape {
    /// The shape of a pattern whose first group is part of every match; `None` of others.
    fn of(pattern: &str) -> Option<Shape> {
        let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
        let alone = std::slice::from_ref(&parsed);
        let row = if let HirKind::Concat(row) = parsed.kind() { row } else { alone };
        let is_first = |part: &Hir| matches!(part.kind(), HirKind::Capture(of) if of.index == 1);
        let at = row.iter().position(is_first)?;
        let (before, group, behind) = (&row[..at], &row[at], &row[at + 1..]);
        let mut set = [0; 4];
        add_bytes(group, &mut set);
        let end = |fixed: Option<usize>, is_outside| match fixed {
            Some(length) => End::Fixed(length),
            None if is_outside => End::Outside,
            None => End::Unknown,
        };
        let steps = steps(before, &row[at..]);
        let start = end(length_of(before), is_parted(before.iter().rev(), &set, <[u8]>::last));
        Some(Shape {
            start: if start != End::Unknown || steps.is_none() { start } else { End::Behind },
            before: steps.unwrap_or_default(),
            end: end(length_of(behind), is_parted(behind.iter(), &set, <[u8]>::first)),
            length: length_of(std::slice::from_ref(group)),
            set,
        })
    }

    /// Where what stands before the group ends, which begins at `from`.
    fn skip(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        for (set, least, most) in &self.before {
            let there = text[at..].iter().take(*most).take_while(|byte| holds(set, **byte)).count();
            if there < *least {
                return None;
            }
            at += there;
        }
        Some(at)
    }

    fn place(&self, text: &[u8], matched: Range<usize>) -> Option<Range<usize>> {
        let Range { start, end } = matched;
        let start = |fixed: End| match fixed {
            End::Fixed(length) => Some(start + length),
            End::Behind => self.skip(&text[..end], start),
            _ => None,
        };
        let end = |fixed: End| match fixed {
            End::Fixed(length) => Some(end - length),
            _ => None,
        };
        let inside = |byte: &&u8| holds(&self.set, **byte);
        match (start(self.start), end(self.end), self.length) {
            (Some(start), Some(end), _) => Some(start..end),
            (Some(start), _, Some(length)) => Some(start..start + length),
            (_, Some(end), Some(length)) => Some(end - length..end),
            (Some(start), None, None) if self.end == End::Outside => {
                let length = text[start..matched.end].iter().take_while(inside).count();
                Some(start..start + length)
            }
            (None, Some(end), None) if self.start == End::Outside => {
                let length = text[matched.start..end].iter().rev().take_while(inside).count();
                Some(end - length..end)
            }
            _ => None,
        }
    }
}

/// The parts before the group, if the byte behind each of them can be none that goes on with it.
fn steps(before: &[Hir], behind: &[Hir]) -> Option<Vec<(Set, usize, usize)>> {
    let mut steps = Vec::new();
    for part in before {
        match part.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => {
                for &byte in &literal.0 {
                    let mut set = [0; 4];
                    add(byte, &mut set);
                    steps.push((set, 1, 1));
                }
            }
            _ => {
                let mut set = [0; 4];
                add_bytes(part, &mut set);
                let least = part.properties().minimum_len()?;
                steps.push((set, least, part.properties().maximum_len().unwrap_or(usize::MAX)));
            }
        }
    }
    for (number, (set, least, most)) in steps.iter().enumerate() {
        if least == most {
            continue;
        }
        // What may come next, up to the first that must.
        let mut next = [0; 4];
        let mut is_sure = false;
        for (set, least, _) in &steps[number + 1..] {
            next.iter_mut().zip(set).for_each(|(next, set)| *next |= set);
            if *least > 0 {
                is_sure = true;
                break;
            }
        }
        for part in behind.iter().take_while(|_| !is_sure) {
            add_bytes(part, &mut next);
        }
        if set.iter().zip(&next).any(|(one, other)| one & other != 0) {
            return None;
        }
    }
    Some(steps)
}

/// Whether a byte is one of a set.
#[inline]
pub(super) fn holds(set: &Set, byte: u8) -> bool {
    set[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
}

/// The length of every match of these, if it is the same of all.
fn length_of(row: &[Hir]) -> Option<usize> {
    row.iter().try_fold(0, |sum, part| {
        let least = part.properties().minimum_len()?;
        (part.properties().maximum_len() == Some(least)).then_some(sum + least)
    })
}

/// Whether the byte that touches the group, if these have one, is none that it may hold; the nearest of
/// them comes first, and `near` is the end of it that touches.
fn is_parted<'a>(
    row: impl Iterator<Item = &'a Hir>,
    set: &Set,
    near: fn(&[u8]) -> Option<&u8>,
) -> bool {
    for part in row {
        let mut bytes = [0; 4];
        match part.kind() {
            HirKind::Literal(literal) => {
                near(&literal.0).into_iter().for_each(|&byte| add(byte, &mut bytes))
            }
            _ => add_bytes(part, &mut bytes),
        }
        if bytes.iter().zip(set).any(|(one, other)| one & other != 0) {
            return false;
        }
        if part.properties().minimum_len().is_some_and(|least| least > 0) {
            return true;
        }
    }
    true
}

/// Adds all bytes that a match of `part` may hold.
fn add_bytes(part: &Hir, set: &mut Set) {
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|&byte| add(byte, set)),
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            bytes.for_each(|byte| add(byte, set));
        }
        HirKind::Class(Class::Unicode(_)) => *set = [u64::MAX; 4],
        HirKind::Repetition(repeated) => add_bytes(&repeated.sub, set),
        HirKind::Capture(group) => add_bytes(&group.sub, set),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| add_bytes(part, set));
        }
    }
}

fn add(byte: u8, set: &mut Set) {
    set[usize::from(byte >> 6)] |= 1 << (byte & 63);
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::*;
    use proptest::sample::select;
    use regex::bytes::RegexBuilder;

    use super::super::example;
    use super::super::schema::ProviderFile;
    use super::*;

    type Two = (Option<Range<usize>>, Option<Range<usize>>);

    /// Where the first group lies in each match: asked of the pattern, and of its shape if that tells.
    fn both(pattern: &str, text: &[u8]) -> Vec<Two> {
        let regex = RegexBuilder::new(pattern).unicode(false).build().unwrap();
        let shape = Shape::of(pattern);
        { regex.captures_iter(text) }
            .map(|found| {
                let matched = found.get(0).unwrap().range();
                let told = shape.as_ref().and_then(|shape| shape.place(text, matched));
                (found.get(1).map(|group| group.range()), told)
            })
            .collect()
    }

    #[test]
    fn a_group_whose_place_no_shape_tells_is_left_open() {
        for pattern in ["a+([ab]+)", "(a)|b", "x(?:(a)|b)", "abc", "([0-9]+)0?"] {
            let tells = Shape::of(pattern).and_then(|shape| shape.place(b"xaab00", 0..6)).is_some();
            assert!(!tells, "{pattern}");
        }
    }

    #[test]
    fn the_shape_of_every_detector_tells_what_its_pattern_tells() {
        let (mut told, mut asked) = (0, 0);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("detectors");
        for entry in fs::read_dir(folder).unwrap() {
            let file = fs::read_to_string(entry.unwrap().path()).unwrap();
            let file: ProviderFile = toml::from_str(&file).unwrap();
            for detector in file.detectors.iter().filter(|detector| detector.pattern.contains('('))
            {
                for text in &detector.examples {
                    let text = example::fill(text, 7).unwrap();
                    for (place, shape) in both(&detector.pattern, text.as_bytes()) {
                        asked += usize::from(place.is_some());
                        told += usize::from(shape.is_some());
                        assert!(shape.is_none_or(|shape| Some(shape) == place), "{}", detector.id);
                    }
                }
            }
        }
        assert!(told * 2 > asked, "{told} of {asked}");
    }

    const PARTS: &[&str] = &[
        "a", "b", "ab", "a+", "[ab]*", "[bc]+", "c?", "(?:a|bc)", r"\b", "a{2,3}", "d*?", "(?i:c)",
    ];
    const GROUPS: &[&str] = &["a+", "[ab]{1,2}", "[ab]+?", "cc", "ab|c", "[^d]+", "(?:a|bc)+"];

    proptest! {
        #[test]
        fn what_a_shape_tells_is_so(
            before in prop::collection::vec(select(PARTS), 0..4),
            group in select(GROUPS),
            behind in prop::collection::vec(select(PARTS), 0..3),
            text in "[abcd ]{0,60}",
        ) {
            let pattern = format!("{}({group}){}", before.concat(), behind.concat());
            for (place, shape) in both(&pattern, text.as_bytes()) {
                prop_assert!(shape.is_none() || shape == place, "{}", pattern);
            }
        }
    }
}
