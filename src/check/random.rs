//! Whether a value was drawn at random or written by somebody: the only judge of secrets that no
//! provider's format marks.
//!
//! Two explanations are weighed against each other, in bits. The first: somebody wrote it, in words,
//! names, numbers, paths. A small model of such text says how many bits that takes. The second: it
//! was drawn from an alphabet, which costs each character the logarithm of the alphabet's size. A
//! value is random where the first explanation is dearer by a margin.

mod bigrams;
mod price;
mod shape;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use self::price::{Kinds, weigh};
use self::shape::{is_public, is_shaped};
use super::placeholder::{Form, Room, is_empty_or_read};
use super::{Candidate, Outcome, Verdict, effort};

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
    if !looks_random(candidate.value()) {
        return Verdict::Refuted.into();
    }
    random_at_its_place(candidate)
}

/// The rest of that question, where the value is known to look random.
#[must_use]
pub fn random_at_its_place(candidate: &Candidate) -> Outcome {
    let before = candidate.text.get(..candidate.secret.start).unwrap_or_default();
    let behind = candidate.text.get(candidate.secret.end..).unwrap_or_default();
    // `name(…)`, `name[…]`, `name<T>`, `{name}…`: an expression, cut where the pattern's alphabet ends.
    let called = matches!(behind, [b'(' | b'[' | b'{', ..] | [b'<', b'A'..=b'Z' | b'a'..=b'z', ..]);
    let cut = called || before.ends_with(b"{") || before.ends_with(b"}");
    // Two different quotes are the end of one string and the beginning of another.
    let quote = |byte: Option<&u8>| byte.copied().filter(|byte| b"\"'`".contains(byte));
    let torn =
        matches!((quote(before.last()), quote(behind.first())), (Some(a), Some(b)) if a != b);
    // A quote behind a word closes what stands before it: `['name']…['`.
    let word = |at: usize| {
        let byte = before.len().checked_sub(at).and_then(|at| before.get(at));
        byte.is_some_and(u8::is_ascii_alphanumeric)
    };
    let torn = torn || quote(before.last()).is_some() && word(2) && word(3);
    // Marks that no quoted value without them goes on with: it is cut there.
    let cut = cut
        || quote(before.last()).is_some()
            && matches!(behind, [b'&' | b')' | b'?' | b']' | b'}', ..]);
    // Go's list of modules: `MODULE VERSION h1:HASH`.
    let hash = before.ends_with(b" h1:");
    if cut || torn || hash || candidate.value().len() < SHORTEST || is_named_by_type(before) {
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
    effort::spend(value.len());
    // The cheapest first: almost everything is refused by the sum.
    value.len() <= 2048
        && exceeds_margin(value)
        && value.iter().all(u8::is_ascii_graphic)
        && !is_otherwise_known(&Form::of(value, &mut Room::default()))
        && !encodes_text(value)
}

/// Whether a value's words, marks or shape say that it is no secret however random it looks.
fn is_otherwise_known(form: &Form) -> bool {
    is_empty_or_read(form) || is_public(form) || is_shaped(form)
}

/// A value that no writer explains much better than chance: the question for short values whose label
/// names their provider. The strict one refuses 6 % of random values of 13 characters, this less than 1 %,
/// and names of variables just as well.
#[must_use]
pub fn unwritten(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    effort::spend(value.len());
    let (kinds, text_bits) = weigh(value);
    let drawn = text_bits + MARGIN.0 > alphabet_bits(kinds) * value.len() as f32;
    if drawn { Verdict::Plausible.into() } else { Verdict::Refuted.into() }
}

/// Whether chance explains `value` better by enough.
fn exceeds_margin(value: &[u8]) -> bool {
    let (kinds, text_bits) = weigh(value);
    let mixed = kinds.has(Kinds::DIGIT)
        || (kinds.has(Kinds::LOWER) && kinds.has(Kinds::UPPER))
        || kinds.has(Kinds::MARK);
    let (in_all, each) = if mixed { MARGIN } else { MARGIN_OF_LETTERS };
    let length = value.len() as f32;
    let margin = text_bits - alphabet_bits(kinds) * length;
    margin >= in_all && margin >= each * length
}

/// What one character of a value of these kinds costs if it was drawn from the smallest usual
/// alphabet.
fn alphabet_bits(kinds: Kinds) -> f32 {
    let (lower, upper) = (kinds.has(Kinds::LOWER), kinds.has(Kinds::UPPER));
    if !(kinds.has(Kinds::NO_HEX) || lower && upper) {
        return 4.0;
    }
    let marks = match (kinds.has(Kinds::DASH), kinds.has(Kinds::PLUS), kinds.has(Kinds::OTHER)) {
        (false, false, false) => 0,
        (true, false, false) | (false, true, false) => 2,
        // People and generators use the same few marks of the keyboard's upper row.
        _ => 16,
    };
    let size = if lower { 26 } else { 0 }
        + if upper { 26 } else { 0 }
        + if kinds.has(Kinds::DIGIT) { 10 } else { 0 }
        + marks;
    (size.max(2) as f32).log2()
}

/// Base64 of text that is not random itself: `cGFzc3dvcmQ=`, a configuration, a template.
fn encodes_text(value: &[u8]) -> bool {
    static ENGINE: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let printable = |decoded: &[u8]| {
        decoded.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    };
    // The first few bytes of most are enough.
    let mut first = [0; 6];
    let head = value.get(..8).map(|head| ENGINE.decode_slice(head, &mut first));
    if head.is_some_and(|head| head.is_err() || !printable(&first)) {
        return false;
    }
    let Ok(decoded) = ENGINE.decode(value) else { return false };
    // Seven random bytes are all printable once in a thousand times, and rarer with each byte more.
    decoded.len() >= 7 && printable(&decoded) && !exceeds_margin(&decoded)
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
            assert!(looks_random(value.as_bytes()), "{value}");
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
            assert!(!looks_random(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_name_is_written_and_a_short_key_is_not() {
        let of = |text: &str| {
            let secret = 0..text.len();
            unwritten(&Candidate { text: text.as_bytes(), matched: secret.clone(), secret }).verdict
        };
        for name in ["makeDebouncer", "getApiKeyFrom", "input12345678", "DEBOUNCE_WAIT"] {
            assert_eq!(of(name), Verdict::Refuted, "{name}");
        }
        for key in ["dugCFKss¦DhlR5", "xMucaPE¦y905Fx", "4o3hluq¦llaBsA", "p63vacs¦sdimju"] {
            assert_eq!(of(&key.replace('¦', "")), Verdict::Plausible, "{key}");
        }
    }

    #[test]
    fn a_call_is_no_value() {
        let text = b"token = zQ4kT9xWv7Lp2mRb(1)";
        let secret = 8..24;
        let candidate = Candidate { text, matched: secret.clone(), secret };
        assert_eq!(random(&candidate).verdict, Verdict::Refuted);
    }

    #[test]
    fn a_hash_of_a_module_and_the_gap_between_two_strings_are_no_values() {
        let value = "zQ4kT9xW¦v7Lp2mRb".replace('¦', "");
        let verdict = |before: &str, behind: &str| {
            let text = format!("{before}{value}{behind}");
            let secret = before.len()..before.len() + value.len();
            random(&Candidate { text: text.as_bytes(), matched: secret.clone(), secret }).verdict
        };
        assert_eq!(verdict("acme.io/credentials v1.2.3 h1:", "\n"), Verdict::Refuted);
        assert_eq!(verdict("f\"<Secret [{', '", "\""), Verdict::Refuted);
        assert_eq!(verdict("url = base['name']", "['key']"), Verdict::Refuted);
        assert_eq!(verdict("password = \"", "&*()\""), Verdict::Refuted);
        assert_eq!(verdict("secret = '", "'"), Verdict::Plausible);
        assert_eq!(verdict("secret = b'", "'"), Verdict::Plausible);
        assert_eq!(verdict("\"secret=", "\""), Verdict::Plausible);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(value in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = looks_random(&value);
        }
    }
}
