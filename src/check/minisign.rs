//! Secret keys of minisign (also rsign and Tauri's updater) and of OpenBSD's signify.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::private_key::format::has_variety;
use super::{Candidate, Outcome, Verdict};

/// The line of base64 behind the comment, or a file with both in base64 once more.
#[must_use]
pub fn minisign_key(candidate: &Candidate) -> Outcome {
    let Ok(mut bytes) = BASE64_STANDARD.decode(candidate.value()) else {
        return Verdict::Refuted.into();
    };
    if bytes.starts_with(b"untrusted comment:") {
        let line = bytes.split(|&byte| byte == b'\n').nth(1).unwrap_or_default().trim_ascii();
        match BASE64_STANDARD.decode(line) {
            Ok(inner) => bytes = inner,
            Err(_) => return Verdict::Refuted.into(),
        }
    }
    let (tool, encrypted) = match &bytes[..] {
        // Signature algorithm, way to stretch the passphrase, checksum algorithm.
        [b'E', b'd', b'S', b'c', b'B', b'2', ..] if bytes.len() == 158 => ("minisign", true),
        [b'E', b'd', 0, 0, b'B', b'2', ..] if bytes.len() == 158 => ("minisign", false),
        // signify says how often it stretches: never for a key without a passphrase.
        [b'E', b'd', b'B', b'K', rounds @ ..] if bytes.len() == 104 => {
            ("signify", !rounds.starts_with(&[0; 4]))
        }
        _ => return Verdict::Refuted.into(),
    };
    if !has_variety(&bytes[6..]) {
        return Verdict::Refuted.into();
    }
    let (verdict, state) = if encrypted {
        (Verdict::Plausible, "encrypted: as safe as its password")
    } else {
        (Verdict::Proven, "not encrypted")
    };
    Outcome { verdict, secret: None, fact: Some(format!("{tool} key, {state}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(value: &str) -> Verdict {
        let span = 0..value.len();
        minisign_key(&Candidate { text: value.as_bytes(), matched: span.clone(), secret: span })
            .verdict
    }

    /// A key of this length with these first bytes.
    fn key(head: &[u8], length: u8) -> String {
        let body = (head.len() as u8..length).map(|at| at.wrapping_mul(37));
        BASE64_STANDARD.encode(head.iter().copied().chain(body).collect::<Vec<u8>>())
    }

    #[test]
    fn a_key_says_whether_a_password_protects_it() {
        assert_eq!(judged(&key(b"EdScB2", 158)), Verdict::Plausible);
        assert_eq!(judged(&key(b"Ed\0\0B2", 158)), Verdict::Proven);
        assert_eq!(judged(&key(b"EdBK\0\0\0\0", 104)), Verdict::Proven);
        assert_eq!(judged(&key(b"EdBK\0\0\0\x2a", 104)), Verdict::Plausible);
        let file =
            format!("untrusted comment: rsign encrypted secret key\n{}\n", key(b"EdScB2", 158));
        assert_eq!(judged(&BASE64_STANDARD.encode(file)), Verdict::Plausible);
    }

    #[test]
    fn a_public_key_and_a_signature_are_none() {
        assert_eq!(judged(&key(b"Ed", 42)), Verdict::Refuted);
        assert_eq!(judged(&key(b"ED", 74)), Verdict::Refuted);
        assert_eq!(judged("no base64"), Verdict::Refuted);
    }
}
