//! The trailer that says in a commit's message what its author let pass.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result};

use super::record::Record;
use crate::git::answer;
use crate::report::Report;
use crate::suppress::{SKIP, waivers};

/// Adds `Keystop-Skip: FINGERPRINT reason` for each finding that was let pass in this commit, where
/// the user asked for it (`git config keystop.skipTrailer true`). Doing it again changes nothing.
///
/// # Errors
/// A message that git cannot write.
pub(super) fn sign(report: &Report, arguments: &[OsString]) -> Result<()> {
    let (Some(text), [file]) = (std::env::var_os(SKIP), arguments) else { return Ok(()) };
    if !is_wanted() {
        return Ok(());
    }
    let waivers = waivers(SKIP, text.to_str().context("KEYSTOP_SKIP is not UTF-8")?)?;
    // The files were judged by pre-commit, which recorded what it let pass.
    let recorded = Record::last().map(|record| record.findings).unwrap_or_default();
    let passed = |print: &str| {
        recorded.iter().any(|one| one.waived.as_deref() == Some(print))
            || report.waived.iter().any(|(_, waiver)| waiver.fingerprint.to_string() == print)
    };
    for waiver in waivers {
        let print = waiver.fingerprint.to_string();
        if passed(&print) {
            let trailer = format!("--trailer=Keystop-Skip: {print} {}", waiver.reason);
            let file = Path::new(file).to_str().context("the message's path is not UTF-8")?;
            // As `git commit --trailer` does it: a line of dashes is no end of the message.
            let add = ["interpret-trailers", "--in-place", "--no-divider"];
            let once = "--if-exists=addIfDifferent";
            answer(&[&add[..], &[once, &trailer, "--", file]].concat())
                .context("adding the trailer that keystop.skipTrailer asks for")?;
        }
    }
    Ok(())
}

/// Whether the setting is on. One that git cannot read is off: it is only a courtesy.
fn is_wanted() -> bool {
    let said = answer(&["config", "--type=bool", "--get", "keystop.skipTrailer"]);
    said.is_ok_and(|said| said.trim_ascii() == b"true")
}
