//! What a version of a text has in common with another.

/// A piece of a version that stands in the version before too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Where it begins in the version before, in bytes.
    pub before: usize,
    /// Where it begins now.
    pub now: usize,
    /// How long it is.
    pub length: usize,
}

impl Kept {
    /// Adds a piece to those of a version, in the order in which they stand in it; what goes on where
    /// the last one ends, in both versions, is one piece with it.
    pub fn add(self, all: &mut Vec<Kept>) {
        match all.last_mut() {
            Some(last)
                if last.now + last.length == self.now
                    && last.before + last.length == self.before =>
            {
                last.length += self.length;
            }
            _ => all.push(self),
        }
    }

    /// What the third of three versions has in common with the first: the second has `first` in
    /// common with it, and the third has `second` in common with that.
    #[must_use]
    pub fn through(first: &[Kept], second: &[Kept]) -> Vec<Kept> {
        let mut all = Vec::with_capacity(first.len().max(second.len()));
        for piece in second {
            let (from, to) = (piece.before, piece.before + piece.length);
            let near = first.partition_point(|one| one.now + one.length <= from);
            for one in first[near..].iter().take_while(|one| one.now < to) {
                let start = one.now.max(from);
                let end = to.min(one.now + one.length);
                Kept {
                    before: one.before + start - one.now,
                    now: piece.now + start - from,
                    length: end - start,
                }
                .add(&mut all);
            }
        }
        all
    }
}

/// So many bytes are compared at once.
pub const STEP: usize = 64;

/// How many bytes `one` and `other` begin with in common.
#[must_use]
pub fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    let steps = one.chunks_exact(STEP).zip(other.chunks_exact(STEP));
    let equal = STEP * steps.take_while(|(one, other)| one == other).count();
    let rest = one[equal..].iter().zip(&other[equal..]);
    equal + rest.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A version made of pieces of `before` and of new bytes.
    fn made(before: &[u8], pieces: &[(usize, usize, bool)]) -> (Vec<u8>, Vec<Kept>) {
        let (mut text, mut kept) = (Vec::new(), Vec::new());
        for &(from, length, is_new) in pieces {
            let from = from.min(before.len());
            let length = length.min(before.len() - from);
            if is_new {
                text.extend(vec![b'-'; length]);
            } else if length > 0 {
                Kept { before: from, now: text.len(), length }.add(&mut kept);
                text.extend_from_slice(&before[from..from + length]);
            }
        }
        (text, kept)
    }

    proptest! {
        #[test]
        fn what_is_common_to_three_versions_stands_in_the_first_and_the_third(
            one in prop::collection::vec((0..100usize, 0..40usize, any::<bool>()), 0..8),
            two in prop::collection::vec((0..100usize, 0..40usize, any::<bool>()), 0..8),
        ) {
            let first: Vec<u8> = (0..100).collect();
            let (second, to_second) = made(&first, &one);
            let (third, to_third) = made(&second, &two);
            let kept = Kept::through(&to_second, &to_third);
            let mut covered = 0;
            let mut end = 0;
            for Kept { before, now, length } in kept {
                prop_assert!(now >= end);
                end = now + length;
                covered += length;
                prop_assert_eq!(&first[before..before + length], &third[now..end]);
            }
            // New bytes are marked by a byte that the first has once.
            let new = third.iter().filter(|&&byte| byte == b'-').count();
            prop_assert!(covered + new >= third.len());
        }
    }
}
