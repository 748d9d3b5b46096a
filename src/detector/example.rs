//! Turns a detector's examples into texts with keys that nobody ever had.
//!
//! `‹base62 36›` becomes 36 characters that look random and are the same in every run; `¦` is cut
//! out. So no file of this repository holds anything that a scanner, ours or another, would stop.

mod checked;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;

const ALPHABETS: &[&str] = &[
    "hex",
    "HEX",
    "base62",
    "base62-crc",
    "hexcrc",
    "base64",
    "base64url",
    "base32",
    "base32-lower",
    "lower-alnum",
    "upper-alnum",
    "alpha",
    "lower",
    "upper",
    "digits",
];
const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// No form asks for more characters.
const LONGEST: usize = 1 << 20;

/// The text with every `‹…›` filled in from `seed`.
///
/// # Errors
/// A form that is none.
pub fn fill(example: &str, seed: u64) -> Result<String> {
    let mut random = Random::new(seed ^ hash(example));
    let mut text = example.replace('¦', "");
    // Innermost first: a form may hold another.
    while let Some(end) = text.find('›') {
        let start = text[..end].rfind('‹').context("a › without its ‹")?;
        let form = &text[start + '‹'.len_utf8()..end];
        let made = make(form, &mut random)?;
        text.replace_range(start..end + '›'.len_utf8(), &made);
    }
    Ok(text)
}

fn make(form: &str, random: &mut Random) -> Result<String> {
    if let Some(text) = form.strip_prefix("base64json ") {
        return Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text));
    }
    if let Some(text) = form.strip_prefix("base64 of ") {
        return Ok(base64::engine::general_purpose::STANDARD.encode(text));
    }
    if let Some(key) = checked::make(form, random) {
        return Ok(key);
    }
    if form == "uuid" {
        let groups: Vec<String> = [8, 4, 4, 4, 12]
            .iter()
            .map(|&length| random.text(b"0123456789abcdef", length))
            .collect();
        return Ok(groups.join("-"));
    }
    let (alphabet, length) = form.split_once(' ').unwrap_or((form, ""));
    let length: usize =
        length.parse().ok().filter(|length| *length <= LONGEST).with_context(|| {
            format!("‹{form}›: a form is an alphabet and a length, such as ‹base62 32›")
        })?;
    let hex = b"0123456789abcdef";
    Ok(match alphabet {
        "hex" => random.text(hex, length),
        "HEX" => random.text(b"0123456789ABCDEF", length),
        "base62" => random.text(BASE62, length),
        "base62-crc" => {
            let body = random.text(BASE62, length);
            let sum = crc32fast::hash(body.as_bytes());
            format!("{body}{}", base62(sum))
        }
        "hexcrc" => {
            let body = random.text(BASE62, length);
            format!("{body}{:08x}", crc32fast::hash(body.as_bytes()))
        }
        "base64" => random.text(&[BASE62, b"+/"].concat(), length),
        "base64url" => random.text(&[BASE62, b"-_"].concat(), length),
        "base32" => random.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length),
        "base32-lower" => random.text(b"abcdefghijklmnopqrstuvwxyz234567", length),
        "lower-alnum" => random.text(b"0123456789abcdefghijklmnopqrstuvwxyz", length),
        "upper-alnum" => random.text(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", length),
        "alpha" => random.text(&BASE62[10..], length),
        "lower" => random.text(&BASE62[36..], length),
        "upper" => random.text(&BASE62[10..36], length),
        "digits" => random.text(&BASE62[..10], length),
        _ => bail!("‹{form}›: no such alphabet; there are {}", ALPHABETS.join(", ")),
    })
}

fn base62(mut number: u32) -> String {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(number % 62) as usize];
        number /= 62;
    }
    String::from_utf8_lossy(&digits).into_owned()
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// SplitMix64: small, and the same everywhere.
pub struct Random(u64);

impl Random {
    /// Begins at `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The next number.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 32 bytes.
    fn key(&mut self) -> [u8; 32] {
        std::array::from_fn(|_| self.next().to_be_bytes()[0])
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(alphabet[(self.next() % alphabet.len() as u64) as usize]))
            .collect()
    }
}
