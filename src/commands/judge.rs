//! Puts texts through the engine and the reasons not to report, and gathers what is left.

mod weighing;

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

use super::allowing::Allowing;
use super::archive::{Packed, explained};
use super::blob::{Blob, BlobKey};
use super::cache::Cache;
use super::configure::Configuring;
use super::deadline::{Deadline, OVER};
use super::excuse::Excuses;
use super::found::Found;
use super::judged::Judged;
use super::record::Record;
use super::shard::Shard;
use crate::config::Settings;
use crate::decode::Allowance;
use crate::engine::{self, Match};
use crate::finding::{Finding, Place, Source};
use crate::git::{Change, IdMap, IdSet, ObjectId, Staged, Store, walk};
use crate::redaction::{self, Position};
use crate::report::{Report, Stage, Stream};
use crate::secret::Secret;
use crate::suppress::{Comment, inline_comment, inline_reason};

/// One run over texts.
pub(super) struct Judge {
    pub(super) report: Report,
    /// Blobs in which nothing stands: however many commits bring them, they are read once.
    pub(super) clean: IdSet<BlobKey>,
    /// What stands in others that were scanned already, each until it is judged.
    pub(super) matched: IdMap<BlobKey, Vec<Match>>,
    /// What earlier runs found clean, where that counts.
    pub(super) cache: Option<Cache>,
    /// Which objects this run judges, if not all.
    pub(super) shard: Option<Shard>,
    /// How many matches stood there before.
    pub(super) stood: u64,
    /// What speaks for a finding.
    pub(super) excuses: Excuses,
    /// How the allow file changes in what is judged.
    pub(super) allowing: Allowing,
    /// What users, the repository and the machine have set.
    pub(super) settings: Settings,
    /// How the repository's configuration changes in what is judged.
    pub(super) configuring: Configuring,
    /// When the verdict has to be there.
    pub(super) deadline: Deadline,
    /// Where the report goes while it comes to be, if it does.
    pub(super) stream: Option<Stream>,
}

/// Whether a value stood in the version before.
type StoodBefore<'a> = &'a mut dyn FnMut(&Match) -> Result<bool>;

impl Judge {
    pub(super) fn new(stage: Stage) -> Judge {
        Judge {
            report: Report::new(stage),
            clean: IdSet::default(),
            matched: IdMap::default(),
            cache: None,
            shard: None,
            stood: 0,
            excuses: Excuses::default(),
            allowing: Allowing::default(),
            settings: Settings::default(),
            configuring: Configuring::default(),
            deadline: Deadline::default(),
            stream: None,
        }
    }

    /// Writes what came to the report, where it is written as it comes to be.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub(super) fn stream(&mut self) -> Result<()> {
        match &mut self.stream {
            Some(stream) => stream.tell(&mut self.report).context("writing the report"),
            None => Ok(()),
        }
    }

    /// Notes that something could not be judged; the run goes on and will not end with 0.
    pub(super) fn failed(&mut self, error: &anyhow::Error) {
        self.report.errors.push(redaction::error_text(error));
    }

    /// Whether the time for judging is over; the run then will not end with 0.
    pub(super) fn is_out_of_time(&mut self) -> bool {
        let over = self.deadline.is_over();
        if over && !self.report.errors.iter().any(|error| error == OVER) {
            self.report.errors.push(OVER.to_owned());
        }
        over
    }

    /// The same for what every thread meets: one of them says it.
    fn failed_once(&mut self, error: &anyhow::Error) {
        static TOLD: AtomicBool = AtomicBool::new(false);
        if !TOLD.swap(true, Ordering::Relaxed) {
            self.failed(error);
        }
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
            self.look(&change);
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

    /// Everything that stands in a tree.
    pub(super) fn tree(&mut self, store: &mut Store, tree: ObjectId) -> Result<()> {
        let mut judged = Judged::new(None, &[]);
        walk(store, tree, &[], |store, change| {
            judged.look(self, store, change);
            Ok(())
        })?;
        judged.tell(self, store, &mut |_| Ok(Vec::new()))
    }

    /// Whether this run judges an object.
    pub(super) fn holds(&self, id: &ObjectId) -> bool {
        self.shard.is_none_or(|shard| shard.holds(id))
    }

    /// What is known of files, for all threads to ask.
    pub(super) fn known(&self) -> Known<'_> {
        Known { clean: &self.clean, cache: self.cache.as_ref(), shard: self.shard }
    }

    /// Whether nothing stands in a file, as this run knows or an earlier one.
    pub(super) fn is_clean(&self, key: &BlobKey) -> bool {
        self.known().is_clean(key)
    }

    /// Notes that nothing stands in a file.
    pub(super) fn found_clean(&mut self, key: BlobKey) {
        if let Some(cache) = &mut self.cache {
            cache.learn_file(&key);
        }
        self.clean.insert(key);
    }

    /// Judges a new file's name.
    pub(super) fn file_name(&mut self, path: &[u8], commit: Option<ObjectId>) -> Result<()> {
        let matches = engine::scan(b"", path)?;
        let source = Source::new(Place::FileName, path).in_commit(commit, false);
        self.matches(&source, path, &matches, &mut |_| Ok(false))
    }

    /// Notes a change of a file that says what is allowed.
    pub(super) fn look(&mut self, change: &Change) {
        self.allowing.look(change);
        self.configuring.look(change);
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

    /// Says what the allow file newly allows.
    ///
    /// # Errors
    /// A new version with a bad line.
    pub(super) fn tell_allowing(&mut self, store: &mut Store) -> Result<()> {
        self.report.notes.extend(self.allowing.told(store, &mut self.excuses.versions)?);
        Ok(())
    }

    /// Says which of the user's waivers were for nothing that was found, where anything was.
    pub(super) fn name_idle_waivers(&mut self) {
        let used: Vec<_> =
            self.report.waived.iter().map(|(_, waiver)| waiver.fingerprint).collect();
        let name = self.excuses.skip_name();
        for print in self.excuses.idle_waivers(&used) {
            self.report
                .notes
                .push(format!("{name} names {print}, which is no finding of this run"));
        }
    }

    /// Makes the fingerprints of what will be shown, where that was left for later.
    pub(super) fn settle(&mut self, most: usize) {
        let shown = self.report.shown(most);
        let Report { findings, stage, .. } = &mut self.report;
        self.excuses.settle(stage, findings, &shown);
    }

    /// The same for all of them.
    pub(super) fn settle_all(&mut self) {
        let Report { findings, stage, .. } = &mut self.report;
        let all: Vec<usize> = (0..findings.len()).collect();
        self.excuses.settle(stage, findings, &all);
    }

    /// Keeps what was found, without any value, for `keystop allow` and its like.
    pub(super) fn record(&mut self) {
        if self.report.findings.is_empty() && self.report.waived.is_empty() {
            return;
        }
        // `keystop doctor` finds what it planted itself.
        if std::env::var_os("KEYSTOP_RECORD").is_some_and(|what| what == "none") {
            return;
        }
        if let Some((folder, salt)) = self.excuses.record(&self.report.stage) {
            Record::write(&self.report, &folder, salt);
        }
    }

    /// One file that no repository holds, or standard input; up to `limit` bytes are unpacked.
    pub(super) fn file(&mut self, source: &Source, text: &[u8], limit: u64) -> Result<()> {
        self.report.judged.files += 1;
        self.report.judged.bytes += text.len() as u64;
        let mut ask = || Ok(limit);
        let mut allowance = Allowance::asking(&mut ask);
        let (matches, packed) = all_in(source, text, &mut allowance)?;
        self.report.closed.extend(packed.closed);
        self.matches(source, text, &matches, &mut |_| Ok(false))?;
        self.members(source, &packed.found, &mut |_| Ok(false))?;
        packed.error.map_or(Ok(()), Err)
    }

    /// Reports what was found in a text.
    pub(super) fn matches(
        &mut self,
        source: &Source,
        text: &[u8],
        matches: &[Match],
        stood_before: StoodBefore,
    ) -> Result<()> {
        if matches.is_empty() {
            return Ok(());
        }
        let shown = &source.shown();
        let mut position = Position::default();
        for found in matches {
            let comment = inline_comment(text, found.span.clone(), found.detector);
            if self.needs_asking(comment, found.detector) && stood_before(found)? {
                self.report.excused += 1;
                self.stood += 1;
                continue;
            }
            let word = self.word(source, text, found.detector, &found.span);
            position.advance(text, found.span.start);
            let finding = Finding::new(found, matches, text, shown, &position);
            let allowed = matches!(comment, Some(Comment::Allows));
            let reason = allowed.then(|| inline_reason(text, found.span.clone(), found.detector));
            self.weigh(finding, &found.secret, (comment, reason.unwrap_or_default()), word);
        }
        Ok(())
    }

    /// What was found in the members of an archive, or in the pieces of a huge file.
    pub(super) fn members(
        &mut self,
        source: &Source,
        found: &[Found],
        stood_before: &mut dyn FnMut(&Secret) -> Result<bool>,
    ) -> Result<()> {
        for one in found {
            let Found { finding, secret, comment, .. } = one;
            if self.needs_asking(*comment, finding.detector) && stood_before(secret)? {
                self.report.excused += 1;
                self.stood += 1;
                continue;
            }
            let word = self.word(source, &one.line, finding.detector, &one.span);
            let allowed = matches!(comment, Some(Comment::Allows));
            let reason =
                allowed.then(|| inline_reason(&one.line, one.span.clone(), finding.detector));
            self.weigh(finding.clone(), secret, (*comment, reason.unwrap_or_default()), word);
        }
        Ok(())
    }
}

/// What a run knows of files.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    clean: &'a IdSet<BlobKey>,
    cache: Option<&'a Cache>,
    shard: Option<Shard>,
}

impl Known<'_> {
    fn is_clean(&self, key: &BlobKey) -> bool {
        self.clean.contains(key) || self.cache.is_some_and(|cache| cache.has_file(key))
    }

    /// Whether a file is this run's, and something may stand in it.
    pub(super) fn is_open(&self, blob: &Blob) -> bool {
        self.shard.is_none_or(|shard| shard.holds(&blob.id))
            && (self.clean.is_empty() && self.cache.is_none() || !self.is_clean(&blob.key()))
    }
}

/// The keys in a file, and in what is packed in it.
pub(super) fn all_in(
    source: &Source,
    text: &[u8],
    allowance: &mut Allowance,
) -> Result<(Vec<Match>, Packed)> {
    let mut matches = engine::scan_within(&source.path, text, allowance).map_err(explained)?;
    let packed = Packed::of(source, text, allowance);
    packed.without_known(&mut matches);
    Ok((matches, packed))
}
