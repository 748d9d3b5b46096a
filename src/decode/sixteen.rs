//! Sixteen bytes compared at once: a bit of the answer for each.

/// The first byte, and the span to the last, of those that are seen as special: `"` to `'`.
const QUOTES: (u8, u8) = (b'"', b'\'' - b'"');
/// The same for those that may be digits: all ASCII above `*`.
const DIGITS: (u8, u8) = (b'+', 0x7f - b'+');

/// A bit for each byte that is a backslash or one of `"` to `'`, and one for each that is greater
/// than `*` and ASCII.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn masks(bytes: [u8; 16]) -> (u16, u16) {
    use safe_arch::{
        cmp_eq_mask_i8_m128i, m128i, min_u8_m128i, move_mask_i8_m128i, set_splat_i8_m128i,
        sub_i8_m128i,
    };
    let all = |byte: u8| set_splat_i8_m128i(byte.cast_signed());
    let bytes = m128i::from(bytes);
    let within = |(first, span): (u8, u8)| {
        let from = sub_i8_m128i(bytes, all(first));
        cmp_eq_mask_i8_m128i(min_u8_m128i(from, all(span)), from)
    };
    let special = within(QUOTES) | cmp_eq_mask_i8_m128i(bytes, all(b'\\'));
    // Sixteen bits of it are ever set.
    (move_mask_i8_m128i(special) as u16, move_mask_i8_m128i(within(DIGITS)) as u16)
}

/// The same where there are other instructions.
#[cfg(any(test, not(target_arch = "x86_64")))]
#[inline(always)]
pub(super) fn portable(bytes: [u8; 16]) -> (u16, u16) {
    use wide::u8x16;

    let bytes = u8x16::new(bytes);
    let within = |(first, span): (u8, u8)| {
        let from = bytes - u8x16::splat(first);
        from.min(u8x16::splat(span)).simd_eq(from)
    };
    let special = within(QUOTES) | bytes.simd_eq(u8x16::splat(b'\\'));
    // Sixteen bits of it are ever set.
    (special.to_bitmask() as u16, within(DIGITS).to_bitmask() as u16)
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) use portable as masks;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_its_bits_at_each_place_whatever_looks() {
        for byte in 0..=255_u8 {
            let special = (b'"'..=b'\'').contains(&byte) || byte == b'\\';
            let digit = (b'+'..=0x7f).contains(&byte);
            for place in 0..16 {
                let mut bytes = [b' '; 16];
                bytes[place] = byte;
                let expected = (u16::from(special) << place, u16::from(digit) << place);
                assert_eq!(masks(bytes), expected, "{byte} at {place}");
                assert_eq!(portable(bytes), expected, "{byte} at {place}");
            }
        }
    }
}
