//! Tokens that are an encoding of something readable.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

use super::{Candidate, Outcome, Verdict, date, looks_random, placeholder};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes base64 of either alphabet (`+/` or `-_`), padded or not.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    let standard = |byte: &u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    };
    BASE64.decode(text.get(..end)?.iter().map(standard).collect::<Vec<u8>>()).ok()
}

/// Decodes unpadded base32 (`A-Z2-7` in either case); bits that fill no byte are dropped.
pub(super) fn base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for digit in text {
        let value = match digit.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            figure @ b'2'..=b'7' => figure - b'2' + 26,
            _ => return None,
        };
        buffer = (buffer << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    Some(bytes)
}

pub(super) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The number in an alphabet's digits, most significant first, at least `width` of them.
pub(super) fn digits(mut number: u32, alphabet: &[u8], width: usize) -> Vec<u8> {
    let base = alphabet.len() as u32;
    let mut text = Vec::new();
    while number > 0 || text.len() < width {
        text.push(alphabet[(number % base) as usize]);
        number /= base;
    }
    text.reverse();
    text
}

/// Some part of the token, after a separator, decodes to a JSON object (Grafana `glc_`, Sentry
/// `sntrys_`, 1Password `ops_` and others). Source: their published samples.
pub fn base64_json(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let after_separator = |at: &usize| {
        at.checked_sub(1).and_then(|at| value.get(at)).is_none_or(|byte| b"._-:|".contains(byte))
    };
    // `{` in base64 is `e` and one of `w`, `x`, `y`, `z` (or more, for what JSON cannot hold).
    let starts = (0..value.len()).filter(|at| value[*at] == b'e').filter(after_separator);
    let mut objects = starts.filter_map(|at| value.get(at..)).take(16).filter_map(leading_object);
    let found = objects.next().is_some();
    if found { Verdict::Proven.into() } else { Verdict::Plausible.into() }
}

/// The JSON object, with at least one field, that the base64 at the start of `text` decodes to;
/// what follows the object (a separator `_` is a base64url digit too) is not looked at.
pub(super) fn leading_object(text: &[u8]) -> Option<Map<String, Value>> {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let length = text.iter().take_while(|byte| is_digit(byte)).count();
    // One digit alone in the last group decodes to nothing.
    let length = if length % 4 == 1 { length - 1 } else { length };
    let json = base64(text.get(..length)?)?;
    match serde_json::Deserializer::from_slice(&json).into_iter::<Value>().next() {
        Some(Ok(Value::Object(fields))) if !fields.is_empty() => Some(fields),
        _ => None,
    }
}

/// Base64 of exactly 32 bytes, perhaps after Laravel's `base64:`.
///
/// Any text of that length decodes, so it proves nothing more.
pub fn base64_of_32_bytes(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let bytes = base64(value.strip_prefix(b"base64:").unwrap_or(value));
    let fits = bytes.is_some_and(|bytes| bytes.len() == 32);
    if fits { Verdict::Plausible.into() } else { Verdict::Refuted.into() }
}

/// Three parts of which the first is base64 of the bot's id, 17 to 20 digits.
///
/// Source: Discord's API reference (snowflakes) and the catalogue's rules for bot tokens.
pub fn discord_bot(candidate: &Candidate) -> Outcome {
    let mut parts = candidate.value().split(|byte| *byte == b'.');
    let id = parts.next().and_then(base64).and_then(|id| String::from_utf8(id).ok());
    let is_id =
        |id: &String| (17..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    match id.filter(is_id) {
        Some(id) if parts.count() == 2 => {
            Outcome { verdict: Verdict::Proven, secret: None, fact: Some(format!("bot {id}")) }
        }
        _ => Verdict::Refuted.into(),
    }
}

/// Base64 of `reftkn:` version `:` expiry in seconds since 1970, or zeros `:` random text.
///
/// Source: the samples and rules of three scanners; JFrog documents it nowhere, so an expiry that
/// is past is not taken as proof.
pub fn jfrog_reference(candidate: &Candidate) -> Outcome {
    let text = base64(candidate.value()).and_then(|text| String::from_utf8(text).ok());
    let Some(fields) = text.as_deref().and_then(|text| text.strip_prefix("reftkn:")) else {
        return Verdict::Refuted.into();
    };
    let expiry = fields.split(':').nth(1).and_then(|seconds| seconds.parse().ok());
    Outcome { verdict: Verdict::Proven, secret: None, fact: expiry.and_then(date::expires) }
}

/// Base64 of a document's id (20 base64url characters), `:` and a key of 22 more.
///
/// Source: Elasticsearch's guide to its API keys (`encoded`).
pub fn elastic_key(candidate: &Candidate) -> Outcome {
    let text = base64(candidate.value()).unwrap_or_default();
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    let mut parts = text.split(|byte| *byte == b':');
    let mut is_part = |length: usize| {
        parts.next().is_some_and(|part| part.len() == length && part.iter().all(is_digit))
    };
    let is_key = is_part(20) && is_part(22) && parts.next().is_none();
    if is_key { Verdict::Proven.into() } else { Verdict::Refuted.into() }
}

/// Base64 of `tok:` and the token's text.
///
/// Source: published samples; Intercom documents no form.
pub fn intercom_token(candidate: &Candidate) -> Outcome {
    let text = base64(candidate.value()).unwrap_or_default();
    let is_token =
        text.strip_prefix(b"tok:").is_some_and(|rest| rest.iter().all(u8::is_ascii_graphic));
    if is_token { Verdict::Proven.into() } else { Verdict::Refuted.into() }
}

/// Base64 of a printable `user:password` with a password that is no placeholder (RFC 7617), or with
/// a key for the user: Stripe's API and others take `key:`, GitHub took `key:x-oauth-basic`.
pub fn basic_auth(candidate: &Candidate) -> Outcome {
    let text = base64(candidate.value()).and_then(|text| String::from_utf8(text).ok());
    let parts = text
        .as_deref()
        .filter(|text| !text.contains(char::is_control))
        .and_then(|text| text.split_once(':'));
    let is_login = parts.is_some_and(|(user, password)| {
        let is_fixed = FIXED.contains(&password);
        !is_fixed && !placeholder::is_placeholder(password.as_bytes()) || is_key(user)
    });
    if is_login { Verdict::Plausible.into() } else { Verdict::Refuted.into() }
}

/// Whether a user's name is a key, after the mark that some begin with (`sk_live_`).
fn is_key(user: &str) -> bool {
    let body = user.rsplit('_').next().unwrap_or_default();
    body.len() >= 16 && looks_random(body.as_bytes())
}

/// What stands for a password where the user's name is the key.
const FIXED: &[&str] = &["", "x-oauth-basic", "api_token", "X"];

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    fn of(check: fn(&Candidate) -> Outcome, text: &str) -> Outcome {
        let whole = 0..text.len();
        check(&Candidate { text: text.as_bytes(), matched: whole.clone(), secret: whole })
    }

    fn verdict(check: fn(&Candidate) -> Outcome, text: &str) -> Verdict {
        of(check, text).verdict
    }

    #[test]
    fn rfc_4648s_examples_decode() {
        for text in ["Zm9vYg==", "Zm9vYg", "Zm9vYh"] {
            assert_eq!(base64(text.as_bytes()).unwrap(), b"foob");
        }
        assert_eq!(base64(b"-_A").unwrap(), base64(b"+/A=").unwrap());
        assert_eq!(base64(b"Zm9v YmFy"), None);
        assert_eq!(base32(b"MZXW6YTBOI").unwrap(), b"foobar");
        assert_eq!(base32(b"mzxw6ytboi").unwrap(), b"foobar");
        assert_eq!(base32(b"MZXW1"), None);
        assert_eq!(digits(62, BASE62, 3), b"010");
    }

    #[test]
    fn json_is_found_between_separators() {
        let json = BASE64_URL_SAFE_NO_PAD.encode(br#"{"iat":1,"org":"acme~?>"}"#);
        let padded = BASE64_STANDARD.encode(br#"{"n":"x","k":"y" }"#);
        for text in [format!("glc_{padded}"), format!("sntrys_{json}_abcdef"), json.clone()] {
            assert_eq!(verdict(base64_json, &text), Verdict::Proven, "{text}");
        }
        for text in [format!("glc_{}", &json[..20]), format!("x{json}"), "glc_e30".into()] {
            assert_eq!(verdict(base64_json, &text), Verdict::Plausible, "{text}");
        }
    }

    #[test]
    fn thirty_two_bytes_and_no_other_number() {
        let text = BASE64_STANDARD.encode([7; 32]);
        assert_eq!(verdict(base64_of_32_bytes, &text), Verdict::Plausible);
        assert_eq!(verdict(base64_of_32_bytes, &format!("base64:{text}")), Verdict::Plausible);
        assert_eq!(verdict(base64_of_32_bytes, &BASE64_STANDARD.encode([7; 33])), Verdict::Refuted);
    }

    #[test]
    fn a_bot_token_names_its_bot() {
        let id = BASE64_URL_SAFE_NO_PAD.encode("123456789012345678");
        let outcome = of(discord_bot, &format!("{id}.GabcDe.{}", "x".repeat(38)));
        assert_eq!(outcome.fact.as_deref(), Some("bot 123456789012345678"));
        assert_eq!(verdict(discord_bot, &format!("{id}.GabcDe")), Verdict::Refuted);
        assert_eq!(verdict(discord_bot, "MTIz.GabcDe.xyz"), Verdict::Refuted);
    }

    #[test]
    fn a_reference_token_may_say_when_it_expires() {
        let of_expiry = |at: &str| BASE64_URL_SAFE_NO_PAD.encode(format!("reftkn:01:{at}:abc"));
        let outcome = of(jfrog_reference, &of_expiry("4102444800"));
        assert_eq!(outcome.fact.as_deref(), Some("expires 2100-01-01"));
        assert_eq!(of(jfrog_reference, &of_expiry("0000000000")), Verdict::Proven.into());
        assert_eq!(verdict(jfrog_reference, "cmVmdGtu"), Verdict::Refuted);
    }

    #[test]
    fn an_intercom_token_is_text_behind_its_mark() {
        let coded = |text: &str| BASE64_STANDARD.encode(text);
        assert_eq!(coded("tok:")[..5], *"dG9rO");
        let token = coded("tok:0a1b2c3d_4e5f_6a7b_8c9d_0e1f2a3b4c5d:1:0");
        assert_eq!(verdict(intercom_token, &token), Verdict::Proven);
        for text in ["tok:\u{1}\u{2}", "token"] {
            assert_eq!(verdict(intercom_token, &coded(text)), Verdict::Refuted, "{text}");
        }
    }

    #[test]
    fn an_elasticsearch_key_is_an_id_and_a_key() {
        let coded = |text: &str| BASE64_STANDARD.encode(text);
        let halves = ["VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6", "dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="];
        assert_eq!(verdict(elastic_key, &halves.concat()), Verdict::Proven);
        for text in ["VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNn", "a:b", "VuaCfGcBCdbkQm-e5aOx"] {
            assert_eq!(verdict(elastic_key, &coded(text)), Verdict::Refuted, "{text}");
        }
    }

    #[test]
    fn basic_credentials_need_a_password() {
        let coded = |text: &str| BASE64_STANDARD.encode(text);
        let password = ["Tr0ub4dor", "&3"].concat();
        let real = coded(&format!("alice:{password}"));
        assert_eq!(verdict(basic_auth, &real), Verdict::Plausible);
        // Of an API that takes the key as the user.
        for end in ["", "x-oauth-basic"] {
            let key =
                coded(&format!("{}:{end}", ["sk_live_4fQzT9", "mWx1Kc7LrV2bNpHs8d"].concat()));
            assert_eq!(verdict(basic_auth, &key), Verdict::Plausible, "{end}");
        }
        for text in ["alice:", "alice", "a\n:b", "alice:${PASSWORD}", "alice:x-oauth-basic"] {
            assert_eq!(verdict(basic_auth, &coded(text)), Verdict::Refuted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), like in "(e[wy][0-9A-Za-z_.:-]{0,20}){0,9}") {
            let _ = (base64(&text), base32(&text), base32(like.as_bytes()));
            for text in [&text[..], like.as_bytes()] {
                let whole = 0..text.len();
                let candidate = Candidate { text, matched: whole.clone(), secret: whole };
                let _ = (base64_json(&candidate), base64_of_32_bytes(&candidate));
                let _ = (discord_bot(&candidate), jfrog_reference(&candidate));
                let _ = (intercom_token(&candidate), elastic_key(&candidate));
                basic_auth(&candidate);
            }
        }
    }
}
