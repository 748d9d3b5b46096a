//! Finds out what became of what was found in commits, so that the report can say the shortest way
//! to take it out.

use std::collections::HashMap;

use anyhow::Result;

use super::MOST_IN_A_HOOK;
use super::archive::each_key;
use super::excuse::Excuses;
use super::judge::Judge;
use crate::detector::Detector;
use crate::finding::{Finding, Now, Place};
use crate::git::{IdMap, ObjectId, Ref, Store, file_in, reaching};
use crate::report::{Report, Stage, Stream};
use crate::secret::Secret;

/// Completes the findings that will be shown, but for those that are written already. The verdict
/// does not depend on it: what cannot be found out is left as it is.
pub(super) fn complete(judge: &mut Judge, store: &mut Store, head: Option<ObjectId>) {
    let written = judge.stream.as_ref().map_or(0, Stream::findings);
    if judge.report.findings.len() == written {
        return;
    }
    let remotes = remotes(store, &judge.report, written).unwrap_or_default();
    let mut there = There::default();
    let Judge { report: Report { findings, stage, .. }, excuses, .. } = judge;
    let before = shown(findings[..written].iter()).count();
    for finding in shown(findings[written..].iter_mut()).take(MOST_IN_A_HOOK - before) {
        let Some(commit) = in_commit(finding) else { continue };
        let tip = match &finding.source.branch {
            Some(branch) => store.resolve(&format!("refs/heads/{branch}")).ok(),
            None => head,
        };
        finding.source.since.remote = remotes.get(&commit).cloned();
        if let Some(tip) = tip {
            look(&mut there, store, excuses, stage, finding, tip);
        }
    }
}

/// A branch that a server was sent.
#[derive(Debug, Clone)]
pub(super) struct Pushed {
    /// Its last commit.
    pub(super) tip: ObjectId,
    /// Its name, if whoever pushed it has to be told.
    pub(super) name: Option<String>,
}

/// The same for what a server was sent: of each finding's commit, `tip_of` says which branch holds
/// it.
pub(super) fn complete_received(
    judge: &mut Judge,
    store: &mut Store,
    tip_of: &mut dyn FnMut(&mut Store, ObjectId) -> Option<Pushed>,
) {
    let mut tips: HashMap<ObjectId, Option<Pushed>> = HashMap::new();
    let mut there = There::default();
    let Judge { report: Report { findings, stage, .. }, excuses, deadline, .. } = judge;
    for finding in shown(findings.iter_mut()).take_while(|_| !deadline.is_over()) {
        let Some(commit) = in_commit(finding) else { continue };
        let tip = tips.entry(commit).or_insert_with(|| tip_of(store, commit));
        if let Some(Pushed { tip, name }) = tip.clone() {
            finding.source.branch = name;
            look(&mut there, store, excuses, stage, finding, tip);
        }
    }
}

/// What became of a finding between its commit and its branch's last one, `tip`.
fn look(
    there: &mut There,
    store: &mut Store,
    excuses: &mut Excuses,
    stage: &Stage,
    finding: &mut Finding,
    tip: ObjectId,
) {
    finding.source.since.last = finding.source.commit == Some(tip);
    let is_file = finding.source.place == Place::File && !finding.source.masked;
    if is_file && !finding.source.since.last {
        let now = there.now(store, &tip, finding, stage, excuses);
        finding.source.since.file = now.unwrap_or_default();
    }
}

/// No more findings are shown by a hook, and each may need an old file to be read.
fn shown<F: std::borrow::Borrow<Finding>>(
    findings: impl Iterator<Item = F>,
) -> impl Iterator<Item = F> {
    findings.filter(|finding| finding.borrow().blocks).take(MOST_IN_A_HOOK)
}

fn in_commit(finding: &Finding) -> Option<ObjectId> {
    finding.source.commit.filter(|_| finding.source.place != Place::Tag)
}

/// For each commit of a finding that a remote-tracking ref reaches, the first one's name, such as
/// `origin/main`.
fn remotes(store: &mut Store, report: &Report, written: usize) -> Result<IdMap<ObjectId, String>> {
    const REMOTES: &[u8] = b"refs/remotes/";
    let shown = shown(report.findings[written..].iter());
    let commits: Vec<ObjectId> = shown.filter_map(in_commit).collect();
    if commits.is_empty() {
        return Ok(IdMap::default());
    }
    let mut refs: Vec<Ref> = store.refs()?;
    refs.retain(|one| one.name.starts_with(REMOTES));
    let first = |(id, reach): (ObjectId, Vec<usize>)| {
        let name = &refs[*reach.first()?].name[REMOTES.len()..];
        Some((id, String::from_utf8_lossy(name).into_owned()))
    };
    Ok(reaching(store, &commits, &refs)?.into_iter().filter_map(first).collect())
}

/// What stands in the files of today in which something stood.
#[derive(Default)]
struct There(HashMap<(ObjectId, Vec<u8>), Option<Keys>>);

/// The keys in a file, and what found each.
type Keys = Vec<(&'static Detector, Secret)>;

impl There {
    fn now(
        &mut self,
        store: &mut Store,
        tip: &ObjectId,
        finding: &Finding,
        stage: &Stage,
        excuses: &mut Excuses,
    ) -> Result<Now> {
        let path = &finding.source.path;
        let Some(blob) = file_in(store, tip, path)? else { return Ok(Now::Deleted) };
        // One that could not be read for one finding cannot be for the next.
        let matches = self.0.entry((blob, path.clone())).or_insert_with(|| {
            let text = store.read_file(&blob).ok()?;
            let mut keys = Vec::new();
            each_key(path, &text, &mut |detector, secret| keys.push((detector, secret.clone())))
                .ok()?;
            Some(keys)
        });
        let Some(matches) = matches else { return Ok(Now::default()) };
        let there = { matches.iter() }
            .filter(|(detector, _)| detector.id == finding.detector.id)
            .any(|(detector, secret)| excuses.is_of(stage, finding, detector, secret));
        Ok(if there { Now::Same } else { Now::Changed })
    }
}
