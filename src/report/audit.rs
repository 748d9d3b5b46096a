//! The audit of a history as text: one block for each key, whatever the number of places it was
//! brought to, and how many keys are in which state.

use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Write};

use super::Report;
use super::human::{
    BOLD, ERROR, WARNING, why_not, write_allow, write_block, write_frame, write_title,
};
use crate::check::date::text as day;
use crate::finding::{Audit, Finding, State};

/// So many other places of a key are listed.
const MOST_PLACES: usize = 5;
/// So many names of tags or branches.
const MOST_NAMES: usize = 3;

/// A key, and the places it was brought to.
struct Key<'a> {
    /// The most urgent first.
    places: Vec<&'a Finding>,
    state: State,
}

/// Groups findings by what they are known by; the order is that of each key's first.
fn keys<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Key<'a>> {
    let mut numbers = HashMap::new();
    let mut keys: Vec<Key> = Vec::new();
    for finding in findings {
        let state = finding.audit.as_deref().map_or(State::Local, Audit::state);
        // What has no fingerprint is a key of its own.
        let known = finding.prints.map(|prints| (finding.detector.id, prints.shown));
        let number = match known {
            Some(known) => *numbers.entry(known).or_insert(keys.len()),
            None => keys.len(),
        };
        match keys.get_mut(number) {
            Some(key) => {
                key.places.push(finding);
                key.state = key.state.min(state);
            }
            None => keys.push(Key { places: vec![finding], state }),
        }
    }
    keys
}

/// Every key of a report, a block each.
pub(super) fn write_keys(out: &mut String, report: &Report) -> fmt::Result {
    keys(report.findings.iter()).iter().try_for_each(|key| write_key(out, key))
}

/// How many keys there are in which state.
pub(super) fn write_summary(out: &mut String, report: &Report, scope: &str) -> fmt::Result {
    let keys = keys(report.findings.iter().filter(|finding| finding.blocks));
    if keys.is_empty() {
        return Ok(());
    }
    let places: usize = keys.iter().map(|key| key.places.len()).sum();
    let states: Vec<String> = { State::ALL.iter() }
        .map(|state| (keys.iter().filter(|key| key.state == *state).count(), state.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    writeln!(
        out,
        "{BOLD}keystop: {} in {} of {scope}: {}.{BOLD:#}",
        counted(keys.len(), "key"),
        counted(places, "place"),
        states.join("; ")
    )?;
    writeln!(
        out,
        "keystop: what was pushed is revoked first, and the history cleaned after, if at all"
    )
}

fn write_key(out: &mut String, key: &Key) -> fmt::Result {
    let finding = first(key);
    let style = if finding.blocks { ERROR } else { WARNING };
    write_title(out, finding)?;
    write_frame(out, finding, style)?;
    if !finding.facts.is_empty() {
        write_block(out, "", "known:", &[finding.facts.join("; ")])?;
    }
    write_block(out, "", "state:", &state(key))?;
    if let Some(audit) = finding.audit.as_deref().filter(|_| finding.source.commit.is_some()) {
        write_block(out, "", "brought by:", &[format!("{} on {}", audit.author, day(audit.date))])?;
    }
    if key.places.len() > 1 {
        write_block(out, "", "places:", &places(key))?;
    }
    if !finding.blocks {
        write_block(out, "", "note:", &[why_not(finding).to_owned()])?;
    } else {
        let revoke = finding.detector.remediation.revoke;
        let how =
            if revoke.starts_with("https://") { format!("at {revoke}") } else { revoke.to_owned() };
        let more = format!("more: keystop explain {}", finding.detector.id);
        write_block(out, "", "revoke it:", &[how, more])?;
    }
    write_allow(out, finding)?;
    writeln!(out)
}

/// The place that had it first.
fn first<'a>(key: &Key<'a>) -> &'a Finding {
    let date = |finding: &&&Finding| {
        let audit = finding.audit.as_deref().filter(|_| finding.source.commit.is_some());
        audit.map_or(i64::MAX, |audit| audit.date)
    };
    key.places.iter().min_by_key(date).copied().unwrap_or(key.places[0])
}

/// `live in HEAD, on origin since 2024-03-01`, and the refs that hold it.
fn state(key: &Key) -> Vec<String> {
    let audits = || key.places.iter().filter_map(|finding| finding.audit.as_deref());
    let all = |names: fn(&Audit) -> &Vec<String>| -> BTreeSet<&String> {
        audits().flat_map(names).collect()
    };
    let remotes = all(|audit| &audit.remotes);
    let pushed = audits().filter(|audit| !audit.remotes.is_empty()).map(|audit| audit.date).min();
    let mut said = match key.state {
        State::LiveAndPushed | State::Live => "live in HEAD".to_owned(),
        State::Pushed | State::Local => "not in HEAD".to_owned(),
    };
    match pushed {
        Some(date) => {
            let here = |name: &&String| name.as_str() == ".";
            let names: Vec<&str> =
                remotes.iter().filter(|name| !here(name)).map(|it| it.as_str()).collect();
            let on = if names.is_empty() { "this server".to_owned() } else { names.join(", ") };
            let _ = write!(said, ", on {on} since {}", day(date));
        }
        None => said += ", on no remote that this clone knows of",
    }
    let mut lines = vec![said];
    let (branches, tags) = (all(|audit| &audit.branches), all(|audit| &audit.tags));
    let held: Vec<String> = [("branch", "branches", branches), ("tag", "tags", tags)]
        .into_iter()
        .filter(|(.., names)| !names.is_empty())
        .map(|(one, many, names)| {
            let shown: Vec<&str> =
                names.iter().take(MOST_NAMES).map(|name| name.as_str()).collect();
            let more = if names.len() > MOST_NAMES { " and more" } else { "" };
            format!("{} {}{more}", if names.len() == 1 { one } else { many }, shown.join(", "))
        })
        .collect();
    if !held.is_empty() {
        lines.push(format!("reached from {}", held.join("; ")));
    }
    lines
}

/// How many places and commits, and the first few of the others.
fn places(key: &Key) -> Vec<String> {
    let commits: BTreeSet<_> = key.places.iter().filter_map(|it| it.source.commit).collect();
    let mut lines = vec![format!(
        "{} in {}; besides the one above:",
        counted(key.places.len(), "place"),
        counted(commits.len(), "commit")
    )];
    let first = first(key);
    let others = key.places.iter().filter(|finding| !std::ptr::eq(**finding, first));
    for finding in others.take(MOST_PLACES) {
        let commit = finding.source.commit.map(|commit| format!(" in commit {}", commit.short()));
        lines.push(format!(
            "{}:{}:{}{}",
            finding.shown_path(),
            finding.line,
            finding.column,
            commit.unwrap_or_default()
        ));
    }
    let more = key.places.len().saturating_sub(1 + MOST_PLACES);
    if more > 0 {
        lines.push(format!("and {more} more, which `--format json` lists"));
    }
    lines
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
