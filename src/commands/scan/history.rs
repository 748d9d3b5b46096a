//! `keystop scan --history`: an audit.

use anyhow::Result;

use super::open;
use crate::check::date;
use crate::cli::{HistoryArgs, Order, ScanArgs};
use crate::commands::audit;
use crate::commands::cache::{Cache, GraphCache};
use crate::commands::history::judge_plan;
use crate::commands::judge::Judge;
use crate::git::{Selection, plan_selection};
use crate::redaction::{visible, without_keys};
use crate::report::Stage;

/// Every commit of every ref, or what of them was asked for.
pub(super) fn history(judge: &mut Judge, scan: &ScanArgs, arguments: &HistoryArgs) -> Result<()> {
    let mut store = open(judge, scan)?;
    let head = store.head()?;
    judge.report.stage = Stage::History { head };
    judge.configure(&mut store, None)?;
    let selection = Selection {
        branches: arguments.branch.clone(),
        since: arguments.since,
        unreachable: arguments.all_objects,
    };
    judge.report.notes.extend(left_out(&selection));
    let mut graph = if arguments.no_cache { None } else { GraphCache::open(&mut store) };
    // Very many commits are read, most of them out of packs.
    if store.graph().is_empty() {
        store.commits_at_hand();
    } else {
        store.at_hand();
    }
    let plan = plan_selection(&mut store, &selection)?;
    if let Some(graph) = &mut graph {
        graph.keep(&mut store);
    }
    // What is let pass unopened depends on it, so another limit must not believe this run's cache.
    let limits = &judge.settings.largest_archive(store.archive_limit()?)?.to_string();
    judge.shard = arguments.shard;
    if let Some(shard) = judge.shard {
        let part = shard.part(&mut store, limits, &format!("{selection:?}"))?;
        judge.report.part = Some(part);
    }
    if let Some(first) = plan.commits.first().filter(|_| !arguments.no_cache) {
        let (cache, note) = Cache::open(&store, first, limits);
        judge.cache = cache;
        judge.report.notes.extend(note);
    }
    // The dear ones of its fingerprints are made in the end, on all cores.
    judge.excuses.is_late = arguments.order != Order::Found;
    judge_plan(judge, &mut store, &plan)?;
    if arguments.order == Order::Found {
        return Ok(());
    }
    judge.settle_all();
    audit::complete(judge, &mut store, head, &plan)
}

/// Says what of the history is not judged, so that nobody takes a part for the whole.
fn left_out(selection: &Selection) -> Option<String> {
    let mut only = Vec::new();
    if !selection.branches.is_empty() {
        let names: Vec<String> =
            selection.branches.iter().map(|name| visible(&without_keys(name.as_bytes()))).collect();
        only.push(format!("reached from {}", names.join(", ")));
    }
    if let Some(since) = selection.since {
        only.push(format!("made since {}", date::text(since)));
    }
    (!only.is_empty()).then(|| format!("only commits {} were judged", only.join(" and ")))
}
