//! Which refs reach which commits, found for all of them in one walk.

use std::collections::BinaryHeap;
use std::collections::hash_map::Entry;

use anyhow::{Context, Result};

use super::id_map::IdMap;
use super::object::{Commit, Kind, ObjectId};
use super::push::peel_to_commit;
use super::store::Store;

/// A name of the repository and the object it points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ref {
    /// The whole name, such as `refs/remotes/origin/main`, in git's bytes.
    pub name: Vec<u8>,
    /// What it points at: a commit, or a tag's object.
    pub tip: ObjectId,
}

/// For each of `commits` the places in `refs` of those that reach it, ascending; a commit that none
/// reaches has an empty list. A ref that leads to no commit reaches nothing.
///
/// Some 150 bytes are held for each commit that is walked, and one pass over them is made for every
/// 64 of `commits`. Where they are no more than that, what all of them reach is not walked.
///
/// # Errors
/// A commit that is missing or cannot be read, though history was not cut off there.
pub fn reaching(
    store: &mut Store,
    commits: &[ObjectId],
    refs: &[Ref],
) -> Result<IdMap<ObjectId, Vec<usize>>> {
    if commits.is_empty() || refs.is_empty() {
        return Ok(commits.iter().map(|id| (*id, Vec::new())).collect());
    }
    let mut tips = Vec::with_capacity(refs.len());
    for (place, one) in refs.iter().enumerate() {
        tips.extend(peel_to_commit(store, one.tip)?.map(|commit| (commit, place)));
    }
    let cut_off = store.shallow();
    reaching_in(commits, &tips, &mut |id| {
        let object = store.read_shared(id)?.filter(|object| object.kind == Kind::Commit);
        let object = object.with_context(|| format!("{id} is no commit, or missing"))?;
        let mut parents = Commit::parse(&object.data)?.parents;
        if cut_off.contains(id) {
            parents.clear();
        }
        Ok((Commit::date(&object.data), parents))
    })
}

/// A commit's date and parents.
type Read<'a> = &'a mut dyn FnMut(&ObjectId) -> Result<(i64, Vec<ObjectId>)>;

/// As [`reaching`], where each ref's commit is known with its place.
fn reaching_in(
    commits: &[ObjectId],
    tips: &[(ObjectId, usize)],
    read: Read,
) -> Result<IdMap<ObjectId, Vec<usize>>> {
    let mut reaching: IdMap<ObjectId, Vec<usize>> =
        commits.iter().map(|id| (*id, Vec::new())).collect();
    let mut wanted: Vec<ObjectId> = reaching.keys().copied().collect();
    wanted.sort_unstable();
    let few = wanted.len() <= 64;
    let mut graph = Graph { all: few.then(|| u64::MAX >> (64 - wanted.len())), ..Graph::default() };
    let mut ends = Vec::with_capacity(tips.len());
    for (commit, place) in tips {
        ends.push((graph.meet(read, commit, 0)?, *place));
    }
    let mut numbers = Vec::with_capacity(wanted.len());
    for (bit, id) in wanted.iter().enumerate() {
        numbers.push(graph.meet(read, id, if few { 1 << bit } else { 0 })?);
    }
    graph.walk(read)?;
    let order = graph.parents_first();
    let mut reached = vec![0u64; graph.commits.len()];
    for (ids, numbers) in wanted.chunks(64).zip(numbers.chunks(64)) {
        reached.fill(0);
        for (bit, &number) in numbers.iter().enumerate() {
            reached[number as usize] |= 1 << bit;
        }
        for &number in &order {
            let below = graph.parents(number).iter().map(|&parent| reached[parent as usize]);
            reached[number as usize] |= below.fold(0, |all, one| all | one);
        }
        for &(end, place) in &ends {
            let mut left = reached[end as usize];
            while left != 0 {
                let id = ids[left.trailing_zeros() as usize];
                reaching.entry(id).or_default().push(place);
                left &= left - 1;
            }
        }
    }
    Ok(reaching)
}

/// The commits that were met, by number.
#[derive(Default)]
struct Graph {
    /// The marks of all wanted commits; none where they are too many to mark.
    all: Option<u64>,
    numbers: IdMap<ObjectId, u32>,
    commits: Vec<Met>,
    /// The parents of all, each commit's in a row.
    parents: Vec<u32>,
    /// Commits whose parents are to be met, the newest first; each by its date and number.
    pending: BinaryHeap<(i64, u32)>,
    /// How many of those may still reach a wanted commit.
    open: usize,
}

struct Met {
    id: ObjectId,
    date: i64,
    /// Which wanted commits reach it, itself one of them: it can reach none of those but itself.
    below: u64,
    /// Where its parents stand in the list of all.
    parents: (u32, u32),
    passed: bool,
    pending: bool,
}

impl Graph {
    fn parents(&self, number: u32) -> &[u32] {
        let (from, to) = self.commits[number as usize].parents;
        &self.parents[from as usize..to as usize]
    }

    fn is_open(&self, below: u64) -> bool {
        self.all != Some(below)
    }

    /// Notes a commit that the wanted ones of `below` reach. Returns its number.
    fn meet(&mut self, read: Read, id: &ObjectId, below: u64) -> Result<u32> {
        let number = match self.numbers.entry(*id) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => {
                let number = self.commits.len() as u32;
                let (date, _) = read(id)?;
                unknown.insert(number);
                self.commits.push(Met {
                    id: *id,
                    date,
                    below: 0,
                    parents: (0, 0),
                    passed: false,
                    pending: false,
                });
                number
            }
        };
        self.mark(number, below);
        Ok(number)
    }

    /// Adds marks to a commit that was not passed. One that was, because a clock was wrong, stays as
    /// it is: some of what it reaches is then walked for nothing.
    fn mark(&mut self, number: u32, below: u64) {
        let commit = &self.commits[number as usize];
        if commit.passed {
            return;
        }
        let (was_open, is_open) = (self.is_open(commit.below), self.is_open(commit.below | below));
        let commit = &mut self.commits[number as usize];
        commit.below |= below;
        if !std::mem::replace(&mut commit.pending, true) {
            self.pending.push((commit.date, number));
            self.open += usize::from(is_open);
        } else if was_open && !is_open {
            self.open -= 1;
        }
    }

    /// Meets parents, until all that is left is below every wanted commit and so reaches none.
    fn walk(&mut self, read: Read) -> Result<()> {
        while self.open > 0 {
            let Some((_, number)) = self.pending.pop() else { break };
            let commit = &mut self.commits[number as usize];
            commit.passed = true;
            let (id, below) = (commit.id, commit.below);
            self.open -= usize::from(self.is_open(below));
            let (_, ids) = read(&id)?;
            let from = self.parents.len() as u32;
            for parent in &ids {
                let parent = self.meet(read, parent, below)?;
                self.parents.push(parent);
            }
            self.commits[number as usize].parents = (from, self.parents.len() as u32);
        }
        Ok(())
    }

    /// The numbers of all commits, each behind its parents.
    fn parents_first(&self) -> Vec<u32> {
        let mut children = vec![0u32; self.commits.len()];
        for &parent in &self.parents {
            children[parent as usize] += 1;
        }
        let all = 0..self.commits.len() as u32;
        let mut ready: Vec<u32> = all.filter(|&one| children[one as usize] == 0).collect();
        let mut order = Vec::with_capacity(self.commits.len());
        while let Some(number) = ready.pop() {
            order.push(number);
            for &parent in self.parents(number) {
                children[parent as usize] -= 1;
                if children[parent as usize] == 0 {
                    ready.push(parent);
                }
            }
        }
        order.reverse();
        order
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: usize) -> ObjectId {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&(number as u64).to_le_bytes());
        ObjectId::from_bytes(&bytes).unwrap()
    }

    /// A history by number, each commit with a date and parents that have lower numbers.
    fn history() -> impl Strategy<Value = Vec<(i64, Vec<usize>)>> {
        let commit = (-3..4i64, prop::collection::vec(1..6usize, 0..3));
        prop::collection::vec(commit, 1..40).prop_map(|commits| {
            let number = |(at, (skew, back)): (usize, (i64, Vec<usize>))| {
                let parents = back.iter().filter_map(|back| at.checked_sub(*back)).collect();
                // Most clocks are right, some are days off.
                (at as i64 + if skew == 3 { -30 } else { skew.max(0) }, parents)
            };
            commits.into_iter().enumerate().map(number).collect()
        })
    }

    proptest! {
        #[test]
        fn a_ref_reaches_what_can_be_walked_to_from_it(
            history in history(),
            wanted in prop::collection::vec(0..40usize, 1..5),
            many in any::<bool>(),
            tips in prop::collection::vec(0..40usize, 1..6),
        ) {
            let count = history.len();
            let mut wanted: Vec<usize> = wanted.iter().map(|one| one % count).collect();
            if many {
                wanted.extend(0..count);
            }
            let tips: Vec<usize> = tips.iter().map(|one| one % count).collect();
            let walked: Vec<Vec<bool>> = { tips.iter() }
                .map(|&tip| {
                    let mut reached = vec![false; count];
                    reached[tip] = true;
                    for at in (0..count).rev() {
                        if reached[at] {
                            history[at].1.iter().for_each(|&parent| reached[parent] = true);
                        }
                    }
                    reached
                })
                .collect();
            let ids: Vec<ObjectId> = wanted.iter().map(|&one| id(one)).collect();
            let places: Vec<_> = tips.iter().enumerate().map(|(at, &tip)| (id(tip), at)).collect();
            let mut read = |asked: &ObjectId| {
                let at = (0..count).find(|&at| id(at) == *asked).unwrap();
                let (date, parents) = &history[at];
                Ok((*date, parents.iter().map(|&parent| id(parent)).collect()))
            };
            let reaching = reaching_in(&ids, &places, &mut read).unwrap();
            for one in wanted {
                let expected: Vec<usize> =
                    (0..tips.len()).filter(|&place| walked[place][one]).collect();
                prop_assert_eq!(&reaching[&id(one)], &expected);
            }
        }
    }

    #[test]
    fn what_all_wanted_commits_reach_is_not_read() {
        // One line of a thousand commits; the refs point at its end and near it.
        let mut read = Vec::new();
        let reaching = reaching_in(&[id(990)], &[(id(1000), 0), (id(985), 1)], &mut |asked| {
            let at = (0..=1000).find(|&at| id(at) == *asked).unwrap();
            read.push(at);
            Ok((at as i64, at.checked_sub(1).map(id).into_iter().collect()))
        });
        assert_eq!(reaching.unwrap()[&id(990)], [0]);
        assert!(read.iter().all(|&at| at > 980));
    }

    #[test]
    fn more_commits_than_a_word_has_bits_are_told_apart() {
        let ids: Vec<ObjectId> = (0..200).map(id).collect();
        let reaching = reaching_in(&ids, &[(id(150), 7)], &mut |asked| {
            let at = (0..200).find(|&at| id(at) == *asked).unwrap();
            Ok((0, at.checked_sub(1).map(id).into_iter().collect()))
        });
        let reaching = reaching.unwrap();
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(reaching[id], if at <= 150 { &[7][..] } else { &[] });
        }
    }
}
