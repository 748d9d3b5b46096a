//! Finds out what became of what was found in commits, so that the report can say the shortest way
//! to take it out.

use std::collections::HashMap;

use anyhow::Result;

use super::MOST_IN_A_HOOK;
use super::archive::each_key;
use super::judge::Judge;
use crate::detector::Detector;
use crate::finding::{Finding, Now, Place};
use crate::git::{ObjectId, Store, file_in, on_remote};
use crate::secret::Secret;

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
        let Some(tip) = tip else { continue };
        finding.source.since.last = tip == commit;
        if tip != commit && finding.source.place == Place::File && !finding.source.masked {
            finding.source.since.file = now(store, &tip, finding, &mut |detector, secret| {
                let prints = excuses.prints(&report.stage, detector, secret);
                finding.prints.is_some_and(|print| print.shown == prints.shown)
            })
            .unwrap_or_default();
        }
    }
}

/// `is_it` tells the finding's value from others.
fn now(
    store: &mut Store,
    tip: &ObjectId,
    finding: &Finding,
    is_it: &mut dyn FnMut(&'static Detector, &Secret) -> bool,
) -> Result<Now> {
    let path = &finding.source.path;
    let Some(blob) = file_in(store, tip, path)? else { return Ok(Now::Deleted) };
    let text = store.read_file(&blob)?;
    let mut there = false;
    each_key(path, &text, &mut |detector, secret| {
        there = there || detector.id == finding.detector.id && is_it(detector, secret);
    })?;
    Ok(if there { Now::Same } else { Now::Changed })
}
