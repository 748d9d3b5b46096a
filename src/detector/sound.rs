//! Whether a detector of a file can run, shared with the build script.

use anyhow::{Context, Result, bail, ensure};
use regex_syntax::hir::Hir;

use super::Check;
use super::schema::{ContextSpec, DetectorSpec};

/// Longest window a pattern may look at, in bytes, before the author has to name it (`reach`).
const LONGEST: usize = 4096;

/// Whether a detector can run at all.
///
/// # Errors
/// A field of another form; the words name it.
pub fn check(detector: &DetectorSpec) -> Result<()> {
    let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    ensure!(!detector.id.is_empty(), "field `id` is empty");
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
    Ok(())
}

/// Whether a detector shows what it finds and what it does not.
///
/// # Errors
/// Too few examples.
pub fn told(detector: &DetectorSpec) -> Result<()> {
    ensure!(
        detector.examples.len() >= 2 || detector.public.is_some(),
        "field `examples`: at least two"
    );
    ensure!(!detector.counter_examples.is_empty(), "field `counter_examples` is empty");
    Ok(())
}

/// A detector of whole files: its check does all.
fn file(detector: &DetectorSpec) -> Result<()> {
    let [check] = &detector.checks[..] else { bail!("field `checks`: exactly one for a file") };
    ensure!(Check::named(check).is_some(), "field `checks`: no check `{check}`");
    ensure!(
        detector.keywords.is_empty() && detector.pattern.is_empty(),
        "fields `keywords` and `pattern`: a file has none"
    );
    Ok(())
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

/// The pattern as it will be compiled.
///
/// # Errors
/// A pattern that does not parse.
pub fn parsed(detector: &DetectorSpec) -> Result<Hir> {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    Ok(parser.parse(&detector.pattern)?)
}
