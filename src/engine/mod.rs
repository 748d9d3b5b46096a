//! Deciding: keyword automaton, pattern, label, checks, and which detector wins.

mod ahead;
mod boundary;
mod entropy;
mod label;
mod overlap;
mod values;
mod window;
mod words;

use std::ops::Range;

use anyhow::Result;

use crate::check::{self, Candidate, Check, Verdict, placeholder};
use crate::decode::{self, View};
use crate::detector::{self, Confidence, Context, Detector};
use crate::secret::Secret;
use values::Values;

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
    let mut matches = Vec::new();
    scan_layers(path, text, None, decode::DEPTH, &mut matches)?;
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
    hit
}

/// The keys in `text` and in what is encoded in it; `outer` is the view that `text` is of.
fn scan_layers(
    path: &[u8],
    text: &[u8],
    outer: Option<&View>,
    depth: usize,
    matches: &mut Vec<Match>,
) -> Result<()> {
    scan_text(path, text, matches)?;
    if depth == 0 {
        return Ok(());
    }
    for layer in decode::layers(text, outer)? {
        let mut inside = Vec::new();
        scan_layers(path, layer.view.text(), Some(&layer.view), depth - 1, &mut inside)?;
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

fn scan_text(path: &[u8], text: &[u8], matches: &mut Vec<Match>) -> Result<()> {
    let (windows, values) = window::collect(path, text);
    for window in windows {
        let detector = &detector::all()[usize::from(window.detector)];
        let regex = detector::compiled(detector)?;
        let longest = detector.window as usize;
        // Room behind the window, so that its end cuts no match that begins inside.
        let room = text.len().min(window.range.end + longest + 1);
        let mut from = window.range.start;
        // Look-around at `from` still sees the text before it.
        while let Some(captures) = regex.captures_at(&text[..room], from) {
            let (Some(matched), secret) = (captures.get(0), captures.get(1)) else { break };
            if matched.start() >= window.range.end {
                break;
            }
            let candidate = Candidate {
                text,
                matched: matched.range(),
                secret: secret.unwrap_or(matched).range(),
            };
            from = matched.end();
            if let Some(found) = judge(detector, path, &values, candidate) {
                from = from.max(found.span.end).min(room);
                matches.push(found);
            }
        }
    }
    Ok(())
}

/// The match a candidate is, if nothing speaks against it.
fn judge(
    detector: &'static Detector,
    path: &[u8],
    values: &Values,
    mut candidate: Candidate,
) -> Option<Match> {
    if !boundary::is_whole(detector.context, &candidate) {
        return None;
    }
    // Where so many words may be a name, the value is judged first.
    let generic = detector.context == Context::Generic;
    let early =
        if generic { run_checks(detector, values, &mut candidate)? } else { Checked::default() };
    let text = candidate.text;
    let specificity = match detector.context {
        Context::Marker => {
            let own = label::longest_in(&text[candidate.matched.clone()], detector.keywords);
            match detector.near {
                [] => own,
                near => own + label::stands_near(&candidate, path, near)?,
            }
        }
        Context::Label => label::names_provider(&candidate, path, detector.keywords)?,
        Context::Generic => label::names_secret(&candidate)?,
    };
    let value = candidate.value();
    let body = &value[public_prefix(detector, value).len()..];
    // What looks random is no placeholder.
    let known = generic && detector.checks.contains(&Check::Random);
    if !known && placeholder::is_placeholder(body) || !entropy::suffices(body, detector.min_entropy)
    {
        return None;
    }
    let checked = if generic { early } else { run_checks(detector, values, &mut candidate)? };
    // Last, because few come this far and the samples are many.
    if is_sample(value) {
        return None;
    }
    Some(Match {
        detector,
        span: candidate.secret.clone(),
        secret: Secret::new(candidate.value()),
        confidence: if checked.proven { Confidence::High } else { detector.confidence },
        facts: checked.facts,
        inside: Vec::new(),
        specificity,
    })
}

/// What a detector's checks said of a candidate that none of them refuted.
#[derive(Default)]
struct Checked {
    proven: bool,
    facts: Vec<String>,
}

/// Runs the detector's checks, which may find the secret to reach further than the pattern did;
/// `None` where one refutes it.
fn run_checks(detector: &Detector, values: &Values, candidate: &mut Candidate) -> Option<Checked> {
    let mut checked = Checked::default();
    for &check in detector.checks {
        let outcome = match check {
            // Weighed before, and its place is left to be judged.
            Check::Random if values.hold(&candidate.secret) => {
                check::random_at_its_place(candidate)
            }
            check => check::run(check, candidate),
        };
        match outcome.verdict {
            Verdict::Refuted => return None,
            Verdict::Proven => checked.proven = true,
            Verdict::Plausible => {}
        }
        checked.facts.extend(outcome.fact);
        if let Some(secret) = outcome.secret {
            candidate.secret = secret;
        }
    }
    Some(checked)
}

/// Whether some provider prints the value in its documentation.
fn is_sample(value: &[u8]) -> bool {
    detector::all()
        .iter()
        .any(|known| known.samples.iter().any(|sample| sample.as_bytes() == value))
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
