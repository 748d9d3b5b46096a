//! The changed files of one commit, judged together.

use anyhow::Result;

use super::archive::Packed;
use super::blob::{Blob, BlobKey};
use super::judge::{Judge, all_in};
use super::pieces;
use crate::decode::Allowance;
use crate::engine::Match;
use crate::finding::{Place, Source};
use crate::git::{Change, ObjectId, Opened, Removed, Store};
use crate::redaction;
use crate::suppress::Earlier;

/// The files of one commit that are being judged: first each is looked at, then what was found is
/// compared with what stood before, all of it together.
pub(super) struct Judged<'a> {
    commit: Option<ObjectId>,
    /// The parents' trees.
    bases: &'a [ObjectId],
    /// Where something was found: in the text itself, or packed in it.
    found: Vec<(Change, Vec<Match>, Packed)>,
    /// Whether new names are judged here.
    pub(super) names: bool,
}

impl<'a> Judged<'a> {
    pub(super) fn new(commit: Option<ObjectId>, bases: &'a [ObjectId]) -> Judged<'a> {
        Judged { commit, bases, found: Vec::new(), names: true }
    }

    /// One changed file: its name, where that is new, and its content.
    pub(super) fn look(&mut self, judge: &mut Judge, store: &mut Store, change: Change) {
        if judge.is_out_of_time() {
            return;
        }
        let path = change.path.clone();
        if let Err(error) = self.try_look(judge, store, change) {
            judge.failed(&error.context(redaction::visible(&path)));
        }
    }

    fn try_look(&mut self, judge: &mut Judge, store: &mut Store, change: Change) -> Result<()> {
        if self.names && change.old.is_empty() {
            judge.file_name(&change.path, self.commit)?;
        }
        if !judge.holds(&change.new) {
            return Ok(());
        }
        let key = Blob::of(&change).key();
        if judge.is_clean(&key) {
            return Ok(());
        }
        let text = match store.open_file(&change.new)? {
            Opened::Held(text) => text,
            Opened::Huge(content) => {
                let size = content.left();
                let found = pieces::look(&self.source(&change), content, judge.deadline);
                if let Some(found) = found {
                    let packed = Packed { found, ..Packed::default() };
                    return self.looked(judge, (change, key), size, Vec::new(), packed);
                }
                store.read_file(&change.new)?
            }
        };
        if judge.excuses.versions.brings_nothing(store, &change, &text)? {
            judge.report.judged.files += 1;
            judge.report.judged.bytes += text.len() as u64;
            return Ok(());
        }
        let (matches, packed) = match judge.matched.remove(&key) {
            Some(matches) => (matches, Packed::default()),
            None => {
                let settings = judge.settings.clone();
                let mut ask = || settings.largest_archive(store.archive_limit()?);
                let mut allowance = Allowance::asking(&mut ask);
                all_in(&self.source(&change), &text, &mut allowance)?
            }
        };
        self.looked(judge, (change, key), text.len() as u64, matches, packed)
    }

    /// Notes what stands in a file of `size` bytes.
    fn looked(
        &mut self,
        judge: &mut Judge,
        (change, key): (Change, BlobKey),
        size: u64,
        matches: Vec<Match>,
        mut packed: Packed,
    ) -> Result<()> {
        // Whoever meets it again has to say so again.
        let is_closed = !packed.closed.is_empty();
        judge.report.closed.append(&mut packed.closed);
        judge.report.judged.files += 1;
        judge.report.judged.bytes += size;
        let error = packed.error.take();
        if !matches.is_empty() || !packed.found.is_empty() {
            self.found.push((change, matches, packed));
        } else if error.is_none() && is_closed {
            judge.clean.insert(key);
        } else if error.is_none() {
            judge.found_clean(key);
        }
        error.map_or(Ok(()), Err)
    }

    fn source(&self, change: &Change) -> Source {
        let source = Source::new(Place::File, &change.path);
        let source = source.in_commit(self.commit, self.bases.is_empty());
        Source { blob: Some(change.new), ..source }
    }

    /// Reports what is new. `removed` lists what the commit deletes or changes.
    ///
    /// # Errors
    /// Values that cannot be searched for together.
    pub(super) fn tell(
        self,
        judge: &mut Judge,
        store: &mut Store,
        removed: &mut dyn FnMut(&mut Store) -> Result<Vec<Removed>>,
    ) -> Result<()> {
        if self.found.is_empty() {
            return Ok(());
        }
        let secrets = self.found.iter().flat_map(|(_, matches, packed)| {
            let packed = packed.found.iter().map(|found| &found.secret);
            matches.iter().map(|found| &found.secret).chain(packed)
        });
        let blobs = self.found.iter().map(|(change, ..)| change.new);
        let mut earlier = Earlier::new(self.bases, removed, secrets, blobs)?;
        for (change, matches, packed) in &self.found {
            let source = self.source(change);
            // Read again: the texts of very many files would not fit in memory together.
            let told = if matches.is_empty() {
                Ok(())
            } else {
                store.read_file(&change.new).and_then(|text| {
                    judge.matches(&source, &text, matches, &mut |found| {
                        earlier.holds(store, change, &found.secret)
                    })
                })
            };
            let told = told.and_then(|()| {
                judge.members(&source, &packed.found, &mut |secret| {
                    earlier.holds(store, change, secret)
                })
            });
            if let Err(error) = told {
                judge.failed(&error.context(redaction::visible(&change.path)));
            }
        }
        Ok(())
    }
}
