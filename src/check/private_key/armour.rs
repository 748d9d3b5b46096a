//! The base64 of a key, freed of what holds its lines together in code and configuration.

use base64::Engine as _;
use base64::alphabet::Alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::holds;
use crate::check::Vocabulary;

/// The base64 inside a block, without what holds its lines together.
pub(super) fn body_of(body: &[u8], strip_plus: bool) -> Vec<u8> {
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let mut encoded = Vec::with_capacity(body.len());
    for line in unescape(body).split(|&byte| byte == b'\n') {
        let line = line.trim_ascii();
        let line = if strip_plus { line.strip_prefix(b"+").unwrap_or(line) } else { line };
        // Armour headers (`Version: 1`) and PGP's checksum line.
        if holds(line, b": ") || (line.len() == 5 && line.starts_with(b"=")) {
            continue;
        }
        let runs = line.split(|byte| !base64(byte)).filter(|run| {
            run.iter().any(u8::is_ascii_alphanumeric) || *run == b"=" || *run == b"=="
        });
        if line.iter().any(|byte| b"\"'`".contains(byte)) {
            // Quoted line by line: what else stands there is code, and shorter.
            encoded.extend(runs.max_by_key(|run| run.len()).unwrap_or_default());
        } else {
            runs.for_each(|run| encoded.extend(run));
        }
    }
    encoded
}

/// Turns `\n`, `\\n`, `\r`, `\/`, `\u003d`, `%2B`, `&#10;` into what they stand for.
fn unescape(body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&byte, behind)) = rest.split_first() {
        let number = |digits: &[u8]| {
            std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok())
        };
        rest = match rest {
            [b'\\', b'u', b'0', b'0', a, b, tail @ ..] if number(&[*a, *b]).is_some() => {
                plain.extend(number(&[*a, *b]));
                tail
            }
            [b'%', a, b, tail @ ..] if number(&[*a, *b]).is_some() => {
                plain.extend(number(&[*a, *b]));
                tail
            }
            [b'\\', b'n' | b'r', tail @ ..] => {
                plain.push(b'\n');
                tail
            }
            [b'&', b'#', b'1', b'0' | b'3', b';', tail @ ..] => {
                plain.push(b'\n');
                tail
            }
            [b'\\', ..] => behind,
            _ => {
                plain.push(byte);
                behind
            }
        };
    }
    plain
}

/// The base64 that `text` begins with, over line breaks and indentation, and where it ends.
pub(super) fn flatten(text: &[u8]) -> (Vec<u8>, usize) {
    let mut encoded = Vec::new();
    let (mut at, mut end) = (0, 0);
    while at < text.len() {
        match text[at..] {
            [byte, ..] if byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte) => {
                encoded.push(byte);
                at += 1;
                end = at;
            }
            [b'\\', b'n' | b'r', ..] if begins_block(&text[at + 2..]) => break,
            [b'\\', b'n' | b'r', ..] => at += 2,
            [b'=', ..] => {
                let padding = text[at..].iter().take_while(|&&byte| byte == b'=').count().min(2);
                return (encoded, at + padding);
            }
            [b'"' | b'\'', ..] => {
                let Some(seam) = seam(&text[at..]) else { break };
                at += seam;
                if begins_block(&text[at..]) {
                    break;
                }
            }
            [b'\n' | b'\r', ..] => {
                // The next line goes on only if it is nothing but base64.
                let next = text[at..].iter().position(|byte| !byte.is_ascii_whitespace());
                let Some(next) = next.map(|skip| at + skip) else { break };
                let line =
                    text[next..].split(|byte| b"\r\n".contains(byte)).next().unwrap_or_default();
                let whole = line
                    .trim_ascii_end()
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
                if !whole || begins_block(line) {
                    break;
                }
                at = next;
            }
            _ => break,
        }
    }
    (encoded, end)
}

/// How long what joins two string literals on two lines is: `" +`, the next line, `"`.
fn seam(text: &[u8]) -> Option<usize> {
    let quote = text[0];
    let joins = |byte: &u8| byte.is_ascii_whitespace() || b"+.&\\".contains(byte);
    let length = text[1..].iter().take(80).take_while(|&byte| joins(byte)).count();
    let between = &text[1..=length];
    let joined = between.contains(&b'\n') && text.get(length + 1) == Some(&quote);
    joined.then_some(length + 2)
}

/// Whether a line begins as the base64 of a key does: another one, so that no text full of such
/// lines is read over and over.
fn begins_block(line: &[u8]) -> bool {
    static MARKS: Vocabulary =
        Vocabulary::new("LS0tLS1CRUdJTi IBADANBgkqhkiG9w0BAQEFAASC IBAAKCAQEA IBAAKCAgEA IBAAKBgQ");
    match line {
        [b'L', b'S', b'0', ..] => MARKS.begins(line),
        // The mark follows the length of the whole, which takes two to four characters.
        [b'M', b'I', b'I' | b'G', tail @ ..] => {
            (2..5).any(|length| tail.get(length..).is_some_and(|rest| MARKS.begins(rest)))
        }
        _ => false,
    }
}

/// Decodes without insisting on padding or on zero bits at the end.
pub(super) fn decode(encoded: &[u8], alphabet: &Alphabet) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config).decode(encoded).ok()
}

#[cfg(test)]
mod tests {
    use base64::alphabet::STANDARD;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_become_what_they_stand_for() {
        assert_eq!(unescape(b"a\\nb\\\\nc\\u003d%2B\\/d"), b"a\nb\nc=+/d");
    }

    #[test]
    fn only_the_body_is_taken() {
        assert_eq!(body_of(b"\\n\" +\n  b\"QUJD\\n\" +\n  \"REVG\\n", false), b"QUJDREVG");
        assert_eq!(body_of(b"\nVersion: 1\n\nQUJD\n=abcd\n", false), b"QUJD");
        assert_eq!(body_of(b"\n+QUJD\n+REVG\n", true), b"QUJDREVG");
        assert_eq!(body_of(b"\n# QUJD\n# REVG\n", false), b"QUJDREVG");
    }

    #[test]
    fn base64_ends_where_another_kind_of_line_begins() {
        assert_eq!(flatten(b"QUJD\n  REVG\nnext: 1"), (b"QUJDREVG".to_vec(), 11));
        assert_eq!(flatten(b"QUI= REVG"), (b"QUI".to_vec(), 4));
        assert_eq!(flatten(b"QUJD\"\n  + \"REVG\";"), (b"QUJDREVG".to_vec(), 15));
        assert_eq!(flatten(b"QUJD\", \"REVG\""), (b"QUJD".to_vec(), 4));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in proptest::collection::vec(any::<u8>(), 0..200), strip: bool) {
            body_of(&text, strip);
            flatten(&text);
            decode(&text, &STANDARD);
        }
    }
}
