//! GitLab's routable tokens.

use super::{Candidate, Outcome, Verdict, crc, encoded};

/// Random bytes before the routing payload.
const RANDOM: usize = 16;

/// A prefix, a base64url payload, `.01` (absent in the first form), `.`, the payload's length in
/// 2 base36 digits, and in 7 more the CRC-32 of all before them, prefix included.
///
/// Source: GitLab's `lib/authn/token_field/generator/routable_token.rb`. A token without a dot is
/// of the older kind, which has no checksum.
pub fn gitlab_routable(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let Some((text, sum)) = value.len().checked_sub(7).and_then(|at| value.split_at_checked(at))
    else {
        return Verdict::Plausible.into();
    };
    if !text.contains(&b'.') {
        return Verdict::Plausible.into();
    }
    let holds = number(sum) == Some(crc32fast::hash(text).into()) && is_routed(text);
    if holds { crc::valid() } else { Verdict::Refuted.into() }
}

/// Whether the payload has the length it states and ends with lines `key:value` and their length.
fn is_routed(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| *byte == b'.');
    let (Some(head), Some(length)) = (parts.next(), parts.next_back()) else { return false };
    let payload = number(length)
        .and_then(|length| head.len().checked_sub(usize::try_from(length).ok()?))
        .and_then(|start| encoded::base64(head.get(start..)?));
    let routing = payload.as_deref().and_then(|payload| {
        let (length, payload) = payload.get(RANDOM..)?.split_last()?;
        (payload.len() == usize::from(*length)).then_some(payload)
    });
    routing.is_some_and(|lines| {
        lines.split(|byte| *byte == b'\n').all(|line| line.get(1) == Some(&b':'))
    })
}

/// Lower-case base36, short enough not to overflow.
fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().take(8).try_fold(0, |sum, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'z' => digit - b'a' + 10,
            _ => return None,
        };
        Some(sum * 36 + u64::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    fn verdict(text: &[u8]) -> Verdict {
        let whole = 0..text.len();
        gitlab_routable(&Candidate { text, matched: whole.clone(), secret: whole }).verdict
    }

    fn base36(number: usize, width: usize) -> String {
        let digits = encoded::digits(number as u32, b"0123456789abcdefghijklmnopqrstuvwxyz", width);
        String::from_utf8(digits).unwrap()
    }

    /// As GitLab makes them; `version` is `.01` or, in the first form, nothing.
    fn token(version: &str, routing: &str) -> String {
        let mut bytes = vec![7; RANDOM];
        bytes.extend_from_slice(routing.as_bytes());
        bytes.push(routing.len() as u8);
        let payload = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let text = format!("glpat-{payload}{version}.{}", base36(payload.len(), 2));
        let sum = base36(crc32fast::hash(text.as_bytes()) as usize, 7);
        format!("{text}{sum}")
    }

    #[test]
    fn a_number_in_base36_is_known() {
        assert_eq!(number(b"0000001z"), Some(71));
        assert_eq!(number(b"1z141z3"), Some(u32::MAX.into()));
        assert_eq!(number(b"1Z"), None);
        assert_eq!(base36(u32::MAX as usize, 7), "1z141z3");
    }

    #[test]
    fn both_forms_hold_their_sum() {
        assert_eq!(verdict(token(".01", "o:1\nu:2s").as_bytes()), Verdict::Proven);
        assert_eq!(verdict(token("", "c:1\no:1\np:a").as_bytes()), Verdict::Proven);
    }

    #[test]
    fn one_changed_character_refutes() {
        let token = token(".01", "o:1\nu:2s");
        for at in ["glpat-".len(), token.len() - 1] {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            assert_eq!(verdict(&bytes), Verdict::Refuted);
        }
        assert_eq!(verdict(token.replace("glpat-", "gldt-").as_bytes()), Verdict::Refuted);
    }

    #[test]
    fn the_older_kind_has_no_sum() {
        assert_eq!(verdict(format!("glpat-{}", "x".repeat(20)).as_bytes()), Verdict::Plausible);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), like in "glpat-[0-9a-z_.]{0,80}") {
            verdict(&text);
            verdict(like.as_bytes());
            number(&text);
            is_routed(like.as_bytes());
        }
    }
}
