//! The keywords of a version: those that were there before, and those that touch what is new.

use std::ops::Range;

use crate::detector::{self, LONGEST_KEYWORD, keyword_hits};
use crate::kept::Kept;

/// A keyword. They ascend by where they end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) end: u32,
    pub(super) keyword: u16,
    /// If nothing came of it, how far before and behind its end the text goes that tells so; else 0.
    pub(super) back: u16,
    pub(super) ahead: u16,
}

impl Hit {
    /// One of which nothing is known yet.
    pub(super) fn new(keyword: u16, end: usize) -> Hit {
        Hit { end: end as u32, keyword, back: 0, ahead: 0 }
    }

    pub(super) fn is_idle(self) -> bool {
        self.ahead > 0
    }

    pub(super) fn place(self) -> (u32, u16) {
        (self.end, self.keyword)
    }
}

/// The keywords of a text.
#[derive(Default)]
pub(super) struct All {
    pub(super) hits: Vec<Hit>,
    /// The numbers of those of which it must be seen what comes of them.
    pub(super) live: Vec<u32>,
}

impl All {
    pub(super) fn add(&mut self, hit: Hit) {
        if !hit.is_idle() {
            self.live.push(self.hits.len() as u32);
        }
        self.hits.push(hit);
    }
}

/// The keywords that touch what is new.
pub(super) struct New {
    /// Each with the number of the piece that follows.
    hits: Vec<(usize, Hit)>,
    /// How many of them were given out.
    given: usize,
}

impl New {
    /// Looks at what is new between the pieces, and a little on either side. All of it is put together
    /// first: a long text is walked several times faster than short ones.
    pub(super) fn of(text: &[u8], kept: &[Kept]) -> New {
        let kept_length: usize = kept.iter().map(|piece| piece.length).sum();
        let room = text.len() - kept_length + (kept.len() + 1) * (2 * LONGEST_KEYWORD + 1);
        let mut together = Vec::with_capacity(room);
        // Where it stands there and in the text, and the new part in the text.
        let mut parts: Vec<(usize, usize, Range<usize>)> = Vec::with_capacity(kept.len() + 1);
        let mut start = 0_usize;
        for number in 0..=kept.len() {
            let end = kept.get(number).map_or(text.len(), |piece| piece.now);
            let from = start.saturating_sub(LONGEST_KEYWORD);
            let to = text.len().min(end + LONGEST_KEYWORD);
            parts.push((together.len(), from, start..end));
            if start < end || start > 0 && end < text.len() {
                together.extend_from_slice(&text[from..to]);
                // No keyword goes over it.
                together.push(0);
            }
            start = kept.get(number).map_or(end, |piece| piece.now + piece.length);
        }
        let (mut hits, mut part) = (Vec::with_capacity(together.len() / 64), 0);
        keyword_hits(&together, |keyword, end| {
            while parts.get(part + 1).is_some_and(|next| next.0 < end) {
                part += 1;
            }
            let (begin, from, new) = &parts[part];
            let end = end - begin + from;
            // Others lie within the piece before or behind.
            if end > new.start && end < new.end + length_of(keyword) {
                hits.push((part, Hit::new(keyword, end)));
            }
        });
        New { hits, given: 0 }
    }

    /// Those that touch what is new before a piece; the pieces must ascend.
    pub(super) fn before_piece(&mut self, number: usize) -> impl Iterator<Item = Hit> {
        let left = &self.hits[self.given..];
        let count = left.iter().take_while(|(part, _)| *part == number).count();
        self.given += count;
        left[..count].iter().map(|(_, hit)| *hit)
    }
}

/// A keyword's length, in bytes.
pub(super) fn length_of(keyword: u16) -> usize {
    detector::looking_for(keyword).0.len()
}
