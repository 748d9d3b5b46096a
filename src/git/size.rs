//! Sizes as people write them.

use anyhow::{Context, Result, bail};

/// Reads `512m`, as git does: k, m and g are powers of 1024.
///
/// # Errors
/// A text that is no size.
pub fn size(text: &str) -> Result<u64> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[number.len()..].to_ascii_lowercase()[..] {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => bail!("a size is a number of bytes, or one with k, m or g behind it"),
    };
    let number: u64 = number.parse()?;
    number.checked_mul(factor).context("too large")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_may_end_in_k_m_or_g() {
        assert_eq!(size("12").unwrap(), 12);
        assert_eq!(size("3k").unwrap(), 3072);
        assert_eq!(size("1G").unwrap(), 1 << 30);
        for wrong in ["", "m", "1x", "1kb", "-1", "99999999999g"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
