//! What a value is called: the name on the left of an assignment, a header, a flag, an argument.
//!
//! A format without a marker of its own (32 hex digits, a UUID) is a key only where its label names
//! a secret and the provider is named near by.

use std::ops::Range;

use super::operator::{trim_opening, trim_operator};
use super::place;
use super::reader::Reader;
use super::window::{NEAR, Window, begins_word};
use super::words::{
    ENDS_OTHER, IS_AMZ, IS_CACHE, IS_CARRIER, IS_HMAC, IS_KEY, IS_META, IS_OTHER, IS_SECRET,
    IS_TYPE, Words,
};
use crate::check::{Candidate, effort};

/// How much of the line before a value is read.
const LABEL: usize = 200;
/// How many lines above and below a value a provider's name speaks for it.
const LINES: usize = 3;

/// Where the words of the label stand, if they name a secret.
pub(super) fn names_secret(candidate: &Candidate, reader: &mut Reader) -> Option<Range<usize>> {
    let label = Label::of(candidate.text, candidate.secret.start)?;
    let before = label.segment.start - label.line.start;
    let secret = label.is_secret(candidate.text, reader)
        && !place::is_open(&candidate.text[label.line], before);
    secret.then_some(label.segment)
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
    let label = Label::of(text, value)?;
    label.is_secret(text, reader).then_some(label.line)
}

/// Whether one of the detector's names stands with a value whose label is on `line`: in the label,
/// on the line, a few lines away, or in the path. Returns the length of the longest that does.
pub(super) fn names_provider(
    candidate: &Candidate,
    line: Range<usize>,
    window: &Window,
) -> Option<usize> {
    let Candidate { text, secret, .. } = candidate;
    let in_label = longest_name(text, line, window);
    let specificity = if in_label > 0 {
        // A provider named in the label itself beats one that is only near.
        in_label + NEAR
    } else {
        let near = longest_name(text, neighbourhood(text, secret), window);
        // A bare `key` is the key of anything, and too little for the path to speak for.
        let bare = || Label::of(text, secret.start).is_some_and(|label| label.is_bare_key(text));
        if window.in_path > near && (near > 0 || !bare()) { window.in_path } else { near }
    };
    (specificity > 0).then_some(specificity)
}

/// Length of the longest name of the window's detector in a piece of the text.
fn longest_name(text: &[u8], piece: Range<usize>, window: &Window) -> usize {
    let first = window.named.partition_point(|name| name.end <= piece.start);
    let inside = window.named[first..].iter().take_while(|name| name.end <= piece.end);
    let begins = |start: usize| start == piece.start || begins_word(text, start);
    inside
        .filter(|name| name.start >= piece.start && begins(name.start))
        .map(Range::len)
        .max()
        .unwrap_or(0)
}

/// Length of the longest of the lower-case `words` that stands within a few lines of the match, or
/// in the path, if one does.
pub(super) fn stands_near(candidate: &Candidate, path: &[u8], words: &[&str]) -> Option<usize> {
    let around = neighbourhood(candidate.text, &candidate.matched);
    let longest = longest_in(&candidate.text[around], words).max(longest_in(path, words));
    (longest > 0).then_some(longest)
}

/// Length of the longest of `words` in `text`, in any letter case; 0 where none is.
pub(super) fn longest_in(text: &[u8], words: &[&str]) -> usize {
    // One walk for all words: of most places the low bits of two letters say that none begins there.
    let low = |byte: u8| 1_u32 << (byte & 31);
    let (firsts, seconds) = words.iter().fold((0, 0), |(firsts, seconds), word| {
        let second = word.as_bytes().get(1).map_or(u32::MAX, |&byte| low(byte));
        (firsts | word.bytes().next().map_or(0, low), seconds | second)
    });
    let mut longest = 0;
    for (at, pair) in text.windows(2).enumerate() {
        if firsts & low(pair[0]) == 0 || seconds & low(pair[1]) == 0 {
            continue;
        }
        for word in words {
            if word.len() <= longest {
                continue;
            }
            let piece = text.get(at..at + word.len());
            let stands = piece.is_some_and(|piece| piece.eq_ignore_ascii_case(word.as_bytes()));
            if stands {
                longest = word.len();
            }
        }
    }
    longest
}

/// The lines around a value, without the value itself getting a say beyond [`NEAR`] bytes.
fn neighbourhood(text: &[u8], span: &Range<usize>) -> Range<usize> {
    let floor = span.start.saturating_sub(NEAR);
    let ceiling = text.len().min(span.end + NEAR);
    let start = memchr::memrchr_iter(b'\n', &text[floor..span.start])
        .nth(LINES)
        .map_or(floor, |newline| floor + newline);
    let end = memchr::memchr_iter(b'\n', &text[span.end..ceiling])
        .nth(LINES)
        .map_or(ceiling, |newline| span.end + newline);
    start..end
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
    fn of(text: &[u8], value: usize) -> Option<Label> {
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
        let separator = |byte: &u8| {
            matches!(byte, b';' | b'{' | b'}' | b'(' | b',' | b'&' | b'?' | b'<' | b'|')
        };
        let segment =
            text[start..end].iter().rposition(separator).map_or(start, |at| start + at + 1);
        let segment = if spaced { segment } else { assignment(text, segment..end) };
        // `--api-key "$KEY" --image app:`: each flag names its own.
        let flag = if spaced { None } else { memchr::memmem::rfind(&text[segment..end], b" -") };
        let segment = flag.map_or(segment, |at| segment + at + 1);
        effort::spend(value - floor);
        (start < end).then_some(Label { line: start..end, segment: segment..end, spaced })
    }

    fn is_bare_key(&self, text: &[u8]) -> bool {
        let words = Words::of(&text[self.segment.clone()]);
        words.is_one() && words.last(IS_KEY)
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
            if pair.last(ENDS_OTHER) && !text[above.clone()].contains(&b'<') {
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
    let inside = label.get(equals + 1).is_some_and(u8::is_ascii_alphanumeric);
    let space = label[..equals].iter().rposition(u8::is_ascii_whitespace);
    space.filter(|_| inside).map_or(segment.start, |space| segment.start + space + 1)
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
    let after_quote = segment.iter().rposition(|byte| matches!(byte, b'"' | b'\'' | b'`'));
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn one_walk_finds_what_a_search_for_each_word_finds(text in "[aAbBmMnN_ ]{0,30}") {
            let words = ["abm", "bman", "mma_", "nab"];
            let lower = text.to_ascii_lowercase();
            let stand = words.iter().filter(|word| lower.contains(*word));
            let longest = stand.map(|word| word.len()).max().unwrap_or(0);
            prop_assert_eq!(longest_in(text.as_bytes(), &words), longest);
        }
    }

    fn provider(text: &str, value: &str) -> bool {
        let start = text.find(value).unwrap();
        let span = start..start + value.len();
        let candidate = Candidate { text: text.as_bytes(), matched: span.clone(), secret: span };
        let named = text.to_ascii_lowercase();
        let named = named.match_indices("acme").map(|(at, _)| at..at + 4).collect();
        let window = Window { named, ..Window::default() };
        of_secret(text.as_bytes(), start, &mut Reader::default())
            .is_some_and(|line| names_provider(&candidate, line, &window).is_some())
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
            line.is_some_and(|line| names_provider(&candidate, line, &window).is_some())
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
