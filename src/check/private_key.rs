//! Private key blocks: PEM, OpenSSH and PGP armour, in a file of their own or as it occurs in
//! code: indented, quoted line by line, on one line with escapes, in base64 once more.
//!
//! A block counts when its body is read to the end: DER whose outer length fits, OpenSSH with equal
//! check numbers, PGP with a secret key packet. Headers alone, cut bodies and encrypted keys do not.

mod armour;
mod encrypted;
pub(super) mod format;

use std::ops::Range;

use base64::alphabet::{STANDARD, URL_SAFE};

use self::armour::{body_of, decode, flatten};
pub(super) use self::encrypted::pkcs8 as encrypted_pkcs8;
use self::format::{der_kind, nebula_kind, openssh_kind, pgp_kind};
use super::literal::Literal;
use super::placeholder::holds;
use super::{Candidate, Outcome, Verdict, container, effort};

/// The longest block: an RSA key of 16,384 bits takes 12,700 characters, escapes and indentation
/// some more; PGP blocks carry several keys and photographs.
const REACH: usize = 64 * 1024;

static BEGIN: Literal = Literal::new("BEGIN ");
static DASHES: Literal = Literal::new("-----");
static NEXT: Literal = Literal::new("-----BEGIN");
static END: Literal = Literal::new("-----END");

/// How far the members of a service account's file may stand from each other.
const OBJECT: usize = 16 * 1024;

/// How far back the same member is looked for.
const NEAR: usize = 512;

/// A private key block whose BEGIN line is the match. The secret is the whole block.
#[must_use]
pub fn private_key(candidate: &Candidate) -> Outcome {
    match read_block(candidate.text, candidate.matched.start) {
        Some((span, kind)) => proven(span, format!("{kind}, not encrypted")),
        None => Verdict::Refuted.into(),
    }
}

/// Base64 of a private key block, or of the DER inside one. Reads on over line breaks.
#[must_use]
pub fn base64_private_key(candidate: &Candidate) -> Outcome {
    let Candidate { text, secret, .. } = candidate;
    let before = &text[secret.start.saturating_sub(200)..secret.start];
    let to = text.len().min(secret.start + REACH);
    let (encoded, length) = flatten(&text[secret.start..to]);
    effort::spend(length);
    let inside_pem = memchr::memmem::rfind(before, b"-----BEGIN").is_some();
    let kind =
        decode(&encoded, &STANDARD).or_else(|| decode(&encoded, &URL_SAFE)).and_then(|bytes| {
            match memchr::memmem::find(&bytes, b"-----BEGIN") {
                Some(begin) => read_block(&bytes, begin).map(|(_, kind)| kind),
                None if inside_pem => None,
                None => der_kind(&bytes),
            }
        });
    match kind {
        Some(kind) => proven(secret.start..secret.start + length, format!("{kind}, not encrypted")),
        None => Verdict::Refuted.into(),
    }
}

/// A private key block that a passphrase protects. The secret is the whole block.
#[must_use]
pub fn encrypted_private_key(candidate: &Candidate) -> Outcome {
    let kind = block(candidate.text, candidate.matched.start)
        .and_then(|block| Some((encrypted::kind(&block)?, block.span)));
    match kind {
        Some((kind, span)) => Outcome {
            verdict: Verdict::Plausible,
            secret: Some(span),
            fact: Some(format!("{kind}, encrypted: as safe as its passphrase")),
        },
        None => Verdict::Refuted.into(),
    }
}

/// A key store in base64: what it is made of decides as in a file of its own.
#[must_use]
pub fn base64_key_store(candidate: &Candidate) -> Outcome {
    let Candidate { text, secret, .. } = candidate;
    let to = text.len().min(secret.start + REACH);
    let (encoded, length) = flatten(&text[secret.start..to]);
    match decode(&encoded, &STANDARD).and_then(|bytes| container::key_store(&bytes)) {
        Some(outcome) => Outcome { secret: Some(secret.start..secret.start + length), ..outcome },
        None => Verdict::Refuted.into(),
    }
}

/// The private key in the JSON object of a Google service account, also where that object is a
/// string inside another one. The match is the member `"type": "service_account"`.
#[must_use]
pub fn service_account_json(candidate: &Candidate) -> Outcome {
    let Candidate { text, matched, .. } = candidate;
    // The same member stood in this object before, and the object was read for it.
    if repeats(&text[matched.start.saturating_sub(NEAR)..matched.start]) {
        return Verdict::Refuted.into();
    }
    // The object holds strings only, so the next braces are its own.
    let from = matched.start.saturating_sub(OBJECT);
    let to = text.len().min(matched.end.saturating_add(OBJECT));
    let start = memchr::memrchr(b'{', &text[from..matched.start]).map_or(from, |at| from + at);
    let behind = &text[matched.end..to];
    let end = memchr::memchr2(b'{', b'}', behind).map_or(to, |at| matched.end + at);
    let object = &text[start..end];
    effort::spend(object.len());
    let key = member(object, b"private_key")
        .filter(|&at| object[at..].starts_with(b"-----BEGIN"))
        .and_then(|at| read_block(&text[..end], start + at));
    let Some((span, _)) = key else { return Verdict::Refuted.into() };
    let project = member(object, b"project_id").map(|at| {
        let name =
            object[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"-:.".contains(b));
        name.take(64).map(|&byte| char::from(byte)).collect::<String>()
    });
    let fact = project.filter(|name| !name.is_empty()).map(|name| format!("Google project {name}"));
    Outcome { verdict: Verdict::Proven, secret: Some(span), fact }
}

fn proven(secret: Range<usize>, fact: String) -> Outcome {
    Outcome { verdict: Verdict::Proven, secret: Some(secret), fact: Some(fact) }
}

/// Whether `before` holds the member `"type": "service_account"`, and no brace behind it.
fn repeats(before: &[u8]) -> bool {
    let object = memchr::memrchr2(b'{', b'}', before).map_or(before, |at| &before[at + 1..]);
    memchr::memmem::rfind_iter(object, b"service_account").any(|at| {
        let glue = |byte: &u8| byte.is_ascii_whitespace() || b"\\\":'".contains(byte);
        let name = object[..at].iter().rposition(|byte| !glue(byte)).map_or(0, |last| last + 1);
        object[..name].ends_with(b"type") && object[name..at].contains(&b':')
    })
}

/// Where the value of the member `name` begins in `object`.
fn member(object: &[u8], name: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(object, name).find_map(|at| {
        let rest = &object[at + name.len()..];
        let glue =
            rest.iter().take_while(|b| b.is_ascii_whitespace() || b"\\\":'".contains(b)).count();
        rest[..glue].contains(&b':').then_some(at + name.len() + glue)
    })
}

/// A block between its BEGIN and END lines.
struct Block<'a> {
    span: Range<usize>,
    /// What stands between `BEGIN ` and the dashes.
    label: &'a [u8],
    body: &'a [u8],
}

/// The whole block that begins at `begin`, and what kind of key it holds; `None` if it holds none.
fn read_block(text: &[u8], begin: usize) -> Option<(Range<usize>, String)> {
    let Block { span, label, body } = block(text, begin)?;
    if holds(label, b"ENCRYPTED") || holds(body, b"ENCRYPTED") {
        return None;
    }
    // In a diff or a sum of strings a `+` at the beginning of a line is not of the body.
    let kind = [false, true].into_iter().find_map(|strip| {
        let bytes = decode(&body_of(body, strip), &STANDARD)?;
        match label {
            _ if holds(label, b"PGP") => pgp_kind(&bytes),
            _ if holds(label, b"NEBULA") => nebula_kind(&bytes),
            // Its numbers are framed as RSA's are.
            b"DSA PRIVATE KEY" => der_kind(&bytes).map(|_| "DSA key".to_owned()),
            _ => der_kind(&bytes).or_else(|| openssh_kind(&bytes)),
        }
    })?;
    Some((span, kind))
}

/// The private key block that begins at `begin`, whatever it holds.
fn block(text: &[u8], begin: usize) -> Option<Block<'_>> {
    let text = &text[..text.len().min(begin.saturating_add(REACH))];
    let label_start = begin + BEGIN.first_in(&text[begin..])? + BEGIN.len();
    let label_end = label_start + DASHES.first_in(&text[label_start..])?;
    let label = &text[label_start..label_end];
    if label.len() > 40 || !holds(label, b"PRIVATE KEY") {
        return None;
    }
    // Where another block begins before this one ends, the first was a header only; and a text full
    // of headers is read once.
    let body_start = label_end + DASHES.len();
    let behind = &text[body_start..];
    let next = NEXT.first_in(behind).unwrap_or(behind.len());
    effort::spend(next);
    let body_end = body_start + END.first_in(&behind[..next])?;
    let body = &text[body_start..body_end];
    let tail = &text[body_end + END.len()..];
    let closing = DASHES.first_in(&tail[..tail.len().min(60)])?;
    let end = body_end + END.len() + closing + DASHES.len();
    Some(Block { span: begin..end, label, body })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;

    use super::format::tests::{der, openssh};
    use super::*;

    /// Built at run time, so that no block stands in this file.
    fn block(label: &str, body: &[u8], newline: &str) -> String {
        let encoded = BASE64_STANDARD.encode(body);
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let body = lines.join(newline);
        format!("-----BEGIN {label}-----{newline}{body}{newline}-----END {label}-----{newline}")
    }

    /// The text of the span, if there is one.
    fn found(text: &str) -> Option<&str> {
        let start = text.find("-----BEGIN").unwrap();
        let matched = start..start + 10;
        let candidate =
            Candidate { text: text.as_bytes(), matched: matched.clone(), secret: matched };
        private_key(&candidate).secret.map(|span| &text[span])
    }

    #[test]
    fn a_block_is_read_to_its_end_however_it_is_written() {
        let plain = block("PRIVATE KEY", &der(48), "\n");
        assert_eq!(found(&format!("x\n{plain}y")), Some(plain.trim_end()));
        let quoted: String = plain.lines().map(|line| format!("  \"{line}\\n\" +\n")).collect();
        for text in [
            block("RSA PRIVATE KEY", &der(600), "\r\n"),
            block("PRIVATE KEY", &der(300), "\\n"),
            block("PRIVATE KEY", &der(300), "\\\\r\\\\n"),
            block("PRIVATE KEY", &der(300), "\n    "),
            block("PRIVATE KEY", &der(300), "\n+"),
            block("PRIVATE KEY", &der(300), " "),
            block("PRIVATE KEY", &der(300), "%0A").replace("=-", "%3D-"),
            block("OPENSSH PRIVATE KEY", &openssh("none"), "\n"),
            quoted,
        ] {
            assert!(found(&text).is_some(), "{text}");
        }
    }

    #[test]
    fn headers_cut_bodies_and_encrypted_keys_are_refuted() {
        let whole = block("PRIVATE KEY", &der(300), "\n");
        let key = "PRIVATE KEY";
        let headers =
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n";
        for text in [
            "if line == \"-----BEGIN PRIVATE KEY-----\":".to_owned(),
            format!("-----BEGIN {key}-----END {key}-----"),
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----".to_owned(),
            whole.replace("-----END", &whole[60..90]),
            format!("{}\n...\n-----END PRIVATE KEY-----", &whole[..100]),
            block("ENCRYPTED PRIVATE KEY", &der(300), "\n"),
            block("CERTIFICATE", &der(300), "\n"),
            block("RSA PRIVATE KEY", &der(300), "\n")
                .replace("-----BEGIN RSA PRIVATE KEY-----\n", headers),
            block("OPENSSH PRIVATE KEY", &openssh("aes256-ctr"), "\n"),
            block("PRIVATE KEY", &[0x30; 300], "\n"),
        ] {
            assert_eq!(found(&text), None, "{text}");
        }
    }

    #[test]
    fn base64_of_a_block_is_read_over_its_lines() {
        let encoded = BASE64_STANDARD.encode(block("PRIVATE KEY", &der(300), "\n"));
        let folded = format!("key: |\n  {}\n  {}\nnext: 1", &encoded[..76], &encoded[76..]);
        for (text, end) in
            [(format!("key: {encoded}"), 5 + encoded.len()), (folded.clone(), folded.len() - 8)]
        {
            let start = text.find("LS0").unwrap();
            let candidate = Candidate {
                text: text.as_bytes(),
                matched: start..start + 20,
                secret: start..start + 20,
            };
            assert_eq!(base64_private_key(&candidate).secret, Some(start..end));
        }
    }

    #[test]
    fn base64_of_the_der_alone_is_a_key_outside_of_a_block() {
        let encoded = BASE64_STANDARD.encode(der(300));
        let candidate = |text: &str| {
            let start = text.find(&encoded[..10]).unwrap();
            let span = start..start + encoded.len();
            base64_private_key(&Candidate {
                text: text.as_bytes(),
                matched: span.clone(),
                secret: span,
            })
            .verdict
        };
        assert_eq!(candidate(&format!("key = {encoded}")), Verdict::Proven);
        assert_eq!(
            candidate(&block("PRIVATE KEY", &der(300), "").replace('\n', "")),
            Verdict::Refuted
        );
    }

    #[test]
    fn a_service_account_is_its_private_key() {
        let key = block("PRIVATE KEY", &der(300), "\\n");
        let text = format!(
            r#"{{"type": "service_account", "project_id": "acme-1", "private_key_id": "0", "private_key": "{key}"}}"#
        );
        for text in [text.clone(), text.replace('"', "\\\"")] {
            let matched = text.find("type").unwrap()..text.find("project").unwrap();
            let candidate =
                Candidate { text: text.as_bytes(), matched: matched.clone(), secret: matched };
            let outcome = service_account_json(&candidate);
            assert_eq!(outcome.fact.as_deref(), Some("Google project acme-1"));
            assert!(text[outcome.secret.unwrap()].starts_with("-----BEGIN"));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..300), base64 in "[A-Za-z0-9+/=%\\\\nu\n ]{0,200}") {
            let mut text = b"-----BEGIN PRIVATE KEY-----".to_vec();
            text.extend(&body);
            text.extend(base64.as_bytes());
            text.extend(b"-----END PRIVATE KEY-----");
            for start in [0, 27.min(text.len())] {
                let candidate = Candidate { text: &text, matched: start..text.len(), secret: start..text.len() };
                let _ = private_key(&candidate);
                let _ = base64_private_key(&candidate);
                let _ = service_account_json(&candidate);
            }
        }
    }
}
