//! Azure Pipelines' logging commands, then the text for people.
//!
//! The agent reads a command wherever `##vso[` or `##[` stands in a line and knows no way to stop
//! that, so in the text the two signs are taken apart. See "Logging commands" in Azure Pipelines'
//! documentation.

use std::io::{Result, Write};

use super::view::View;
use super::{Report, human};
use crate::redaction::visible;

/// Writes the commands.
///
/// # Errors
/// A place that cannot be written to.
pub fn write_azure(out: &mut dyn Write, report: &Report, verbose: bool) -> Result<()> {
    for finding in &report.findings {
        let view = View::new(&report.stage, finding);
        let mut properties = format!("type={};", view.level());
        if view.is_in_file() {
            properties += &format!(
                "sourcepath={};linenumber={};columnnumber={};",
                escaped(&visible(view.path())),
                finding.line,
                finding.column
            );
        }
        properties += &format!("code={};", escaped(finding.detector.id));
        let message =
            format!("{}. {}", view.sentence(), view.advice().join(". ").replace("\n ", ","));
        writeln!(out, "##vso[task.logissue {properties}]{}", escaped(&message))?;
    }
    for error in &report.errors {
        writeln!(out, "##vso[task.logissue type=error;]not judged: {}", escaped(error))?;
    }
    let text = human::render(report, verbose, usize::MAX);
    let text = anstream::adapter::strip_str(&text).to_string();
    out.write_all(text.replace("##", "# #").as_bytes())
}

/// A property or a message: the agent turns these back.
fn escaped(text: &str) -> String {
    text.replace('%', "%AZP25")
        .replace(';', "%3B")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace(']', "%5D")
        .replace("##", "# #")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_property_or_a_command_is_escaped() {
        assert_eq!(escaped("a;b]c%5D\r\n##vso[x]"), "a%3Bb%5Dc%AZP255D%0D%0A# #vso[x%5D");
    }
}
