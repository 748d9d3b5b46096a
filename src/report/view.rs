//! What every format says of a finding, in the same words.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::Stage;
use super::takeout::take_out;
use crate::finding::{Finding, Place};
use crate::redaction::visible;

/// What may stand in a URI's path as it is.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A finding as a report tells it.
pub(super) struct View<'a> {
    pub(super) finding: &'a Finding,
    stage: &'a Stage,
}

impl<'a> View<'a> {
    pub(super) fn new(stage: &'a Stage, finding: &'a Finding) -> View<'a> {
        View { finding, stage }
    }

    /// `error` for what blocks, else `warning`.
    pub(super) fn level(&self) -> &'static str {
        if self.finding.blocks { "error" } else { "warning" }
    }

    /// What it is known by, or nothing outside of a run that gives fingerprints.
    pub(super) fn fingerprint(&self) -> Option<String> {
        self.finding.prints.map(|prints| prints.shown.to_string())
    }

    /// Whether its path names a file that a platform can show.
    pub(super) fn is_in_file(&self) -> bool {
        let source = &self.finding.source;
        matches!(source.place, Place::File | Place::FileName)
            && !source.masked
            && source.layer.is_none()
            && !source.path.starts_with(b"(")
    }

    /// The path without what says "here": some readers take `./a` and `a` for two files.
    pub(super) fn path(&self) -> &'a [u8] {
        let path = &self.finding.source.path;
        let mut path = path.as_slice();
        while let Some(rest) = path.strip_prefix(b"./") {
            path = rest;
        }
        path
    }

    /// The path as a URI, relative if the path is.
    pub(super) fn uri(&self) -> String {
        let path = percent_encode(self.path(), PATH).to_string();
        if path.starts_with('/') { format!("file://{path}") } else { path }
    }

    /// `path:line:column`, and the commit or layer that brings it.
    pub(super) fn place(&self) -> String {
        let finding = self.finding;
        let mut place = format!("{}:{}:{}", visible(self.path()), finding.line, finding.column);
        if let Some(commit) = &finding.source.commit {
            let _ = write!(place, " in commit {}", commit.short());
        }
        if let Some(layer) = &finding.source.layer {
            let _ = write!(place, " in layer {} of {}", layer.number, layer.of);
        }
        place
    }

    /// What was found and where, in a sentence.
    pub(super) fn sentence(&self) -> String {
        let finding = self.finding;
        format!("{}, {}, in {}", finding.detector.name, finding.redacted, self.place())
    }

    /// How to take it out, a line each.
    pub(super) fn take_out(&self) -> Vec<String> {
        take_out(self.stage, self.finding)
    }

    /// Where to revoke it, in a sentence without its stop.
    pub(super) fn revoke(&self) -> String {
        let revoke = self.finding.detector.remediation.revoke;
        if revoke.starts_with("https://") {
            format!("revoke it at {revoke}")
        } else {
            format!("revoke it: {revoke}")
        }
    }

    /// How to record that it is no key, where that can be done.
    pub(super) fn allow(&self) -> Option<String> {
        let prints = self.finding.prints.filter(|prints| prints.filed.is_some());
        let prints = prints.filter(|_| !self.finding.enforced)?;
        Some(format!("keystop allow {} --reason \"…\"", prints.shown))
    }

    /// The whole advice in lines of plain text.
    pub(super) fn advice(&self) -> Vec<String> {
        let finding = self.finding;
        let mut lines = Vec::new();
        if !finding.facts.is_empty() {
            lines.push(format!("Known: {}.", finding.facts.join("; ")));
        }
        let how = self.take_out();
        if !how.is_empty() {
            lines.push(format!("Take it out: {}", how.join("\n  ")));
        }
        lines.push(format!("If it was ever shared: {}", self.revoke()));
        lines.push(format!("More: keystop explain {}", finding.detector.id));
        if let Some(how) = self.allow() {
            lines.push(format!("Not a key? {how}"));
        }
        lines
    }
}

/// `1 key`, `2 keys`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
