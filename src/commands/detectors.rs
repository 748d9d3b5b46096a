//! `keystop detectors`.

use std::collections::HashSet;
use std::fmt::Write as _;

use anyhow::Result;

use super::print;
use crate::cli::Format;
use crate::detector;
use crate::report::detectors_json;

/// Lists every detector, or says how many there are.
///
/// # Errors
/// Standard output that cannot be written.
pub fn detectors(format: Format, count: bool) -> Result<u8> {
    if count {
        let public = detector::all().iter().filter(|one| one.public.is_some()).count();
        let providers: HashSet<&str> = detector::all()
            .iter()
            .map(|one| one.provider)
            .filter(|provider| !provider.fallback)
            .map(|provider| provider.slug)
            .collect();
        print(&format!(
            "{} types of key of {} providers, and {public} that are public by design\n",
            detector::all().len() - public,
            providers.len()
        ))?;
        return Ok(0);
    }
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
