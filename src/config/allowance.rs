//! `[[allow]]`: what a configuration says is no key, or one that may stand there.

use std::ops::Range;

use anyhow::{Result, ensure};
use serde::Deserialize;

use super::paths::{Ids, Paths, Patterns};
use crate::finding::{Place, Source};
use crate::redaction::visible;
use crate::suppress::is_reason;

/// How much of a line is read on each side of a value, in bytes: some lines are a whole file.
const FAR: usize = 4096;
/// No more of an entry is shown, in characters.
const MOST_SHOWN: usize = 300;
/// No reason is longer, in bytes.
const LONGEST: usize = 1000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AllowanceSpec {
    reason: String,
    #[serde(default)]
    detectors: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    path_patterns: Vec<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    lines: Vec<String>,
    #[serde(default)]
    commits: Vec<String>,
}

/// Allows what has all that it names: one of the detectors, one of the places, a value, a line, a
/// commit.
#[derive(Debug)]
pub struct Allowance {
    /// Why.
    pub reason: String,
    detectors: Ids,
    paths: Paths,
    path_patterns: Patterns,
    values: Patterns,
    lines: Patterns,
    commits: Vec<String>,
}

impl Allowance {
    pub(super) fn new(spec: AllowanceSpec, own: &[String]) -> Result<Allowance> {
        let reason = spec.reason.trim();
        ensure!(
            is_reason(reason) && reason.len() <= LONGEST && visible(reason.as_bytes()) == reason,
            "`reason` is one line that says why this is no key, or one that may stand there"
        );
        let named = [&spec.paths, &spec.path_patterns, &spec.values, &spec.lines, &spec.commits];
        ensure!(
            named.iter().any(|texts| !texts.is_empty()),
            "it names none of `paths`, `path_patterns`, `values`, `lines` and `commits`; a detector \
             is switched off by `disabled`"
        );
        let is_hex = |id: &String| {
            matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        ensure!(spec.commits.iter().all(is_hex), "`commits` are whole ids, of 40 or 64 hex digits");
        Ok(Allowance {
            reason: reason.to_owned(),
            detectors: Ids::new(spec.detectors.iter(), own).map_err(|(_, error)| error)?,
            paths: Paths::new(spec.paths)?,
            path_patterns: Patterns::new(spec.path_patterns)?,
            values: Patterns::new(spec.values)?,
            lines: Patterns::new(spec.lines)?,
            commits: spec.commits.iter().map(|id| id.to_ascii_lowercase()).collect(),
        })
    }

    /// Whether it speaks for what a detector found at `span` of a text from `source`, whose path from
    /// the repository's root is `path`.
    #[must_use]
    pub fn covers(
        &self,
        id: &str,
        source: &Source,
        path: &[u8],
        text: &[u8],
        span: &Range<usize>,
    ) -> bool {
        let (paths, patterns) = (&self.paths, &self.path_patterns);
        let anywhere = paths.texts().is_empty() && patterns.texts().is_empty();
        // Messages and names of refs have no path.
        let has_path = matches!(source.place, Place::File | Place::FileName);
        let plain = |range: Range<usize>| -> Vec<u8> {
            text[range].iter().copied().filter(|&byte| byte != 0).collect()
        };
        (self.detectors.is_empty() || self.detectors.hold(id))
            && (anywhere || has_path && (paths.hold(path) || patterns.hold(path)))
            && (self.commits.is_empty()
                || source.commit.is_some_and(|commit| self.commits.contains(&commit.to_string())))
            && (self.values.texts().is_empty() || self.values.hold(&plain(span.clone())))
            && (self.lines.texts().is_empty() || self.lines.hold(&plain(line_around(text, span))))
    }

    /// What it allows, in words that are safe to show and not too many.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut shown = self.told();
        if let Some((cut, _)) = shown.char_indices().nth(MOST_SHOWN) {
            shown.truncate(cut);
            shown.push('…');
        }
        format!("{shown} ({})", visible(self.reason.as_bytes()))
    }

    /// All that it allows: two that say the same are the same.
    #[must_use]
    pub fn told(&self) -> String {
        let list = |texts: &[String]| visible(texts.join(", ").as_bytes());
        let what = match self.detectors.texts() {
            [] => "every key".to_owned(),
            ids => list(ids),
        };
        let mut shown = what;
        for (word, texts) in [
            (" in ", self.paths.texts()),
            (" in paths like ", self.path_patterns.texts()),
            (" that reads like ", self.values.texts()),
            (" on a line like ", self.lines.texts()),
            (" of commit ", &self.commits),
        ] {
            if !texts.is_empty() {
                shown += word;
                shown += &list(texts);
            }
        }
        shown
    }
}

/// The line, or lines, that a value stands in: as much as an entry may speak of.
#[must_use]
pub fn line_around(text: &[u8], span: &Range<usize>) -> Range<usize> {
    let floor = span.start.saturating_sub(FAR);
    let ceiling = text.len().min(span.end + FAR);
    let start = memchr::memrchr(b'\n', &text[floor..span.start]).map_or(floor, |at| floor + at + 1);
    let end = memchr::memchr(b'\n', &text[span.end..ceiling]).map_or(ceiling, |at| span.end + at);
    start..end
}
