//! PyPI's tokens, which are macaroons.

use serde_json::Value;

use super::{Candidate, Outcome, Verdict, date, encoded};

/// A field of a version 2 macaroon: its type and its bytes.
type Field<'a> = (u8, &'a [u8]);

const END: u8 = 0;
const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const SIGNATURE: u8 = 6;

/// `pypi-` + base64url of a version 2 macaroon: `02`, the index's host as location, an identifier,
/// caveats, and an HMAC of 32 bytes.
///
/// Source: libmacaroons' `doc/format.txt` for the framing, PyPI's help for what a token allows.
pub fn pypi_macaroon(candidate: &Candidate) -> Outcome {
    let value = candidate.value();
    let coded = value.strip_prefix(b"pypi-").unwrap_or(value);
    // A pattern may have cut one digit too many or too few; what is whole can still be read.
    let coded = if coded.len() % 4 == 1 { coded.get(..coded.len() - 1) } else { Some(coded) };
    let Some(bytes) = coded.and_then(encoded::base64) else { return Verdict::Refuted.into() };
    let mut rest = &bytes[..];
    let Some(host) = location(&mut rest) else { return Verdict::Refuted.into() };
    let Some(caveats) = caveats(&mut rest) else { return Verdict::Plausible.into() };
    if is_expired(&caveats) {
        return Verdict::Refuted.into();
    }
    let fact = Some(format!("for {host}, {}", scope(&caveats)));
    Outcome { verdict: Verdict::Proven, secret: None, fact }
}

/// The version byte and the host that follows it.
fn location(rest: &mut &[u8]) -> Option<String> {
    *rest = rest.strip_prefix(&[2])?;
    let (kind, host) = field(rest)?;
    let is_host =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:".contains(byte);
    let well_formed = kind == LOCATION && host.contains(&b'.') && host.iter().all(is_host);
    well_formed.then(|| String::from_utf8_lossy(host).into_owned())
}

/// The caveats as JSON, if everything up to the signature, and nothing after it, can be read.
fn caveats(rest: &mut &[u8]) -> Option<Vec<Value>> {
    section(rest)?.iter().find(|(kind, _)| *kind == IDENTIFIER)?;
    let mut caveats = Vec::new();
    loop {
        let fields = section(rest)?;
        let Some((_, caveat)) = fields.iter().find(|(kind, _)| *kind == IDENTIFIER) else { break };
        caveats.push(serde_json::from_slice(caveat).unwrap_or(Value::Null));
    }
    let (kind, signature) = field(rest)?;
    (kind == SIGNATURE && signature.len() == 32 && rest.is_empty()).then_some(caveats)
}

/// The fields up to the next end mark.
fn section<'a>(rest: &mut &'a [u8]) -> Option<Vec<Field<'a>>> {
    let mut fields = Vec::new();
    loop {
        match field(rest)? {
            (END, _) => return Some(fields),
            other => fields.push(other),
        }
    }
}

/// A type byte and, unless it is the end mark, a length of 7 bits a byte and as many bytes.
fn field<'a>(rest: &mut &'a [u8]) -> Option<Field<'a>> {
    let (kind, mut tail) = rest.split_first()?;
    let mut length = 0;
    if *kind != END {
        for shift in [0, 7, 14] {
            let (byte, after) = tail.split_first()?;
            tail = after;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    let (bytes, after) = tail.split_at_checked(length)?;
    *rest = after;
    Some((*kind, bytes))
}

/// Caveat 0 is `[0, expires, not before]` in seconds since 1970.
fn is_expired(caveats: &[Value]) -> bool {
    let expiries = caveats.iter().filter(|caveat| caveat.get(0) == Some(&0.into()));
    expiries.filter_map(|caveat| caveat.get(1)?.as_i64()).any(|at| at <= date::now())
}

/// Caveat 1 is `[1, [names]]`, in older tokens `{"permissions": {"projects": [names]}}`; caveat 2
/// lists projects by number.
fn scope(caveats: &[Value]) -> String {
    let listed = |caveat: &Value| {
        let tagged = caveat.get(1).filter(|_| caveat.get(0) == Some(&1.into()));
        let named = tagged.or_else(|| caveat.pointer("/permissions/projects"))?;
        let names = named.as_array()?.iter().filter_map(Value::as_str).filter(|name| is_name(name));
        Some(names.take(3).collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty())
    };
    let names = caveats.iter().find_map(listed).map(|names| format!("project {names}"));
    let numbered = caveats.iter().any(|caveat| caveat.get(0) == Some(&2.into()));
    let otherwise = if numbered { "some projects" } else { "every project of its owner" };
    names.unwrap_or_else(|| otherwise.to_owned())
}

fn is_name(name: &str) -> bool {
    name.len() <= 80
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    fn of(bytes: &[u8]) -> Outcome {
        let text = format!("pypi-{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)).into_bytes();
        let whole = 0..text.len();
        pypi_macaroon(&Candidate { text: &text, matched: whole.clone(), secret: whole })
    }

    fn macaroon(host: &str, caveats: &[&str]) -> Vec<u8> {
        let field = |kind: u8, bytes: &[u8]| {
            let (low, high) = (bytes.len() as u8 & 0x7f, (bytes.len() >> 7) as u8);
            let length = if high == 0 { vec![low] } else { vec![low | 0x80, high] };
            [&[kind][..], &length, bytes].concat()
        };
        let mut bytes =
            [vec![2], field(LOCATION, host.as_bytes()), field(IDENTIFIER, &[9; 36])].concat();
        bytes.push(END);
        for caveat in caveats {
            bytes.extend(field(IDENTIFIER, caveat.as_bytes()));
            bytes.push(END);
        }
        bytes.push(END);
        bytes.extend(field(SIGNATURE, &[5; 32]));
        bytes
    }

    #[test]
    fn read_to_its_end_it_is_proven_and_says_what_it_opens() {
        let name = "a".repeat(70);
        let long = format!(r#"{{"version":1,"permissions":{{"projects":["{name}","{name}"]}}}}"#);
        for (caveats, scope) in [
            (vec![], "every project of its owner".to_owned()),
            (
                vec![r#"{"version":1,"permissions":"user"}"#],
                "every project of its owner".to_owned(),
            ),
            (vec![r#"[1,["demo"]]"#, r#"[3,"x"]"#], "project demo".to_owned()),
            (vec![r#"[2,["x"]]"#], "some projects".to_owned()),
            (vec![&long], format!("project {name}, {name}")),
        ] {
            let outcome = of(&macaroon("index.example", &caveats));
            assert_eq!(outcome.verdict, Verdict::Proven);
            assert_eq!(outcome.fact, Some(format!("for index.example, {scope}")));
        }
    }

    #[test]
    fn the_frame_is_the_one_the_catalogue_names() {
        let bytes = macaroon("index.example", &["[3,\"x\"]"]);
        assert_eq!(bytes[..3], [2, 1, 13]);
        assert_eq!(bytes[bytes.len() - 36..][..4], [0, 0, 6, 32]);
    }

    #[test]
    fn an_expired_one_is_no_key() {
        assert_eq!(of(&macaroon("index.example", &["[0,1000000000,0]"])), Verdict::Refuted.into());
        assert_eq!(of(&macaroon("index.example", &["[0,4102444800,0]"])).verdict, Verdict::Proven);
    }

    #[test]
    fn another_location_refutes_and_another_tail_does_not() {
        let bytes = macaroon("index.example", &[]);
        assert_eq!(of(&bytes[..bytes.len() - 4]), Verdict::Plausible.into());
        assert_eq!(of(&bytes[1..]), Verdict::Refuted.into());
        assert_eq!(of(&macaroon("no host", &[])), Verdict::Refuted.into());
        assert_eq!(of(b""), Verdict::Refuted.into());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>(), cut in 0..90_usize) {
            of(&text);
            of(&[&macaroon("index.example", &["[1,[\"a\"]]"])[..cut.min(60)], &text].concat());
            let whole = 0..text.len();
            pypi_macaroon(&Candidate { text: &text, matched: whole.clone(), secret: whole });
        }
    }
}
