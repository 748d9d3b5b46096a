//! `keystop detectors`.

mod check;

use std::collections::HashSet;
use std::fmt::Write as _;

use anyhow::Result;

use super::configure::know_own_detectors;
use super::print;
use crate::cli::ListFormat;
use crate::detector;
use crate::report::detectors_json;

pub use check::check_detectors;

/// Lists every detector, or says how many there are.
///
/// # Errors
/// Standard output that cannot be written.
pub fn detectors(format: ListFormat, count: bool) -> Result<u8> {
    know_own_detectors()?;
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
    if format == ListFormat::Json {
        print(&detectors_json()?)?;
        return Ok(0);
    }
    let listed = || detector::all().iter().chain(detector::own());
    let longest = listed().map(|detector| detector.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for detector in listed() {
        let public =
            if detector.public.is_some() { " (public by design, never reported)" } else { "" };
        let _ = writeln!(out, "{:longest$}  {}{public}", detector.id, detector.name);
    }
    print(&out)?;
    Ok(0)
}
