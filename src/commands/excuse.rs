//! What speaks for a finding: the repository's allow file, and the user's word for one run.

mod loaded;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;

use loaded::Loaded;
pub(super) use loaded::work_tree_file;

use super::late::Late;
use super::versions::Versions;
use crate::cores;
use crate::detector::Detector;
use crate::finding::{Finding, Source};
use crate::fingerprint::{Fingerprint, Prints, Salt};
use crate::git::ObjectId;
use crate::redaction::quoted;
use crate::report::Stage;
use crate::secret::Secret;
use crate::suppress::{ALLOW_FILE, AllowFile, Entry, PUSH_SKIP, SKIP, Waiver, today, waivers};

/// The fingerprints of so many values are kept, so that each is made once.
const MOST_PRINTS: usize = 1 << 14;

/// Which version of the allow file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Version {
    /// The work tree's; in a bare repository HEAD's.
    WorkTree,
    /// What is about to be committed.
    Staged,
    /// That of these commits: what is pushed, or the base where a server or CI judges.
    Commits(Vec<ObjectId>),
}

/// What is said of a finding.
pub(super) enum Verdict {
    /// An entry of the allow file speaks for it.
    Allowed(Entry<'static>),
    /// The user lets it pass this once.
    Waived(Waiver),
    /// Nothing does; the lines say what nearly did.
    Stands(Vec<String>),
}

/// Asked only once something was found: nothing is read before.
pub(super) struct Excuses {
    /// Which version holds; where nothing is set, that follows from the stage.
    pub(super) version: Option<Version>,
    /// Whether the user's variable counts: in hooks on a workstation.
    pub(super) heeds_skip: bool,
    /// The waivers that came with a push, where the server lets them count.
    pub(super) push_skip: Option<String>,
    /// What a server was sent: its allow files speak for nothing yet.
    pub(super) pushed: Vec<ObjectId>,
    /// Whether an entry's last day counts.
    pub(super) heeds_days: bool,
    /// Whether fingerprints are made for those findings alone that will be shown: one of a value
    /// that people choose takes milliseconds, and a commit may bring a thousand.
    pub(super) is_late: bool,
    /// Whether nobody asks for the fingerprint of a finding that no repository can allow: reports for
    /// people show none of it.
    pub(super) is_for_people: bool,
    late: Late,
    /// What was read of the allow file.
    pub(super) versions: Versions,
    loaded: Option<Loaded>,
    prints: HashMap<(u16, Secret), Prints>,
}

impl Default for Excuses {
    fn default() -> Excuses {
        Excuses {
            version: None,
            heeds_skip: false,
            push_skip: None,
            pushed: Vec::new(),
            heeds_days: true,
            is_late: false,
            is_for_people: false,
            late: Late::default(),
            versions: Versions::default(),
            loaded: None,
            prints: HashMap::new(),
        }
    }
}

impl Excuses {
    /// What speaks for a finding, which gets its fingerprints; where those are made late, only if
    /// something may speak for it.
    pub(super) fn ask(&mut self, stage: &Stage, finding: &mut Finding, secret: &Secret) -> Verdict {
        if self.is_for_people {
            self.load(stage);
            if self.loaded.get_or_insert_default().is_silent() {
                return Verdict::Stands(Vec::new());
            }
        }
        if self.is_late && secret.is_guessable(finding.detector) {
            self.load(stage);
            finding.value = Some(self.late.number(finding.detector, secret));
            let loaded = self.loaded.get_or_insert_default();
            let path = loaded.path_of(stage, &finding.source);
            if loaded.waivers.is_empty()
                && !self.late.may_be_allowed(&loaded.files, finding.detector, &path)
            {
                return Verdict::Stands(Vec::new());
            }
        }
        self.ask_by_fingerprint(stage, finding, secret)
    }

    fn ask_by_fingerprint(
        &mut self,
        stage: &Stage,
        finding: &mut Finding,
        secret: &Secret,
    ) -> Verdict {
        let prints = self.prints(stage, finding.detector, secret);
        finding.prints = Some(prints);
        let value = Value { detector: finding.detector, secret };
        let loaded = self.loaded.get_or_insert_default();
        let first = loaded.salts.first();
        let path = loaded.path_of(stage, &finding.source);
        let mut notes = Vec::new();
        for file in &loaded.files {
            for entry in value.entries(file, prints.shown, first) {
                let reason = quoted(entry.reason.as_bytes());
                if !entry.covers(&path) {
                    let there = quoted(&entry.path);
                    notes.push(format!("{ALLOW_FILE} allows it in {there} only ({reason})"));
                } else if entry.is_expired(&loaded.today) {
                    let until = entry.until.unwrap_or_default();
                    notes.push(format!(
                        "{ALLOW_FILE} allowed it until {until} ({reason}); that day is over"
                    ));
                } else {
                    return Verdict::Allowed(entry);
                }
            }
        }
        if let Some(waiver) = loaded.waivers.iter().find(|waiver| {
            let print = waiver.fingerprint;
            print == prints.shown || print == prints.public
        }) {
            return Verdict::Waived(waiver.clone());
        }
        if let Some(aside) = &loaded.aside
            && let Some(filed) = prints.filed
            && value
                .entries(aside, filed, loaded.next.as_ref().or(first))
                .into_iter()
                .any(|entry| entry.covers(&path) && !entry.is_expired(&loaded.today))
        {
            notes.push(match stage {
                Stage::Push { .. } => format!("{ALLOW_FILE} allows it in your work tree, but not in what is pushed: git add -- {ALLOW_FILE}, git commit"),
                Stage::Range { .. } => format!("the {ALLOW_FILE} that is checked out allows it, but the version before it holds here: let that file in first"),
                Stage::Receive => format!("the pushed {ALLOW_FILE} allows it; on a server it counts once it is there: push that file alone first"),
                _ => format!("{ALLOW_FILE} allows it in your work tree, but not in what is staged: git add -- {ALLOW_FILE}"),
            });
        }
        Verdict::Stands(notes)
    }

    /// Makes the fingerprints of those of a run's findings that are shown, and completes what is
    /// said of them.
    pub(super) fn settle(&mut self, stage: &Stage, findings: &mut [Finding], shown: &[usize]) {
        let open = |finding: &Finding| finding.prints.is_none() && finding.value.is_some();
        let shown: Vec<usize> = shown.iter().copied().filter(|&at| open(&findings[at])).collect();
        let values: HashSet<usize> = shown.iter().filter_map(|&at| findings[at].value).collect();
        let values: Vec<(&'static Detector, Secret)> =
            values.into_iter().filter_map(|number| self.late.value(number)).collect();
        if values.is_empty() {
            return;
        }
        self.load(stage);
        let loaded = self.loaded.get_or_insert_default();
        let made = cores::each(&values, |(detector, secret)| loaded.prints(detector, secret));
        for ((detector, secret), prints) in values.into_iter().zip(made) {
            self.prints.insert((detector.index, secret), prints);
        }
        for at in shown {
            let finding = &mut findings[at];
            let Some((_, secret)) = finding.value.and_then(|number| self.late.value(number)) else {
                continue;
            };
            // Nothing speaks for it, or it had been asked then.
            if let Verdict::Stands(notes) = self.ask_by_fingerprint(stage, finding, &secret) {
                finding.facts.extend(notes);
            }
        }
    }

    /// Whether a finding is of this value.
    pub(super) fn is_of(
        &mut self,
        stage: &Stage,
        finding: &Finding,
        detector: &'static Detector,
        secret: &Secret,
    ) -> bool {
        if let Some((_, value)) = finding.value.and_then(|number| self.late.value(number)) {
            return finding.detector.id == detector.id && value == *secret;
        }
        let prints = self.prints(stage, detector, secret);
        finding.prints.is_some_and(|print| print.shown == prints.shown)
    }

    /// The fingerprints of a value, made once for each.
    pub(super) fn prints(
        &mut self,
        stage: &Stage,
        detector: &'static Detector,
        secret: &Secret,
    ) -> Prints {
        self.load(stage);
        let loaded = self.loaded.get_or_insert_default();
        // An audit asks for all of its values in the end; a tree may hold any number.
        if self.prints.len() >= MOST_PRINTS && !matches!(stage, Stage::History { .. }) {
            self.prints.clear();
        }
        let known = (detector.index, secret.clone());
        *self.prints.entry(known).or_insert_with(|| loaded.prints(detector, secret))
    }

    /// What the user's waivers come in.
    pub(super) fn skip_name(&self) -> &'static str {
        if self.push_skip.is_some() { PUSH_SKIP } else { SKIP }
    }

    /// The values that were found, with the number of their detector.
    pub(super) fn values(&self) -> impl Iterator<Item = (u16, &Secret, &Prints)> {
        self.prints.iter().map(|((detector, secret), prints)| (*detector, secret, prints))
    }

    /// A text's path as it is named from the repository's root.
    pub(super) fn path_from_top(&mut self, stage: &Stage, source: &Source) -> Vec<u8> {
        self.load(stage);
        self.loaded.get_or_insert_default().path_from_top(stage, source)
    }

    /// What could not be read, once: the findings then stand.
    pub(super) fn fault(&mut self) -> Option<anyhow::Error> {
        self.loaded.as_mut()?.fault.take()
    }

    /// Where this run's findings are recorded, and the salt their fingerprints for the file have.
    pub(super) fn record(&mut self, stage: &Stage) -> Option<(PathBuf, Option<Salt>)> {
        self.load(stage);
        let loaded = self.loaded.as_ref()?;
        let salt = loaded.next.or(loaded.salts.first().copied());
        loaded.record.clone().map(|folder| (folder, salt))
    }

    /// The waivers that named none of the fingerprints.
    pub(super) fn idle_waivers(&self, used: &[Fingerprint]) -> Vec<Fingerprint> {
        let waivers = self.loaded.iter().flat_map(|loaded| &loaded.waivers);
        waivers.map(|waiver| waiver.fingerprint).filter(|print| !used.contains(print)).collect()
    }

    fn load(&mut self, stage: &Stage) {
        if self.loaded.is_some() {
            return;
        }
        let version = self.version.clone().unwrap_or(match stage {
            Stage::Staged { .. } | Stage::Message => Version::Staged,
            _ => Version::WorkTree,
        });
        // No day is before none.
        let today = if self.heeds_days { today() } else { String::new() };
        let mut loaded = Loaded { today, ..Loaded::default() };
        let outcome = loaded.read(&version, &self.pushed, &mut self.versions).and_then(|()| {
            if let Some(text) = &self.push_skip {
                loaded.waivers = waivers(PUSH_SKIP, text)?;
            } else if self.heeds_skip
                && let Some(text) = std::env::var_os(SKIP)
            {
                let Some(text) = text.to_str() else { bail!("{SKIP} is not UTF-8") };
                loaded.waivers = waivers(SKIP, text)?;
            }
            Ok(())
        });
        // The threads of a scan all read it; one of them says what is wrong.
        static TOLD: AtomicBool = AtomicBool::new(false);
        if let Err(error) = outcome
            && !TOLD.swap(true, Ordering::Relaxed)
        {
            loaded.fault = Some(error);
        }
        self.loaded = Some(loaded);
    }
}

/// What a detector found.
struct Value<'a> {
    detector: &'static Detector,
    secret: &'a Secret,
}

impl Value<'_> {
    /// The entries of a file that speak of it; its fingerprint `under` a salt is known.
    fn entries(
        &self,
        file: &AllowFile,
        known: Fingerprint,
        under: Option<&Salt>,
    ) -> Vec<Entry<'static>> {
        let keys: Vec<Option<&Salt>> = match file.salts() {
            [] => vec![None],
            salts => salts.iter().map(Some).collect(),
        };
        let mut prints = vec![known];
        // The slow form is made only where some entry has it.
        let forms = [false, true].into_iter();
        for slow in forms.filter(|slow| file.speaks_of(self.detector.id, *slow)) {
            for key in keys.iter().filter(|key| known.is_slow() != slow || **key != under) {
                prints.push(self.secret.fingerprint_in_form(slow, self.detector, *key));
            }
        }
        prints.sort_unstable();
        prints.dedup();
        let entries = prints.iter().flat_map(|print| file.with(*print));
        entries.filter(|entry| entry.detector == self.detector.id).map(Entry::into_owned).collect()
    }
}
