//! What a detector's file must hold before it becomes part of the binary.

use std::collections::HashSet;

use anyhow::{Context, Result, bail, ensure};
use regex_syntax::hir::Hir;

use crate::kind::Check;
use crate::schema::{ContextSpec, DetectorSpec, ProviderFile, RemediationSpec};

/// Longest window a pattern may look at, in bytes, before the author has to name it (`reach`).
const LONGEST: usize = 4096;

/// Checks every file; the first fault is the error.
pub fn all(files: &[(String, ProviderFile)]) -> Result<()> {
    let mut ids = HashSet::new();
    for (slug, file) in files {
        for detector in &file.detectors {
            one(detector)
                .with_context(|| format!("detectors/{slug}.toml: detector `{}`", detector.id))?;
            ensure!(
                ids.insert(detector.id.as_str()),
                "detectors/{slug}.toml: detector `{}`: field `id`: another detector has it",
                detector.id
            );
        }
        ensure!(!file.detectors.is_empty(), "detectors/{slug}.toml: no [[detector]]");
    }
    for (slug, file) in files {
        for detector in &file.detectors {
            if let Some(needs) = &detector.needs {
                ensure!(
                    ids.contains(needs.as_str()),
                    "detectors/{slug}.toml: detector `{}`: field `needs`: no detector `{needs}`",
                    detector.id
                );
            }
        }
    }
    Ok(())
}

fn one(detector: &DetectorSpec) -> Result<()> {
    let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    ensure!(detector.id.chars().all(kebab), "field `id`: only a-z, 0-9 and `-`");
    ensure!(!detector.name.trim().is_empty(), "field `name` is empty");
    if detector.context == ContextSpec::File {
        return file(detector);
    }
    ensure!(!detector.keywords.is_empty(), "field `keywords` is empty");
    for keyword in detector.keywords.iter().chain(&detector.near) {
        ensure!(
            keyword.is_ascii() && keyword.len() >= 3,
            "field `keywords`/`near`: `{keyword}` must be ASCII and at least 3 long"
        );
    }
    window(detector).context("field `pattern`")?;
    for check in &detector.checks {
        ensure!(Check::named(check).is_some(), "field `checks`: no check `{check}`");
    }
    if detector.context != ContextSpec::Marker {
        ensure!(detector.near.is_empty(), "field `near` goes with context = \"marker\" only");
    }
    if let Some(confidence) = &detector.confidence {
        ensure!(
            ["high", "medium", "low"].contains(&confidence.as_str()),
            "field `confidence`: `{confidence}` is none of high, medium, low"
        );
    }
    ensure!(
        detector.examples.len() >= 2 || detector.public.is_some(),
        "field `examples`: at least two"
    );
    ensure!(!detector.counter_examples.is_empty(), "field `counter_examples` is empty");
    remediation(&detector.remediation)
}

/// A detector of whole files: its check does all.
fn file(detector: &DetectorSpec) -> Result<()> {
    let [check] = &detector.checks[..] else { bail!("field `checks`: exactly one for a file") };
    ensure!(Check::named(check).is_some(), "field `checks`: no check `{check}`");
    ensure!(
        detector.keywords.is_empty() && detector.pattern.is_empty(),
        "fields `keywords` and `pattern`: a file has none"
    );
    remediation(&detector.remediation)
}

/// The pattern as it will be compiled.
pub fn parsed(detector: &DetectorSpec) -> Result<Hir> {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    Ok(parser.parse(&detector.pattern)?)
}

/// How many bytes a match can take at most.
pub fn window(detector: &DetectorSpec) -> Result<usize> {
    let hir = parsed(detector)?;
    ensure!(hir.properties().minimum_len().unwrap_or(0) > 0, "matches the empty text");
    match (hir.properties().maximum_len(), detector.reach) {
        (_, Some(reach)) => Ok(reach as usize),
        (Some(longest), None) if longest <= LONGEST => Ok(longest),
        (longest, None) => bail!(
            "a match can take {} bytes: bound the repetitions or give `reach`",
            longest.map_or("any number of".to_owned(), |n| n.to_string())
        ),
    }
}

fn remediation(about: &RemediationSpec) -> Result<()> {
    let fields = [
        ("opens", &about.opens),
        ("risk", &about.risk),
        ("revoke", &about.revoke),
        ("audit", &about.audit),
        ("breaks", &about.breaks),
        ("practice", &about.practice),
        ("env", &about.env),
        ("docs", &about.docs),
    ];
    for (name, text) in fields {
        let text = text.as_deref().unwrap_or_default().trim();
        ensure!(!text.is_empty(), "field `remediation.{name}` is missing");
        if name == "env" {
            let variable = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            ensure!(text.chars().all(variable), "field `remediation.env`: `{text}` is no name");
        }
    }
    let steps = about.steps.as_ref().is_some_and(|steps| !steps.is_empty());
    ensure!(steps, "field `remediation.steps` is missing");
    Ok(())
}
