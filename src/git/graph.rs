//! Commits with their dates and parents: all that a walk over a history asks for, however often.

use std::collections::HashSet;

use anyhow::{Context, Result, ensure};

use super::id_map::IdMap;
use super::object::{Commit, Kind, ObjectId};
use super::store::Store;

/// The commits that were met, by number. An id says what a commit's parents are, so that what was
/// read once holds for ever. Some 130 bytes are held for each.
#[derive(Default)]
pub struct Graph {
    numbers: IdMap<ObjectId, u32>,
    commits: Vec<Met>,
    /// The parents of all, each commit's in a row.
    parents: Vec<u32>,
    /// In the order in which they were read, but for those that another run had read.
    fresh: Vec<u32>,
}

/// A commit; maybe only as another one's parent.
struct Met {
    id: ObjectId,
    date: i64,
    /// Where its parents stand in the list of all, once it was read.
    parents: Option<(u32, u32)>,
    /// Whether its parents are not here.
    is_cut_off: bool,
}

/// Reads a commit's date, in seconds since 1970, and its parents.
pub(super) type Read<'a> = &'a mut dyn FnMut(&ObjectId) -> Result<(i64, Vec<ObjectId>)>;

impl Graph {
    /// How many commits were met.
    #[must_use]
    pub fn len(&self) -> usize {
        self.commits.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.commits.is_empty()
    }

    /// Whether an object is known to be a commit.
    #[must_use]
    pub fn holds(&self, id: &ObjectId) -> bool {
        self.numbers.get(id).is_some_and(|&at| self.commits[at as usize].parents.is_some())
    }

    /// From now on those commits have no parents: history was cut off there.
    pub(super) fn cut_off(&mut self, ids: &HashSet<ObjectId>) {
        for id in ids {
            let at = self.number(id);
            self.commits[at as usize].is_cut_off = true;
        }
    }

    /// A commit's number; it need not have been read.
    pub(super) fn number(&mut self, id: &ObjectId) -> u32 {
        let (commits, next) = (&mut self.commits, self.numbers.len() as u32);
        *self.numbers.entry(*id).or_insert_with(|| {
            commits.push(Met { id: *id, date: 0, parents: None, is_cut_off: false });
            next
        })
    }

    /// Reads a commit, unless it was read before.
    pub(super) fn read(&mut self, at: u32, read: Read) -> Result<()> {
        let met = &self.commits[at as usize];
        if met.parents.is_some() {
            return Ok(());
        }
        let (date, parents) = read(&met.id)?;
        self.add(at, date, &parents);
        self.fresh.push(at);
        Ok(())
    }

    fn add(&mut self, at: u32, date: i64, parents: &[ObjectId]) {
        let from = self.parents.len() as u32;
        for parent in parents {
            let parent = self.number(parent);
            self.parents.push(parent);
        }
        let met = &mut self.commits[at as usize];
        (met.date, met.parents) = (date, Some((from, self.parents.len() as u32)));
    }

    pub(super) fn id(&self, at: u32) -> ObjectId {
        self.commits[at as usize].id
    }

    /// In seconds since 1970.
    pub(super) fn date(&self, at: u32) -> i64 {
        self.commits[at as usize].date
    }

    /// The numbers of the parents that are here.
    pub(super) fn parents(&self, at: u32) -> &[u32] {
        let met = &self.commits[at as usize];
        let (from, to) = met.parents.filter(|_| !met.is_cut_off).unwrap_or_default();
        &self.parents[from as usize..to as usize]
    }

    /// What was read since the last call, in pieces for [`Graph::learn`].
    pub fn take_fresh(&mut self) -> Vec<Vec<u8>> {
        const PIECE: usize = 4096;
        let fresh = std::mem::take(&mut self.fresh);
        fresh.chunks(PIECE).map(|ats| ats.iter().flat_map(|at| self.entry(*at)).collect()).collect()
    }

    /// The date, how many parents, how long an id is, the commit's id and theirs.
    fn entry(&self, at: u32) -> Vec<u8> {
        let met = &self.commits[at as usize];
        let (from, to) = met.parents.unwrap_or_default();
        let mut entry = met.date.to_le_bytes().to_vec();
        entry.extend((to - from).to_le_bytes());
        entry.push(met.id.as_bytes().len() as u8);
        entry.extend(met.id.as_bytes());
        for &parent in &self.parents[from as usize..to as usize] {
            entry.extend(self.id(parent).as_bytes());
        }
        entry
    }

    /// Takes over what another run read.
    ///
    /// # Errors
    /// A piece of another form.
    pub fn learn(&mut self, mut piece: &[u8]) -> Result<()> {
        let mut parents = Vec::new();
        while !piece.is_empty() {
            let (date, count, length, ids) = (|| {
                let (date, rest) = piece.split_first_chunk()?;
                let (count, rest) = rest.split_first_chunk()?;
                let (length, rest) = rest.split_first()?;
                let count = u32::from_le_bytes(*count) as usize;
                Some((i64::from_le_bytes(*date), count, usize::from(*length), rest))
            })()
            .context("half a commit")?;
            let all = count.checked_add(1).and_then(|ids| ids.checked_mul(length));
            let (own, rest) =
                all.and_then(|all| ids.split_at_checked(all)).context("half an id")?;
            ensure!(matches!(length, 20 | 32), "an id of another length");
            piece = rest;
            parents.clear();
            parents.extend(own.chunks_exact(length).filter_map(ObjectId::from_bytes));
            let at = self.number(&parents[0]);
            if self.commits[at as usize].parents.is_none() {
                self.add(at, date, &parents[1..]);
            }
        }
        Ok(())
    }
}

/// A commit's date and parents, as a graph asks for them.
pub(super) fn read_commit(store: &mut Store, id: &ObjectId) -> Result<(i64, Vec<ObjectId>)> {
    let object = store.read_shared(id)?.filter(|object| object.kind == Kind::Commit);
    let object = object.with_context(|| format!("{id} is no commit, or missing"))?;
    Ok((Commit::date(&object.data), Commit::parse(&object.data)?.parents))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> ObjectId {
        ObjectId::from_bytes(&[byte; 20]).unwrap()
    }

    fn graph() -> Graph {
        let mut graph = Graph::default();
        for (one, parents) in [(3, vec![id(2), id(1)]), (2, vec![id(1)]), (1, Vec::new())] {
            let at = graph.number(&id(one));
            graph.read(at, &mut |_| Ok((i64::from(one) - 2, parents.clone()))).unwrap();
        }
        graph
    }

    fn parents(graph: &mut Graph, of: u8) -> Vec<ObjectId> {
        let at = graph.number(&id(of));
        graph.parents(at).iter().map(|&at| graph.id(at)).collect()
    }

    #[test]
    fn what_was_read_is_learnt_again_and_not_read() {
        let mut first = graph();
        let pieces = first.take_fresh();
        assert!(first.take_fresh().is_empty());
        let mut second = Graph::default();
        pieces.iter().for_each(|piece| second.learn(piece).unwrap());
        let at = second.number(&id(3));
        second.read(at, &mut |_| panic!("it is known")).unwrap();
        assert_eq!(second.date(at), 1);
        assert_eq!(parents(&mut second, 3), [id(2), id(1)]);
        assert_eq!(parents(&mut second, 1), []);
        assert!(second.holds(&id(1)) && !second.holds(&id(4)));
        assert!(second.take_fresh().is_empty());
    }

    #[test]
    fn a_commit_that_is_cut_off_has_no_parents_here_and_all_in_the_record() {
        let mut graph = graph();
        graph.cut_off(&HashSet::from([id(3)]));
        assert_eq!(parents(&mut graph, 3), []);
        let mut other = Graph::default();
        graph.take_fresh().iter().for_each(|piece| other.learn(piece).unwrap());
        assert_eq!(parents(&mut other, 3), [id(2), id(1)]);
    }

    #[test]
    fn half_a_piece_is_refused_or_holds_whole_commits() {
        let piece = graph().take_fresh().concat();
        for length in 0..piece.len() {
            let mut graph = Graph::default();
            let learnt = graph.learn(&piece[..length]);
            let whole = [0, 73, 126, 159].iter().position(|&end| end == length);
            assert_eq!(learnt.is_ok(), whole.is_some(), "{length}");
        }
        let mut large = piece;
        large[8..12].fill(0xff);
        assert!(Graph::default().learn(&large).is_err());
    }
}
