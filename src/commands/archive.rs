//! Keys in what an archive holds.

use std::collections::HashSet;

use anyhow::{Error, Result, anyhow};

use super::found::Found;
use crate::decode::archive::{Closed, unpack};
use crate::decode::{Allowance, LARGEST_ARCHIVE, TooMuch};
use crate::detector::Detector;
use crate::engine::{self, Match};
use crate::finding::{Place, Source};
use crate::redaction::{Position, visible, without_keys};
use crate::secret::Secret;

/// What was found apart from a text itself: in an archive, or in the pieces of a huge file.
#[derive(Default)]
pub(super) struct Packed {
    pub(super) found: Vec<Found>,
    /// What was judged by its packed bytes, or not to its end, and why.
    pub(super) closed: Vec<String>,
    /// Why not everything in it was judged.
    pub(super) error: Option<Error>,
}

impl Packed {
    /// Judges what `text` holds if it is an archive, as far as `allowance` goes.
    pub(super) fn of(source: &Source, text: &[u8], allowance: &mut Allowance) -> Packed {
        let mut found = Vec::new();
        let mut see = |names: &[Vec<u8>], member: &[u8], allowance: &mut Allowance| {
            look(source, names, member, allowance, &mut found)
        };
        let (closed, error) = match unpack(text, allowance, &mut see) {
            Ok(closed) => (closed.iter().map(|one| told(source, one)).collect(), None),
            Err(error) => (Vec::new(), Some(with_help(&error))),
        };
        drop_outer(&mut found);
        Packed { found, closed, error }
    }

    /// Drops the matches that were found in a member too: it says more of the place.
    pub(super) fn without_known(&self, matches: &mut Vec<Match>) {
        let known: HashSet<&Secret> = self.found.iter().map(|found| &found.secret).collect();
        if !known.is_empty() {
            matches.retain(|found| !known.contains(&found.secret));
        }
    }
}

/// Calls `see` for each key in a file and in what is packed in it, as far as the usual limit goes.
///
/// # Errors
/// Those of [`engine::scan`].
pub(super) fn each_key(
    path: &[u8],
    text: &[u8],
    see: &mut dyn FnMut(&'static Detector, &Secret),
) -> Result<()> {
    let mut ask = || Ok(LARGEST_ARCHIVE);
    let mut allowance = Allowance::asking(&mut ask);
    let packed = Packed::of(&Source::new(Place::File, path), text, &mut allowance);
    packed.found.iter().for_each(|found| see(found.finding.detector, &found.secret));
    let matches = engine::scan_within(path, text, &mut allowance)?;
    matches.iter().for_each(|found| see(found.detector, &found.secret));
    Ok(())
}

/// Drops what was found in an archive's own bytes and in a member of it too.
fn drop_outer(found: &mut Vec<Found>) {
    let mut outer = HashSet::new();
    for one in found.iter() {
        for depth in 1..one.way.len() {
            outer.insert((one.secret.clone(), one.way[..depth].to_vec()));
        }
    }
    found.retain(|one| !outer.contains(&(one.secret.clone(), one.way.clone())));
}

/// What was left closed, and why.
fn told(source: &Source, closed: &Closed) -> String {
    let way = std::iter::once(&source.path).chain(&closed.way);
    let way: Vec<String> = way.map(|name| visible(&without_keys(name))).collect();
    let more = match closed.more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}: {}", way.join(" > "), closed.why.words())
}

/// An error that says how to get past it.
fn with_help(error: &Error) -> Error {
    anyhow!(
        "{error:#}; `git config keystop.maxArchiveSize SIZE`, for scan `--max-archive-size SIZE`, \
         raises the limit, and 0 judges archives by their own bytes, unopened"
    )
}

/// The same where it was the limit that was met in a text.
pub(super) fn explained(error: Error) -> Error {
    if error.is::<TooMuch>() { with_help(&error) } else { error }
}

/// One member: its name, and its content.
fn look(
    source: &Source,
    names: &[Vec<u8>],
    text: &[u8],
    allowance: &mut Allowance,
    found: &mut Vec<Found>,
) -> Result<()> {
    let Some(name) = names.last() else { return Ok(()) };
    let mut add = |text: &[u8], path: &[u8]| -> Result<()> {
        let matches = engine::scan_within(path, text, allowance)?;
        if matches.is_empty() {
            return Ok(());
        }
        let mut position = Position::default();
        // The member's name tells what kind of file it is.
        let member = Source { path: name.clone(), ..source.clone() };
        let way: Vec<String> = names.iter().map(|name| visible(&without_keys(name))).collect();
        for one in &matches {
            position.advance(text, one.span.start);
            let mut one = Found::new(one, &matches, text, &member, &position);
            one.finding.source = source.shown();
            one.finding.member = Some(way.join(" > "));
            one.way = names.to_vec();
            found.push(one);
        }
        Ok(())
    };
    add(name, b"")?;
    add(text, name)
}
