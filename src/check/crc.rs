//! Tokens that carry a CRC-32 (IEEE, as in zlib) of themselves.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::{Candidate, Outcome, Verdict, encoded};

/// 30 base62 characters, then their CRC-32 in 6 base62 digits (`0-9A-Za-z`, zero-padded).
///
/// Source: GitHub's engineering blog of 2021-04-05 on its token formats, and its changelog of
/// 2021-09-23 for npm. Bodies of another length (newer `ghs_`) have no published checksum.
pub fn crc32_base62(candidate: &Candidate) -> Outcome {
    judge(body(candidate.value(), 30, 6), base62, Verdict::Refuted)
}

/// 40 alphanumerics, then their CRC-32 in 8 lower-case hex digits.
///
/// Source: Cloudflare's page on its API token formats. Laravel Sanctum's tokens are alike.
pub fn crc32_hex(candidate: &Candidate) -> Outcome {
    judge(body(candidate.value(), 40, 8), |crc| hex(crc.to_be_bytes()), Verdict::Refuted)
}

/// All before the last `_`, prefix included, then its CRC-32 as 4 little-endian bytes in hex.
///
/// Source: Grafana's own generator, `pkg/components/satokengen/tokengen.go`.
pub fn crc32_hex_le(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let parts = value.len().checked_sub(9).and_then(|at| value.split_at_checked(at));
    let parts = parts.and_then(|(head, tail)| Some((head, tail.strip_prefix(b"_")?)));
    judge(parts, |crc| hex(crc.to_le_bytes()), Verdict::Refuted)
}

/// All but the last 8 characters, `=` included, then its CRC-32 in 8 upper-case hex digits.
///
/// Source: seen on Atlassian's API tokens, documented nowhere we know of; so a sum that is wrong
/// proves nothing.
pub fn crc32_hex_upper(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let parts = value.len().checked_sub(8).and_then(|at| value.split_at_checked(at));
    judge(parts, |crc| hex(crc.to_be_bytes()).to_ascii_uppercase(), Verdict::Plausible)
}

/// `cflt`, 54 base64 characters, then the first 6 base64 characters of their CRC-32 as 4
/// little-endian bytes.
///
/// Source: a rule of another scanner, confirmed on one published key; a wrong sum proves nothing.
pub fn crc32_base64(candidate: &Candidate) -> Outcome {
    let body = candidate.value().strip_prefix(b"cflt").filter(|body| body.len() == 60);
    let write = |crc: u32| BASE64_STANDARD.encode(crc.to_le_bytes()).into_bytes()[..6].to_vec();
    judge(body.and_then(|body| body.split_at_checked(54)), write, Verdict::Plausible)
}

/// 32 characters, `_`, then the CRC-32 of the 32 in 8 lower-case hex digits.
///
/// Source: Zuplo's documentation says that its keys carry a checksum; which one was seen on
/// published keys, so a sum that is wrong proves nothing.
pub fn crc32_hex_of_32(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let parts = value.split_last_chunk::<8>().map(|(head, sum)| (head, &sum[..]));
    let parts = parts.and_then(|(head, sum)| Some((head.strip_suffix(b"_")?, sum)));
    let parts = parts.and_then(|(head, sum)| Some((head.last_chunk::<32>()?.as_slice(), sum)));
    judge(parts, |crc| hex(crc.to_be_bytes()), Verdict::Plausible)
}

/// Compares the second part with the written sum of the first; without parts the format is
/// another one, of which nothing is known.
fn judge(
    parts: Option<(&[u8], &[u8])>,
    write: impl Fn(u32) -> Vec<u8>,
    otherwise: Verdict,
) -> Outcome {
    let Some((text, sum)) = parts else { return Verdict::Plausible.into() };
    if write(crc32fast::hash(text)) == sum { valid() } else { otherwise.into() }
}

/// The answer to a checksum that holds.
pub(super) fn valid() -> Outcome {
    Outcome { verdict: Verdict::Proven, secret: None, fact: Some("checksum valid".into()) }
}

/// The last `text` and `sum` characters, if they are alphanumeric and the run is no longer.
fn body(value: &[u8], text: usize, sum: usize) -> Option<(&[u8], &[u8])> {
    let start = value.iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let body = value.get(start..)?;
    if body.len() == text + sum { body.split_at_checked(text) } else { None }
}

fn base62(number: u32) -> Vec<u8> {
    encoded::digits(number, encoded::BASE62, 6)
}

fn hex(bytes: [u8; 4]) -> Vec<u8> {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// CRC-32's check value: the sum of `123456789` is `cbf43926`.
    const DIGITS: &str = "123456789";

    fn of(check: fn(&Candidate) -> Outcome, text: &str) -> Outcome {
        let whole = 0..text.len();
        check(&Candidate { text: text.as_bytes(), matched: whole.clone(), secret: whole })
    }

    #[test]
    fn the_sum_of_nine_digits_is_known_in_every_notation() {
        let crc = crc32fast::hash(DIGITS.as_bytes());
        assert_eq!(hex(crc.to_be_bytes()), b"cbf43926");
        assert_eq!(hex(crc.to_le_bytes()), b"2639f4cb");
        assert_eq!(base62(crc), b"3jZRME");
        assert_eq!(base62(0), b"000000");
        assert_eq!(base62(u32::MAX), b"4gfFC3");
    }

    #[test]
    fn github_and_npm_sum_thirty_characters() {
        let text = "a".repeat(30);
        let sum = String::from_utf8(base62(crc32fast::hash(text.as_bytes()))).unwrap();
        assert_eq!(of(crc32_base62, &format!("ghp_{text}{sum}")), valid());
        assert_eq!(of(crc32_base62, &format!("npm_{text}000000")).verdict, Verdict::Refuted);
        assert_eq!(of(crc32_base62, &format!("ghs_{text}{text}{sum}")).verdict, Verdict::Plausible);
        assert_eq!(of(crc32_base62, "ghp_").verdict, Verdict::Plausible);
    }

    #[test]
    fn cloudflare_sums_forty_characters() {
        let text = "b".repeat(40);
        let sum = format!("{:08x}", crc32fast::hash(text.as_bytes()));
        assert_eq!(of(crc32_hex, &format!("cfut_{text}{sum}")), valid());
        assert_eq!(of(crc32_hex, &format!("cfut_{text}deadbeef")).verdict, Verdict::Refuted);
    }

    #[test]
    fn grafana_sums_the_prefix_too_and_writes_little_endian() {
        assert_eq!(of(crc32_hex_le, &format!("{DIGITS}_2639f4cb")), valid());
        assert_eq!(of(crc32_hex_le, &format!("{DIGITS}_cbf43926")).verdict, Verdict::Refuted);
        assert_eq!(of(crc32_hex_le, "glsa_").verdict, Verdict::Plausible);
    }

    #[test]
    fn atlassian_writes_upper_case_and_a_wrong_sum_proves_nothing() {
        assert_eq!(of(crc32_hex_upper, &format!("{DIGITS}CBF43926")), valid());
        assert_eq!(of(crc32_hex_upper, &format!("{DIGITS}CBF43927")).verdict, Verdict::Plausible);
    }

    #[test]
    fn confluent_sums_what_stands_behind_its_mark() {
        // `26 39 f4 cb`, the sum of the nine digits in little-endian, is `Jjn0yw==`.
        let text = "0".repeat(54);
        let sum = BASE64_STANDARD.encode(crc32fast::hash(text.as_bytes()).to_le_bytes());
        assert_eq!(BASE64_STANDARD.encode(0xcbf4_3926_u32.to_le_bytes()), "Jjn0yw==");
        assert_eq!(of(crc32_base64, &format!("cflt{text}{}", &sum[..6])), valid());
        for other in [format!("cflt{text}AAAAAA"), format!("cflt{text}"), text.clone()] {
            assert_eq!(of(crc32_base64, &other), Verdict::Plausible.into(), "{other}");
        }
    }

    #[test]
    fn zuplo_sums_thirty_two_characters_without_the_prefix() {
        let text = "a1".repeat(16);
        let sum = format!("{:08x}", crc32fast::hash(text.as_bytes()));
        assert_eq!(of(crc32_hex_of_32, &format!("zpka_{text}_{sum}")), valid());
        for other in [format!("zpka_{text}_deadbeef"), format!("zpka_{text}{sum}"), sum] {
            assert_eq!(of(crc32_hex_of_32, &other), Verdict::Plausible.into(), "{other}");
        }
    }

    #[test]
    fn laravel_sums_as_cloudflare_does() {
        let text = "b".repeat(40);
        let sum = format!("{:08x}", crc32fast::hash(text.as_bytes()));
        assert_eq!(of(crc32_hex, &format!("12|{text}{sum}")), valid());
        // Tokens of older versions are 40 characters without a sum.
        assert_eq!(of(crc32_hex, &format!("12|{text}")).verdict, Verdict::Plausible);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), like in "(ghp_|cflt)?[0-9A-Za-z_=]{0,60}") {
            for text in [&text[..], like.as_bytes()] {
                let whole = 0..text.len();
                let candidate = Candidate { text, matched: whole.clone(), secret: whole };
                for check in [crc32_base62, crc32_hex, crc32_hex_le, crc32_hex_upper, crc32_base64, crc32_hex_of_32] {
                    check(&candidate);
                }
            }
        }
    }
}
