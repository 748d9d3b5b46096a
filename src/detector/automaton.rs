//! The walk over the keyword automaton: which keywords stand where in a text.

use super::table::{BYTE_CLASSES, FIRST_MATCH, LONGEST_KEYWORD, OUTPUTS, STRIDE_BITS, transition};

/// How many places of a large text are walked in turns: each step waits for the table, and while
/// one waits the others go on. Four were fastest in what was measured (design, speed).
const STREAMS: usize = 4;
/// Texts shorter than this are walked once: the others would cost more than they save.
const LARGE: usize = 16 * 1024;

/// Calls `hit(keyword, end)` for every keyword in `text`, in any letter case and overlapping,
/// where `end` is the offset just behind it. The ends ascend.
pub fn keyword_hits(text: &[u8], mut hit: impl FnMut(u16, usize)) {
    if text.len() < LARGE {
        walk(text, 0, 0, &mut |state, at| report(state, at, &mut hit));
        return;
    }
    let length = text.len() / STREAMS;
    let starts: [usize; STREAMS] = std::array::from_fn(|stream| stream * length);
    // What a state remembers is shorter than the longest keyword: a stream that begins so much
    // earlier is in the very state a single walk would be in.
    let mut states = starts.map(|start| {
        let before = start.saturating_sub(LONGEST_KEYWORD - 1);
        walk(&text[before..start], 0, 0, &mut |_, _| {})
    });
    let parts: [&[u8]; STREAMS] = starts.map(|start| &text[start..start + length]);
    let mut ends: [Vec<(u16, usize)>; STREAMS] = [const { Vec::new() }; STREAMS];
    for at in 0..length {
        for (state, part) in states.iter_mut().zip(parts) {
            *state = step(*state, part[at]);
        }
        if states.iter().any(|&state| state >= FIRST_MATCH) {
            for stream in 0..STREAMS {
                if states[stream] >= FIRST_MATCH {
                    ends[stream].push((states[stream], starts[stream] + at));
                }
            }
        }
    }
    for (state, at) in ends.into_iter().flatten() {
        report(state, at, &mut hit);
    }
    // What the division left over.
    let rest = STREAMS * length;
    walk(&text[rest..], states[STREAMS - 1], rest, &mut |state, at| report(state, at, &mut hit));
}

/// Walks on from `state`; calls `ended(state, at)` where a keyword ends with the byte at `at`.
fn walk(text: &[u8], mut state: u16, offset: usize, ended: &mut impl FnMut(u16, usize)) -> u16 {
    for (at, &byte) in text.iter().enumerate() {
        state = step(state, byte);
        if state >= FIRST_MATCH {
            ended(state, offset + at);
        }
    }
    state
}

fn report(state: u16, at: usize, hit: &mut impl FnMut(u16, usize)) {
    for &keyword in OUTPUTS[usize::from(state - FIRST_MATCH)] {
        hit(keyword, at + 1);
    }
}

#[inline(always)]
fn step(state: u16, byte: u8) -> u16 {
    let class = usize::from(BYTE_CLASSES[usize::from(byte)]);
    transition(usize::from(state) << STRIDE_BITS | class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::table::KEYWORDS;
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static REFERENCE: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let keywords = KEYWORDS.iter().map(|(keyword, _)| keyword);
        AhoCorasick::builder().ascii_case_insensitive(true).build(keywords).unwrap()
    });

    fn same(text: &[u8]) {
        let mut ours = Vec::new();
        keyword_hits(text, |keyword, end| ours.push((end, keyword)));
        assert!(ours.is_sorted_by_key(|(end, _)| *end));
        ours.sort_unstable();
        let mut theirs: Vec<(usize, u16)> = REFERENCE
            .find_overlapping_iter(text)
            .map(|found| (found.end(), found.pattern().as_u32() as u16))
            .collect();
        theirs.sort_unstable();
        assert_eq!(ours, theirs);
    }

    /// Keywords, pieces of them and other bytes, around the length at which the streams begin.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            (0..KEYWORDS.len()).prop_map(|at| KEYWORDS[at].0.as_bytes().to_vec()),
            (0..KEYWORDS.len()).prop_map(|at| KEYWORDS[at].0.to_ascii_uppercase().into_bytes()),
            (0..KEYWORDS.len(), 1..6usize).prop_map(|(at, cut)| {
                let keyword = KEYWORDS[at].0.as_bytes();
                keyword[..keyword.len().min(cut)].to_vec()
            }),
            prop::collection::vec(any::<u8>(), 0..40),
        ];
        let pieces = prop::collection::vec(piece, 0..60);
        (pieces, prop_oneof![Just(0usize), Just(LARGE - 300), Just(LARGE), Just(3 * LARGE)])
            .prop_map(|(pieces, filling)| {
                let mut text = pieces.concat();
                let unit = text.clone();
                while text.len() < filling && !unit.is_empty() {
                    text.extend_from_slice(&unit);
                    text.push(b'.');
                }
                text
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn the_walk_finds_exactly_what_aho_corasick_finds(text in text()) {
            same(&text);
        }
    }

    #[test]
    fn a_keyword_across_every_seam_is_found() {
        let keyword = KEYWORDS.iter().map(|(keyword, _)| *keyword).max_by_key(|k| k.len()).unwrap();
        for length in [LARGE, LARGE + 1, LARGE + 2, LARGE + 3, LARGE + 77] {
            for seam in 1..STREAMS {
                for back in 0..=keyword.len() {
                    let mut text = vec![b' '; length];
                    let at = seam * (length / STREAMS) - back;
                    text[at..at + keyword.len()].copy_from_slice(keyword.as_bytes());
                    same(&text);
                }
            }
            let mut text = vec![b' '; length];
            text[length - keyword.len()..].copy_from_slice(keyword.as_bytes());
            same(&text);
        }
    }
}
