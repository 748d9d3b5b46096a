//! Whose key a value is, where the provider stands apart from the name: `acme:` in the line above
//! `api_key: …`, a section `[acme]`, `acme.Client(api_key=…)`, `acme --api-key …`.
//!
//! Many providers are called by a common word (`close`, `front`), so that their keywords are whole
//! names (`close_api`). Such a name is put together here, and only for a value that was found to be a
//! secret already.

use crate::detector::{self, Context, Detector};

/// How far above a value its section may begin.
const ABOVE: usize = 2000;
/// How many lines that enclose the value's own are read.
const LEVELS: usize = 3;
/// How many words a line may say.
const WORDS: usize = 12;

/// The detectors whose keyword is a word around the value, joined with the value's own `name`, and
/// the length of that keyword.
pub(super) fn named(text: &[u8], name: &std::ops::Range<usize>) -> Vec<(&'static Detector, usize)> {
    let own: Vec<u8> =
        { text[name.clone()].iter() }.map(|&byte| if byte == b'-' { b'_' } else { byte }).collect();
    let mut found: Vec<(&'static Detector, usize)> = Vec::new();
    for line in lines_around(text, name.start) {
        for owner in words(line).take(WORDS) {
            let joined = [owner, b"_", &own].concat();
            detector::keyword_hits(&joined, |keyword, end| {
                let (literal, looking) = detector::looking_for(keyword);
                if literal.len() != end || end <= owner.len() {
                    return;
                }
                let looking = looking.iter().map(|&index| &detector::all()[usize::from(index)]);
                for detector in looking.filter(|known| known.context == Context::Label) {
                    match found.iter_mut().find(|(known, _)| known.index == detector.index) {
                        Some((_, length)) => *length = end.max(*length),
                        None => found.push((detector, end)),
                    }
                }
            });
        }
    }
    found
}

/// What stands before the name on its line, then the lines that enclose it: less indented, or the
/// head of a section.
fn lines_around(text: &[u8], name: usize) -> Vec<&[u8]> {
    let floor = name.saturating_sub(ABOVE);
    let mut start = memchr::memrchr(b'\n', &text[floor..name]).map_or(floor, |at| floor + at + 1);
    let mut around = vec![&text[start..name]];
    let indent = |line: &[u8]| line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut depth = indent(around[0]);
    while start > floor && around.len() <= LEVELS {
        let end = start - 1;
        start = memchr::memrchr(b'\n', &text[floor..end]).map_or(floor, |at| floor + at + 1);
        let line = &text[start..end];
        let section = line.starts_with(b"[");
        if line.trim_ascii().len() > 1 && (section || indent(line) < depth) {
            depth = indent(line);
            around.push(line);
        }
        if section {
            break;
        }
    }
    around
}

/// The words of a line as programs name things.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))
        .filter(|word| (2..=30).contains(&word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str, name: &str) -> Vec<&'static str> {
        let start = text.rfind(name).unwrap();
        let found = named(text.as_bytes(), &(start..start + name.len()));
        found.iter().map(|(detector, _)| detector.id).collect()
    }

    #[test]
    fn a_provider_apart_from_the_name_is_found() {
        for (text, name) in [
            ("clay:\n  region: eu\n  api_key: ", "api_key"),
            ("{\n  \"clay\": {\n    \"apiKey\": ", "apiKey"),
            ("[clay]\nregion = 1\n\napi_key = ", "api_key"),
            ("x = clay.Client(api_key=", "api_key"),
            ("const x = new Clay({ apiKey: ", "apiKey"),
            ("clay --region eu --api-key ", "api-key"),
        ] {
            assert_eq!(ids(text, name), ["clay-api-key"], "{text}");
        }
    }

    #[test]
    fn a_word_elsewhere_is_no_provider() {
        for text in ["clay: 1\napi_key: ", "[clay]\nx = 1\n[other]\napi_key = ", "clays.api_key = "]
        {
            assert!(ids(text, "api_key").is_empty(), "{text}");
        }
    }
}
