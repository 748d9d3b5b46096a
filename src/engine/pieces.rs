//! A text too large to be held comes in pieces.
//!
//! What a place of a text means depends on what is near, never on more than [`REACH`] bytes, but for
//! rows without an end: base64 goes on from line to line, a word may be a megabyte long. So each
//! piece begins with the last [`OVERLAP`] bytes of the one before, and near their beginning there
//! has to be a byte that ends every row. What begins before it is whole in the one piece, what begins
//! at it or behind in the other.

use super::{Match, scan_within};
use crate::check::sniff;
use crate::decode::{Allowance, LARGEST_ARCHIVE, archive};
use crate::detector;

/// So many bytes before and behind it, at most, decide about a place. Checks look no further than
/// half of it.
const REACH: usize = 128 << 10;

/// How many bytes a piece has in common with the one before.
pub const OVERLAP: usize = 1 << 20;

/// What stands in a piece.
#[derive(Debug)]
pub struct Piece {
    /// All matches, also those that do not count.
    pub matches: Vec<Match>,
    /// Where the piece's own part begins: what begins before counts in the piece before, what begins
    /// behind in this one.
    pub from: usize,
}

/// What stands in a piece of a text; `None` where the text has to be scanned as a whole to tell.
#[must_use]
pub fn scan_piece(path: &[u8], piece: &[u8], is_first: bool) -> Option<Piece> {
    let from = if is_first { 0 } else { beginning(piece)? };
    if archive::is_packed(piece) || !are_local() || is_first && sniff(piece).is_some() {
        return None;
    }
    let mut unpacks = false;
    let mut ask = || {
        unpacks = true;
        Ok(LARGEST_ARCHIVE)
    };
    let matches = scan_within(path, piece, &mut Allowance::asking(&mut ask)).ok()?;
    (!unpacks).then_some(Piece { matches, from })
}

/// Where the first row ends that may come from before.
fn beginning(piece: &[u8]) -> Option<usize> {
    let near = piece.get(REACH..)?.iter().take(OVERLAP / 4);
    Some(REACH + near.copied().position(ends_rows)?)
}

/// Whether neither base64, nor a word, nor a value goes on over this byte.
fn ends_rows(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'{' | b'}' | b'<' | b'>' | b'[' | b']' | b';' | b',' | b'|')
        || !byte.is_ascii()
}

/// Whether the patterns that users added match nothing longer than what is looked at.
fn are_local() -> bool {
    detector::own().iter().all(|detector| (detector.window as usize) < REACH / 2)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{scan, scan_version};
    use super::*;
    use crate::detector::{example, schema};

    /// A text of two pieces, the second of which begins `before` bytes before `middle` does, or whose
    /// first one ends so many before it.
    fn pieces(middle: &str, before: usize, at_end: bool) -> (Vec<u8>, Vec<u8>) {
        let line = "nothing of any worth (or none) stands in this line\n";
        let filler = line.repeat(OVERLAP / line.len() + 1).into_bytes();
        let near = &filler[filler.len() - 3 * REACH..];
        let mut first = filler[..2 * REACH].to_vec();
        let mut second = Vec::new();
        if at_end {
            first.extend_from_slice(&filler[..OVERLAP - before]);
            first.extend_from_slice(middle.as_bytes());
            let end = first.len() - middle.len() + before;
            second.extend_from_slice(&first[end - OVERLAP..]);
            second.extend_from_slice(near);
            first.truncate(end);
        } else {
            let begins = first.len() + before;
            first.extend_from_slice(middle.as_bytes());
            first.extend_from_slice(&filler);
            first.truncate(begins + OVERLAP);
            second.extend_from_slice(&first[begins..]);
            second.extend_from_slice(near);
        }
        (first, second)
    }

    /// What counts of the two: which detectors found something, and where in the whole text.
    fn found(first: &[u8], second: &[u8]) -> Vec<String> {
        let shift = first.len() - OVERLAP;
        let one = scan_piece(b"", first, true).unwrap();
        let other = scan_piece(b"", second, false).unwrap();
        let own = one.matches.iter().filter(|one| one.span.start < shift + other.from);
        let shown = |found: &Match, shift: usize| {
            let span = found.span.start + shift..found.span.end + shift;
            format!("{} {span:?} {:?} {:?}", found.detector.id, found.facts, found.confidence)
        };
        let own = own.map(|found| shown(found, 0));
        let others = other.matches.iter().filter(|found| found.span.start >= other.from);
        own.chain(others.map(|found| shown(found, shift))).collect()
    }

    #[test]
    fn what_a_seam_cuts_is_found_as_in_the_whole_text() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("detectors");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files =
            files.map(|path| toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap());
        let mut all = files.flat_map(|file: schema::ProviderFile| file.detectors);
        let every: Vec<String> = all.by_ref().flat_map(|detector| detector.examples).collect();
        let mut count = 0;
        // A few of each kind: each takes a scan of megabytes.
        for (number, text) in every.iter().enumerate().filter(|(number, _)| number % 61 == 0) {
            let middle = format!("\n{}\n", example::fill(text, number as u64).unwrap());
            for at_end in [false, true] {
                let (first, second) = pieces(&middle, middle.len() / 2, at_end);
                let whole = [&first, &second[OVERLAP..]].concat();
                let alone = scan_version(b"", &whole, None).matches.unwrap();
                let shown = |found: &Match| {
                    let Match { detector, span, facts, confidence, .. } = found;
                    format!("{} {span:?} {facts:?} {confidence:?}", detector.id)
                };
                let alone: Vec<String> = alone.iter().map(shown).collect();
                assert_eq!(found(&first, &second), alone, "{text}");
                count += alone.len();
            }
        }
        assert!(count > 30, "{count}");
    }

    #[test]
    fn what_only_the_whole_text_tells_is_not_told() {
        let piece = "words (and others)\n".repeat(OVERLAP / 9).into_bytes();
        // What is near the beginning lacks what decides about it.
        assert!(scan_piece(b"", &piece, false).unwrap().from >= REACH);
        // No row ends near the beginning.
        let row = "0123456789abcdef".repeat(OVERLAP / 8).into_bytes();
        assert!(scan_piece(b"", &row, true).is_some());
        assert!(scan_piece(b"", &row, false).is_none());
        // An archive, and an end of one.
        for magic in [&b"PK\x03\x04"[..], b"\x1f\x8b\x08\0\0\0\0\0"] {
            assert!(scan_piece(b"", &[magic, &piece].concat(), true).is_none());
        }
        assert!(scan(b"", &piece).unwrap().is_empty());
    }
}
