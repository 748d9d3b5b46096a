//! What was found, without the value.

use serde::Serialize;

use crate::detector::{Confidence, Detector};
use crate::engine::Match;
use crate::git::ObjectId;
use crate::redaction::{self, Redacted};

/// What kind of text a key stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A file's content.
    File,
    /// A file's name.
    FileName,
    /// A commit's message, author or committer.
    Commit,
    /// A tag's name, tagger or message.
    Tag,
    /// Standard input.
    Input,
}

/// Where a text comes from.
#[derive(Debug, Clone)]
pub struct Source {
    /// What kind of text it is.
    pub place: Place,
    /// The path in git's bytes, or a name in parentheses for what has none.
    pub path: Vec<u8>,
    /// The commit or tag that brings it, if there is one already.
    pub commit: Option<ObjectId>,
}

/// A key in a text. It holds the redacted line and the fingerprint, never the value, so that no
/// report can leak it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which detector found it.
    pub detector: &'static Detector,
    /// How sure it is.
    pub confidence: Confidence,
    /// Whether it blocks; low confidence does so in configuration files only.
    pub blocks: bool,
    /// What the offline checks read out of it.
    pub facts: Vec<String>,
    /// Where it stands; a path that holds a key itself is masked already.
    pub source: Source,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is shown instead of the value.
    pub redacted: String,
    /// The line it stands in.
    pub frame: Redacted,
    /// Binds detector and value; see [`Secret::fingerprint`](crate::secret::Secret::fingerprint).
    pub fingerprint: String,
}

impl Finding {
    /// The finding a match in `text` is. `all` are the text's matches, all of which are masked.
    #[must_use]
    pub fn new(found: &Match, all: &[Match], text: &[u8], source: &Source) -> Finding {
        let (line, column) = redaction::position(text, found.span.start);
        Finding {
            detector: found.detector,
            confidence: found.confidence,
            blocks: found.confidence > Confidence::Low || is_configuration(&source.path),
            facts: found.facts.clone(),
            source: source.clone(),
            line,
            column,
            redacted: redaction::mask(found, text),
            frame: redaction::redact(text, found, all),
            fingerprint: found.secret.fingerprint(found.detector.id),
        }
    }

    /// The path as a person may read it.
    #[must_use]
    pub fn shown_path(&self) -> String {
        redaction::visible(&self.source.path)
    }
}

/// Files whose purpose is to hold settings: a password there is seldom a test's.
fn is_configuration(path: &[u8]) -> bool {
    const ENDS: &[&str] = &[
        ".env", ".ini", ".cfg", ".conf", ".config", ".properties", ".toml", ".yml", ".yaml", ".tfvars", ".npmrc",
        ".pypirc", ".netrc", ".pgpass", ".htpasswd", "credentials", "appsettings.json",
    ];
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.starts_with(".env") || ENDS.iter().any(|end| name.ends_with(end))
}
