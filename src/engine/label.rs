//! What a value is called: the name on the left of an assignment, a header, a flag, an argument.
//!
//! A format without a marker of its own (32 hex digits, a UUID) is a key only where its label names
//! a secret and the provider is named near by.

use std::ops::Range;

use super::operator::{trim_opening, trim_operator};
use super::place;
use super::reader::Reader;
use super::words::{
    ENDS_OTHER, IS_AMZ, IS_CACHE, IS_CARRIER, IS_HMAC, IS_KEY, IS_META, IS_OTHER, IS_SECRET,
    IS_TYPE, Words,
};
use crate::check::{Candidate, effort};

/// How much of the line before a value is read.
const LABEL: usize = 200;

/// So many labels are remembered.
const MOST: usize = 1 << 14;

/// The label of a value that names a secret.
#[derive(Clone)]
pub(super) struct Known {
    line: Range<usize>,
    segment: Range<usize>,
    /// Whether everybody may see what stands there all the same, once this was asked.
    open: Option<bool>,
}

/// Where the words of the label stand, if they name a secret.
pub(super) fn names_secret(candidate: &Candidate, reader: &mut Reader) -> Option<Range<usize>> {
    let known = known(candidate.text, candidate.secret.start, reader)?;
    let before = known.segment.start - known.line.start;
    let line = known.line.clone();
    let open = known.open.get_or_insert_with(|| place::is_open(&candidate.text[line], before));
    (!*open).then(|| known.segment.clone())
}

/// The label of the value that begins at `value`, if it names a secret: each of several detectors asks.
fn known<'a>(text: &[u8], value: usize, reader: &'a mut Reader) -> Option<&'a mut Known> {
    if !reader.labels.contains_key(&value) {
        let label = Label::of(text, value, reader);
        let secret = label.filter(|label| label.is_secret(text, reader));
        let known = secret.map(|Label { line, segment, .. }| Known { line, segment, open: None });
        if reader.labels.len() >= MOST {
            reader.labels.clear();
        }
        reader.labels.insert(value, known);
    }
    reader.labels.get_mut(&value)?.as_mut()
}

/// The last name of a label, as one word: `api-key` of `acme --api-key `.
pub(super) fn last_name(text: &[u8], label: Range<usize>) -> Range<usize> {
    let label_end = label.start + text[label.clone()].trim_ascii_end().len();
    let word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = text[label.start..label_end].iter().rev().take_while(word).count();
    let name = &text[label_end - length..label_end];
    label_end - length + name.iter().take_while(|&&byte| byte == b'-').count()..label_end
}

/// Whether a value is little more than its own name again: the next in a list of names.
pub(super) fn is_variant(name: &[u8], value: &[u8]) -> bool {
    let same = name.iter().zip(value).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    same >= 5 && value.len() - same < 8
}

/// The line of the label, if it names a secret: what a value is called does not change with the
/// detector that asks.
pub(super) fn of_secret(text: &[u8], value: usize, reader: &mut Reader) -> Option<Range<usize>> {
    known(text, value, reader).map(|known| known.line.clone())
}

/// Whether a value is called a bare `key`, which is the key of anything.
pub(super) fn is_bare_key(text: &[u8], value: usize, reader: &mut Reader) -> bool {
    Label::of(text, value, reader).is_some_and(|label| {
        let words = reader.read(text, label.segment);
        words.is_one() && words.last(IS_KEY)
    })
}

/// The text that names a value.
#[derive(Debug)]
struct Label {
    /// From the line's start (or as much of it as is read) to the operator.
    line: Range<usize>,
    /// The part that belongs to this value: between the last separator and the operator.
    segment: Range<usize>,
    /// No operator but white space: a flag, an instruction.
    spaced: bool,
}

impl Label {
    fn of(text: &[u8], value: usize, reader: &mut Reader) -> Option<Label> {
        let floor = value.saturating_sub(LABEL);
        let start = memchr::memrchr(b'\n', &text[floor..value]).map_or(floor, |at| floor + at + 1);
        let mut end = trim_opening(text, start, value);
        let spaced = match text[start..end].last()? {
            b'=' | b':' | b'>' | b',' | b'(' | b'[' | b'{' => false,
            _ if end < value => true,
            _ => return None,
        };
        if !spaced {
            let operator = end;
            end = trim_operator(text, start, end);
            // `[text](address)` and `list[place]` give nothing a name.
            if text[end..operator].trim_ascii() == b"[" {
                return None;
            }
        }
        let segment = reader.last_separator(text, start..end).map_or(start, |at| at + 1);
        let segment = if spaced { segment } else { assignment(text, segment..end) };
        // `--api-key "$KEY" --image app:`: each flag names its own.
        let flag = if spaced { None } else { last_flag(&text[segment..end]) };
        let segment = flag.map_or(segment, |at| segment + at + 1);
        effort::spend(value - floor);
        (start < end).then_some(Label { line: start..end, segment: segment..end, spaced })
    }

    fn is_secret(&self, text: &[u8], reader: &mut Reader) -> bool {
        let piece = without_modifier(text, self.segment.clone());
        let (segment, words) = (&text[piece.clone()], reader.read(text, piece));
        if words.count == 0 {
            return false;
        }
        // What a cache is asked for is mostly a hash of the question.
        let asks_cache = words.last(IS_KEY) && words.any(IS_CACHE);
        // The metadata of an object in S3 hold its key encrypted.
        let metadata = words.any(IS_AMZ) && words.any(IS_META);
        if asks_cache || metadata || words.any(IS_OTHER) {
            return false;
        }
        if self.spaced {
            return names_by_space(segment, &words);
        }
        let is_carrier = words.last(IS_CARRIER);
        // `hmac.new(b"…")`
        if is_carrier && words.any(IS_HMAC) {
            return true;
        }
        if is_carrier && let Some(name) = before_call(segment).or_else(|| without_carrier(segment))
        {
            let words = Words::of(name);
            return words.any(IS_SECRET) && !words.last(ENDS_OTHER);
        }
        if is_carrier || words.is_one() && words.last(IS_TYPE) {
            let above = above(text, self.line.start);
            // `- name: TOKEN_URL` says what it is; `<name>token</name>` ends in its tag.
            let pair = reader.read(text, above.clone());
            let lines = &text[above.clone()];
            if pair.last(ENDS_OTHER) && memchr::memmem::find(lines, b"</").is_none() {
                return false;
            }
            // `<input name="authenticity_token"`, and its value on the next line.
            if pair.any(IS_OTHER) && lines.contains(&b'<') {
                return false;
            }
            return reader.read(text, above.start..self.line.end).any(IS_SECRET);
        }
        !words.last(ENDS_OTHER) && words.any(IS_SECRET)
    }
}

/// Where the last `name=value` of several begins, if the label ends inside its value:
/// `my-key text=a:b:`.
fn assignment(text: &[u8], segment: Range<usize>) -> usize {
    let label = &text[segment.clone()];
    let Some(equals) = memchr::memrchr(b'=', label) else { return segment.start };
    if !label.get(equals + 1).is_some_and(u8::is_ascii_alphanumeric) {
        return segment.start;
    }
    let space = label[..equals].iter().rposition(u8::is_ascii_whitespace);
    space.map_or(segment.start, |space| segment.start + space + 1)
}

/// Where the last flag begins, with the space before it.
fn last_flag(segment: &[u8]) -> Option<usize> {
    let begins = |&at: &usize| at > 0 && segment[at - 1] == b' ';
    memchr::memrchr_iter(b'-', segment).find(begins).map(|at| at - 1)
}

/// The name before a call or a type: `Token` of `Token: aws.String`, `API_KEY` of `API_KEY: &str`.
fn before_call(segment: &[u8]) -> Option<&[u8]> {
    let at = segment.iter().rposition(|byte| matches!(byte, b':' | b'='))?;
    let one_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.&*?[]".contains(byte);
    segment[at + 1..].trim_ascii().iter().all(one_word).then_some(&segment[..at])
}

/// `MagicCookie` of `MagicCookieValue`: a name that says itself what it carries.
fn without_carrier(segment: &[u8]) -> Option<&[u8]> {
    let name = segment.trim_ascii();
    let one_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let end = name.iter().rposition(|byte| byte.is_ascii_uppercase() || *byte == b'_')?;
    let bare = &name[..end];
    let says = name.iter().all(one_word) && {
        let words = Words::of(bare);
        words.count > 0 && !words.last(IS_CARRIER)
    };
    says.then_some(bare)
}

/// `public string ApiKey` is open to a program's other files, not to the world; a public key is.
fn without_modifier(text: &[u8], segment: Range<usize>) -> Range<usize> {
    let rest = text[segment.clone()].trim_ascii_start().strip_prefix(b"public");
    let Some(rest) = rest else { return segment };
    let name = rest.trim_ascii_start();
    let modifier = name.len() < rest.len() && !name.starts_with(b"key");
    if modifier { segment.end - name.len()..segment.end } else { segment }
}

/// `--token VALUE`, `-t VALUE`, `ENV API_TOKEN VALUE`, `Authorization: Bearer VALUE`.
fn names_by_space(segment: &[u8], words: &Words) -> bool {
    let after_quote = memchr::memrchr3(b'"', b'\'', b'`', segment);
    let segment = &segment[after_quote.map_or(0, |at| at + 1)..];
    let trimmed = segment.trim_ascii_end();
    let name =
        trimmed.iter().rposition(u8::is_ascii_whitespace).map_or(trimmed, |at| &trimmed[at + 1..]);
    match name {
        [b'-', flag] => matches!(flag, b't' | b'k' | b'p' | b'u' | b's' | b'a'),
        _ if trimmed.contains(&b':') || trimmed.contains(&b'=') => words.any(IS_SECRET),
        _ => {
            let last = Words::of(name);
            !last.last(ENDS_OTHER) && last.any(IS_SECRET)
        }
    }
}

/// The line above the one that begins at `start`.
fn above(text: &[u8], start: usize) -> Range<usize> {
    let end = start.saturating_sub(1);
    let floor = end.saturating_sub(LABEL);
    let begin = memchr::memrchr(b'\n', &text[floor..end]).map_or(floor, |at| floor + at + 1);
    begin..end
}

#[cfg(test)]
mod tests {
    use super::super::provider::names_provider;
    use super::super::window::Window;
    use super::*;

    fn provider(text: &str, value: &str) -> bool {
        let start = text.find(value).unwrap();
        let span = start..start + value.len();
        let candidate = Candidate { text: text.as_bytes(), matched: span.clone(), secret: span };
        let named = text.to_ascii_lowercase();
        let named = named.match_indices("acme").map(|(at, _)| at..at + 4).collect();
        let window = Window { named, ..Window::default() };
        of_secret(text.as_bytes(), start, &mut Reader::default()).is_some_and(|line| {
            names_provider(&candidate, line, &window, &mut Reader::default()).is_some()
        })
    }

    #[test]
    fn every_usual_syntax_names_its_value() {
        for text in [
            "ACME_TOKEN=VALUE",
            "export ACME_API_KEY='VALUE'",
            "acme:\n  token: VALUE",
            "\"acmeSecret\": \"VALUE\"",
            "acme_key := \"VALUE\"",
            "config['acme_token'] = b'VALUE'",
            "os.environ[\"ACME_TOKEN\"] = \"VALUE\"",
            "setenv(\"ACME_TOKEN\", \"VALUE\")",
            "acme -t VALUE",
            "acme --auth-token VALUE",
            "ENV ACME_TOKEN VALUE",
            "curl -H 'Authorization: acmev1 VALUE'",
            "curl -H 'X-Auth-Key: VALUE' https://api.acme.io/v1",
            "<add key=\"acme_token\" value=\"VALUE\"/>",
            "- name: ACME_TOKEN\n  value: VALUE",
            "const ACME_TOKEN: &str = \"VALUE\";",
            "Token: aws.String(\"VALUE\"), // acme",
            "<property name=\"acme.token\" value=\"VALUE\"/>",
            "acmeTokenValue: \"VALUE\"",
            "acme = {'sig': hmac.new(b'VALUE')}",
            "val acmeToken: String = \"VALUE\"",
            "https://acme.io/upload?token=VALUE",
            "<acmeToken>VALUE</acmeToken>",
            "{:acme_token => \"VALUE\"}",
            "public string AcmeToken = \"VALUE\";",
            "class Acme { public string? Token { get; private set; } = \"VALUE\"; }",
            "ACME_APIkey=VALUE",
        ] {
            assert!(provider(text, "VALUE"), "{text}");
        }
    }

    #[test]
    fn a_path_speaks_for_every_name_but_a_bare_key() {
        let by_path = |text: &str| {
            let start = text.find("VALUE").unwrap();
            let span = start..start + 5;
            let candidate =
                Candidate { text: text.as_bytes(), matched: span.clone(), secret: span };
            let window = Window { in_path: "acme".len(), ..Window::default() };
            let line = of_secret(text.as_bytes(), start, &mut Reader::default());
            line.is_some_and(|line| {
                names_provider(&candidate, line, &window, &mut Reader::default()).is_some()
            })
        };
        assert!(by_path("\"token\": \"VALUE\""));
        assert!(by_path("\"apiKey\": \"VALUE\""));
        assert!(!by_path("\"key\": \"VALUE\""));
    }

    #[test]
    fn a_name_that_is_no_secrets_is_refused() {
        for text in [
            "acme_project_id = 'VALUE'",
            "acme_token_url: VALUE",
            "acme_token_cache_key = 'VALUE'",
            "<a class=\"acme-token\" href=\"VALUE\">",
            "acme authenticity_token = 'VALUE'",
            "acme VALUE",
            "acme public_key = VALUE",
            "public key of acme: VALUE",
            "public string AcmePublicKey = VALUE",
            "acme token {reset} = VALUE",
            "macmeToken = 1; other = VALUE",
            "the commit of acme is VALUE",
            "acme SecretHash: aws.String(\"VALUE\")",
            "// acme token\nProfileId: aws.String(\"VALUE\")",
            "acme login by [VALUE](https://acme.io/VALUE)",
            "acme token algorithm = VALUE",
            "acme write my-key text=acme:v1:VALUE",
            "acme KEY=1\nMagicCookieValue: \"VALUE\"",
            "acme Key(\"x-iv\"): []string{\"VALUE\"}",
            "gpg --recv-keys VALUE # acme",
            "acme Header(\"x-amz-meta-x-amz-key-v2\"): \"VALUE\"",
        ] {
            assert!(!provider(text, "VALUE"), "{text}");
        }
    }
}
