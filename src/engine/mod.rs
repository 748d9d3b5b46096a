//! Deciding: keyword automaton, pattern, label, checks, and which detector wins.

mod ahead;
mod apart;
mod bare;
mod boundary;
mod crowd;
mod entropy;
mod find;
#[cfg(test)]
mod flood;
mod judge;
mod label;
mod large;
mod operator;
mod overlap;
mod pieces;
mod place;
mod places;
mod provider;
mod reader;
mod recall;
mod runs;
mod values;
mod window;
mod words;

use std::ops::Range;

use anyhow::Result;

use crate::check::{self, Candidate, effort};
use crate::cores;
use crate::decode::{self, Allowance, LARGEST_ARCHIVE, Layer};
use crate::detector::{self, Confidence, Context, Detector, Look};
use crate::kept::Kept;
use crate::secret::Secret;
use crowd::Crowd;
use find::Find;
use judge::Judge;
use runs::Runs;
use values::Values;
use window::Window;

pub use pieces::{OVERLAP, Piece, scan_piece};
pub use recall::Recall;
use recall::Version;

/// A key in a text.
#[derive(Debug)]
pub struct Match {
    /// Which detector won.
    pub detector: &'static Detector,
    /// Where the key stands, in bytes of the text that was given.
    pub span: Range<usize>,
    /// The key.
    pub secret: Secret,
    /// How sure it is.
    pub confidence: Confidence,
    /// What the checks read out of it.
    pub facts: Vec<String>,
    /// The encodings it stands in, the innermost first.
    pub inside: Vec<&'static str>,
    /// Length of the longest keyword that spoke for it: of two detectors the more specific wins.
    specificity: usize,
}

/// Every key in `text`, in the order they stand. `path` is context only: a file called
/// `codecov.yml` speaks for Codecov.
///
/// # Errors
/// A pattern that does not compile, or more packed in the text than is read.
pub fn scan(path: &[u8], text: &[u8]) -> Result<Vec<Match>> {
    scan_within(path, text, &mut Allowance::asking(&mut || Ok(LARGEST_ARCHIVE)))
}

/// The same, where `allowance` says how much of what is packed in the text is read.
///
/// # Errors
/// Those of [`scan`].
pub fn scan_within(path: &[u8], text: &[u8], allowance: &mut Allowance) -> Result<Vec<Match>> {
    scan_either(path, text, None, allowance)
}

/// The same for one of many versions of a text: with what is recalled of another one, and what the two
/// have in common, only what is new is looked at. An error is one of those of [`scan`].
#[must_use]
pub fn scan_version(path: &[u8], text: &[u8], before: Option<(&Recall, &[Kept])>) -> Scanned {
    let mut unpacks = false;
    let mut ask = || {
        unpacks = true;
        Ok(LARGEST_ARCHIVE)
    };
    let mut version = Version::of(text, before);
    let matches = scan_either(path, text, Some(&mut version), &mut Allowance::asking(&mut ask));
    let recall = if matches.is_ok() { version.recall() } else { None };
    Scanned { matches, unpacks, recall }
}

/// What was found out of one of many versions of a text.
#[derive(Debug)]
pub struct Scanned {
    /// As [`scan`] returns them.
    pub matches: Result<Vec<Match>>,
    /// Whether something packed was unpacked; how much may be depends on settings that were not asked
    /// for.
    pub unpacks: bool,
    /// What to recall for the next version, if anything.
    pub recall: Option<Recall>,
}

fn scan_either(
    path: &[u8],
    text: &[u8],
    mut version: Option<&mut Version>,
    allowance: &mut Allowance,
) -> Result<Vec<Match>> {
    let (mut matches, mut decoded) = (Vec::new(), Vec::new());
    if version.is_none() && large::is_large(text) {
        let (plainly, inside) = cores::both(
            || scan_text(path, text, None, &mut matches),
            || scan_layers(path, text, None, 0, None, allowance, &mut decoded),
        );
        plainly.and(inside)?;
    } else {
        scan_text(path, text, version.as_deref_mut(), &mut matches)?;
        scan_layers(path, text, None, 0, version, allowance, &mut decoded)?;
    }
    matches.append(&mut decoded);
    if matches.is_empty() {
        return Ok(matches);
    }
    overlap::keep_pairs(&mut matches);
    overlap::keep_strongest(&mut matches);
    // A value that may be published has silenced the weaker detectors at its place.
    matches.retain(|found| found.detector.public.is_none());
    Ok(matches)
}

/// Whether a path names a provider, so that a text's verdict may depend on it.
#[must_use]
pub fn is_context(path: &[u8]) -> bool {
    let mut hit = false;
    detector::keyword_hits(path, |_, _| hit = true);
    detector::own_hits(path, |_, _, _| hit = true);
    hit
}

/// The keys in what is encoded in `text`; `outer` is the layer that `text` is of, the last of
/// `depth`. What is inside another one is not recalled.
fn scan_layers(
    path: &[u8],
    text: &[u8],
    outer: Option<&Layer>,
    depth: usize,
    mut version: Option<&mut Version>,
    allowance: &mut Allowance,
    matches: &mut Vec<Match>,
) -> Result<()> {
    let layers = match version.as_deref_mut().and_then(|version| version.marks(text)) {
        Some(marks) => decode::layers_marked(text, marks, outer, depth, allowance)?,
        None => decode::layers(text, outer, depth, allowance)?,
    };
    for layer in layers {
        let text = layer.view.text();
        let mut inside = Vec::new();
        let mut within = version.as_ref().map(|version| version.inside(layer.name, text));
        scan_text(path, text, within.as_mut(), &mut inside)?;
        if let (Some(version), Some(within)) = (version.as_deref_mut(), within) {
            version.keep(layer.name, text, within);
        }
        scan_layers(path, text, Some(&layer), depth + 1, None, allowance, &mut inside)?;
        if layer.seams_only {
            inside.retain(|found| !layer.view.is_unchanged(found.span.clone()));
        }
        for found in &mut inside {
            found.span = layer.view.origin(found.span.clone());
            found.inside.extend(layer.name);
        }
        matches.append(&mut inside);
    }
    Ok(())
}

fn scan_text(
    path: &[u8],
    text: &[u8],
    mut version: Option<&mut Version>,
    matches: &mut Vec<Match>,
) -> Result<()> {
    matches.extend(key_file(path, text));
    let (windows, values) = window::collect(path, text, version.as_deref_mut());
    if version.is_some() || !large::is_large(text) {
        return search(path, text, &windows, &values, version, matches);
    }
    let shares: Vec<&[Window]> = windows.chunks(large::SHARE).collect();
    for found in cores::each(&shares, |share| {
        let mut found = Vec::new();
        search(path, text, share, &values, None, &mut found).map(|()| found)
    }) {
        matches.append(&mut found?);
    }
    Ok(())
}

/// Runs the patterns over their windows.
fn search(
    path: &[u8],
    text: &[u8],
    windows: &[Window],
    values: &Values,
    mut version: Option<&mut Version>,
    matches: &mut Vec<Match>,
) -> Result<()> {
    let mut runs = Runs::of(text, windows);
    let mut search = Search { judge: Judge::new(path, values), text, matches };
    for (number, window) in windows.iter().enumerate() {
        let look = detector::look_of(window.detector);
        if look.lead > 0 {
            let barren = !search.at_runs(look, window, &mut runs)?;
            if let Some(version) = &mut version {
                version.note(number, barren);
            }
            continue;
        }
        let detector = detector::at(window.detector);
        // Room behind the window, so that its end cuts no match that begins inside.
        let room = text.len().min(window.range.end + detector.window as usize + 1);
        let barren = match detector.keyword_at {
            Some(before) => !search.at_keywords(detector, window, room, before as usize)?,
            None => !search.anywhere(detector, window, room)?,
        };
        if let Some(version) = &mut version {
            version.note(number, barren);
        }
    }
    Ok(())
}

/// A match that holds more of its detector's own keywords is looked for by one walk over all of them:
/// where keywords stand close together each byte would be read once for each.
const CROWD: usize = 12;

/// Running the patterns over one text.
struct Search<'a> {
    judge: Judge<'a>,
    text: &'a [u8],
    matches: &'a mut Vec<Match>,
}

impl<'a> Search<'a> {
    /// Runs a pattern over its window; a match may end before `room`. Returns whether it matched.
    fn anywhere(
        &mut self,
        detector: &'static Detector,
        window: &Window,
        room: usize,
    ) -> Result<bool> {
        let text = self.text;
        let (mut from, mut matches) = (window.range.start, false);
        effort::spend(room - from);
        if detector.mark.is_some_and(|mark| memchr::memchr(mark, &text[from..room]).is_none()) {
            return Ok(false);
        }
        let find = Find::of(detector)?;
        // Look-around at `from` still sees the text before it.
        while let Some((matched, secret)) = find.find_at(detector, &text[..room], from) {
            if matched.start >= window.range.end {
                break;
            }
            matches = true;
            from = matched.end;
            let candidate = Candidate { text, matched, secret };
            if let Some(end) = self.judge(detector, candidate, window)? {
                from = from.max(end).min(room);
            }
        }
        Ok(matches)
    }

    /// The same for a pattern whose matches all begin so many bytes before a keyword of the window;
    /// also says that it matched where not every keyword was asked.
    fn at_keywords(
        &mut self,
        detector: &'static Detector,
        window: &Window,
        room: usize,
        before: usize,
    ) -> Result<bool> {
        let text = self.text;
        let (mut from, mut matches) = (0, false);
        let (end, mut crowd) = (room, Crowd::default());
        // Where none matched: a text may say the same over and over.
        let mut barren = 0..0;
        for (number, keyword) in window.named.iter().enumerate() {
            let Some(start) = keyword.start.checked_sub(before).filter(|&start| start >= from)
            else {
                continue;
            };
            effort::spend(1);
            let room = room.min(start + detector.window as usize + 1);
            if !detector::may_open(detector, &text[keyword.start..room]) {
                continue;
            }
            let regex = detector::compiled_at_beginning(detector)?;
            // First only as far as a match may end among the next few keywords.
            let far = window.named.get(number + CROWD).map_or(room, |next| next.start.min(room));
            effort::spend(far - start);
            let near = &text[start..far];
            let mut matched = if text[barren.clone()] == *near { None } else { regex.find(near) };
            if matched.is_none() {
                barren = start..far;
                if far == room {
                    continue;
                }
                if start >= crowd.next {
                    crowd.ask(detector, &text[..end], start)?;
                }
                if start < crowd.next {
                    continue;
                }
            }
            let here = &text[start..room];
            if far < room {
                matched = regex.find(here);
            }
            let Some(matched) = matched else {
                crowd.fail();
                continue;
            };
            matches = true;
            from = start + matched.end();
            let secret = detector::secret_of(detector, regex, here, matched.range());
            let candidate = Candidate {
                text,
                matched: start..from,
                secret: start + secret.start..start + secret.end,
            };
            if let Some(end) = self.judge(detector, candidate, window)? {
                from = from.max(end).min(room);
            }
        }
        Ok(matches || crowd.next == usize::MAX)
    }

    /// Judges a match of a pattern; returns where the secret ends, if it is one.
    fn judge(
        &mut self,
        detector: &'static Detector,
        candidate: Candidate<'a>,
        window: &Window,
    ) -> Result<Option<usize>> {
        let Some((found, secret)) = self.judge.judge(detector, candidate, window, None) else {
            return Ok(None);
        };
        let end = secret.end;
        if detector.context == Context::Generic {
            self.matches.extend(self.judge.judge_named(self.text, &secret)?);
        }
        self.matches.push(found);
        Ok(Some(end))
    }

    /// Runs a pattern where a value begins that is called a secret. Returns whether it matched.
    fn at_runs(&mut self, look: Look, window: &Window, runs: &mut Runs) -> Result<bool> {
        let (text, lead) = (self.text, usize::from(look.lead));
        let mut matches = false;
        let mut number = runs.first(window.range.start);
        while let Some((at, start)) = runs.next(number, window.range.end) {
            let line = runs.label(text, at, lead, look.kinds, &mut self.judge.reader);
            number = at + 1;
            effort::spend(1);
            let Some(line) = line else { continue };
            // The table of detectors is so large that each question to it waits for memory.
            let detector = detector::at(window.detector);
            let room = text.len().min(start + detector.window as usize + 1);
            effort::spend(1);
            if !detector::may_open(detector, &text[start..room]) {
                continue;
            }
            let regex = detector::compiled_at_beginning(detector)?;
            let Some(matched) = regex.find(&text[start..room]) else { continue };
            matches = true;
            effort::spend(matched.len());
            let span = start..start + matched.end();
            let candidate = Candidate { text, matched: span.clone(), secret: span };
            if let Some((found, secret)) = self.judge.judge(detector, candidate, window, Some(line))
            {
                number = number.max(runs.first(secret.end));
                self.matches.push(found);
            }
        }
        Ok(matches)
    }
}

/// The text as a whole, if it is a key store or a key in binary form.
fn key_file(path: &[u8], text: &[u8]) -> Option<Match> {
    let detector = detector::of_files(check::sniff(text)?)?;
    let candidate = Candidate { text, matched: 0..text.len(), secret: 0..text.len() };
    let (values, window) = (Values::default(), Window::default());
    let found = Judge::new(path, &values).judge(detector, candidate, &window, None)?;
    Some(found.0)
}

/// The part of a key that is public anyway: `ghp_`, `sk_live_`.
#[must_use]
pub fn public_prefix<'a>(detector: &Detector, value: &'a [u8]) -> &'a [u8] {
    let prefix = detector
        .keywords
        .iter()
        .filter(|_| detector.context == Context::Marker)
        .filter(|keyword| value.starts_with(keyword.as_bytes()) && keyword.len() < value.len())
        .map(|keyword| keyword.len())
        .max()
        .unwrap_or(0);
    &value[..prefix]
}
