//! What two texts have in common at their ends.

use crate::kept::{Kept, STEP, common_prefix};

/// What two texts begin and end with in common.
pub(super) fn common(one: &[u8], other: &[u8]) -> [Kept; 2] {
    let prefix = common_prefix(one, other);
    let suffix = common_suffix(&one[prefix..], &other[prefix..]);
    let behind = |text: &[u8]| text.len() - suffix;
    [
        Kept { before: 0, now: 0, length: prefix },
        Kept { before: behind(one), now: behind(other), length: suffix },
    ]
}

/// How many bytes `one` and `other` end with in common.
fn common_suffix(one: &[u8], other: &[u8]) -> usize {
    let steps = one.rchunks_exact(STEP).zip(other.rchunks_exact(STEP));
    let equal = STEP * steps.take_while(|(one, other)| one == other).count();
    let rest = |text: &'_ [u8]| text.len() - equal;
    let (one, other) = (&one[..rest(one)], &other[..rest(other)]);
    let bytes = one.iter().rev().zip(other.iter().rev());
    equal + bytes.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_common_ends_are_as_long_as_they_are(
            common in prop::collection::vec(any::<u8>(), 0..200),
            one in prop::collection::vec(0..9u8, 1..80),
            other in prop::collection::vec(9..20u8, 1..80),
        ) {
            let both = |own: &[u8]| [&common, own, &common].concat();
            let [first, last] = super::common(&both(&one), &both(&other));
            prop_assert_eq!((first.length, last.length), (common.len(), common.len()));
        }
    }
}
