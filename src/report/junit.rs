//! JUnit's XML as Jenkins and others read it: a failed test for each finding that blocks, a skipped
//! one for each that does not, a broken one for what could not be judged.

use std::io::{Result, Write};

use super::view::View;
use super::{Report, markup};

/// Writes the suite.
///
/// # Errors
/// A place that cannot be written to.
pub fn write_junit(out: &mut dyn Write, report: &Report) -> Result<()> {
    let failures = report.findings.iter().filter(|finding| finding.blocks).count();
    let skipped = report.findings.len() - failures;
    let errors = report.errors.len();
    // A suite without a test is an error to some readers.
    let clean = report.findings.is_empty() && errors == 0;
    let tests = report.findings.len() + errors + usize::from(clean);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"keystop\" {counts}>")?;
    writeln!(out, "<testsuite name=\"keystop\" {counts} skipped=\"{skipped}\">")?;
    for finding in &report.findings {
        let view = View::new(&report.stage, finding);
        let detector = finding.detector;
        let sentence = escaped(&view.sentence());
        write!(
            out,
            "<testcase classname=\"{}\" name=\"{}\">",
            escaped(detector.id),
            escaped(&view.place())
        )?;
        if finding.blocks {
            write!(
                out,
                "<failure type=\"{}\" message=\"{sentence}\">{}</failure>",
                escaped(detector.id),
                escaped(&view.advice().join("\n"))
            )?;
        } else {
            // Jenkins allows a skipped test no message of its own.
            write!(out, "<skipped/><system-out>{sentence}</system-out>")?;
        }
        writeln!(out, "</testcase>")?;
    }
    for (at, error) in report.errors.iter().enumerate() {
        writeln!(
            out,
            "<testcase classname=\"keystop\" name=\"not judged {}\"><error type=\"not judged\" \
             message=\"{}\"/></testcase>",
            at + 1,
            escaped(error)
        )?;
    }
    if clean {
        writeln!(out, "<testcase classname=\"keystop\" name=\"no key was found\"/>")?;
    }
    writeln!(out, "</testsuite>\n</testsuites>")
}

/// Text or an attribute's value. What XML 1.0 cannot hold is replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // In an attribute a plain one would become a space.
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => markup::push(&mut escaped, c),
        }
    }
    escaped
}
