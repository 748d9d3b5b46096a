//! GitHub's workflow commands: an annotation for each finding, then the text for people.
//!
//! The runner reads a command from any line that begins with `::`, so the text that follows stands
//! between `stop-commands` and a word that nobody can guess. See "Workflow commands for GitHub
//! Actions" in GitHub's documentation.

use std::io::{Result, Write};

use super::view::View;
use super::{Report, human};
use crate::fingerprint::Salt;
use crate::redaction::visible;

/// Writes the commands.
pub fn write_github(out: &mut dyn Write, report: &Report, verbose: bool) -> Result<()> {
    for finding in &report.findings {
        let view = View::new(&report.stage, finding);
        let level = view.level();
        let mut properties = Vec::new();
        if view.is_in_file() {
            properties.push(format!("file={}", property(&visible(view.path()))));
            properties.push(format!("line={}", finding.line));
            properties.push(format!("endLine={}", finding.last_line));
            properties.push(format!("col={}", finding.column));
        }
        properties.push(format!("title={}", property(finding.detector.name)));
        let mut message = vec![format!("{}.", view.sentence())];
        message.extend(view.advice());
        writeln!(out, "::{level} {}::{}", properties.join(","), data(&message.join("\n")))?;
    }
    for error in &report.errors {
        writeln!(out, "::error title=keystop could not judge everything::{}", data(error))?;
    }
    for note in &report.notes {
        writeln!(out, "::notice title=keystop::{}", data(note))?;
    }
    let text =
        anstream::adapter::strip_str(&human::render(report, verbose, usize::MAX)).to_string();
    if text.is_empty() {
        return Ok(());
    }
    let word = Salt::random().map_err(|error| std::io::Error::other(error.to_string()))?;
    writeln!(out, "::stop-commands::keystop-{word}")?;
    out.write_all(text.as_bytes())?;
    writeln!(out, "::keystop-{word}::")
}

/// A command's message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_property_or_a_command_is_escaped() {
        assert_eq!(property("a,b:c%0A\n::x"), "a%2Cb%3Ac%250A%0A%3A%3Ax");
        assert_eq!(data("a,b:c%\r\n"), "a,b:c%25%0D%0A");
    }
}
