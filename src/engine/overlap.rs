//! One value, one finding: which of several detectors speaks for it.

use std::collections::{BTreeMap, BTreeSet};

use super::Match;
use super::window::NEAR;
use crate::detector::{self, Confidence, Context};

/// How far apart the halves of a pair may stand, in bytes.
const PAIR: usize = 500;

/// Drops the halves that mean nothing alone: an access key id without its secret is no key.
pub(super) fn keep_pairs(matches: &mut Vec<Match>) {
    let wanted: BTreeSet<&str> = matches.iter().filter_map(|found| found.detector.needs).collect();
    if wanted.is_empty() {
        return;
    }
    let places: BTreeSet<(&str, usize)> = matches
        .iter()
        .map(|found| (found.detector.id, found.span.start))
        .filter(|(id, _)| wanted.contains(id))
        .collect();
    let alone = |found: &Match| {
        found.detector.needs.is_some_and(|other| {
            let at = found.span.start;
            places.range((other, at.saturating_sub(PAIR))..=(other, at + PAIR)).next().is_none()
        })
    };
    // A half whose own form or label says what it is leaves nothing to guess at its place.
    let sure = |found: &Match| match found.detector.context {
        _ if detector::is_own(found.detector) => false,
        Context::Marker => true,
        _ => found.specificity > NEAR,
    };
    let mut known: Vec<(usize, usize)> = { matches.iter() }
        .filter(|found| sure(found) && alone(found))
        .map(|found| (found.span.start, found.span.end))
        .collect();
    known.sort_unstable();
    // Each with the end of the one that ends last of it and those before.
    let mut last = 0;
    for (_, end) in &mut known {
        last = last.max(*end);
        *end = last;
    }
    let guessed = |found: &Match| {
        let before = known.partition_point(|&(start, _)| start < found.span.end);
        let reaches = before.checked_sub(1).is_some_and(|at| known[at].1 > found.span.start);
        found.detector.context == Context::Generic && reaches
    };
    matches.retain(|found| !alone(found) && !guessed(found));
}

/// Of matches that overlap keeps the strongest, and orders what is left by place.
pub(super) fn keep_strongest(matches: &mut Vec<Match>) {
    // Strongest first: confidence, then how the detector knows, then how specific it is.
    matches.sort_by_key(|found| {
        let how = match found.detector.context {
            Context::Marker | Context::File => 0,
            Context::Label => 1,
            Context::Generic => 2,
        };
        let own = !found.detector.provider.fallback;
        // A detector of the configuration takes nothing away from what keystop knows: whoever may
        // write one could then disable it, and with it what it stood for.
        let known = found.confidence > Confidence::Low && !detector::is_own(found.detector);
        let strength =
            (known, found.confidence, own, usize::MAX - how, found.specificity, found.span.len());
        (std::cmp::Reverse(strength), found.detector.index)
    });
    let mut kept: Vec<Match> = Vec::with_capacity(matches.len());
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    for found in matches.drain(..) {
        let before = taken.range(..found.span.end).next_back();
        if before.is_none_or(|(_, &end)| end <= found.span.start) {
            taken.insert(found.span.start, found.span.end);
            kept.push(found);
        }
    }
    kept.sort_by_key(|found| found.span.start);
    *matches = kept;
}
