//! What a branch made of the files of a commit of the past.

use anyhow::Result;

use super::object::{Commit, Kind, ObjectId};
use super::staged::file_at;
use super::store::Store;

/// The blob at `path` in a commit, if one is there.
///
/// # Errors
/// A commit or tree that cannot be read.
pub fn file_in(store: &mut Store, commit: &ObjectId, path: &[u8]) -> Result<Option<ObjectId>> {
    let tree = Commit::parse(&store.read_as(commit, Kind::Commit)?)?.tree;
    file_at(store, tree, path)
}
