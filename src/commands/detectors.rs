//! `keystop detectors`.

use std::fmt::Write as _;

use anyhow::Result;

use super::print;
use crate::cli::Format;
use crate::detector;
use crate::report::detectors_json;

/// Lists every detector.
///
/// # Errors
/// Standard output that cannot be written.
pub fn detectors(format: Format) -> Result<u8> {
    if format == Format::Json {
        print(&detectors_json()?)?;
        return Ok(0);
    }
    let longest = detector::all().iter().map(|detector| detector.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for detector in detector::all() {
        let public =
            if detector.public.is_some() { " (public by design, never reported)" } else { "" };
        let _ = writeln!(out, "{:longest$}  {}{public}", detector.id, detector.name);
    }
    print(&out)?;
    Ok(0)
}
