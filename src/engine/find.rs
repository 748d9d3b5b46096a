//! How the matches of a detector are found that may begin anywhere in a window.

use std::ops::Range;

use anyhow::Result;
use regex::bytes::Regex;

use crate::detector::{self, Detector, Row};

/// How matches of a detector are found.
pub(super) enum Find {
    /// The pattern is a row of characters.
    Row(&'static Row),
    Pattern(&'static Regex),
}

impl Find {
    pub(super) fn of(detector: &'static Detector) -> Result<Find> {
        Ok(match detector::row_of(detector) {
            Some(row) => Find::Row(row),
            None => Find::Pattern(detector::compiled(detector)?),
        })
    }

    /// The first match that begins at `from` or behind, and the secret in it.
    pub(super) fn find_at(
        &self,
        detector: &Detector,
        text: &[u8],
        from: usize,
    ) -> Option<(Range<usize>, Range<usize>)> {
        match self {
            Find::Row(row) => row.find_at(text, from).map(|found| (found.clone(), found)),
            Find::Pattern(regex) => {
                let found = regex.find_at(text, from)?.range();
                Some((found.clone(), detector::secret_of(detector, regex, text, found)))
            }
        }
    }
}
