//! Which pieces of a text a detector's pattern is run over: the neighbourhood of its keywords.

use std::ops::Range;

use super::ahead::Ahead;
use super::large;
use super::recall::Version;
use super::values::Values;
use crate::detector::{self, Context, Look, keyword_hits};

/// How far a keyword speaks for a value without a marker, in bytes.
pub(super) const NEAR: usize = 300;

/// A piece of the text for one detector.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The detector's index.
    pub detector: u16,
    /// Where a match may begin.
    pub range: Range<usize>,
    /// Where the detector's keywords stand, in the order of their ends, if they have to be part of
    /// a label or stand near it, or if they say where a match can begin.
    pub named: Vec<Range<usize>>,
    /// Length of the longest of them in the path.
    pub in_path: usize,
}

/// The windows of every detector whose keyword stands in the text or its path. Windows of one
/// detector never overlap, so that a text full of keywords is searched once, not once a keyword.
/// With them the values that were weighed on the way.
pub(super) fn collect(
    path: &[u8],
    text: &[u8],
    version: Option<&mut Version>,
) -> (Vec<Window>, Values) {
    let mut windows = Windows::default();
    keyword_hits(path, |keyword, end| {
        let (literal, looking) = detector::looking_for(keyword);
        let start = end - literal.len();
        for &index in looking {
            // The path is the context, so the value may stand anywhere in the text.
            if detector::all()[usize::from(index)].context == Context::Label {
                let number = windows.add(index, 0..text.len());
                let window = &mut windows.all[number];
                if begins_word(path, start) {
                    window.in_path = window.in_path.max(literal.len());
                }
            }
        }
    });
    let mut near = Near { text, windows, values: Values::default(), ahead: Ahead::default() };
    let plainly = |near: &mut Near, keyword, end| {
        near.see(keyword, end, |_| {});
    };
    match version {
        Some(version) => version.keyword_hits(text, &mut near),
        None if large::is_large(text) => {
            large::keyword_hits(text, |keyword, end| plainly(&mut near, keyword, end));
        }
        None => keyword_hits(text, |keyword, end| plainly(&mut near, keyword, end)),
    }
    let Near { mut windows, values, .. } = near;
    detector::own_hits(path, |start, end, looking| {
        for &index in looking {
            if detector::at(index).context == Context::Label {
                let number = windows.add(index, 0..text.len());
                let window = &mut windows.all[number];
                if begins_word(path, start) {
                    window.in_path = window.in_path.max(end - start);
                }
            }
        }
    });
    let mut ahead = Ahead::default();
    detector::own_hits(text, |start, end, looking| {
        for &index in looking {
            let detector = detector::at(index);
            if !detector.ahead.is_empty() && !ahead.follows(text, end, detector.ahead).0 {
                continue;
            }
            let look = detector::look_of(index);
            let number = windows.add(index, reach(look, start, end, text.len()));
            let window = &mut windows.all[number];
            if detector.context == Context::Label {
                window.named.push(start..end);
            }
        }
    });
    (windows.all, values)
}

/// So far back, at most, is read what a value is called, in bytes: its line, and the one above.
const BACK: usize = 512;

/// What stands near keywords.
pub(super) struct Near<'a> {
    text: &'a [u8],
    windows: Windows,
    values: Values,
    ahead: Ahead,
}

impl Near<'_> {
    /// Adds the windows for a keyword, and calls `added` with the number of each. The ends must ascend.
    /// Returns the part of the text by which it is told what comes of the keyword, but for what matches
    /// bring with them.
    pub(super) fn see(
        &mut self,
        keyword: u16,
        end: usize,
        mut added: impl FnMut(usize),
    ) -> Range<usize> {
        let (literal, looking) = detector::looking_for(keyword);
        let start = end - literal.len();
        let (mut from, mut to) = (start, end);
        let mut back = 0;
        for &index in looking {
            let look = detector::look_of(index);
            if look.has_ahead {
                let (follows, read_to) =
                    self.ahead.follows(self.text, end, detector::at(index).ahead);
                to = to.max(read_to);
                if !follows {
                    continue;
                }
            }
            if look.wants_random {
                let stands = self.values.stand_behind(self.text, end);
                to = to.max(self.values.read_to());
                if !stands {
                    continue;
                }
            }
            let range = reach(look, start, end, self.text.len());
            (from, back) = (from.min(range.start), BACK);
            to = to.max(range.end.max(end + NEAR) + look.window as usize);
            let number = self.windows.add(index, range);
            if look.wants_names {
                self.windows.all[number].named.push(start..end);
            }
            added(number);
        }
        from.saturating_sub(back)..to + 2
    }
}

/// The windows so far.
#[derive(Default)]
struct Windows {
    all: Vec<Window>,
    /// The last one of each detector, once there are [`MANY`].
    last: Vec<u32>,
}

/// Fewer windows are looked through: of most texts there are a few, of hundreds of detectors.
const MANY: usize = 16;

impl Windows {
    /// Adds a range to the last window of a detector, or behind it as a window of its own. Returns the
    /// window's number.
    fn add(&mut self, detector: u16, range: Range<usize>) -> usize {
        let last = match self.last.get(usize::from(detector)) {
            Some(&last) => last as usize,
            None => self.all.iter().rposition(|window| window.detector == detector).unwrap_or(MANY),
        };
        let known = self.all.get(last).is_some_and(|last| range.start <= last.range.end);
        let number = if known { last } else { self.all.len() };
        if !known {
            if number == 0 {
                self.all.reserve(MANY);
            }
            self.all.push(Window { detector, range: range.clone(), ..Window::default() });
            self.note(number);
        }
        let window = &mut self.all[number];
        window.range.start = window.range.start.min(range.start);
        window.range.end = window.range.end.max(range.end);
        number
    }

    /// Notes which is the last one of its detector.
    fn note(&mut self, number: usize) {
        if self.last.is_empty() && number + 1 >= MANY {
            self.last.resize(detector::all().len() + detector::own().len(), u32::MAX);
            (0..number).for_each(|number| self.note(number));
        }
        if let Some(last) = self.last.get_mut(usize::from(self.all[number].detector)) {
            *last = number as u32;
        }
    }
}

/// Whether a name begins at `at`, and no longer word goes on: `avn` is not in `javnost`.
pub(super) fn begins_word(text: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| text[before]) else { return true };
    let hump = before.is_ascii_lowercase() && text[at].is_ascii_uppercase();
    !before.is_ascii_alphanumeric() || hump
}

/// Where a match may begin for a keyword at `start..end`.
fn reach(look: Look, start: usize, end: usize, length: usize) -> Range<usize> {
    let longest = look.window as usize;
    match look.context {
        Context::Marker => start.saturating_sub(longest)..end,
        Context::Label => start.saturating_sub(longest + NEAR)..length.min(end + NEAR),
        // A name stands on the left of its value, or on the line above it.
        Context::Generic => end..length.min(end + NEAR),
        // It has no keywords.
        Context::File => 0..0,
    }
}
