//! The report as text for a terminal.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::{Report, Stage, takeout};
use crate::detector::Confidence;
use crate::finding::{Finding, Place};
use crate::suppress::ALLOW_FILE;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const BOLD: Style = Style::new().bold();
const FRAME: Style = AnsiColor::Blue.on_default().bold();

/// Column at which a detector's id ends, where the name leaves room.
const WIDTH: usize = 79;

/// What git puts before each line of a server's hook, `remote: `, takes columns too.
const REMOTE: usize = 8;

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
    for note in &report.notes {
        write_line(out, report, &format!("keystop: {note}"))?;
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
    let all = takeout::take_out_all(report);
    if !all.is_empty() {
        write_block(out, report, "all at once:", &all)?;
    }
    if verbose || !report.errors.is_empty() {
        let by_peers = match report.excused_by_peers {
            0 => String::new(),
            n => format!(", {n} of them by another scanner's comment"),
        };
        let reader = report.reader.map(|reader| format!(", read by {reader}")).unwrap_or_default();
        let receipt = format!(
            "keystop: judged {} files, {} bytes, {} commits{reader}; {} matches stood there before \
             or are allowed{by_peers}; {} not judged",
            judged.files,
            judged.bytes,
            judged.commits,
            report.excused,
            report.errors.len()
        );
        write_line(out, report, &receipt)?;
    }
    Ok(())
}

fn scope(report: &Report) -> String {
    let count =
        |n: u64, noun: &str| if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") };
    match report.stage {
        Stage::Staged { .. } => count(report.judged.files, "staged file"),
        Stage::Message => "the commit message".to_owned(),
        Stage::Push { .. } | Stage::Range { .. } | Stage::History { .. } | Stage::Receive => {
            count(report.judged.commits, "commit")
        }
        Stage::Files => count(report.judged.files, "file"),
        Stage::Image => format!("{} of the image", count(report.judged.files, "file")),
    }
}

fn outcome(stage: &Stage) -> &'static str {
    match stage {
        Stage::Staged { .. } | Stage::Message => "Nothing was committed.",
        Stage::Push { .. } => "Nothing was pushed.",
        Stage::Receive => "Nothing was accepted.",
        Stage::Range { .. } | Stage::History { .. } | Stage::Files | Stage::Image => "",
    }
}

fn write_finding(out: &mut String, report: &Report, finding: &Finding) -> fmt::Result {
    let detector = finding.detector;
    let (level, style) = if finding.blocks { ("error", ERROR) } else { ("warning", WARNING) };
    let used = level.len() + 2 + detector.name.width() + detector.id.len();
    let gap = " ".repeat(width(report).saturating_sub(used).max(2));
    writeln!(out, "{style}{level}{style:#}{BOLD}: {}{BOLD:#}{gap}{}", detector.name, detector.id)?;
    write_frame(out, finding, style)?;
    if !finding.facts.is_empty() {
        write_block(out, report, "known:", &[finding.facts.join("; ")])?;
    }
    if !finding.blocks {
        let why = match (finding.confidence, finding.in_settings()) {
            (Confidence::Low, false) => {
                "low confidence outside a configuration file: reported, not blocked"
            }
            _ => "below what `block` in the configuration names: reported, not blocked",
        };
        write_block(out, report, "note:", &[why.to_owned()])?;
        write_allow(out, report, finding)?;
        return writeln!(out);
    }
    write_block(out, report, "take it out:", &takeout::take_out(&report.stage, finding))?;
    let remediation = &detector.remediation;
    let when = match report.stage {
        Stage::Staged { .. } | Stage::Message | Stage::Receive => "if it was ever shared:",
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
    write_block(out, report, when, &revoke)?;
    write_allow(out, report, finding)?;
    writeln!(out)
}

/// How to say that this is no key.
fn write_allow(out: &mut String, report: &Report, finding: &Finding) -> fmt::Result {
    if finding.enforced {
        let who = "this machine's policy lets nobody allow it here: ask who keeps the machine";
        return write_block(out, report, "not a key?", &[who.to_owned()]);
    }
    let prints = finding.prints.filter(|prints| prints.filed.is_some());
    let how = match (prints, finding.source.place) {
        (Some(prints), _) => {
            let mut how = vec![format!("keystop allow {} --reason \"…\"", prints.shown)];
            if report.stage == Stage::Receive {
                how.push(format!("and push {ALLOW_FILE} alone, before the rest"));
            }
            return write_block(out, report, "not a key?", &how);
        }
        // Outside of a repository there is no file to record it in.
        (None, Place::File) => {
            format!("a comment on the line: keystop:allow {} REASON", finding.detector.id)
        }
        (None, _) => return Ok(()),
    };
    write_block(out, report, "not a key?", &[how])
}

fn write_frame(out: &mut String, finding: &Finding, style: Style) -> fmt::Result {
    let number = finding.line.to_string();
    let gutter = " ".repeat(number.len());
    let place = finding.shown_path();
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

/// Columns that a line may take, where its words leave the choice.
fn width(report: &Report) -> usize {
    if report.stage == Stage::Receive { WIDTH - REMOTE } else { WIDTH }
}

/// A line of words: cut into several where it is read behind git's `remote: `.
fn write_line(out: &mut String, report: &Report, line: &str) -> fmt::Result {
    if report.stage != Stage::Receive {
        return writeln!(out, "{line}");
    }
    let options = textwrap::Options::new(width(report))
        .subsequent_indent("         ")
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    for line in textwrap::wrap(line, options) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// `title  first line`, the other lines below the first. Behind git's `remote: ` the command at a
/// long line's end gets a line of its own.
fn write_block(out: &mut String, report: &Report, title: &str, lines: &[String]) -> fmt::Result {
    const COLUMN: usize = 14;
    let mut pieces = Vec::new();
    for line in lines {
        let room = width(report).saturating_sub(COLUMN.max(title.len() + 1));
        let cut = report.stage == Stage::Receive && line.width() > room;
        match line.split_once(": ").filter(|_| cut && !line.starts_with("git ")) {
            Some((words, rest)) => {
                pieces.push(format!("{words}:"));
                pieces.push(rest.to_owned());
            }
            None => pieces.push(line.clone()),
        }
    }
    let is_cut = pieces.first().is_some_and(|line| title.len() + 1 + line.width() > width(report));
    if report.stage == Stage::Receive && title.len() >= COLUMN && is_cut {
        writeln!(out, "{BOLD}{title}{BOLD:#}")?;
        return pieces.iter().try_for_each(|line| writeln!(out, "{}{line}", " ".repeat(COLUMN)));
    }
    for (at, line) in pieces.iter().enumerate() {
        if at == 0 && title.len() < COLUMN {
            writeln!(out, "{BOLD}{title}{BOLD:#}{}{line}", " ".repeat(COLUMN - title.len()))?;
        } else if at == 0 {
            writeln!(out, "{BOLD}{title}{BOLD:#} {line}")?;
        } else {
            writeln!(out, "{}{line}", " ".repeat(COLUMN))?;
        }
    }
    Ok(())
}
