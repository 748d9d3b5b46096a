//! Which bytes of a program to change so that it reads a key from the environment.

use std::ops::Range;

use super::lexer::{Literal, State, in_here_document, state};
use super::{dockerfile, hcl, jenkins, kubernetes, pipeline};
use crate::report::Language;

/// A change of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// The bytes that go.
    pub(super) range: Range<usize>,
    /// What comes.
    pub(super) new: String,
    /// Where among the bytes that go the key stands, if it does.
    pub(super) key: Option<Range<usize>>,
}

impl Edit {
    pub(super) fn insert(at: usize, new: &str) -> Edit {
        Edit { range: at..at, new: new.to_owned(), key: None }
    }
}

/// Why a key is left where it is.
pub(super) type Refusal = &'static str;

/// The variable's name where the place itself has one: `ENV NAME=…`, `variable "name"`.
pub(super) fn fixed_name(language: Language, text: &[u8], key: &Range<usize>) -> Option<String> {
    match language {
        Language::Terraform => hcl::fixed_name(text, key),
        Language::Dockerfile => dockerfile::fixed_name(text, key),
        Language::Gitlab | Language::Circleci | Language::Travis => {
            pipeline::fixed_name(language, text, key)
        }
        Language::Jenkins => jenkins::fixed_name(text, key),
        Language::Kubernetes => kubernetes::fixed_name(text, key),
        _ => None,
    }
}

/// A name that the environment takes.
pub(super) fn environment_name(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (plain && starts).then(|| name.to_owned())
}

/// The changes to a command that a shell gets, which is a part of a file.
pub(super) fn shell(
    text: &[u8],
    part: Range<usize>,
    key: &Range<usize>,
    variable: &str,
) -> Result<Vec<Edit>, Refusal> {
    let from = part.start;
    let within = key.start - from..key.end - from;
    let mut edits = rewrite(Language::Shell, &text[part], &within, variable)?;
    let shift = |range: &mut Range<usize>| *range = range.start + from..range.end + from;
    for edit in &mut edits {
        shift(&mut edit.range);
        edit.key.iter_mut().for_each(shift);
    }
    Ok(edits)
}

/// The changes that replace the key at `key` by a read of `variable`.
pub(super) fn rewrite(
    language: Language,
    text: &[u8],
    key: &Range<usize>,
    variable: &str,
) -> Result<Vec<Edit>, Refusal> {
    let value = &text[key.clone()];
    if value.contains(&b'\n') {
        return Err("it takes several lines: keep it in a file outside the repository");
    }
    if value.contains(&b'\\') {
        return Err("it is written with escapes, which only the language reads right");
    }
    match language {
        Language::Terraform => return hcl::rewrite(text, key, variable),
        Language::Dockerfile => return dockerfile::rewrite(text, key, variable),
        Language::Gitlab | Language::Circleci | Language::Travis => {
            return pipeline::rewrite(language, text, key, variable);
        }
        Language::Jenkins => return jenkins::rewrite(text, key, variable),
        Language::Kubernetes => return kubernetes::rewrite(text, key, variable),
        _ => {}
    }
    if in_here_document(language, text, key.start) {
        return Err("it stands in a here-document");
    }
    let in_place = |new: String| Ok(vec![Edit { range: key.clone(), new, key: Some(key.clone()) }]);
    let state = state(language, text, key.start);
    match (language, state) {
        (_, State::Comment) => Err("it stands in a comment: delete it there"),
        (Language::Compose | Language::Github, state) => {
            let line = line_before(text, key.start);
            if state == State::Code && line.iter().any(|byte| b"{[".contains(byte)) {
                return Err("it stands unquoted between braces");
            }
            in_place(if language == Language::Github {
                format!("${{{{ secrets.{variable} }}}}")
            } else {
                format!("${{{variable}:?}}")
            })
        }
        (Language::Shell, State::Code) => in_place(format!("\"${{{variable}:?}}\"")),
        (_, State::Code) => Err("it stands in no string that keystop understands"),
        (_, State::Text(literal)) => in_string(language, text, key, variable, &literal),
    }
}

fn in_string(
    language: Language,
    text: &[u8],
    key: &Range<usize>,
    variable: &str,
    literal: &Literal,
) -> Result<Vec<Edit>, Refusal> {
    if literal.long || text[literal.start..key.start].contains(&b'\n') {
        return Err("it stands in a text of several lines");
    }
    let Some(range) = literal.range(language, text, key.end) else {
        return Err("it stands in a text of several lines");
    };
    if language != Language::Shell {
        constant(language, text, &range)?;
    }
    let prefix = literal.prefix(text);
    let whole = literal.quote_at + 1 == key.start && key.end + 1 == range.end;
    let in_place = |new: String| Ok(vec![Edit { range: key.clone(), new, key: Some(key.clone()) }]);
    match (language, literal.quote) {
        (Language::Shell, _) if prefix == b"$" => return Err("it stands in a $'…' string"),
        (Language::Shell, b'"') => return in_place(format!("${{{variable}:?}}")),
        (Language::Shell, _) if !whole => return in_place(format!("'\"${{{variable}:?}}\"'")),
        (Language::Shell, _) => {
            let new = format!("\"${{{variable}:?}}\"");
            return Ok(vec![Edit { range, new, key: Some(key.clone()) }]);
        }
        (Language::Javascript | Language::Typescript, b'`') if !whole => {
            return in_place(format!("${{process.env.{variable}}}"));
        }
        (Language::Ruby, b'"') if !whole => {
            return in_place(format!("#{{ENV.fetch(\"{variable}\")}}"));
        }
        (Language::Ruby, b'`') => return Err("it stands in a command"),
        _ => {}
    }
    if prefix.iter().any(|byte| b"bBc#".contains(byte)) {
        return Err("it stands in a string of bytes");
    }
    let read = read(language, variable, text, &range);
    if whole {
        return Ok(vec![Edit { range, new: read, key: Some(key.clone()) }]);
    }
    if !prefix.is_empty() || language == Language::Rust {
        return Err("it is a part of a string that cannot be split safely");
    }
    let quote = char::from(literal.quote);
    let plus = if language == Language::Php { " . " } else { " + " };
    Ok(vec![
        Edit::insert(range.start, "("),
        Edit {
            range: key.clone(),
            new: format!("{quote}{plus}{read}{plus}{quote}"),
            key: Some(key.clone()),
        },
        Edit::insert(range.end, ")"),
    ])
}

/// The expression that reads `variable` in place of the literal at `range`.
fn read(language: Language, variable: &str, text: &[u8], range: &Range<usize>) -> String {
    match language {
        Language::Python => format!("os.environ[\"{variable}\"]"),
        Language::Javascript => format!("process.env.{variable}"),
        Language::Typescript => format!("process.env.{variable}!"),
        Language::Go => format!("os.Getenv(\"{variable}\")"),
        Language::Java | Language::Kotlin => format!("System.getenv(\"{variable}\")"),
        Language::Ruby => format!("ENV.fetch(\"{variable}\")"),
        Language::Php => format!("getenv('{variable}')"),
        Language::Csharp => format!("System.Environment.GetEnvironmentVariable(\"{variable}\")"),
        _ => {
            let read = format!("std::env::var(\"{variable}\").expect(\"{variable} is not set\")");
            // `let key = "…";` lends its value a name; anywhere else the statement keeps it alive.
            let bound = line_before(text, range.start).trim_ascii_start().starts_with(b"let ")
                && text[range.end..].trim_ascii_start().starts_with(b";");
            if bound { format!("&{read}") } else { format!("{read}.as_str()") }
        }
    }
}

/// Refuses places where only a constant may stand.
fn constant(language: Language, text: &[u8], range: &Range<usize>) -> Result<(), Refusal> {
    let before = text[..range.start].trim_ascii_end();
    let after = text[range.end..].trim_ascii_start();
    let last = before.last().copied().unwrap_or(b'\n');
    let next = after.first().copied().unwrap_or(b'\n');
    if b"\"'`".contains(&last) || b"\"'`".contains(&next) {
        return Err("strings that stand side by side are one");
    }
    let script = matches!(language, Language::Javascript | Language::Typescript);
    if (script || language == Language::Ruby) && next == b':' && b"{,(".contains(&last) {
        return Err("it is the name of a field");
    }
    let line = line_before(text, range.start);
    let word = first_word(line);
    if matches!(word, b"case" | b"import" | b"from" | b"use" | b"require") {
        return Err("only a constant may stand there");
    }
    let head = head(language, text, range.start);
    let says = |word: &str| words(head).any(|one| one == word.as_bytes());
    let trimmed = head.trim_ascii_start();
    let constant = match language {
        Language::Javascript => jsx(text, range),
        Language::Typescript => {
            jsx(text, range) || matches!(word, b"type" | b"interface" | b"declare")
        }
        Language::Go => word == b"const" || trimmed.starts_with(b"const") || line.contains(&b'`'),
        Language::Java => trimmed.starts_with(b"@"),
        Language::Kotlin => says("const") || trimmed.starts_with(b"@"),
        Language::Csharp => says("const") || trimmed.starts_with(b"["),
        Language::Rust => {
            says("const") || says("static") || trimmed.starts_with(b"#[") || before.ends_with(b"!(")
        }
        Language::Php => {
            ["const", "static", "private", "public", "protected", "var", "function", "fn"]
                .into_iter()
                .any(says)
                || trimmed.starts_with(b"#[")
        }
        _ => false,
    };
    if constant {
        return Err("only a constant may stand there");
    }
    Ok(())
}

/// An attribute of an element: `<a key="…">`.
fn jsx(text: &[u8], range: &Range<usize>) -> bool {
    let line = line_before(text, range.start);
    line.last() == Some(&b'=') && line.contains(&b'<')
}

/// The statement from its beginning to `at`.
fn head(language: Language, text: &[u8], at: usize) -> &[u8] {
    let mut depth = 0_usize;
    let mut start = at;
    while start > 0 {
        match text[start - 1] {
            b')' | b']' => depth += 1,
            b'(' | b'[' if depth > 0 => depth -= 1,
            // `const ( … )` is one statement; elsewhere a line of these languages is one.
            b'\n' if depth == 0 && matches!(language, Language::Kotlin) => break,
            b'\n' if language == Language::Go && depth == 0 && !in_block(text, start) => break,
            b';' | b'{' | b'}' if depth == 0 => break,
            _ => {}
        }
        start -= 1;
    }
    &text[start..at]
}

/// Whether `at` lies in Go's `const ( … )`.
fn in_block(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    memchr::memmem::rfind(before, b"const (").is_some_and(|open| {
        !before[open..].split(|&byte| byte == b'\n').any(|line| line.starts_with(b")"))
    })
}

fn line_before(text: &[u8], at: usize) -> &[u8] {
    let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
    &text[start..at]
}

fn first_word(line: &[u8]) -> &[u8] {
    words(line).next().unwrap_or_default()
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .filter(|word| !word.is_empty())
}

/// The text with the changes made, and where each of them then stands.
pub(super) fn apply(text: &[u8], edits: &[Edit]) -> (Vec<u8>, Vec<Range<usize>>) {
    let mut new = Vec::with_capacity(text.len());
    let mut places = Vec::with_capacity(edits.len());
    let mut at = 0;
    for edit in edits {
        new.extend_from_slice(&text[at..edit.range.start]);
        places.push(new.len()..new.len() + edit.new.len());
        new.extend_from_slice(edit.new.as_bytes());
        at = edit.range.end;
    }
    new.extend_from_slice(&text[at..]);
    (new, places)
}
