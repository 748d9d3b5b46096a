//! How much surprise a value holds.

/// Whether a body (the secret without its public prefix) of this entropy is as random as a key of its length.
/// `bits` per character is the detector's own bound. The default, 2.75, is what one in three
/// hundred thousand random values of 32 hex digits misses (at 3 it would be one in eight thousand);
/// it is less where the value is too short to reach that.
pub(super) fn suffices(entropy: f32, length: usize, bits: Option<f32>) -> bool {
    let bound = bits.unwrap_or_else(|| (0.75 * (length.max(1) as f32).log2()).min(2.75));
    entropy >= bound
}

/// Shannon entropy in bits per byte, over the value's own frequencies.
pub(super) fn of(value: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    let length = value.len().max(1) as f32;
    let bits = |count: &u32| {
        let share = *count as f32 / length;
        -share * share.log2()
    };
    // Eight at a time: most stay zero.
    let some = counts.chunks_exact(8).filter(|eight| eight.iter().fold(0, |all, n| all | n) > 0);
    some.flatten().filter(|&&count| count > 0).map(bits).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_zero_for_one_letter_and_three_for_eight() {
        assert_eq!(of(b"aaaaaaaa"), 0.0);
        assert_eq!(of(b"abcdefgh"), 3.0);
    }
}
