//! The versions of the allow file that a run asks: each is read once.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Result;

use crate::engine;
use crate::git::{Change, ObjectId, Store, work_tree_copy};
use crate::suppress::{ALLOW_FILE, AllowFile};

/// From this size on, in bytes, what changed in the file is looked at first.
const LONG: usize = 32 * 1024;

/// By their blobs.
#[derive(Debug, Default)]
pub(super) struct Versions(HashMap<ObjectId, Version>);

#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) file: Arc<AllowFile>,
    /// Whether the work tree's file is this one.
    pub(super) is_checked_out: bool,
}

impl Versions {
    /// Reads a version.
    ///
    /// # Errors
    /// A blob that cannot be read; a bad line, by its number.
    pub(super) fn read(&mut self, store: &mut Store, id: &ObjectId) -> Result<Version> {
        if let Some(known) = self.0.get(id) {
            return Ok(known.clone());
        }
        // What fails here may have been changed on its way to the work tree: the blob says it.
        let copy = work_tree_copy(store, ALLOW_FILE, id);
        let copy = copy.and_then(|text| AllowFile::parse(text).ok());
        let is_checked_out = copy.is_some();
        let file = match copy {
            Some(file) => file,
            None => AllowFile::parse(store.read_file(id)?)?,
        };
        Ok(self.keep(*id, file, is_checked_out))
    }

    fn keep(&mut self, id: ObjectId, file: AllowFile, is_checked_out: bool) -> Version {
        let version = Version { file: Arc::new(file), is_checked_out };
        self.0.insert(id, version.clone());
        version
    }

    /// Reads a version that is replaced: `None` where it was no allow file, or is not here.
    ///
    /// # Errors
    /// A blob that is here and cannot be read.
    pub(super) fn read_old(
        &mut self,
        store: &mut Store,
        id: &ObjectId,
    ) -> Result<Option<Arc<AllowFile>>> {
        if let Some(known) = self.0.get(id) {
            return Ok(Some(known.file.clone()));
        }
        let file = store.read_old(id)?.and_then(|text| AllowFile::parse(text).ok());
        Ok(file.map(|file| self.keep(*id, file, false).file))
    }

    /// Whether a change brings a long allow file in whose new lines nothing stands. Ten thousand
    /// lines name kinds of keys; those that stood there before need not be judged anew.
    ///
    /// # Errors
    /// A blob that cannot be read, a text that cannot be scanned.
    pub(super) fn brings_nothing(
        &mut self,
        store: &mut Store,
        change: &Change,
        text: &[u8],
    ) -> Result<bool> {
        let (true, [old]) = (is_long(change, text), &change.old[..]) else { return Ok(false) };
        let Ok(new) = AllowFile::parse(text.to_vec()) else { return Ok(false) };
        let new = self.keep(change.new, new, false).file;
        let Some(old) = self.read_old(store, old)? else { return Ok(false) };
        let Some(lines) = new.lines_without(&old) else { return Ok(false) };
        Ok(engine::scan(&change.path, lines.as_bytes())?.is_empty())
    }
}

fn is_long(change: &Change, text: &[u8]) -> bool {
    text.len() >= LONG && change.path == ALLOW_FILE.as_bytes()
}
