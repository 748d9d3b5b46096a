//! Patterns, compiled when first needed: most runs need none.

use std::sync::OnceLock;

use anyhow::{Context as _, Result, bail};
use regex::bytes::{Regex, RegexBuilder};

use super::{Detector, own, table};

/// One for each detector, made when the first pattern is asked for: a cell that stood in the binary
/// would not be zero.
type Cells = OnceLock<Box<[OnceLock<Regex>]>>;

static COMPILED: Cells = OnceLock::new();
static AT_BEGINNING: Cells = OnceLock::new();

/// The detector's pattern over bytes.
///
/// # Errors
/// A pattern that does not compile; each was parsed before, so only a size limit can do it.
pub fn compiled(detector: &Detector) -> Result<&'static Regex> {
    once(&COMPILED, detector, ["", ""])
}

/// The same for a match at the text's beginning.
///
/// # Errors
/// As those of [`compiled`].
pub fn compiled_at_beginning(detector: &Detector) -> Result<&'static Regex> {
    once(&AT_BEGINNING, detector, [r"\A(?:", ")"])
}

fn once(cells: &'static Cells, detector: &Detector, around: [&str; 2]) -> Result<&'static Regex> {
    let index = usize::from(detector.index);
    let cells = cells.get_or_init(|| table::DETECTORS.iter().map(|_| OnceLock::new()).collect());
    // A detector of the configuration has no lead, and so is asked for anywhere only.
    let Some(cell) = cells.get(index).or_else(|| own::pattern(index - cells.len())) else {
        bail!("detector {} is unknown", detector.id)
    };
    if let Some(regex) = cell.get() {
        return Ok(regex);
    }
    let regex = RegexBuilder::new(&around.join(detector.pattern))
        .unicode(false)
        .build()
        .with_context(|| format!("the pattern of detector {} does not compile", detector.id))?;
    Ok(cell.get_or_init(|| regex))
}
