//! Which pieces of a text a detector's pattern is run over: the neighbourhood of its keywords.

use std::ops::Range;

use super::ahead::Ahead;
use super::values::Values;
use crate::check::Check;
use crate::detector::{self, Context, Detector, keyword_hits};

/// How far a keyword speaks for a value without a marker, in bytes.
pub(super) const NEAR: usize = 300;

/// A piece of the text for one detector.
#[derive(Debug, Clone)]
pub(super) struct Window {
    /// The detector's index.
    pub detector: u16,
    /// Where a match may begin.
    pub range: Range<usize>,
}

/// The windows of every detector whose keyword stands in the text or its path. Windows of one
/// detector never overlap, so that a text full of keywords is searched once, not once a keyword.
/// With them the values that were weighed on the way.
pub(super) fn collect(path: &[u8], text: &[u8]) -> (Vec<Window>, Values) {
    let mut windows: Vec<Window> = Vec::new();
    let mut last: Vec<u32> = Vec::new();
    let mut add = |detector: u16, range: Range<usize>| {
        if last.is_empty() {
            last.resize(detector::all().len() + detector::own().len(), u32::MAX);
        }
        let slot = &mut last[usize::from(detector)];
        match windows.get_mut(*slot as usize) {
            Some(window) if range.start <= window.range.end => {
                window.range.start = window.range.start.min(range.start);
                window.range.end = window.range.end.max(range.end);
            }
            _ => {
                *slot = windows.len() as u32;
                windows.push(Window { detector, range });
            }
        }
    };
    keyword_hits(path, |keyword, _| {
        let (_, looking) = detector::looking_for(keyword);
        for &index in looking {
            // The path is the context, so the value may stand anywhere in the text.
            if detector::all()[usize::from(index)].context == Context::Label {
                add(index, 0..text.len());
            }
        }
    });
    let mut values = Values::default();
    let mut ahead = Ahead::default();
    keyword_hits(text, |keyword, end| {
        let (literal, looking) = detector::looking_for(keyword);
        let start = end - literal.len();
        for &index in looking {
            let detector = &detector::all()[usize::from(index)];
            if !detector.ahead.is_empty() && !ahead.follows(text, end, detector.ahead) {
                continue;
            }
            let wants_random =
                detector.context == Context::Generic && detector.checks.contains(&Check::Random);
            if wants_random && !values.stand_behind(text, end) {
                continue;
            }
            add(index, reach(detector, start, end, text.len()));
        }
    });
    detector::own_hits(path, |_, _, looking| {
        for &index in looking {
            if detector::at(index).context == Context::Label {
                add(index, 0..text.len());
            }
        }
    });
    let mut ahead = Ahead::default();
    detector::own_hits(text, |start, end, looking| {
        for &index in looking {
            let detector = detector::at(index);
            if detector.ahead.is_empty() || ahead.follows(text, end, detector.ahead) {
                add(index, reach(detector, start, end, text.len()));
            }
        }
    });
    (windows, values)
}

/// Where a match may begin for a keyword at `start..end`.
fn reach(detector: &Detector, start: usize, end: usize, length: usize) -> Range<usize> {
    let longest = detector.window as usize;
    match detector.context {
        Context::Marker => start.saturating_sub(longest)..end,
        Context::Label => start.saturating_sub(longest + NEAR)..length.min(end + NEAR),
        // A name stands on the left of its value, or on the line above it.
        Context::Generic => end..length.min(end + NEAR),
        // It has no keywords.
        Context::File => 0..0,
    }
}
