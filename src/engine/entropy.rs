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
    let (mut counts, mut seen) = ([0_u32; 256], [0_u64; 4]);
    for &byte in value {
        counts[usize::from(byte)] += 1;
        seen[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    let length = value.len().max(1) as f32;
    // Most bytes stand there as often as another did: the logarithm is the dear part.
    let (mut known, mut sum) = ([f32::NAN; 8], 0.0);
    for (number, mut some) in seen.into_iter().enumerate() {
        while some != 0 {
            let count = counts[number << 6 | some.trailing_zeros() as usize];
            some &= some - 1;
            let share = count as f32 / length;
            let bits = || -share * share.log2();
            sum += match known.get_mut(count as usize) {
                Some(known) => {
                    if known.is_nan() {
                        *known = bits();
                    }
                    *known
                }
                None => bits(),
            };
        }
    }
    sum
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
