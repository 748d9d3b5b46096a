//! GitLab's code quality report, which a merge request shows beside the changed lines.

use std::io::{Result, Write};

use serde_json::{Value, json};

use super::Report;
use super::view::{Identities, View};
use crate::redaction::visible;

/// Writes the report.
///
/// # Errors
/// A place that cannot be written to.
pub fn write_codequality(out: &mut dyn Write, report: &Report) -> Result<()> {
    let mut identities = Identities::default();
    let mut issues: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let view = View::new(&report.stage, finding);
            json!({
                "type": "issue",
                "categories": ["Security"],
                "description": format!("{}. {}", view.sentence(), view.advice().join(". ").replace("\n ", ",")),
                "check_name": finding.detector.id,
                "fingerprint": identities.of(&view),
                "severity": if finding.blocks { "blocker" } else { "minor" },
                "location": {
                    "path": visible(view.path()),
                    "lines": { "begin": finding.line, "end": finding.last_line },
                },
            })
        })
        .collect();
    // The report has no place for them, and an empty one would say that all is well.
    issues.extend(report.errors.iter().map(|error| {
        json!({
            "type": "issue",
            "categories": ["Security"],
            "description": format!("keystop could not judge everything: {error}"),
            "check_name": "keystop-not-judged",
            "fingerprint": identities.of_text(error),
            "severity": "blocker",
            "location": { "path": ".", "lines": { "begin": 1 } },
        })
    }));
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}
