//! Where a text may hide something, kept for its next version: only what is new there is looked at.

use super::look::{self, BLOCK, Mark};
use super::run::SHORTEST;
use crate::kept::Kept;

/// So much of what is common is looked at again on either side of what is new, in bytes: then each
/// run of digits that is long enough is seen there, or was seen before and stands as it stood.
pub(super) const MARGIN: usize = 64;

/// The marks of one text, but for those of which nothing comes: a run of digits that no text comes out
/// of has a mark or not, and so has a quote behind which nothing is joined.
#[derive(Debug, Default)]
pub struct Marks {
    all: Vec<(usize, Mark)>,
    /// Whether a NUL stands in the text, or stood in a version before.
    may_be_wide: bool,
}

impl Marks {
    /// All marks of `text`, which has so much in common with the text that `before` are the marks of.
    /// No piece is shorter than two margins.
    pub fn of(text: &[u8], before: &Marks, kept: &[Kept]) -> Marks {
        let mut marks = Vec::with_capacity(before.all.len() + 32);
        let mut at = 0;
        let mut may_be_wide = before.may_be_wide;
        for piece in kept {
            may_be_wide |= look_between(text, at, piece.now, &mut marks);
            let end = piece.before + piece.length;
            let first = before.all.partition_point(|&(at, _)| at < piece.before + BLOCK);
            let inner = before.all[first..].iter().take_while(|&&(at, _)| at + BLOCK <= end);
            marks.extend(inner.map(|&(at, mark)| (at - piece.before + piece.now, mark)));
            at = piece.now + piece.length;
        }
        may_be_wide |= look_between(text, at, text.len(), &mut marks);
        // Near the seams a mark may have come twice.
        if !marks.is_sorted_by(|one, other| one < other) {
            marks.sort();
            marks.dedup();
        }
        Marks { all: marks, may_be_wide }
    }

    /// Whether the text may be one of two bytes a character.
    pub(super) fn may_be_wide(&self) -> bool {
        self.may_be_wide
    }

    /// Calls `see` with each; forgets those of which it says that nothing comes, whatever stands more
    /// than a margin away from the run or the quote.
    pub(super) fn sift(&mut self, see: &mut dyn FnMut(Mark, usize) -> bool) {
        self.all.retain(|&(at, mark)| !see(mark, at));
    }
}

/// Whether the run of digits around `at` is long enough to be read.
fn is_long(text: &[u8], at: usize) -> bool {
    let start = look::start_of_digits(text, at.saturating_sub(SHORTEST), at);
    at - start >= SHORTEST
        || look::end_of_digits(&text[..text.len().min(start + SHORTEST)], at) - start >= SHORTEST
}

/// Looks at what is new between two pieces, and a little on either side; where a text begins or ends
/// also if nothing is new: a piece brings no marks so near its ends. Returns whether a NUL stands there.
fn look_between(text: &[u8], start: usize, end: usize, marks: &mut Vec<(usize, Mark)>) -> bool {
    let from = start.saturating_sub(MARGIN);
    let to = text.len().min(end + MARGIN);
    look::over(&text[from..to], |mark, at| {
        let at = from + at;
        if mark != Mark::Digits || is_long(text, at) {
            marks.push((at, mark));
        }
    });
    memchr::memchr(0, &text[from..to]).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Allowance, Layer, layers, layers_marked};
    use super::*;

    /// Lines in which much may be encoded.
    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-zA-Z0-9]{1,30}",
            "[ .,()]{1,9}",
            "[a-z]{1,3}",
            Just("\n".to_owned()),
            Just(r"a\x41b\/c%41d".to_owned()),
            Just(r"\u0061bc\\u0061".to_owned()),
            Just(r#"x = "abC1" + "dEf2gH3iJ4kL5mN6""#.to_owned()),
            Just("t\0o\0k\0e\0n\0 \0a\0b\0c\0".repeat(9)),
            Just("dG9rZW46IGFiYyBhbmQgbW9yZSB0ZXh0IG9mIHNvbWUgbGVuZ3Ro".to_owned()),
            Just("746f6b656e3a20616263206f7220736f6d65".to_owned()),
        ];
        prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
    }

    fn shown(layers: anyhow::Result<Vec<Layer>>) -> Vec<String> {
        let shown =
            |layer: Layer| format!("{:?} {:?} {}", layer.name, layer.view, layer.seams_only);
        layers.unwrap().into_iter().map(shown).collect()
    }

    #[test]
    fn a_version_that_begins_and_ends_as_before_hides_what_stands_there() {
        let text = format!(r"\x41b {} \x41", "words ".repeat(80));
        let whole = Kept { before: 0, now: 0, length: text.len() };
        let before = Marks::of(text.as_bytes(), &Marks::default(), &[]);
        let now = Marks::of(text.as_bytes(), &before, &[whole]);
        assert!(before.all.len() > 1);
        assert_eq!(now.all, before.all);
    }

    proptest! {
        #[test]
        fn a_version_hides_what_it_hides_alone(
            first in text(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0..60usize, text()), 1..6),
            common in 0..4usize,
        ) {
            let mut before = Vec::new();
            let mut text = first.into_bytes();
            let mut marks = Marks::default();
            for (at, removed, added) in edits {
                let prefix = before.iter().zip(&text).take_while(|(one, other)| one == other).count();
                let rest = before[prefix..].iter().rev().zip(text[prefix..].iter().rev());
                let suffix = rest.take_while(|(one, other)| one == other).count();
                // Less may be said to be common than is, and pieces of it may touch.
                let (prefix, suffix) = (prefix / (common + 1), suffix / (common + 1));
                let half = prefix / 2;
                let kept = [
                    Kept { before: 0, now: 0, length: half },
                    Kept { before: half, now: half, length: prefix - half },
                    Kept {
                        before: before.len() - suffix,
                        now: text.len() - suffix,
                        length: suffix,
                    },
                ];
                let kept: Vec<Kept> =
                    kept.into_iter().filter(|piece| piece.length >= 2 * MARGIN).collect();
                marks = Marks::of(&text, &marks, &kept);
                prop_assert!(marks.all.is_sorted());
                let mut ask = || Ok(1 << 20);
                let alone = shown(layers(&text, None, 0, &mut Allowance::asking(&mut ask)));
                let mut allowance = Allowance::asking(&mut ask);
                prop_assert_eq!(shown(layers_marked(&text, &mut marks, None, 0, &mut allowance)), alone);
                before.clone_from(&text);
                let at = at.index(text.len() + 1);
                let end = text.len().min(at + removed);
                let added = &added.as_bytes()[..added.len() / 3];
                text.splice(at..end, added.iter().copied());
            }
        }
    }
}
