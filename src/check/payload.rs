//! Tokens that carry JSON about themselves: who they belong to can be told without asking.

use serde_json::{Map, Value};

use super::{Candidate, Outcome, Verdict, encoded};

type Fields = Map<String, Value>;

/// `glc_` + JSON with organization `o`, name `n`, key `k` and metadata `m`; the legacy keys are JSON
/// with `k`, `n` and `id`.
///
/// Source: published samples, and Grafana's own `apikeygen.go` for the legacy form.
pub fn grafana_json(candidate: &Candidate) -> Outcome {
    judge(candidate, "glc_", &["k", "n"], |fields| {
        let region = fields.get("m").and_then(|more| more.get("r")).and_then(plain);
        let organization = fields.get("o").and_then(plain).map(|id| format!("organization {id}"));
        let instance = fields.get("id").map(|_| "legacy API key".to_owned());
        [organization, region.map(|region| format!("region {region}")), instance]
    })
}

/// `sntrys_` + JSON with `iat`, `url`, `region_url` and `org`, then `_` and 32 random bytes.
///
/// Source: Sentry's own `orgauthtoken_token.py`.
pub fn sentry_json(candidate: &Candidate) -> Outcome {
    judge(candidate, "sntrys_", &["iat", "org"], |fields| {
        let organization = fields.get("org").and_then(plain);
        let server = fields.get("region_url").or(fields.get("url")).and_then(plain);
        [organization.map(|name| format!("organization {name}")), server.map(str::to_owned), None]
    })
}

/// `ops_` + JSON with the sign-in address, the account's secret key and more.
///
/// Source: published samples.
pub fn one_password_json(candidate: &Candidate) -> Outcome {
    judge(candidate, "ops_", &["signInAddress", "secretKey"], |fields| {
        [fields.get("signInAddress").and_then(plain).map(str::to_owned), None, None]
    })
}

/// `sk.` (secret), `tk.` (temporary) or `pk.` (public) + JSON with user `u` and token id `a`.
///
/// Source: Mapbox's documentation of its token format.
pub fn mapbox_json(candidate: &Candidate) -> Outcome {
    judge(candidate, "", &["u", "a"], |fields| {
        [fields.get("u").and_then(plain).map(|user| format!("Mapbox account {user}")), None, None]
    })
}

/// Proven where the token's JSON has the fields that it must have; where there is no such JSON the
/// token may be cut, or of a form that is not known yet.
fn judge(
    candidate: &Candidate,
    prefix: &str,
    required: &[&str],
    facts: impl Fn(&Fields) -> [Option<String>; 3],
) -> Outcome {
    let value = candidate.value();
    let coded = value.strip_prefix(prefix.as_bytes()).unwrap_or(value);
    // `sk.`: the mark and the JSON are parts of equal standing.
    let coded = coded.strip_prefix(b"sk.").or(coded.strip_prefix(b"tk.")).unwrap_or(coded);
    let Some(fields) = encoded::leading_object(coded) else { return Verdict::Plausible.into() };
    if !required.iter().all(|name| fields.contains_key(*name)) {
        return Verdict::Plausible.into();
    }
    let facts: Vec<String> = facts(&fields).into_iter().flatten().collect();
    let fact = (!facts.is_empty()).then(|| facts.join(", "));
    Outcome { verdict: Verdict::Proven, secret: None, fact }
}

/// A text short and plain enough to be shown.
fn plain(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    (!text.is_empty() && text.len() <= 60 && is_plain).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    type Check = fn(&Candidate) -> Outcome;

    fn of(check: Check, text: &str) -> Outcome {
        let whole = 0..text.len();
        check(&Candidate { text: text.as_bytes(), matched: whole.clone(), secret: whole })
    }

    #[test]
    fn a_token_says_whose_it_is() {
        let grafana = r#"{"o":"417093","n":"stack-7","k":"x","m":{"r":"eu"}}"#;
        let legacy = r#"{"k":"x","n":"terraform","id":1}"#;
        let sentry = r#"{"iat":1700000000.5,"url":"https://sentry.io","region_url":"https://de.sentry.io","org":"acme"}"#;
        let password = r#"{"signInAddress":"acme.1password.com","secretKey":"x"}"#;
        let mapbox = r#"{"u":"acme-maps","a":"x"}"#;
        for (check, prefix, json, end, fact) in [
            (grafana_json as Check, "glc_", grafana, "", "organization 417093, region eu"),
            (grafana_json, "", legacy, "", "legacy API key"),
            (sentry_json, "sntrys_", sentry, "_", "organization acme, https://de.sentry.io"),
            (one_password_json, "ops_", password, "", "acme.1password.com"),
            (mapbox_json, "sk.", mapbox, ".", "Mapbox account acme-maps"),
        ] {
            let end =
                if end.is_empty() { String::new() } else { format!("{end}{}", "x".repeat(43)) };
            for coded in [BASE64_STANDARD.encode(json), BASE64_URL_SAFE_NO_PAD.encode(json)] {
                let outcome = of(check, &format!("{prefix}{coded}{end}"));
                assert_eq!(outcome.verdict, Verdict::Proven, "{prefix}{coded}{end}");
                assert_eq!(outcome.fact.as_deref(), Some(fact));
            }
            let other = BASE64_STANDARD.encode(r#"{"some":"other","thing":1}"#);
            for text in [format!("{prefix}{other}"), format!("{prefix}eyJ{}", "x".repeat(60))] {
                assert_eq!(of(check, &text), Verdict::Plausible.into(), "{text}");
            }
        }
    }

    #[test]
    fn what_could_disturb_a_terminal_is_not_shown() {
        let json = r#"{"iat":1,"url":"https://a\u001b[31m","org":"two words"}"#;
        let outcome = of(sentry_json, &format!("sntrys_{}_x", BASE64_STANDARD.encode(json)));
        assert_eq!(outcome, Verdict::Proven.into());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), json in "\\{\"[okn]\":[0-9\"]{1,5}\\}?") {
            let coded = BASE64_STANDARD.encode(json);
            for text in [&text[..], coded.as_bytes()] {
                let whole = 0..text.len();
                let candidate = Candidate { text, matched: whole.clone(), secret: whole };
                let _ = (grafana_json(&candidate), sentry_json(&candidate));
                let _ = (one_password_json(&candidate), mapbox_json(&candidate));
            }
        }
    }
}
