//! Globs over detectors' ids and over paths, and patterns over texts: read when the file is read,
//! built when something was found.

use std::sync::OnceLock;

use anyhow::{Context as _, Error, Result, anyhow, bail};
use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use regex::bytes::{RegexSet, RegexSetBuilder};

use crate::detector;
use crate::spelling::nearest;
use crate::suppress;

/// Detectors by id, `*` standing for any part of one.
#[derive(Debug, Default)]
pub struct Ids {
    texts: Vec<String>,
    set: OnceLock<GlobSet>,
}

impl Ids {
    /// The ids of keystop's own detectors and of those called `own`.
    ///
    /// # Errors
    /// The number of the first text that is no glob, or that is an id nobody has.
    pub(super) fn new<'a>(
        texts: impl Iterator<Item = &'a String>,
        own: &[String],
    ) -> Result<Ids, (usize, Error)> {
        let texts: Vec<String> = texts.cloned().collect();
        for (number, text) in texts.iter().enumerate() {
            check_id(text, own).map_err(|error| (number, error))?;
        }
        Ok(Ids { texts, set: OnceLock::new() })
    }

    /// Whether none is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// As they were written.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Whether a detector is named.
    #[must_use]
    pub fn hold(&self, id: &str) -> bool {
        !self.texts.is_empty()
            && self
                .set
                .get_or_init(|| set(self.texts.iter().map(|text| Glob::new(text))))
                .is_match(id)
    }
}

fn check_id(text: &str, own: &[String]) -> Result<()> {
    if text.contains(['*', '?', '[', '{']) {
        return Glob::new(text).map(drop).map_err(|error| anyhow!("{}", error.kind()));
    }
    let known = detector::all().iter().map(|known| known.id).chain(own.iter().map(String::as_str));
    let added = detector::own().iter().map(|known| known.id);
    if !known.clone().chain(added).any(|id| id == text) {
        let nearest = nearest(text, known).unwrap_or_default();
        bail!(
            "no detector is called {text:?}; did you mean {nearest:?}? `keystop detectors` lists all"
        );
    }
    Ok(())
}

/// Places in a repository, written as in the allow file: `*` for everywhere, a path, a folder that
/// ends in `/`, or a pattern.
#[derive(Debug, Default)]
pub struct Paths {
    texts: Vec<String>,
    set: OnceLock<GlobSet>,
}

impl Paths {
    pub(super) fn new(texts: Vec<String>) -> Result<Paths> {
        for text in &texts {
            if text.is_empty() || text.starts_with('/') {
                bail!("a path is written from the repository's root: {text:?}");
            }
            glob(text).map_err(|error| anyhow!("{text:?} is no glob: {}", error.kind()))?;
        }
        Ok(Paths { texts, set: OnceLock::new() })
    }

    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    pub(super) fn hold(&self, path: &[u8]) -> bool {
        self.texts.iter().any(|text| {
            let own = text.as_bytes();
            own == b"*" || own == path || own.ends_with(b"/") && path.starts_with(own)
        }) || !self.texts.is_empty()
            && self
                .set
                .get_or_init(|| set(self.texts.iter().map(|text| glob(text))))
                .is_match(suppress::os_path(path))
    }
}

fn glob(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build()
}

/// Those that do not build match nothing, so that the finding stands.
fn set(globs: impl Iterator<Item = Result<Glob, globset::Error>>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in globs.flatten() {
        set.add(glob);
    }
    set.build().unwrap_or_else(|_| GlobSet::empty())
}

/// Regular expressions over bytes.
#[derive(Debug, Default)]
pub struct Patterns {
    texts: Vec<String>,
    set: OnceLock<RegexSet>,
}

impl Patterns {
    pub(super) fn new(texts: Vec<String>) -> Result<Patterns> {
        for text in &texts {
            let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
            parser.parse(text).with_context(|| format!("{text:?} is no pattern"))?;
        }
        Ok(Patterns { texts, set: OnceLock::new() })
    }

    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Whether one of them matches. Those that are too large to build match nothing.
    pub(super) fn hold(&self, text: &[u8]) -> bool {
        !self.texts.is_empty()
            && self
                .set
                .get_or_init(|| {
                    let set = RegexSetBuilder::new(&self.texts).unicode(false).build();
                    set.unwrap_or_else(|_| RegexSet::empty())
                })
                .is_match(text)
    }
}
