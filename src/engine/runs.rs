//! The places where a value without a marker may begin, each judged once for all detectors.
//!
//! Hundreds of detectors look for values that are told by their names only, and many texts name many
//! providers close together. So the values come first: only where one begins that is long enough,
//! of the right characters and called a secret does a pattern run.

use std::ops::Range;

use super::bare::{LEAD, is_bare, kind};
use super::label;
use super::reader::Reader;
use super::window::Window;
use crate::check::effort;
use crate::detector;

/// A longest row of at least [`LEAD`] characters of values without quotes. A value called by a name
/// begins where such a row does: before any other of its characters stands no operator.
#[derive(Debug)]
struct Run {
    span: Range<usize>,
    /// The kinds of its first characters.
    kinds: u8,
    label: Label,
    /// How many windows asked for its label and were of no use.
    asked: u8,
    /// The number of the next run that may be called a secret: its own, or behind a row of others.
    next: u32,
}

/// After so many windows a label is read, whatever the run's characters: then a run that is called no
/// secret is passed over by all others.
const ASKED: u8 = 6;

/// What is known of the label before a run.
#[derive(Debug)]
enum Label {
    Unread,
    Other,
    /// Names a secret, and stands on this line.
    Secret(Range<usize>),
}

/// The runs in the windows of one text, in order.
#[derive(Default)]
pub(super) struct Runs {
    runs: Vec<Run>,
    /// The number that was asked for last: the next is mostly near.
    last: usize,
}

impl Runs {
    /// Reads the windows of detectors whose matches begin with such a run.
    pub(super) fn of(text: &[u8], windows: &[Window]) -> Runs {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for Window { detector, range, .. } in windows {
            if detector::look_of(*detector).lead == 0 {
                continue;
            }
            // Most begin within the one before.
            match ranges.last_mut() {
                Some(last) if (last.start..=last.end).contains(&range.start) => {
                    last.end = last.end.max(range.end);
                }
                _ => ranges.push(range.clone()),
            }
        }
        ranges.sort_unstable_by_key(|range| range.start);
        let mut found = Runs::default();
        let mut read_to = 0;
        for range in ranges {
            read_to = found.read(text, range.start.max(read_to)..range.end);
        }
        found
    }

    /// Reads the runs that begin in `range`; returns how far it is read.
    fn read(&mut self, text: &[u8], range: Range<usize>) -> usize {
        let mut at = range.start;
        // The rest of a run that began before.
        if at > 0 && at < range.end && is_bare(text[at - 1]) {
            at = end_of_run(text, at);
        }
        while at < range.end && at + LEAD <= text.len() {
            effort::spend(1);
            // From its end: most words are shorter, and are skipped without being read.
            if let Some(last) = text[at..at + LEAD].iter().rposition(|&byte| !is_bare(byte)) {
                at += last + 1;
                continue;
            }
            let end = end_of_run(text, at + LEAD);
            let kinds = text[at..at + LEAD].iter().fold(0, |kinds, &byte| kinds | kind(byte));
            let next = self.runs.len() as u32;
            self.runs.push(Run { span: at..end, kinds, label: Label::Unread, asked: 0, next });
            at = end;
        }
        at.max(range.end)
    }

    /// The number of the first run that begins at `from` or behind.
    pub(super) fn first(&mut self, from: usize) -> usize {
        let before = |at: usize| self.runs.get(at).is_some_and(|run| run.span.start < from);
        let (mut start, mut end, mut step) = (self.last, self.last, 1);
        if before(end) {
            while before(end) {
                start = end;
                end += step;
                step *= 2;
            }
        } else {
            while start > 0 && !before(start) {
                end = start;
                start = start.saturating_sub(step);
                step *= 2;
            }
        }
        let end = end.min(self.runs.len());
        self.last = start + self.runs[start..end].partition_point(|run| run.span.start < from);
        self.last
    }

    /// The first run of this number or behind that may be called a secret, and where it begins, if
    /// it does before `end`.
    pub(super) fn next(&mut self, number: usize, end: usize) -> Option<(usize, usize)> {
        let mut at = number;
        loop {
            let next = self.runs.get(at)?.next as usize;
            if next == at {
                break;
            }
            // Others of the row lead further from now on: the next window begins at one of them.
            let further = self.runs.get(next).map_or(next, |run| run.next as usize);
            self.runs[at].next = further as u32;
            at = further;
        }
        let start = self.runs.get(at)?.span.start;
        (start < end).then_some((at, start))
    }

    /// The line of the label of the run of this number, if the run is long enough, of no other
    /// kinds of characters, and called a secret.
    pub(super) fn label(
        &mut self,
        text: &[u8],
        number: usize,
        lead: usize,
        kinds: u8,
        reader: &mut Reader,
    ) -> Option<Range<usize>> {
        let run = &mut self.runs[number];
        let suits = run.span.len() >= lead && run.kinds & !kinds == 0;
        run.asked = run.asked.saturating_add(u8::from(!suits));
        if !suits && run.asked < ASKED {
            return None;
        }
        if let Label::Unread = run.label {
            let line = label::of_secret(text, run.span.start, reader);
            run.label = line.map_or(Label::Other, Label::Secret);
            if let Label::Other = run.label {
                run.next = number as u32 + 1;
            }
        }
        if !suits {
            return None;
        }
        match &run.label {
            Label::Secret(line) => Some(line.clone()),
            _ => None,
        }
    }
}

fn end_of_run(text: &[u8], from: usize) -> usize {
    let length = text[from..].iter().take_while(|&&byte| is_bare(byte)).count();
    effort::spend(length);
    from + length
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_runs_are_those_of_reading_every_byte(
            text in "([a-zA-Z0-9]{0,30}[ =:\"])*",
            cuts in proptest::collection::vec((0..200usize, 0..80usize), 1..5),
            places in proptest::collection::vec(0..2000usize, 1..9),
        ) {
            let detector = detector::all().iter().find(|known| known.lead > 0).unwrap();
            let text = text.as_bytes();
            let windows: Vec<Window> = cuts
                .into_iter()
                .map(|(start, length)| (start.min(text.len()), length))
                .map(|(start, length)| start..text.len().min(start + length))
                .map(|range| Window { detector: detector.index, range, ..Window::default() })
                .collect();
            let begins = |at: &usize| *at == 0 || !is_bare(text[at - 1]);
            let long = |at: &usize| end_of_run(text, *at) - at >= LEAD;
            let wanted = |at: &usize| windows.iter().any(|window| window.range.contains(at));
            let plainly: Vec<usize> = (0..text.len())
                .filter(begins)
                .filter(long)
                .filter(wanted)
                .collect();
            let mut runs = Runs::of(text, &windows);
            let found: Vec<usize> = runs.runs.iter().map(|run| run.span.start).collect();
            prop_assert_eq!(&found, &plainly);
            for place in places {
                let first = plainly.partition_point(|&start| start < place);
                prop_assert_eq!(runs.first(place), first);
            }
        }
    }
}
