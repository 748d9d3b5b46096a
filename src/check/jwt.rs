//! JSON Web Tokens.

use serde_json::{Map, Value};

use super::{Candidate, Outcome, Verdict, date, encoded};

/// The shortest signature RFC 7518 knows, that of HS256.
const SHORTEST_SIGNATURE: usize = 32;

/// A signed token whose header and payload are JSON and which has not expired.
///
/// Source: RFC 7519 and RFC 7515. Not keys: `alg: none`, no signature, the token that jwt.io shows
/// to every visitor, Supabase's `anon` tokens (made for web pages) and its demo project's.
pub fn jwt(candidate: &Candidate) -> Outcome {
    match claims(candidate.value()) {
        Some(claims) if !is_public(&claims) => proven(&claims, "issued by", "iss"),
        _ => Verdict::Refuted.into(),
    }
}

/// A token whose payload says `iss: supabase` and `role: service_role`.
///
/// Source: Supabase's guide to API keys; that role passes every row-level rule.
pub fn supabase_service_role(candidate: &Candidate) -> Outcome {
    let is_service = |claims: &Map<String, Value>| {
        text(claims, "iss") == Some("supabase") && text(claims, "role") == Some("service_role")
    };
    match claims(candidate.value()).filter(is_service) {
        Some(claims) => proven(&claims, "project", "ref"),
        None => Verdict::Refuted.into(),
    }
}

/// The payload of a well-formed signed token that is still valid; a mark of the issuer's may stand
/// before it (`ghs_1234_eyJ…`).
fn claims(value: &[u8]) -> Option<Map<String, Value>> {
    let start = memchr::memmem::find(value, b"eyJ").unwrap_or(0);
    let mut parts = value[start..].split(|byte| *byte == b'.');
    let (header, payload) = (object(parts.next()?)?, object(parts.next()?)?);
    let signature = encoded::base64(parts.next()?)?;
    let algorithm = text(&header, "alg").filter(|name| !name.eq_ignore_ascii_case("none"));
    let is_signed = algorithm.is_some() && signature.len() >= SHORTEST_SIGNATURE;
    let is_past = expiry(&payload).is_some_and(|at| at <= date::now());
    (is_signed && !is_past && parts.next().is_none()).then_some(payload)
}

fn object(part: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(&encoded::base64(part)?).ok()
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name)?.as_str()
}

/// `exp` in seconds since 1970; some issuers write milliseconds.
fn expiry(claims: &Map<String, Value>) -> Option<i64> {
    let exp = claims.get("exp")?;
    // A float outside the integers' range becomes their nearest bound.
    let exp = exp.as_i64().or_else(|| exp.as_f64().map(|exp| exp as i64))?;
    Some(if exp > 100_000_000_000 { exp / 1000 } else { exp })
}

fn is_public(claims: &Map<String, Value>) -> bool {
    let sample =
        text(claims, "sub") == Some("1234567890") && text(claims, "name") == Some("John Doe");
    let demo = text(claims, "iss") == Some("supabase-demo");
    sample || demo || text(claims, "role") == Some("anon")
}

/// Proven, with the claim that says whose it is, and its expiry.
fn proven(claims: &Map<String, Value>, label: &str, name: &str) -> Outcome {
    let is_plain = |owner: &&str| {
        !owner.is_empty() && owner.len() <= 100 && owner.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let owner = text(claims, name).filter(is_plain).map(|owner| format!("{label} {owner}"));
    let facts: Vec<String> =
        owner.into_iter().chain(expiry(claims).and_then(date::expires)).collect();
    let fact = (!facts.is_empty()).then(|| facts.join(", "));
    Outcome { verdict: Verdict::Proven, secret: None, fact }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as CODE;
    use proptest::prelude::*;

    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    fn of(check: fn(&Candidate) -> Outcome, text: &str) -> Outcome {
        let whole = 0..text.len();
        check(&Candidate { text: text.as_bytes(), matched: whole.clone(), secret: whole })
    }

    fn token(header: &str, payload: &str) -> String {
        format!("{}.{}.{}", CODE.encode(header), CODE.encode(payload), CODE.encode([7; 32]))
    }

    #[test]
    fn a_live_token_says_who_issued_it_and_until_when() {
        let payload = r#"{"iss":"https://login.example/","sub":"7","exp":4102444800}"#;
        let outcome = of(jwt, &token(HEADER, payload));
        assert_eq!(outcome.verdict, Verdict::Proven);
        assert_eq!(
            outcome.fact.as_deref(),
            Some("issued by https://login.example/, expires 2100-01-01")
        );
        let milliseconds = of(jwt, &token(HEADER, r#"{"exp":4102444800000}"#));
        assert_eq!(milliseconds.fact.as_deref(), Some("expires 2100-01-01"));
        assert_eq!(of(jwt, &token(HEADER, r#"{"sub":"7"}"#)), Verdict::Proven.into());
    }

    #[test]
    fn the_header_of_rfc_7519_is_unsigned() {
        // RFC 7519, section 6.1.
        let header = "eyJhbGciOiJub25lIn0";
        let payload = CODE.encode(r#"{"iss":"joe","exp":4102444800}"#);
        assert_eq!(object(header.as_bytes()).unwrap()["alg"], "none");
        assert_eq!(of(jwt, &format!("{header}.{payload}.")), Verdict::Refuted.into());
        let signed = format!("{header}.{payload}.{}", CODE.encode([7; 32]));
        assert_eq!(of(jwt, &signed), Verdict::Refuted.into());
    }

    #[test]
    fn what_is_expired_unsigned_or_public_is_no_key() {
        let live = token(HEADER, r#"{"sub":"7"}"#);
        let unsigned = live.rsplit_once('.').unwrap().0;
        for text in [
            token(HEADER, r#"{"sub":"7","exp":1000000000}"#),
            token(HEADER, r#"{"sub":"7","exp":1e9}"#),
            token(r#"{"typ":"JWT"}"#, r#"{"sub":"7"}"#),
            token(HEADER, "[7]"),
            token(HEADER, r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#),
            token(HEADER, r#"{"iss":"supabase","role":"anon","exp":4102444800}"#),
            token(HEADER, r#"{"iss":"supabase-demo","role":"service_role","exp":4102444800}"#),
            unsigned.to_owned(),
            format!("{unsigned}.signature"),
            format!("{live}.x"),
        ] {
            assert_eq!(of(jwt, &text), Verdict::Refuted.into(), "{text}");
        }
    }

    #[test]
    fn only_supabases_own_service_role_counts() {
        let of_payload = |payload: &str| of(supabase_service_role, &token(HEADER, payload));
        let outcome = of_payload(
            r#"{"iss":"supabase","ref":"abcdefgh","role":"service_role","exp":4102444800}"#,
        );
        assert_eq!(outcome.verdict, Verdict::Proven);
        assert_eq!(outcome.fact.as_deref(), Some("project abcdefgh, expires 2100-01-01"));
        for payload in [
            r#"{"iss":"supabase","role":"anon"}"#,
            r#"{"iss":"supabase-demo","role":"service_role"}"#,
            r#"{"iss":"supabase","role":"service_role","exp":1000000000}"#,
        ] {
            assert_eq!(of_payload(payload), Verdict::Refuted.into(), "{payload}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), like in "eyJ[0-9A-Za-z_.=-]{0,80}", exp: f64) {
            let coded = token(HEADER, &format!(r#"{{"exp":{exp}}}"#));
            for text in [&text[..], like.as_bytes(), coded.as_bytes()] {
                let whole = 0..text.len();
                let candidate = Candidate { text, matched: whole.clone(), secret: whole };
                jwt(&candidate);
                supabase_service_role(&candidate);
            }
        }
    }
}
