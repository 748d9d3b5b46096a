//! Whether an operator follows a keyword on its line.

use super::window::NEAR;
use crate::check::effort;

/// What was seen ahead of the keywords asked about, so that a line full of keywords is read once.
#[derive(Default)]
pub(super) struct Ahead {
    /// One each set of wanted characters: detectors hardly differ in theirs.
    seen: Vec<Seen>,
}

struct Seen {
    wanted: &'static str,
    /// Those and the end of a line, a bit each.
    stops: [u64; 4],
    /// Nothing but other characters stands from the last keyword to here.
    to: usize,
    /// A wanted character stands here, or else the line ends, or nothing is known yet.
    stop: Option<bool>,
}

impl Ahead {
    /// Whether one of the characters `wanted` stands on the line of `text` behind `end`, as far as a
    /// line is read, and how far the text tells so. The ends must ascend.
    pub(super) fn follows(
        &mut self,
        text: &[u8],
        end: usize,
        wanted: &'static str,
    ) -> (bool, usize) {
        let known = self.seen.iter().position(|seen| std::ptr::eq(seen.wanted, wanted));
        let known = known.unwrap_or_else(|| {
            self.seen.push(Seen { wanted, stops: stops(wanted), to: 0, stop: None });
            self.seen.len() - 1
        });
        let seen = &mut self.seen[known];
        if seen.to < end {
            (seen.to, seen.stop) = (end, None);
        }
        let limit = text.len().min(end + NEAR);
        while seen.stop.is_none() && seen.to < limit {
            let byte = text[seen.to];
            effort::spend(1);
            if seen.stops[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1 {
                seen.stop = Some(byte != b'\n');
            } else {
                seen.to += 1;
            }
        }
        let follows = seen.stop == Some(true) && seen.to < limit;
        (follows, limit.min(seen.to + 1))
    }
}

fn stops(wanted: &str) -> [u64; 4] {
    let mut stops = [0; 4];
    for byte in wanted.bytes().chain([b'\n']) {
        stops[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    stops
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plainly(text: &[u8], end: usize, wanted: &str) -> bool {
        let line = text[end..].iter().take(NEAR).take_while(|&&byte| byte != b'\n');
        { line }.any(|byte| wanted.as_bytes().contains(byte))
    }

    proptest! {
        #[test]
        fn every_answer_is_that_of_reading_the_line(
            text in "[a=@\n]{0,40}(a{290,310}[a=@\n]{0,9}){0,3}",
            steps in proptest::collection::vec((0..60usize, any::<bool>()), 1..40),
        ) {
            let (mut ahead, mut end) = (Ahead::default(), 0);
            for (step, at_sign) in steps {
                end = (end + step).min(text.len());
                let wanted = if at_sign { "@" } else { "=:" };
                prop_assert_eq!(
                    ahead.follows(text.as_bytes(), end, wanted).0,
                    plainly(text.as_bytes(), end, wanted)
                );
            }
        }
    }
}
