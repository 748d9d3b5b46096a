//! What a person or a program reads.

mod human;
mod json;
mod replacement;
mod shell;
mod takeout;

use crate::finding::Finding;
use crate::git::ObjectId;

pub use human::{render, render_explanation};
pub use json::{detectors_json, report_json};

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
    /// Files or standard input.
    Files,
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
    /// Members of archives that were judged by their packed bytes: they are encrypted, or
    /// compressed in a way that is not known.
    pub unopened: u64,
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
    /// How many matches stood there before or are allowed by a comment.
    pub excused: u64,
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
            errors: Vec::new(),
        }
    }

    /// Adds what another run over other texts of the same stage came to.
    pub fn absorb(&mut self, other: Report) {
        self.findings.extend(other.findings);
        self.errors.extend(other.errors);
        self.excused += other.excused;
        self.judged.files += other.judged.files;
        self.judged.bytes += other.judged.bytes;
        self.judged.commits += other.judged.commits;
        self.judged.unopened += other.judged.unopened;
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
