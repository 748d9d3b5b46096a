//! Whether a value stood there before, so that this commit does not bring it.

use std::collections::HashMap;

use anyhow::Result;

use crate::engine::View;
use crate::git::{Change, Kind, ObjectId, Store};
use crate::secret::Secret;

/// What a commit's files looked like before it. Read only once something was found.
pub struct Earlier<'a> {
    /// The parents' trees.
    pub bases: &'a [ObjectId],
    /// The blobs the commit takes away; asked for when a new path holds a key.
    pub removed: &'a mut dyn FnMut(&mut Store) -> Result<Vec<ObjectId>>,
    /// Files read so far.
    pub cache: &'a mut HashMap<ObjectId, Vec<u8>>,
}

impl Earlier<'_> {
    /// Whether `secret` stood in a version of this path before, or, where the path is new, in a
    /// file that the commit removes or changes (a rename with an edit, a file cut in two).
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
        if !change.old.is_empty() {
            return Ok(false);
        }
        for id in (self.removed)(store)? {
            if id == change.new || self.blob_holds(store, &id, secret)? {
                return Ok(true);
            }
        }
        self.is_copy(store, change)
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
            for entry in crate::git::entries(&object.data, tree.as_bytes().len()) {
                let entry = entry?;
                if entry.id == change.new {
                    return Ok(true);
                }
                if entry.mode == crate::git::Mode::Tree {
                    pending.push(entry.id);
                }
            }
        }
        Ok(false)
    }
}
