//! What a fix did, so that it can be undone. No key is in it: the values are in `.env`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::files;
use super::rewrite::{Edit, apply};
use crate::git::WorkTree;

/// What a fix did.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) files: Vec<FileRecord>,
    /// Variables whose lines were added to `.env`.
    pub(super) env: Vec<String>,
    /// Lines that were added to `.env.example`.
    pub(super) example: Vec<String>,
    /// Lines that were added to `.gitignore`.
    pub(super) ignore: Vec<String>,
}

/// What was done to a file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FileRecord {
    pub(super) path: String,
    /// In the index.
    pub(super) staged: Change,
    /// In the work tree.
    pub(super) work: Option<Change>,
}

/// The way back from a content.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Change {
    /// SHA-256 of the changed content: only that is changed back.
    after: String,
    places: Vec<Place>,
}

/// A changed place of the new content.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    start: usize,
    length: usize,
    /// What stood before the key, and after it.
    before: String,
    behind: String,
    /// The variable that has the key, where one stood there.
    variable: Option<String>,
}

impl Change {
    /// The way back from `apply(text, edits)`. `names` are the variables of the edits.
    pub(super) fn new(text: &[u8], edits: &[(Edit, String)]) -> Change {
        let plain: Vec<Edit> = edits.iter().map(|(edit, _)| edit.clone()).collect();
        let (after, places) = apply(text, &plain);
        let said =
            |range: std::ops::Range<usize>| String::from_utf8_lossy(&text[range]).into_owned();
        let places = edits
            .iter()
            .zip(places)
            .map(|((edit, variable), place)| {
                let key = edit.key.clone();
                let (start, end) = key
                    .as_ref()
                    .map_or((edit.range.end, edit.range.end), |key| (key.start, key.end));
                Place {
                    start: place.start,
                    length: place.len(),
                    before: said(edit.range.start..start),
                    behind: said(end..edit.range.end),
                    variable: key.map(|_| variable.clone()),
                }
            })
            .collect();
        Change { after: digest(&after), places }
    }

    /// The content before the fix; `None` where it was changed since.
    pub(super) fn back(
        &self,
        content: &[u8],
        value: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Option<Vec<u8>>> {
        if digest(content) != self.after {
            return Ok(None);
        }
        let mut old = Vec::with_capacity(content.len());
        let mut at = 0;
        for place in &self.places {
            old.extend_from_slice(content.get(at..place.start).context("the record is damaged")?);
            old.extend_from_slice(place.before.as_bytes());
            if let Some(variable) = &place.variable {
                let value = value(variable);
                old.extend_from_slice(
                    &value.with_context(|| format!(".env no longer has {variable}"))?,
                );
            }
            old.extend_from_slice(place.behind.as_bytes());
            at = place.start + place.length;
        }
        old.extend_from_slice(content.get(at..).context("the record is damaged")?);
        Ok(Some(old))
    }

    /// Whether the keys stand in a content again. A value that `.env` no longer has left it after
    /// all of them were put back.
    pub(super) fn is_back(&self, content: &[u8], value: &dyn Fn(&str) -> Option<Vec<u8>>) -> bool {
        self.places
            .iter()
            .filter_map(|place| value(place.variable.as_ref()?))
            .all(|value| memchr::memmem::find(content, &value).is_some())
    }
}

fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Record {
    /// The records that are there: each fix adds one, each undo takes the last away.
    fn place(tree: &WorkTree, number: usize) -> PathBuf {
        tree.private.join(format!("fix-{number}.json"))
    }

    fn count(tree: &WorkTree) -> usize {
        (1..).take_while(|&number| Record::place(tree, number).exists()).count()
    }

    pub(super) fn write(&self, tree: &WorkTree) -> Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        let place = Record::place(tree, Record::count(tree) + 1);
        files::replace(&place, &text, &tree.private, true)
    }

    /// The last fix that is not undone.
    pub(super) fn read(tree: &WorkTree) -> Result<Record> {
        let Some(text) = files::read(&Record::place(tree, Record::count(tree)))? else {
            bail!("there is no fix to undo here");
        };
        serde_json::from_slice(&text).context("reading what the last fix did")
    }

    pub(super) fn remove(&self, tree: &WorkTree) -> Result<()> {
        files::remove(&Record::place(tree, Record::count(tree)))
    }
}
