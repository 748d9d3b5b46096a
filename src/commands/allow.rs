//! `keystop allow`: records that a finding is no key, or one that may stand there.

use std::collections::HashSet;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};

use super::configure::know_own_detectors;
use super::draft::Draft;
use super::history::judge_plan;
use super::judge::Judge;
use super::print;
use super::record::{Record, Recorded};
use crate::check::date;
use crate::cli::AllowArgs;

use crate::engine;
use crate::finding::{Place, Source};
use crate::fingerprint::Fingerprint;
use crate::git::{Staged, Store, kept_files, plan_unsent};
use crate::redaction::quoted;
use crate::report::Stage;
use crate::suppress::{ALLOW_FILE, Entry, is_reason, pattern, today};

/// Runs the command and returns the exit code.
///
/// # Errors
/// A finding that the last run did not have, a missing reason, a file that cannot be written.
pub fn allow(arguments: &AllowArgs) -> Result<u8> {
    if arguments.prune {
        return prune();
    }
    let reason = arguments.reason.as_deref().unwrap_or_default();
    let reason = checked_reason(reason)?;
    let until = arguments.until.as_deref().map(checked_day).transpose()?;
    let path = arguments.path.as_deref().unwrap_or("*");
    ensure!(
        !path.is_empty() && !path.starts_with('/'),
        "--path is a path from the repository's root"
    );
    if path.contains(['*', '?', '[', '{']) {
        pattern(path.as_bytes()).context("--path")?;
    }
    let settings = know_own_detectors()?;
    let record = Record::last()?;
    let chosen = if arguments.last {
        let blocking: Vec<&Recorded> = record.findings.iter().filter(|one| one.blocks).collect();
        ensure!(!blocking.is_empty(), "nothing in the last run blocked");
        blocking
    } else {
        chosen(&record, &arguments.fingerprints)?
    };
    let store = Store::open().context("opening the repository")?;
    let mut draft = Draft::open(&store)?;
    let mut said = String::new();
    for finding in chosen {
        let entry = entry(finding, path.as_bytes(), reason)?;
        ensure!(
            !settings.policy()?.enforces(&entry.detector),
            "this machine's policy lets nobody allow {}",
            entry.detector
        );
        let _ = writeln!(said, "allowed: {} in {}", entry.detector, finding.place());
        draft.add(Entry { until: until.clone().map(Into::into), ..entry });
    }
    draft.salt = record.salt();
    said += &draft.save()?;
    if arguments.last && record.more > 0 {
        let _ = writeln!(
            said,
            "{} more blocked, which the hook did not show: `keystop scan --staged` (or --range \
             A..B) lists them all, and then this allows them",
            record.more
        );
    }
    print(&said)?;
    Ok(0)
}

/// The entry that allows a finding of the last run.
pub(super) fn entry(finding: &Recorded, path: &[u8], reason: &str) -> Result<Entry<'static>> {
    let detector =
        finding.detector().context("the last run was another version's: run it again")?;
    let fingerprint = finding.filed().context("the last run was no run in a repository")?;
    Ok(Entry {
        fingerprint,
        detector: detector.id.into(),
        path: path.to_vec().into(),
        until: None,
        reason: reason.to_owned().into(),
    })
}

fn chosen<'a>(record: &'a Record, fingerprints: &[String]) -> Result<Vec<&'a Recorded>> {
    let mut chosen = Vec::new();
    for wanted in fingerprints {
        // Not quoted where it is none: somebody may have pasted the key itself.
        let Some(wanted) = Fingerprint::parse(wanted) else {
            bail!(
                "a fingerprint is the 12 hex digits that a block prints behind `keystop allow`, \
                 with a p before them for a password"
            );
        };
        let wanted = wanted.to_string();
        let before = chosen.len();
        chosen.extend(record.findings.iter().filter(|one| one.has(&wanted)));
        ensure!(
            chosen.len() > before,
            "the last run in this repository found nothing with the fingerprint {wanted}: run what \
             shows it (git commit, git push, keystop scan --staged or --range A..B), then this again"
        );
    }
    Ok(chosen)
}

/// A reason as it is written: one line that says something and holds no key.
pub(super) fn checked_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    ensure!(is_reason(reason), "say with --reason why this is no key, or one that may stand there");
    ensure!(reason.len() <= 1000, "a reason has at most 1000 bytes");
    ensure!(!reason.contains(char::is_control), "a reason is one line without control characters");
    ensure!(
        engine::scan(b"", reason.as_bytes())?.is_empty(),
        "the reason holds a key; it would be committed with {ALLOW_FILE}"
    );
    Ok(reason)
}

fn checked_day(day: &str) -> Result<String> {
    let known = day.len() == 10 && date::parse(day.as_bytes()).is_some();
    ensure!(known, "--until is a day such as 2031-12-31");
    ensure!(*day >= *today(), "--until names a day that is over");
    Ok(day.to_owned())
}

/// Drops the entries that speak of nothing in HEAD, in the index, in the work tree and in commits
/// that were not pushed.
fn prune() -> Result<u8> {
    let mut judge = Judge::new(Stage::Range { head: None });
    judge.excuses.heeds_days = false;
    let mut store = judge.open()?;
    judge.configure(&mut store, None)?;
    let mut draft = Draft::open(&store)?;
    let head = store.head()?;
    if let Some(tree) = head.map(|head| store.tree_of(&head)).transpose()?.flatten() {
        judge.tree(&mut store, tree)?;
    }
    let staged = Staged::find(&mut store, &[])?.whole();
    judge.staged(&mut store, &staged)?;
    for file in kept_files(draft.top())? {
        let Ok(about) = std::fs::symlink_metadata(&file) else { continue };
        let path = file.strip_prefix(draft.top()).unwrap_or(&file);
        let text = if about.is_symlink() {
            super::path_bytes(&std::fs::read_link(&file)?).to_vec()
        } else if about.is_file() {
            std::fs::read(&file).with_context(|| format!("reading {}", path.display()))?
        } else {
            continue;
        };
        let path = super::path_bytes(path);
        judge.file_name(path, None)?;
        let limit = judge.settings.largest_archive(store.archive_limit()?)?;
        judge.file(&Source::new(Place::File, path), &text, limit)?;
    }
    // A later push is asked for these: their messages, and files that HEAD no longer has.
    let unsent = plan_unsent(&mut store)?;
    judge_plan(&mut judge, &mut store, &unsent)?;
    if let [error, ..] = &judge.report.errors[..] {
        bail!("nothing was dropped, since not everything could be judged: {error}");
    }
    let used: HashSet<String> =
        judge.report.allowed.iter().map(|(_, entry)| entry.to_string()).collect();
    let (kept, dropped): (Vec<_>, Vec<_>) =
        draft.entries.into_iter().partition(|entry| used.contains(&entry.to_string()));
    draft.entries = kept;
    if dropped.is_empty() {
        print("every entry still speaks of something\n")?;
        return Ok(0);
    }
    let mut said = String::new();
    for entry in dropped {
        let (path, reason) = (quoted(&entry.path), quoted(entry.reason.as_bytes()));
        let _ =
            writeln!(said, "dropped: {} {} {path}: {reason}", entry.fingerprint, entry.detector);
    }
    print(&(said + &draft.save()?))?;
    Ok(0)
}
