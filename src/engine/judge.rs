//! Whether a candidate is a key: its boundary, its label, its value, the detector's checks.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use anyhow::Result;

use super::apart::Sections;
use super::reader::Reader;
use super::values::Values;
use super::window::Window;
use super::{Match, boundary, entropy, label, provider, public_prefix};
use crate::check::{self, Candidate, Check, Verdict, placeholder};
use crate::detector::{self, Confidence, Context, Detector};
use crate::secret::Secret;

/// So many times in a text a public key is computed to see whether a private one belongs to it, which
/// takes as long as scanning several kilobytes. Of further pairs none is refuted.
const DEAR: usize = 64;

/// Judges the candidates of one text.
pub(super) struct Judge<'a> {
    /// Where the text stands; context only.
    path: &'a [u8],
    /// What was weighed before.
    values: &'a Values,
    /// The last value that was asked about.
    last: Weighed<'a>,
    /// How many times more a public key is computed.
    dear: usize,
    /// Where the label of the last value stands whose label alone names a secret.
    label: Range<usize>,
    sections: Sections,
    /// What the words before values say.
    pub(super) reader: Reader,
}

impl<'a> Judge<'a> {
    pub(super) fn new(path: &'a [u8], values: &'a Values) -> Judge<'a> {
        let last = Weighed { value: b"", known: false, is_placeholder: true, entropy: 0.0 };
        Judge {
            path,
            values,
            last,
            dear: DEAR,
            label: 0..0,
            sections: Sections::default(),
            reader: Reader::default(),
        }
    }

    /// The match a candidate is, if nothing speaks against it, and its secret's place.
    /// `line` is that of its label, where this is known to name a secret.
    pub(super) fn judge(
        &mut self,
        detector: &'static Detector,
        mut candidate: Candidate<'a>,
        window: &Window,
        line: Option<Range<usize>>,
    ) -> Option<(Match, Range<usize>)> {
        if !boundary::is_whole(detector.context, &candidate)
            || boundary::is_base64_piece(detector, &candidate)
        {
            return None;
        }
        // Where so many words may be a name, the value is judged first.
        let early = match detector.context {
            Context::Generic => Some(self.run_checks(detector, &mut candidate)?),
            _ => None,
        };
        let text = candidate.text;
        let specificity = match detector.context {
            Context::Marker if detector.near.is_empty() => 0,
            Context::Marker => provider::stands_near(&candidate, self.path, detector.near)?,
            Context::Label => {
                let start = candidate.secret.start;
                let line = line.or_else(|| label::of_secret(text, start, &mut self.reader))?;
                provider::names_provider(&candidate, line, window, &mut self.reader)?
            }
            Context::Generic => {
                self.label = label::names_secret(&candidate, &mut self.reader)?;
                let name = label::last_name(text, self.label.clone());
                if label::is_variant(&text[name], candidate.value()) {
                    return None;
                }
                0
            }
            Context::File => 0,
        };
        let matched = candidate.matched.clone();
        let (mut found, secret) = self.weigh(detector, candidate, specificity, early)?;
        if detector.context == Context::Marker {
            // Last: few come this far.
            found.specificity += provider::longest_in(&text[matched], detector.keywords);
        }
        Some((found, secret))
    }

    /// The keys of providers that the last secret of no known one turns out to be, because the
    /// provider is named apart from it.
    pub(super) fn judge_named(
        &mut self,
        text: &'a [u8],
        secret: &Range<usize>,
    ) -> Result<Vec<Match>> {
        let name = label::last_name(text, self.label.clone());
        let mut found = Vec::new();
        for (detector, length) in self.sections.named(text, &name) {
            let value = &text[..secret.end];
            if !detector::may_open(detector, &value[secret.start..]) {
                continue;
            }
            let matched = detector::compiled(detector)?.find_at(value, secret.start);
            if matched.is_none_or(|matched| matched.range() != *secret) {
                continue;
            }
            let candidate = Candidate { text, matched: secret.clone(), secret: secret.clone() };
            found.extend(self.weigh(detector, candidate, length, None).map(|(found, _)| found));
        }
        Ok(found)
    }

    /// The match a candidate is, if nothing speaks against its value. `early` is what the checks
    /// said already.
    fn weigh(
        &mut self,
        detector: &'static Detector,
        mut candidate: Candidate<'a>,
        specificity: usize,
        early: Option<Checked>,
    ) -> Option<(Match, Range<usize>)> {
        let generic = detector.context == Context::Generic;
        let value = candidate.value();
        let body = &value[public_prefix(detector, value).len()..];
        // What looks random is no placeholder, and a file is judged by its structure.
        let body_start = candidate.secret.end - body.len();
        let known = generic && detector.checks.contains(&Check::Random)
            || detector.context == Context::File
            || self.values.hold(&(body_start..candidate.secret.end));
        let Weighed { is_placeholder, entropy, .. } = *self.weighed(body, known);
        if is_placeholder || !entropy::suffices(entropy, body.len(), detector.min_entropy) {
            return None;
        }
        let checked = match early {
            Some(checked) => checked,
            None => self.run_checks(detector, &mut candidate)?,
        };
        // Last, because few come this far, and the set of samples is made by the first who does.
        if is_sample(detector, value) {
            return None;
        }
        let found = Match {
            detector,
            span: candidate.secret.clone(),
            secret: Secret::new(candidate.value()),
            confidence: if checked.proven { Confidence::High } else { detector.confidence },
            facts: checked.facts,
            inside: Vec::new(),
            specificity,
        };
        Some((found, candidate.secret))
    }

    /// What is known of a value; `known` is whether it is no placeholder.
    fn weighed(&mut self, value: &'a [u8], known: bool) -> &Weighed<'a> {
        if self.last.value != value || known != self.last.known {
            let is_placeholder = !known && placeholder::is_placeholder(value);
            self.last = Weighed { value, known, is_placeholder, entropy: entropy::of(value) };
        }
        &self.last
    }

    /// Runs the detector's checks, which may find the secret to reach further than the pattern did;
    /// `None` where one refutes it.
    fn run_checks(&mut self, detector: &Detector, candidate: &mut Candidate) -> Option<Checked> {
        let mut checked = Checked::default();
        for &check in detector.checks {
            let outcome = match check {
                Check::Random => match self.values.known(&candidate.secret) {
                    // Weighed before, and its place is left to be judged.
                    Some(true) => check::random_at_its_place(candidate),
                    Some(false) => return None,
                    None => check::run(check, candidate),
                },
                Check::Ed25519Pair | Check::MaybeEd25519Pair if self.dear == 0 => {
                    Verdict::Plausible.into()
                }
                check => check::run(check, candidate),
            };
            if let Check::Ed25519Pair | Check::MaybeEd25519Pair = check {
                self.dear = self.dear.saturating_sub(1);
            }
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
}

/// What was found out about a value: a text that says the same over and over is asked once.
struct Weighed<'a> {
    value: &'a [u8],
    /// Whether it was known to be no placeholder.
    known: bool,
    is_placeholder: bool,
    entropy: f32,
}

/// What a detector's checks said of a candidate that none of them refuted.
#[derive(Default)]
struct Checked {
    proven: bool,
    facts: Vec<String>,
}

/// Whether some provider prints the value in its documentation. One that is printed percent-encoded
/// is known decoded too, whole and on either side of its `=`. A detector of the configuration speaks
/// for itself only.
fn is_sample(detector: &Detector, value: &[u8]) -> bool {
    static SAMPLES: LazyLock<HashSet<Cow<[u8]>>> = LazyLock::new(|| {
        let mut samples: HashSet<Cow<[u8]>> = HashSet::new();
        for sample in detector::all().iter().flat_map(|known| known.samples) {
            samples.insert(Cow::Borrowed(sample.as_bytes()));
            if sample.contains('%') {
                let plain: Vec<u8> = percent_encoding::percent_decode_str(sample).collect();
                let pieces = plain.split(|&byte| byte == b'=').filter(|piece| piece.len() > 8);
                samples.extend(pieces.map(|piece| Cow::Owned(piece.to_vec())));
                samples.insert(Cow::Owned(plain));
            }
        }
        samples
    });
    SAMPLES.contains(value) || detector.samples.iter().any(|sample| sample.as_bytes() == value)
}
