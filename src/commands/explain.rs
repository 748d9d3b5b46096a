//! `keystop explain ID`.

use anyhow::{Result, bail};

use super::configure::know_own_detectors;
use super::print;
use super::record::{Record, Recorded};
use crate::cli::ExplainArgs;
use crate::detector::{self, Detector};
use crate::fingerprint::Fingerprint;
use crate::report::{Store, render_code, render_explanation};

/// Columns where there is no terminal to ask.
const WIDTH: usize = 79;

/// Prints what the detector's file holds, or code that reads such a key from where it is kept.
///
/// # Errors
/// An id that no detector has; the error names the nearest.
pub fn explain(arguments: &ExplainArgs) -> Result<u8> {
    let id = &arguments.id;
    know_own_detectors()?;
    if Fingerprint::parse(id).is_some() {
        return explain_finding(id, arguments);
    }
    let Some(detector) = detector::by_id(id) else {
        let nearest = detector::nearest_id(id);
        bail!(
            "no detector is called {id:?}; did you mean {nearest}? `keystop detectors` lists all"
        );
    };
    print(&page(detector, arguments))?;
    Ok(0)
}

/// What is asked for, in the terminal's width.
fn page(detector: &Detector, arguments: &ExplainArgs) -> String {
    let width = terminal_size::terminal_size_of(std::io::stdout())
        .map_or(WIDTH, |(width, _)| usize::from(width.0));
    match arguments.lang {
        Some(language) => {
            let store = arguments.store.unwrap_or(Store::Env);
            render_code(detector, language, store, width)
        }
        None => render_explanation(detector, width),
    }
}

/// The same for a finding of the last run, and where it stands.
fn explain_finding(fingerprint: &str, arguments: &ExplainArgs) -> Result<u8> {
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
    print(&format!("{lines}\n{}", page(detector, arguments)))?;
    Ok(0)
}
