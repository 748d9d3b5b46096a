//! A table by RFC 4180, for spreadsheets.

use std::io::{Result, Write};

use super::Report;
use super::view::View;
use crate::check::date;
use crate::redaction::visible;

/// The first row.
const HEAD: &[&str] = &[
    "detector",
    "name",
    "provider",
    "confidence",
    "blocks",
    "place",
    "path",
    "member",
    "line",
    "column",
    "commit",
    "layer",
    "author",
    "date",
    "in_head",
    "remotes",
    "fingerprint",
    "redacted",
    "revoke",
];

/// Writes a row for each finding. What could not be judged has no row: the exit code says it.
///
/// # Errors
/// A place that cannot be written to.
pub fn write_csv(out: &mut dyn Write, report: &Report) -> Result<()> {
    row(out, HEAD.iter().map(|name| (*name).to_owned()))?;
    for finding in &report.findings {
        let view = View::new(&report.stage, finding);
        let detector = finding.detector;
        let audit = finding.audit.as_deref();
        let of_audit =
            |text: fn(&crate::finding::Audit) -> String| audit.map(text).unwrap_or_default();
        let fields = [
            detector.id.to_owned(),
            detector.name.to_owned(),
            detector.provider.name.to_owned(),
            view.confidence().to_owned(),
            finding.blocks.to_string(),
            view.kind().to_owned(),
            visible(view.path()),
            view.member().to_owned(),
            finding.line.to_string(),
            finding.column.to_string(),
            finding.source.commit.map(|commit| commit.to_string()).unwrap_or_default(),
            finding.source.layer.as_ref().map(|layer| layer.digest.clone()).unwrap_or_default(),
            of_audit(|audit| audit.author.clone()),
            of_audit(|audit| date::moment(audit.date)),
            of_audit(|audit| audit.in_head.to_string()),
            of_audit(|audit| audit.remotes.join(" ")),
            view.fingerprint().unwrap_or_default(),
            finding.redacted.clone(),
            detector.remediation.revoke.to_owned(),
        ];
        row(out, fields.into_iter())?;
    }
    Ok(())
}

fn row(out: &mut dyn Write, fields: impl Iterator<Item = String>) -> Result<()> {
    let fields: Vec<String> = fields.map(|field| cell(&field)).collect();
    write!(out, "{}\r\n", fields.join(","))
}

/// A cell that no spreadsheet takes for a formula.
fn cell(field: &str) -> String {
    let starts_formula =
        field.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let guarded = if starts_formula { format!("'{field}") } else { field.to_owned() };
    if guarded.contains([',', '"', '\r', '\n', ';', '\t']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_is_no_formula() {
        assert_eq!(cell("a b"), "a b");
        assert_eq!(cell("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("@SUM(A1,B1)"), "\"'@SUM(A1,B1)\"");
    }
}
