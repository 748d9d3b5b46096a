//! Kubernetes Secret manifests: values in plain text under `stringData`, in base64 under `data`.

use std::ops::Range;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::literal::Literal;
use super::password::is_dummy;
use super::placeholder::{holds, is_placeholder, is_reference};
use super::random::looks_random;
use super::{Candidate, Outcome, Verdict, Vocabulary, effort};

/// How far from `kind: Secret` the rest of its manifest is looked for.
const REACH: usize = 64 * 1024;

/// The end of both maps' names.
static DATA: Literal = Literal::new("ata");
/// What a manifest's kind is.
static SECRET: Literal = Literal::new("Secret");
/// What stands between two documents of a file.
static MARKER: Literal = Literal::new("\n---");

/// What the name of a secret says. `token` in `tokenURL` is judged by the name's end.
static SECRET_NAMES: Vocabulary =
    Vocabulary::new("pass pwd secret token key credential auth private salt dsn");

/// Ends of names that are no secrets.
static OPEN_ENDS: Vocabulary =
    Vocabulary::new("url uri host user username id name email port .crt .pub type");

/// The first value of the manifest that is a secret; its name is the fact. The match is the line
/// `kind: Secret` (or the same in JSON), wherever in the manifest it stands.
#[must_use]
pub fn kubernetes_secret(candidate: &Candidate) -> Outcome {
    let manifest = manifest(candidate.text, candidate.matched.clone());
    let text = &candidate.text[manifest.clone()];
    effort::spend(text.len());
    // Without a map there are no entries, and no line need be taken apart.
    if DATA.first_in(text).is_none() {
        return Verdict::Refuted.into();
    }
    for entry in entries(text) {
        let value = &text[entry.value.clone()];
        let decoded = if entry.encoded {
            let Ok(decoded) = BASE64_STANDARD.decode(value) else { continue };
            decoded
        } else {
            value.to_vec()
        };
        if is_secret(entry.name, value, &decoded) {
            let name = String::from_utf8_lossy(entry.name).into_owned();
            let span = manifest.start + entry.value.start..manifest.start + entry.value.end;
            return Outcome {
                verdict: Verdict::Plausible,
                secret: Some(span),
                fact: Some(format!("Secret entry `{name}`")),
            };
        }
    }
    Verdict::Refuted.into()
}

/// Whether an entry called `name` with the content `decoded` gives access to something.
fn is_secret(name: &[u8], written: &[u8], decoded: &[u8]) -> bool {
    let decoded = decoded.trim_ascii();
    if is_reference(written)
        || is_reference(decoded)
        || is_placeholder(decoded)
        || is_dummy(decoded)
    {
        return false;
    }
    if holds(decoded, b"-----BEGIN ") {
        return holds(decoded, b"PRIVATE KEY")
            && !holds(decoded, b"ENCRYPTED")
            && decoded.len() > 100;
    }
    let name = name.to_ascii_lowercase();
    let says_open = OPEN_ENDS.ends(&name);
    let says_secret = SECRET_NAMES.stands_in(&name);
    let word = decoded.iter().all(u8::is_ascii_lowercase) && decoded.len() < 12;
    let password = !decoded.contains(&b' ') && !word && decoded.len() >= 6;
    (says_secret && !says_open && password)
        || (!says_open && decoded.len() >= 16 && looks_random(decoded))
}

/// The YAML document, or the piece of JSON, around a match, but not beyond the next `kind: Secret`
/// on either side: what stands between two is read for both, and nothing is read more often.
fn manifest(text: &[u8], matched: Range<usize>) -> Range<usize> {
    let from = matched.start.saturating_sub(REACH);
    let to = text.len().min(matched.end.saturating_add(REACH));
    let before = &text[from..matched.start];
    let (mut ends, mut other) = (before.len(), None);
    while let Some(at) = SECRET.last_in(&before[..ends]) {
        if is_kind(text, from + at) {
            other = Some(at + SECRET.len());
            break;
        }
        ends = at;
    }
    let from = other.map_or(from, |at| from + at);
    let (mut at, mut other) = (matched.end, to);
    while let Some(skip) = SECRET.first_in(&text[at..to]) {
        if is_kind(text, at + skip) {
            other = at + skip;
            break;
        }
        at += skip + SECRET.len();
    }
    let to = other;
    let start = MARKER.last_in(&text[from..matched.start]).map_or(from, |at| from + at + 1);
    let end = MARKER.first_in(&text[matched.end..to]).map_or(to, |at| matched.end + at);
    start..end
}

/// Whether the word `Secret` at `at` is a kind, in the forms the detector looks for.
fn is_kind(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(10)..at];
    let names = ["kind: ", "kind: \"", "kind: '", "\"kind\": \"", "\"kind\":\""];
    let ends = text.get(at + 6).is_some_and(|b| b.is_ascii_whitespace() || b"\"',}".contains(b));
    ends && names.iter().any(|name| before.ends_with(name.as_bytes()))
}

/// One line of a `data` map.
struct Entry<'a> {
    name: &'a [u8],
    value: Range<usize>,
    encoded: bool,
}

/// The entries of every `data` and `stringData` map of a manifest, YAML or JSON with a line for
/// each entry or all in one.
fn entries(text: &[u8]) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    // Indentation of the map we are in, and whether it is the encoded one.
    let mut map: Option<(usize, bool)> = None;
    let mut at = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let line_start = at;
        at += line.len();
        let indent = line.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
        // In flow style and JSON an entry ends at a comma or a brace.
        let mut piece_start = line_start;
        for piece in line.split_inclusive(|byte| b",{}".contains(byte)) {
            let start = piece_start;
            piece_start += piece.len();
            let Some((name, value)) = pair(piece) else {
                if piece.contains(&b'}') {
                    map = None;
                }
                continue;
            };
            if matches!(name, b"data" | b"stringData") {
                map = Some((indent, name == b"data"));
                continue;
            }
            match map {
                Some((outer, encoded)) if indent > outer || start > line_start => {
                    let value = start + value.start..start + value.end;
                    if !value.is_empty() {
                        entries.push(Entry { name, value, encoded });
                    }
                }
                _ => map = None,
            }
            if piece.ends_with(b"}") {
                map = None;
            }
        }
    }
    entries
}

/// `name: value` with or without quotes; the range is that of the bare value in `piece`.
fn pair(piece: &[u8]) -> Option<(&[u8], Range<usize>)> {
    let colon =
        piece.windows(2).position(|w| w[0] == b':' && w[1].is_ascii_whitespace() || w == b"\":")?;
    let colon = if piece[colon] == b':' { colon } else { colon + 1 };
    let bare = |byte: &u8| byte.is_ascii_whitespace() || b"\"'{},-".contains(byte);
    let name_start = piece[..colon].iter().position(|byte| !bare(byte))?;
    let name_end = piece[..colon].iter().rposition(|byte| !bare(byte))? + 1;
    let mark = |byte: &u8| byte.is_ascii_whitespace() || b"\"'{},".contains(byte);
    let rest = &piece[colon + 1..];
    let comment = memchr::memmem::find(rest, b" #").unwrap_or(rest.len());
    let rest = &rest[..comment];
    let start = rest.iter().position(|byte| !mark(byte)).unwrap_or(rest.len());
    let end = rest.iter().rposition(|byte| !mark(byte)).map_or(start, |last| last + 1);
    Some((&piece[name_start..name_end], colon + 1 + start..colon + 1 + end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(text: &str) -> (Verdict, Option<String>) {
        let at = text.find("Secret").unwrap();
        let span = at..at + 6;
        let candidate = Candidate { text: text.as_bytes(), matched: span.clone(), secret: span };
        let outcome = kubernetes_secret(&candidate);
        (outcome.verdict, outcome.secret.map(|span| text[span].to_owned()))
    }

    fn encoded(value: &str) -> String {
        BASE64_STANDARD.encode(value)
    }

    #[test]
    fn a_value_under_data_is_decoded_and_judged() {
        let password = encoded("blue-sky-42!");
        let text = format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\ndata:\n  username: {}\n  password: {password}\n",
            encoded("application-user")
        );
        assert_eq!(judged(&text), (Verdict::Plausible, Some(password)));
    }

    #[test]
    fn data_may_stand_before_the_kind_and_in_json() {
        let token = encoded("zQ4kT9xWv7Lp2mRb");
        let yaml = format!("data:\n  token: \"{token}\"\nkind: Secret\n");
        assert_eq!(judged(&yaml), (Verdict::Plausible, Some(token.clone())));
        let json = format!(r#"{{"kind":"Secret","data":{{"user":"YXBw","token":"{token}"}}}}"#);
        assert_eq!(judged(&json), (Verdict::Plausible, Some(token)));
    }

    #[test]
    fn plain_values_placeholders_and_certificates_are_told_apart() {
        let plain = "kind: Secret\nstringData:\n  password: blue-sky-42\n";
        assert_eq!(judged(plain).1.as_deref(), Some("blue-sky-42"));
        for value in
            ["changeme", "admin", "<password>", "${PASSWORD}", "-----BEGIN CERTIFICATE-----\nMII"]
        {
            let text = format!("kind: Secret\ndata:\n  password: {}\n", encoded(value));
            assert_eq!(judged(&text).0, Verdict::Refuted, "{value}");
        }
        let template = "kind: Secret\ndata:\n  password: {{ .Values.password | b64enc }}\n";
        assert_eq!(judged(template).0, Verdict::Refuted);
    }

    #[test]
    fn the_next_document_is_another_manifest() {
        let text = format!(
            "kind: Secret\n---\nkind: Other\ndata:\n  token: {}\n",
            encoded("zQ4kT9xWv7Lp2mRb")
        );
        assert_eq!(judged(&text).0, Verdict::Refuted);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(before in ".{0,60}", after in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut text = before.clone().into_bytes();
            text.extend(b"kind: Secret\ndata:\n  password: ");
            text.extend(&after);
            let matched = before.len()..before.len() + 12;
            let _ = kubernetes_secret(&Candidate { text: &text, matched: matched.clone(), secret: matched });
        }
    }
}
