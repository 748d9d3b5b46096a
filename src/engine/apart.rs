//! Whose key a value is, where the provider stands apart from the name: `acme:` in the line above
//! `api_key: …`, a section `[acme]`, `acme.Client(api_key=…)`, `acme --api-key …`.
//!
//! Many providers are called by a common word (`close`, `front`), so that their keywords are whole
//! names (`close_api`). Such a name is put together here, and only for a value that was found to be a
//! secret already.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::places::Places;
use crate::detector::{self, Context, Detector};

/// How far above a value its section may begin.
const ABOVE: usize = 2000;
/// How many lines that enclose the value's own are read.
const LEVELS: usize = 3;
/// How many words a line may say.
const WORDS: usize = 12;

/// A detector that is called by a word joined with a name, and the length of its keyword.
type Named = (&'static Detector, usize);

/// What was found out about the lines of one text: the values of a section share the lines that
/// enclose them, and names repeat.
#[derive(Default)]
pub(super) struct Sections {
    /// For a line's start and a depth, the nearest line above that is less deep.
    above: Places<(usize, usize), Nearest>,
    /// For a line and a name, the detectors that they name together.
    named: HashMap<(Range<usize>, Vec<u8>), Vec<Named>>,
    /// What stood before the last name on its line: it is the same line after line where a text says
    /// the same over and over.
    last: Head,
}

/// What stands before a name on its line, the name, and the detectors that they name together.
#[derive(Default)]
struct Head {
    head: Vec<u8>,
    own: Vec<u8>,
    named: Vec<Named>,
}

/// The nearest line that encloses another.
#[derive(Clone)]
struct Nearest {
    line: Option<Range<usize>>,
    /// So far up was looked for it.
    from: usize,
}

impl Sections {
    /// The detectors whose keyword is a word around the value, joined with the value's own `name`,
    /// and the length of that keyword.
    pub(super) fn named(&mut self, text: &[u8], name: &Range<usize>) -> Vec<Named> {
        let mut own: Vec<u8> = { text[name.clone()].iter() }
            .map(|&byte| if byte == b'-' { b'_' } else { byte })
            .collect();
        let mut found: Vec<Named> = Vec::new();
        let mut add = |named: &[Named]| {
            for &(detector, end) in named {
                match found.iter_mut().find(|(known, _)| known.index == detector.index) {
                    Some((_, length)) => *length = end.max(*length),
                    None => found.push((detector, end)),
                }
            }
        };
        let lines = self.lines_around(text, name.start);
        let mut lines = lines.into_iter();
        let head = lines.next().map_or(&b""[..], |line| &text[line]);
        if self.last.head != head || self.last.own != own {
            let named = named_by(head, &own);
            self.last = Head { head: head.to_vec(), own: own.clone(), named };
        }
        add(&self.last.named);
        for line in lines {
            let key = (line, own);
            let known = self.named.entry(key.clone());
            add(known.or_insert_with(|| named_by(&text[key.0.clone()], &key.1)));
            own = key.1;
        }
        found
    }

    /// What stands before the name on its line, then the lines that enclose it: less indented, or
    /// the head of a section.
    fn lines_around(&mut self, text: &[u8], name: usize) -> Vec<Range<usize>> {
        let floor = name.saturating_sub(ABOVE);
        let start = memchr::memrchr(b'\n', &text[floor..name]).map_or(floor, |at| floor + at + 1);
        let mut around = Vec::with_capacity(LEVELS + 1);
        around.push(start..name);
        let mut depth = indent(&text[start..name]);
        let mut start = start;
        while start > floor && around.len() <= LEVELS {
            let Some(line) = self.enclosing(text, start, depth, floor) else { break };
            depth = indent(&text[line.clone()]);
            start = line.start;
            let is_section = text[line.clone()].starts_with(b"[");
            if says_something(&text[line.clone()]) {
                around.push(line);
            }
            if is_section {
                break;
            }
        }
        around
    }

    /// The nearest line above the one that begins at `start` that is the head of a section or less
    /// deep, of those from `floor` on.
    fn enclosing(
        &mut self,
        text: &[u8],
        start: usize,
        depth: usize,
        floor: usize,
    ) -> Option<Range<usize>> {
        let encloses =
            |line: &[u8]| line.starts_with(b"[") || says_something(line) && indent(line) < depth;
        let mut at = start;
        let nearest = loop {
            let known = self.above.get(&(at, depth));
            if let Some(known) = known.filter(|one| one.line.is_some() || one.from <= floor) {
                break known.clone();
            }
            // The line at the floor may be a piece of one: it is no other value's.
            let Some(newline) = memchr::memrchr(b'\n', &text[floor..at - 1]) else {
                break Nearest { line: None, from: floor };
            };
            let line = floor + newline + 1..at - 1;
            at = line.start;
            if encloses(&text[line.clone()]) {
                break Nearest { from: line.start, line: Some(line) };
            }
        };
        self.above.insert((start, depth), nearest.clone());
        nearest.line.filter(|line| line.start > floor).or_else(|| {
            let end = floor + memchr::memchr(b'\n', &text[floor..start])?;
            Some(floor..end).filter(|line| encloses(&text[line.clone()]))
        })
    }
}

fn says_something(line: &[u8]) -> bool {
    line.trim_ascii().len() > 1
}

fn indent(line: &[u8]) -> usize {
    line.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The detectors that a word of a line and a name are the keyword of, when they are joined.
fn named_by(line: &[u8], own: &[u8]) -> Vec<Named> {
    let (mut found, mut joined) = (Vec::new(), Vec::new());
    let mut asked: [&[u8]; WORDS] = [b""; WORDS];
    for (number, owner) in words(line).take(WORDS).enumerate() {
        if !may_own(owner) {
            continue;
        }
        asked[number] = owner;
        // A line that says a word twice says no more.
        if asked[..number].contains(&owner) {
            continue;
        }
        joined.clear();
        joined.extend_from_slice(owner);
        joined.push(b'_');
        joined.extend_from_slice(own);
        joined.make_ascii_lowercase();
        for (literal, looking) in detector::keywords_opening(&joined, owner.len() + 1) {
            let looking = looking.iter().map(|&index| &detector::all()[usize::from(index)]);
            let labels = looking.filter(|known| known.context == Context::Label);
            found.extend(labels.map(|detector| (detector, literal.len())));
        }
    }
    found
}

/// Whether some keyword may go on with `_` behind this word: most words are told by their first two letters
/// and their length.
fn may_own(word: &[u8]) -> bool {
    static LENGTHS: LazyLock<[u32; 1024]> = LazyLock::new(|| {
        let mut lengths = [0; 1024];
        for (keyword, _) in detector::keywords() {
            let keyword = keyword.as_bytes();
            for length in memchr::memchr_iter(b'_', keyword).take_while(|&at| at < 32) {
                lengths[beginning(keyword)] |= 1 << length;
            }
        }
        lengths
    });
    LENGTHS[beginning(word)] >> word.len() & 1 == 1
}

/// The low five bits of a word's first two letters, whatever their case.
fn beginning(word: &[u8]) -> usize {
    word.iter().take(2).fold(0, |place, byte| place << 5 | usize::from(byte & 31))
}

/// The words of a line as programs name things.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            while !IN_WORD[usize::from(*line.get(at)?)] {
                at += 1;
            }
            let start = at;
            while line.get(at).is_some_and(|&byte| IN_WORD[usize::from(byte)]) {
                at += 1;
            }
            if (2..=30).contains(&(at - start)) {
                return Some(&line[start..at]);
            }
        }
    })
}

/// Letters, digits and `_`: a line may be long, and is read for each value on it.
static IN_WORD: [bool; 256] = {
    let (mut known, mut byte) = ([false; 256], 0);
    while byte < known.len() {
        known[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        byte += 1;
    }
    known
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids(text: &str, name: &str) -> Vec<&'static str> {
        let start = text.rfind(name).unwrap();
        let name = start..start + name.len();
        let found = Sections::default().named(text.as_bytes(), &name);
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

    /// As [`Sections::lines_around`] for one name alone.
    fn lines_around(text: &[u8], name: usize) -> Vec<&[u8]> {
        let floor = name.saturating_sub(ABOVE);
        let line_start = |end: usize| {
            memchr::memrchr(b'\n', &text[floor..end]).map_or(floor, |at| floor + at + 1)
        };
        let mut start = line_start(name);
        let mut around = vec![&text[start..name]];
        let mut depth = indent(around[0]);
        while start > floor && around.len() <= LEVELS {
            let end = start - 1;
            start = line_start(end);
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

    proptest! {
        #[test]
        fn the_lines_around_are_those_of_each_name_alone(
            text in "(( {0,3}|\t)(\\[|[a-z]{0,6}|x{990,1010})\n){0,30}",
            names in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
        ) {
            let text = text.as_bytes();
            let mut sections = Sections::default();
            for name in names {
                let name = name.index(text.len() + 1);
                let around = sections.lines_around(text, name);
                let around: Vec<&[u8]> = around.into_iter().map(|line| &text[line]).collect();
                prop_assert_eq!(around, lines_around(text, name));
            }
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
