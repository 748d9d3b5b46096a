//! What differs between trees, found by their ids: equal ids are skipped unread.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};

use super::object::{Entry, Kind, Mode, Object, ObjectId, entry};
use super::store::Store;
use crate::kept::common_prefix;

/// A file that stands in a tree and in none of its bases as it is now.
#[derive(Debug, Clone)]
pub struct Change {
    /// The path from the root, in git's bytes.
    pub path: Vec<u8>,
    /// What stands there now.
    pub new: ObjectId,
    /// What stood there, one for each base that had a file there.
    pub old: Vec<ObjectId>,
}

/// Folders still to be compared.
struct Pending {
    prefix: Vec<u8>,
    new: ObjectId,
    bases: Vec<ObjectId>,
}

/// Calls `judge` for every file of `new` that is in none of `bases` with the same id.
///
/// A missing tree of a base (partial clone) counts as empty: more is judged, never less.
///
/// # Errors
/// A tree of `new` that cannot be read, and whatever `judge` fails with.
pub fn walk(
    store: &mut Store,
    new: ObjectId,
    bases: &[ObjectId],
    mut judge: impl FnMut(&mut Store, Change) -> Result<()>,
) -> Result<()> {
    if bases.contains(&new) {
        return Ok(());
    }
    // A stack of our own: a tree may be deeper than a thread's.
    let mut pending = vec![Pending { prefix: Vec::new(), new, bases: bases.to_vec() }];
    while let Some(folder) = pending.pop() {
        let hash = folder.new.as_bytes().len();
        let shown = || format!("reading folder {}", folder.prefix.escape_ascii());
        let now = match store.read_shared(&folder.new).with_context(shown)? {
            Some(tree) if tree.kind == Kind::Tree => tree,
            // Missing, or no tree: the error says which.
            _ => Arc::new(Object {
                kind: Kind::Tree,
                data: store.read_as(&folder.new, Kind::Tree).with_context(shown)?,
            }),
        };
        let mut before = Vec::with_capacity(folder.bases.len());
        for base in &folder.bases {
            before.extend(store.read_shared(base)?);
        }
        let mut sides: Vec<Side> =
            before.iter().map(|tree| Side { rest: &tree.data, hash }).collect();
        let first = pending.len();
        let mut rest = &now.data[..];
        loop {
            // Nearly every entry stands in a base as it is, and at the same place.
            for side in &mut sides {
                rest = side.skip_common(rest);
            }
            if rest.is_empty() {
                break;
            }
            let (entry, behind) = entry(rest, hash).with_context(shown)?;
            rest = behind;
            let mut old = Vec::new();
            for side in &mut sides {
                old.extend(side.same_name(&entry)?);
            }
            if old.contains(&entry.id) || entry.mode == Mode::Submodule {
                continue;
            }
            let path = [&folder.prefix[..], entry.name].concat();
            if entry.mode == Mode::Tree {
                let prefix = [&path[..], b"/"].concat();
                pending.push(Pending { prefix, new: entry.id, bases: old });
            } else {
                judge(store, Change { path, new: entry.id, old })?;
            }
        }
        // The stack gives the last one first; a report should follow the names.
        pending[first..].reverse();
    }
    Ok(())
}

/// A file's version that a commit takes away.
#[derive(Debug, Clone)]
pub struct Removed {
    /// What stood there.
    pub old: ObjectId,
    /// What stands at the same path now, if the file was changed and not deleted.
    pub now: Option<ObjectId>,
}

/// What stood in `bases` and is deleted or changed in `new`.
///
/// # Errors
/// A tree that cannot be read.
pub fn removed(store: &mut Store, bases: &[ObjectId], new: ObjectId) -> Result<Vec<Removed>> {
    let mut removed = Vec::new();
    for base in bases {
        walk(store, *base, &[new], |_, change| {
            removed.push(Removed { old: change.new, now: change.old.first().copied() });
            Ok(())
        })?;
    }
    Ok(removed)
}

/// The plain file at the top of a tree under this name, if anything stands there.
///
/// # Errors
/// Something else of this name: a link, a folder; a tree that cannot be read.
pub fn file_at_top(store: &mut Store, tree: ObjectId, name: &str) -> Result<Option<ObjectId>> {
    let data = store.read_as(&tree, Kind::Tree)?;
    let mut rest = &data[..];
    while !rest.is_empty() {
        let (next, behind) = entry(rest, tree.as_bytes().len())?;
        if next.name == name.as_bytes() {
            ensure!(rest.starts_with(b"100"), "{name} must be a file, not a link or a folder");
            return Ok(Some(next.id));
        }
        rest = behind;
    }
    Ok(None)
}

/// Whether something of this name stands at the top of a tree; not where the tree is missing. The
/// tree is kept for whoever walks it next, so that the question costs nearly nothing.
///
/// # Errors
/// A tree that cannot be read.
pub fn has_at_top(store: &mut Store, tree: ObjectId, name: &str) -> Result<bool> {
    let entry = [b" ", name.as_bytes(), b"\0"].concat();
    let tree = store.read_shared(&tree)?;
    // An id may hold these bytes too: whoever reads the file then finds none.
    Ok(tree.is_some_and(|tree| memchr::memmem::find(&tree.data, &entry).is_some()))
}

/// One base's folder, read in step with the new one: both are in git's order.
struct Side<'a> {
    rest: &'a [u8],
    hash: usize,
}

impl Side<'_> {
    /// Passes the entries that stand next on both sides, the same to the last bit, and returns what
    /// is left of the other side's.
    fn skip_common<'t>(&mut self, other: &'t [u8]) -> &'t [u8] {
        let common = common_prefix(self.rest, other);
        if common == other.len() && common == self.rest.len() {
            return &[];
        }
        // Whole entries only.
        let mut passed = 0;
        while let Some(nul) = memchr::memchr(0, &other[passed..common]) {
            let end = passed + nul + 1 + self.hash;
            if end > common {
                break;
            }
            passed = end;
        }
        self.rest = &self.rest[passed..];
        &other[passed..]
    }

    /// The entry of the same name and sort (file or folder), if this side has one.
    fn same_name(&mut self, wanted: &Entry) -> Result<Option<ObjectId>> {
        while !self.rest.is_empty() {
            let (next, behind) = entry(self.rest, self.hash)?;
            match order(&next, wanted) {
                std::cmp::Ordering::Less => self.rest = behind,
                std::cmp::Ordering::Equal => {
                    self.rest = behind;
                    return Ok(Some(next.id));
                }
                std::cmp::Ordering::Greater => break,
            }
        }
        Ok(None)
    }
}

/// Git orders a folder as if its name ended in a slash.
fn order(one: &Entry, other: &Entry) -> std::cmp::Ordering {
    let slash = |entry: &Entry| (entry.mode == Mode::Tree).then_some(b'/');
    let key =
        |entry: &Entry<'_>| entry.name.iter().copied().chain(slash(entry)).collect::<Vec<u8>>();
    let common = one.name.len().min(other.name.len());
    one.name[..common].cmp(&other.name[..common]).then_with(|| key(one).cmp(&key(other)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Entries whose ids are full of what ends a name.
    fn tree() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let entry = (0..4u8, prop::collection::vec(prop_oneof![Just(0), Just(b' ')], 20))
            .prop_map(|(name, id)| [&b"100644 "[..], &[b'a' + name, 0], &id].concat());
        prop::collection::vec(entry, 0..9)
    }

    proptest! {
        #[test]
        fn the_common_entries_are_passed_and_no_piece_of_another(one in tree(), other in tree()) {
            let (one_data, other_data) = (one.concat(), other.concat());
            let mut side = Side { rest: &one_data, hash: 20 };
            let left = side.skip_common(&other_data);
            let common = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
            prop_assert_eq!(left, other[common..].concat());
            if !left.is_empty() {
                prop_assert_eq!(side.rest, one[common..].concat());
            }
        }

        #[test]
        fn the_common_prefix_is_as_long_as_it_is(
            common in prop::collection::vec(any::<u8>(), 0..100),
            one in prop::collection::vec(0..9u8, 0..40),
            other in prop::collection::vec(9..20u8, 0..40),
        ) {
            let length = common.len();
            prop_assert_eq!(
                common_prefix(&[&common[..], &one].concat(), &[common.clone(), other].concat()),
                length
            );
        }
    }

    #[test]
    fn a_missing_entry_is_found_although_what_follows_is_the_same() {
        let entry = |name: &str, id: u8| [name.as_bytes(), &[0], &[id; 20]].concat();
        let base = [entry("100644 a", 1), entry("40000 b", 2), entry("100644 c", 3)].concat();
        let mut side = Side { rest: &base, hash: 20 };
        let find = |side: &mut Side, name: &str, id: u8| {
            let data = entry(name, id);
            let (entry, _) = super::entry(&data, 20).unwrap();
            side.same_name(&entry).unwrap().map(|id| id.as_bytes()[0])
        };
        assert_eq!(find(&mut side, "100644 a", 9), Some(1));
        assert_eq!(find(&mut side, "100644 b", 9), None);
        assert_eq!(find(&mut side, "40000 b", 9), Some(2));
        assert_eq!(side.rest, entry("100644 c", 3));
        assert_eq!(find(&mut side, "100644 d", 9), None);
    }
}
