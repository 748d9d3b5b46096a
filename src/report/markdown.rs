//! A job summary or a comment in GitHub's and GitLab's Markdown.
//!
//! Whatever a repository says stands in code, each of its marks as an entity: it is no markup, no
//! link, and calls nobody.

use std::fmt::Write as _;
use std::io::{Result, Write};

use super::Report;
use super::view::{View, count};
use crate::detector::Confidence;

/// A comment holds 65,536 characters; each finding takes some hundreds in the list.
const MOST_ROWS: usize = 100;
/// Of these how to act is told.
const MOST_DETAILS: usize = 20;

/// Writes the page.
pub fn write_markdown(out: &mut dyn Write, report: &Report) -> Result<()> {
    writeln!(out, "## keystop: {}\n", headline(report))?;
    for error in &report.errors {
        writeln!(out, "- **Not judged:** {}", code(error))?;
    }
    if !report.errors.is_empty() {
        writeln!(out)?;
    }
    // Those that block first, for not all may be shown.
    let mut findings: Vec<View> =
        report.findings.iter().map(|finding| View::new(&report.stage, finding)).collect();
    findings.sort_by_key(|view| !view.finding.blocks);
    if !findings.is_empty() {
        table(out, &findings)?;
        for view in findings.iter().take(MOST_DETAILS) {
            details(out, view)?;
        }
    }
    for note in &report.notes {
        writeln!(out, "- {}", code(note))?;
    }
    let judged = &report.judged;
    writeln!(
        out,
        "Judged {}, {} bytes, {}; {} stood there before or are allowed.",
        count(judged.files as usize, "file"),
        judged.bytes,
        count(judged.commits as usize, "commit"),
        count(report.excused as usize, "match"),
    )
}

fn headline(report: &Report) -> String {
    let blocking = report.findings.iter().filter(|finding| finding.blocks).count();
    let others = report.findings.len() - blocking;
    let mut parts = Vec::new();
    if blocking > 0 {
        parts.push(count(blocking, "key"));
    }
    if others > 0 {
        parts.push(format!("{} that does not block", count(others, "match")));
    }
    if !report.errors.is_empty() {
        parts.push("not everything could be judged".to_owned());
    }
    if parts.is_empty() { "no key found".to_owned() } else { parts.join(", ") }
}

fn table(out: &mut dyn Write, findings: &[View]) -> Result<()> {
    writeln!(out, "| | What | Where | Value | Fingerprint |\n|---|---|---|---|---|")?;
    for view in findings.iter().take(MOST_ROWS) {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            if view.finding.blocks { "blocks" } else { "note" },
            text(view.finding.detector.name),
            code(&view.place()),
            code(&view.finding.redacted),
            code(&view.fingerprint().unwrap_or_default()),
        )?;
    }
    if findings.len() > MOST_ROWS {
        writeln!(out, "\n… and {} more.", findings.len() - MOST_ROWS)?;
    }
    writeln!(out)
}

fn details(out: &mut dyn Write, view: &View) -> Result<()> {
    let finding = view.finding;
    let detector = finding.detector;
    writeln!(
        out,
        "<details><summary>{} in {}</summary>\n",
        text(detector.name),
        code(&view.place())
    )?;
    writeln!(out, "{}\n", code(&finding.frame.line))?;
    for fact in &finding.facts {
        writeln!(out, "- Known: {}", code(fact))?;
    }
    if finding.confidence == Confidence::Low {
        writeln!(out, "- Low confidence.")?;
    }
    if let Some(layer) = finding.source.layer.as_deref().filter(|one| !one.instruction.is_empty()) {
        writeln!(out, "- Made by {}", code(&layer.instruction))?;
    }
    for line in view.take_out() {
        writeln!(out, "- {}", code(&line))?;
    }
    writeln!(out, "- If it was ever shared, {}.", text(&view.revoke()))?;
    writeln!(out, "- What it risks: {}", prose(&detector.remediation.risk))?;
    writeln!(out, "- More: {}", code(&format!("keystop explain {}", detector.id)))?;
    if let Some(how) = view.allow() {
        writeln!(out, "- Not a key? {}", code(&how))?;
    }
    writeln!(out, "\n</details>\n")
}

/// Text that nothing in a repository wrote, with its marks as they are.
pub(super) fn text(text: &str) -> String {
    // A name after @ would be told.
    entities(text, "/-_.:;,()'§€“”").replace("&#64;", "&#64;&#8203;")
}

/// Sentences, in which what stands between backticks is code.
fn prose(sentences: &str) -> String {
    let part = |(at, part)| if at % 2 == 1 { code(part) } else { text(part) };
    sentences.split('`').enumerate().map(part).collect()
}

/// Text from anywhere, on one line.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", entities(text, "/-"))
}

/// Letters, digits, spaces and `plain` as they are; any other ASCII as its number.
fn entities(text: &str, plain: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' || plain.contains(c) || !c.is_ascii() && !c.is_control()
        {
            escaped.push(c);
        } else {
            let _ = write!(escaped, "&#{};", u32::from(c));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_of_a_name_is_left() {
        let name = "a|b`c`<img src=x>[x](https://example.com)@all #1 *x* www.example.com\n# h";
        let shown = code(name);
        let inside = shown.strip_prefix("<code>").unwrap().strip_suffix("</code>").unwrap();
        let without = inside.replace("&#", "").replace(';', "");
        assert!(without.chars().all(|c| c.is_alphanumeric() || " /-".contains(c)), "{without}");
        assert!(!shown.contains('\n'));
    }
}
