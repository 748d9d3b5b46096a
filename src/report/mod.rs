//! What a person or a program reads.

mod explanation;
mod human;
mod json;
mod language;
mod replacement;
mod shell;
mod snippet;
mod takeout;

use crate::finding::Finding;
use crate::git::ObjectId;
use crate::suppress::{Entry, Waiver};

pub use explanation::{render_code, render_explanation};
pub use human::render;
pub use json::{detectors_json, report_json};
pub use language::Language;
pub use snippet::{Store, snippet};

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
#[derive(Debug, Default, Clone, Copy, serde::Serialize)]
pub struct Judged {
    /// Files, or versions of files.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Commits and tags whose own text was read.
    pub commits: u64,
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
    /// Which reader opened the repository, where there is one.
    pub reader: Option<&'static str>,
    /// How many matches stood there before or are allowed.
    pub excused: u64,
    /// How many of these a comment written for another scanner allows.
    pub excused_by_peers: u64,
    /// What an entry of the allow file speaks for.
    pub allowed: Vec<(Finding, Entry<'static>)>,
    /// What the user lets pass in this run.
    pub waived: Vec<(Finding, Waiver)>,
    /// What a person should know, whatever the verdict.
    pub notes: Vec<String>,
    /// Archives and members of archives that were judged by their packed bytes, or not to their
    /// end, and why: encrypted, damaged, no archive at all.
    pub closed: Vec<String>,
    /// What could not be read or scanned. Anything here means: not judged.
    pub errors: Vec<String>,
}

impl Report {
    /// An empty one.
    #[must_use]
    pub fn new(stage: Stage) -> Report {
        Report {
            stage,
            findings: Vec::new(),
            judged: Judged::default(),
            reader: None,
            excused: 0,
            excused_by_peers: 0,
            allowed: Vec::new(),
            waived: Vec::new(),
            notes: Vec::new(),
            closed: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Adds what another run over other texts of the same stage came to.
    pub fn absorb(&mut self, other: Report) {
        self.findings.extend(other.findings);
        self.errors.extend(other.errors);
        self.excused += other.excused;
        self.excused_by_peers += other.excused_by_peers;
        self.allowed.extend(other.allowed);
        self.waived.extend(other.waived);
        self.notes.extend(other.notes);
        self.closed.extend(other.closed);
        self.judged.files += other.judged.files;
        self.judged.bytes += other.judged.bytes;
        self.judged.commits += other.judged.commits;
    }

    /// 0 clean, 1 at least one finding blocks, 2 something was not judged.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if !self.errors.is_empty() {
            2
        } else {
            u8::from(self.findings.iter().any(|finding| finding.blocks))
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
