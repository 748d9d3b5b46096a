//! A key with all that is to be known of its text once that is gone.

use std::ops::Range;

use crate::config::line_around;
use crate::engine::Match;
use crate::finding::{Finding, Source};
use crate::redaction::Position;
use crate::secret::Secret;
use crate::suppress::{Comment, inline_comment};

/// A key in a text that is not kept: the member of an archive, or a piece of a huge file.
pub(super) struct Found {
    /// The names that lead to the member of an archive; none where it is in no archive.
    pub(super) way: Vec<Vec<u8>>,
    pub(super) finding: Finding,
    pub(super) secret: Secret,
    /// What the comment on its line says.
    pub(super) comment: Option<Comment>,
    /// The line it stands in, or as much of it as the configuration may speak of.
    pub(super) line: Vec<u8>,
    /// Where in that line.
    pub(super) span: Range<usize>,
}

impl Found {
    /// One of the matches of a text, at a position.
    pub(super) fn new(
        one: &Match,
        all: &[Match],
        text: &[u8],
        source: &Source,
        position: &Position,
    ) -> Found {
        let line = line_around(text, &one.span);
        Found {
            way: Vec::new(),
            finding: Finding::new(one, all, text, source, position),
            secret: one.secret.clone(),
            comment: inline_comment(text, one.span.clone(), one.detector),
            span: one.span.start - line.start..one.span.end - line.start,
            line: text[line].to_vec(),
        }
    }
}
