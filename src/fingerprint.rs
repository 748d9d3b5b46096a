//! What a value is known by where the value itself must not stand.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::check::Check;
use crate::detector::{Context, Detector};

/// Bytes of a digest that are kept: enough to tell ten thousand findings apart, few enough to type.
const KEPT: usize = 6;
/// What one guess of a value that people choose costs, in KiB of memory that are filled once. A
/// run may meet thousands of such values, so it is some milliseconds and not a second.
const GUESS: u32 = 4096;
/// A value with fewer bits than this could be found by trying, whoever made it.
const TRIED: f32 = 64.0;

/// Random bytes that a repository's fingerprints are keyed with, so that no table of digests made
/// for one repository serves for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Salt([u8; 16]);

impl Salt {
    /// A new one from the system's source of randomness.
    ///
    /// # Errors
    /// A system that gives no random bytes.
    pub fn random() -> Result<Salt, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Salt(bytes))
    }

    /// From 32 hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Salt> {
        unhex(text).map(Salt)
    }
}

impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

/// Twelve hex digits that bind a detector and a value and stay the same wherever the value stands;
/// a `p` goes before them where people may have chosen the value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    digest: [u8; KEPT],
    /// Made slowly, so that trying a dictionary is dear.
    slow: bool,
}

impl Fingerprint {
    /// The fingerprint of a detector's value under a salt, or under a constant that everybody knows
    /// where the repository has none yet: hook, CI and server then print the same one.
    #[must_use]
    pub fn of(detector: &Detector, value: &[u8], salt: Option<&Salt>) -> Fingerprint {
        Fingerprint::in_form(is_guessable(detector, value), detector, value, salt)
    }

    /// As [`Fingerprint::of`], in the form that is asked for: what counts as guessable may differ
    /// between versions of keystop.
    #[must_use]
    pub fn in_form(
        slow: bool,
        detector: &Detector,
        value: &[u8],
        salt: Option<&Salt>,
    ) -> Fingerprint {
        if slow {
            Fingerprint::slow(detector, value, salt)
        } else {
            Fingerprint::fast(detector, value, salt)
        }
    }

    fn fast(detector: &Detector, value: &[u8], salt: Option<&Salt>) -> Fingerprint {
        let mut digest = [0; KEPT];
        // HMAC takes a key of any length, so this cannot fail; an empty digest would match nothing
        // that was ever written.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key(detector, salt).as_bytes()) {
            mac.update(value);
            digest.copy_from_slice(&mac.finalize().into_bytes()[..KEPT]);
        }
        Fingerprint { digest, slow: false }
    }

    fn slow(detector: &Detector, value: &[u8], salt: Option<&Salt>) -> Fingerprint {
        let mut digest = [0; KEPT];
        let salt = Sha256::digest(key(detector, salt));
        if let Ok(params) = Params::new(GUESS, 1, 1, Some(KEPT)) {
            // Fails for values of 4 GiB only.
            let _ = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
                value,
                &salt,
                &mut digest,
            );
        }
        Fingerprint { digest, slow: true }
    }

    /// Reads what [`fmt::Display`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Fingerprint> {
        let (slow, digits) = match text.strip_prefix('p') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        unhex(digits).map(|digest| Fingerprint { digest, slow })
    }

    /// Whether it was made slowly.
    #[must_use]
    pub fn is_slow(self) -> bool {
        self.slow
    }
}

/// The fingerprints of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prints {
    /// What is shown.
    pub shown: Fingerprint,
    /// What `keystop allow` writes: under the salt of the file that it may have to make; `None`
    /// outside of a repository.
    pub filed: Option<Fingerprint>,
    /// What is shown where no allow file is known: by another clone, by a CI run of an older base.
    pub public: Fingerprint,
}

/// Whether a value could be found by trying: people chose it, or it is short.
#[must_use]
pub fn is_guessable(detector: &Detector, value: &[u8]) -> bool {
    let is_chosen = |check: &Check| {
        matches!(check, Check::UrlPassword | Check::PlainPassword | Check::BasicAuth)
    };
    let named = ["password", "passphrase"].iter().any(|word| detector.id.contains(word));
    let generic = detector.context == Context::Generic;
    let looks_random = detector.checks.contains(&Check::Random) && value.len() >= 24;
    named
        || generic && !looks_random
        || detector.checks.iter().any(is_chosen)
        || bits(value) < TRIED
}

/// Shannon's entropy of the whole value, over its own bytes.
fn bits(value: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    let length = value.len() as f32;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| count as f32)
        .map(|count| count * (length / count).log2())
        .sum()
}

fn key(detector: &Detector, salt: Option<&Salt>) -> String {
    let mut key = format!("keystop fingerprint 1 {}", detector.id);
    if let Some(salt) = salt {
        key += &format!(" {salt}");
    }
    key
}

fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Bytes from lower-case hex digits, twice as many as the bytes.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.slow { "p" } else { "" })?;
        hex(&self.digest, f)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector;

    fn by(id: &str) -> &'static Detector {
        detector::by_id(id).unwrap()
    }

    #[test]
    fn it_binds_detector_value_and_salt() {
        let value = b"0123456789abcdefghijklmnop";
        let (one, other) = (by("stripe-live-secret-key"), by("stripe-test-secret-key"));
        let salt = Salt::parse(&"0f".repeat(16)).unwrap();
        let print = Fingerprint::of(one, value, None);
        assert_eq!(print, Fingerprint::of(one, value, None));
        assert_ne!(print, Fingerprint::of(other, value, None));
        assert_ne!(print, Fingerprint::of(one, b"0123456789abcdefghijklmno", None));
        assert_ne!(print, Fingerprint::of(one, value, Some(&salt)));
        assert_ne!(
            Fingerprint::of(one, value, Some(&salt)),
            Fingerprint::of(one, value, Some(&Salt::random().unwrap()))
        );
    }

    #[test]
    fn what_people_choose_and_what_is_short_gets_the_slow_digest() {
        let url = detector::all().iter().find(|d| d.checks.contains(&Check::UrlPassword)).unwrap();
        let long = b"a-Long-0ne-with-91273-digits-and-words";
        assert!(Fingerprint::of(url, long, None).is_slow());
        let marked = by("stripe-live-secret-key");
        assert!(Fingerprint::of(marked, b"hunter2", None).is_slow());
        assert!(!Fingerprint::of(marked, long, None).is_slow());
    }

    #[test]
    fn it_reads_what_it_writes() {
        for slow in [false, true] {
            let print = Fingerprint { digest: [0, 1, 0xab, 0xff, 16, 9], slow };
            assert_eq!(Fingerprint::parse(&print.to_string()), Some(print));
        }
        for wrong in
            ["", "p", "0001abff10", "0001ABff1009", "0001abff10099", "q0001abff1009", "é0001abff10"]
        {
            assert_eq!(Fingerprint::parse(wrong), None, "{wrong}");
        }
    }
}
