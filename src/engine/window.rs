//! Which pieces of a text a detector's pattern is run over: the neighbourhood of its keywords.

use std::ops::Range;

use crate::check::{Check, looks_random};
use crate::detector::{self, Context, keyword_hits};

/// The shortest value that can look random.
const SHORTEST: usize = 10;

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
pub(super) fn collect(path: &[u8], text: &[u8]) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    let mut last: Vec<u32> = Vec::new();
    let mut add = |detector: u16, range: Range<usize>| {
        if last.is_empty() {
            last.resize(detector::all().len(), u32::MAX);
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
    keyword_hits(text, |keyword, end| {
        let (literal, looking) = detector::looking_for(keyword);
        let start = end - literal.len();
        for &index in looking {
            let detector = &detector::all()[usize::from(index)];
            if !detector.ahead.is_empty() && !follows(&text[end..], detector.ahead.as_bytes()) {
                continue;
            }
            let wants_random =
                detector.context == Context::Generic && detector.checks.contains(&Check::Random);
            if wants_random && !values.stand_behind(text, end, detector.window as usize) {
                continue;
            }
            let longest = detector.window as usize;
            let range = match detector.context {
                Context::Marker => start.saturating_sub(longest)..end,
                Context::Label => start.saturating_sub(longest + NEAR)..text.len().min(end + NEAR),
                // A name stands on the left of its value, or on the line above it.
                Context::Generic => end..text.len().min(end + NEAR),
            };
            add(index, range);
        }
    });
    windows
}

/// Whether one of `wanted` stands on the rest of the line, as far as a line is read.
fn follows(rest: &[u8], wanted: &[u8]) -> bool {
    rest.iter().take(NEAR).take_while(|&&byte| byte != b'\n').any(|byte| wanted.contains(byte))
}

/// Where values that look random stand behind a keyword. Words such as `token` stand everywhere,
/// and a pattern costs more than the check that its matches would have to pass anyway.
#[derive(Default)]
struct Values {
    /// The last place asked about, and the answer.
    asked: Option<(usize, bool)>,
    /// No run that begins before this offset looks random: keywords stand close together, and
    /// nothing is weighed twice.
    dull_to: usize,
}

impl Values {
    fn stand_behind(&mut self, text: &[u8], end: usize, longest: usize) -> bool {
        if let Some((_, answer)) = self.asked.filter(|(asked, _)| *asked == end) {
            return answer;
        }
        let from = end.max(self.dull_to);
        let to = text.len().min(end + NEAR + longest);
        let rest = text.get(from..to).unwrap_or_default();
        let answer = runs(rest).any(looks_random_somewhere);
        if !answer {
            // The last run may go on behind the end.
            let cut = rest.iter().rposition(is_end).map_or(from, |at| from + at + 1);
            self.dull_to = self.dull_to.max(if to == text.len() { to } else { cut });
        }
        self.asked = Some((end, answer));
        answer
    }
}

fn is_end(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`')
}

fn runs(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(is_end).filter(|run| run.len() >= SHORTEST)
}

/// In quotes a value may hold any mark; without, it ends at some.
fn looks_random_somewhere(run: &[u8]) -> bool {
    let ends = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"!#$%*+./@^_~-".contains(byte);
    looks_random(run) || run.split(ends).any(|value| value.len() >= SHORTEST && looks_random(value))
}
