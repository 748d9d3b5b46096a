//! What a person or a program reads.

mod audit;
mod azure;
mod codequality;
mod csv;
mod explanation;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod jsonl;
mod junit;
mod language;
mod markdown;
mod markup;
mod rebuild;
mod remote;
mod replacement;
mod sarif;
mod shell;
mod snippet;
mod stream;
mod takeout;
mod view;

use crate::finding::Finding;
use crate::git::ObjectId;
use crate::redaction;
use crate::suppress::{Entry, Waiver};
use stream::Written;

pub use azure::write_azure;
pub use codequality::write_codequality;
pub use csv::write_csv;
pub use explanation::{render_code, render_explanation};
pub use github::write_github;
pub use gitlab::write_gitlab;
pub use html::write_html;
pub use human::render;
pub use json::{detectors_json, write_json};
pub use jsonl::{read_jsonl, write_jsonl};
pub use junit::write_junit;
pub use language::Language;
pub use markdown::write_markdown;
pub use sarif::write_sarif;
pub(crate) use shell::quote;
pub use snippet::{Store, snippet};
pub use stream::Stream;

/// At which moment keystop looked: it decides how a key is taken out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Before a commit is made.
    Staged {
        /// The branch has no commit yet.
        first: bool,
        /// A merge is being concluded.
        merging: bool,
    },
    /// A commit message is about to be used.
    Message,
    /// Commits that exist here and are about to be sent.
    Push {
        /// Where to.
        remote: String,
        /// What HEAD points at: its commit can be amended.
        head: Option<ObjectId>,
    },
    /// Commits somebody asked about.
    Range {
        /// What HEAD points at.
        head: Option<ObjectId>,
    },
    /// Every commit of every ref, to learn what has to be revoked.
    History {
        /// What HEAD points at.
        head: Option<ObjectId>,
    },
    /// Commits that a server was sent and has not accepted yet.
    Receive,
    /// Files or standard input.
    Files,
    /// A container image.
    Image,
}

/// How much was looked at.
#[derive(Debug, Default, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub struct Judged {
    /// Files, or versions of files.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Commits and tags whose own text was read.
    pub commits: u64,
    /// How many of those an earlier run has judged, which brought nothing: neither they nor their
    /// files were read again.
    #[serde(default, skip_serializing_if = "is_none")]
    pub remembered: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What lets a finding pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A comment on its line.
    Comment,
    /// The configuration.
    Configuration,
    /// An entry of the allow file.
    AllowFile,
    /// The user, for one run.
    User,
}

/// A finding that passes, and why.
#[derive(Debug, Clone)]
pub struct Passed {
    /// What was found. It has fingerprints only where they were needed.
    pub finding: Finding,
    /// What lets it pass.
    pub by: By,
    /// The reason that was given.
    pub reason: String,
}

/// Which part of an audit a report is, where several runs share it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Part {
    /// From 1 to `of`.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// A digest of the refs, and of what of their history is judged.
    pub state: String,
    /// A digest of all on which a verdict depends.
    pub rules: String,
}

/// What one run came to.
#[derive(Debug)]
pub struct Report {
    /// The moment.
    pub stage: Stage,
    /// What was found, in the order it was met.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub judged: Judged,
    /// Which part of an audit this is, if it is not all of it.
    pub part: Option<Part>,
    /// Which reader opened the repository, where there is one.
    pub reader: Option<&'static str>,
    /// Where the repository is fetched from, as [`public_address`](crate::git::public_address).
    pub origin: Option<String>,
    /// How many matches stood there before or are allowed.
    pub excused: u64,
    /// How many of these a comment written for another scanner allows.
    pub excused_by_peers: u64,
    /// What an entry of the allow file speaks for.
    pub allowed: Vec<(Finding, Entry<'static>)>,
    /// What the user lets pass in this run.
    pub waived: Vec<(Finding, Waiver)>,
    /// What a comment or the configuration lets pass.
    pub passed: Vec<Passed>,
    /// What a person should know, whatever the verdict.
    pub notes: Vec<String>,
    /// Archives and members of archives that were judged by their packed bytes, or not to their
    /// end, and why: encrypted, damaged, no archive at all.
    pub closed: Vec<String>,
    /// What could not be read or scanned. Anything here means: not judged.
    pub errors: Vec<String>,
    /// What was written already and is no longer held.
    pub dropped: Dropped,
}

/// Of a report that is written as it comes to be: what is no longer in its lists.
#[derive(Debug, Default, Clone, Copy)]
pub struct Dropped {
    /// How many findings.
    pub findings: usize,
    /// Whether any of them blocks.
    pub blocking: bool,
    /// How many errors.
    pub errors: usize,
}

impl Report {
    /// An empty one.
    #[must_use]
    pub fn new(stage: Stage) -> Report {
        Report {
            stage,
            findings: Vec::new(),
            judged: Judged::default(),
            part: None,
            reader: None,
            origin: None,
            excused: 0,
            excused_by_peers: 0,
            allowed: Vec::new(),
            waived: Vec::new(),
            passed: Vec::new(),
            notes: Vec::new(),
            closed: Vec::new(),
            errors: Vec::new(),
            dropped: Dropped::default(),
        }
    }

    /// Which findings are shown where no more than `most` are: those that block go first then.
    #[must_use]
    pub fn shown(&self, most: usize) -> Vec<usize> {
        let mut shown: Vec<usize> = (0..self.findings.len()).collect();
        if shown.len() > most {
            shown.sort_by_key(|&at| !self.findings[at].blocks);
            shown.truncate(most);
        }
        shown
    }

    /// Adds what another run over other texts of the same stage came to.
    pub fn absorb(&mut self, other: Report) {
        self.findings.extend(other.findings);
        self.errors.extend(other.errors);
        self.excused += other.excused;
        self.excused_by_peers += other.excused_by_peers;
        self.allowed.extend(other.allowed);
        self.waived.extend(other.waived);
        self.passed.extend(other.passed);
        self.notes.extend(other.notes);
        self.closed.extend(other.closed);
        self.judged.files += other.judged.files;
        self.judged.bytes += other.judged.bytes;
        self.judged.commits += other.judged.commits;
        self.judged.remembered += other.judged.remembered;
    }

    /// Everything that was found and is let pass, with the reason for it, safe to show.
    pub fn let_pass(&self) -> impl Iterator<Item = (&Finding, By, String)> {
        self.let_pass_since(Written::default())
    }

    /// What of it came since then.
    fn let_pass_since(&self, since: Written) -> impl Iterator<Item = (&Finding, By, String)> {
        let shown = |reason: &str| redaction::quoted(reason.as_bytes());
        let allowed = self
            .allowed
            .iter()
            .skip(since.allowed)
            .map(move |(finding, entry)| (finding, By::AllowFile, shown(&entry.reason)));
        let waived = self
            .waived
            .iter()
            .skip(since.waived)
            .map(move |(finding, waiver)| (finding, By::User, shown(&waiver.reason)));
        let passed = self.passed.iter().skip(since.passed);
        let passed = passed.map(move |one| (&one.finding, one.by, shown(&one.reason)));
        allowed.chain(waived).chain(passed)
    }

    /// 0 clean, 1 at least one finding blocks, 2 something was not judged.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.errors.len() + self.dropped.errors > 0 {
            2
        } else {
            let blocks = self.findings.iter().any(|finding| finding.blocks);
            u8::from(blocks || self.dropped.blocking)
        }
    }

    /// The same in a word.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        match self.exit_code() {
            0 => "clean",
            1 => "blocked",
            _ => "incomplete",
        }
    }
}
