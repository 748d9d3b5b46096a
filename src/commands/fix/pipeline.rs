//! GitLab's, CircleCI's and Travis' pipelines: a variable is set in the project's settings, and a
//! command reads it.

use std::ops::Range;

use super::rewrite::{Edit, Refusal, environment_name, shell};
use super::yaml::{Spot, spot};
use crate::report::Language;

/// Fields whose text a shell runs.
fn runs(language: Language, spot: &Spot) -> bool {
    let own = spot.line.name;
    let parent = spot.parents.first().and_then(|parent| parent.name);
    let name = own.or(parent).unwrap_or_default();
    match language {
        Language::Gitlab => matches!(name, "script" | "before_script" | "after_script"),
        Language::Circleci => name == "run" || name == "command" && parent == Some("run"),
        _ => {
            let phases = ["install", "script", "deploy", "cache", "success", "failure"];
            let phase =
                |start: &str| name.strip_prefix(start).is_some_and(|phase| phases.contains(&phase));
            matches!(name, "install" | "script") || phase("before_") || phase("after_")
        }
    }
}

/// The variable that a line sets, and its value.
fn variable_line(language: Language, text: &[u8], spot: &Spot) -> Option<(String, Range<usize>)> {
    let parent = |at: usize| spot.parents.get(at).and_then(|parent| parent.name);
    let is_map = match language {
        Language::Gitlab => parent(0) == Some("variables"),
        Language::Circleci => parent(0) == Some("environment"),
        _ => parent(0) == Some("env") || (parent(0), parent(1)) == (Some("global"), Some("env")),
    };
    if !is_map || spot.block {
        return None;
    }
    if let Some(name) = spot.line.name.filter(|_| !spot.line.is_item()) {
        return Some((environment_name(name.as_bytes())?, spot.value.clone()));
    }
    // `- NAME=value`. Directly below `env` each item would be a job of its own.
    let global = language == Language::Travis && parent(0) == Some("global");
    let said = &text[spot.value.clone()];
    let equals = memchr::memchr(b'=', said).filter(|_| global && spot.line.is_item())?;
    let one = spot.line.name.is_none() && !said.contains(&b' ');
    let name = environment_name(&said[..equals]).filter(|_| one)?;
    Some((name, spot.value.start + equals + 1..spot.value.end))
}

/// The variable that this place sets already.
pub(super) fn fixed_name(language: Language, text: &[u8], key: &Range<usize>) -> Option<String> {
    let spot = spot(text, key)?;
    let (name, value) = variable_line(language, text, &spot)?;
    is_whole(text, &value, key).then_some(name)
}

fn is_whole(text: &[u8], value: &Range<usize>, key: &Range<usize>) -> bool {
    let quoted = matches!(text[value.clone()].first(), Some(b'"' | b'\'')) && value.len() > 1;
    let quotes = usize::from(quoted);
    (value.start + quotes..value.end - quotes) == *key
}

/// The changes that replace the key by a read of `variable`.
pub(super) fn rewrite(
    language: Language,
    text: &[u8],
    key: &Range<usize>,
    variable: &str,
) -> Result<Vec<Edit>, Refusal> {
    let line = memchr::memrchr(b'\n', &text[..key.start]).map_or(0, |newline| newline + 1);
    if text[line..key.start].trim_ascii_start().starts_with(b"#") {
        return Err("it stands in a comment: delete it there");
    }
    let Some(spot) = spot(text, key) else {
        return Err(
            "it stands in a comment, or where keystop does not follow the file's structure",
        );
    };
    if let Some((_, value)) = variable_line(language, text, &spot) {
        if is_whole(text, &value, key) {
            return Ok(vec![without(language, text, key, &spot, variable)]);
        }
        if language == Language::Gitlab {
            let new = format!("${{{variable}}}");
            return Ok(vec![Edit { range: key.clone(), new, key: Some(key.clone()) }]);
        }
        return Err(
            "it is a part of a variable: set the whole variable in the project's settings, and take the line out",
        );
    }
    if !runs(language, &spot) {
        return Err(
            "set it in the project's settings, and let a command of the job read it: keystop explain ID --lang",
        );
    }
    let value = spot.value.clone();
    let quote = text[value.start];
    if spot.block || !b"\"'".contains(&quote) {
        if text[value.clone()].starts_with(b"[") || text[value.clone()].starts_with(b"{") {
            return Err("it stands between brackets: give the command a line of its own");
        }
        return shell(text, value, key, variable);
    }
    // What the shell gets is the text inside the quotes, if that has no escapes.
    let inside = value.start + 1..value.end - 1;
    let said = &text[inside.clone()];
    let unlike: &[u8] = if quote == b'"' { b"\\" } else { b"''" };
    let mut edits = shell(text, inside, key, variable)?;
    // A value of one plain word needs no quotes of the shell's, which would end YAML's.
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./+=:@".contains(byte);
    if let [edit] = edits.as_mut_slice()
        && quote == b'"'
        && text[key.clone()].iter().all(plain)
        && let Some(bare) = edit.new.strip_prefix('"').and_then(|new| new.strip_suffix('"'))
    {
        edit.new = bare.to_owned();
    }
    let breaks = edits.iter().any(|edit| edit.new.contains(char::from(quote)));
    if memchr::memmem::find(said, unlike).is_some() || breaks {
        return Err("it stands in a quoted text: give the command without the outer quotes");
    }
    Ok(edits)
}

/// Takes the line out, and its field where nothing else is in it; a comment says where it went.
fn without(
    language: Language,
    text: &[u8],
    key: &Range<usize>,
    spot: &Spot,
    variable: &str,
) -> Edit {
    let alone = spot.siblings(text).is_empty();
    let parent = spot.parents.first().filter(|parent| alone && !parent.is_item());
    let line = parent.unwrap_or(&spot.line);
    let first = if parent.is_some() { line.column } else { indentation(text, spot.line.start) };
    let place = match language {
        Language::Gitlab => "is set in the project's CI/CD settings",
        Language::Circleci => "is set in the project's settings, or in a context",
        _ => "is set in the repository's settings",
    };
    let range = line.start + first..spot.value.end;
    Edit { range, new: format!("# {variable} {place}"), key: Some(key.clone()) }
}

fn indentation(text: &[u8], start: usize) -> usize {
    text[start..].iter().take_while(|byte| **byte == b' ').count()
}
