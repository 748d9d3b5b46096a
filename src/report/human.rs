//! The report as text for a terminal.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::{Report, Stage, takeout};
use crate::detector::{Confidence, Context, Detector};
use crate::finding::{Finding, Place};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const BOLD: Style = Style::new().bold();
const FRAME: Style = AnsiColor::Blue.on_default().bold();

/// Column at which a detector's id ends, where the name leaves room.
const WIDTH: usize = 79;

/// Everything a person should read of a run, `most` findings at the most; empty for a clean one
/// that is not `verbose`.
#[must_use]
pub fn render(report: &Report, verbose: bool, most: usize) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_report(&mut out, report, verbose, most);
    out
}

fn write_report(out: &mut String, report: &Report, verbose: bool, most: usize) -> fmt::Result {
    // Those that block come first where not all are shown.
    let (blocks, notes): (Vec<&Finding>, Vec<&Finding>) =
        report.findings.iter().partition(|finding| finding.blocks);
    let shown: Vec<&Finding> = if report.findings.len() > most {
        blocks.into_iter().chain(notes).take(most).collect()
    } else {
        report.findings.iter().collect()
    };
    for finding in &shown {
        write_finding(out, report, finding)?;
    }
    let more = report.findings.len() - shown.len();
    if more > 0 {
        writeln!(out, "… and {more} more findings, which `keystop scan` lists\n")?;
    }
    for error in &report.errors {
        writeln!(out, "{ERROR}error{ERROR:#}: {error}")?;
    }
    if report.judged.unopened > 0 {
        writeln!(
            out,
            "{BOLD}note{BOLD:#}: {} judged by the packed bytes: encrypted, or of an unknown compression",
            count(report.judged.unopened, "packed file"),
        )?;
    }
    let blocking = report.findings.iter().filter(|finding| finding.blocks).count();
    let judged = &report.judged;
    if blocking > 0 {
        let keys = if blocking == 1 { "1 key".to_owned() } else { format!("{blocking} keys") };
        writeln!(
            out,
            "{BOLD}keystop: {keys} in {}.{BOLD:#} {}",
            scope(report),
            outcome(&report.stage)
        )?;
    } else if !report.errors.is_empty() {
        writeln!(
            out,
            "{BOLD}keystop: not everything could be judged.{BOLD:#} {}",
            outcome(&report.stage)
        )?;
    }
    if verbose || !report.errors.is_empty() {
        let reader = report.reader.map(|reader| format!(", read by {reader}")).unwrap_or_default();
        writeln!(
            out,
            "keystop: judged {} files, {} bytes, {} commits{reader}; {} matches stood there before \
             or are allowed; {} not judged",
            judged.files,
            judged.bytes,
            judged.commits,
            report.excused,
            report.errors.len()
        )?;
    }
    Ok(())
}

fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn scope(report: &Report) -> String {
    match report.stage {
        Stage::Staged { .. } => count(report.judged.files, "staged file"),
        Stage::Message => "the commit message".to_owned(),
        Stage::Push { .. } | Stage::Range { .. } => count(report.judged.commits, "commit"),
        Stage::Files => count(report.judged.files, "file"),
    }
}

fn outcome(stage: &Stage) -> &'static str {
    match stage {
        Stage::Staged { .. } | Stage::Message => "Nothing was committed.",
        Stage::Push { .. } => "Nothing was pushed.",
        Stage::Range { .. } | Stage::Files => "",
    }
}

fn write_finding(out: &mut String, report: &Report, finding: &Finding) -> fmt::Result {
    let detector = finding.detector;
    let (level, style) = if finding.blocks { ("error", ERROR) } else { ("warning", WARNING) };
    let used = level.len() + 2 + detector.name.width() + detector.id.len();
    let gap = " ".repeat(WIDTH.saturating_sub(used).max(2));
    writeln!(out, "{style}{level}{style:#}{BOLD}: {}{BOLD:#}{gap}{}", detector.name, detector.id)?;
    write_frame(out, finding, style)?;
    if !finding.facts.is_empty() {
        write_block(out, "", "known:", &[finding.facts.join("; ")])?;
    }
    if !finding.blocks {
        let why = "low confidence outside a configuration file: reported, not blocked";
        write_block(out, "", "note:", &[why.to_owned()])?;
        return writeln!(out);
    }
    write_block(out, "", "take it out:", &takeout::take_out(&report.stage, finding))?;
    let remediation = &detector.remediation;
    let when = match report.stage {
        Stage::Staged { .. } | Stage::Message => "if it was ever shared:",
        _ => "if it ever left this machine:",
    };
    let revoke = vec![
        if remediation.revoke.starts_with("https://") {
            format!("revoke it at {}", remediation.revoke)
        } else {
            format!("revoke it: {}", remediation.revoke)
        },
        format!("more: keystop explain {}", detector.id),
    ];
    write_block(out, "", when, &revoke)?;
    let comment = format!("a comment on the line: keystop:allow {} REASON", detector.id);
    if finding.source.place == Place::File {
        write_block(out, "", "not a key?", &[comment])?;
    }
    writeln!(out)
}

fn write_frame(out: &mut String, finding: &Finding, style: Style) -> fmt::Result {
    let number = finding.line.to_string();
    let gutter = " ".repeat(number.len());
    let place = finding.shown_place();
    let commit = finding.source.commit.map(|commit| format!(" in commit {}", commit.short()));
    let commit = commit.unwrap_or_default();
    writeln!(out, "{gutter}{FRAME}-->{FRAME:#} {place}:{number}:{}{commit}", finding.column)?;
    writeln!(out, "{gutter} {FRAME}|{FRAME:#}")?;
    let frame = &finding.frame;
    writeln!(out, "{FRAME}{number} |{FRAME:#} {}", frame.line)?;
    let before = " ".repeat(frame.line[..frame.mark.start].width());
    let carets = "^".repeat(frame.line[frame.mark.clone()].width().max(1));
    writeln!(out, "{gutter} {FRAME}|{FRAME:#} {before}{style}{carets} this value{style:#}")?;
    writeln!(out, "{gutter} {FRAME}|{FRAME:#}")
}

/// `title  first line`, the other lines below the first.
fn write_block(out: &mut String, indent: &str, title: &str, lines: &[String]) -> fmt::Result {
    const COLUMN: usize = 14;
    for (at, line) in lines.iter().enumerate() {
        if at == 0 && title.len() < COLUMN {
            writeln!(
                out,
                "{indent}{BOLD}{title}{BOLD:#}{}{line}",
                " ".repeat(COLUMN - title.len())
            )?;
        } else if at == 0 {
            writeln!(out, "{indent}{BOLD}{title}{BOLD:#} {line}")?;
        } else {
            writeln!(out, "{indent}{}{line}", " ".repeat(COLUMN))?;
        }
    }
    Ok(())
}

/// What a detector's file holds, for a person.
#[must_use]
pub fn render_explanation(detector: &Detector) -> String {
    let mut out = String::new();
    let _ = write_explanation(&mut out, detector);
    out
}

fn write_explanation(out: &mut String, detector: &Detector) -> fmt::Result {
    let remediation = &detector.remediation;
    writeln!(out, "{BOLD}{}{BOLD:#}  ({})", detector.name, detector.id)?;
    writeln!(out, "{}\n", detector.provider.about)?;
    if let Some(why) = detector.public {
        writeln!(out, "{BOLD}No finding{BOLD:#}\n  {why}\n")?;
    }
    writeln!(out, "{BOLD}How it is recognised{BOLD:#}")?;
    let how = match detector.context {
        Context::Marker => "its own form, marked by",
        Context::Label => "a value whose label names a secret, near",
        Context::Generic => "a value whose label says",
        Context::File => "the first bytes and the structure of a file, whatever its name",
    };
    writeln!(
        out,
        "  {how} {}; {} confidence",
        detector.keywords.join(", "),
        confidence(detector.confidence)
    )?;
    for check in detector.checks {
        writeln!(out, "  checked offline: {}", check.explanation())?;
    }
    if let Some(other) = detector.needs {
        writeln!(out, "  silent unless {other} stands near it")?;
    }
    for (title, text) in [
        ("What it opens", remediation.opens),
        ("What a leak risks", remediation.risk),
        ("Was it used?", remediation.audit),
    ] {
        writeln!(out, "\n{BOLD}{title}{BOLD:#}\n  {text}")?;
    }
    writeln!(out, "\n{BOLD}Revoke and rotate{BOLD:#}\n  {}", remediation.revoke)?;
    for (number, step) in remediation.steps.iter().enumerate() {
        writeln!(out, "  {}. {step}", number + 1)?;
    }
    writeln!(out, "\n{BOLD}What stops working{BOLD:#}\n  {}", remediation.breaks)?;
    writeln!(
        out,
        "\n{BOLD}What to write instead{BOLD:#}\n  read it from the environment: {}",
        remediation.env
    )?;
    writeln!(out, "\n{BOLD}Good practice{BOLD:#}\n  {}", remediation.practice)?;
    writeln!(out, "\n{BOLD}Documentation{BOLD:#}\n  {}", remediation.docs)
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}
