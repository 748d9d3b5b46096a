//! The walk over the keyword automaton: which keywords stand where in a text.
//!
//! The automaton knows one piece of each keyword (`build/fragment.rs`); where that is seen the whole
//! keyword is compared. So its table stays small.

use super::table::{
    BYTE_CLASSES, FIRST_MATCH, FOUND, KEYWORDS, LONGEST_PIECE, OUTPUTS, STRIDE_BITS, transition,
};

/// How many places of a large text are walked in turns: each step waits for the table, and while
/// one waits the others go on. Of four to twelve, six were fastest by a quarter.
const STREAMS: usize = 6;
/// Texts shorter than this are walked once: the others would cost more than they save.
const LARGE: usize = 192;
/// As much is walked at a time, so that what was found in it takes little room.
const BLOCK: usize = 256 * 1024;

/// The longest keyword's length, in bytes.
pub const LONGEST_KEYWORD: usize = {
    let (mut longest, mut at) = (0, 0);
    while at < KEYWORDS.len() {
        if KEYWORDS[at].0.len() > longest {
            longest = KEYWORDS[at].0.len();
        }
        at += 1;
    }
    longest
};

/// Calls `hit(keyword, end)` for every keyword in `text`, in any letter case and overlapping,
/// where `end` is the offset just behind it. The ends ascend.
pub fn keyword_hits(text: &[u8], mut hit: impl FnMut(u16, usize)) {
    let (mut state, mut at) = (0, 0);
    let mut found = Vec::new();
    let mut ends = Vec::new();
    while text.len() - at >= LARGE {
        let length = (text.len() - at).min(BLOCK) / STREAMS;
        state = walk_block(text, at, length, state, &mut ends);
        for (state, at) in ends.drain(..) {
            compare(text, state, at, &mut found);
        }
        at += STREAMS * length;
        // A piece further on tells of a keyword that ends further on.
        report(&mut found, at, &mut hit);
    }
    walk(&text[at..], state, at, &mut |state, at| compare(text, state, at, &mut found));
    report(&mut found, usize::MAX, &mut hit);
}

/// Walks the `STREAMS` pieces of `length` bytes from `from` on, the first of them from `state`.
/// Returns the state at their end, and in `ends` where pieces end, in no order.
fn walk_block(
    text: &[u8],
    from: usize,
    length: usize,
    state: u16,
    ends: &mut Vec<(u16, usize)>,
) -> u16 {
    let starts: [usize; STREAMS] = std::array::from_fn(|stream| from + stream * length);
    // What a state remembers is shorter than the longest piece: a stream that begins so much
    // earlier is in the very state a single walk would be in.
    let states = starts.map(|start| {
        let before = start.saturating_sub(LONGEST_PIECE - 1);
        usize::from(walk(&text[before..start], 0, 0, &mut |_, _| {}))
    });
    let [_, mut b, mut c, mut d, mut e, mut f] = states;
    let mut a = usize::from(state);
    let [in_a, in_b, in_c, in_d, in_e, in_f] = starts.map(|start| &text[start..][..length]);
    // Written out and in whole words: of an array the compiler made vectors, at half the speed.
    for at in 0..length {
        a = wide_step(a, in_a[at]);
        b = wide_step(b, in_b[at]);
        c = wide_step(c, in_c[at]);
        d = wide_step(d, in_d[at]);
        e = wide_step(e, in_e[at]);
        f = wide_step(f, in_f[at]);
        // The greatest state alone is compared: matches are rare.
        if a.max(b).max(c.max(d)).max(e.max(f)) >= usize::from(FIRST_MATCH) {
            [a, b, c, d, e, f] = note([a, b, c, d, e, f], starts.map(|start| start + at), ends);
        }
    }
    f as u16
}

/// Notes which of the streams stands at the end of a piece. Returns the states to go on from.
#[cold]
fn note(
    mut states: [usize; STREAMS],
    places: [usize; STREAMS],
    ends: &mut Vec<(u16, usize)>,
) -> [usize; STREAMS] {
    for (state, at) in states.iter_mut().zip(places) {
        if *state >= usize::from(FIRST_MATCH) {
            ends.push((*state as u16, at));
            *state = usize::from(OUTPUTS[*state - usize::from(FIRST_MATCH)].1);
        }
    }
    states
}

/// Walks on from `state`; calls `ended(state, at)` where a piece ends with the byte at `at`.
fn walk(text: &[u8], mut state: u16, offset: usize, ended: &mut impl FnMut(u16, usize)) -> u16 {
    for (at, &byte) in text.iter().enumerate() {
        state = step(state, byte);
        if state >= FIRST_MATCH {
            ended(state, offset + at);
            state = OUTPUTS[usize::from(state - FIRST_MATCH)].1;
        }
    }
    state
}

/// Adds the keywords that stand around the piece that ends with the byte at `at`.
fn compare(text: &[u8], state: u16, at: usize, found: &mut Vec<(usize, u16)>) {
    let number = usize::from(state - FIRST_MATCH);
    let pieces = usize::from(OUTPUTS[number].0)..usize::from(OUTPUTS[number + 1].0);
    for &(keyword, follow) in &FOUND[pieces] {
        let literal = KEYWORDS[usize::from(keyword)].0.as_bytes();
        let end = at + 1 + usize::from(follow);
        let there = end.checked_sub(literal.len()).and_then(|start| text.get(start..end));
        if there.is_some_and(|there| there.eq_ignore_ascii_case(literal)) {
            found.push((end, keyword));
        }
    }
}

/// Reports what ends at `until` or before, in order.
fn report(found: &mut Vec<(usize, u16)>, until: usize, hit: &mut impl FnMut(u16, usize)) {
    if found.is_empty() {
        return;
    }
    found.sort_unstable();
    let count = found.partition_point(|&(end, _)| end <= until);
    for (end, keyword) in found.drain(..count) {
        hit(keyword, end);
    }
}

#[inline(always)]
fn step(state: u16, byte: u8) -> u16 {
    wide_step(usize::from(state), byte) as u16
}

#[inline(always)]
fn wide_step(state: usize, byte: u8) -> usize {
    let class = usize::from(BYTE_CLASSES[usize::from(byte)]);
    usize::from(transition(state << STRIDE_BITS | class))
}

#[cfg(test)]
mod tests {
    use super::*;
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
        (
            pieces,
            prop_oneof![
                Just(0usize),
                Just(LARGE - 30),
                Just(LARGE),
                Just(3 * LARGE),
                Just(BLOCK + LARGE)
            ],
        )
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
        for length in [LARGE, LARGE + 1, LARGE + 2, LARGE + 3, LARGE + 77, 9 * LARGE] {
            for seam in 1..STREAMS {
                for back in 0..=keyword.len() {
                    let mut text = vec![b' '; length];
                    let Some(at) = (seam * (length / STREAMS)).checked_sub(back) else { continue };
                    if at + keyword.len() > length {
                        continue;
                    }
                    text[at..at + keyword.len()].copy_from_slice(keyword.as_bytes());
                    same(&text);
                }
            }
            let mut text = vec![b' '; length];
            text[length - keyword.len()..].copy_from_slice(keyword.as_bytes());
            same(&text);
        }
        for back in 0..=keyword.len() {
            let mut text = vec![b' '; BLOCK + LARGE];
            text[BLOCK - back..][..keyword.len()].copy_from_slice(keyword.as_bytes());
            let mut ends = Vec::new();
            keyword_hits(&text, |_, end| ends.push(end));
            assert!(ends.contains(&(BLOCK - back + keyword.len())));
        }
    }
}
