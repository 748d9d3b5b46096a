//! Judges many commits: a push, a range, a whole history.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result};

use super::blob::{Blob, BlobKey};
use super::deadline::Deadline;
use super::judge::Judge;
use super::judged::Judged;
use super::prescan;
use super::progress::Progress;
use super::since;
use crate::cores;
use crate::engine;
use crate::finding::{Place, Source};
use crate::git::{
    AtHand, Change, Commit, IdMap, IdSet, Kind, Object, ObjectId, Packs, Plan, Store, Tag, removed,
    walk,
};
use crate::report::Stage;

/// As many commits are read before any is judged: what they bring is held in memory. The histories of
/// tests are short, and have to be read in more than one part too.
const AT_ONCE: usize = if cfg!(debug_assertions) { 150 } else { 112 * 1024 };
/// So many of a longer history: then two parts are held, one that is read and one that is judged.
const CHUNK: usize = AT_ONCE * 3 / 7;
/// For fewer commits than this, packs are not opened a second time.
const MANY: usize = 16;
/// How many commits one thread reads in a row, at least and at most: neighbours share most of their
/// trees, but no thread should wait long for the others.
const PIECE: (usize, usize) = (64, 1024);

/// What a commit brings.
struct Brought {
    id: ObjectId,
    /// Author, committer, message; of a quiet commit nothing is kept of them.
    text: Vec<u8>,
    /// How many bytes they have.
    length: u64,
    root: bool,
    tree: ObjectId,
    /// The parents' trees.
    bases: Vec<ObjectId>,
    changes: Vec<Change>,
    /// Whether the path of each names a provider.
    contexts: Vec<bool>,
    /// Whether nothing stands in the text and in the names of new files, so that they need no
    /// second look.
    quiet: bool,
}

impl Brought {
    /// Reads a commit. Of one that nothing reaches, parents may be gone.
    fn read(store: &mut Store, id: &ObjectId, is_reached: bool) -> Result<Brought> {
        let what = || format!("judging commit {}", id.short());
        Brought::try_read(store, id, is_reached).with_context(what)
    }

    fn try_read(store: &mut Store, id: &ObjectId, is_reached: bool) -> Result<Brought> {
        let object = store.read_shared(id)?.filter(|object| object.kind == Kind::Commit);
        let data = match &object {
            Some(object) => object.data.as_slice(),
            // Missing, or no commit: the error says which.
            None => &store.read_as(id, Kind::Commit)?,
        };
        let Commit { tree, parents, text } = Commit::parse(data)?;
        let mut bases = Vec::with_capacity(parents.len());
        for parent in &parents {
            match store.read_shared(parent)? {
                Some(object) => bases.push(Commit::parse(&object.data)?.tree),
                // History was cut off here: the whole tree counts as new.
                None if !is_reached || store.is_shallow_at(id) => {}
                None => {
                    store.read(parent)?;
                }
            }
        }
        let mut changes = Vec::new();
        walk(store, tree, &bases, |_, change| {
            changes.push(change);
            Ok(())
        })?;
        let text = data[text..].to_vec();
        let is_quiet =
            |path, text| engine::scan(path, text).is_ok_and(|matches| matches.is_empty());
        let quiet = texts(&text).into_iter().all(|(_, path, text)| is_quiet(path, text))
            && changes
                .iter()
                .filter(|change| change.old.is_empty())
                .all(|change| is_quiet(b"", &change.path));
        // As many as if each was judged: two shards may go two ways.
        let length = texts(&text).iter().map(|(.., text)| text.len() as u64).sum();
        let text = if quiet { Vec::new() } else { text };
        changes.shrink_to_fit();
        let contexts = changes.iter().map(|change| engine::is_context(&change.path)).collect();
        let root = parents.is_empty();
        Ok(Brought { id: *id, text, length, quiet, root, tree, bases, changes, contexts })
    }

    /// The files it brings.
    fn blobs(&self) -> impl Iterator<Item = Blob<'_>> {
        { self.changes.iter().zip(&self.contexts) }.map(|(change, &is)| Blob::at(change, is))
    }
}

/// Everything a push, range or history brings: files, messages, tags.
pub(super) fn judge_plan(judge: &mut Judge, store: &mut Store, plan: &Plan) -> Result<()> {
    let left = not_remembered(judge, &plan.commits);
    let progress = Progress::over(left.len());
    let at_hand = if left.len() < MANY { AtHand::default() } else { store.at_hand() };
    let deadline = judge.deadline;
    let mut chunks = left.chunks(if left.len() <= AT_ONCE { AT_ONCE } else { CHUNK });
    let mut next = chunks.next().map(|ids| read_all(store, &at_hand, ids, &progress, deadline));
    while let Some(brought) = next {
        let brought = brought?;
        at_hand.packs.release();
        store.files_at_hand(prescan(judge, &at_hand.packs, &brought, &progress));
        let clean = clean(judge, &brought);
        // What is left to do takes one core: the others read on.
        next = thread::scope(|scope| -> Result<_> {
            let read = |ids| {
                let mut store = Store::open().context("opening the repository")?;
                store.share(&at_hand);
                read_all(&mut store, &at_hand, ids, &progress, deadline)
            };
            let reader = chunks.next().map(|ids| scope.spawn(move || read(ids)));
            for (one, is_clean) in brought.iter().zip(clean) {
                if judge.is_out_of_time() {
                    break;
                }
                judge_and_learn(judge, store, one, is_clean)?;
                stream(judge, store)?;
            }
            Ok(reader.map(cores::join))
        })?;
        if judge.is_out_of_time() {
            return Ok(());
        }
        if next.is_none() {
            // The process ends soon: to give back a million pieces takes longer than all that follows.
            std::mem::forget(brought);
        }
    }
    for id in not_remembered(judge, &plan.aside) {
        // Git may have removed parts of it.
        let judged = Brought::read(store, &id, false)
            .and_then(|brought| judge_and_learn(judge, store, &brought, false));
        if let Err(error) = judged {
            judge.failed(&error.context("no ref reaches it, and parts of it cannot be read"));
        }
    }
    for id in &plan.tags {
        if !judge.holds(id) {
            continue;
        }
        let data = store.read_as(id, Kind::Tag)?;
        let text = &data[Tag::parse(&data)?.text..];
        let source = Source::new(Place::Tag, b"(tag)").in_commit(Some(*id), false);
        judge.report.judged.commits += 1;
        judge.text(&source, text, &mut |_| Ok(false))?;
    }
    stream(judge, store)?;
    for (id, kind) in &plan.loose {
        let mut judged = Judged::new(None, &[]);
        if *kind == Kind::Tree {
            judged.names = judge.holds(id);
            walk(store, *id, &[], |store, change| {
                judged.look(judge, store, change);
                Ok(())
            })?;
        } else {
            let change = Change { path: b"(blob)".to_vec(), new: *id, old: Vec::new() };
            judged.look(judge, store, change);
        }
        judged.tell(judge, store, &mut |_| Ok(Vec::new()))?;
    }
    Ok(())
}

/// Writes what was found, where the report is written as it comes to be.
fn stream(judge: &mut Judge, store: &mut Store) -> Result<()> {
    if let Stage::Range { head } = judge.report.stage
        && judge.stream.is_some()
    {
        since::complete(judge, store, head);
    }
    judge.stream()
}

/// The commits of which no earlier run knows that they bring nothing.
fn not_remembered(judge: &mut Judge, ids: &[ObjectId]) -> Vec<ObjectId> {
    let Some(cache) = &judge.cache else { return ids.to_vec() };
    let part = part(judge);
    let (known, left): (Vec<ObjectId>, Vec<ObjectId>) =
        ids.iter().partition(|id| cache.has_commit(id, &part));
    let remembered = known.iter().filter(|id| judge.holds(id)).count() as u64;
    judge.report.judged.commits += remembered;
    judge.report.judged.remembered += remembered;
    left
}

/// Which part of a commit a run judges: a commit that brings nothing to one shard may to another.
fn part(judge: &Judge) -> String {
    judge.shard.map(|shard| shard.to_string()).unwrap_or_default()
}

/// Judges a commit, and remembers it if it brings nothing; its files may be known as clean.
fn judge_and_learn(
    judge: &mut Judge,
    store: &mut Store,
    one: &Brought,
    is_clean: bool,
) -> Result<()> {
    let before = Matched::so_far(judge);
    let what = || format!("judging commit {}", one.id.short());
    judge_commit(judge, store, one, is_clean).with_context(what)?;
    let part = part(judge);
    if Matched::so_far(judge) == before
        && let Some(cache) = &mut judge.cache
    {
        cache.learn_commit(&one.id, &part);
    }
    Ok(())
}

/// All that a run has met but what stood there before: a commit that adds nothing to it brings
/// nothing, whatever the configuration and the allow file say.
#[derive(PartialEq, Eq)]
struct Matched {
    findings: usize,
    errors: usize,
    excused: u64,
    closed: usize,
}

impl Matched {
    fn so_far(judge: &Judge) -> Matched {
        let report = &judge.report;
        Matched {
            findings: report.findings.len(),
            errors: report.errors.len(),
            excused: report.excused - judge.stood,
            closed: report.closed.len(),
        }
    }
}

/// What each commit brings, in the order of `ids`; where there are many, on all cores.
fn read_all(
    store: &mut Store,
    at_hand: &AtHand,
    ids: &[ObjectId],
    progress: &Progress,
    deadline: Deadline,
) -> Result<Vec<Brought>> {
    let read = |store: &mut Store, id: &ObjectId| {
        deadline.check()?;
        Brought::read(store, id, true)
    };
    let threads = cores::count().min(ids.len() / PIECE.0);
    if threads < 2 {
        return ids.iter().map(|id| read(store, id)).collect();
    }
    let piece = (ids.len() / (threads * 4)).clamp(PIECE.0, PIECE.1);
    let pieces: Vec<(usize, &[ObjectId])> = ids.chunks(piece).enumerate().collect();
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Vec<Brought>)>> = Mutex::new(Vec::with_capacity(pieces.len()));
    let work = || -> Result<()> {
        cores::make_room();
        let mut store = Store::open().context("opening the repository")?;
        store.share(at_hand);
        while let Some((number, ids)) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Packs hold old versions as differences to new ones: backwards the base is at hand.
            let piece = ids.iter().rev().map(|id| read(&mut store, id));
            let mut piece = piece.collect::<Result<Vec<Brought>>>()?;
            piece.reverse();
            progress.read(ids.len());
            at_hand.packs.release();
            if let Ok(mut done) = done.lock() {
                done.push((*number, piece));
            }
        }
        Ok(())
    };
    let outcomes: Vec<Result<()>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(cores::join).collect()
    });
    outcomes.into_iter().collect::<Result<()>>()?;
    let mut done = done.into_inner().unwrap_or_default();
    anyhow::ensure!(done.len() == pieces.len(), "not every commit was read");
    done.sort_unstable_by_key(|(number, _)| *number);
    Ok(done.into_iter().flat_map(|(_, piece)| piece).collect())
}

/// Of each commit whether nothing stands in its files, as is known by now.
fn clean(judge: &Judge, brought: &[Brought]) -> Vec<bool> {
    let known = judge.known();
    cores::many(brought, |one| one.blobs().all(|blob| !known.is_open(&blob)))
}

/// Scans the files on all cores: what holds nothing is clean. Returns some of the others, which are
/// asked for again.
fn prescan(
    judge: &mut Judge,
    packs: &Packs,
    brought: &[Brought],
    progress: &Progress,
) -> IdMap<ObjectId, Arc<Object>> {
    let known = judge.known();
    let open = |one: &Brought| one.blobs().map(|blob| known.is_open(&blob)).collect::<Vec<_>>();
    let open = cores::many(brought, open).into_iter().flatten();
    let mut seen = IdSet::default();
    seen.reserve(brought.iter().map(|one| one.changes.len()).sum());
    let blobs: Vec<Blob> = { brought.iter().flat_map(Brought::blobs).zip(open) }
        .filter_map(|(blob, is_open)| (is_open && seen.insert(blob.id)).then_some(blob))
        .collect();
    let step = progress.stepping(brought.len(), blobs.len());
    let cache = Mutex::new(judge.cache.as_mut());
    // At once, so that a run that is killed has not judged them for nothing.
    let remember = |key: &BlobKey| {
        if let Ok(mut cache) = cache.lock()
            && let Some(cache) = cache.as_mut()
        {
            cache.learn_file(key);
        }
    };
    let looked = prescan::look(packs, &blobs, &step, &remember, judge.deadline);
    judge.report.judged.files += looked.clean.len() as u64;
    judge.report.judged.bytes += looked.bytes;
    if judge.clean.is_empty() {
        judge.clean = looked.clean;
    } else {
        judge.clean.extend(looked.clean);
    }
    judge.matched = looked.matches;
    looked.files
}

/// The two texts of a commit, with the names they are reported under.
fn texts(text: &[u8]) -> [(Place, &'static [u8], &[u8]); 2] {
    let header = memchr::memmem::find(text, b"\n\n").map_or(text.len(), |end| end + 1);
    [
        (Place::CommitHeader, b"(commit header)", &text[..header]),
        (Place::Message, b"(commit message)", text.get(header + 1..).unwrap_or_default()),
    ]
}

fn judge_commit(
    judge: &mut Judge,
    store: &mut Store,
    brought: &Brought,
    is_clean: bool,
) -> Result<()> {
    let Brought { id, text, length, root, tree, bases, changes, quiet, .. } = brought;
    // The text and the names are judged by whoever has the commit, each file by whoever has that.
    let is_ours = judge.holds(id);
    judge.report.judged.commits += u64::from(is_ours);
    changes.iter().for_each(|change| judge.look(change));
    if is_ours && *quiet {
        judge.report.judged.bytes += length;
    }
    if (*quiet || !is_ours) && is_clean {
        return Ok(());
    }
    if is_ours && !*quiet {
        for (place, path, text) in texts(text) {
            let source = Source::new(place, path).in_commit(Some(*id), *root);
            judge.text(&source, text, &mut |_| Ok(false))?;
        }
    }
    let mut judged = Judged::new(Some(*id), bases);
    judged.names = is_ours;
    for change in changes {
        judged.look(judge, store, change.clone());
    }
    judged.tell(judge, store, &mut |store| removed(store, bases, *tree))
}
