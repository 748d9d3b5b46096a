//! The walk over the keyword automaton: which keywords stand where in a text.
//!
//! The automaton knows one piece of each keyword (`build/fragment.rs`); where that is seen the whole
//! keyword is compared. So its table stays small.

use super::table::{FOUND, KEYWORDS, LONGEST_PIECE, OUTPUTS, ROWS, transition};

/// How many places of a text are walked in turns: each step waits for the table, and while one waits
/// the others go on. Of four to eight, six were fastest.
const STREAMS: usize = 6;
/// How far each of them is walked before what was found is reported, so that this takes little room;
/// then, of what is left of a text, so far.
const LONG: usize = 8 << 10;
const MIDDLE: usize = 512;
const SHORT: usize = 64;
const SHORTEST: usize = 16;

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
    walk_over(text, &mut hit);
}

/// The same, so that the walk is there once and not once for each who asks.
fn walk_over(text: &[u8], hit: &mut dyn FnMut(u16, usize)) {
    // In a short text mostly none stands.
    let room = if text.len() < STREAMS * SHORT { 0 } else { 64 };
    let (ends, found) = (Vec::with_capacity(room), Vec::with_capacity(room));
    let mut walk = Walk { text, state: 0, at: 0, ends, found, hit };
    walk.in_turns::<LONG>();
    walk.in_turns::<MIDDLE>();
    walk.in_turns::<SHORT>();
    walk.in_turns::<SHORTEST>();
    walk.rest();
}

/// A text that is walked.
struct Walk<'a> {
    text: &'a [u8],
    state: usize,
    /// So far it is walked.
    at: usize,
    /// Where pieces end, in no order, and in which state.
    ends: Vec<(usize, usize)>,
    /// Where the keywords not yet reported end, and which, in order; one number of both.
    found: Vec<u64>,
    hit: &'a mut dyn FnMut(u16, usize),
}

impl Walk<'_> {
    /// Walks on in streams of `LENGTH` bytes, as often as all of them have as many. That their length
    /// is known makes the places of all of them one number and a constant each.
    fn in_turns<const LENGTH: usize>(&mut self) {
        let text = self.text;
        while let Some(streams) = text[self.at..].as_chunks::<LENGTH>().0.first_chunk() {
            self.block(streams);
            self.compare_all(LENGTH);
            self.at += STREAMS * LENGTH;
            // A piece further on tells of a keyword that ends further on.
            self.report(self.at);
        }
    }

    /// Walks the streams that begin at `self.at`, one behind the other in the text.
    #[inline(never)]
    fn block<const LENGTH: usize>(&mut self, streams: &[[u8; LENGTH]; STREAMS]) {
        let starts: [usize; STREAMS] = std::array::from_fn(|stream| self.at + stream * LENGTH);
        // What a state remembers is shorter than the longest piece: a stream that begins so much
        // earlier is in the very state a single walk would be in.
        let states = starts.map(|start| {
            let before = start.saturating_sub(LONGEST_PIECE - 1);
            walk(&self.text[before..start], 0, before, &mut Vec::new())
        });
        let [_, mut b, mut c, mut d, mut e, mut f] = states;
        let mut a = self.state;
        let [in_a, in_b, in_c, in_d, in_e, in_f] = streams;
        let ends = &mut self.ends;
        // Written out and in whole words: of an array the compiler made vectors, at half the speed.
        for at in 0..LENGTH {
            a = step(a, in_a[at], starts[0] + at, ends);
            b = step(b, in_b[at], starts[1] + at, ends);
            c = step(c, in_c[at], starts[2] + at, ends);
            d = step(d, in_d[at], starts[3] + at, ends);
            e = step(e, in_e[at], starts[4] + at, ends);
            f = step(f, in_f[at], starts[5] + at, ends);
        }
        self.state = f;
    }

    /// Walks what is left in one stream.
    fn rest(&mut self) {
        let rest = &self.text[self.at..];
        walk(rest, self.state, self.at, &mut self.ends);
        self.compare_all(rest.len());
        self.report(usize::MAX);
    }

    /// Looks for the keywords around all pieces that have ended, in streams of `length` bytes, each of
    /// which noted them in order.
    fn compare_all(&mut self, length: usize) {
        let mut ends = std::mem::take(&mut self.ends);
        for stream in 0..STREAMS {
            let from = self.at + stream * length;
            for &(state, at) in ends.iter().filter(|(_, at)| (from..from + length).contains(at)) {
                self.compare(state, at);
            }
        }
        ends.clear();
        self.ends = ends;
    }

    /// Adds the keywords that stand around the piece that ends with the byte at `at`.
    fn compare(&mut self, state: usize, at: usize) {
        let number = state - ROWS;
        let pieces = usize::from(OUTPUTS[number].0)..usize::from(OUTPUTS[number + 1].0);
        for &(keyword, follow) in &FOUND[pieces] {
            let literal = KEYWORDS[usize::from(keyword)].0.as_bytes();
            let end = at + 1 + usize::from(follow);
            // Hundreds of keywords may share a piece: of most the first letter tells. Before the text
            // begins is none either.
            let start = end.wrapping_sub(literal.len());
            let (Some(one), Some(other)) = (self.text.get(start), literal.first()) else {
                continue;
            };
            if (one ^ other) & !0x20 != 0 {
                continue;
            }
            if self.text.get(start..end).is_some_and(|there| is_alike(there, literal)) {
                let found = (end as u64) << 16 | u64::from(keyword);
                // Of those that were found before only a few end behind.
                let behind = self.found.iter().rev().take_while(|&&other| other > found).count();
                self.found.insert(self.found.len() - behind, found);
            }
        }
    }

    /// Reports what ends at `until` or before, in order.
    fn report(&mut self, until: usize) {
        if self.found.is_empty() {
            return;
        }
        let count = self.found.partition_point(|&found| (found >> 16) as usize <= until);
        for found in self.found.drain(..count) {
            (self.hit)(found as u16, (found >> 16) as usize);
        }
    }
}

/// Whether these, which are as long, are the same but for the case of letters: mostly they are written as
/// here, or their first or last bytes differ.
#[inline]
fn is_alike(there: &[u8], literal: &[u8]) -> bool {
    /// The bit that tells small letters from capitals, in eight bytes.
    const CASE: u64 = u64::from_ne_bytes([0x20; 8]);
    let eight = |one: &[u8; 8], other: &[u8; 8]| {
        (u64::from_ne_bytes(*one) ^ u64::from_ne_bytes(*other)) & !CASE == 0
    };
    let four = |one: &[u8; 4], other: &[u8; 4]| {
        (u32::from_ne_bytes(*one) ^ u32::from_ne_bytes(*other)) & !(CASE as u32) == 0
    };
    let may = if there.len() >= 8 {
        let (first, last) = (there.first_chunk(), there.last_chunk());
        first.zip(literal.first_chunk()).is_none_or(|(one, other)| eight(one, other))
            && last.zip(literal.last_chunk()).is_none_or(|(one, other)| eight(one, other))
    } else {
        let last = there.last_chunk().zip(literal.last_chunk());
        last.is_none_or(|(one, other)| four(one, other))
    };
    may && (there == literal || there.eq_ignore_ascii_case(literal))
}

/// Walks on from `state`, one byte after the other; notes in `ends` where pieces end. Returns the state
/// behind the last byte.
fn walk(text: &[u8], state: usize, from: usize, ends: &mut Vec<(usize, usize)>) -> usize {
    let each = text.iter().enumerate();
    each.fold(state, |state, (at, &byte)| step(state, byte, from + at, ends))
}

/// The state behind the byte at `at`, a plain one: where a piece ends this is noted first.
#[inline(always)]
fn step(state: usize, byte: u8, at: usize, ends: &mut Vec<(usize, usize)>) -> usize {
    let next = transition(state, byte);
    // That the least is taken changes nothing, but tells the compiler that the state has a row.
    if next < ROWS { next } else { note(next, at, ends).min(ROWS - 1) }
}

/// Notes that a piece ends with the byte at `at`. Returns the state by whose row to go on.
#[cold]
#[inline(never)]
fn note(state: usize, at: usize, ends: &mut Vec<(usize, usize)>) -> usize {
    ends.push((state, at));
    usize::from(OUTPUTS[state - ROWS].1)
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
                Just(STREAMS * SHORTEST - 3),
                Just(STREAMS * SHORT - 30),
                Just(STREAMS * SHORT),
                Just(STREAMS * MIDDLE + 100),
                Just(STREAMS * LONG + MIDDLE)
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
        for (stream, more) in [
            (SHORTEST, 0),
            (SHORTEST, 9),
            (SHORT, 0),
            (SHORT, 77),
            (MIDDLE, 0),
            (MIDDLE, 1),
            (LONG, 3),
        ] {
            let length = STREAMS * stream + more;
            for seam in 1..=STREAMS {
                for back in 0..=keyword.len().min(seam * stream) {
                    let mut text = vec![b' '; length];
                    let at = seam * stream - back;
                    if at + keyword.len() > length {
                        continue;
                    }
                    text[at..at + keyword.len()].copy_from_slice(keyword.as_bytes());
                    same(&text);
                }
            }
            let mut text = vec![b' '; length];
            let end = keyword.len().min(length);
            text[length - end..].copy_from_slice(&keyword.as_bytes()[..end]);
            same(&text);
        }
        // From a block to the next.
        for back in 0..=keyword.len() {
            let mut text = vec![b' '; STREAMS * (LONG + SHORT)];
            text[STREAMS * LONG - back..][..keyword.len()].copy_from_slice(keyword.as_bytes());
            same(&text);
        }
    }
}
