//! Keys in Bech32, whose six last characters sum the others.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};

use super::{Candidate, Outcome, Verdict, crc, wallet};

/// A word, `1`, 32 bytes (Sui's have a byte for the kind of key before them) and a checksum of 6
/// characters over all of it.
///
/// Source: BIP 173; age's specification (`AGE-SECRET-KEY-`, and `AGE-SECRET-KEY-PQ-` for its hybrid
/// keys), Nostr's NIP-19 (`nsec`), and Sui's SIP-15. What fails is no key to any program.
pub fn bech32(candidate: &Candidate) -> Outcome {
    match key(candidate.value()) {
        Some(key) if !wallet::is_patterned(&key) => crc::valid(),
        _ => Verdict::Refuted.into(),
    }
}

/// The word before Sui's keys.
const SUI: Hrp = Hrp::parse_unchecked("suiprivkey");

fn key(value: &[u8]) -> Option<[u8; 32]> {
    let text = std::str::from_utf8(value).ok()?;
    let checked = CheckedHrpstring::new::<Bech32>(text).ok()?;
    let bytes: Vec<u8> = checked.byte_iter().collect();
    match &bytes[..] {
        [0..=2, key @ ..] if key.len() == 32 => {
            (checked.hrp() == SUI).then_some(key)?.try_into().ok()
        }
        key => key.try_into().ok().filter(|_| checked.hrp() != SUI),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verdict(text: &str) -> Verdict {
        let whole = 0..text.len();
        bech32(&Candidate { text: text.as_bytes(), matched: whole.clone(), secret: whole }).verdict
    }

    #[test]
    fn the_documentations_keys_hold_their_sums() {
        for halves in [
            ["AGE-SECRET-KEY-", "1N9JEPW6DWJ0ZQUDX63F5A03GX8QUW7PXDE39N8UYF82VZ9PC8UFS3M7XA9"],
            ["AGE-SECRET-KEY-PQ-", "1K30MYPZAHAXHR22YHH27EGDVLU0QNSUH3DSV7J7NR3X6D9LHXNWSDLTV4T"],
            ["suiprivkey1qzdlfxn2qa2lj5uprl8pyhexs02sg2w", "rhdy7qaq50cqgnffw4c2477kg9h3"],
            ["nsec1", "vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"],
        ] {
            let text = halves.concat();
            assert_eq!(verdict(&text), Verdict::Proven, "{text}");
            let last = if text.ends_with('9') { '8' } else { '9' };
            assert_eq!(verdict(&format!("{}{last}", &text[..text.len() - 1])), Verdict::Refuted);
            // Both cases at once are forbidden, that an eye may not mix them up.
            let mixed = [&text[..20], &text[20..].to_lowercase()].concat();
            let is_mixed = mixed.bytes().any(|byte| byte.is_ascii_uppercase());
            assert!(!is_mixed || verdict(&mixed) == Verdict::Refuted, "{mixed}");
        }
    }

    #[test]
    fn another_length_or_sum_is_another_thing() {
        let key: Vec<u8> = (0_u8..32).map(|at| at.wrapping_mul(37) ^ 90).collect();
        let nsec = Hrp::parse("nsec").unwrap();
        let coded = |bytes: &[u8]| ::bech32::encode::<Bech32>(nsec, bytes).unwrap();
        assert_eq!(verdict(&coded(&key)), Verdict::Proven);
        assert_eq!(verdict(&coded(&key[1..])), Verdict::Refuted);
        assert_eq!(verdict(&coded(&[0; 32])), Verdict::Refuted);
        let later = ::bech32::encode::<::bech32::Bech32m>(nsec, &key).unwrap();
        assert_eq!(verdict(&later), Verdict::Refuted);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), like in "nsec1[02-9ac-hj-np-z]{0,70}") {
            for text in [&text[..], like.as_bytes()] {
                let whole = 0..text.len();
                bech32(&Candidate { text, matched: whole.clone(), secret: whole });
            }
        }
    }
}
