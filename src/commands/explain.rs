//! `keystop explain ID`.

use anyhow::{Result, bail};

use super::configure::know_own_detectors;
use super::print;
use super::record::{Record, Recorded};
use crate::detector;
use crate::fingerprint::Fingerprint;
use crate::report::render_explanation;

/// Prints what the detector's file holds.
///
/// # Errors
/// An id that no detector has; the error names the nearest.
pub fn explain(id: &str) -> Result<u8> {
    know_own_detectors()?;
    if Fingerprint::parse(id).is_some() {
        return explain_finding(id);
    }
    let Some(detector) = detector::by_id(id) else {
        let nearest = detector::nearest_id(id);
        bail!(
            "no detector is called {id:?}; did you mean {nearest}? `keystop detectors` lists all"
        );
    };
    print(&render_explanation(detector))?;
    Ok(0)
}

/// The same for a finding of the last run, and where it stands.
fn explain_finding(fingerprint: &str) -> Result<u8> {
    let record = Record::last()?;
    let places: Vec<&Recorded> =
        record.findings.iter().filter(|one| one.has(fingerprint)).collect();
    let Some(detector) = places.first().and_then(|one| one.detector()) else {
        bail!(
            "the last run in this repository found nothing with the fingerprint {fingerprint}: run \
             what shows it (git commit, git push, keystop scan), then this again"
        );
    };
    let lines: String =
        places.iter().map(|one| format!("{fingerprint}  {}\n", one.place())).collect();
    print(&format!("{lines}\n{}", render_explanation(detector)))?;
    Ok(0)
}
