//! How a commit of the past stands today: what a branch made of its files, and whether it is out.

use anyhow::Result;

use super::object::{Commit, Kind, ObjectId};
use super::program::run;
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

/// A remote-tracking ref that holds the commit, such as `origin/main`.
///
/// # Errors
/// What git says.
pub fn on_remote(commit: &ObjectId) -> Result<Option<String>> {
    let contains = format!("--contains={commit}");
    let format = "--format=%(refname:lstrip=2)";
    let out = run(&["for-each-ref", "--count=1", format, &contains, "refs/remotes"], None)?;
    let name = String::from_utf8_lossy(out.trim_ascii_end()).into_owned();
    Ok((!name.is_empty()).then_some(name))
}
