//! Which of the keys of a history stand in HEAD today.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use anyhow::Result;

use super::Value;
use crate::commands::blob::{Blob, BlobKey};
use crate::commands::prescan;
use crate::engine::{self, Match};
use crate::finding::Now;
use crate::git::{Change, IdSet, ObjectId, Opened, Store, walk};
use crate::secret::Secrets;

/// A value of so many bytes is looked for as it stands, also where no detector would see it;
/// a shorter one, such as a password that is a word, may stand there for itself.
const LONG: usize = 16;

/// HEAD's files, and what stands in them.
#[derive(Default)]
pub(super) struct Head {
    blobs: IdSet<ObjectId>,
    paths: HashSet<Vec<u8>>,
    live: HashSet<Value>,
    /// What detectors see in those files that hold anything.
    at: HashMap<Vec<u8>, HashSet<Value>>,
}

impl Head {
    /// Looks for `values` in the files of a commit; those that are clean hold none that a detector
    /// sees.
    pub(super) fn look<'a>(
        store: &mut Store,
        head: Option<ObjectId>,
        is_clean: &(impl Fn(&BlobKey) -> bool + Sync),
        values: impl Iterator<Item = &'a Value> + Clone,
    ) -> Result<Head> {
        let mut found = Head::default();
        let tree = match head {
            Some(head) => store.tree_of(&head)?,
            None => None,
        };
        let Some(tree) = tree else { return Ok(found) };
        let mut files: Vec<Change> = Vec::new();
        walk(store, tree, &[], |_, change| {
            found.blobs.insert(change.new);
            found.paths.insert(change.path.clone());
            files.push(change);
            Ok(())
        })?;
        let wanted: HashSet<&Value> = values.clone().collect();
        let long: Vec<&Value> = { values }.filter(|(_, secret)| secret.len() >= LONG).collect();
        let secrets = Secrets::new(long.iter().map(|(_, secret)| secret))?;
        let found = Mutex::new(found);
        let note = |file: &Change, standing: HashSet<usize>, matches: Vec<Match>| {
            let seen: HashSet<Value> = { matches.into_iter() }
                .map(|found| (found.detector.index, found.secret))
                .filter(|value| wanted.contains(value))
                .collect();
            if seen.is_empty() && standing.is_empty() {
                return;
            }
            if let Ok(mut found) = found.lock() {
                let is_there = |value: &&&Value| {
                    secrets.number(&value.1).is_some_and(|number| standing.contains(&number))
                };
                found.live.extend(long.iter().filter(is_there).map(|value| (**value).clone()));
                found.live.extend(seen.iter().cloned());
                found.at.insert(file.path.clone(), seen);
            }
        };
        let look = |number: usize, text: &[u8]| {
            let file = &files[number];
            // One that cannot be judged was judged before, and its error told.
            let matches = if is_clean(&Blob::of(file).key()) {
                Vec::new()
            } else {
                engine::scan(&file.path, text).unwrap_or_default()
            };
            note(file, secrets.standing_in(text), matches);
        };
        let ids: Vec<ObjectId> = files.iter().map(|file| file.new).collect();
        for number in prescan::visit(&store.at_hand().packs, &ids, &look) {
            let (id, file) = (&ids[number], &files[number]);
            if is_clean(&Blob::of(file).key())
                && let Some(Opened::Huge(content)) = store.open_old(id)?
                && let Ok(standing) = secrets.standing_in_all_of(content)
            {
                note(file, standing, Vec::new());
            } else if let Some(text) = store.read_old(id)? {
                look(number, &text);
            }
        }
        Ok(found.into_inner().unwrap_or_default())
    }

    /// Whether a value stands in any file.
    pub(super) fn has(&self, value: &Value) -> bool {
        self.live.contains(value)
    }

    /// Whether a content is that of a file.
    pub(super) fn holds(&self, blob: &ObjectId) -> bool {
        self.blobs.contains(blob)
    }

    /// What is at a path in which a value stood once.
    pub(super) fn at(&self, path: &[u8], value: &Value) -> Now {
        if self.at.get(path).is_some_and(|seen| seen.contains(value)) {
            Now::Same
        } else if self.paths.contains(path) {
            Now::Changed
        } else {
            Now::Deleted
        }
    }
}
