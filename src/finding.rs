//! What was found, without the value.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::detector::{Confidence, Detector};
use crate::engine::Match;
use crate::fingerprint::Prints;
use crate::git::ObjectId;
use crate::redaction::{self, Position, Redacted};

/// What kind of text a key stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A file's content.
    File,
    /// A file's name.
    FileName,
    /// A commit's author, committer and other header lines.
    CommitHeader,
    /// A commit's message.
    Message,
    /// A ref's name.
    RefName,
    /// A tag's name, tagger or message.
    Tag,
    /// Standard input.
    Input,
    /// A container image's configuration: environment, labels, history, entry point.
    ImageConfig,
}

/// Where a text comes from.
#[derive(Debug, Clone)]
pub struct Source {
    /// What kind of text it is.
    pub place: Place,
    /// The path in git's bytes, or a name in parentheses for what has none.
    pub path: Vec<u8>,
    /// The object a file's content is in, if it is in one.
    pub blob: Option<ObjectId>,
    /// The commit or tag that brings it, if there is one already.
    pub commit: Option<ObjectId>,
    /// Whether that commit has no parent.
    pub root: bool,
    /// Whether `path` was masked, and so names no file.
    pub masked: bool,
    /// The branch to be on when the commit is changed, where that is not the current one.
    pub branch: Option<String>,
    /// What became of it since that commit.
    pub since: Since,
    /// The container image's layer it stands in, if it is one.
    pub layer: Option<Arc<Layer>>,
}

/// A layer of a container image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Its digest, as the image names it.
    pub digest: String,
    /// Which layer it is, from 1 for the lowest.
    pub number: usize,
    /// How many layers the image has.
    pub of: usize,
    /// The instruction that made it, keys in it masked; empty where the image does not say.
    pub instruction: String,
    /// The platform whose image it belongs to, such as `linux/arm64`, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The image's name, where the file holds several images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Whether it comes from the base image.
    pub base: bool,
    /// The layer that deletes the file or puts another in its place. The key travels all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone_in: Option<usize>,
}

/// Who brought a finding, and where it can be reached today: what an audit of a history adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// The commit's author, name and address, keys in it masked.
    pub author: String,
    /// When it was written, in seconds since 1970 (UTC).
    pub date: i64,
    /// Whether the value still stands in HEAD, at this path or any other.
    pub in_head: bool,
    /// The remotes one of whose tracking refs reaches the commit.
    pub remotes: Vec<String>,
    /// The tags that reach it, ten at most.
    pub tags: Vec<String>,
    /// The branches that reach it, ten at most.
    pub branches: Vec<String>,
}

/// How a key that a history holds stands today; the most urgent state comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It stands in HEAD, and a remote has the commit that brought it.
    LiveAndPushed,
    /// A remote has that commit.
    Pushed,
    /// It stands in HEAD, and no remote is known to have it.
    Live,
    /// Only this clone is known to have it.
    Local,
}

impl State {
    /// In the order of urgency.
    pub const ALL: [State; 4] = [State::LiveAndPushed, State::Pushed, State::Live, State::Local];

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::LiveAndPushed => "live in HEAD and pushed",
            State::Pushed => "pushed, not in HEAD",
            State::Live => "live in HEAD, not pushed",
            State::Local => "local only",
        }
    }
}

impl Audit {
    /// How the key stands today.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.in_head, self.remotes.is_empty()) {
            (true, false) => State::LiveAndPushed,
            (false, false) => State::Pushed,
            (true, true) => State::Live,
            (false, true) => State::Local,
        }
    }
}

/// What became of a text since the commit that brought it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The commit is the last of its branch: it can be amended.
    pub last: bool,
    /// What the branch's last commit has at the file's path.
    pub file: Now,
    /// A remote-tracking ref that holds the commit.
    pub remote: Option<String>,
}

/// What stands at the path of a file today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Now {
    /// The key still, as far as is known.
    #[default]
    Same,
    /// A file without the key.
    Changed,
    /// Nothing.
    Deleted,
}

impl Source {
    /// A text that no commit holds yet.
    #[must_use]
    pub fn new(place: Place, path: &[u8]) -> Source {
        Source {
            place,
            path: path.to_vec(),
            blob: None,
            commit: None,
            root: false,
            masked: false,
            branch: None,
            since: Since::default(),
            layer: None,
        }
    }

    /// The same text in a commit or tag.
    #[must_use]
    pub fn in_commit(self, commit: Option<ObjectId>, root: bool) -> Source {
        Source { commit, root, ..self }
    }

    /// The same text under a path that may be shown: keys in it are masked.
    #[must_use]
    pub fn shown(&self) -> Source {
        let path = redaction::without_keys(&self.path);
        Source { masked: path != self.path, path, ..self.clone() }
    }
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
    /// Whether the machine's policy lets nobody allow it.
    pub enforced: bool,
    /// What the offline checks read out of it.
    pub facts: Vec<String>,
    /// Where it stands; a path that holds a key itself is masked already.
    pub source: Source,
    /// The names that lead to the member of an archive it stands in; line and column are that
    /// member's.
    pub member: Option<String>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The line it ends in.
    pub last_line: usize,
    /// What is shown instead of the value.
    pub redacted: String,
    /// The line it stands in.
    pub frame: Redacted,
    /// What it is known by; see [`Secret::fingerprint`](crate::secret::Secret::fingerprint).
    /// Whoever reports it fills this in: the repository's salt is needed for it.
    pub prints: Option<Prints>,
    /// The number under which the run that found it keeps the value, where fingerprints are made
    /// late.
    pub value: Option<usize>,
    /// What an audit knows of it.
    pub audit: Option<Box<Audit>>,
}

impl Finding {
    /// The finding a match in `text` at a position is. `all` are the text's matches, all of which
    /// are masked.
    #[must_use]
    pub fn new(
        found: &Match,
        all: &[Match],
        text: &[u8],
        source: &Source,
        &Position { line, column, .. }: &Position,
    ) -> Finding {
        Finding {
            detector: found.detector,
            confidence: found.confidence,
            blocks: found.confidence > Confidence::Low || is_in_settings(source),
            enforced: false,
            facts: inside(&found.inside).into_iter().chain(found.facts.clone()).collect(),
            source: source.clone(),
            member: None,
            line,
            column,
            last_line: line + memchr::memchr_iter(b'\n', &text[found.span.clone()]).count(),
            redacted: redaction::mask(found, text),
            frame: redaction::redact(text, found, all),
            prints: None,
            value: None,
            audit: None,
        }
    }

    /// Whether it stands in a file that holds settings.
    #[must_use]
    pub fn in_settings(&self) -> bool {
        let member = self.member.as_ref().and_then(|member| member.rsplit(" > ").next());
        member
            .map_or_else(|| is_in_settings(&self.source), |name| is_configuration(name.as_bytes()))
    }

    /// The path as a person may read it.
    #[must_use]
    pub fn shown_path(&self) -> String {
        redaction::visible(&self.source.path)
    }

    /// The path, and the way inside where that is an archive.
    #[must_use]
    pub fn shown_place(&self) -> String {
        let path = self.shown_path();
        self.member.as_ref().map_or(path.clone(), |member| format!("{path} > {member}"))
    }
}

/// What a key is wrapped in, from the outside to the inside.
fn inside(encodings: &[&str]) -> Option<String> {
    let wraps: Vec<&str> = encodings.iter().rev().copied().collect();
    (!wraps.is_empty()).then(|| format!("inside {}", wraps.join(", inside it ")))
}

/// Whether a text is one that holds settings: a container's environment is.
fn is_in_settings(source: &Source) -> bool {
    let is_environment = source.place == Place::ImageConfig && source.path == b"(ENV)";
    is_environment || is_configuration(&source.path)
}

/// Files whose purpose is to hold settings: a password there is seldom a test's.
fn is_configuration(path: &[u8]) -> bool {
    const ENDS: &[&str] = &[
        ".env",
        ".ini",
        ".cfg",
        ".conf",
        ".config",
        ".properties",
        ".toml",
        ".yml",
        ".yaml",
        ".tfvars",
        ".npmrc",
        ".pypirc",
        ".netrc",
        ".pgpass",
        ".htpasswd",
        "credentials",
        "appsettings.json",
    ];
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.starts_with(".env") || ENDS.iter().any(|end| name.ends_with(end))
}
