//! What stood in another version of a text: a history brings a file a hundred times, each time with
//! a few lines changed, and what is not near those need not be looked for again.

use std::ops::Range;

use super::window::Near;
use crate::decode::Marks;
use crate::detector::{self, LONGEST_KEYWORD, keyword_hits};
use crate::kept::Kept;

/// Longer texts are looked through as a whole, in bytes: what is recalled is held in memory.
const LONGEST: usize = 4 << 20;

/// Shorter pieces count as new: near their ends all is looked at anyway.
const SHORTEST: usize = 128;

/// What was found out about the parts of a text. Recalled is only what follows from the bytes of a
/// part alone, so that the answers are those of a scan without it.
#[derive(Default)]
pub struct Recall {
    length: usize,
    /// What was encoded in another text; of a text itself whoever asks knows what its versions have
    /// in common.
    text: Vec<u8>,
    hits: Vec<Hit>,
    /// Where it may hide something.
    marks: Marks,
    /// Of what was encoded in it, by the encoding's name.
    inside: Vec<(Option<&'static str>, Recall)>,
}

/// A keyword. They ascend by where they end.
#[derive(Debug, Clone, Copy)]
struct Hit {
    end: u32,
    keyword: u16,
    /// If nothing came of it, the part of the text that tells so; else empty.
    from: u32,
    to: u32,
}

impl Hit {
    /// One of which nothing is known yet.
    fn new(keyword: u16, end: usize) -> Hit {
        Hit { end: end as u32, keyword, from: 0, to: 0 }
    }
}

/// A text that is scanned, and the version before.
pub(super) struct Version<'a> {
    before: Option<&'a Recall>,
    kept: Vec<Kept>,
    now: Recall,
    /// The hits that are not known to be of no use, by number, with the windows they brought.
    brought: Vec<(u32, u32)>,
    /// Whether the pattern matched nowhere in a window, by the window's number.
    barren: Vec<bool>,
}

impl<'a> Version<'a> {
    pub(super) fn of(text: &[u8], before: Option<(&'a Recall, &[Kept])>) -> Version<'a> {
        let now = Recall { length: text.len(), ..Recall::default() };
        let alone = Version {
            before: None,
            kept: Vec::new(),
            now,
            brought: Vec::new(),
            barren: Vec::new(),
        };
        let Some((before, kept)) = before else { return alone };
        let long = kept.iter().copied().filter(|piece| piece.length >= SHORTEST);
        let kept: Vec<Kept> = long.collect();
        let fits = |piece: &Kept| {
            piece.before + piece.length <= before.length && piece.now + piece.length <= text.len()
        };
        if kept.is_empty() || !kept.iter().all(fits) {
            return alone;
        }
        Version { before: Some(before), kept, ..alone }
    }

    /// What the next version needs to know.
    pub(super) fn recall(self) -> Option<Recall> {
        let mut now = self.now;
        for (hit, window) in self.brought {
            if self.barren.get(window as usize) != Some(&true) {
                now.hits[hit as usize].to = 0;
            }
        }
        (now.length <= LONGEST).then_some(now)
    }

    /// Shows `near` the keywords of `text`, but not those of which nothing came in the version before
    /// and nothing can now; looks only at what is new.
    pub(super) fn keyword_hits(&mut self, text: &[u8], near: &mut Near) {
        if text.len() > LONGEST {
            return keyword_hits(text, |keyword, end| {
                near.see(keyword, end, |_| {});
            });
        }
        match self.before {
            Some(before) => self.now.hits = self.hits(text, before),
            None => {
                let hits = &mut self.now.hits;
                keyword_hits(text, |keyword, end| hits.push(Hit::new(keyword, end)));
            }
        }
        for (number, hit) in self.now.hits.iter_mut().enumerate() {
            if hit.to == 0 {
                let brought = |window| self.brought.push((number as u32, window as u32));
                let told = near.see(hit.keyword, hit.end as usize, brought);
                (hit.from, hit.to) = (told.start as u32, told.end as u32);
            }
        }
    }

    /// The keywords that were there before, and those that are new.
    fn hits(&self, text: &[u8], before: &Recall) -> Vec<Hit> {
        let mut hits = Vec::with_capacity(before.hits.len() + before.hits.len() / 8 + 8);
        let mut new = New::of(text, &self.kept);
        for (number, piece) in self.kept.iter().enumerate() {
            hits.extend(new.before_piece(number));
            let (from, to) = (piece.before, piece.before + piece.length);
            let is_first = from == 0 && piece.now == 0;
            let is_last = to == before.length && piece.now + piece.length == text.len();
            let first = before.hits.partition_point(|hit| hit.end as usize <= from);
            let inner = before.hits[first..].iter().take_while(|hit| hit.end as usize <= to);
            hits.extend(inner.filter_map(|hit| {
                let end = hit.end as usize;
                if end < from + LONGEST_KEYWORD && end < from + length_of(hit.keyword) {
                    return None;
                }
                let moved = |at: usize| at - from + piece.now;
                let mut now = Hit::new(hit.keyword, moved(end));
                // What begins or ends where the text does, does so in both.
                if hit.to > 0
                    && (hit.from as usize > from || is_first)
                    && (hit.to as usize <= to || is_last)
                {
                    now.from = moved(hit.from as usize) as u32;
                    now.to = moved(hit.to as usize) as u32;
                }
                Some(now)
            }));
        }
        hits.extend(new.before_piece(self.kept.len()));
        // Those across a piece's beginning may end behind the first ones within it.
        let place = |hit: &Hit| (hit.end, hit.keyword);
        if !hits.is_sorted_by_key(place) {
            hits.sort_by_key(place);
        }
        hits
    }

    /// Notes of each window, in their order, whether a pattern matches nowhere in it.
    pub(super) fn note(&mut self, number: usize, barren: bool) {
        self.barren.resize(number, false);
        self.barren.push(barren);
    }

    /// The marks of the text; `None` if it is too long to be recalled.
    pub(super) fn marks(&mut self, text: &[u8]) -> Option<&Marks> {
        if text.len() > LONGEST {
            return None;
        }
        let nothing = Marks::default();
        let before = self.before.map_or(&nothing, |before| &before.marks);
        self.now.marks = Marks::of(text, before, &self.kept);
        Some(&self.now.marks)
    }

    /// A text that was encoded in this one, and what was encoded the same way in the one before.
    pub(super) fn inside(&self, name: Option<&'static str>, text: &[u8]) -> Version<'a> {
        let all = self.before.map_or(&[][..], |before| &before.inside);
        match all.iter().find(|(known, _)| *known == name) {
            Some((_, before)) => Version::of(text, Some((before, &common(&before.text, text)))),
            None => Version::of(text, None),
        }
    }

    /// Keeps what is to be recalled of it.
    pub(super) fn keep(&mut self, name: Option<&'static str>, text: &[u8], within: Version) {
        if let Some(recall) = within.recall() {
            self.now.inside.push((name, Recall { text: text.to_vec(), ..recall }));
        }
    }
}

/// The keywords that touch what is new.
struct New {
    /// Each with the number of the piece that follows.
    hits: Vec<(usize, Hit)>,
    /// How many of them were given out.
    given: usize,
}

impl New {
    /// Looks at what is new between the pieces, and a little on either side. All of it is put together
    /// first: a long text is walked several times faster than short ones.
    fn of(text: &[u8], kept: &[Kept]) -> New {
        let mut together = Vec::new();
        // Where it stands there and in the text, and the new part in the text.
        let mut parts: Vec<(usize, usize, Range<usize>)> = Vec::with_capacity(kept.len() + 1);
        let mut start = 0_usize;
        for number in 0..=kept.len() {
            let end = kept.get(number).map_or(text.len(), |piece| piece.now);
            let from = start.saturating_sub(LONGEST_KEYWORD);
            let to = text.len().min(end + LONGEST_KEYWORD);
            parts.push((together.len(), from, start..end));
            if start < end || start > 0 && end < text.len() {
                together.extend_from_slice(&text[from..to]);
                // No keyword goes over it.
                together.push(0);
            }
            start = kept.get(number).map_or(end, |piece| piece.now + piece.length);
        }
        let (mut hits, mut part) = (Vec::new(), 0);
        keyword_hits(&together, |keyword, end| {
            while parts.get(part + 1).is_some_and(|next| next.0 < end) {
                part += 1;
            }
            let (begin, from, new) = &parts[part];
            let end = end - begin + from;
            // Others lie within the piece before or behind.
            if end > new.start && end < new.end + length_of(keyword) {
                hits.push((part, Hit::new(keyword, end)));
            }
        });
        New { hits, given: 0 }
    }

    /// Those that touch what is new before a piece; the pieces must ascend.
    fn before_piece(&mut self, number: usize) -> impl Iterator<Item = Hit> {
        let left = &self.hits[self.given..];
        let count = left.iter().take_while(|(part, _)| *part == number).count();
        self.given += count;
        left[..count].iter().map(|(_, hit)| *hit)
    }
}

fn length_of(keyword: u16) -> usize {
    detector::looking_for(keyword).0.len()
}

/// What two texts begin and end with in common.
fn common(one: &[u8], other: &[u8]) -> [Kept; 2] {
    let prefix = common_prefix(one, other);
    let suffix = common_suffix(&one[prefix..], &other[prefix..]);
    let behind = |text: &[u8]| text.len() - suffix;
    [
        Kept { before: 0, now: 0, length: prefix },
        Kept { before: behind(one), now: behind(other), length: suffix },
    ]
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

    #[test]
    fn what_is_new_before_or_behind_an_old_keyword_is_seen() {
        let random = "zQ4kT9xW¦v7Lp2mRb8sYd5".replace('¦', "");
        let plain = "nothing of any worth stands in this line\n".repeat(6);
        let mut found = 0;
        for (left, right) in [
            ("password = '", "'\n"),
            ("password:\n  ", "\n"),
            ("api_key = os.environ['A']\nx = \"", "\"  # the api_key\n"),
            ("curl -H 'Authorization: Bearer ", "' https://api.example.net\n"),
            ("postgres://app:", "@db.acme.net/app\n"),
            ("[aiven]\ntoken = ", "\n"),
        ] {
            let text = |value: &str| format!("{plain}{left}{value}{right}{plain}").into_bytes();
            let (before, now) = (text(""), text(&random));
            let (_, recall) = scan_version(b"", &before, None);
            let recall = recall.unwrap();
            let (matches, _) = scan_version(b"", &now, Some((&recall, &common(&before, &now))));
            let seen = shown(matches);
            assert_eq!(seen, shown(scan(b"", &now)), "{left}");
            found += seen.len();
        }
        assert!(found > 3, "{found}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 40, ..ProptestConfig::default() })]
        #[test]
        fn a_version_gives_what_a_scan_of_it_alone_gives(
            first in lines(),
            edits in prop::collection::vec((0..40usize, 0..3usize, lines(), 0..3usize, 0..30usize), 1..6),
        ) {
            let mut text = first;
            let mut before = text.join("\n").into_bytes();
            let (matches, recall) = scan_version(b"", &before, None);
            prop_assert_eq!(shown(matches), shown(scan(b"", &before)));
            let mut recall = recall.unwrap();
            for (at, removed, mut added, count, cut) in edits {
                let at = at.min(text.len());
                added.truncate(count);
                // Lines may be cut out at one place and come back, with the new ones, at another.
                let gone: Vec<String> = text.splice(at..text.len().min(at + removed), added).collect();
                if cut % 3 == 0 {
                    text.extend(gone);
                }
                let mut joined = text.join("\n").into_bytes();
                // A keyword may be cut anywhere.
                joined.truncate(joined.len() - cut.min(joined.len()));
                let mut kept: Vec<Kept> = common(&before, &joined).to_vec();
                // Pieces may touch.
                let half = kept[0].length / 2;
                kept[0].length -= half;
                kept.insert(1, Kept { before: kept[0].length, now: kept[0].length, length: half });
                let (matches, next) = scan_version(b"", &joined, Some((&recall, &kept)));
                prop_assert_eq!(shown(matches), shown(scan(b"", &joined)));
                recall = next.unwrap();
                let mut hits = Vec::new();
                keyword_hits(&joined, |keyword, end| hits.push((end as u32, keyword)));
                let recalled: Vec<(u32, u16)> =
                    recall.hits.iter().map(|hit| (hit.end, hit.keyword)).collect();
                prop_assert_eq!(&recalled, &hits);
                before = joined;
            }
        }

        #[test]
        fn the_common_ends_are_as_long_as_they_are(
            common in prop::collection::vec(any::<u8>(), 0..200),
            one in prop::collection::vec(0..9u8, 1..80),
            other in prop::collection::vec(9..20u8, 1..80),
        ) {
            let both = |own: &[u8]| [&common, own, &common].concat();
            let [first, last] = super::common(&both(&one), &both(&other));
            prop_assert_eq!((first.length, last.length), (common.len(), common.len()));
        }
    }
}
