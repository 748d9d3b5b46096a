//! Whether a provider is named near a value.

use std::ops::Range;

use super::label;
use super::reader::Reader;
use super::window::{NEAR, Window, begins_word};
use crate::check::Candidate;

/// How many lines above and below a value a provider's name speaks for it.
const LINES: usize = 3;

/// Whether one of the detector's names stands with a value whose label is on `line`: in the label,
/// on the line, a few lines away, or in the path. Returns the length of the longest that does.
pub(super) fn names_provider(
    candidate: &Candidate,
    line: Range<usize>,
    window: &Window,
    reader: &mut Reader,
) -> Option<usize> {
    let Candidate { text, secret, .. } = candidate;
    let in_label = longest_name(text, line, window);
    let specificity = if in_label > 0 {
        // A provider named in the label itself beats one that is only near.
        in_label + NEAR
    } else {
        let near = longest_name(text, neighbourhood(text, secret), window);
        // A bare `key` is the key of anything, and too little for the path to speak for.
        let mut bare = || label::is_bare_key(text, secret.start, reader);
        if window.in_path > near && (near > 0 || !bare()) { window.in_path } else { near }
    };
    (specificity > 0).then_some(specificity)
}

/// Length of the longest name of the window's detector in a piece of the text.
fn longest_name(text: &[u8], piece: Range<usize>, window: &Window) -> usize {
    let first = window.named.partition_point(|name| name.end <= piece.start);
    let inside = window.named[first..].iter().take_while(|name| name.end <= piece.end);
    let begins = |start: usize| start == piece.start || begins_word(text, start);
    inside
        .filter(|name| name.start >= piece.start && begins(name.start))
        .map(Range::len)
        .max()
        .unwrap_or(0)
}

/// Length of the longest of the lower-case `words` that stands within a few lines of the match, or
/// in the path, if one does.
pub(super) fn stands_near(candidate: &Candidate, path: &[u8], words: &[&str]) -> Option<usize> {
    let around = neighbourhood(candidate.text, &candidate.matched);
    let longest = longest_in(&candidate.text[around], words).max(longest_in(path, words));
    (longest > 0).then_some(longest)
}

/// Length of the longest of `words` in `text`, in any letter case; 0 where none is.
pub(super) fn longest_in(text: &[u8], words: &[&str]) -> usize {
    // One walk for all words: of most places the low bits of two letters say that none begins there.
    let low = |byte: u8| 1_u32 << (byte & 31);
    let (firsts, seconds) = words.iter().fold((0, 0), |(firsts, seconds), word| {
        let second = word.as_bytes().get(1).map_or(u32::MAX, |&byte| low(byte));
        (firsts | word.bytes().next().map_or(0, low), seconds | second)
    });
    let mut longest = 0;
    for (at, pair) in text.windows(2).enumerate() {
        if firsts & low(pair[0]) == 0 || seconds & low(pair[1]) == 0 {
            continue;
        }
        for word in words {
            if word.len() <= longest {
                continue;
            }
            let piece = text.get(at..at + word.len());
            let stands = piece.is_some_and(|piece| piece.eq_ignore_ascii_case(word.as_bytes()));
            if stands {
                longest = word.len();
            }
        }
    }
    longest
}

/// The lines around a value, without the value itself getting a say beyond [`NEAR`] bytes.
fn neighbourhood(text: &[u8], span: &Range<usize>) -> Range<usize> {
    let floor = span.start.saturating_sub(NEAR);
    let ceiling = text.len().min(span.end + NEAR);
    let start = memchr::memrchr_iter(b'\n', &text[floor..span.start])
        .nth(LINES)
        .map_or(floor, |newline| floor + newline);
    let end = memchr::memchr_iter(b'\n', &text[span.end..ceiling])
        .nth(LINES)
        .map_or(ceiling, |newline| span.end + newline);
    start..end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn one_walk_finds_what_a_search_for_each_word_finds(text in "[aAbBmMnN_ ]{0,30}") {
            let words = ["abm", "bman", "mma_", "nab"];
            let lower = text.to_ascii_lowercase();
            let stand = words.iter().filter(|word| lower.contains(*word));
            let longest = stand.map(|word| word.len()).max().unwrap_or(0);
            prop_assert_eq!(longest_in(text.as_bytes(), &words), longest);
        }
    }
}
