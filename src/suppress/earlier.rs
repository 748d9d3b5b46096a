//! Whether a value stood there before, so that this commit does not bring it.

use std::collections::HashSet;

use anyhow::Result;

use crate::decode::{self, Allowance, LARGEST_ARCHIVE};
use crate::git::{Change, Content, Kind, Mode, ObjectId, Opened, Removed, Store, entries};
use crate::secret::{Secret, Secrets};

/// What stood before a commit, asked only once something was found in it. Every answer is computed
/// once, for all values of the commit together.
pub struct Earlier<'a> {
    /// The parents' trees.
    bases: &'a [ObjectId],
    /// What the commit deletes or changes; asked for when a key is new at its path.
    removed: &'a mut dyn FnMut(&mut Store) -> Result<Vec<Removed>>,
    /// The values found in the commit.
    secrets: Secrets,
    /// The blobs they were found in.
    blobs: HashSet<ObjectId>,
    /// Values in the old versions of one changed file: the one asked about last.
    own: Option<Own>,
    moved: Option<HashSet<usize>>,
    copied: Option<HashSet<ObjectId>>,
}

/// What stands in the old versions of a file.
struct Own {
    path: Vec<u8>,
    held: HashSet<usize>,
    /// Whether what is encoded or packed in them was read too: most values stand there plainly.
    is_decoded: bool,
}

impl<'a> Earlier<'a> {
    /// For a commit whose parents' trees are `bases`, in whose blobs some secrets were found.
    ///
    /// # Errors
    /// Values that cannot be searched for together.
    pub fn new<'s>(
        bases: &'a [ObjectId],
        removed: &'a mut dyn FnMut(&mut Store) -> Result<Vec<Removed>>,
        secrets: impl Iterator<Item = &'s Secret>,
        blobs: impl Iterator<Item = ObjectId>,
    ) -> Result<Self> {
        Ok(Earlier {
            bases,
            removed,
            secrets: Secrets::new(secrets)?,
            blobs: blobs.collect(),
            own: None,
            moved: None,
            copied: None,
        })
    }

    /// Whether `secret`, found in `change`, stood in a version of this path before, or was moved
    /// here out of a file that the commit deletes or cuts it out of, or the whole file is a copy.
    ///
    /// # Errors
    /// An old object that is there and cannot be read. One that is missing (partial clone) or over
    /// the limit only means that the value counts as new.
    pub fn holds(&mut self, store: &mut Store, change: &Change, secret: &Secret) -> Result<bool> {
        let Some(number) = self.secrets.number(secret) else { return Ok(false) };
        let mut own = match self.own.take() {
            Some(own) if own.path == change.path => own,
            _ => {
                let mut held = HashSet::new();
                for old in &change.old {
                    match store.open_old(old)? {
                        Some(Opened::Held(data)) => held.extend(self.secrets.standing_in(&data)),
                        Some(Opened::Huge(content)) => {
                            held.extend(self.plainly_in(store, old, content)?);
                        }
                        None => {}
                    }
                }
                Own { path: change.path.clone(), held, is_decoded: false }
            }
        };
        if !own.is_decoded && !own.held.contains(&number) {
            own.is_decoded = true;
            for old in &change.old {
                own.held.extend(self.standing_in(store, old)?);
            }
        }
        let stood = own.held.contains(&number);
        self.own = Some(own);
        if stood {
            return Ok(true);
        }
        if self.moved.is_none() {
            self.moved = Some(self.moved(store)?);
        }
        if self.moved.as_ref().is_some_and(|moved| moved.contains(&number)) {
            return Ok(true);
        }
        if self.copied.is_none() {
            self.copied = Some(self.copied(store)?);
        }
        Ok(self.copied.as_ref().is_some_and(|copied| copied.contains(&change.new)))
    }

    /// The values that a file held which the commit deletes, or changes so that it holds them no
    /// longer.
    fn moved(&mut self, store: &mut Store) -> Result<HashSet<usize>> {
        let mut moved = HashSet::new();
        // What cannot be told to have moved counts as new: more is judged, never less.
        for Removed { old, now } in (self.removed)(store).unwrap_or_default() {
            let mut gone = self.standing_in(store, &old)?;
            if let Some(now) = now.filter(|_| !gone.is_empty()) {
                let kept = self.standing_in(store, &now)?;
                gone.retain(|number| !kept.contains(number));
            }
            moved.extend(gone);
        }
        Ok(moved)
    }

    fn standing_in(&self, store: &mut Store, id: &ObjectId) -> Result<HashSet<usize>> {
        let mut held = HashSet::new();
        match store.open_old(id)? {
            Some(Opened::Held(data)) => {
                let mut ask = || Ok(store.archive_limit()?.unwrap_or(LARGEST_ARCHIVE));
                decode::every_text(&data, &mut Allowance::asking(&mut ask), &mut |text| {
                    held.extend(self.secrets.standing_in(text));
                });
            }
            Some(Opened::Huge(content)) => held = self.plainly_in(store, id, content)?,
            None => {}
        }
        Ok(held)
    }

    /// The same for a huge file. What is encoded or packed there is not read: what it held counts as
    /// new.
    fn plainly_in(
        &self,
        store: &mut Store,
        id: &ObjectId,
        content: Content,
    ) -> Result<HashSet<usize>> {
        if let Ok(held) = self.secrets.standing_in_all_of(content) {
            return Ok(held);
        }
        let text = store.read_old(id)?.unwrap_or_default();
        Ok(self.secrets.standing_in(&text))
    }

    /// Which of the blobs stand somewhere in a base: an exact copy brings no new content.
    fn copied(&self, store: &mut Store) -> Result<HashSet<ObjectId>> {
        let mut copied = HashSet::new();
        let mut pending = self.bases.to_vec();
        let mut seen = HashSet::new();
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
                match entry.mode {
                    Mode::Tree => pending.push(entry.id),
                    _ if self.blobs.contains(&entry.id) => {
                        copied.insert(entry.id);
                    }
                    _ => {}
                }
            }
        }
        Ok(copied)
    }
}
