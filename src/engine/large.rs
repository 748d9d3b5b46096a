//! A text so large that all cores share it.

use std::collections::VecDeque;
use std::thread;

use crate::cores;
use crate::detector::{self, LONGEST_KEYWORD};

/// From this size on a text is worth more than the threads cost.
const LARGE: usize = 8 << 20;
/// As much of it one thread walks at a time.
const SEGMENT: usize = 4 << 20;
/// So many windows one thread looks through at a time. The number of cores has no say: what is found
/// must not depend on them.
pub(super) const SHARE: usize = 1024;

/// Whether the cores share a text.
pub(super) fn is_large(text: &[u8]) -> bool {
    text.len() >= LARGE && cores::count() > 1
}

/// What [`detector::keyword_hits`] does, for a large text: others walk ahead of what is called here.
pub(super) fn keyword_hits(text: &[u8], mut hit: impl FnMut(u16, usize)) {
    let mut segments = (0..text.len()).step_by(SEGMENT);
    thread::scope(|scope| {
        let mut ahead = VecDeque::new();
        loop {
            // One more than there are cores, so that none waits while its hits are told.
            while ahead.len() <= cores::count()
                && let Some(from) = segments.next()
            {
                ahead.push_back(scope.spawn(move || hits_of_segment(text, from)));
            }
            let Some(first) = ahead.pop_front() else { break };
            cores::join(first).into_iter().for_each(|(keyword, end)| hit(keyword, end));
        }
    });
}

/// The keywords that end in the segment that begins at `from`, and where.
fn hits_of_segment(text: &[u8], from: usize) -> Vec<(u16, usize)> {
    let start = from.saturating_sub(LONGEST_KEYWORD - 1);
    let piece = &text[start..text.len().min(from + SEGMENT)];
    let mut hits = Vec::new();
    detector::keyword_hits(piece, |keyword, end| {
        // Up to where the segment begins they are those of the one before.
        if start + end > from {
            hits.push((keyword, start + end));
        }
    });
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Match, scan, scan_version};

    fn shown(matches: anyhow::Result<Vec<Match>>) -> Vec<String> {
        let matches = matches.unwrap().into_iter();
        matches.map(|found| format!("{} {:?}", found.detector.id, found.span)).collect()
    }

    #[test]
    fn the_cores_find_together_what_one_thread_finds() {
        let random = "zQ4kT9xW¦v7Lp2mRb".replace('¦', "");
        let lines = [
            "a line that says nothing at all\n".repeat(120),
            format!("password = '{random}'\n"),
            format!("postgresql://admin:{random}@db.internal/x\n"),
            format!("\\x70assword = '{random}'\n"),
        ];
        let text = lines.concat().repeat(LARGE / lines[0].len());
        let shared = shown(scan(b"x.py", text.as_bytes()));
        // Of what are versions of each other none is shared.
        let alone = shown(scan_version(b"x.py", text.as_bytes(), None).matches);
        assert!(shared.len() > 2 * SHARE);
        assert!(shared == alone, "{} and {} findings", shared.len(), alone.len());
    }

    #[test]
    fn the_hits_of_the_segments_are_those_of_the_whole_text() {
        // A keyword over each seam, and every place of one beside it.
        let keyword = "aws_secret_access_key";
        let mut text = vec![b'.'; 3 * SEGMENT + 100];
        for (seam, back) in [(1, 0), (1, 40), (2, 10), (3, keyword.len()), (3, 90)] {
            text[seam * SEGMENT - back..][..keyword.len()].copy_from_slice(keyword.as_bytes());
        }
        let (mut plainly, mut shared) = (Vec::new(), Vec::new());
        detector::keyword_hits(&text, |keyword, end| plainly.push((keyword, end)));
        keyword_hits(&text, |keyword, end| shared.push((keyword, end)));
        assert!(plainly.len() >= 5);
        assert_eq!(shared, plainly);
    }
}
