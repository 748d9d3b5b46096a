//! Where a text may hide something, kept for its next version: only what is new there is looked at.

use super::look::{self, BLOCK, Mark};

/// So much of what is common is looked at again on either side of what is new, in bytes: then each
/// run of digits that is long enough is seen there, or was seen before and stands as it stood.
const MARGIN: usize = 64;

/// The marks of one text. Runs of digits are looked for in steps, so that short ones may have a mark
/// or not; whoever reads them leaves those alone.
#[derive(Debug, Default)]
pub struct Marks(Vec<(usize, Mark)>);

impl Marks {
    /// Takes up `text`, which begins with `prefix` bytes and ends with `suffix` others that the text
    /// before began and ended with; that one was `before` bytes long.
    pub fn update(&mut self, text: &[u8], prefix: usize, suffix: usize, before: usize) {
        let marks = &mut self.0;
        let behind = text.len() - suffix;
        let from = prefix.saturating_sub(MARGIN);
        let to = text.len().min(behind + MARGIN);
        // Looked at is what stands from here on.
        let cut = if from == 0 { 0 } else { from + MARGIN / 2 };
        let moved = |at: usize| at + text.len() - before;
        let tail = if suffix == 0 { usize::MAX } else { before - suffix + BLOCK };
        let first =
            |is_before: &dyn Fn(usize) -> bool| marks.partition_point(|&(at, _)| is_before(at));
        let near = first(&|at| at < cut);
        let gone = first(&|at| at + BLOCK <= prefix);
        let same = first(&|at| at < tail);
        let far = first(&|at| at < tail || moved(at) < to);
        let mut new = Vec::new();
        marks[near..gone.max(near)].iter().for_each(|&mark| put(&mut new, mark));
        look::over(&text[from..to], |mark, at| {
            if from + at >= cut {
                put(&mut new, (from + at, mark));
            }
        });
        marks[same..far].iter().for_each(|&(at, mark)| put(&mut new, (moved(at), mark)));
        let behind = near + new.len();
        marks.splice(near..far, new);
        marks[behind..].iter_mut().for_each(|(at, _)| *at = moved(*at));
    }

    /// Calls `see` with each.
    pub(super) fn for_each(&self, see: &mut dyn FnMut(Mark, usize)) {
        self.0.iter().for_each(|&(at, mark)| see(mark, at));
    }
}

/// Adds a mark to ascending ones, unless it is there; only marks of the same few bytes are behind it.
fn put(marks: &mut Vec<(usize, Mark)>, mark: (usize, Mark)) {
    let mut place = marks.len();
    while place > 0 && marks[place - 1] > mark {
        place -= 1;
    }
    if place == 0 || marks[place - 1] != mark {
        marks.insert(place, mark);
    }
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
            Just("dG9rZW46IGFiYyBhbmQgbW9yZSB0ZXh0IG9mIHNvbWUgbGVuZ3Ro".to_owned()),
            Just("746f6b656e3a20616263206f7220736f6d65".to_owned()),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    fn shown(layers: anyhow::Result<Vec<Layer>>) -> Vec<String> {
        let shown =
            |layer: Layer| format!("{:?} {:?} {}", layer.name, layer.view, layer.seams_only);
        layers.unwrap().into_iter().map(shown).collect()
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
                // Less may be said to be common than is.
                let (prefix, suffix) = (prefix / (common + 1), suffix / (common + 1));
                marks.update(&text, prefix, suffix, before.len());
                prop_assert!(marks.0.is_sorted());
                let mut ask = || Ok(1 << 20);
                let alone = shown(layers(&text, None, 0, &mut Allowance::asking(&mut ask)));
                let mut allowance = Allowance::asking(&mut ask);
                prop_assert_eq!(shown(layers_marked(&text, &marks, None, 0, &mut allowance)), alone);
                before.clone_from(&text);
                let at = at.index(text.len() + 1);
                let end = text.len().min(at + removed);
                let added = &added.as_bytes()[..added.len() / 3];
                text.splice(at..end, added.iter().copied());
            }
        }
    }
}
