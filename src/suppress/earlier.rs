//! Whether a value stood there before, so that this commit does not bring it.

use std::collections::HashMap;

use anyhow::Result;

use crate::engine::View;
use crate::git::{Change, Kind, Mode, ObjectId, Removed, Store, entries};
use crate::secret::Secret;

/// What a commit's files looked like before it. Read only once something was found.
pub struct Earlier<'a> {
    /// The parents' trees.
    pub bases: &'a [ObjectId],
    /// What the commit deletes or changes; asked for when a key is new at its path.
    pub removed: &'a mut dyn FnMut(&mut Store) -> Result<Vec<Removed>>,
    /// Files read so far.
    pub cache: &'a mut HashMap<ObjectId, Vec<u8>>,
}

impl Earlier<'_> {
    /// Whether `secret` stood in a version of this path before, or was moved here out of a file
    /// that the commit deletes or cuts it out of, or the whole file is a copy.
    ///
    /// # Errors
    /// An old object that is there and cannot be read. One that is missing (partial clone) only
    /// means that the value counts as new.
    pub fn holds(&mut self, store: &mut Store, change: &Change, secret: &Secret) -> Result<bool> {
        for old in &change.old {
            if self.blob_holds(store, old, secret)? {
                return Ok(true);
            }
        }
        // What cannot be told to have moved counts as new: more is judged, never less.
        for Removed { old, now } in (self.removed)(store).unwrap_or_default() {
            let moved = self.blob_holds(store, &old, secret)?
                && match now {
                    Some(now) => !self.blob_holds(store, &now, secret)?,
                    None => true,
                };
            if moved {
                return Ok(true);
            }
        }
        Ok(change.old.is_empty() && self.is_copy(store, change)?)
    }

    fn blob_holds(&mut self, store: &mut Store, id: &ObjectId, secret: &Secret) -> Result<bool> {
        if !self.cache.contains_key(id) {
            let data = store.read_if_there(id)?.map_or_else(Vec::new, |object| object.data);
            // One file at a time is enough: findings come file by file.
            self.cache.clear();
            self.cache.insert(*id, data);
        }
        let Some(data) = self.cache.get(id) else { return Ok(false) };
        Ok(secret.stands_in(data)
            || View::utf16(data).is_some_and(|view| secret.stands_in(view.text())))
    }

    /// Whether the very blob stands elsewhere in a base: an exact copy brings no new content.
    fn is_copy(&self, store: &mut Store, change: &Change) -> Result<bool> {
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
                if entry.id == change.new {
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
