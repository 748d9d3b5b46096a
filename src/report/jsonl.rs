//! JSON Lines: one object a line, so that a long report can be read and merged piece by piece.
//! `docs/report-format.md` has the fields.

mod stage;

use std::io::{self, BufRead, Write};

use anyhow::{Context, Result, bail, ensure};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use serde::{Deserialize, Serialize};

use self::stage::StageLine;
use super::json::SCHEMA;
use super::stream::Written;
use super::{By, Judged, Part, Passed, Report};
use crate::detector::{self, Confidence};
use crate::finding::{Audit, Finding, Layer, Place, Since, Source};
use crate::fingerprint::{Fingerprint, Prints};
use crate::git::ObjectId;
use crate::redaction::Redacted;

/// What [`Store::reader`](crate::git::Store::reader) says.
const READERS: [&str; 3] = ["keystop", "libgit2", "git"];

/// The first line.
#[derive(Serialize, Deserialize)]
struct Start {
    #[serde(rename = "type")]
    kind: String,
    schema: u32,
    version: String,
    stage: StageLine,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shard: Option<Part>,
}

/// A finding; also one that is let pass.
#[derive(Serialize, Deserialize)]
struct FindingLine {
    #[serde(rename = "type")]
    kind: String,
    detector: String,
    #[serde(skip_deserializing)]
    provider: &'static str,
    #[serde(skip_deserializing)]
    name: &'static str,
    confidence: Confidence,
    blocks: bool,
    place: Place,
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    line: usize,
    column: usize,
    commit: Option<String>,
    fingerprint: Option<String>,
    redacted: String,
    facts: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layer: Option<Layer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audit: Option<Audit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<By>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_deserializing)]
    revoke: &'static str,
    internal: Internal,
}

/// What only `keystop merge` needs; it may change with each version.
#[derive(Serialize, Deserialize)]
struct Internal {
    /// Percent-encoded, where the path that is shown is not the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blob: Option<String>,
    root: bool,
    masked: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    branch: Option<String>,
    since: Since,
    enforced: bool,
    last_line: usize,
    frame: String,
    mark: (usize, usize),
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public: Option<String>,
}

/// An error or a note.
#[derive(Serialize, Deserialize)]
struct Words {
    #[serde(rename = "type")]
    kind: String,
    message: String,
}

/// The last line: where it is missing, the report was cut off.
#[derive(Serialize, Deserialize)]
struct Summary {
    #[serde(rename = "type")]
    kind: String,
    verdict: String,
    findings: usize,
    errors: usize,
    judged: Judged,
    excused: u64,
    excused_by_peers: u64,
    reader: Option<String>,
}

/// Of a line only what it is.
#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

/// Writes the report.
///
/// # Errors
/// A place that cannot be written to.
pub fn write_jsonl(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    write_start(out, report)?;
    write_since(out, report, &Written::default())?;
    write_summary(out, report)
}

/// The first line.
pub(super) fn write_start(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let start = Start {
        kind: "start".to_owned(),
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        stage: StageLine::of(&report.stage),
        origin: report.origin.clone(),
        shard: report.part.clone(),
    };
    line(out, &start)
}

/// What came to the report since that much of it was written.
pub(super) fn write_since(out: &mut dyn Write, report: &Report, since: &Written) -> io::Result<()> {
    for finding in &report.findings[since.findings..] {
        line(out, &FindingLine::of("finding", finding))?;
    }
    for (finding, by, reason) in report.let_pass_since(*since) {
        let mut passed = FindingLine::of("allowed", finding);
        passed.by = Some(by);
        passed.reason = Some(reason);
        line(out, &passed)?;
    }
    let words =
        |kind: &str, message: &String| Words { kind: kind.to_owned(), message: message.clone() };
    for error in &report.errors[since.errors..] {
        line(out, &words("error", error))?;
    }
    for note in &report.notes[since.notes..] {
        line(out, &words("note", note))?;
    }
    for note in &report.closed[since.closed..] {
        line(out, &words("closed", note))?;
    }
    Ok(())
}

/// The last line.
pub(super) fn write_summary(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let summary = Summary {
        kind: "summary".to_owned(),
        verdict: report.verdict().to_owned(),
        findings: report.findings.len() + report.dropped.findings,
        errors: report.errors.len() + report.dropped.errors,
        judged: report.judged,
        excused: report.excused,
        excused_by_peers: report.excused_by_peers,
        reader: report.reader.map(str::to_owned),
    };
    line(out, &summary)
}

/// Reads what [`write_jsonl`] wrote, each part in its order.
///
/// # Errors
/// A line of another form or of another schema, a detector that is not known here, a report that
/// does not end in its summary or has another number of findings or errors than that says.
pub fn read_jsonl(input: impl BufRead) -> Result<Report> {
    let mut lines = input.lines().enumerate();
    let mut next = || -> Result<Option<(usize, String, String)>> {
        let Some((at, line)) = lines.next() else { return Ok(None) };
        let line = line.context("reading")?;
        let kind: Kind = parse(&line).with_context(|| format!("line {}", at + 1))?;
        Ok(Some((at + 1, kind.kind, line)))
    };
    let first = next()?.filter(|(_, kind, _)| kind == "start");
    let (_, _, first) = first.context("this is no report in JSON Lines: it has no start")?;
    let start: Start = parse(&first)?;
    ensure!(start.schema == SCHEMA, "schema {} is not known here", start.schema);
    let mut report = Report::new(start.stage.stage()?);
    report.origin = start.origin;
    report.part = start.shard;
    while let Some((at, kind, line)) = next()? {
        if kind == "summary" {
            let summary: Summary = parse(&line)?;
            ensure!(
                (summary.findings, summary.errors) == (report.findings.len(), report.errors.len()),
                "the summary counts {} findings and {} errors; there are {} and {}",
                summary.findings,
                summary.errors,
                report.findings.len(),
                report.errors.len()
            );
            ensure!(next()?.is_none(), "something follows the summary");
            report.judged = summary.judged;
            report.excused = summary.excused;
            report.excused_by_peers = summary.excused_by_peers;
            report.reader =
                READERS.into_iter().find(|known| summary.reader.as_deref() == Some(known));
            return Ok(report);
        }
        read_line(&mut report, &kind, &line).with_context(|| format!("line {at}"))?;
    }
    bail!("the report was cut off: it has no summary")
}

fn read_line(report: &mut Report, kind: &str, line: &str) -> Result<()> {
    match kind {
        "finding" => report.findings.push(parse::<FindingLine>(line)?.finding()?),
        "allowed" => {
            let mut passed: FindingLine = parse(line)?;
            let by = passed.by.context("an allowed finding does not say by what")?;
            let reason = passed.reason.take().unwrap_or_default();
            report.passed.push(Passed { finding: passed.finding()?, by, reason });
        }
        "error" => report.errors.push(parse::<Words>(line)?.message),
        "note" => report.notes.push(parse::<Words>(line)?.message),
        "closed" => report.closed.push(parse::<Words>(line)?.message),
        _ => bail!("a line of this type is not known here"),
    }
    Ok(())
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// An error of serde quotes what it read; that may be anything.
fn parse<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T> {
    serde_json::from_str(line)
        .map_err(|error| anyhow::anyhow!("column {}: not of the documented form", error.column()))
}

impl FindingLine {
    fn of(kind: &str, finding: &Finding) -> FindingLine {
        let Finding { detector, source, frame, .. } = finding;
        let path = finding.shown_path();
        let encoded = percent_encode(&source.path, NON_ALPHANUMERIC).to_string();
        let print = |print: Fingerprint| print.to_string();
        FindingLine {
            kind: kind.to_owned(),
            detector: detector.id.to_owned(),
            provider: detector.provider.name,
            name: detector.name,
            confidence: finding.confidence,
            blocks: finding.blocks,
            place: source.place,
            member: finding.member.clone(),
            line: finding.line,
            column: finding.column,
            commit: source.commit.map(|commit| commit.to_string()),
            fingerprint: finding.prints.map(|prints| print(prints.shown)),
            redacted: finding.redacted.clone(),
            facts: finding.facts.clone(),
            layer: source.layer.as_deref().cloned(),
            audit: finding.audit.as_deref().cloned(),
            by: None,
            reason: None,
            revoke: detector.remediation.revoke,
            internal: Internal {
                path: (path.as_bytes() != source.path).then_some(encoded),
                blob: source.blob.map(|blob| blob.to_string()),
                root: source.root,
                masked: source.masked,
                branch: source.branch.clone(),
                since: source.since.clone(),
                enforced: finding.enforced,
                last_line: finding.last_line,
                frame: frame.line.clone(),
                mark: (frame.mark.start, frame.mark.end),
                filed: finding.prints.and_then(|prints| prints.filed).map(print),
                public: finding.prints.map(|prints| print(prints.public)),
            },
            path,
        }
    }

    fn finding(self) -> Result<Finding> {
        let Internal { frame, mark, .. } = self.internal;
        let detector = detector::by_id(&self.detector)
            .with_context(|| format!("the detector {:?} is not known here", self.detector))?;
        let path = match &self.internal.path {
            Some(encoded) => percent_decode_str(encoded).collect(),
            None => self.path.into_bytes(),
        };
        ensure!(frame.get(mark.0..mark.1).is_some(), "the mark lies outside of the frame");
        let shown = print(self.fingerprint)?;
        let public = print(self.internal.public)?;
        let filed = print(self.internal.filed)?;
        Ok(Finding {
            detector,
            confidence: self.confidence,
            blocks: self.blocks,
            enforced: self.internal.enforced,
            facts: self.facts,
            source: Source {
                place: self.place,
                path,
                blob: id(self.internal.blob)?,
                commit: id(self.commit)?,
                root: self.internal.root,
                masked: self.internal.masked,
                branch: self.internal.branch,
                since: self.internal.since,
                layer: self.layer.map(std::sync::Arc::new),
            },
            member: self.member,
            line: self.line,
            column: self.column,
            last_line: self.internal.last_line,
            redacted: self.redacted,
            frame: Redacted { line: frame, mark: mark.0..mark.1 },
            prints: shown.zip(public).map(|(shown, public)| Prints { shown, filed, public }),
            value: None,
            audit: self.audit.map(Box::new),
        })
    }
}

fn id(hex: Option<String>) -> Result<Option<ObjectId>> {
    hex.map(|hex| ObjectId::from_hex(hex.as_bytes()).context("this is no object id")).transpose()
}

fn print(text: Option<String>) -> Result<Option<Fingerprint>> {
    text.map(|text| Fingerprint::parse(&text).context("this is no fingerprint")).transpose()
}
