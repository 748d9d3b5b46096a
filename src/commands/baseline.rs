//! `keystop baseline`: records what a repository holds already, and shows what is left of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::archive::each_key;
use super::draft::Draft;
use super::judge::Judge;
use super::print;
use crate::check::date;
use crate::cli::BaselineArgs;
use crate::finding::{Finding, Place};
use crate::git::{Commit, Kind, ObjectId, Store, answer, file_at};
use crate::report::Stage;
use crate::suppress::Entry;

/// The reason of every entry that a baseline writes.
const REASON: &str = "baseline";

/// Runs the command and returns the exit code.
///
/// # Errors
/// A commit that cannot be judged, a file that cannot be written.
pub fn baseline(arguments: &BaselineArgs) -> Result<u8> {
    let mut judge = Judge::new(Stage::Range { head: None });
    judge.excuses.heeds_days = !arguments.report;
    let mut store = judge.open()?;
    judge.configure(&mut store, None)?;
    let draft = Draft::open(&store)?;
    let head =
        store.head()?.context("this branch has no commit yet, so there is nothing to record")?;
    let tree = store.tree_of(&head)?.context("HEAD is no commit")?;
    judge.tree(&mut store, tree)?;
    if let [error, ..] = &judge.report.errors[..] {
        bail!("nothing was recorded, since not everything could be judged: {error}");
    }
    let within = below(draft.top(), &arguments.paths)?;
    let within = |finding: &Finding| {
        let path = &finding.source.path;
        within.is_empty()
            || within.iter().any(|folder| {
                path.strip_prefix(&folder[..])
                    .is_some_and(|rest| folder.is_empty() || rest.is_empty() || rest[0] == b'/')
            })
    };
    if arguments.report {
        return report(&mut judge, &mut store, draft.top(), within);
    }
    write(&mut judge, draft, within)
}

fn write(judge: &mut Judge, mut draft: Draft, within: impl Fn(&Finding) -> bool) -> Result<u8> {
    let mut files = BTreeSet::new();
    let mut keys = 0;
    for finding in judge.report.findings.iter().filter(|one| one.blocks && within(one)) {
        let Some(fingerprint) = finding.prints.and_then(|prints| prints.filed) else { continue };
        // A name that holds a key itself is not written down.
        let named = !finding.source.masked && finding.source.place == Place::File;
        let path = if named { finding.source.path.clone() } else { b"*".to_vec() };
        files.insert(path.clone());
        keys += 1;
        draft.add(Entry {
            fingerprint,
            detector: finding.detector.id.into(),
            path: path.into(),
            until: None,
            reason: REASON.into(),
        });
    }
    if keys == 0 {
        print("nothing to record: HEAD holds no key that is not allowed already\n")?;
        return Ok(0);
    }
    let stage = judge.report.stage.clone();
    draft.salt = judge.excuses.record(&stage).and_then(|(_, salt)| salt);
    let said = draft.save()?;
    print(&format!(
        "recorded: {keys} findings in {} files. They are still keys: revoke them, oldest first \
         (keystop baseline --report)\n{said}",
        files.len()
    ))?;
    Ok(0)
}

/// What of a baseline still stands in HEAD, and since when.
fn report(
    judge: &mut Judge,
    store: &mut Store,
    top: &Path,
    within: impl Fn(&Finding) -> bool,
) -> Result<u8> {
    let allowed = std::mem::take(&mut judge.report.allowed);
    let mut left = Vec::new();
    for (finding, entry) in allowed {
        if *entry.reason == *REASON && within(&finding) {
            let since = first_commit(judge, store, top, &finding)?;
            left.push((since, finding));
        }
    }
    left.sort_by_key(|(since, _)| since.map_or(i64::MAX, |(_, time)| time));
    let mut out = String::new();
    for (since, finding) in &left {
        let place = format!("{}:{}", finding.shown_path(), finding.line);
        let since = since.map_or_else(
            || "unknown   ".to_owned(),
            |(commit, time)| format!("{} {}", date::text(time), commit.short()),
        );
        let revoke = finding.detector.remediation.revoke;
        let _ = writeln!(
            out,
            "{since}  {}  {place}\n            revoke: {revoke}",
            finding.detector.id
        );
    }
    let keys = if left.len() == 1 { "1 key".to_owned() } else { format!("{} keys", left.len()) };
    let _ = writeln!(
        out,
        "{keys} of the baseline in HEAD; `keystop allow --prune` drops the entries of those that are gone"
    );
    print(&out)?;
    Ok(0)
}

/// The oldest commit in whose version of the file the value stands, and its time.
fn first_commit(
    judge: &mut Judge,
    store: &mut Store,
    top: &Path,
    finding: &Finding,
) -> Result<Option<(ObjectId, i64)>> {
    let path = &finding.source.path;
    let (Some(folder), Ok(name)) = (top.to_str(), std::str::from_utf8(path)) else {
        return Ok(None);
    };
    let stage = judge.report.stage.clone();
    let literal = format!(":(top,literal){name}");
    let list = ["-C", folder, "log", "--reverse", "--format=%H %ct", "HEAD", "--", &literal];
    for line in answer(&list)?.split(|&byte| byte == b'\n') {
        let line = String::from_utf8_lossy(line);
        let Some((id, time)) = line.split_once(' ') else { continue };
        let id = ObjectId::from_hex(id.as_bytes()).context("git printed no object id")?;
        let tree = Commit::parse(&store.read_as(&id, Kind::Commit)?)?.tree;
        let Some(blob) = file_at(store, tree, path)? else { continue };
        let Some(text) = store.read_old(&blob)? else { continue };
        let mut holds = false;
        each_key(path, &text, &mut |detector, secret| {
            holds = holds
                || detector.id == finding.detector.id
                    && Some(judge.excuses.prints(&stage, detector, secret)) == finding.prints;
        })?;
        if holds {
            return Ok(Some((id, time.parse()?)));
        }
    }
    Ok(None)
}

/// The paths from the repository's root.
fn below(top: &Path, paths: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
    let top = top.canonicalize()?;
    let from_top = |path: &PathBuf| {
        let whole = path.canonicalize().with_context(|| path.display().to_string())?;
        let path = whole
            .strip_prefix(&top)
            .with_context(|| format!("{} is not in this repository", path.display()))?;
        Ok(super::path_bytes(path).to_vec())
    };
    paths.iter().map(from_top).collect()
}
