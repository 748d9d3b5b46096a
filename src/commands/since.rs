//! Finds out what became of what was found in commits, so that the report can say the shortest way
//! to take it out.

use std::collections::HashMap;

use anyhow::Result;

use super::MOST_IN_A_HOOK;
use super::excuse::Excuses;
use super::judge::Judge;
use crate::engine::{self, Match};
use crate::finding::{Finding, Now, Place};
use crate::git::{ObjectId, Store, file_in, on_remote};
use crate::report::Stage;

/// Completes the findings that will be shown. The verdict does not depend on it: what cannot be
/// found out is left as it is.
pub(super) fn complete(judge: &mut Judge, store: &mut Store, head: Option<ObjectId>) {
    let mut remotes: HashMap<ObjectId, Option<String>> = HashMap::new();
    // Each answer walks some history, and no more findings are shown by a hook.
    let Judge { report, excuses, .. } = judge;
    let blocking = report.findings.iter_mut().filter(|finding| finding.blocks);
    for finding in blocking.take(MOST_IN_A_HOOK) {
        let Some(commit) = finding.source.commit.filter(|_| finding.source.place != Place::Tag)
        else {
            continue;
        };
        let tip = match &finding.source.branch {
            Some(branch) => store.resolve(&format!("refs/heads/{branch}")).ok(),
            None => head,
        };
        let remote = remotes.entry(commit).or_insert_with(|| on_remote(&commit).unwrap_or(None));
        finding.source.since.remote = remote.clone();
        if let Some(tip) = tip {
            look(store, excuses, &report.stage, finding, commit, tip);
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
    let Judge { report, excuses, deadline, .. } = judge;
    let blocking = report.findings.iter_mut().filter(|finding| finding.blocks);
    for finding in blocking.take(MOST_IN_A_HOOK).take_while(|_| !deadline.is_over()) {
        let Some(commit) = finding.source.commit.filter(|_| finding.source.place != Place::Tag)
        else {
            continue;
        };
        let tip = tips.entry(commit).or_insert_with(|| tip_of(store, commit));
        if let Some(Pushed { tip, name }) = tip.clone() {
            finding.source.branch = name;
            look(store, excuses, &report.stage, finding, commit, tip);
        }
    }
}

/// What became of a finding between its commit and its branch's last one, `tip`.
fn look(
    store: &mut Store,
    excuses: &mut Excuses,
    stage: &Stage,
    finding: &mut Finding,
    commit: ObjectId,
    tip: ObjectId,
) {
    finding.source.since.last = tip == commit;
    if tip != commit && finding.source.place == Place::File && !finding.source.masked {
        finding.source.since.file = now(store, &tip, finding, &mut |found| {
            let prints = excuses.prints(stage, found.detector, &found.secret);
            finding.prints.is_some_and(|print| print.shown == prints.shown)
        })
        .unwrap_or_default();
    }
}

/// `is_it` tells the finding's value from others.
fn now(
    store: &mut Store,
    tip: &ObjectId,
    finding: &Finding,
    is_it: &mut dyn FnMut(&Match) -> bool,
) -> Result<Now> {
    let path = &finding.source.path;
    let Some(blob) = file_in(store, tip, path)? else { return Ok(Now::Deleted) };
    let text = store.read_file(&blob)?;
    let there = engine::scan(path, &text)?
        .iter()
        .any(|found| found.detector.id == finding.detector.id && is_it(found));
    Ok(if there { Now::Same } else { Now::Changed })
}
