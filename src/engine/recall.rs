//! What stood in another version of a text: a history brings a file a hundred times, each time with
//! a few lines changed, and what is not near those need not be looked for again.

use std::ops::Range;

use super::window::Window;
use crate::decode::Marks;
use crate::detector::{self, LONGEST_KEYWORD, keyword_hits};

/// Longer texts are looked through as a whole, in bytes: what is recalled is held in memory.
const LONGEST: usize = 4 << 20;

/// The text that was scanned last, and what was found out about its parts. Recalled is only what
/// follows from the bytes of a part alone, so that the answers are those of a scan without it.
#[derive(Default)]
pub struct Recall {
    text: Vec<u8>,
    /// Where each keyword ends, ascending.
    hits: Vec<(usize, u16)>,
    /// The windows, and whether the pattern was run there and nothing in it matched.
    windows: Vec<(u16, Range<usize>, bool)>,
    common: Common,
    before: Vec<(u16, Range<usize>, bool)>,
    /// Where it may hide something.
    marks: Marks,
    /// Of what was encoded in it, by the encoding's name.
    inside: Vec<(Option<&'static str>, Recall)>,
}

/// What two versions of a text have in common.
#[derive(Debug, Default, Clone, Copy)]
struct Common {
    /// So many bytes at the beginning.
    prefix: usize,
    /// So many bytes at the end, none of them in the prefix.
    suffix: usize,
    /// The lengths of the version before and of this one.
    lengths: (usize, usize),
}

impl Recall {
    /// Calls `hit` as [`keyword_hits`] does, having looked only at what is new in `text`.
    pub(super) fn keyword_hits(&mut self, text: &[u8], mut hit: impl FnMut(u16, usize)) {
        std::mem::swap(&mut self.windows, &mut self.before);
        self.windows.clear();
        self.common = Common::of(&self.text, text);
        let Common { prefix, suffix, .. } = self.common;
        if text.len() > LONGEST {
            *self = Recall::default();
            return keyword_hits(text, hit);
        }
        if prefix + suffix < text.len() / 4 {
            self.common = Common::default();
            self.before.clear();
            self.hits.clear();
            self.text.clear();
            self.text.extend_from_slice(text);
            keyword_hits(text, |keyword, end| self.hits.push((end, keyword)));
        } else {
            self.update_hits(text);
            self.update_text(text);
        }
        for &(end, keyword) in &self.hits {
            hit(keyword, end);
        }
    }

    /// Replaces the keywords that touch what is between the common parts.
    fn update_hits(&mut self, text: &[u8]) {
        let Common { prefix, suffix, lengths: (before, now) } = self.common;
        let behind = now - suffix;
        // Whether a keyword begins in what is common at the end.
        let is_behind =
            |end: usize, keyword: u16| end >= behind + detector::looking_for(keyword).0.len();
        let mut between = Vec::new();
        let from = prefix.saturating_sub(LONGEST_KEYWORD);
        let to = now.min(behind + LONGEST_KEYWORD);
        keyword_hits(&text[from..to], |keyword, end| {
            let end = from + end;
            if end > prefix && !is_behind(end, keyword) {
                between.push((end, keyword));
            }
        });
        let kept = self.hits.partition_point(|&(end, _)| end <= prefix);
        // The first that may lie wholly in the suffix; a few that do not are among them. Those that
        // end behind `to` do, and end behind all others.
        let first = self.hits.partition_point(|&(end, _)| end <= before - suffix);
        let far = first + self.hits[first..].partition_point(|&(end, _)| end + now - before <= to);
        for &(end, keyword) in &self.hits[first..far] {
            let end = end + now - before;
            if is_behind(end, keyword) {
                between.push((end, keyword));
            }
        }
        // Keywords across the suffix's beginning may end behind the first ones within it.
        between.sort_unstable();
        let moved = kept + between.len();
        self.hits.splice(kept..far, between);
        self.hits[moved..].iter_mut().for_each(|(end, _)| *end = *end + now - before);
    }

    fn update_text(&mut self, text: &[u8]) {
        let Common { prefix, suffix, lengths: (before, now) } = self.common;
        self.text.resize(before.max(now), 0);
        self.text.copy_within(before - suffix..before, now - suffix);
        self.text.truncate(now);
        self.text[prefix..now - suffix].copy_from_slice(&text[prefix..now - suffix]);
    }

    /// Whether the pattern was run over this window in the version before, from the same bytes to
    /// the same bytes, and matched nowhere in it. `number` is the window's place of `count`.
    pub(super) fn is_barren(
        &self,
        number: usize,
        count: usize,
        window: &Window,
        room: usize,
    ) -> bool {
        let Common { prefix, suffix, lengths: (before, now) } = self.common;
        let Range { start, end } = window.range;
        let same = |number: Option<usize>, moved: Range<usize>| {
            let known = number.and_then(|number| self.before.get(number));
            known.is_some_and(|(detector, range, barren)| {
                *barren && *detector == window.detector && *range == moved
            })
        };
        // The room ends there because of the window and not of the text, in both versions.
        if room < prefix {
            return same(Some(number), start..end);
        }
        // What looks back sees one byte before the window.
        if suffix > 0 && start > now - suffix {
            let from_last = (self.before.len() + number).checked_sub(count);
            return same(from_last, start + before - now..end + before - now);
        }
        false
    }

    /// The marks of `text`, the one whose keywords were asked for last; `None` if it is too long to be
    /// recalled.
    pub(super) fn marks(&mut self, text: &[u8]) -> Option<&Marks> {
        if text.len() > LONGEST {
            return None;
        }
        let Common { prefix, suffix, lengths: (before, _) } = self.common;
        self.marks.update(text, prefix, suffix, before);
        Some(&self.marks)
    }

    /// What is recalled of a text that was encoded in this one.
    pub(super) fn inside(&mut self, name: Option<&'static str>) -> &mut Recall {
        let known = self.inside.iter().position(|(known, _)| *known == name);
        let known = known.unwrap_or_else(|| {
            self.inside.push((name, Recall::default()));
            self.inside.len() - 1
        });
        &mut self.inside[known].1
    }

    /// Notes how a window came out, in the order of the windows.
    pub(super) fn note(&mut self, window: &Window, barren: bool) {
        self.windows.push((window.detector, window.range.clone(), barren));
    }
}

impl Common {
    fn of(one: &[u8], other: &[u8]) -> Common {
        let prefix = common_prefix(one, other);
        let suffix = common_suffix(&one[prefix..], &other[prefix..]);
        Common { prefix, suffix, lengths: (one.len(), other.len()) }
    }
}

/// So many bytes are compared at once.
const STEP: usize = 64;

/// How many bytes `one` and `other` begin with in common.
fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    let steps = one.chunks_exact(STEP).zip(other.chunks_exact(STEP));
    let equal = STEP * steps.take_while(|(one, other)| one == other).count();
    let rest = one[equal..].iter().zip(&other[equal..]);
    equal + rest.take_while(|(one, other)| one == other).count()
}

/// How many bytes `one` and `other` end with in common.
fn common_suffix(one: &[u8], other: &[u8]) -> usize {
    let steps = one.rchunks_exact(STEP).zip(other.rchunks_exact(STEP));
    let equal = STEP * steps.take_while(|(one, other)| one == other).count();
    let rest = |text: &'_ [u8]| text.len() - equal;
    let (one, other) = (&one[..rest(one)], &other[..rest(other)]);
    let bytes = one.iter().rev().zip(other.iter().rev());
    equal + bytes.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;

    use super::super::{scan, scan_version};
    use super::*;

    /// Lines with and without keywords and keys.
    fn lines() -> impl Strategy<Value = Vec<String>> {
        let random = "zQ4kT9xW¦v7Lp2mRb8sYd5".replace('¦', "");
        let all = detector::all();
        let line = prop_oneof![
            4 => "[a-z ]{0,90}",
            1 => (0..all.len()).prop_map(|at| all[at].keywords.first().unwrap_or(&"").to_string()),
            1 => Just(format!("token = '{random}'")),
            1 => Just(format!("password: {random}")),
            1 => "password = '[a-z]{3}'",
            1 => Just("https://a:b@host/".to_owned()),
            1 => Just("-----BEGIN".to_owned()),
            1 => Just(BASE64_STANDARD.encode(format!("token = '{random}'"))),
            1 => Just(format!(r"x\x3dpassword\x3d{random}")),
            1 => Just(format!("password = '{}' + '{}'", &random[..9], &random[9..])),
            1 => Just(["sk_l", "ive_", &random, "9sK"].concat()),
            1 => Just(["sk_l", "ive_x"].concat()),
        ];
        prop::collection::vec(line, 0..40)
    }

    fn shown(matches: anyhow::Result<Vec<super::super::Match>>) -> Vec<String> {
        let matches = matches.unwrap().into_iter();
        matches
            .map(|found| format!("{} {:?} {:?}", found.detector.id, found.span, found.facts))
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 40, ..ProptestConfig::default() })]
        #[test]
        fn a_version_gives_what_a_scan_of_it_alone_gives(
            first in lines(),
            edits in prop::collection::vec((0..40usize, 0..3usize, lines(), 0..3usize, 0..30usize), 1..6),
        ) {
            let mut recall = Recall::default();
            let mut text = first;
            prop_assert_eq!(
                shown(scan_version(b"", text.join("\n").as_bytes(), &mut recall)),
                shown(scan(b"", text.join("\n").as_bytes()))
            );
            for (at, removed, mut added, count, cut) in edits {
                let at = at.min(text.len());
                added.truncate(count);
                text.splice(at..text.len().min(at + removed), added);
                let mut joined = text.join("\n").into_bytes();
                // A keyword may be cut anywhere.
                joined.truncate(joined.len() - cut.min(joined.len()));
                prop_assert_eq!(
                    shown(scan_version(b"", &joined, &mut recall)),
                    shown(scan(b"", &joined))
                );
                let mut hits = Vec::new();
                keyword_hits(&joined, |keyword, end| hits.push((end, keyword)));
                prop_assert_eq!(&recall.hits, &hits);
                prop_assert_eq!(&recall.text, &joined);
            }
        }

        #[test]
        fn the_common_ends_are_as_long_as_they_are(
            common in prop::collection::vec(any::<u8>(), 0..200),
            one in prop::collection::vec(0..9u8, 1..80),
            other in prop::collection::vec(9..20u8, 1..80),
        ) {
            let both = |own: &[u8]| [&common, own, &common].concat();
            let found = Common::of(&both(&one), &both(&other));
            prop_assert_eq!((found.prefix, found.suffix), (common.len(), common.len()));
        }
    }
}
