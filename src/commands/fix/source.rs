//! The file a key stands in, if it is one that can be changed.

use anyhow::Result;

use super::env_file::ENV;
use super::files;
use super::kubernetes::is_manifest;
use super::rewrite::Refusal;
use crate::engine::Match;
use crate::finding::{Finding, Place};
use crate::git::{Entry, Store, WorkTree};
use crate::redaction::Position;
use crate::report::Language;

/// A file that can be changed.
pub(super) struct Opened {
    pub(super) path: String,
    pub(super) language: Language,
    pub(super) entry: Entry,
    pub(super) text: Vec<u8>,
    pub(super) work: Option<Vec<u8>>,
}

/// The file of a finding, or why it cannot be changed.
pub(super) fn open(
    store: &mut Store,
    tree: &WorkTree,
    finding: &Finding,
) -> Result<Result<Opened, Refusal>> {
    let path = &finding.source.path;
    if finding.source.place != Place::File || finding.source.masked {
        return Ok(Err("it stands in a name"));
    }
    let Ok(path) = std::str::from_utf8(path) else {
        return Ok(Err("the file's name is no Unicode"));
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    if name == ENV || name.starts_with(".env.") {
        return Ok(Err(
            "such a file is made to hold it: take the file out with git rm --cached, and let git ignore it",
        ));
    }
    let Some(entry) = tree.entry(path)?.filter(|entry| entry.mode.starts_with("100")) else {
        return Ok(Err("it stands in no plain file of the index"));
    };
    let text = store.read_file(&entry.id)?;
    if text.contains(&0) {
        return Ok(Err("the file is binary, or UTF-16"));
    }
    let yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    let language = match Language::of(path.as_bytes()) {
        Some(language) => language,
        None if yaml && is_manifest(&text) => Language::Kubernetes,
        None => {
            return Ok(Err(
                "a file of this kind cannot read the environment, as far as keystop knows",
            ));
        }
    };
    let work = match files::read(&tree.place(path)) {
        Ok(work) => work,
        Err(_) => return Ok(Err("the work tree has something else than a plain file there")),
    };
    Ok(Ok(Opened { path: path.to_owned(), language, entry, text, work }))
}

/// The match a finding stands for.
pub(super) fn at_place<'a>(
    matches: &'a [Match],
    text: &[u8],
    finding: &Finding,
) -> Option<&'a Match> {
    let mut position = Position::default();
    matches.iter().find(|found| {
        position.advance(text, found.span.start);
        (position.line, position.column) == (finding.line, finding.column)
            && found.detector.id == finding.detector.id
    })
}
