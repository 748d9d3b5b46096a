//! Files: which are read, and how those are that would take much memory.

use std::io::Read;

use anyhow::Result;

use super::Store;
use super::limits::{SMALLEST_LIMIT, within};
use crate::git::content::Content;
use crate::git::{Kind, ObjectId};

/// From this size on, in bytes, a file is better not held as a whole. Those of tests are not so large.
const HUGE: u64 = if cfg!(debug_assertions) { 3 << 20 } else { 48 << 20 };

/// A file that is about to be looked at.
pub enum Opened {
    /// All of it.
    Held(Vec<u8>),
    /// One so large that it is better read piece by piece.
    Huge(Content),
}

impl Store {
    /// A file, if it is within the limit.
    ///
    /// # Errors
    /// As [`Store::read_as`], and a file over the limit: the error names the setting.
    pub fn open_file(&mut self, id: &ObjectId) -> Result<Opened> {
        let size = self.size(id)?.unwrap_or_default();
        if self.largest_file.is_some() || size > SMALLEST_LIMIT {
            within(size, self.largest_file()?, "`git config keystop.maxFileSize SIZE`")?;
        }
        match self.huge(id, size) {
            Some(content) => Ok(Opened::Huge(content)),
            None => self.read_as(id, Kind::Blob).map(Opened::Held),
        }
    }

    /// A file's content, if it is within the limit.
    ///
    /// # Errors
    /// As [`Store::open_file`].
    pub fn read_file(&mut self, id: &ObjectId) -> Result<Vec<u8>> {
        match self.open_file(id)? {
            Opened::Held(text) => Ok(text),
            Opened::Huge(content) => match whole(content) {
                Some(text) => Ok(text),
                None => self.read_as(id, Kind::Blob),
            },
        }
    }

    /// A huge file as it is inflated; `None` where it must be read as a whole: one that is broken
    /// or git's to read.
    fn huge(&mut self, id: &ObjectId, size: u64) -> Option<Content> {
        if size < HUGE {
            return None;
        }
        if let Ok(Some(content)) = self.libgit.as_mut()?.content(id) {
            return Some(content);
        }
        let packs = self.at_hand().packs;
        Content::packed(&packs, packs.place(id, 0)?)
    }

    /// A file's old version; `None` where it is missing (partial clone) or over the limit, so that
    /// it speaks for nothing.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    pub fn open_old(&mut self, id: &ObjectId) -> Result<Option<Opened>> {
        match self.size(id)? {
            Some(size) if size <= SMALLEST_LIMIT || size <= self.largest_file()? => {
                if let Some(content) = self.huge(id, size) {
                    return Ok(Some(Opened::Huge(content)));
                }
                Ok(self.read_if_there(id)?.map(|object| Opened::Held(object.data)))
            }
            _ => Ok(None),
        }
    }

    /// The content of a file's old version, as [`Store::open_old`].
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    pub fn read_old(&mut self, id: &ObjectId) -> Result<Option<Vec<u8>>> {
        Ok(match self.open_old(id)? {
            None => None,
            Some(Opened::Held(text)) => Some(text),
            Some(Opened::Huge(content)) => match whole(content) {
                Some(text) => Some(text),
                None => self.read_if_there(id)?.map(|object| object.data),
            },
        })
    }
}

/// All of it; `None` where it does not read well, which another reader tells better.
fn whole(mut content: Content) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    // One byte more than there is, so that nothing grows to find the end.
    text.try_reserve_exact(usize::try_from(content.left()).ok()? + 1).ok()?;
    content.read_to_end(&mut text).ok()?;
    Some(text)
}
