//! Places that another scanner was told to leave alone, read again: what stands there is entered by
//! its value.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use anyhow::Result;

use super::translation::{Judged, Translation};
use crate::commands::judge::Judge;
use crate::engine;
use crate::git::Store;
use crate::suppress::Entry;

/// The entries for all places. One that cannot be read, or at which keystop finds nothing, is lost.
///
/// # Errors
/// A text that cannot be scanned.
pub(super) fn entries(
    judge: &mut Judge,
    store: &mut Store,
    top: &Path,
    translation: &mut Translation,
) -> Result<Vec<Entry<'static>>> {
    let mut by_file: BTreeMap<(Option<String>, String), Vec<Judged>> = BTreeMap::new();
    for place in std::mem::take(&mut translation.places) {
        by_file.entry((place.commit.clone(), place.path.clone())).or_default().push(place);
    }
    let mut entries = Vec::new();
    let mut silent = 0;
    for ((commit, path), places) in by_file {
        let Some(text) = content(store, top, commit.as_deref(), &path) else {
            let lines: Vec<String> =
                places.iter().filter_map(|place| place.line).map(|line| line.to_string()).collect();
            let commit = commit.map(|id| format!(" of commit {id}")).unwrap_or_default();
            translation
                .lost
                .push(format!("{path}{commit}, line {}: it cannot be read", lines.join(", ")));
            continue;
        };
        let matches = engine::scan(path.as_bytes(), &text)?;
        let stage = judge.report.stage.clone();
        for place in places {
            let before = entries.len();
            for found in &matches {
                let at = |offset: usize| memchr::memchr_iter(b'\n', &text[..offset]).count() + 1;
                let lines = at(found.span.start)..=at(found.span.end);
                if place.line.is_some_and(|line| !lines.contains(&line)) {
                    continue;
                }
                let prints = judge.excuses.prints(&stage, found.detector, &found.secret);
                let Some(fingerprint) = prints.filed else { continue };
                entries.push(Entry {
                    fingerprint,
                    detector: found.detector.id.into(),
                    path: path.clone().into_bytes().into(),
                    until: None,
                    reason: place.reason.clone().into(),
                });
            }
            silent += usize::from(entries.len() == before);
        }
    }
    if silent > 0 {
        let places = if silent == 1 { "1 place" } else { &format!("{silent} places") };
        translation.lost.push(format!(
            "{places} at which keystop finds nothing, so that nothing needs to be allowed"
        ));
    }
    Ok(entries)
}

/// A file of a commit, or of the work tree.
fn content(store: &mut Store, top: &Path, commit: Option<&str>, path: &str) -> Option<Vec<u8>> {
    let plain = |part: Component| matches!(part, Component::Normal(_));
    if !Path::new(path).components().all(plain) {
        return None;
    }
    if let Some(commit) = commit {
        let blob = store.resolve(&format!("{commit}:{path}")).ok()?;
        return store.read_file(&blob).ok();
    }
    let path = top.join(path);
    // A link leads to another file than the one that was meant.
    std::fs::symlink_metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
    std::fs::read(path).ok()
}
