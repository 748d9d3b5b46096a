//! Keys that hold a checksum of themselves, made anew for each seed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bech32::{Bech32, Hrp};
use crc::{CRC_16_XMODEM, Crc};
use ed25519_compact::{KeyPair, Seed};
use sha2::{Digest, Sha256};

use super::{BASE62, Random};

/// The key of a form with a checksum, if it is such a form.
pub fn make(form: &str, random: &mut Random) -> Option<String> {
    let (kind, argument) = form.split_once(' ')?;
    Some(match (kind, argument) {
        ("bech32", word) => bech32(word, random)?,
        ("wif", "plain") => base58check(&[&[0x80][..], &random.key()].concat()),
        ("wif", "compressed") => base58check(&[&[0x80][..], &random.key(), &[1]].concat()),
        ("bip32", version) => {
            let version = u32::from_str_radix(version, 16).ok()?.to_be_bytes();
            base58check(&[&version[..], &[0; 9], &random.key(), &[0], &random.key()].concat())
        }
        ("tezos", "edsk") => base58check(&[&[13, 15, 58, 7][..], &random.key()].concat()),
        ("tezos", "spsk") => base58check(&[&[17, 162, 224, 201][..], &random.key()].concat()),
        ("tezos", "pair") => {
            base58check(&[&[43, 246, 78, 7][..], &random.key(), &random.key()].concat())
        }
        ("xrp", "secp256k1") => ripple(&[&[0x21][..], &random.key()[..16]].concat()),
        ("xrp", "ed25519") => ripple(&[&[1, 0xe1, 0x4b][..], &random.key()[..16]].concat()),
        ("strkey", "address") => base32(&[&[6 << 3][..], &random.key()].concat()),
        ("strkey", "seed") => base32(&[&[18 << 3][..], &random.key()].concat()),
        ("nkey", owner) => {
            let owner = owner.bytes().next()?.checked_sub(b'A')?;
            base32(&[&[18 << 3 | owner >> 2, (owner & 3) << 6][..], &random.key()].concat())
        }
        ("ed25519", notation) => {
            let pair = KeyPair::from_seed(Seed::new(random.key()));
            match notation {
                "base58" => bs58::encode(*pair.sk).into_string(),
                "base64" => BASE64.encode(*pair.sk),
                "bytes" => pair.sk.iter().map(u8::to_string).collect::<Vec<_>>().join(","),
                _ => return None,
            }
        }
        ("confluent", "54") => {
            let body = random.text(&[BASE62, b"+/"].concat(), 54);
            let sum = BASE64.encode(crc32fast::hash(body.as_bytes()).to_le_bytes());
            format!("{body}{}", &sum[..6])
        }
        ("zuplo", "32") => {
            let body = random.text(b"0123456789abcdefghijklmnopqrstuvwxyz", 32);
            format!("{body}_{:08x}", crc32fast::hash(body.as_bytes()))
        }
        _ => return None,
    })
}

/// In the case of the word.
fn bech32(word: &str, random: &mut Random) -> Option<String> {
    let kind: &[u8] = if word == "suiprivkey" { &[0] } else { &[] };
    let key = [kind, &random.key()].concat();
    let text = bech32::encode::<Bech32>(Hrp::parse(word).ok()?, &key).ok()?;
    let is_upper = word.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(if is_upper { text.to_uppercase() } else { text })
}

fn base58check(bytes: &[u8]) -> String {
    bs58::encode(summed(bytes)).into_string()
}

fn ripple(bytes: &[u8]) -> String {
    bs58::encode(summed(bytes)).with_alphabet(bs58::Alphabet::RIPPLE).into_string()
}

/// The bytes and the first four of their double SHA-256.
fn summed(bytes: &[u8]) -> Vec<u8> {
    let sum = Sha256::digest(Sha256::digest(bytes));
    [bytes, &sum[..4]].concat()
}

/// The bytes and their CRC-16.
fn base32(bytes: &[u8]) -> String {
    let sum = Crc::<u16>::new(&CRC_16_XMODEM).checksum(bytes).to_le_bytes();
    let bits = [bytes, &sum].concat().iter().map(|byte| format!("{byte:08b}")).collect::<String>();
    let digit = |bits: &[u8]| {
        let bits = bits.iter().chain(b"00000").take(5);
        let value = bits.fold(0, |value, bit| value << 1 | (bit - b'0'));
        char::from(if value < 26 { b'A' + value } else { b'2' + value - 26 })
    };
    bits.as_bytes().chunks(5).map(digit).collect()
}
