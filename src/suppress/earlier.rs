//! Whether a value stood there before, so that this commit does not bring it.

use std::collections::HashMap;

use anyhow::Result;

use crate::engine::View;
use crate::git::{Change, Kind, Mode, ObjectId, Removed, Store, entries};
use crate::secret::Secret;

/// Old versions of files, kept while they may be asked about again.
#[derive(Debug, Default)]
pub struct OldFiles {
    files: HashMap<ObjectId, Vec<u8>>,
    bytes: usize,
}

impl OldFiles {
    /// What is kept at most, in bytes, beside the file in hand.
    const MOST: usize = 64 << 20;

    fn hold(&mut self, store: &mut Store, id: &ObjectId, secret: &Secret) -> Result<bool> {
        if !self.files.contains_key(id) {
            let data = store.read_if_there(id)?.map_or_else(Vec::new, |object| object.data);
            if self.bytes + data.len() > Self::MOST {
                self.files.clear();
                self.bytes = 0;
            }
            self.bytes += data.len();
            self.files.insert(*id, data);
        }
        let Some(data) = self.files.get(id) else { return Ok(false) };
        Ok(secret.stands_in(data)
            || memchr::memchr(0, data).is_some()
                && View::utf16(data).is_some_and(|view| secret.stands_in(view.text())))
    }
}

/// What stood before a change. Read only once something was found.
pub struct Earlier<'a> {
    change: &'a Change,
    /// The parents' trees.
    bases: &'a [ObjectId],
    /// What the commit deletes or changes; asked for when a key is new at its path.
    removed: &'a mut dyn FnMut(&mut Store) -> Result<Vec<Removed>>,
    files: &'a mut OldFiles,
    /// The answers that are the same for every key of the file.
    removed_before: Option<Vec<Removed>>,
    copied: Option<bool>,
}

impl<'a> Earlier<'a> {
    /// For one changed file of a commit whose parents' trees are `bases`.
    pub fn new(
        change: &'a Change,
        bases: &'a [ObjectId],
        removed: &'a mut dyn FnMut(&mut Store) -> Result<Vec<Removed>>,
        files: &'a mut OldFiles,
    ) -> Self {
        Earlier { change, bases, removed, files, removed_before: None, copied: None }
    }

    /// Whether `secret` stood in a version of this path before, or was moved here out of a file
    /// that the commit deletes or cuts it out of, or the whole file is a copy.
    ///
    /// # Errors
    /// An old object that is there and cannot be read. One that is missing (partial clone) only
    /// means that the value counts as new.
    pub fn holds(&mut self, store: &mut Store, secret: &Secret) -> Result<bool> {
        for old in &self.change.old {
            if self.files.hold(store, old, secret)? {
                return Ok(true);
            }
        }
        // What cannot be told to have moved counts as new: more is judged, never less.
        let removed =
            self.removed_before.get_or_insert_with(|| (self.removed)(store).unwrap_or_default());
        for Removed { old, now } in removed {
            let moved = self.files.hold(store, old, secret)?
                && match now {
                    Some(now) => !self.files.hold(store, now, secret)?,
                    None => true,
                };
            if moved {
                return Ok(true);
            }
        }
        if let Some(copied) = self.copied {
            return Ok(copied);
        }
        let copied = self.change.old.is_empty() && self.is_copy(store)?;
        self.copied = Some(copied);
        Ok(copied)
    }

    /// Whether the very blob stands elsewhere in a base: an exact copy brings no new content.
    fn is_copy(&self, store: &mut Store) -> Result<bool> {
        let mut pending = self.bases.to_vec();
        let mut seen = std::collections::HashSet::new();
        while let Some(tree) = pending.pop() {
            if !seen.insert(tree) {
                continue;
            }
            let Some(object) = store.read_if_there(&tree)? else { continue };
            if object.kind != Kind::Tree {
                continue;
            }
            for entry in entries(&object.data, tree.as_bytes().len()) {
                let entry = entry?;
                if entry.id == self.change.new {
                    return Ok(true);
                }
                if entry.mode == Mode::Tree {
                    pending.push(entry.id);
                }
            }
        }
        Ok(false)
    }
}
