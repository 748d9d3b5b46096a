//! Which commits some commits reach and others do not.

use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result};

use super::id_map::IdMap;
use super::object::{Commit, Kind, Object, ObjectId};
use super::store::Store;

/// So many hidden commits are passed that are older than every wanted one: a commit may be dated
/// before its parent. As git does it; a clock that is further off means that more is judged.
const SLOP: usize = 5;

/// So much of what was read is kept, in bytes: whoever asked for the list asks for its commits next.
const KEPT: usize = 24 << 20;

/// The commits that were asked for.
pub(super) struct Listed {
    pub ids: Vec<ObjectId>,
    /// As many of all that were read as are kept.
    pub read: IdMap<ObjectId, Arc<Object>>,
}

/// What is known of the commits that were met.
struct Reach<'a> {
    /// Commits whose parents are not here.
    cut_off: &'a HashSet<ObjectId>,
    commits: Vec<Met>,
    numbers: IdMap<ObjectId, usize>,
    /// Commits to be read next, the newest first; each by its date and number.
    pending: BinaryHeap<(i64, usize)>,
    /// How many of those are wanted.
    wanted: usize,
    read: IdMap<ObjectId, Arc<Object>>,
    /// How many bytes those have.
    kept: usize,
}

struct Met {
    id: ObjectId,
    date: i64,
    parents: Vec<ObjectId>,
    /// Whether a commit reaches it whose history is not wanted.
    hidden: bool,
    /// Whether its parents were met.
    passed: bool,
}

/// The commits that `tips` reach and `known` do not, parents before children, in the order of
/// `git rev-list --topo-order --reverse`. History ends at those `cut_off`.
///
/// # Errors
/// A commit that cannot be read.
pub(super) fn commits_between(
    store: &mut Store,
    tips: &[ObjectId],
    known: &[ObjectId],
    cut_off: &HashSet<ObjectId>,
) -> Result<Listed> {
    let mut reach = Reach {
        cut_off,
        commits: Vec::new(),
        numbers: IdMap::default(),
        pending: BinaryHeap::new(),
        wanted: 0,
        read: IdMap::default(),
        kept: 0,
    };
    for id in known {
        reach.meet(store, id, true)?;
    }
    for id in tips {
        reach.meet(store, id, false)?;
    }
    reach.walk(store)?;
    Ok(Listed { ids: reach.in_order(), read: reach.read })
}

impl Reach<'_> {
    /// Notes a commit, or that it is hidden. Returns its number.
    fn meet(&mut self, store: &mut Store, id: &ObjectId, hidden: bool) -> Result<usize> {
        let unknown = match self.numbers.entry(*id) {
            Entry::Occupied(known) => {
                let number = *known.get();
                if hidden {
                    self.hide(number);
                }
                return Ok(number);
            }
            Entry::Vacant(unknown) => unknown,
        };
        let object = store.read_shared(id)?.filter(|object| object.kind == Kind::Commit);
        let object = object.with_context(|| format!("{id} is no commit, or missing"))?;
        let Commit { mut parents, .. } = Commit::parse(&object.data)?;
        if self.cut_off.contains(id) {
            parents.clear();
        }
        let date = Commit::date(&object.data);
        if self.kept < KEPT {
            self.kept += object.data.len();
            self.read.insert(*id, object);
        }
        let number = self.commits.len();
        unknown.insert(number);
        self.commits.push(Met { id: *id, date, parents, hidden, passed: false });
        self.pending.push((date, number));
        self.wanted += usize::from(!hidden);
        Ok(number)
    }

    /// Hides a commit, and all it reaches that was met already.
    fn hide(&mut self, number: usize) {
        let mut pending = vec![number];
        while let Some(number) = pending.pop() {
            let commit = &mut self.commits[number];
            if std::mem::replace(&mut commit.hidden, true) {
                continue;
            }
            if commit.passed {
                pending.extend(commit.parents.iter().filter_map(|id| self.numbers.get(id)));
            } else {
                self.wanted -= 1;
            }
        }
    }

    fn walk(&mut self, store: &mut Store) -> Result<()> {
        let (mut oldest, mut slop) = (i64::MAX, SLOP);
        while let Some((date, number)) = self.pending.pop() {
            // What is hidden may still reach something that was taken for wanted.
            if self.wanted > 0 || date >= oldest {
                slop = SLOP;
            } else if slop == 0 || oldest == i64::MAX {
                break;
            } else {
                slop -= 1;
            }
            let commit = &mut self.commits[number];
            commit.passed = true;
            let hidden = commit.hidden;
            if !hidden {
                self.wanted -= 1;
                oldest = oldest.min(date);
            }
            for parent in self.commits[number].parents.clone() {
                self.meet(store, &parent, hidden)?;
            }
        }
        Ok(())
    }

    /// The wanted commits, parents before children.
    fn in_order(&self) -> Vec<ObjectId> {
        let wanted = |number: &usize| !self.commits[*number].hidden;
        let parents = |number: usize| {
            let ids = self.commits[number].parents.iter();
            ids.filter_map(|id| self.numbers.get(id).copied()).filter(wanted)
        };
        let mut children = vec![0u32; self.commits.len()];
        let all = (0..self.commits.len()).filter(wanted);
        for parent in all.clone().flat_map(parents) {
            children[parent] += 1;
        }
        // The newest of those without children goes first.
        let mut ready: Vec<usize> = all.filter(|&number| children[number] == 0).collect();
        ready.sort_by_key(|&number| (self.commits[number].date, std::cmp::Reverse(number)));
        let mut ordered = Vec::new();
        while let Some(number) = ready.pop() {
            ordered.push(self.commits[number].id);
            for parent in parents(number) {
                children[parent] -= 1;
                if children[parent] == 0 {
                    ready.push(parent);
                }
            }
        }
        ordered.reverse();
        ordered
    }
}

impl Commit {
    /// When the commit was made, in seconds since 1970; 0 where that cannot be read.
    pub(super) fn date(data: &[u8]) -> i64 {
        let read = || {
            let line = memchr::memmem::find(data, b"\ncommitter ")? + 1;
            let line = &data[line..];
            let line = &line[..memchr::memchr(b'\n', line)?];
            let mail = memchr::memrchr(b'>', line)?;
            let date = line[mail + 1..].trim_ascii_start().split(|&byte| byte == b' ').next()?;
            std::str::from_utf8(date).ok()?.parse().ok()
        };
        read().unwrap_or(0)
    }
}
