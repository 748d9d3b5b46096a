//! Which refs reach which commits, found for all of them in one walk.

use std::collections::BinaryHeap;

use anyhow::Result;

use super::graph::{Graph, Read, read_commit};
use super::id_map::IdMap;
use super::object::ObjectId;
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
/// One pass over all commits that are walked is made for every 64 of `commits`. Where they are no
/// more than that, what all of them reach is not walked.
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
    store.with_graph(|store, graph| {
        reaching_in(graph, commits, &tips, &mut |id| read_commit(store, id))
    })
}

/// As [`reaching`], where each ref's commit is known with its place.
fn reaching_in(
    graph: &mut Graph,
    commits: &[ObjectId],
    tips: &[(ObjectId, usize)],
    read: Read,
) -> Result<IdMap<ObjectId, Vec<usize>>> {
    let mut reaching: IdMap<ObjectId, Vec<usize>> =
        commits.iter().map(|id| (*id, Vec::new())).collect();
    let mut wanted: Vec<ObjectId> = reaching.keys().copied().collect();
    wanted.sort_unstable();
    let few = wanted.len() <= 64;
    let mut walk = Walk {
        graph,
        all: few.then(|| u64::MAX >> (64 - wanted.len())),
        met: Vec::new(),
        pending: BinaryHeap::new(),
        open: 0,
    };
    let mut ends = Vec::with_capacity(tips.len());
    for (commit, place) in tips {
        let at = walk.graph.number(commit);
        walk.meet(read, at, 0)?;
        ends.push((at, *place));
    }
    let mut numbers = Vec::with_capacity(wanted.len());
    for (bit, id) in wanted.iter().enumerate() {
        let at = walk.graph.number(id);
        walk.meet(read, at, if few { 1 << bit } else { 0 })?;
        numbers.push(at);
    }
    walk.run(read)?;
    let order = walk.parents_first();
    let mut reached = vec![0u64; walk.met.len()];
    for (ids, numbers) in wanted.chunks(64).zip(numbers.chunks(64)) {
        reached.fill(0);
        for (bit, &number) in numbers.iter().enumerate() {
            reached[number as usize] |= 1 << bit;
        }
        for &number in &order {
            let below = walk.parents(number).iter().map(|&parent| reached[parent as usize]);
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

/// A walk over the graph, from refs and wanted commits down.
struct Walk<'a> {
    graph: &'a mut Graph,
    /// The marks of all wanted commits; none where they are too many to mark.
    all: Option<u64>,
    /// By number in the graph.
    met: Vec<Met>,
    /// Commits whose parents are to be met, the newest first; each by its date and number.
    pending: BinaryHeap<(i64, u32)>,
    /// How many of those may still reach a wanted commit.
    open: usize,
}

#[derive(Clone, Default)]
struct Met {
    /// Which wanted commits reach it, itself one of them: it can reach none of those but itself.
    below: u64,
    passed: bool,
    pending: bool,
}

impl Walk<'_> {
    /// Of a commit whose parents were met.
    fn parents(&self, number: u32) -> &[u32] {
        if self.met[number as usize].passed { self.graph.parents(number) } else { &[] }
    }

    fn is_open(&self, below: u64) -> bool {
        self.all != Some(below)
    }

    /// Notes a commit that the wanted ones of `below` reach. One that was passed already, because a
    /// clock was wrong, stays as it is: some of what it reaches is then walked for nothing.
    fn meet(&mut self, read: Read, number: u32, below: u64) -> Result<()> {
        self.graph.read(number, read)?;
        // Reading may have made its parents known.
        self.met.resize(self.graph.len(), Met::default());
        let met = &self.met[number as usize];
        if met.passed {
            return Ok(());
        }
        let (was_open, is_open) = (self.is_open(met.below), self.is_open(met.below | below));
        let met = &mut self.met[number as usize];
        met.below |= below;
        if !std::mem::replace(&mut met.pending, true) {
            self.pending.push((self.graph.date(number), number));
            self.open += usize::from(is_open);
        } else if was_open && !is_open {
            self.open -= 1;
        }
        Ok(())
    }

    /// Meets parents, until all that is left is below every wanted commit and so reaches none.
    fn run(&mut self, read: Read) -> Result<()> {
        while self.open > 0 {
            let Some((_, number)) = self.pending.pop() else { break };
            let met = &mut self.met[number as usize];
            met.passed = true;
            let below = met.below;
            self.open -= usize::from(self.is_open(below));
            for at in 0..self.graph.parents(number).len() {
                let parent = self.graph.parents(number)[at];
                self.meet(read, parent, below)?;
            }
        }
        Ok(())
    }

    /// The numbers of all commits, each behind its parents.
    fn parents_first(&self) -> Vec<u32> {
        let mut children = vec![0u32; self.met.len()];
        let all = 0..self.met.len() as u32;
        for &parent in all.clone().flat_map(|number| self.parents(number)) {
            children[parent as usize] += 1;
        }
        let mut ready: Vec<u32> = all.filter(|&one| children[one as usize] == 0).collect();
        let mut order = Vec::with_capacity(self.met.len());
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
            let reaching = reaching_in(&mut Graph::default(), &ids, &places, &mut read).unwrap();
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
        let tips = [(id(1000), 0), (id(985), 1)];
        let reaching = reaching_in(&mut Graph::default(), &[id(990)], &tips, &mut |asked| {
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
        let reaching = reaching_in(&mut Graph::default(), &ids, &[(id(150), 7)], &mut |asked| {
            let at = (0..200).find(|&at| id(at) == *asked).unwrap();
            Ok((0, at.checked_sub(1).map(id).into_iter().collect()))
        });
        let reaching = reaching.unwrap();
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(reaching[id], if at <= 150 { &[7][..] } else { &[] });
        }
    }
}
