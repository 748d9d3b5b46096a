//! What stood in another version of a text: a history brings a file a hundred times, each time with
//! a few lines changed, and what is not near those need not be looked for again.

mod common;
mod hit;

use super::window::Near;
use crate::decode::Marks;
use crate::detector::{LONGEST_KEYWORD, keyword_hits};
use crate::kept::Kept;
use common::common;
use hit::{All, Hit, New, length_of};

/// Longer texts are looked through as a whole, in bytes: what is recalled is held in memory.
const LONGEST: usize = 4 << 20;

/// Shorter pieces count as new: near their ends all is looked at anyway.
const SHORTEST: usize = 128;

/// So many keywords of most versions are looked at.
const ROOM: usize = 32;
/// In so many bytes of a text a keyword stands, more or less.
const USUAL: usize = 128;

/// What was found out about the parts of a text. Recalled is only what follows from the bytes of a
/// part alone, so that the answers are those of a scan without it.
#[derive(Debug, Default)]
pub struct Recall {
    length: usize,
    /// What was encoded in another text; of a text itself whoever asks knows what its versions have
    /// in common.
    text: Vec<u8>,
    hits: Vec<Hit>,
    /// The numbers of those that are looked at again in each version.
    live: Vec<u32>,
    /// How far from its end the text that tells of a hit begins and ends, at most.
    reach: (u16, u16),
    /// Where it may hide something.
    marks: Marks,
    /// Of what was encoded in it, by the encoding's name.
    inside: Vec<(Option<&'static str>, Recall)>,
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
        let brought = Vec::with_capacity(ROOM);
        let barren = Vec::with_capacity(ROOM);
        Version { before: Some(before), kept, brought, barren, ..alone }
    }

    /// What the next version needs to know.
    pub(super) fn recall(self) -> Option<Recall> {
        let mut now = self.now;
        for (hit, window) in self.brought {
            if self.barren.get(window as usize) != Some(&true) {
                now.hits[hit as usize].ahead = 0;
                now.live.push(hit);
            }
        }
        now.live.sort_unstable();
        now.live.dedup();
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
        let mut all = All::default();
        match self.before {
            Some(before) => {
                self.now.reach = before.reach;
                self.recalled(text, before, &mut all);
            }
            None => {
                all.hits.reserve(text.len() / USUAL);
                all.live.reserve(text.len() / USUAL);
                keyword_hits(text, |keyword, end| all.add(Hit::new(keyword, end)));
            }
        }
        let (back, ahead) = &mut self.now.reach;
        for number in all.live {
            let hit = &mut all.hits[number as usize];
            let end = hit.end as usize;
            let brought = |window| self.brought.push((number, window as u32));
            let told = near.see(hit.keyword, end, brought);
            match (u16::try_from(end - told.start), u16::try_from(told.end - end)) {
                (Ok(before), Ok(behind)) => {
                    (hit.back, hit.ahead) = (before, behind);
                    (*back, *ahead) = (before.max(*back), behind.max(*ahead));
                }
                _ => self.now.live.push(number),
            }
        }
        self.now.hits = all.hits;
    }

    /// The keywords that were there before, and those that are new.
    fn recalled(&self, text: &[u8], before: &Recall, all: &mut All) {
        all.hits.reserve(before.hits.len() + before.hits.len() / 8 + 8);
        all.live.reserve(ROOM);
        let mut new = New::of(text, &self.kept);
        let (back, ahead) = (usize::from(before.reach.0), usize::from(before.reach.1));
        let mut begin = Vec::new();
        for (number, piece) in self.kept.iter().enumerate() {
            let (from, to) = (piece.before, piece.before + piece.length);
            let is_first = from == 0 && piece.now == 0;
            let is_last = to == before.length && piece.now + piece.length == text.len();
            // The number of the first hit from `first` on that ends behind `end`.
            let up_to = |first: usize, end: usize| {
                first + before.hits[first..].partition_point(|hit| hit.end as usize <= end)
            };
            // What begins or ends where the text does, does so in both.
            let moved = |hit: &Hit| {
                let (end, back, ahead) = (hit.end as usize, hit.back as usize, hit.ahead as usize);
                let mut now = Hit::new(hit.keyword, end - from + piece.now);
                if (end > from + back || is_first) && (end + ahead <= to || is_last) {
                    (now.back, now.ahead) = (hit.back, hit.ahead);
                }
                now
            };
            let first = up_to(0, from);
            let last = if is_last { before.hits.len() } else { up_to(first, to) };
            let inner = &before.hits[first..last];
            let within = |hit: &&Hit| hit.end as usize <= from + LONGEST_KEYWORD;
            let begun = first + inner.iter().take_while(within).count();
            // Keywords across the piece's beginning may end behind the first ones within it.
            begin.clear();
            begin.extend(new.before_piece(number));
            let whole = |hit: &&Hit| hit.end as usize >= from + length_of(hit.keyword);
            begin.extend(before.hits[first..begun].iter().filter(whole).map(moved));
            begin.sort_unstable_by_key(|hit| hit.place());
            begin.iter().for_each(|&hit| all.add(hit));
            // Of those far from both ends all is as it was.
            let far = if is_first { begun } else { up_to(begun, from + back).min(last) };
            let near = if is_last { last } else { up_to(far, to.saturating_sub(ahead)).min(last) };
            before.hits[begun..far].iter().for_each(|hit| all.add(moved(hit)));
            let live = before.live.partition_point(|&number| (number as usize) < far);
            let live = before.live[live..].iter().take_while(|&&number| (number as usize) < near);
            let shift = all.hits.len() as u32;
            all.live.extend(live.map(|number| number - far as u32 + shift));
            let shift = (piece.now as u32).wrapping_sub(from as u32);
            let shifted = |hit: &Hit| Hit { end: hit.end.wrapping_add(shift), ..*hit };
            all.hits.extend(before.hits[far..near].iter().map(shifted));
            before.hits[near..last].iter().for_each(|hit| all.add(moved(hit)));
        }
        new.before_piece(self.kept.len()).for_each(|hit| all.add(hit));
    }

    /// Notes of each window, in their order, whether a pattern matches nowhere in it.
    pub(super) fn note(&mut self, number: usize, barren: bool) {
        self.barren.resize(number, false);
        self.barren.push(barren);
    }

    /// The marks of the text; `None` if it is too long to be recalled.
    pub(super) fn marks(&mut self, text: &[u8]) -> Option<&mut Marks> {
        if text.len() > LONGEST {
            return None;
        }
        let nothing = Marks::default();
        let before = self.before.map_or(&nothing, |before| &before.marks);
        self.now.marks = Marks::of(text, before, &self.kept);
        Some(&mut self.now.marks)
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

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;

    use super::super::{scan, scan_version};
    use super::*;
    use crate::detector;

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
            let recall = scan_version(b"", &before, None).recall.unwrap();
            let scanned = scan_version(b"", &now, Some((&recall, &common(&before, &now))));
            let seen = shown(scanned.matches);
            assert_eq!(seen, shown(scan(b"", &now)), "{left}");
            found += seen.len();
        }
        assert!(found > 3, "{found}");
    }

    #[test]
    fn a_piece_put_into_any_example_brings_what_a_scan_of_it_alone_brings() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("detectors");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files =
            files.map(|path| toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap());
        let plain = "nothing of any worth stands in this line\n".repeat(9);
        let mut found = 0;
        for example in files.flat_map(|file: detector::schema::ProviderFile| file.detectors) {
            for example in example.examples {
                let example = detector::example::fill(&example, 0).unwrap();
                let now = format!("{plain}{example}\n{plain}").into_bytes();
                let alone = scan(b"", &now).unwrap();
                let pieces = alone.iter().flat_map(|found| {
                    let Range { start, end } = found.span;
                    [start - 25..start - 20, start - 6..start - 1, end - 3..end + 2, start..end]
                });
                let (pieces, alone): (Vec<_>, _) = (pieces.collect(), shown(Ok(alone)));
                for piece in pieces {
                    let before = [&now[..piece.start], &now[piece.end..]].concat();
                    let recall = scan_version(b"", &before, None).recall.unwrap();
                    let kept = common(&before, &now);
                    let scanned = scan_version(b"", &now, Some((&recall, &kept)));
                    assert_eq!(shown(scanned.matches), alone, "{example}");
                    found += 1;
                }
            }
        }
        assert!(found > 5000, "{found}");
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
            let scanned = scan_version(b"", &before, None);
            prop_assert_eq!(shown(scanned.matches), shown(scan(b"", &before)));
            let mut recall = scanned.recall.unwrap();
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
                let scanned = scan_version(b"", &joined, Some((&recall, &kept)));
                prop_assert_eq!(shown(scanned.matches), shown(scan(b"", &joined)));
                recall = scanned.recall.unwrap();
                let mut hits = Vec::new();
                keyword_hits(&joined, |keyword, end| hits.push((end as u32, keyword)));
                let recalled: Vec<(u32, u16)> =
                    recall.hits.iter().map(|hit| (hit.end, hit.keyword)).collect();
                prop_assert_eq!(&recalled, &hits);
                before = joined;
            }
        }
    }
}
