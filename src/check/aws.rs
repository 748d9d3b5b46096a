//! What an AWS key says about its account.

use super::{Candidate, Outcome, Verdict, date, encoded};

/// Four letters for the kind, then 16 base32 characters; the first six bytes hold the account.
///
/// Source: Tal Be'ery's article on account ids in access key ids, and TruffleHog's `aws/utils.go`.
/// Keys whose fifth letter is I or J are older and hold none. There is no checksum.
pub fn aws_account_id(candidate: &Candidate) -> Outcome {
    let body = candidate.value().get(4..).unwrap_or_default();
    let Some(bytes) = encoded::base32(body) else { return Verdict::Refuted.into() };
    if body.is_empty() || body.iter().any(u8::is_ascii_lowercase) {
        return Verdict::Refuted.into();
    }
    let is_old = matches!(body.first(), Some(b'I' | b'J'));
    let account = bytes.first_chunk::<6>().filter(|_| !is_old).and_then(account);
    let fact = account.map(|account| format!("AWS account {account}"));
    Outcome { verdict: Verdict::Plausible, secret: None, fact }
}

/// The 40 bits after the first, read as a decimal number of 12 digits.
fn account(bytes: &[u8; 6]) -> Option<String> {
    let number = bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let number = (number & 0x7fff_ffff_ff80) >> 7;
    (number < 1_000_000_000_000).then(|| format!("{number:012}"))
}

/// Long-term `ABSK` + base64 of `BedrockAPIKey-…-at-` account `:` secret, or short-term
/// `bedrock-api-key-` + base64 of a signed `bedrock.amazonaws.com` address.
///
/// Source: AWS's guide to Bedrock API keys, and published samples for what is inside.
pub fn bedrock_key(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    if let Some(coded) = value.strip_prefix(b"bedrock-api-key-") {
        return decoded(coded).as_deref().map_or(Verdict::Refuted.into(), short_term);
    }
    let coded = value.strip_prefix(b"ABSK").unwrap_or(value);
    decoded(coded).as_deref().map_or(Verdict::Refuted.into(), long_term)
}

fn decoded(coded: &[u8]) -> Option<String> {
    String::from_utf8(encoded::base64(coded)?).ok()
}

fn long_term(text: &str) -> Outcome {
    let Some(rest) = text.strip_prefix("BedrockAPIKey-") else { return Verdict::Refuted.into() };
    let Some((user, _secret)) = rest.split_once(':') else { return Verdict::Plausible.into() };
    let is_account = |id: &&str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    let account = user.rsplit_once("-at-").map(|(_, account)| account).filter(is_account);
    let fact = account.map(|account| format!("AWS account {account}"));
    Outcome { verdict: Verdict::Proven, secret: None, fact }
}

fn short_term(text: &str) -> Outcome {
    if !text.starts_with("bedrock.amazonaws.com") {
        return Verdict::Refuted.into();
    }
    let Some(expiry) = expiry(text) else { return Verdict::Plausible.into() };
    match date::expires(expiry) {
        Some(fact) => Outcome { verdict: Verdict::Proven, secret: None, fact: Some(fact) },
        None => Verdict::Refuted.into(),
    }
}

/// `X-Amz-Date` (`YYYYMMDDThhmmssZ`) plus `X-Amz-Expires` seconds, as in any presigned address.
fn expiry(text: &str) -> Option<i64> {
    let parameter = |name: &str| {
        let mut pairs = text.split(['?', '&']).filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let day = parameter("X-Amz-Date")?;
    let part = |from: usize, to: usize| day.get(from..to);
    let (year, month, date) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(9, 11)?, part(11, 13)?, part(13, 15)?);
    let start = date::parse(format!("{year}-{month}-{date}T{hour}:{minute}:{second}Z").as_bytes())?;
    start.checked_add(parameter("X-Amz-Expires")?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;

    fn of(check: fn(&Candidate) -> Outcome, text: &str) -> Outcome {
        let whole = 0..text.len();
        check(&Candidate { text: text.as_bytes(), matched: whole.clone(), secret: whole })
    }

    fn plausible(fact: &str) -> Outcome {
        Outcome { verdict: Verdict::Plausible, secret: None, fact: Some(fact.into()) }
    }

    #[test]
    fn the_articles_key_names_the_articles_account() {
        let id = ["ASIAQNZGKI", "QY56JQ7WML"].concat();
        assert_eq!(of(aws_account_id, &id), plausible("AWS account 029608264753"));
    }

    #[test]
    fn old_keys_hold_no_account_and_other_alphabets_are_no_keys() {
        let body = "7".repeat(15);
        assert_eq!(of(aws_account_id, &format!("AKIAI{body}")), Verdict::Plausible.into());
        for wrong in ["0".repeat(16), "q".repeat(16), String::new()] {
            let id = format!("AKIA{wrong}");
            assert_eq!(of(aws_account_id, &id), Verdict::Refuted.into(), "{id}");
        }
    }

    #[test]
    fn a_long_term_bedrock_key_names_its_account() {
        let text = format!("BedrockAPIKey-ab1c-at-{}:{}", "123456789012", "x".repeat(40));
        let outcome = of(bedrock_key, &format!("ABSK{}", BASE64_STANDARD.encode(text)));
        assert_eq!(outcome.verdict, Verdict::Proven);
        assert_eq!(outcome.fact.as_deref(), Some("AWS account 123456789012"));
        let other = BASE64_STANDARD.encode("some other text");
        assert_eq!(of(bedrock_key, &format!("ABSK{other}")), Verdict::Refuted.into());
    }

    #[test]
    fn a_short_term_bedrock_key_lives_twelve_hours() {
        let key = |day: &str| {
            let address = "bedrock.amazonaws.com/?Action=CallWithBearerToken";
            let text = format!("{address}&X-Amz-Date={day}T123000Z&X-Amz-Expires=43200");
            format!("bedrock-api-key-{}", BASE64_STANDARD.encode(text))
        };
        let outcome = of(bedrock_key, &key("20991231"));
        assert_eq!(outcome.fact.as_deref(), Some("expires 2100-01-01"));
        assert_eq!(of(bedrock_key, &key("20250101")), Verdict::Refuted.into());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(
            text in any::<Vec<u8>>(),
            like in "(AKIA|ABSK|bedrock-api-key-)[A-Z2-7]{0,30}",
            user in "BedrockAPIKey-[a-z:-]{0,20}",
            date in "bedrock.amazonaws.com(&X-Amz-Date=[0-9é]{0,20}){0,2}",
        ) {
            for text in [&text[..], like.as_bytes()] {
                let whole = 0..text.len();
                let candidate = Candidate { text, matched: whole.clone(), secret: whole };
                aws_account_id(&candidate);
                bedrock_key(&candidate);
            }
            long_term(&user);
            short_term(&date);
        }
    }
}
