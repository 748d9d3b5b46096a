//! Puts texts through the engine and the reasons not to report, and gathers what is left.

use std::collections::HashSet;

use anyhow::{Context, Result};

use super::prescan;
use crate::engine::{self, Match};
use crate::finding::{Finding, Place, Source};
use crate::git::{
    Change, Commit, Kind, ObjectId, Plan, Removed, Staged, Store, Tag, removed, walk,
};
use crate::redaction::{self, Position};
use crate::report::{Report, Stage};
use crate::suppress::{Comment, Earlier, OldFiles, inline_comment};

/// One run over texts.
pub(super) struct Judge {
    pub(super) report: Report,
    /// Blobs in which nothing stands: however many commits bring them, they are read once.
    clean: HashSet<ObjectId>,
    /// Old versions read for "did it stand there before?".
    old: OldFiles,
}

/// How many commits are read before they are judged.
const CHUNK: usize = 256;

/// What a commit brings.
struct Brought {
    id: ObjectId,
    /// Author, committer, message.
    text: Vec<u8>,
    root: bool,
    tree: ObjectId,
    /// The parents' trees.
    bases: Vec<ObjectId>,
    changes: Vec<Change>,
}

impl Brought {
    fn read(store: &mut Store, id: &ObjectId) -> Result<Brought> {
        let mut data = store.read_as(id, Kind::Commit)?;
        let Commit { tree, parents, text } = Commit::parse(&data)?;
        let mut bases = Vec::with_capacity(parents.len());
        for parent in &parents {
            match store.read_if_there(parent)? {
                Some(object) => bases.push(Commit::parse(&object.data)?.tree),
                // History was cut off here: the whole tree counts as new.
                None if store.is_shallow_at(id) => {}
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
        Ok(Brought {
            id: *id,
            text: data.split_off(text),
            root: parents.is_empty(),
            tree,
            bases,
            changes,
        })
    }
}

/// Whether a value stood in the version before.
type StoodBefore<'a> = &'a mut dyn FnMut(&Match) -> Result<bool>;

impl Judge {
    pub(super) fn new(stage: Stage) -> Judge {
        Judge { report: Report::new(stage), clean: HashSet::new(), old: OldFiles::default() }
    }

    /// Notes that something could not be judged; the run goes on and will not end with 0.
    pub(super) fn failed(&mut self, error: &anyhow::Error) {
        self.report.errors.push(redaction::error_text(error));
    }

    /// Opens the repository of the environment or the current folder.
    pub(super) fn open(&mut self) -> Result<Store> {
        let store = Store::open().context("opening the repository")?;
        self.report.reader = Some(store.reader());
        Ok(store)
    }

    /// Everything the next commit brings.
    pub(super) fn staged(&mut self, store: &mut Store, staged: &Staged) -> Result<()> {
        staged.for_each_change(store, |store, change| {
            let mut removed = |store: &mut Store| staged.removed(store);
            self.change(store, &change, None, &staged.bases, &mut removed);
            Ok(())
        })?;
        self.report.findings.sort_by(|one, other| {
            let place =
                |finding: &Finding| (finding.source.path.clone(), finding.line, finding.column);
            place(one).cmp(&place(other))
        });
        Ok(())
    }

    /// Everything a push or range brings: files, messages, tags.
    pub(super) fn plan(&mut self, store: &mut Store, plan: &Plan) -> Result<()> {
        for ids in plan.commits.chunks(CHUNK) {
            let mut brought = Vec::with_capacity(ids.len());
            for id in ids {
                let what = || format!("judging commit {}", id.short());
                brought.push(Brought::read(store, id).with_context(what)?);
            }
            self.prescan(&brought);
            for one in &brought {
                let what = || format!("judging commit {}", one.id.short());
                self.commit(store, one).with_context(what)?;
            }
        }
        for id in &plan.tags {
            let data = store.read_as(id, Kind::Tag)?;
            let text = &data[Tag::parse(&data)?.text..];
            let source = Source::new(Place::Tag, b"(tag)").in_commit(Some(*id), false);
            self.report.judged.commits += 1;
            self.text(&source, text, &mut |_| Ok(false))?;
        }
        for (id, kind) in &plan.loose {
            if *kind == Kind::Tree {
                walk(store, *id, &[], |store, change| {
                    self.change(store, &change, None, &[], &mut |_| Ok(Vec::new()));
                    Ok(())
                })?;
            } else {
                let change = Change { path: b"(blob)".to_vec(), new: *id, old: Vec::new() };
                self.change(store, &change, None, &[], &mut |_| Ok(Vec::new()));
            }
        }
        Ok(())
    }

    /// Marks as clean, on all cores, what holds nothing.
    fn prescan(&mut self, brought: &[Brought]) {
        let mut seen = HashSet::new();
        let blobs: Vec<ObjectId> = brought
            .iter()
            .flat_map(|one| &one.changes)
            .filter(|change| !engine::is_context(&change.path))
            .map(|change| change.new)
            .filter(|id| !self.clean.contains(id) && seen.insert(*id))
            .collect();
        let found = prescan::clean(&blobs);
        self.report.judged.files += found.ids.len() as u64;
        self.report.judged.bytes += found.bytes;
        self.clean.extend(found.ids);
    }

    fn commit(&mut self, store: &mut Store, brought: &Brought) -> Result<()> {
        let Brought { id, text, root, tree, bases, changes } = brought;
        self.report.judged.commits += 1;
        let header = memchr::memmem::find(text, b"\n\n").map_or(text.len(), |end| end + 1);
        for (place, path, text) in [
            (Place::CommitHeader, &b"(commit header)"[..], &text[..header]),
            (Place::Message, b"(commit message)", text.get(header + 1..).unwrap_or_default()),
        ] {
            let source = Source::new(place, path).in_commit(Some(*id), *root);
            self.text(&source, text, &mut |_| Ok(false))?;
        }
        for change in changes {
            let mut removed = |store: &mut Store| removed(store, bases, *tree);
            self.change(store, change, Some(*id), bases, &mut removed);
        }
        Ok(())
    }

    /// One changed file: its name, where that is new, and its content.
    fn change(
        &mut self,
        store: &mut Store,
        change: &Change,
        commit: Option<ObjectId>,
        bases: &[ObjectId],
        removed: &mut dyn FnMut(&mut Store) -> Result<Vec<Removed>>,
    ) {
        if let Err(error) = self.try_change(store, change, commit, bases, removed) {
            self.failed(&error.context(redaction::visible(&change.path)));
        }
    }

    fn try_change(
        &mut self,
        store: &mut Store,
        change: &Change,
        commit: Option<ObjectId>,
        bases: &[ObjectId],
        removed: &mut dyn FnMut(&mut Store) -> Result<Vec<Removed>>,
    ) -> Result<()> {
        if change.old.is_empty() {
            self.file_name(&change.path, commit)?;
        }
        // A path that names a provider speaks for values elsewhere mean nothing.
        if self.clean.contains(&change.new) && !engine::is_context(&change.path) {
            return Ok(());
        }
        let text = store.read_file(&change.new)?;
        let found = self.report.findings.len();
        let excused = self.report.excused;
        let source = Source::new(Place::File, &change.path).in_commit(commit, bases.is_empty());
        let mut old = std::mem::take(&mut self.old);
        let mut earlier = Earlier::new(change, bases, removed, &mut old);
        let judged = self.text(&source, &text, &mut |found| earlier.holds(store, &found.secret));
        self.old = old;
        judged?;
        self.report.judged.files += 1;
        if self.report.findings.len() == found && self.report.excused == excused {
            self.clean.insert(change.new);
        }
        Ok(())
    }

    /// Judges a new file's name.
    pub(super) fn file_name(&mut self, path: &[u8], commit: Option<ObjectId>) -> Result<()> {
        let matches = engine::scan(b"", path)?;
        let source = Source::new(Place::FileName, path).in_commit(commit, false);
        self.matches(&source, path, &matches, &mut |_| Ok(false))
    }

    /// One text.
    pub(super) fn text(
        &mut self,
        source: &Source,
        text: &[u8],
        stood_before: StoodBefore,
    ) -> Result<()> {
        self.report.judged.bytes += text.len() as u64;
        let matches = engine::scan(&source.path, text)?;
        self.matches(source, text, &matches, stood_before)
    }

    fn matches(
        &mut self,
        source: &Source,
        text: &[u8],
        matches: &[Match],
        stood_before: StoodBefore,
    ) -> Result<()> {
        if matches.is_empty() {
            return Ok(());
        }
        let source = &source.shown();
        let mut position = Position::default();
        for found in matches {
            let comment = inline_comment(text, found.span.clone(), found.detector);
            if comment == Some(Comment::Allows) || stood_before(found)? {
                self.report.excused += 1;
                continue;
            }
            position.advance(text, found.span.start);
            let mut finding = Finding::new(found, matches, text, source, &position);
            if comment == Some(Comment::WithoutReason) {
                finding.facts.push(
                    "the keystop:allow on this line gives no reason, so it allows nothing"
                        .to_owned(),
                );
            }
            self.report.findings.push(finding);
        }
        Ok(())
    }
}
