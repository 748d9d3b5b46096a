//! Ed25519 key pairs: 64 bytes, the seed and the public key that follows from it.

use ed25519_compact::{KeyPair, Seed};

use super::{Candidate, Outcome, Verdict, encoded, wallet};

/// A pair in base58 or as a list of numbers, as Solana's wallets and command line keep it.
///
/// Source: RFC 8032 for how one half follows from the other; Solana's guides for both notations.
/// A signature is 64 bytes too, but nobody's key pair.
pub fn ed25519_pair(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let bytes = if value.contains(&b',') { numbers(value) } else { base58(value) };
    if bytes.is_some_and(|bytes| is_pair(&bytes)) { proven() } else { Verdict::Refuted.into() }
}

/// A pair in base64, among secrets of the same length that are no pair.
///
/// Source: Coinbase's documentation of its newer keys.
pub fn maybe_ed25519_pair(candidate: &Candidate) -> Outcome {
    let bytes = encoded::base64(candidate.value());
    if bytes.is_some_and(|bytes| is_pair(&bytes)) { proven() } else { Verdict::Plausible.into() }
}

fn proven() -> Outcome {
    let fact = Some("Ed25519 key pair".to_owned());
    Outcome { verdict: Verdict::Proven, secret: None, fact }
}

/// Whether the second half is the public key of the first, and the first no example's seed.
fn is_pair(bytes: &[u8]) -> bool {
    let Some((seed, public)) = bytes.split_first_chunk::<32>() else { return false };
    if public.len() != 32 || wallet::is_patterned(seed) {
        return false;
    }
    KeyPair::try_from_seed(Seed::new(*seed)).is_ok_and(|pair| *pair.pk == *public)
}

fn base58(value: &[u8]) -> Option<Vec<u8>> {
    bs58::decode(value).into_vec().ok()
}

/// Numbers from 0 to 255 between commas.
fn numbers(value: &[u8]) -> Option<Vec<u8>> {
    let number = |text: &str| text.trim().parse().ok();
    std::str::from_utf8(value).ok()?.split(',').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;

    fn verdict(check: fn(&Candidate) -> Outcome, text: &str) -> Verdict {
        let whole = 0..text.len();
        check(&Candidate { text: text.as_bytes(), matched: whole.clone(), secret: whole }).verdict
    }

    /// RFC 8032, section 7.1, test 1.
    fn rfc() -> Vec<u8> {
        let seed = ["9d61b19deffd5a60ba844af492ec2cc4", "4449c5697b326919703bac031cae7f60"];
        let public = ["d75a980182b10ab7d54bfed3c964073a", "0ee172f3daa62325af021a68f707511a"];
        let digits = [seed.concat(), public.concat()].concat();
        (0..64).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    fn listed(bytes: &[u8]) -> String {
        bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_rfcs_pair_belongs_together_in_every_notation() {
        let pair = rfc();
        let coded = bs58::encode(&pair).into_string();
        assert_eq!(verdict(ed25519_pair, &coded), Verdict::Proven);
        assert_eq!(verdict(ed25519_pair, &listed(&pair)), Verdict::Proven);
        assert_eq!(verdict(maybe_ed25519_pair, &BASE64_STANDARD.encode(&pair)), Verdict::Proven);
    }

    #[test]
    fn other_sixty_four_bytes_are_no_pair() {
        let mut changed = rfc();
        changed[40] ^= 1;
        let zeros = KeyPair::try_from_seed(Seed::new([0; 32])).map(|pair| pair.sk.to_vec());
        for bytes in [changed, vec![0; 64], rfc()[..63].to_vec(), zeros.unwrap_or_default()] {
            assert_eq!(verdict(ed25519_pair, &listed(&bytes)), Verdict::Refuted);
            let coded = BASE64_STANDARD.encode(&bytes);
            assert_eq!(verdict(maybe_ed25519_pair, &coded), Verdict::Plausible);
        }
        assert_eq!(
            verdict(ed25519_pair, &listed(&rfc()).replacen("157", "257", 1)),
            Verdict::Refuted
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), like in "[0-9]{1,3}(,[0-9]{1,3}){63}") {
            for text in [&text[..], like.as_bytes()] {
                let whole = 0..text.len();
                let candidate = Candidate { text, matched: whole.clone(), secret: whole };
                let _ = (ed25519_pair(&candidate), maybe_ed25519_pair(&candidate));
            }
        }
    }
}
