//! What every format says of a finding, in the same words.

use std::collections::HashMap;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use sha2::{Digest, Sha256};

use super::Stage;
use super::takeout::take_out;
use crate::detector::Confidence;
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

    /// How sure it is, in a word.
    pub(super) fn confidence(&self) -> &'static str {
        match self.finding.confidence {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        }
    }

    /// What kind of text it stands in.
    pub(super) fn kind(&self) -> &'static str {
        match self.finding.source.place {
            Place::File => "file",
            Place::FileName => "file_name",
            Place::CommitHeader => "commit_header",
            Place::Message => "message",
            Place::RefName => "ref_name",
            Place::Tag => "tag",
            Place::Input => "input",
            Place::ImageConfig => "image_config",
        }
    }

    /// The member of an archive it stands in.
    #[allow(clippy::unused_self)]
    pub(super) fn member(&self) -> &'a str {
        ""
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

/// Digests of findings that stay the same while lines move, and are each another.
#[derive(Default)]
pub(super) struct Identities {
    seen: HashMap<[u8; 32], u32>,
}

impl Identities {
    /// 64 hex digits.
    pub(super) fn of(&mut self, view: &View) -> String {
        let finding = view.finding;
        let mut digest = Sha256::new();
        let commit = finding.source.commit.map(|commit| commit.to_string()).unwrap_or_default();
        let layer = finding.source.layer.as_ref().map(|layer| layer.digest.as_str());
        let print = view.fingerprint().unwrap_or_default();
        let parts = [
            finding.detector.id.as_bytes(),
            print.as_bytes(),
            view.path(),
            view.member().as_bytes(),
            commit.as_bytes(),
            layer.unwrap_or_default().as_bytes(),
        ];
        for part in parts {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        self.finish(digest)
    }

    /// The same for a text.
    pub(super) fn of_text(&mut self, text: &str) -> String {
        self.finish(Sha256::new_with_prefix(text))
    }

    /// The same value twice in a file is two findings.
    fn finish(&mut self, mut digest: Sha256) -> String {
        let count = self.seen.entry(digest.clone().finalize().into()).or_default();
        *count += 1;
        digest.update(count.to_le_bytes());
        digest.finalize().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// A text that ends in a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

/// `1 key`, `2 keys`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if noun.ends_with("ch") { "es" } else { "s" };
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}{plural}") }
}
