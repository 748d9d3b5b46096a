//! Patterns, compiled when first needed: most runs need none.

use std::sync::OnceLock;

use anyhow::{Context as _, Result};
use regex::bytes::{Regex, RegexBuilder};

use super::{Detector, table};

static COMPILED: [OnceLock<Regex>; table::DETECTORS.len()] =
    [const { OnceLock::new() }; table::DETECTORS.len()];

/// The detector's pattern over bytes.
///
/// # Errors
/// A pattern that does not compile; the build script parsed each, so only a size limit can do it.
pub fn compiled(detector: &Detector) -> Result<&'static Regex> {
    let cell = &COMPILED[usize::from(detector.index)];
    if let Some(regex) = cell.get() {
        return Ok(regex);
    }
    let regex = RegexBuilder::new(detector.pattern)
        .unicode(false)
        .build()
        .with_context(|| format!("the pattern of detector {} does not compile", detector.id))?;
    Ok(cell.get_or_init(|| regex))
}
