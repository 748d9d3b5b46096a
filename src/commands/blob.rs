//! A file's content together with what its path says of it.

use crate::engine;
use crate::git::{Change, ObjectId};

/// What the verdict on a file depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blob<'a> {
    /// The content.
    pub id: ObjectId,
    /// The path, if it names a provider and so may speak for values; else empty.
    pub context: &'a [u8],
}

/// Stands for a [`Blob`] in a set.
pub(super) type BlobKey = (ObjectId, Vec<u8>);

impl<'a> Blob<'a> {
    pub(super) fn of(change: &'a Change) -> Blob<'a> {
        Blob::at(change, engine::is_context(&change.path))
    }

    /// The same, where it is known whether the path names a provider.
    pub(super) fn at(change: &'a Change, is_context: bool) -> Blob<'a> {
        Blob { id: change.new, context: if is_context { &change.path } else { b"" } }
    }

    pub(super) fn key(&self) -> BlobKey {
        (self.id, self.context.to_vec())
    }
}
