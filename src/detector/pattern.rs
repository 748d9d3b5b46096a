//! Patterns, compiled when first needed: most runs need none.

use std::sync::OnceLock;

use anyhow::{Context as _, Result, bail};
use regex::bytes::{Regex, RegexBuilder};

use super::{Detector, own, table};

static COMPILED: [OnceLock<Regex>; table::DETECTORS.len()] =
    [const { OnceLock::new() }; table::DETECTORS.len()];

/// The detector's pattern over bytes.
///
/// # Errors
/// A pattern that does not compile; each was parsed before, so only a size limit can do it.
pub fn compiled(detector: &Detector) -> Result<&'static Regex> {
    let index = usize::from(detector.index);
    let Some(cell) = COMPILED.get(index).or_else(|| own::pattern(index - COMPILED.len())) else {
        bail!("detector {} is unknown", detector.id)
    };
    if let Some(regex) = cell.get() {
        return Ok(regex);
    }
    let regex = RegexBuilder::new(detector.pattern)
        .unicode(false)
        .build()
        .with_context(|| format!("the pattern of detector {} does not compile", detector.id))?;
    Ok(cell.get_or_init(|| regex))
}
