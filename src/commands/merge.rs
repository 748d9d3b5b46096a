//! `keystop merge`: the reports of all shards of an audit become the one that a single run gives.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::audit::{order, urgency};
use super::configure::know_own_detectors;
use super::output::Reports;
use crate::cli::MergeArgs;
use crate::redaction::visible;
use crate::report::{Part, Report, read_jsonl};

/// Merges, prints, and returns the exit code.
///
/// # Errors
/// Reports that do not belong together, or that are not all; nothing is printed then.
pub fn merge(arguments: &MergeArgs) -> Result<u8> {
    let reports = Reports::open(&arguments.output)?;
    // Of the repository around, if there is one: its shards' findings may name them.
    know_own_detectors()?;
    let mut parts: Vec<(Part, Report)> = Vec::new();
    for path in &arguments.files {
        let (part, report) = read(path).with_context(|| shown(path))?;
        if let Some((first, _)) = parts.first() {
            fits(first, &part).with_context(|| shown(path))?;
        }
        if parts.iter().any(|(other, _)| other.number == part.number) {
            bail!("shard {}/{} is there twice: {}", part.number, part.of, shown(path));
        }
        parts.push((part, report));
    }
    parts.sort_by_key(|(part, _)| part.number);
    let of = parts.first().map_or(0, |(part, _)| part.of);
    let is_there = |number: &u32| parts.iter().any(|(part, _)| part.number == *number);
    let missing: Vec<String> =
        (1..=of).filter(|number| !is_there(number)).take(10).map(|it| it.to_string()).collect();
    ensure!(missing.is_empty(), "of {of} shards these are missing: {}", missing.join(", "));
    let Some(mut whole) = parts.into_iter().map(|(_, report)| report).reduce(joined) else {
        bail!("there is nothing to merge");
    };
    whole.part = None;
    whole.findings.sort_by_cached_key(urgency);
    order(&mut whole);
    reports.write(&whole, arguments.verbose)?;
    Ok(whole.exit_code())
}

fn read(path: &Path) -> Result<(Part, Report)> {
    let file = File::open(path).context("opening")?;
    let mut report = read_jsonl(BufReader::new(file)).context(
        "this is not the JSON Lines report of a shard, or one of another version of keystop",
    )?;
    let part = report.part.take();
    Ok((part.context("this is no shard's report: `keystop scan --history --shard I/N --format jsonl` writes one")?, report))
}

/// Whether two shards are of one audit.
fn fits(one: &Part, other: &Part) -> Result<()> {
    ensure!(
        one.of == other.of,
        "it is one of {} shards, the first file one of {}",
        other.of,
        one.of
    );
    ensure!(
        one.state == other.state,
        "it was made of another state of the repository than the first file, or with other options: \
         every shard needs the same refs"
    );
    ensure!(
        one.rules == other.rules,
        "it was made by another version of keystop than the first file, or with another configuration"
    );
    Ok(())
}

/// What every shard says is said once.
fn joined(mut one: Report, other: Report) -> Report {
    let (notes, errors) = (one.notes.clone(), one.errors.clone());
    one.absorb(other);
    let known = notes.len();
    let mut at = 0;
    one.notes.retain(|note| {
        at += 1;
        at <= known || !notes.contains(note)
    });
    let (known, mut at) = (errors.len(), 0);
    one.errors.retain(|error| {
        at += 1;
        at <= known || !errors.contains(error)
    });
    one
}

fn shown(path: &Path) -> String {
    visible(path.as_os_str().as_encoded_bytes())
}
