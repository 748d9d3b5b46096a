//! Whether a value was drawn at random or written by somebody: the only judge of secrets that no
//! provider's format marks.
//!
//! Two explanations are weighed against each other, in bits. The first: somebody wrote it, in words,
//! names, numbers, paths. A small model of such text says how many bits that takes. The second: it
//! was drawn from an alphabet, which costs each character the logarithm of the alphabet's size. A
//! value is random where the first explanation is dearer by a margin.

mod bigrams;
mod shape;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use self::bigrams::letter;
use self::shape::{is_public, is_shaped};
use super::placeholder::{is_placeholder, is_reference};
use super::{Candidate, Outcome, Verdict};

/// Shorter values are left to the detectors that know what they look for.
const SHORTEST: usize = 10;

/// By how many bits text must be the worse explanation, in all and for each character, so that a
/// long run of odd names does not add up to a key.
const MARGIN: (f32, f32) = (5.5, 0.2);

/// The same for values of letters of one case: abbreviations (`USBDEVFS_IOCTL`) are worse English
/// than many a random string, but nobody mixes them with digits all along.
const MARGIN_OF_LETTERS: (f32, f32) = (14.0, 0.6);

/// A value that no program text or English would contain.
#[must_use]
pub fn random(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let before = candidate.text.get(..candidate.secret.start).unwrap_or_default();
    let behind = candidate.text.get(candidate.secret.end..).unwrap_or_default();
    // `name(…)`, `name[…]`, `name<T>`, `{name}…`: an expression, cut where the pattern's alphabet ends.
    let called = matches!(behind, [b'(' | b'[' | b'{', ..] | [b'<', b'A'..=b'Z' | b'a'..=b'z', ..]);
    let cut = called || before.ends_with(b"{") || before.ends_with(b"}");
    if cut || value.len() < SHORTEST || is_named_by_type(before) || !looks_random(value) {
        return Verdict::Refuted.into();
    }
    Verdict::Plausible.into()
}

/// Whether the name before a value is that of a type, in quotes: `"AWS::IAM::AccessKey": `.
fn is_named_by_type(before: &[u8]) -> bool {
    let before = &before[before.len().saturating_sub(100)..];
    let end = before.iter().rposition(|byte| !b"\"' :=>,\\".contains(byte)).map_or(0, |at| at + 1);
    let quoted = matches!(before.get(end), Some(b'"' | b'\''));
    let start = before[..end].iter().rposition(|byte| b"\"'\n".contains(byte)).unwrap_or(0);
    quoted && before[start..end].windows(2).any(|pair| pair == b"::")
}

/// Whether chance is a better explanation of `value` than a writer. Values of any length are
/// weighed; short ones need more of every kind of character to pass.
#[must_use]
pub fn looks_random(value: &[u8]) -> bool {
    if value.len() > 2048 || !value.iter().all(u8::is_ascii_graphic) {
        return false;
    }
    // The cheapest first: almost everything is refused by the sum.
    exceeds_margin(value)
        && !(is_placeholder(value) || is_reference(value) || is_public(value) || is_shaped(value))
        && !encodes_text(value)
}

/// Whether chance explains `value` better by enough.
fn exceeds_margin(value: &[u8]) -> bool {
    let any = |test: fn(&u8) -> bool| value.iter().any(test);
    let mixed = any(u8::is_ascii_digit)
        || (any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase))
        || any(|byte| is_mark(*byte));
    let (in_all, each) = if mixed { MARGIN } else { MARGIN_OF_LETTERS };
    let margin = margin(value);
    margin >= in_all && margin >= each * value.len() as f32
}

/// A character that neither names nor paths have.
fn is_mark(byte: u8) -> bool {
    byte.is_ascii_graphic() && !byte.is_ascii_alphanumeric() && !b"_-./:,=".contains(&byte)
}

/// Bits by which chance is the better explanation.
fn margin(value: &[u8]) -> f32 {
    text_bits(value) - alphabet_bits(value) * value.len() as f32
}

/// What one character of `value` costs if it was drawn from the smallest usual alphabet.
fn alphabet_bits(value: &[u8]) -> f32 {
    let any = |test: fn(&u8) -> bool| value.iter().any(test);
    let lower = any(u8::is_ascii_lowercase);
    let upper = any(u8::is_ascii_uppercase);
    if value.iter().all(u8::is_ascii_hexdigit) && !(lower && upper) {
        return 4.0;
    }
    let marks = value.iter().filter(|byte| !byte.is_ascii_alphanumeric());
    let size = if lower { 26 } else { 0 }
        + if upper { 26 } else { 0 }
        + if any(u8::is_ascii_digit) { 10 } else { 0 }
        + match marks.clone().count() {
            0 => 0,
            _ if marks.clone().all(|mark| b"-_".contains(mark)) => 2,
            _ if marks.clone().all(|mark| b"+/=".contains(mark)) => 2,
            // People and generators use the same few marks of the keyboard's upper row.
            _ => 16,
        };
    (size.max(2) as f32).log2()
}

/// What `value` costs if somebody wrote it.
fn text_bits(value: &[u8]) -> f32 {
    let mut bits = 0.0;
    let mut before: Option<u8> = None;
    let mut word = 0;
    for (at, &byte) in value.iter().enumerate() {
        let upper_before = before.is_some_and(|b| b.is_ascii_uppercase());
        let lower_before = before.is_some_and(|b| b.is_ascii_lowercase());
        let digit_before = before.is_some_and(|b| b.is_ascii_digit());
        let after_mark = if before.is_some_and(is_mark) { 2.0 } else { 0.0 };
        let goes_on = match byte {
            b'a'..=b'z' => lower_before || upper_before,
            b'A'..=b'Z' => upper_before,
            _ => false,
        };
        // Pieces of one or two letters are rare in names.
        if !goes_on && matches!(word, 1 | 2) {
            bits += 1.5;
        }
        word = if goes_on { word + 1 } else { usize::from(byte.is_ascii_alphabetic()) };
        bits += match byte {
            b'a'..=b'z' if lower_before => letter(before, byte),
            // The first capital of a word is cheap to leave; after two, an abbreviation has ended.
            b'a'..=b'z' if upper_before => {
                let capitals = at >= 2 && value[at - 2].is_ascii_uppercase();
                letter(before, byte) + if capitals { 2.5 } else { 0.3 }
            }
            b'a'..=b'z' => letter(None, byte) + if digit_before { 3.0 } else { 0.3 } + after_mark,
            b'A'..=b'Z' if upper_before => letter(before, byte) + 0.5,
            // camelCase
            b'A'..=b'Z' if lower_before => letter(None, byte) + 2.5,
            b'A'..=b'Z' => letter(None, byte) + if digit_before { 3.5 } else { 1.0 } + after_mark,
            b'0'..=b'9' if digit_before => 3.3,
            // A digit for a letter.
            b'0'..=b'9'
                if lower_before && value.get(at + 1).is_some_and(u8::is_ascii_lowercase) =>
            {
                9.0
            }
            b'0'..=b'9' if lower_before || upper_before => 5.5,
            b'0'..=b'9' => 4.0 + after_mark,
            // `----` and `====` are cheap.
            _ if before == Some(byte) => 1.0,
            b'_' | b'-' | b'.' | b'/' | b':' | b',' => 3.2,
            b'=' if at + 2 >= value.len() => 1.0,
            _ => 9.0,
        };
        before = Some(byte);
    }
    bits
}

/// Base64 of text that is not random itself: `cGFzc3dvcmQ=`, a configuration, a template.
fn encodes_text(value: &[u8]) -> bool {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&STANDARD, config);
    let Ok(decoded) = engine.decode(value) else { return false };
    let printable =
        decoded.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    // Seven random bytes are all printable once in a thousand times, and rarer with each byte more.
    decoded.len() >= 7 && printable && !exceeds_margin(&decoded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passwords_of_a_generator_or_a_careful_person_look_random() {
        for value in ["Tr0ub4dor&3x", "k9#vQ2!xLp0z", "hX7¦Qp2LmZ9vK4tR8w", "9f8e2c71b0¦d4a6538e17"]
        {
            let value = value.replace('¦', "");
            assert!(looks_random(value.as_bytes()), "{value} {}", margin(value.as_bytes()));
        }
    }

    #[test]
    fn words_names_and_paths_do_not() {
        for value in [
            "correcthorsebatterystaple",
            "getAuthenticationToken",
            "ACCESS_TOKEN_SECRET_NAME",
            "my-service-password-v2",
            "/etc/ssl/private/server.key",
            "com.example.app.TokenProvider",
            "2024-01-31T12:00:00Z",
            "v1.22.333-beta.4",
            "https://login.host.com/oauth2/v2.0/token",
            "123e4567-e89b-12d3-a456-426614174000",
            "application/x-www-form-urlencoded",
            "cGFzc3dvcmQ9bm90LXNlY3JldA==",
            "AbstractUserDetailsAuthenticationProvider",
            "kubernetes.io/service-account-token",
            "HS256withRSAandMGF1",
            "password123",
            "admin@localhost",
            "aes-256-cbc-hmac-sha512",
            "TOKEN_TYPE_BEARER",
            "userPassword1",
            "OAuth2TokenEndpoint",
        ] {
            assert!(!looks_random(value.as_bytes()), "{value} {}", margin(value.as_bytes()));
        }
    }

    #[test]
    fn a_call_is_no_value() {
        let text = b"token = zQ4kT9xWv7Lp2mRb(1)";
        let secret = 8..24;
        let candidate = Candidate { text, matched: secret.clone(), secret };
        assert_eq!(random(&candidate).verdict, Verdict::Refuted);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(value in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = looks_random(&value);
        }
    }
}
