//! Puts texts through the engine and the reasons not to report, and gathers what is left.

use anyhow::{Context, Result};

use super::blob::{Blob, BlobKey};
use crate::engine::{self, Match};
use crate::finding::{Finding, Place, Source};
use crate::git::{Change, IdSet, ObjectId, Removed, Staged, Store};
use crate::redaction::{self, Position};
use crate::report::{Report, Stage};
use crate::suppress::{Comment, Earlier, inline_comment};

/// One run over texts.
pub(super) struct Judge {
    pub(super) report: Report,
    /// Blobs in which nothing stands: however many commits bring them, they are read once.
    pub(super) clean: IdSet<BlobKey>,
}

/// Whether a value stood in the version before.
type StoodBefore<'a> = &'a mut dyn FnMut(&Match) -> Result<bool>;

impl Judge {
    pub(super) fn new(stage: Stage) -> Judge {
        Judge { report: Report::new(stage), clean: IdSet::default() }
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
        let mut judged = Judged::new(None, &staged.bases);
        staged.for_each_change(store, |store, change| {
            judged.look(self, store, change);
            Ok(())
        })?;
        judged.tell(self, store, &mut |store| staged.removed(store))?;
        self.report.findings.sort_by(|one, other| {
            let place =
                |finding: &Finding| (finding.source.path.clone(), finding.line, finding.column);
            place(one).cmp(&place(other))
        });
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

/// The files of one commit that are being judged: first each is looked at, then what was found is
/// compared with what stood before, all of it together.
pub(super) struct Judged<'a> {
    commit: Option<ObjectId>,
    /// The parents' trees.
    bases: &'a [ObjectId],
    /// Where something was found.
    found: Vec<(Change, Vec<Match>)>,
}

impl<'a> Judged<'a> {
    pub(super) fn new(commit: Option<ObjectId>, bases: &'a [ObjectId]) -> Judged<'a> {
        Judged { commit, bases, found: Vec::new() }
    }

    /// One changed file: its name, where that is new, and its content.
    pub(super) fn look(&mut self, judge: &mut Judge, store: &mut Store, change: Change) {
        let path = change.path.clone();
        if let Err(error) = self.try_look(judge, store, change) {
            judge.failed(&error.context(redaction::visible(&path)));
        }
    }

    fn try_look(&mut self, judge: &mut Judge, store: &mut Store, change: Change) -> Result<()> {
        if change.old.is_empty() {
            judge.file_name(&change.path, self.commit)?;
        }
        let key = Blob::of(&change).key();
        if judge.clean.contains(&key) {
            return Ok(());
        }
        let text = store.read_file(&change.new)?;
        let matches = engine::scan(&change.path, &text)?;
        judge.report.judged.files += 1;
        judge.report.judged.bytes += text.len() as u64;
        if matches.is_empty() {
            judge.clean.insert(key);
        } else {
            self.found.push((change, matches));
        }
        Ok(())
    }

    /// Reports what is new. `removed` lists what the commit deletes or changes.
    ///
    /// # Errors
    /// Values that cannot be searched for together.
    pub(super) fn tell(
        self,
        judge: &mut Judge,
        store: &mut Store,
        removed: &mut dyn FnMut(&mut Store) -> Result<Vec<Removed>>,
    ) -> Result<()> {
        if self.found.is_empty() {
            return Ok(());
        }
        let secrets = self.found.iter().flat_map(|(_, matches)| matches).map(|found| &found.secret);
        let blobs = self.found.iter().map(|(change, _)| change.new);
        let mut earlier = Earlier::new(self.bases, removed, secrets, blobs)?;
        for (change, matches) in &self.found {
            let source = Source::new(Place::File, &change.path)
                .in_commit(self.commit, self.bases.is_empty());
            // Read again: the texts of very many files would not fit in memory together.
            let told = store.read_file(&change.new).and_then(|text| {
                judge.matches(&source, &text, matches, &mut |found| {
                    earlier.holds(store, change, &found.secret)
                })
            });
            if let Err(error) = told {
                judge.failed(&error.context(redaction::visible(&change.path)));
            }
        }
        Ok(())
    }
}
