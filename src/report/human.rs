//! The report as text for a terminal.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::remote::behind_remote;
use super::{Report, Stage, audit, takeout};
use crate::detector::Confidence;
use crate::finding::{Finding, Place};

pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const BOLD: Style = Style::new().bold();
const FRAME: Style = AnsiColor::Blue.on_default().bold();

/// Column at which a detector's id ends, where the name leaves room.
const WIDTH: usize = 79;

/// No more archives that were not opened are named.
const MOST_CLOSED: usize = 5;

/// Everything a person should read of a run, `most` findings at the most; empty for a clean one
/// that is not `verbose`.
#[must_use]
pub fn render(report: &Report, verbose: bool, most: usize) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_report(&mut out, report, verbose, most);
    if report.stage == Stage::Receive { behind_remote(&out, WIDTH) } else { out }
}

fn write_report(out: &mut String, report: &Report, verbose: bool, most: usize) -> fmt::Result {
    let shown: Vec<&Finding> =
        report.shown(most).into_iter().map(|at| &report.findings[at]).collect();
    let is_audit = matches!(report.stage, Stage::History { .. });
    if is_audit {
        audit::write_keys(out, report)?;
    } else {
        shown.iter().try_for_each(|finding| write_finding(out, report, finding))?;
    }
    let more = report.findings.len() - shown.len();
    if more > 0 {
        writeln!(out, "… and {more} more findings, which `keystop scan` lists\n")?;
    }
    for error in &report.errors {
        writeln!(out, "{ERROR}error{ERROR:#}: {error}")?;
    }
    for note in &report.notes {
        writeln!(out, "keystop: {note}")?;
    }
    for note in report.closed.iter().take(MOST_CLOSED) {
        writeln!(out, "keystop: {note}")?;
    }
    if let Some(more) = report.closed.len().checked_sub(MOST_CLOSED).filter(|&more| more > 0) {
        writeln!(
            out,
            "keystop: {} more, which --format json lists",
            count(more as u64, "archive")
        )?;
    }
    let blocking = report.findings.iter().filter(|finding| finding.blocks).count();
    let judged = &report.judged;
    if blocking > 0 && is_audit {
        audit::write_summary(out, report, &scope(report))?;
    } else if blocking > 0 {
        let keys = if blocking == 1 { "1 key".to_owned() } else { format!("{blocking} keys") };
        writeln!(
            out,
            "{BOLD}keystop: {keys} in {}.{BOLD:#}{}",
            scope(report),
            outcome(&report.stage)
        )?;
    } else if !report.errors.is_empty() {
        writeln!(
            out,
            "{BOLD}keystop: not everything could be judged.{BOLD:#}{}",
            outcome(&report.stage)
        )?;
    }
    let all = if is_audit { Vec::new() } else { takeout::take_out_all(report) };
    if !all.is_empty() {
        write_block(out, "", "all at once:", &all)?;
    }
    if verbose || !report.errors.is_empty() {
        let by_peers = match report.excused_by_peers {
            0 => String::new(),
            n => format!(", {n} of them by another scanner's comment"),
        };
        let remembered = match judged.remembered {
            0 => String::new(),
            n => format!(" ({n} of them by an earlier run)"),
        };
        let reader = report.reader.map(|reader| format!(", read by {reader}")).unwrap_or_default();
        writeln!(
            out,
            "keystop: judged {} files, {} bytes, {} commits{remembered}{reader}; {} matches stood there before \
             or are allowed{by_peers}; {} not judged",
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
        // The name of a ref, or a tag of no commit.
        Stage::Push { .. } | Stage::Receive if report.judged.commits == 0 => {
            "what would be pushed".to_owned()
        }
        Stage::Push { .. } | Stage::Range { .. } | Stage::History { .. } | Stage::Receive => {
            count(report.judged.commits, "commit")
        }
        Stage::Files => count(report.judged.files, "file"),
        Stage::Image => format!("{} of the image", count(report.judged.files, "file")),
    }
}

/// What a block means here, behind the space that parts it from what goes before.
fn outcome(stage: &Stage) -> &'static str {
    match stage {
        Stage::Staged { .. } | Stage::Message => " Nothing was committed.",
        Stage::Push { .. } => " Nothing was pushed.",
        Stage::Receive => " Nothing was accepted.",
        Stage::Range { .. } | Stage::History { .. } | Stage::Files | Stage::Image => "",
    }
}

fn write_finding(out: &mut String, report: &Report, finding: &Finding) -> fmt::Result {
    let detector = finding.detector;
    write_title(out, finding)?;
    write_frame(out, finding, if finding.blocks { ERROR } else { WARNING })?;
    if !finding.facts.is_empty() {
        write_block(out, "", "known:", &[finding.facts.join("; ")])?;
    }
    if !finding.blocks {
        write_block(out, "", "note:", &[why_not(finding).to_owned()])?;
        write_allow(out, finding)?;
        return writeln!(out);
    }
    write_block(out, "", "take it out:", &takeout::take_out(&report.stage, finding))?;
    let remediation = &detector.remediation;
    let when = match report.stage {
        Stage::Staged { .. } | Stage::Message | Stage::Receive => "if it was ever shared:",
        _ if finding.source.since.remote.is_some() => "it is out already:",
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
    write_allow(out, finding)?;
    writeln!(out)
}

/// The detector's name and id.
pub(super) fn write_title(out: &mut String, finding: &Finding) -> fmt::Result {
    let detector = finding.detector;
    let (level, style) = if finding.blocks { ("error", ERROR) } else { ("warning", WARNING) };
    let used = level.len() + 2 + detector.name.width() + detector.id.len();
    let gap = " ".repeat(WIDTH.saturating_sub(used).max(2));
    writeln!(out, "{style}{level}{style:#}{BOLD}: {}{BOLD:#}{gap}{}", detector.name, detector.id)
}

/// Why a finding does not block.
pub(super) fn why_not(finding: &Finding) -> &'static str {
    match (finding.confidence, finding.in_settings()) {
        (Confidence::Low, false) => {
            "low confidence outside a configuration file: reported, not blocked"
        }
        _ => "below what `block` in the configuration names: reported, not blocked",
    }
}

/// How to say that this is no key.
pub(super) fn write_allow(out: &mut String, finding: &Finding) -> fmt::Result {
    if finding.enforced {
        let who = "this machine's policy lets nobody allow it here: ask who keeps the machine";
        return write_block(out, "", "not a key?", &[who.to_owned()]);
    }
    let prints = finding.prints.filter(|prints| prints.filed.is_some());
    let how = match (prints, finding.source.place) {
        (Some(prints), _) => format!("keystop allow {} --reason \"…\"", prints.shown),
        // Outside of a repository there is no file to record it in.
        (None, Place::File) => {
            format!("a comment on the line: keystop:allow {} REASON", finding.detector.id)
        }
        (None, _) => return Ok(()),
    };
    write_block(out, "", "not a key?", &[how])
}

pub(super) fn write_frame(out: &mut String, finding: &Finding, style: Style) -> fmt::Result {
    let number = finding.line.to_string();
    let gutter = " ".repeat(number.len());
    let place = finding.shown_place();
    let commit = finding.source.commit.map(|commit| format!(" in commit {}", commit.short()));
    let commit = commit.unwrap_or_default();
    let layer = in_image(finding);
    writeln!(
        out,
        "{gutter}{FRAME}-->{FRAME:#} {place}:{number}:{}{commit}{layer}",
        finding.column
    )?;
    writeln!(out, "{gutter} {FRAME}|{FRAME:#}")?;
    let frame = &finding.frame;
    writeln!(out, "{FRAME}{number} |{FRAME:#} {}", frame.line)?;
    let before = " ".repeat(frame.line[..frame.mark.start].width());
    let carets = "^".repeat(frame.line[frame.mark.clone()].width().max(1));
    writeln!(out, "{gutter} {FRAME}|{FRAME:#} {before}{style}{carets} this value{style:#}")?;
    writeln!(out, "{gutter} {FRAME}|{FRAME:#}")
}

/// Where in an image a finding stands: ` in layer 3 of 7 (RUN pip install …)`.
fn in_image(finding: &Finding) -> String {
    let Some(layer) = &finding.source.layer else {
        return match finding.source.place {
            Place::ImageConfig => " in the image's configuration".to_owned(),
            _ => String::new(),
        };
    };
    let mut text = format!(" in layer {} of {}", layer.number, layer.of);
    let parts = [
        layer.image.as_deref(),
        layer.platform.as_deref(),
        layer.base.then_some("base image"),
        Some(&layer.instruction[..]).filter(|words| !words.is_empty()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().map(shortened).collect();
    if !parts.is_empty() {
        text += &format!(" ({})", parts.join(", "));
    }
    text
}

/// The first line, or less of it.
fn shortened(text: &str) -> String {
    const MOST: usize = 72;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}

/// `title  first line`, the other lines below the first.
pub(super) fn write_block(
    out: &mut String,
    indent: &str,
    title: &str,
    lines: &[String],
) -> fmt::Result {
    const COLUMN: usize = 14;
    let gap = " ".repeat(COLUMN.saturating_sub(title.len()).max(1));
    let room = WIDTH.saturating_sub(indent.len() + COLUMN);
    let first_room = WIDTH.saturating_sub(indent.len() + title.len() + gap.len());
    // What is known of a value is looked for as a whole, by people and programs.
    let room = if title == "known:" { usize::MAX } else { room };
    let first_room = if title == "known:" { usize::MAX } else { first_room };
    let mut pieces = lines
        .iter()
        .enumerate()
        .flat_map(|(at, line)| fitted(line, if at == 0 { first_room } else { room }, room));
    if let Some(first) = pieces.next() {
        writeln!(out, "{indent}{BOLD}{title}{BOLD:#}{gap}{first}")?;
    }
    pieces.try_for_each(|piece| writeln!(out, "{indent}{}{piece}", " ".repeat(COLUMN)))
}

/// A line in pieces of so many columns, the first in its own number of them. No command is cut,
/// since it is there to be copied, and no code.
fn fitted(line: &str, first: usize, room: usize) -> Vec<String> {
    const COMMANDS: [&str; 3] = [": git ", ": keystop ", ": keystop:allow "];
    if line.width() <= first {
        return vec![line.to_owned()];
    }
    if COMMANDS.iter().any(|command| line.starts_with(&command[2..])) {
        return vec![line.to_owned()];
    }
    let command = COMMANDS.iter().filter_map(|command| line.rfind(command)).max();
    if let Some(at) = command {
        let mut pieces = fitted(&line[..=at], first, room);
        pieces.push(format!("  {}", &line[at + 2..]));
        return pieces;
    }
    // Code stands between two spaces.
    if line.contains("  ") {
        return vec![line.to_owned()];
    }
    let taken = " ".repeat(room.saturating_sub(first));
    let options = textwrap::Options::new(room)
        .initial_indent(&taken)
        .subsequent_indent("  ")
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace);
    let pieces = textwrap::wrap(line, options);
    pieces
        .iter()
        .map(|piece| piece.trim_start_matches(' ').to_owned())
        .enumerate()
        .map(|(at, piece)| if at == 0 { piece } else { format!("  {piece}") })
        .collect()
}
