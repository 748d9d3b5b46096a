//! Puts texts through the engine and the reasons not to report, and gathers what is left.

use std::collections::HashSet;

use anyhow::{Context, Result};

use super::archive::{Packed, explained};
use super::blob::{Blob, BlobKey};
use crate::decode::{Allowance, LARGEST_ARCHIVE};
use crate::engine::{self, Match};
use crate::finding::{Finding, Place, Source};
use crate::git::{Change, ObjectId, Removed, Staged, Store};
use crate::redaction::{self, Position};
use crate::report::{Report, Stage};
use crate::suppress::{Comment, Earlier, inline_comment};

/// One run over texts.
pub(super) struct Judge {
    pub(super) report: Report,
    /// Blobs in which nothing stands: however many commits bring them, they are read once.
    pub(super) clean: HashSet<BlobKey>,
}

/// Whether a value stood in the version before.
type StoodBefore<'a> = &'a mut dyn FnMut(&Match) -> Result<bool>;

impl Judge {
    pub(super) fn new(stage: Stage) -> Judge {
        Judge { report: Report::new(stage), clean: HashSet::new() }
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

    /// One file that no repository holds, or standard input; up to `limit` bytes are unpacked.
    pub(super) fn file(&mut self, source: &Source, text: &[u8], limit: u64) -> Result<()> {
        self.report.judged.files += 1;
        self.report.judged.bytes += text.len() as u64;
        let mut ask = || Ok(limit);
        let mut allowance = Allowance::asking(&mut ask);
        let (matches, packed) = all_in(source, text, &mut allowance)?;
        self.report.judged.unopened += packed.unopened;
        self.matches(source, text, &matches, &mut |_| Ok(false))?;
        for found in packed.found {
            self.tell(found.finding, found.comment);
        }
        packed.error.map_or(Ok(()), Err)
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
            let finding = Finding::new(found, matches, text, source, &position);
            self.tell(finding, comment);
        }
        Ok(())
    }

    /// Reports a finding, unless the comment on its line allows it.
    fn tell(&mut self, mut finding: Finding, comment: Option<Comment>) {
        match comment {
            Some(Comment::Allows) => {
                self.report.excused += 1;
                return;
            }
            Some(Comment::WithoutReason) => finding.facts.push(
                "the keystop:allow on this line gives no reason, so it allows nothing".to_owned(),
            ),
            None => {}
        }
        self.report.findings.push(finding);
    }
}

/// The keys in a file, and in what is packed in it.
fn all_in(source: &Source, text: &[u8], allowance: &mut Allowance) -> Result<(Vec<Match>, Packed)> {
    let mut matches = engine::scan_within(&source.path, text, allowance).map_err(explained)?;
    let packed = Packed::of(source, text, allowance);
    packed.without_known(&mut matches);
    Ok((matches, packed))
}

/// The files of one commit that are being judged: first each is looked at, then what was found is
/// compared with what stood before, all of it together.
pub(super) struct Judged<'a> {
    commit: Option<ObjectId>,
    /// The parents' trees.
    bases: &'a [ObjectId],
    /// Where something was found: in the text itself, or packed in it.
    found: Vec<(Change, Vec<Match>, Packed)>,
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
        let mut ask = || Ok(store.archive_limit()?.unwrap_or(LARGEST_ARCHIVE));
        let mut allowance = Allowance::asking(&mut ask);
        let (matches, mut packed) = all_in(&self.source(&change), &text, &mut allowance)?;
        judge.report.judged.unopened += packed.unopened;
        judge.report.judged.files += 1;
        judge.report.judged.bytes += text.len() as u64;
        let error = packed.error.take();
        if !matches.is_empty() || !packed.found.is_empty() {
            self.found.push((change, matches, packed));
        } else if error.is_none() {
            judge.clean.insert(key);
        }
        error.map_or(Ok(()), Err)
    }

    fn source(&self, change: &Change) -> Source {
        Source::new(Place::File, &change.path).in_commit(self.commit, self.bases.is_empty())
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
        let secrets = self.found.iter().flat_map(|(_, matches, packed)| {
            let packed = packed.found.iter().map(|found| &found.secret);
            matches.iter().map(|found| &found.secret).chain(packed)
        });
        let blobs = self.found.iter().map(|(change, ..)| change.new);
        let mut earlier = Earlier::new(self.bases, removed, secrets, blobs)?;
        for (change, matches, packed) in &self.found {
            let source = self.source(change);
            // Read again: the texts of very many files would not fit in memory together.
            let told = store.read_file(&change.new).and_then(|text| {
                judge.matches(&source, &text, matches, &mut |found| {
                    earlier.holds(store, change, &found.secret)
                })
            });
            let told = told.and_then(|()| {
                for found in &packed.found {
                    if earlier.holds(store, change, &found.secret)? {
                        judge.report.excused += 1;
                    } else {
                        judge.tell(found.finding.clone(), found.comment);
                    }
                }
                Ok(())
            });
            if let Err(error) = told {
                judge.failed(&error.context(redaction::visible(&change.path)));
            }
        }
        Ok(())
    }
}
