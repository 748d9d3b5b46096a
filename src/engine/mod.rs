//! Deciding: keyword automaton, pattern, label, checks, and which detector wins.

mod ahead;
mod apart;
mod bare;
mod boundary;
mod entropy;
mod judge;
mod label;
mod operator;
mod overlap;
mod place;
mod recall;
mod runs;
mod values;
mod view;
mod window;
mod words;

use std::ops::Range;

use anyhow::Result;

use crate::check::{self, Candidate, effort};
use crate::detector::{self, Confidence, Context, Detector};
use crate::secret::Secret;
use judge::Judge;
use runs::Runs;
use values::Values;
use window::Window;

pub use recall::Recall;
pub use view::View;

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
    /// Length of the longest keyword that spoke for it: of two detectors the more specific wins.
    specificity: usize,
}

/// Every key in `text`, in the order they stand. `path` is context only: a file called
/// `codecov.yml` speaks for Codecov.
///
/// # Errors
/// A pattern that does not compile.
pub fn scan(path: &[u8], text: &[u8]) -> Result<Vec<Match>> {
    scan_either(path, text, None)
}

/// The same for one of many texts that are mostly versions of each other.
///
/// # Errors
/// As those of [`scan`].
pub fn scan_version(path: &[u8], text: &[u8], recall: &mut Recall) -> Result<Vec<Match>> {
    let matches = scan_either(path, text, Some(recall));
    if matches.is_err() {
        *recall = Recall::default();
    }
    matches
}

fn scan_either(path: &[u8], text: &[u8], recall: Option<&mut Recall>) -> Result<Vec<Match>> {
    let mut matches = Vec::new();
    scan_view(path, &View::plain(text), recall, &mut matches)?;
    // UTF-16 has a NUL beside every ASCII character; the plain walk sees none of its keywords.
    if memchr::memchr(0, text).is_some()
        && let Some(view) = View::utf16(text)
    {
        scan_view(path, &view, None, &mut matches)?;
    }
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

fn scan_view(
    path: &[u8],
    view: &View,
    mut recall: Option<&mut Recall>,
    matches: &mut Vec<Match>,
) -> Result<()> {
    let text = view.text();
    if let Some(found) = key_file(path, text) {
        matches.push(Match { span: view.origin(found.span.clone()), ..found });
    }
    let (windows, values) = window::collect(path, text, recall.as_deref_mut());
    let mut runs = Runs::of(text, &windows);
    let mut search = Search { judge: Judge::new(path, &values), view, text, matches };
    for (number, window) in windows.iter().enumerate() {
        let detector = detector::at(window.detector);
        if detector.lead > 0 {
            search.at_runs(detector, window, &mut runs)?;
            if let Some(recall) = &mut recall {
                recall.note(window, false);
            }
            continue;
        }
        // Room behind the window, so that its end cuts no match that begins inside.
        let room = text.len().min(window.range.end + detector.window as usize + 1);
        let is_barren = |recall: &Recall| recall.is_barren(number, windows.len(), window, room);
        let barren = recall.as_deref().is_some_and(is_barren)
            || match detector.keyword_at {
                Some(before) => !search.at_keywords(detector, window, room, before as usize)?,
                None => !search.anywhere(detector, window, room)?,
            };
        if let Some(recall) = &mut recall {
            recall.note(window, barren);
        }
    }
    Ok(())
}

/// Running the patterns over one text.
struct Search<'a> {
    judge: Judge<'a>,
    view: &'a View<'a>,
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
        let regex = detector::compiled(detector)?;
        let (mut from, mut matches) = (window.range.start, false);
        // Look-around at `from` still sees the text before it.
        while let Some(matched) = regex.find_at(&text[..room], from) {
            if matched.start() >= window.range.end {
                break;
            }
            matches = true;
            // Most windows hold no match: where its groups lie is asked for only then.
            let has_groups = regex.captures_len() > 1;
            let captures = if has_groups { regex.captures_at(&text[..room], from) } else { None };
            let secret = captures.and_then(|captures| captures.get(1));
            let candidate = Candidate {
                text,
                matched: matched.range(),
                secret: secret.unwrap_or(matched).range(),
            };
            from = matched.end();
            if let Some(end) = self.judge(detector, candidate, window)? {
                from = from.max(end).min(room);
            }
        }
        Ok(matches)
    }

    /// The same for a pattern whose matches all begin so many bytes before a keyword of the window.
    fn at_keywords(
        &mut self,
        detector: &'static Detector,
        window: &Window,
        room: usize,
        before: usize,
    ) -> Result<bool> {
        let text = self.text;
        let regex = detector::compiled_at_beginning(detector)?;
        let (mut from, mut matches) = (0, false);
        let starts = window.named.iter().filter_map(|keyword| keyword.start.checked_sub(before));
        for start in starts {
            if start < from {
                continue;
            }
            effort::spend(1);
            let here = &text[start..room.min(start + detector.window as usize + 1)];
            let Some(matched) = regex.find(here) else { continue };
            matches = true;
            let has_groups = regex.captures_len() > 1;
            let captures = if has_groups { regex.captures(here) } else { None };
            let secret = captures.and_then(|captures| captures.get(1)).unwrap_or(matched).range();
            from = start + matched.end();
            let candidate = Candidate {
                text,
                matched: start..from,
                secret: start + secret.start..start + secret.end,
            };
            if let Some(end) = self.judge(detector, candidate, window)? {
                from = from.max(end).min(room);
            }
        }
        Ok(matches)
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
            for found in self.judge.judge_named(self.text, &secret)? {
                self.matches.push(Match { span: self.view.origin(secret.clone()), ..found });
            }
        }
        self.matches.push(Match { span: self.view.origin(secret), ..found });
        Ok(Some(end))
    }

    /// Runs a pattern where a value begins that is called a secret.
    fn at_runs(
        &mut self,
        detector: &'static Detector,
        window: &Window,
        runs: &mut Runs,
    ) -> Result<()> {
        let text = self.text;
        let mut number = runs.first(window.range.start);
        while let Some(start) = runs.start(number, window.range.end) {
            let line = runs.label(text, number, usize::from(detector.lead), detector.kinds);
            number += 1;
            let Some(line) = line else { continue };
            let room = text.len().min(start + detector.window as usize + 1);
            let regex = detector::compiled_at_beginning(detector)?;
            let Some(matched) = regex.find(&text[start..room]) else { continue };
            let span = start..start + matched.end();
            let candidate = Candidate { text, matched: span.clone(), secret: span };
            if let Some((found, secret)) = self.judge.judge(detector, candidate, window, Some(line))
            {
                number = number.max(runs.first(secret.end));
                self.matches.push(Match { span: self.view.origin(secret), ..found });
            }
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Context;

    /// The effort of a text that says the same over and over, in bytes looked at for each byte.
    fn effort_of(unit: &str) -> usize {
        let text = unit.repeat(8192 / unit.len() + 1);
        effort::of(|| drop(scan(b"x", text.as_bytes()))) / text.len()
    }

    #[test]
    fn no_repeated_keyword_is_looked_at_over_and_over() {
        let random = "zQ4kT9xW¦v7Lp2mRb".replace('¦', "");
        let with_checks = detector::all()
            .iter()
            .filter(|detector| !detector.checks.is_empty() && detector.context != Context::Label);
        let some_labels =
            detector::all().iter().filter(|detector| detector.context == Context::Label);
        let mut keywords: Vec<&str> = with_checks
            .chain(some_labels.take(8))
            .flat_map(|detector| detector.keywords.iter().take(6))
            .copied()
            .collect();
        keywords.sort_unstable();
        keywords.dedup();
        for keyword in keywords {
            for tail in ["", "\n", "=", "=\"", &format!(": '{random}', ")] {
                let unit = format!("{keyword}{tail}");
                let effort = effort_of(&unit);
                assert!(effort <= 32, "{unit:?} repeated: each byte is looked at {effort} times");
            }
        }
    }

    #[test]
    fn no_mix_of_keywords_is_looked_at_over_and_over() {
        let keywords: Vec<&str> = detector::all()
            .iter()
            .filter(|detector| detector.context == Context::Label)
            .flat_map(|detector| detector.keywords.iter().take(1))
            .copied()
            .collect();
        for glue in ["=", "\n", ": "] {
            let mix: Vec<&str> = keywords.iter().step_by(3).copied().collect();
            let text = mix.join(glue);
            let effort = effort::of(|| drop(scan(b"x", text.as_bytes()))) / text.len();
            assert!(effort <= 48, "glue {glue:?}: each byte is looked at {effort} times");
        }
    }

    #[test]
    fn no_header_of_a_key_or_manifest_is_looked_at_over_and_over() {
        let header = ["-----BEGIN ", "PRIVATE KEY-----"].concat();
        for unit in [&header[..], "kind: Secret\n", "\"kind\":\"Secret\",", "jdbc:a:b?password="] {
            let effort = effort_of(unit);
            assert!(effort <= 24, "{unit:?} repeated: each byte is looked at {effort} times");
        }
    }
}
