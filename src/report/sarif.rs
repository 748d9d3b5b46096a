//! SARIF 2.1.0, for GitHub code scanning, Azure DevOps and editors.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use serde_json::{Value, json};

use super::view::{View, sentence};
use super::{By, Report, Stage};
use crate::detector::{Confidence, Detector};
use crate::finding::Place;

/// Writes the log.
///
/// # Errors
/// A place that cannot be written to.
pub fn write_sarif(out: &mut dyn Write, report: &Report) -> Result<()> {
    let mut rules = Rules::default();
    let mut results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(&mut rules, &View::new(&report.stage, finding)))
        .collect();
    for (finding, by, reason) in report.let_pass() {
        let mut passed = result(&mut rules, &View::new(&report.stage, finding));
        let kind = if by == By::Comment { "inSource" } else { "external" };
        passed["suppressions"] =
            json!([{ "kind": kind, "status": "accepted", "justification": reason }]);
        results.push(passed);
    }
    let notification =
        |level: &str, text: &String| json!({ "level": level, "message": { "text": text } });
    let errors = report.errors.iter().map(|error| notification("error", error));
    let notes = report.notes.iter().map(|note| notification("note", note));
    let mut run = json!({
        "tool": { "driver": {
            "name": "keystop",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "rules": rules.list,
        } },
        "automationDetails": { "id": format!("keystop/{}/", category(&report.stage)) },
        "invocations": [{
            "executionSuccessful": report.errors.is_empty(),
            "exitCode": report.exit_code(),
            "toolExecutionNotifications": errors.chain(notes).collect::<Vec<Value>>(),
        }],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": { "judged": report.judged, "verdict": report.verdict() },
    });
    if let Some(origin) = &report.origin {
        let mut provenance =
            json!({ "repositoryUri": origin, "mappedTo": { "uriBaseId": "%SRCROOT%" } });
        if let Stage::Push { head, .. } | Stage::Range { head } | Stage::History { head } =
            &report.stage
            && let Some(head) = head
        {
            provenance["revisionId"] = json!(head.to_string());
        }
        run["versionControlProvenance"] = json!([provenance]);
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// What tells analyses of different things apart.
fn category(stage: &Stage) -> &'static str {
    match stage {
        Stage::Staged { .. } | Stage::Message => "staged",
        Stage::Push { .. } | Stage::Range { .. } | Stage::Receive => "commits",
        Stage::History { .. } => "history",
        Stage::Files => "files",
        Stage::Image => "image",
    }
}

/// The detectors that found something, in the order they are met.
#[derive(Default)]
struct Rules {
    list: Vec<Value>,
    known: BTreeMap<&'static str, usize>,
}

impl Rules {
    fn index(&mut self, detector: &'static Detector) -> usize {
        let Rules { list, known } = self;
        *known.entry(detector.id).or_insert_with(|| {
            list.push(rule(detector));
            list.len() - 1
        })
    }
}

fn rule(detector: &Detector) -> Value {
    let about = &detector.remediation;
    let (severity, precision) = match detector.confidence {
        Confidence::High => ("9.0", "very-high"),
        Confidence::Medium => ("8.0", "high"),
        Confidence::Low => ("5.0", "medium"),
    };
    let mut rule = json!({
        "id": detector.id,
        "name": detector.id,
        "shortDescription": { "text": detector.name },
        "fullDescription": { "text": format!("{} {}", sentence(&about.opens), sentence(&about.risk)) },
        "help": {
            "text": format!("{} Revoke: {}", sentence(&about.risk), about.revoke),
            "markdown": help(detector),
        },
        "defaultConfiguration": { "level": "error" },
        "properties": {
            "tags": ["security", "secret", "external/cwe/cwe-798"],
            "security-severity": severity,
            "precision": precision,
            "provider": detector.provider.name,
        },
    });
    if about.docs.starts_with("https://") {
        rule["helpUri"] = json!(about.docs);
    }
    rule
}

/// The playbook, in the order of an incident.
fn help(detector: &Detector) -> String {
    let about = &detector.remediation;
    let mut parts = vec![
        format!("**What it opens.** {}", about.opens),
        format!("**What a leak risks.** {}", about.risk),
        format!("**Was it used?** {}", about.audit),
        format!("**Revoke and rotate.** {}", about.revoke),
    ];
    let steps = about.steps.iter().enumerate();
    parts.push(
        steps.map(|(at, step)| format!("{}. {step}", at + 1)).collect::<Vec<String>>().join("\n"),
    );
    parts.push(format!("**What stops working.** {}", about.breaks));
    parts.push(format!(
        "**Write instead.** Read it from the environment variable `{}` or from a secret store: \
         `keystop explain {} --lang python --store vault`",
        about.env, detector.id
    ));
    parts.join("\n\n")
}

fn result(rules: &mut Rules, view: &View) -> Value {
    let finding = view.finding;
    let source = &finding.source;
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": view.uri() },
            "region": {
                "startLine": finding.line,
                "startColumn": finding.column,
                "endLine": finding.last_line,
            },
        },
    });
    if !source.path.starts_with(b"/") {
        location["physicalLocation"]["artifactLocation"]["uriBaseId"] = json!("%SRCROOT%");
    }
    if !matches!(source.place, Place::File | Place::FileName) {
        location["logicalLocations"] = json!([{ "name": finding.shown_path() }]);
    }
    let mut message = vec![format!("{}.", view.sentence())];
    message.extend(view.advice());
    let mut result = json!({
        "ruleId": finding.detector.id,
        "ruleIndex": rules.index(finding.detector),
        "level": view.level(),
        "message": { "text": message.join("\n") },
        "locations": [location],
        "properties": {
            "confidence": finding.confidence,
            "blocks": finding.blocks,
            "redacted": finding.redacted,
            "place": source.place,
        },
    });
    if let Some(print) = view.fingerprint() {
        result["partialFingerprints"] = json!({ "keystop/v1": print });
    }
    if let Some(commit) = source.commit {
        result["properties"]["commit"] = json!(commit.to_string());
    }
    if let Some(layer) = source.layer.as_deref() {
        result["properties"]["layer"] = json!(layer);
    }
    if let Some(audit) = finding.audit.as_deref() {
        result["properties"]["audit"] = json!(audit);
    }
    result
}
