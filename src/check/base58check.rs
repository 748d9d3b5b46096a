//! Keys in base58 with the first 4 bytes of a double SHA-256 behind them: Bitcoin's, and those of
//! chains that took over its notation.

use bs58::Alphabet;
use sha2::{Digest, Sha256};

use super::{Candidate, Outcome, Verdict, crc, wallet};

/// The main network's version byte of a private key.
const WIF: u8 = 0x80;

/// Versions of extended private keys on the main network: `xprv`, `yprv`, `zprv`.
const EXTENDED: &[[u8; 4]] =
    &[[0x04, 0x88, 0xad, 0xe4], [0x04, 0x9d, 0x78, 0x78], [0x04, 0xb2, 0x43, 0x0c]];

/// What stands before a Tezos secret key: `edsk` as a seed, `edsk` as a pair, `spsk`, `p2sk`.
const TEZOS: &[([u8; 4], usize)] = &[
    ([13, 15, 58, 7], 32),
    ([43, 246, 78, 7], 64),
    ([17, 162, 224, 201], 32),
    ([16, 81, 238, 189], 32),
];

/// What stands before a seed of the XRP Ledger: secp256k1 (`s`) and Ed25519 (`sEd`).
const XRP: &[&[u8]] = &[&[0x21], &[0x01, 0xe1, 0x4b]];

/// Wallet Import Format: a version byte, 32 bytes, and `01` where the public key is compressed.
///
/// Source: Bitcoin's developer reference. What fails is no key to any wallet.
pub fn wif(candidate: &Candidate) -> Outcome {
    let key = decoded(candidate.value(), Alphabet::BITCOIN).and_then(|bytes| match &bytes[..] {
        [WIF, key @ ..] if key.len() == 32 => key.try_into().ok(),
        [WIF, key @ .., 1] => key.try_into().ok(),
        _ => None,
    });
    judge(key.is_some_and(|key| wallet::is_private_key(&key)))
}

/// BIP 32: version, depth, parent, number and chain code (45 bytes in all), then `00` and the key.
///
/// Source: BIP 32, and SLIP-132 for the versions.
pub fn extended_private_key(candidate: &Candidate) -> Outcome {
    let key = decoded(candidate.value(), Alphabet::BITCOIN).and_then(|bytes| {
        let known = EXTENDED.iter().any(|version| bytes.starts_with(version));
        let [0, key @ ..] = bytes.get(45..).filter(|_| known)? else { return None };
        key.try_into().ok()
    });
    judge(key.is_some_and(|key| wallet::is_private_key(&key)))
}

/// Four bytes for the kind, then the seed or key, or seed and public key.
///
/// Source: `base58.ml` of Tezos, by way of several libraries.
pub fn tezos_secret_key(candidate: &Candidate) -> Outcome {
    let bytes = decoded(candidate.value(), Alphabet::BITCOIN).unwrap_or_default();
    let is_known = |(mark, length): &([u8; 4], usize)| {
        let key = bytes.strip_prefix(mark).filter(|key| key.len() == *length);
        key.is_some_and(|key| !wallet::is_patterned(&key[..32]))
    };
    judge(TEZOS.iter().any(is_known))
}

/// A mark for the kind of key, then 16 bytes, in an alphabet of its own.
///
/// Source: XRP Ledger's page on its base58 encodings, and `ripple-address-codec` for `sEd`.
pub fn xrp_seed(candidate: &Candidate) -> Outcome {
    let bytes = decoded(candidate.value(), Alphabet::RIPPLE).unwrap_or_default();
    let is_known = |mark: &&[u8]| {
        let seed = bytes.strip_prefix(*mark).filter(|seed| seed.len() == 16);
        seed.is_some_and(|seed| !wallet::is_patterned(seed))
    };
    judge(XRP.iter().any(is_known))
}

fn judge(holds: bool) -> Outcome {
    if holds { crc::valid() } else { Verdict::Refuted.into() }
}

/// What stands before the checksum, if it holds.
fn decoded(value: &[u8], alphabet: &Alphabet) -> Option<Vec<u8>> {
    let mut bytes = bs58::decode(value).with_alphabet(alphabet).into_vec().ok()?;
    let sum = bytes.split_off(bytes.len().checked_sub(4)?);
    Sha256::digest(Sha256::digest(&bytes)).starts_with(&sum).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verdict(check: fn(&Candidate) -> Outcome, text: &str) -> Verdict {
        let whole = 0..text.len();
        check(&Candidate { text: text.as_bytes(), matched: whole.clone(), secret: whole }).verdict
    }

    fn coded(bytes: &[u8]) -> String {
        let sum = Sha256::digest(Sha256::digest(bytes));
        bs58::encode([bytes, &sum[..4]].concat()).into_string()
    }

    #[test]
    fn the_keys_of_the_bitcoin_wiki_hold_their_sums() {
        for halves in [
            ["5HueCGU8rMjxEXxiPuD5BDku4", "MkFqeZyd4dZ1jvhTVqvbTLvyTJ"],
            ["KwdMAjGmerYanjeui5SHS7JkmpZ", "vVipYvB2LJGU1ZxJwYvP98617"],
        ] {
            let text = halves.concat();
            assert_eq!(verdict(wif, &text), Verdict::Proven, "{text}");
            let changed = format!("{}x", &text[..text.len() - 1]);
            assert_eq!(verdict(wif, &changed), Verdict::Refuted, "{changed}");
        }
    }

    #[test]
    fn the_key_of_bip_32s_first_vector_holds_its_sum() {
        let text = [
            "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPq",
            "jiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        ]
        .concat();
        assert_eq!(verdict(extended_private_key, &text), Verdict::Proven);
        assert_eq!(verdict(extended_private_key, &text.replace("MPHi", "MPHj")), Verdict::Refuted);
        assert_eq!(verdict(wif, &text), Verdict::Refuted);
    }

    #[test]
    fn the_key_of_value_one_and_test_networks_are_refuted() {
        let one = [&[WIF][..], &[0; 31], &[1], &[1]].concat();
        let key: Vec<u8> = (0_u8..32).map(|at| at.wrapping_mul(37) ^ 90).collect();
        let of_version = |version: u8| coded(&[&[version][..], &key, &[1]].concat());
        assert_eq!(verdict(wif, &of_version(WIF)), Verdict::Proven);
        for text in [coded(&one), of_version(0xef), coded(&[WIF]), String::new()] {
            assert_eq!(verdict(wif, &text), Verdict::Refuted, "{text}");
        }
    }

    #[test]
    fn keys_of_other_chains_documentation_hold_their_sums() {
        for (check, halves) in [
            (
                tezos_secret_key as fn(&Candidate) -> Outcome,
                ["edsk3gUfUPyBSfrS9CCgmCiQsTC", "HGkviBDusMxDJstFtojtc1zcpsh"],
            ),
            (xrp_seed, ["sn3nxiW7v8KXzPz", "AqzyHXbSSKNuN9"]),
            (xrp_seed, ["sEdTM1uX8pu2do5X", "vTnutH6HsouMaM2"]),
        ] {
            let text = halves.concat();
            assert_eq!(verdict(check, &text), Verdict::Proven, "{text}");
            let changed = format!("{}x", &text[..text.len() - 1]);
            assert_eq!(verdict(check, &changed), Verdict::Refuted, "{changed}");
        }
        // The seeds of all zeros and of 1 to 16, and Flextesa's `alicealice…`.
        for text in ["sp6JS7f14BuwFY8Mw6bTtLKWauoUs", "sEdSKaCy2JT7JaM7v95H9SxkhP9wS2r"] {
            assert_eq!(verdict(xrp_seed, text), Verdict::Refuted, "{text}");
        }
        let alice = ["edsk3QoqBuvdamxouPhin7swCvk", "QNgq4jP5KZPbwWNnwdZpSpJiEbq"].concat();
        assert_eq!(verdict(tezos_secret_key, &alice), Verdict::Refuted);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), like in "[KL5x][1-9A-HJ-NP-Za-km-z]{0,110}") {
            let signed = coded(&text);
            for text in [&text[..], like.as_bytes(), signed.as_bytes()] {
                let whole = 0..text.len();
                let candidate = Candidate { text, matched: whole.clone(), secret: whole };
                let _ = (wif(&candidate), extended_private_key(&candidate));
                let _ = (tezos_secret_key(&candidate), xrp_seed(&candidate));
            }
        }
    }
}
