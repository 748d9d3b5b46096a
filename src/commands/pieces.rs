//! Looks through a huge file piece by piece, so that it is never in memory as a whole.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::mpsc;
use std::thread;

use super::deadline::Deadline;
use super::found::Found;
use crate::cores;
use crate::engine::{self, OVERLAP, Piece};
use crate::finding::Source;
use crate::redaction::Position;

/// How many new bytes each piece has.
const PIECE: usize = if cfg!(debug_assertions) { 1 << 20 } else { 16 << 20 };

/// What stands in what `content` brings; `None` where that cannot be told from pieces, or where
/// something is wrong with it, which whoever reads it as a whole can say. The next piece is read
/// while one is looked at.
pub(super) fn look(
    source: &Source,
    mut content: impl Read + Send,
    deadline: Deadline,
) -> Option<Vec<Found>> {
    let (send, receive) = mpsc::sync_channel(0);
    thread::scope(|scope| {
        let reader = scope.spawn(move || -> io::Result<()> {
            let mut before = Vec::new();
            loop {
                let piece = next(&mut content, &before)?;
                let is_over = piece.len() == before.len();
                before = piece[piece.len().saturating_sub(OVERLAP)..].to_vec();
                // Where nobody takes it any more, the text is read as a whole.
                if is_over || send.send(piece).is_err() {
                    return Ok(());
                }
            }
        });
        let mut seen = Seen::default();
        let is_known = receive.into_iter().all(|piece: Vec<u8>| {
            let found = engine::scan_piece(&source.path, &piece, seen.length == 0);
            found.map(|found| seen.add(source, &piece, &found)).is_some() && !deadline.is_over()
        });
        let found = seen.found.into_iter().map(|(_, found)| found);
        (cores::join(reader).is_ok() && is_known).then(|| found.collect())
    })
}

/// The next piece: what it has in common with the one before, and as much as there is behind.
fn next(content: &mut impl Read, before: &[u8]) -> io::Result<Vec<u8>> {
    let mut piece = Vec::with_capacity(before.len() + PIECE);
    piece.extend_from_slice(before);
    content.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
    Ok(piece)
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    /// How long the text was.
    length: usize,
    /// Where the next piece begins.
    position: Position,
    /// What was found, with the place of each.
    found: Vec<(Range<usize>, Found)>,
}

impl Seen {
    fn add(&mut self, source: &Source, piece: &[u8], Piece { matches, from }: &Piece) {
        let offset = self.length.saturating_sub(OVERLAP);
        self.found.retain(|(span, _)| span.start < offset + from);
        let end = self.found.last().map_or(0, |(span, _)| span.end);
        let mut position = self.position.clone();
        let shown = source.shown();
        for one in matches.iter().filter(|one| one.span.start >= *from) {
            let span = offset + one.span.start..offset + one.span.end;
            position.advance(piece, one.span.start);
            // One that began before may be longer.
            if span.start >= end {
                self.found.push((span, Found::new(one, matches, piece, &shown, &position)));
            }
        }
        self.length = offset + piece.len();
        self.position.advance(piece, piece.len().saturating_sub(OVERLAP));
        self.position = self.position.at_beginning();
    }
}
