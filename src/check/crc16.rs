//! Ed25519 seeds in base32 that end in a CRC-16/XMODEM of themselves.

use crc::{CRC_16_XMODEM, Crc};

use super::{Candidate, Outcome, Verdict, encoded, wallet};

const CRC16: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);

/// Stellar's version byte of a secret seed; in base32 it becomes the `S`.
const STELLAR_SEED: u8 = 18 << 3;

/// Its version byte of an account's address; in base32 the `G`.
const STELLAR_ADDRESS: u8 = 6 << 3;

/// NATS's prefix of any seed, the upper 5 bits of the first byte; in base32 the `S`.
const NATS_SEED: u8 = 18 << 3;

/// Whose seed it is: the prefix in the last 3 bits of the first byte and the first 5 of the second.
const NATS_OWNERS: &[(u8, &str)] = &[
    (0, "account"),
    (2 << 3, "cluster"),
    (13 << 3, "server"),
    (14 << 3, "operator"),
    (20 << 3, "user"),
    (23 << 3, "curve key"),
];

/// `S` and 55 more base32 characters: version byte, 32 bytes, CRC-16 of both.
///
/// Source: Stellar's SEP-23 (strkeys). What fails is no seed to any library.
pub fn stellar_seed(candidate: &Candidate) -> Outcome {
    let body = seed(candidate.value(), 35);
    let key = body.as_deref().and_then(|body| body.strip_prefix(&[STELLAR_SEED]));
    judge(key, || "checksum valid".to_owned())
}

/// `G` and 55 more: an account's address, which everybody may see.
///
/// Source: SEP-23 as well.
pub fn stellar_public_key(candidate: &Candidate) -> Outcome {
    let body = seed(candidate.value(), 35);
    let key = body.as_deref().and_then(|body| body.strip_prefix(&[STELLAR_ADDRESS]));
    judge(key, || "checksum valid".to_owned())
}

/// `S`, a letter for the owner and 56 more: two bytes of prefix, 32 bytes, CRC-16 of both.
///
/// Source: the README and `strkey.go` of NATS's `nkeys`. What fails is no seed to any library.
pub fn nats_seed(candidate: &Candidate) -> Outcome {
    let body = seed(candidate.value(), 36).unwrap_or_default();
    let [first, second, key @ ..] = &body[..] else { return Verdict::Refuted.into() };
    let prefix = (first & 7) << 5 | second >> 3;
    let owner = NATS_OWNERS.iter().find(|(known, _)| *known == prefix);
    match owner.filter(|_| first & 0xf8 == NATS_SEED) {
        Some((_, owner)) => judge(Some(key), || format!("seed of a NATS {owner}, checksum valid")),
        None => Verdict::Refuted.into(),
    }
}

/// The bytes before the checksum, if there are as many as there should be and it holds.
fn seed(value: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut bytes = encoded::base32(value).filter(|bytes| bytes.len() == length)?;
    if value.iter().any(u8::is_ascii_lowercase) {
        return None;
    }
    let sum = bytes.split_off(length - 2);
    (CRC16.checksum(&bytes).to_le_bytes() == *sum).then_some(bytes)
}

/// Seeds of zeros and such are drawn up for documentation.
fn judge(key: Option<&[u8]>, fact: impl Fn() -> String) -> Outcome {
    match key {
        Some(key) if !wallet::is_patterned(key) => {
            Outcome { verdict: Verdict::Proven, secret: None, fact: Some(fact()) }
        }
        _ => Verdict::Refuted.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(check: fn(&Candidate) -> Outcome, text: &str) -> Outcome {
        let whole = 0..text.len();
        check(&Candidate { text: text.as_bytes(), matched: whole.clone(), secret: whole })
    }

    fn changed(text: &str) -> String {
        let middle = text.len() / 2;
        let letter = if text.as_bytes()[middle] == b'A' { "B" } else { "A" };
        [&text[..middle], letter, &text[middle + 1..]].concat()
    }

    #[test]
    fn the_sum_of_nine_digits_is_known() {
        assert_eq!(CRC16.checksum(b"123456789"), 0x31c3);
    }

    #[test]
    fn the_seed_of_stellars_documentation_holds_its_sum() {
        let seed = ["SBK2VIYYSVG76E7VC3QHY", "ARNFLY2EAQXDHRC7BMXBBGIFG74ARPRMNQM"].concat();
        assert_eq!(of(stellar_seed, &seed).fact.as_deref(), Some("checksum valid"));
        for other in [changed(&seed), seed.to_lowercase(), format!("S{}", "A".repeat(55))] {
            assert_eq!(of(stellar_seed, &other), Verdict::Refuted.into(), "{other}");
        }
        assert_eq!(of(stellar_public_key, &seed), Verdict::Refuted.into());
    }

    #[test]
    fn the_seed_of_nkeys_own_readme_is_a_users() {
        let seed = ["SUACSSL3UAHUDXKFSNVUZRF5", "UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"].concat();
        let outcome = of(nats_seed, &seed);
        assert_eq!(outcome.fact.as_deref(), Some("seed of a NATS user, checksum valid"));
        let account = seed.replacen("SU", "SA", 1);
        for other in [changed(&seed), account, seed[..57].to_owned()] {
            assert_eq!(of(nats_seed, &other), Verdict::Refuted.into(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), like in "S[A-Z2-7]{0,60}") {
            for text in [&text[..], like.as_bytes()] {
                let whole = 0..text.len();
                let candidate = Candidate { text, matched: whole.clone(), secret: whole };
                let _ = (stellar_seed(&candidate), stellar_public_key(&candidate), nats_seed(&candidate));
            }
        }
    }
}
