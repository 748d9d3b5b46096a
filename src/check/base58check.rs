//! Bitcoin's keys in base58, with the first 4 bytes of a double SHA-256 behind them.

use sha2::{Digest, Sha256};

use super::{Candidate, Outcome, Verdict, crc, wallet};

/// The main network's version byte of a private key.
const WIF: u8 = 0x80;

/// Versions of extended private keys on the main network: `xprv`, `yprv`, `zprv`.
const EXTENDED: &[[u8; 4]] =
    &[[0x04, 0x88, 0xad, 0xe4], [0x04, 0x9d, 0x78, 0x78], [0x04, 0xb2, 0x43, 0x0c]];

/// Wallet Import Format: a version byte, 32 bytes, and `01` where the public key is compressed.
///
/// Source: Bitcoin's developer reference. What fails is no key to any wallet.
pub fn wif(candidate: &Candidate) -> Outcome {
    let key = decoded(candidate.value()).and_then(|bytes| match &bytes[..] {
        [WIF, key @ ..] if key.len() == 32 => key.try_into().ok(),
        [WIF, key @ .., 1] => key.try_into().ok(),
        _ => None,
    });
    judge(key)
}

/// BIP 32: version, depth, parent, number and chain code (45 bytes in all), then `00` and the key.
///
/// Source: BIP 32, and SLIP-132 for the versions.
pub fn extended_private_key(candidate: &Candidate) -> Outcome {
    let key = decoded(candidate.value()).and_then(|bytes| {
        let known = EXTENDED.iter().any(|version| bytes.starts_with(version));
        let [0, key @ ..] = bytes.get(45..).filter(|_| known)? else { return None };
        key.try_into().ok()
    });
    judge(key)
}

fn judge(key: Option<[u8; 32]>) -> Outcome {
    if key.is_some_and(|key| wallet::is_private_key(&key)) {
        crc::valid()
    } else {
        Verdict::Refuted.into()
    }
}

/// What stands before the checksum, if it holds.
fn decoded(value: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = bs58::decode(value).into_vec().ok()?;
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

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), like in "[KL5x][1-9A-HJ-NP-Za-km-z]{0,110}") {
            let signed = coded(&text);
            for text in [&text[..], like.as_bytes(), signed.as_bytes()] {
                let whole = 0..text.len();
                let candidate = Candidate { text, matched: whole.clone(), secret: whole };
                let _ = (wif(&candidate), extended_private_key(&candidate));
            }
        }
    }
}
