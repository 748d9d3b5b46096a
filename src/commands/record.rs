//! What the last run found, without any value: `allow --last`, `explain` and `review` read it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::detector::{self, Detector};
use crate::finding::Finding;
use crate::fingerprint::{Fingerprint, Salt};
use crate::git::Store;
use crate::report::Report;
use crate::suppress::Waiver;

/// The file's name.
const NAME: &str = "last.json";
/// A run that found more is no list that a person goes through.
const MOST: usize = 2000;

/// The findings of one run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    version: u32,
    /// Under which the `filed` fingerprints were made.
    salt: Option<String>,
    pub(super) findings: Vec<Recorded>,
    /// How many more blocked: a hook shows and records the first of very many.
    #[serde(default)]
    pub(super) more: usize,
}

/// One of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Recorded {
    /// As it was shown.
    pub(super) fingerprint: String,
    /// For the allow file.
    filed: Option<String>,
    /// As another clone or a CI run may show it.
    public: String,
    detector: String,
    /// As it was shown: keys in it masked.
    pub(super) path: String,
    /// The way inside, where that file is an archive.
    #[serde(default)]
    member: Option<String>,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) commit: Option<String>,
    pub(super) blob: Option<String>,
    /// Whether it stopped the run.
    pub(super) blocks: bool,
    /// The fingerprint under which the user let it pass, if they did.
    pub(super) waived: Option<String>,
    /// The line it stands in, keys masked.
    pub(super) redacted: String,
}

impl Recorded {
    fn of(finding: &Finding, waived: Option<&Waiver>) -> Option<Recorded> {
        let prints = finding.prints?;
        Some(Recorded {
            fingerprint: prints.shown.to_string(),
            filed: prints.filed.map(|print| print.to_string()),
            public: prints.public.to_string(),
            detector: finding.detector.id.to_owned(),
            path: finding.shown_path(),
            member: finding.member.clone(),
            line: finding.line,
            column: finding.column,
            commit: finding.source.commit.map(|commit| commit.to_string()),
            blob: finding.source.blob.map(|blob| blob.to_string()),
            blocks: finding.blocks && waived.is_none(),
            waived: waived.map(|waiver| waiver.fingerprint.to_string()),
            redacted: finding.frame.line.clone(),
        })
    }

    /// The detector, if this version of keystop has it.
    pub(super) fn detector(&self) -> Option<&'static Detector> {
        detector::by_id(&self.detector)
    }

    /// Whether a fingerprint is this finding's.
    pub(super) fn has(&self, fingerprint: &str) -> bool {
        [Some(&self.fingerprint), self.filed.as_ref(), Some(&self.public)]
            .contains(&Some(&fingerprint.to_owned()))
    }

    /// The fingerprint for the allow file.
    pub(super) fn filed(&self) -> Option<Fingerprint> {
        self.filed.as_deref().and_then(Fingerprint::parse)
    }

    /// `path:line:column`, and the commit.
    pub(super) fn place(&self) -> String {
        let commit = self.commit.as_deref().and_then(|commit| commit.get(..12));
        let commit = commit.map(|commit| format!(" in commit {commit}")).unwrap_or_default();
        let member = self.member.as_ref().map(|member| format!(" > {member}")).unwrap_or_default();
        format!("{}{member}:{}:{}{commit}", self.path, self.line, self.column)
    }
}

impl Record {
    /// Where records lie: beside the repository's objects, for all its work trees.
    pub(super) fn folder(store: &Store) -> PathBuf {
        store.common_dir().join("keystop")
    }

    /// The last one; `None` where nothing was ever found.
    pub(super) fn read(folder: &Path) -> Result<Option<Record>> {
        let path = folder.join(NAME);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        let what =
            "the record of the last run cannot be read: run the hook or `keystop scan` again";
        let record: Record = serde_json::from_slice(&text).context(what)?;
        ensure!(record.version == 1, "{what}");
        Ok(Some(record))
    }

    /// The same for the repository around the current folder.
    pub(super) fn last() -> Result<Record> {
        let store = Store::open().context("opening the repository")?;
        let record = Record::read(&Record::folder(&store))?;
        record.context(
            "keystop has found nothing in this repository yet: there is no last run. What a server \
             or a CI run found is found here by: keystop scan --range A..B",
        )
    }

    /// The salt under which its fingerprints for the file were made.
    pub(super) fn salt(&self) -> Option<Salt> {
        self.salt.as_deref().and_then(Salt::parse)
    }

    /// Writes what a run found, for this user's eyes. What fails here changes no verdict.
    pub(super) fn write(report: &Report, folder: &Path, salt: Option<Salt>) {
        let stands = report.findings.iter().filter_map(|finding| Recorded::of(finding, None));
        let waived = report
            .waived
            .iter()
            .filter_map(|(finding, waiver)| Recorded::of(finding, Some(waiver)));
        let findings: Vec<Recorded> = stands.chain(waived).take(MOST).collect();
        let blocking = report.findings.iter().filter(|finding| finding.blocks).count();
        let recorded = findings.iter().filter(|finding| finding.blocks).count();
        let record = Record {
            version: 1,
            salt: salt.map(|salt| salt.to_string()),
            findings,
            more: blocking - recorded.min(blocking),
        };
        if let Ok(text) = serde_json::to_vec_pretty(&record) {
            let _ = replace(folder, &text);
        }
    }
}

/// Writes the file anew in one step: whoever reads it sees the old one or the new one.
fn replace(folder: &Path, text: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    remove_left_over(folder);
    let new = folder.join(format!("{NAME}.{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(&new)
        .and_then(|mut file| file.write_all(text))
        .and_then(|()| fs::rename(&new, folder.join(NAME)));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

/// What a run that was killed half-way left behind.
fn remove_left_over(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with("last.json.");
        let age = entry.metadata().and_then(|about| about.modified()).map(|at| at.elapsed());
        let is_old = matches!(age, Ok(Ok(age)) if age > Duration::from_secs(60));
        if is_ours && is_old {
            let _ = fs::remove_file(entry.path());
        }
    }
}
