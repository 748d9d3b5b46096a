//! Which commits some commits reach and others do not.

use std::collections::BinaryHeap;
use std::sync::Arc;

use anyhow::{Context, Result};

use super::graph::{Graph, Read};
use super::id_map::IdMap;
use super::object::{Commit, Kind, Object, ObjectId};
use super::store::Store;

/// So many hidden commits are passed that are older than every wanted one: a commit may be dated
/// before its parent. As git does it; a clock that is further off means that more is judged.
const SLOP: usize = 5;

/// So much of what was read is kept, in bytes: whoever asked for the list asks for its commits next.
pub(super) const KEPT: usize = 24 << 20;

/// The commits that were asked for.
pub(super) struct Listed {
    pub ids: Vec<ObjectId>,
    /// As many of all that were read as are kept.
    pub read: IdMap<ObjectId, Arc<Object>>,
}

/// What is known of the commits that were met.
struct Reach<'a> {
    graph: &'a mut Graph,
    commits: Vec<Met>,
    /// For a number in the graph the place in `commits`; [`NOT_MET`] for many.
    places: Vec<u32>,
    /// Commits to be read next, the newest first; each by its date and place.
    pending: BinaryHeap<(i64, u32)>,
    /// How many of those are wanted.
    wanted: usize,
}

/// The place of a commit that was not met.
const NOT_MET: u32 = u32::MAX;

struct Met {
    /// Its number in the graph.
    at: u32,
    /// Whether a commit reaches it whose history is not wanted.
    hidden: bool,
    /// Whether its parents were met.
    passed: bool,
}

/// The commits that `tips` reach and `known` do not, parents before children, in the order of
/// `git rev-list --topo-order --reverse`. History ends where the graph is cut off.
///
/// # Errors
/// A commit that cannot be read.
pub(super) fn commits_between(
    store: &mut Store,
    graph: &mut Graph,
    tips: &[ObjectId],
    known: &[ObjectId],
) -> Result<Listed> {
    let mut read = IdMap::default();
    // Where very many were read before, these are kept.
    let mut kept = if store.has_commits_at_hand() { KEPT } else { 0 };
    let mut read_one = |id: &ObjectId| {
        let object = store.read_shared(id)?.filter(|object| object.kind == Kind::Commit);
        let object = object.with_context(|| format!("{id} is no commit, or missing"))?;
        let Commit { parents, .. } = Commit::parse(&object.data)?;
        let date = Commit::date(&object.data);
        if kept < KEPT {
            kept += object.data.len();
            read.insert(*id, object);
        }
        Ok((date, parents))
    };
    let mut reach = Reach {
        graph,
        commits: Vec::new(),
        places: Vec::new(),
        pending: BinaryHeap::new(),
        wanted: 0,
    };
    for (ids, hidden) in [(known, true), (tips, false)] {
        for id in ids {
            let at = reach.graph.number(id);
            reach.meet(&mut read_one, at, hidden)?;
        }
    }
    reach.walk(&mut read_one)?;
    let ids = reach.in_order();
    Ok(Listed { ids, read })
}

impl Reach<'_> {
    /// Notes a commit, or that it is hidden.
    fn meet(&mut self, read: Read, at: u32, hidden: bool) -> Result<()> {
        if let Some(place) = self.place(at) {
            if hidden {
                self.hide(place);
            }
            return Ok(());
        }
        self.graph.read(at, read)?;
        let place = self.commits.len() as u32;
        if self.places.len() <= at as usize {
            self.places.resize(self.graph.len(), NOT_MET);
        }
        self.places[at as usize] = place;
        self.commits.push(Met { at, hidden, passed: false });
        self.pending.push((self.graph.date(at), place));
        self.wanted += usize::from(!hidden);
        Ok(())
    }

    fn place(&self, at: u32) -> Option<u32> {
        self.places.get(at as usize).copied().filter(|&place| place != NOT_MET)
    }

    /// Hides a commit, and all it reaches that was met already.
    fn hide(&mut self, place: u32) {
        let mut pending = vec![place];
        while let Some(place) = pending.pop() {
            let commit = &mut self.commits[place as usize];
            if std::mem::replace(&mut commit.hidden, true) {
                continue;
            }
            if commit.passed {
                let at = commit.at;
                pending.extend(self.graph.parents(at).iter().filter_map(|&at| self.place(at)));
            } else {
                self.wanted -= 1;
            }
        }
    }

    fn walk(&mut self, read: Read) -> Result<()> {
        let (mut oldest, mut slop) = (i64::MAX, SLOP);
        while let Some((date, place)) = self.pending.pop() {
            // What is hidden may still reach something that was taken for wanted.
            if self.wanted > 0 || date >= oldest {
                slop = SLOP;
            } else if slop == 0 || oldest == i64::MAX {
                break;
            } else {
                slop -= 1;
            }
            let commit = &mut self.commits[place as usize];
            commit.passed = true;
            let (at, hidden) = (commit.at, commit.hidden);
            if !hidden {
                self.wanted -= 1;
                oldest = oldest.min(date);
            }
            for number in 0..self.graph.parents(at).len() {
                let parent = self.graph.parents(at)[number];
                self.meet(read, parent, hidden)?;
            }
        }
        Ok(())
    }

    /// The wanted commits, parents before children.
    fn in_order(&self) -> Vec<ObjectId> {
        let is_wanted = |place: &u32| !self.commits[*place as usize].hidden;
        let parents = |place: u32| {
            let parents = self.graph.parents(self.commits[place as usize].at).iter();
            parents.filter_map(|&at| self.place(at)).filter(is_wanted)
        };
        let mut children = vec![0u32; self.commits.len()];
        let all = (0..self.commits.len() as u32).filter(is_wanted);
        for parent in all.clone().flat_map(parents) {
            children[parent as usize] += 1;
        }
        // The newest of those without children goes first.
        let mut ready: Vec<u32> = all.filter(|&place| children[place as usize] == 0).collect();
        ready.sort_by_key(|&place| {
            (self.graph.date(self.commits[place as usize].at), std::cmp::Reverse(place))
        });
        let mut ordered = Vec::new();
        while let Some(place) = ready.pop() {
            ordered.push(self.graph.id(self.commits[place as usize].at));
            for parent in parents(place) {
                children[parent as usize] -= 1;
                if children[parent as usize] == 0 {
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
