//! Keys of wallets: recovery phrases and secp256k1 private keys.

use bip39::{Language, Mnemonic};
use sha2::{Digest, Sha256};

use super::placeholder::is_placeholder;
use super::{Candidate, Outcome, Verdict};

/// The order of secp256k1's group; a private key is smaller.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// Accounts that every copy of a development chain has: 20 of Hardhat and Anvil, 10 of Ganache
/// (`--deterministic`), 10 of Truffle. First 8 bytes of the SHA-256 of each key's 32 bytes, sorted.
const DEVELOPMENT_KEYS: &[u64] = &[
    0x0bf5_8c49_4765_0475,
    0x193a_e84c_4c95_67c2,
    0x2506_1aad_2bb0_9178,
    0x2d18_31e8_00ec_18fe,
    0x3407_c189_0d71_9a17,
    0x34ec_71e1_4ead_f154,
    0x3d10_abbc_9c3e_287b,
    0x433b_2e1d_fcf0_7cc1,
    0x4998_ff08_a781_3035,
    0x49b7_a6a8_b8a6_392a,
    0x4a95_cb3b_a84e_c644,
    0x5683_7010_95df_1272,
    0x5989_1c96_881d_fbcf,
    0x59ad_99d5_6555_7cc0,
    0x5a80_1427_c8b7_be62,
    0x6503_8038_31c9_46cd,
    0x6718_ba89_6616_1cc8,
    0x69b8_f3f9_f4e2_873c,
    0x74f9_7a55_058d_a1ba,
    0x77b8_a0f8_8a30_eba7,
    0x7ebf_8ed1_e0c2_4a0a,
    0x93e3_72c6_7f72_38fa,
    0xa508_8b88_526d_fdbe,
    0xa9c8_5ef9_ebbb_e068,
    0xac29_b373_5d1b_5718,
    0xac70_e04e_f12b_755b,
    0xb314_6d64_2538_d280,
    0xb8ac_f5d5_eb4e_7fd0,
    0xbca4_c2c0_761d_850f,
    0xc065_f5ff_b9bb_9a19,
    0xc188_a572_f30c_631c,
    0xcf5f_090e_f5ad_175d,
    0xd79f_6da7_f0e6_e385,
    0xdddb_340a_e3e6_a05f,
    0xdfc4_4dbc_519c_691c,
    0xe25a_680e_ff8b_aac7,
    0xe77b_7f22_57fe_244c,
    0xea72_a3e7_d493_7af3,
    0xf810_d868_d21f_d859,
    0xfd37_5fcf_38ac_71dd,
];

/// The recovery phrases of Ganache and Truffle, and those in BIP-39's test vectors that do not
/// repeat words. First 8 bytes of the SHA-256 of the words with single spaces, sorted.
const PUBLISHED_PHRASES: &[u64] = &[
    0x0f38_8b04_e512_d7a0,
    0x3045_2ba5_605d_d252,
    0x341c_225b_06c9_1708,
    0x662c_451c_c588_6e1d,
    0x6d82_8deb_d306_e21a,
    0x867f_9f59_29a7_201c,
    0x9c5d_0a66_56e5_d3f3,
    0xb12e_e277_a669_b18f,
    0xb1bf_f22a_e077_ce1a,
    0xb2e7_1100_d10b_ee74,
    0xb83e_9641_7f61_cb14,
    0xb8ae_5c99_1426_47d1,
    0xcc95_a8a1_b5e9_bf13,
    0xd6da_54d1_2db9_eac8,
];

/// A wallet's recovery phrase: 12 to 24 words of the English list with a checksum that holds.
#[must_use]
pub fn bip39(candidate: &Candidate) -> Outcome {
    let lower = candidate.value().to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|byte| !byte.is_ascii_lowercase())
        .filter(|word| !word.is_empty())
        .filter_map(|word| std::str::from_utf8(word).ok())
        .collect();
    let mut different = words.clone();
    different.sort_unstable();
    different.dedup();
    // Three repeated words in 24 drawn of 2048 happen once in 2,500; in phrases made up for
    // documentation (`test test … junk`) always.
    if words.len() > 24 || words.len() - different.len() >= 3 {
        return Verdict::Refuted.into();
    }
    let phrase = words.join(" ");
    let known = PUBLISHED_PHRASES.binary_search(&digest(phrase.as_bytes())).is_ok();
    if known || Mnemonic::parse_in_normalized(Language::English, &phrase).is_err() {
        return Verdict::Refuted.into();
    }
    Outcome {
        verdict: Verdict::Proven,
        secret: None,
        fact: Some(format!("{} words, checksum valid", words.len())),
    }
}

/// 64 hex digits, with or without `0x`, that are a private key of secp256k1 and nobody's example.
#[must_use]
pub fn secp256k1(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let digits = value.strip_prefix(b"0x").or(value.strip_prefix(b"0X")).unwrap_or(value);
    let plausible = bytes(digits).is_some_and(|key| is_private_key(&key));
    if plausible && !is_placeholder(digits) {
        Verdict::Plausible.into()
    } else {
        Verdict::Refuted.into()
    }
}

/// Whether 32 bytes are a private key of secp256k1 that nobody published.
pub(super) fn is_private_key(key: &[u8; 32]) -> bool {
    let in_range = *key < ORDER && *key != [0; 32];
    let published = DEVELOPMENT_KEYS.binary_search(&digest(key)).is_ok();
    in_range && !published && !is_patterned(key)
}

/// The first 8 bytes of a SHA-256.
fn digest(data: &[u8]) -> u64 {
    Sha256::digest(data).iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// 32 bytes of 64 hex digits.
fn bytes(digits: &[u8]) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    Some(key)
}

/// Small numbers, powers, repeated bytes. 32 random bytes have 30 different ones on average and
/// fewer than 18 practically never (of 16 fewer than 9); six zero bytes at either end: 2⁻⁴⁷.
pub(super) fn is_patterned(key: &[u8]) -> bool {
    let mut sorted = key.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let steps = key.windows(2).filter(|pair| pair[1] == pair[0].wrapping_add(1)).count();
    let is_poor = sorted.len() < key.len() * 9 / 16 || steps > key.len() / 4;
    is_poor || key.starts_with(&[0; 6]) || key.ends_with(&[0; 6])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(value: &str, check: fn(&Candidate) -> Outcome) -> Verdict {
        let candidate =
            Candidate { text: value.as_bytes(), matched: 0..value.len(), secret: 0..value.len() };
        check(&candidate).verdict
    }

    fn hex(text: &str) -> String {
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_phrase_needs_its_checksum() {
        let entropy = Sha256::digest(b"keystop");
        let phrase = Mnemonic::from_entropy(&entropy[..16]).unwrap().to_string();
        assert_eq!(judged(&phrase, bip39), Verdict::Proven);
        assert_eq!(judged(&phrase.replace(' ', "  "), bip39), Verdict::Proven);
        let mut words: Vec<&str> = phrase.split(' ').collect();
        words.pop();
        assert_eq!(judged(&words.join(" "), bip39), Verdict::Refuted);
    }

    #[test]
    fn the_phrases_of_documentation_are_refuted() {
        let junk = format!("{}junk", "test ".repeat(11));
        assert_eq!(judged(&junk, bip39), Verdict::Refuted);
        let about = format!("{}about", "abandon ".repeat(11));
        assert_eq!(judged(&about, bip39), Verdict::Refuted);
        assert_eq!(
            judged(
                "candy maple cake sugar pudding cream honey rich smooth crumble sweet treat",
                bip39
            ),
            Verdict::Refuted
        );
        assert!(PUBLISHED_PHRASES.is_sorted() && DEVELOPMENT_KEYS.is_sorted());
    }

    #[test]
    fn a_private_key_is_in_range_and_nobodys_example() {
        assert_eq!(judged(&hex("a"), secp256k1), Verdict::Plausible);
        assert_eq!(judged(&format!("0x{}", hex("b")), secp256k1), Verdict::Plausible);
        assert_eq!(judged(&"f".repeat(64), secp256k1), Verdict::Refuted);
        assert_eq!(judged(&format!("{:064x}", 1), secp256k1), Verdict::Refuted);
        assert_eq!(judged(&hex("c")[1..], secp256k1), Verdict::Refuted);
        // Hardhat's first account, in two halves.
        let account =
            ["ac0974bec39a17e36ba4a6b4d238ff94", "4bacb478cbed5efcae784d7bf4f2ff80"].concat();
        assert_eq!(judged(&account, secp256k1), Verdict::Refuted);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(value in proptest::collection::vec(any::<u8>(), 0..200)) {
            let candidate = Candidate { text: &value, matched: 0..value.len(), secret: 0..value.len() };
            let _ = bip39(&candidate);
            let _ = secp256k1(&candidate);
        }

        #[test]
        fn no_words_panic(value in "([a-z]{3,8} ){11,30}[a-z]{3,8}") {
            judged(&value, bip39);
        }
    }
}
