//! The detectors that a user's configuration brings: made when the run starts, if there are any.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use anyhow::{Context as _, Result, anyhow, ensure};
use regex::bytes::Regex;

use super::schema::{ContextSpec, DetectorSpec, ProviderFile};
use super::{Check, Confidence, Context, Detector, Provider, Remediation, Text};
use super::{all, derive, sound, spelling};
use crate::spelling::nearest;

/// So many have an index left.
const MOST: usize = 10_000;

static OWN: OnceLock<Own> = OnceLock::new();

/// Detectors, their patterns and the automaton over their keywords.
#[derive(Debug)]
pub struct Own {
    detectors: Vec<Detector>,
    patterns: Vec<OnceLock<Regex>>,
    /// Each keyword's length and the detectors that look when it is seen.
    keywords: Vec<(usize, Vec<u16>)>,
    automaton: AhoCorasick,
}

impl Own {
    /// Makes the detectors of some files. The text before a fault names the detector and the field.
    ///
    /// # Errors
    /// A detector that cannot run, or that has the id of another.
    pub fn new(files: Vec<ProviderFile>) -> Result<Own> {
        let mut detectors: Vec<Detector> = Vec::new();
        for mut file in files {
            check_own(&file).map_err(|(_, error)| error)?;
            spelling::spread(&mut file);
            name_variables(&mut file);
            derive::fill("own", &mut file);
            let provider = Box::leak(Box::new(Provider {
                slug: "own",
                name: leak(file.provider.name),
                about: Text::own(leak(file.provider.about)),
                fallback: file.provider.fallback,
            }));
            for spec in file.detectors {
                // Two versions of one configuration bring the same detector twice.
                let is_same =
                    |other: &Detector| other.id == spec.id && other.pattern == spec.pattern;
                if !detectors.iter().any(is_same) {
                    let index = all().len() + detectors.len();
                    detectors.push(detector(index as u16, provider, spec));
                }
            }
        }
        ensure!(detectors.len() <= MOST, "more than {MOST} detectors");
        let mut keywords: BTreeMap<String, Vec<u16>> = BTreeMap::new();
        for detector in &detectors {
            for keyword in detector.keywords {
                keywords.entry(keyword.to_ascii_lowercase()).or_default().push(detector.index);
            }
            // Nobody looks when these are seen, but a path that holds one is context.
            for word in detector.near {
                keywords.entry((*word).to_owned()).or_default();
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(keywords.keys())
            .context("preparing to look for your own keywords")?;
        Ok(Own {
            patterns: detectors.iter().map(|_| OnceLock::new()).collect(),
            detectors,
            keywords: keywords.into_iter().map(|(word, looking)| (word.len(), looking)).collect(),
            automaton,
        })
    }
}

/// Adds detectors to those that every scan of this run looks for. Once: a text that was judged
/// before must not be judged otherwise after.
///
/// # Errors
/// Detectors that were added before.
pub fn adopt(own: Own) -> Result<()> {
    OWN.set(own).map_err(|_| anyhow!("the configuration's detectors were added before"))
}

/// The detectors that were added.
#[must_use]
pub fn own() -> &'static [Detector] {
    OWN.get().map_or(&[], |own| &own.detectors)
}

/// As [`super::keyword_hits`] for the keywords of the detectors that were added, with the keyword's
/// start and end and the detectors that look for it.
pub fn own_hits(text: &[u8], mut hit: impl FnMut(usize, usize, &'static [u16])) {
    let Some(own) = OWN.get() else { return };
    for found in own.automaton.find_overlapping_iter(text) {
        let (length, looking) = &own.keywords[found.pattern().as_usize()];
        hit(found.end() - length, found.end(), looking);
    }
}

/// The place of an added detector's pattern.
pub(super) fn pattern(number: usize) -> Option<&'static OnceLock<Regex>> {
    OWN.get().and_then(|own| own.patterns.get(number))
}

/// Whether the detectors of a user's file can run beside keystop's.
///
/// # Errors
/// The first one that cannot: its id, and why.
pub fn check_own(file: &ProviderFile) -> Result<(), (String, anyhow::Error)> {
    for (at, detector) in file.detectors.iter().enumerate() {
        let twice = file.detectors[..at].iter().any(|other| other.id == detector.id);
        let known = |id: &str| {
            all().iter().any(|other| other.id == id)
                || file.detectors.iter().any(|other| other.id == id)
        };
        check(detector, twice, known).map_err(|error| {
            let error = error.context(format!("detector {:?}", detector.id));
            (detector.id.clone(), error)
        })?;
    }
    Ok(())
}

fn check(detector: &DetectorSpec, twice: bool, known: impl Fn(&str) -> bool) -> Result<()> {
    for name in &detector.checks {
        let names = Check::ALL.iter().map(|(name, _)| *name);
        let nearest = nearest(name, names).unwrap_or_default();
        let is_known = Check::named(name).is_some();
        ensure!(is_known, "no check is called `{name}`; did you mean `{nearest}`?");
    }
    sound::check(detector)?;
    let is_file = detector.context == ContextSpec::File;
    ensure!(!is_file, "field `context`: only keystop's own can be `file`");
    ensure!(detector.public.is_none(), "field `public`: what may be published is under [[allow]]");
    let taken = all().iter().any(|other| other.id == detector.id);
    ensure!(!taken && !twice, "field `id`: another detector has it");
    if let Some(needs) = &detector.needs {
        ensure!(known(needs), "field `needs`: no detector is called `{needs}`");
    }
    let variable = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let env = detector.remediation.env.as_deref().unwrap_or_default();
    ensure!(env.chars().all(variable), "field `remediation.env`: {env:?} is no name");
    Ok(())
}

/// Where no provider is named, a variable is called as its detector: `ACME_BUILD_TOKEN`.
fn name_variables(file: &mut ProviderFile) {
    for detector in &mut file.detectors {
        let named = detector.remediation.env.is_some() || file.remediation.env.is_some();
        if !named {
            let name = detector.id.to_ascii_uppercase().replace('-', "_");
            let mark = if name.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
            detector.remediation.env = Some(format!("{mark}{name}"));
        }
    }
}

fn detector(index: u16, provider: &'static Provider, spec: DetectorSpec) -> Detector {
    let window = sound::window(&spec).unwrap_or_default() as u32;
    let checks: Vec<Check> = spec.checks.iter().filter_map(|name| Check::named(name)).collect();
    let confidence = match (spec.confidence.as_deref(), spec.context) {
        (Some("high"), _) => Confidence::High,
        (Some("medium"), _) => Confidence::Medium,
        (Some(_), _) | (None, ContextSpec::Generic | ContextSpec::File) => Confidence::Low,
        (None, ContextSpec::Marker) if spec.near.is_empty() => Confidence::High,
        (None, ContextSpec::Marker | ContextSpec::Label) => Confidence::Medium,
    };
    let lower = |words: Vec<String>| words.into_iter().map(|word| word.to_ascii_lowercase());
    let about = spec.remediation;
    let text = |text: Option<String>| leak(text.unwrap_or_default());
    Detector {
        index,
        id: leak(spec.id),
        name: leak(spec.name),
        provider,
        keywords: leak_all(spec.keywords),
        ahead: leak(spec.ahead),
        pattern: leak(spec.pattern),
        window,
        lead: 0,
        kinds: 0,
        keyword_at: None,
        opening: &[],
        mark: None,
        context: match spec.context {
            ContextSpec::Marker => Context::Marker,
            ContextSpec::Label => Context::Label,
            ContextSpec::Generic => Context::Generic,
            ContextSpec::File => Context::File,
        },
        near: leak_all(lower(spec.near)),
        checks: checks.leak(),
        min_entropy: spec.min_entropy,
        needs: spec.needs.map(leak),
        public: spec.public.map(leak),
        samples: leak_all(spec.samples.into_iter().map(|text| text.replace('¦', ""))),
        confidence,
        remediation: Remediation {
            opens: Text::own(text(about.opens)),
            risk: Text::own(text(about.risk)),
            revoke: text(about.revoke),
            steps: about
                .steps
                .unwrap_or_default()
                .into_iter()
                .map(leak)
                .map(Text::own)
                .collect::<Vec<_>>()
                .leak(),
            audit: Text::own(text(about.audit)),
            breaks: Text::own(text(about.breaks)),
            practice: Text::own(text(about.practice)),
            env: text(about.env),
            docs: text(about.docs),
            reviewed: about.reviewed.map(leak),
        },
    }
}

/// A detector lives as long as the run.
fn leak(text: String) -> &'static str {
    text.leak()
}

fn leak_all(texts: impl IntoIterator<Item = String>) -> &'static [&'static str] {
    texts.into_iter().map(leak).collect::<Vec<_>>().leak()
}
