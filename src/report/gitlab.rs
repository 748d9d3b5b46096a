//! GitLab's secret detection report, version 15.2 of its schema.

use std::io::{Result, Write};

use serde_json::{Value, json};

use super::Report;
use super::markdown::{code, text};
use super::view::{Identities, View, sentence};
use crate::check::date;
use crate::detector::Confidence;
use crate::redaction::visible;

/// The schema's version.
const SCHEMA: &str = "15.2.1";
/// The longest solution the schema allows is 7000 characters; a name has 255.
const LONGEST: usize = 6900;

/// Writes the report of a run that began at `started`, in seconds since 1970.
///
/// # Errors
/// A place that cannot be written to.
pub fn write_gitlab(out: &mut dyn Write, report: &Report, started: i64) -> Result<()> {
    let mut identities = Identities::default();
    let found: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let view = View::new(&report.stage, finding);
            vulnerability(&view, &identities.of(&view))
        })
        .collect();
    let message = |level: &str, text: &String| json!({ "level": level, "value": text });
    let errors = report.errors.iter().map(|error| message("fatal", error));
    let notes = report.notes.iter().map(|note| message("info", note));
    let tool = json!({
        "id": "keystop",
        "name": "keystop",
        "url": env!("CARGO_PKG_REPOSITORY"),
        "version": env!("CARGO_PKG_VERSION"),
        "vendor": { "name": "keystop" },
    });
    let json = json!({
        "version": SCHEMA,
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "secret_detection",
            "start_time": date::moment(started),
            "end_time": date::moment(date::now().max(started)),
            "status": if report.errors.is_empty() { "success" } else { "failure" },
            "messages": errors.chain(notes).collect::<Vec<Value>>(),
        },
        "vulnerabilities": found,
    });
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

fn vulnerability(view: &View, identity: &str) -> Value {
    let finding = view.finding;
    let detector = finding.detector;
    let about = &detector.remediation;
    let mut commit = json!({
        // What GitLab's own analyzer writes where there is no commit.
        "sha": finding.source.commit.map_or("0000000".to_owned(), |commit| commit.to_string()),
    });
    if let Some(audit) = &finding.audit {
        commit["author"] = json!(audit.author);
        commit["date"] = json!(date::moment(audit.date));
    }
    let mut solution = view.take_out();
    solution.push(format!("If it was ever shared, {}.", view.revoke()));
    solution.extend(about.steps.iter().map(|step| step.to_string()));
    let solution: String = solution.join("\n").chars().take(LONGEST).collect();
    let name: String = detector.name.chars().take(255).collect();
    let mut links = Vec::new();
    if about.docs.starts_with("https://") {
        links.push(json!({ "name": "Documentation", "url": about.docs }));
    }
    json!({
        "id": uuid(identity),
        "name": name,
        "description": format!(
            "{} in {}. {} {}",
            text(detector.name),
            code(&view.place()),
            text(&sentence(&about.opens)),
            text(&sentence(&about.risk))
        ),
        "severity": severity(view),
        "solution": solution,
        "identifiers": [
            {
                "type": "keystop_detector",
                "name": format!("keystop {}", detector.id),
                "value": detector.id,
            },
            {
                "type": "cwe",
                "name": "CWE-798",
                "value": "798",
                "url": "https://cwe.mitre.org/data/definitions/798.html",
            },
        ],
        "links": links,
        "location": {
            "file": visible(view.path()),
            "start_line": finding.line,
            "end_line": finding.last_line,
            "commit": commit,
        },
        "details": {
            "value": { "type": "value", "name": "Value", "value": finding.redacted },
            "fingerprint": {
                "type": "value",
                "name": "Fingerprint",
                "value": view.fingerprint().unwrap_or_default(),
            },
        },
    })
}

fn severity(view: &View) -> &'static str {
    match view.finding.confidence {
        _ if !view.finding.blocks => "Low",
        Confidence::High => "Critical",
        Confidence::Medium => "High",
        Confidence::Low => "Medium",
    }
}

/// The first digits of a digest in the form GitLab recommends: version 8, whose digits are the
/// writer's own.
fn uuid(digest: &str) -> String {
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!("{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}
