//! The report as one JSON object, and the list of detectors as one array.

use std::io::Write;

use serde::Serialize;

use super::{Judged, Report, takeout};
use crate::detector::{self, Confidence, Text};
use crate::finding::{Audit, Finding, Layer, Place};
use crate::fingerprint::Fingerprint;

/// Goes up where a reader of the report has to change; `docs/report-format.md` has its fields.
pub(super) const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct ReportJson<'a> {
    schema: u32,
    version: &'static str,
    verdict: &'static str,
    findings: Vec<FindingJson<'a>>,
    judged: Judged,
    closed: &'a [String],
    notes: &'a [String],
    errors: &'a [String],
}

#[derive(Serialize)]
struct FindingJson<'a> {
    detector: &'static str,
    provider: &'static str,
    name: &'static str,
    confidence: Confidence,
    blocks: bool,
    place: Place,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    line: usize,
    column: usize,
    commit: Option<String>,
    fingerprint: Option<Fingerprint>,
    redacted: &'a str,
    facts: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<&'a Layer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<&'a Audit>,
    remediation: RemediationJson,
}

#[derive(Serialize)]
struct RemediationJson {
    take_out: Vec<String>,
    risk: Text,
    revoke: &'static str,
    steps: &'static [Text],
    audit: Text,
    breaks: Text,
    env: &'static str,
    docs: &'static str,
}

#[derive(Serialize)]
struct DetectorJson {
    id: &'static str,
    provider: &'static str,
    name: &'static str,
    confidence: Confidence,
    keywords: &'static [&'static str],
    revoke: &'static str,
    docs: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<&'static str>,
}

/// Writes the report, pretty-printed and ended by a newline.
///
/// # Errors
/// A place that cannot be written to.
pub fn write_json(out: &mut dyn Write, report: &Report) -> std::io::Result<()> {
    let json = ReportJson {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        verdict: report.verdict(),
        findings: report.findings.iter().map(|finding| finding_json(report, finding)).collect(),
        judged: report.judged,
        closed: &report.closed,
        notes: &report.notes,
        errors: &report.errors,
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

fn finding_json<'a>(report: &Report, finding: &'a Finding) -> FindingJson<'a> {
    let detector = finding.detector;
    let remediation = &detector.remediation;
    FindingJson {
        detector: detector.id,
        provider: detector.provider.name,
        name: detector.name,
        confidence: finding.confidence,
        blocks: finding.blocks,
        place: finding.source.place,
        path: finding.shown_path(),
        member: finding.member.as_deref(),
        line: finding.line,
        column: finding.column,
        commit: finding.source.commit.map(|commit| commit.to_string()),
        fingerprint: finding.prints.map(|prints| prints.shown),
        redacted: &finding.redacted,
        facts: &finding.facts,
        layer: finding.source.layer.as_deref(),
        audit: finding.audit.as_deref(),
        remediation: RemediationJson {
            take_out: takeout::take_out(&report.stage, finding),
            risk: remediation.risk,
            revoke: remediation.revoke,
            steps: remediation.steps,
            audit: remediation.audit,
            breaks: remediation.breaks,
            env: remediation.env,
            docs: remediation.docs,
        },
    }
}

/// Every detector, pretty-printed and ended by a newline.
///
/// # Errors
/// None that serialising plain data can meet; the type is serde's.
pub fn detectors_json() -> serde_json::Result<String> {
    let list: Vec<DetectorJson> = detector::all()
        .iter()
        .chain(detector::own())
        .map(|detector| DetectorJson {
            id: detector.id,
            provider: detector.provider.name,
            name: detector.name,
            confidence: detector.confidence,
            keywords: detector.keywords,
            revoke: detector.remediation.revoke,
            docs: detector.remediation.docs,
            public: detector.public,
        })
        .collect();
    Ok(serde_json::to_string_pretty(&list)? + "\n")
}
