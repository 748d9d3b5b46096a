//! Azure's keys, most of which carry a Marvin32 checksum.
//!
//! Source of signatures, seeds, alphabets and layouts: microsoft/security-utilities
//! (`IdentifiableMetadata`, `IdentifiableSecrets`, `LegacyCommonAnnotatedSecurityKey`, `AdoPat`).
//! A checksum that fails proves nothing: not every service is known to fill in what it reserved.

use percent_encoding::percent_decode;

use super::{Candidate, Outcome, Verdict, date, encoded};

/// Identifiable keys: signature, seeds, service. (`/AM7`, Machine Learning, has no published seed.)
const IDENTIFIABLE: &str = "\
+ASt Default0 Storage account
+ABa AbAcct00 Batch
+AMC Classic0 Machine Learning (classic)
ACDb MastRW00 Cosmos DB read-write
ACDb MastRO00 Cosmos DB read-only
ACDb SystRW00,SystRO00,SysAll00,Encryp00,Resour00 Cosmos DB system
APIM IoTHub00 API Management subscription
APIM Tenant00,Gatewy00,GitKey00 API Management
AzFu Functi00,System00 Functions
AzFu Master00 Functions master
AzSe Query000 AI Search query
AzSe PAdmin00 AI Search admin
+ACR ACRDflt0 Container Registry
AzCa Access00 Cache for Redis
+ASb Send0000,Listen00,Manage00,System00,Unknown0 Service Bus
+AEh Send0000,Listen00,Manage00,System00,Unknown0 Event Hubs
+ARm Send0000,Listen00,Manage00,System00,Unknown0 Relay
AIoT IoTHub00 IoT Hub
AIoT DpsKey00 IoT device provisioning
AIoT Device00 IoT device
AZEG SendRecv Event Grid
+SQL UsrPwd00 SQL";

/// Common annotated keys: signature and service.
const ANNOTATED: &str = "AZDO DevOps|AZEG Event Grid|AZAC App Configuration\
    |AZCS Communication Services|AZFR Fluid Relay|AZMP Maps|AZMR Mixed Reality|msql SQL";

/// What `AAAA`, `AAAB`, … before the signature `ACOG` stand for, in the order of base64's digits.
const COGNITIVE: &str = "AI Services|OpenAI|Anomaly Detector|Anomaly Detector|Cognitive Services\
    |Computer Vision|Content Moderator|Content Safety|Custom Vision prediction\
    |Custom Vision training|Face|Form Recognizer|Health Decision Support|Health Insights\
    |Immersive Reader|all-in-one|Knowledge|LUIS authoring|LUIS|Metrics Advisor|Personalizer\
    |QnA Maker|QnA Maker|Speaker Recognition|Speech Services|Speech Translation|Text Analytics\
    |Text Translation";

/// Entra's own digits: 66, letters first.
const ENTRA: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";

/// Marvin32 folded to 32 bits; the first of the seed's 8 bytes is the highest.
fn marvin(data: &[u8], seed: &[u8; 8]) -> u32 {
    let seed = u64::from_be_bytes(*seed);
    let (mut low, mut high) = (seed as u32, (seed >> 32) as u32);
    let mut mix = |word: u32| {
        low = low.wrapping_add(word);
        high ^= low;
        low = low.rotate_left(20).wrapping_add(high);
        high = high.rotate_left(9) ^ low;
        low = low.rotate_left(27).wrapping_add(high);
        high = high.rotate_left(19);
        low ^ high
    };
    let (words, rest) = data.as_chunks::<4>();
    for word in words {
        mix(u32::from_le_bytes(*word));
    }
    // The last word is what is left, then a byte 80, then zeros.
    mix(rest.iter().rev().fold(0x80, |word, byte| word << 8 | u32::from(*byte)));
    mix(0)
}

fn proven(fact: String) -> Outcome {
    Outcome { verdict: Verdict::Proven, secret: None, fact: Some(fact) }
}

/// Base64 whose four characters before the last six are the service's signature, and whose last
/// four bytes are the Marvin32 of the others. 44, 52, 56 or 88 characters long.
pub fn azure_identifiable(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let end = value.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    let signature = end.checked_sub(10).and_then(|start| value.get(start..start + 4));
    let bytes = encoded::base64(value).unwrap_or_default();
    let Some((text, sum)) = bytes.split_last_chunk::<4>() else { return Verdict::Plausible.into() };
    let holds = |seed: &str| {
        seed.as_bytes().try_into().is_ok_and(|seed| marvin(text, seed).to_le_bytes() == *sum)
    };
    let service = IDENTIFIABLE.lines().find_map(|line| {
        let mut words = line.splitn(3, ' ');
        words.next().filter(|known| Some(known.as_bytes()) == signature)?;
        words.next().filter(|seeds| seeds.split(',').any(holds))?;
        words.next()
    });
    let Some(service) = service else { return Verdict::Plausible.into() };
    proven(format!("Azure {service} key, checksum valid"))
}

/// 84 or 88 characters: random, `JQQJ9`, kind, year, month, 16 reserved, the provider's signature,
/// and the Marvin32 of the 60 bytes before it in base62 (older keys: in base64).
pub fn azure_cask(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let fits = matches!(value.len(), 84 | 88) && value.get(52..57) == Some(b"JQQJ9");
    let bytes = encoded::base64(value).filter(|_| fits).unwrap_or_default();
    let Some((text, sum)) = bytes.split_at_checked(60) else { return Verdict::Plausible.into() };
    let expected = marvin(text, b"Default0").to_le_bytes();
    if sum.len() < 3 || !(expected.starts_with(sum) || base62(expected).starts_with(sum)) {
        return Verdict::Plausible.into();
    }
    let signature = value.get(76..80).unwrap_or_default();
    let product = match value.get(75) {
        Some(letter @ b'A'..=b'Z') => letter - b'A',
        Some(letter @ b'a'..=b'z') => letter - b'a' + 26,
        _ => u8::MAX,
    };
    let named = |known: &&str| known.as_bytes().starts_with(signature);
    let service = match signature {
        b"ACOG" => COGNITIVE.split('|').nth(product.into()),
        _ => ANNOTATED.split('|').find(named).and_then(|known| known.get(5..)),
    };
    proven(format!("Azure {} key, checksum valid", service.unwrap_or("resource")))
}

/// The checksum as base62 text, `0` added behind to 6 digits, decoded as base64.
fn base62(sum: [u8; 4]) -> Vec<u8> {
    let zeros = sum.iter().take_while(|byte| **byte == 0).count().min(3);
    let number = encoded::digits(u32::from_be_bytes(sum), encoded::BASE62, 1);
    let mut digits = [&b"000"[..zeros], &number].concat();
    digits.resize(6, b'0');
    encoded::base64(&digits).unwrap_or_default()
}

/// `7Q~` at the fourth character, or `8Q~` and at the end the first 3 of the 6 digits in which
/// Entra writes the Marvin32 of all before them.
pub fn entra_secret(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let parts = value.split_last_chunk::<3>().filter(|_| value.get(3..6) == Some(b"8Q~"));
    let Some((text, sum)) = parts else { return Verdict::Plausible.into() };
    if encoded::digits(marvin(text, b"AadPwd00"), ENTRA, 6).starts_with(sum) {
        return proven("checksum valid".into());
    }
    Verdict::Plausible.into()
}

/// 52 base32 characters with a CRC-32 at bytes 22, 8, 7 and 2, masked with a constant for tokens
/// of users or of applications.
pub fn azure_devops_pat(candidate: &Candidate) -> Outcome {
    let bytes = encoded::base32(candidate.value()).unwrap_or_default();
    let Ok(bytes) = <[u8; 32]>::try_from(bytes) else { return Verdict::Plausible.into() };
    let sum = u32::from_le_bytes([bytes[22], bytes[8], bytes[7], bytes[2]]);
    let text = [&bytes[..2], &bytes[3..7], &bytes[9..22], &bytes[23..]].concat();
    match sum ^ crc32fast::hash(&text) {
        0xE0B9_692D => proven("token of a user, checksum valid".into()),
        0x1019_F92E => proven("token of an application, checksum valid".into()),
        _ => Verdict::Plausible.into(),
    }
}

/// A shared access signature: `sig` is an HMAC of 32 bytes, `se` (a date, or seconds since 1970
/// for Service Bus and IoT Hub) its end.
///
/// Source: Microsoft's documentation of shared access signatures.
pub fn azure_sas(candidate: &Candidate) -> Outcome {
    let whole = candidate.text.get(candidate.matched.clone()).unwrap_or_default();
    let value = candidate.value();
    let coded = parameter(value, b"sig").unwrap_or_else(|| percent_decode(value).collect());
    if encoded::base64(&coded).is_none_or(|bytes| bytes.len() != 32) {
        return Verdict::Refuted.into();
    }
    let seconds = |end: &[u8]| std::str::from_utf8(end).ok()?.parse().ok();
    let end = parameter(whole, b"se").and_then(|end| date::parse(&end).or_else(|| seconds(&end)));
    match end.map(date::expires) {
        Some(Some(fact)) => proven(fact),
        Some(None) => Verdict::Refuted.into(),
        None => Verdict::Plausible.into(),
    }
}

/// The percent-decoded value of a query's parameter.
fn parameter(query: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let ends = |byte: &u8| b"?&; \"'".contains(byte);
    let mut pairs =
        query.split(ends).filter_map(|pair| pair.strip_prefix(name)?.strip_prefix(b"="));
    pairs.next().map(|value| percent_decode(value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(check: fn(&Candidate) -> Outcome, text: &str) -> Outcome {
        let whole = 0..text.len();
        check(&Candidate { text: text.as_bytes(), matched: whole.clone(), secret: whole })
    }

    #[test]
    fn marvin_of_symcrypts_own_example() {
        let seed = 0xd53c_d9ce_cd08_93b7_u64.to_be_bytes();
        assert_eq!(marvin(b"abc", &seed), 0x22c7_4339 ^ 0x4927_69bf);
    }

    /// Dead keys: repeats of one character, and the checksum. All but the last two are Microsoft's
    /// own test keys; those two were summed by another implementation.
    #[test]
    fn dead_keys_hold_their_sums() {
        let his: fn(&Candidate) -> Outcome = azure_identifiable;
        let cask = |tail: &str| "A".repeat(52) + "JQQJ99AG" + &"A".repeat(12) + tail;
        let ado = ["aaag", &"a".repeat(7), "mshq", &"a".repeat(20), "mi", &"a".repeat(15)];
        for (check, key, fact) in [
            (his, "a".repeat(42) + "AzSe" + "CjhzCu", "Azure AI Search query key, "),
            (his, "d".repeat(44) + "AzFu" + "182vhA==", "Azure Functions key, "),
            (his, "a".repeat(76) + "+ABa" + "13FZVQ==", "Azure Batch key, "),
            (azure_cask, cask("AAAAABCDTZJ9JA=="), "Azure resource key, "),
            (entra_secret, ["zzz8", "Q~", &"z".repeat(31), "blP"].concat(), ""),
            (azure_cask, cask("AAABACOG2vg3"), "Azure OpenAI key, "),
            (azure_devops_pat, ado.concat(), "token of a user, "),
        ] {
            assert_eq!(of(check, &key), proven(format!("{fact}checksum valid")), "{key}");
            let last = key.trim_end_matches('=').len() - 2;
            let changed = [&key[..last], "x", &key[last + 1..]].concat();
            assert_eq!(of(check, &changed), Verdict::Plausible.into(), "{changed}");
        }
    }

    #[test]
    fn a_shared_access_signature_ends() {
        let sas = |end: &str| format!("sv=2022-11-02&se={end}&sp=r&sig={}%3D", "A".repeat(43));
        for end in ["2100-01-01T08%3A00%3A00Z", "2100-01-01", "4102444800"] {
            assert_eq!(of(azure_sas, &sas(end)), proven("expires 2100-01-01".into()), "{end}");
        }
        assert_eq!(of(azure_sas, &sas("2020-01-01")), Verdict::Refuted.into());
        assert_eq!(of(azure_sas, "sp=r&sig=REDACTED"), Verdict::Refuted.into());
        assert_eq!(of(azure_sas, &"A".repeat(43)), Verdict::Plausible.into());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), like in
            "[A-Z]{52}JQQJ99A[A-Z]{17}ACOG[A-Z]{4}|(se=|sig=)?[0-9a-z&%=-]{0,99}") {
            for text in [&text[..], like.as_bytes()] {
                let whole = 0..text.len();
                let candidate = Candidate { text, matched: whole.clone(), secret: whole };
                let _ = (azure_identifiable(&candidate), azure_cask(&candidate));
                let _ = (entra_secret(&candidate), azure_devops_pat(&candidate));
                azure_sas(&candidate);
            }
        }
    }
}
