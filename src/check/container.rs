//! Files that are keys as a whole: key stores, keys in DER, key rings, password databases. What
//! they are is told by their first bytes and their structure, never by their names.

mod der;
mod java;
mod keytab;
mod pkcs12;

use super::private_key::format::{pgp_packet, pgp_secret_key};
use super::{Candidate, Check, Outcome, Verdict};

/// The check that a file with these first bytes deserves; `None` for nearly all files.
#[must_use]
pub fn sniff(text: &[u8]) -> Option<Check> {
    match *text.first_chunk::<8>()? {
        [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, _] | [0xce, 0xce, 0xce, 0xce, 0, 0, 0, _] => {
            Some(Check::JavaKeyStore)
        }
        [0, 0, 0, 1 | 2, 0, 0, 0, 20] => Some(Check::BouncyCastleKeyStore),
        [0x30, 0x80..=0x84, ..] if pkcs12::begins(text) => Some(Check::Pkcs12),
        [0x30, 0x81 | 0x82, ..] | [0x30, _, 0x02, 0x01, ..] => Some(Check::DerPrivateKey),
        // A secret key packet, in the old format or the new.
        [0x94 | 0x95 | 0x96 | 0xc5, ..] => Some(Check::PgpSecretKey),
        [0x03, 0xd9, 0xa2, 0x9a, 0x65..=0x67, 0xfb, 0x4b, 0xb5] => Some(Check::KeepassDatabase),
        [5, 1 | 2, 0 | 0xff, ..] => Some(Check::Keytab),
        [b'S', b'S', b'H', b' ', b'P', b'R', b'I', b'V'] => Some(Check::Ssh1PrivateKey),
        [b'k', b'y', b'c', b'h', 0, 1, 0, 0] => Some(Check::MacosKeychain),
        _ => None,
    }
}

/// What a key store that was wrapped in something else is; `None` if it is none.
pub(super) fn key_store(bytes: &[u8]) -> Option<Outcome> {
    let candidate = Candidate { text: bytes, matched: 0..bytes.len(), secret: 0..bytes.len() };
    let outcome = match sniff(bytes)? {
        Check::JavaKeyStore => java_key_store(&candidate),
        Check::BouncyCastleKeyStore => bouncy_castle_key_store(&candidate),
        Check::Pkcs12 => pkcs12(&candidate),
        Check::KeepassDatabase => keepass_database(&candidate),
        Check::Keytab => keytab(&candidate),
        _ => return None,
    };
    (outcome.verdict != Verdict::Refuted).then_some(outcome)
}

/// A Java key store (JKS or JCEKS) with a private or secret key in it.
#[must_use]
pub fn java_key_store(candidate: &Candidate) -> Outcome {
    java::java_key_store(candidate.text).map_or(Verdict::Refuted.into(), |store| {
        // Android's tools make this one, with a password that is documented.
        if store.alias.eq_ignore_ascii_case("androiddebugkey") {
            return Verdict::Refuted.into();
        }
        let key = format!("key `{}`", store.alias);
        match store.password {
            Some(password) => open(format!("{key}, opens with the usual password `{password}`")),
            None => locked(&key),
        }
    })
}

/// A key store of Bouncy Castle with a private or secret key in it.
#[must_use]
pub fn bouncy_castle_key_store(candidate: &Candidate) -> Outcome {
    java::bouncy_castle(candidate.text)
        .map_or(Verdict::Refuted.into(), |alias| locked(&format!("key `{alias}`")))
}

/// PKCS#12 (`.p12`, `.pfx`) with a private key in it.
#[must_use]
pub fn pkcs12(candidate: &Candidate) -> Outcome {
    match pkcs12::bag(candidate.text) {
        Some(pkcs12::Bag::Open) => open("private key, not encrypted".to_owned()),
        Some(pkcs12::Bag::Shrouded) => locked("private key"),
        None => Verdict::Refuted.into(),
    }
}

/// A private key in DER.
#[must_use]
pub fn der_private_key(candidate: &Candidate) -> Outcome {
    match der::kind(candidate.text) {
        Some(der::Kind::Open(kind)) => open(format!("{kind}, not encrypted")),
        Some(der::Kind::Encrypted) => locked("PKCS#8 key"),
        None => Verdict::Refuted.into(),
    }
}

/// A PGP secret key in its binary form (`gpg --export-secret-keys`, `secring.gpg`).
#[must_use]
pub fn pgp_secret_key_file(candidate: &Candidate) -> Outcome {
    let Some((protected, behind)) = pgp_secret_key(candidate.text) else {
        return Verdict::Refuted.into();
    };
    // Whose key it is, a signature or a subkey follow; a few bytes alone may occur anywhere.
    let goes_on = pgp_packet(behind).is_some_and(|(tag, _, _)| matches!(tag, 2 | 7 | 13 | 17));
    match (goes_on, protected) {
        (false, _) => Verdict::Refuted.into(),
        (true, true) => locked("PGP key"),
        (true, false) => open("PGP key, not encrypted".to_owned()),
    }
}

/// A password database of KeePass.
#[must_use]
pub fn keepass_database(candidate: &Candidate) -> Outcome {
    // Head, salts and at least one block of entries.
    if candidate.text.len() < 124 { Verdict::Refuted.into() } else { locked("password database") }
}

/// A Kerberos keytab: principals with their keys, in the clear.
#[must_use]
pub fn keytab(candidate: &Candidate) -> Outcome {
    keytab::principal(candidate.text).map_or(Verdict::Refuted.into(), |principal| {
        open(format!("key of {principal}, not encrypted"))
    })
}

/// A key of SSH's first protocol.
#[must_use]
pub fn ssh1_private_key(candidate: &Candidate) -> Outcome {
    let magic = b"SSH PRIVATE KEY FILE FORMAT 1.1\n\0";
    match candidate.text.strip_prefix(magic) {
        Some([0, rest @ ..]) if rest.len() > 60 => open("SSH-1 key, not encrypted".to_owned()),
        Some([1..=7, rest @ ..]) if rest.len() > 60 => locked("SSH-1 key"),
        _ => Verdict::Refuted.into(),
    }
}

/// A keychain of macOS.
#[must_use]
pub fn macos_keychain(candidate: &Candidate) -> Outcome {
    if candidate.text.len() < 512 { Verdict::Refuted.into() } else { locked("keychain") }
}

fn open(fact: String) -> Outcome {
    Outcome { verdict: Verdict::Proven, secret: None, fact: Some(fact) }
}

/// What a password protects is named, and no more is claimed.
fn locked(what: &str) -> Outcome {
    Outcome {
        verdict: Verdict::Plausible,
        secret: None,
        fact: Some(format!("{what}, encrypted: as safe as its password")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::private_key::format::tests::pgp;
    use super::*;

    fn judged(text: &[u8]) -> Option<Verdict> {
        let check = sniff(text)?;
        let span = 0..text.len();
        let candidate = Candidate { text, matched: span.clone(), secret: span };
        Some(crate::check::run(check, &candidate).verdict)
    }

    #[test]
    fn a_pgp_key_has_an_owner() {
        let owner = b"\xcd\x03a@b";
        assert_eq!(judged(&[&pgp(0)[..], owner].concat()), Some(Verdict::Proven));
        assert_eq!(judged(&[&pgp(254)[..], owner].concat()), Some(Verdict::Plausible));
        assert_eq!(judged(&pgp(0)), Some(Verdict::Refuted));
    }

    #[test]
    fn password_databases_are_known_by_their_head() {
        let mut database = vec![0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5];
        assert_eq!(judged(&database), Some(Verdict::Refuted));
        database.resize(300, 1);
        assert_eq!(judged(&database), Some(Verdict::Plausible));
    }

    #[test]
    fn other_files_are_not_asked() {
        for text in
            [&b"#!/bin/sh\nexit 0\n"[..], b"\x89PNG\r\n\x1a\n", b"PK\x03\x04aaaa", b"", b"0"]
        {
            assert_eq!(sniff(text), None);
        }
        // A zero in text is the byte that DER begins with.
        assert_eq!(sniff(b"0.1.2 is the first version"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(
            magic in prop::sample::select(vec![
                &b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0\x01"[..], b"\xce\xce\xce\xce\0\0\0\x02\0\0\0\x01",
                b"\0\0\0\x02\0\0\0\x14", b"\x30\x82\x01\x00\x02\x01\x03\x30\x82", b"\x30\x82\0\x10\x02\x01\0",
                b"\x30\x80", b"\x95\x01\x10\x04", b"\xc5\x20\x04", b"\x05\x02\0\0\0\x20\0\x01",
                b"SSH PRIVATE KEY FILE FORMAT 1.1\n\0",
            ]),
            rest in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            judged(&[magic, &rest[..]].concat());
            judged(&rest);
        }
    }
}
