//! Dockerfiles: an image keeps what its file says, so a key is mounted while a command runs, or
//! given when the image runs.

use std::ops::Range;

use super::rewrite::{Edit, Refusal, environment_name, shell};

const KEPT: Refusal = "an image would keep it: use it in a RUN with a mounted secret, see keystop explain ID --lang dockerfile";

/// One instruction, with the lines it goes on in.
#[derive(Debug)]
struct Instruction {
    range: Range<usize>,
    word: String,
    /// Where what follows the word and its flags begins.
    body: usize,
}

/// The variable that this place sets: that of `ENV` and `ARG`.
pub(super) fn fixed_name(text: &[u8], key: &Range<usize>) -> Option<String> {
    let all = instructions(text);
    let instruction = all.iter().find(|one| one.range.contains(&key.start))?;
    matches!(instruction.word.as_str(), "ENV" | "ARG").then_some(())?;
    let pairs = pairs(text, instruction);
    pairs.into_iter().find(|pair| pair.range.contains(&key.start)).and_then(|pair| pair.name)
}

/// The changes that replace the key by a read of `variable`.
pub(super) fn rewrite(
    text: &[u8],
    key: &Range<usize>,
    variable: &str,
) -> Result<Vec<Edit>, Refusal> {
    if text.split(|&byte| byte == b'\n').any(|line| {
        let line = line.to_ascii_lowercase();
        line.starts_with(b"#") && memchr::memmem::find(&line, b"escape=").is_some()
    }) {
        return Err("the file sets an escape character of its own");
    }
    let all = instructions(text);
    let line = &text[line_start(text, key.start)..key.start];
    if line.trim_ascii_start().starts_with(b"#") {
        return Err("it stands in a comment: delete it there");
    }
    let Some(at) = all.iter().position(|one| one.range.contains(&key.start)) else {
        return Err("it stands in no instruction");
    };
    let instruction = &all[at];
    match instruction.word.as_str() {
        "RUN" | "CMD" | "ENTRYPOINT" => {
            let said = &text[instruction.body..instruction.range.end];
            if said.trim_ascii_start().starts_with(b"[") {
                return Err(
                    "a list of words reads no variable: write the command without brackets",
                );
            }
            if memchr::memmem::find(said, b"<<").is_some() {
                return Err("it stands in a here-document");
            }
            let mut edits = shell(text, instruction.body..instruction.range.end, key, variable)?;
            if instruction.word == "RUN" {
                edits.extend(mount(text, instruction, variable));
            }
            Ok(edits)
        }
        "ENV" | "ARG" => without_pair(text, &all, at, key, variable),
        _ => Err(KEPT),
    }
}

/// Takes a pair out of `ENV` or `ARG`, and mounts the variable where later commands name it.
fn without_pair(
    text: &[u8],
    all: &[Instruction],
    at: usize,
    key: &Range<usize>,
    variable: &str,
) -> Result<Vec<Edit>, Refusal> {
    let instruction = &all[at];
    let pairs = pairs(text, instruction);
    let Some(number) = pairs.iter().position(|pair| pair.range.contains(&key.start)) else {
        return Err(KEPT);
    };
    let pair = &pairs[number];
    let value = &text[pair.value.clone()];
    let quoted = matches!(value.first(), Some(b'"' | b'\'')) && value.len() > 1;
    let quotes = usize::from(quoted);
    if (pair.value.start + quotes..pair.value.end - quotes) != *key || pair.name.is_none() {
        return Err(
            "it is a part of a value: give the image the whole variable when it runs, docker run --env-file",
        );
    }
    let mut edits = Vec::new();
    for later in &all[at + 1..] {
        let used = uses(&text[later.body..later.range.end], variable);
        match later.word.as_str() {
            _ if !used => {}
            "RUN" => edits.extend(mount(text, later, variable)),
            "CMD" | "ENTRYPOINT" | "HEALTHCHECK" if instruction.word == "ENV" => {}
            _ => return Err("a later instruction needs it, and an image would keep it there"),
        }
    }
    let (range, new) = if pairs.len() == 1 {
        let how = match instruction.word.as_str() {
            "ENV" => "is given when the image runs: docker run --env-file",
            _ => "is a secret of the build: docker build --secret",
        };
        (instruction.range.clone(), format!("# {variable} {how}"))
    } else {
        let before = match number {
            0 => instruction.range.start + instruction.word.len(),
            _ => pairs[number - 1].range.end,
        };
        (before..pair.range.end, String::new())
    };
    edits.push(Edit { range, new, key: Some(key.clone()) });
    Ok(edits)
}

/// The flag that gives a command the variable, where it has none yet.
fn mount(text: &[u8], run: &Instruction, variable: &str) -> Option<Edit> {
    let flag = format!("--mount=type=secret,id={variable},env={variable} ");
    let said = &text[run.range.clone()];
    let there = memchr::memmem::find(said, flag.trim_end().as_bytes()).is_some();
    (!there).then(|| Edit::insert(run.range.start + run.word.len() + 1, &flag))
}

/// Whether a text names a variable: `$A`, `${A…}`.
fn uses(said: &[u8], variable: &str) -> bool {
    memchr::memmem::find_iter(said, variable).any(|at| {
        let before = &said[..at];
        let next = said.get(at + variable.len()).copied().unwrap_or(b' ');
        let ends = !(next.is_ascii_alphanumeric() || next == b'_');
        ends && (before.ends_with(b"$") || before.ends_with(b"${"))
    })
}

#[derive(Debug)]
struct Pair {
    range: Range<usize>,
    name: Option<String>,
    value: Range<usize>,
}

/// The pairs of `ENV` or `ARG`; of the old form `ENV name value` there is one.
fn pairs(text: &[u8], instruction: &Instruction) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let end = instruction.range.end;
    let mut at = instruction.body;
    while at < end {
        let gap = text[at] == b'\\' && text.get(at + 1) == Some(&b'\n');
        if gap || text[at].is_ascii_whitespace() {
            at += 1 + usize::from(gap);
            continue;
        }
        // Comments between the lines of an instruction are not part of it.
        if text[at] == b'#' && text[line_start(text, at)..at].trim_ascii().is_empty() {
            at = memchr::memchr(b'\n', &text[at..end]).map_or(end, |newline| at + newline);
            continue;
        }
        let start = at;
        let mut quote = None;
        while at < end {
            match (text[at], quote) {
                (b'\\', _) if text.get(at + 1) == Some(&b'\n') => break,
                (b'\\', _) => at += 1,
                (byte, Some(open)) if byte == open => quote = None,
                (byte @ (b'"' | b'\''), None) => quote = Some(byte),
                (byte, None) if byte.is_ascii_whitespace() => break,
                _ => {}
            }
            at += 1;
        }
        let range = start..at.min(end);
        let equals = memchr::memchr(b'=', &text[range.clone()]);
        let Some(equals) = equals else {
            if !pairs.is_empty() || instruction.word != "ENV" {
                return Vec::new();
            }
            let rest = &text[range.end..end];
            let from = range.end + rest.len() - rest.trim_ascii_start().len();
            let name = environment_name(&text[range]);
            return vec![Pair { range: start..end, name, value: from..end }];
        };
        let name = environment_name(&text[start..start + equals]);
        pairs.push(Pair { value: start + equals + 1..range.end, range, name });
    }
    pairs
}

/// All instructions, in their order.
fn instructions(text: &[u8]) -> Vec<Instruction> {
    let mut all = Vec::new();
    let mut lines = lines(text).peekable();
    while let Some(line) = lines.next() {
        let said = text[line.clone()].trim_ascii_start();
        if said.is_empty() || said.starts_with(b"#") {
            continue;
        }
        let start = line.end - said.len();
        let mut end = line.end;
        let mut goes_on = continues(&text[line]);
        while goes_on && let Some(next) = lines.next() {
            let said = text[next.clone()].trim_ascii();
            if said.is_empty() || said.starts_with(b"#") {
                continue;
            }
            end = next.end;
            goes_on = continues(&text[next]);
        }
        for word in here_words(&text[start..end]) {
            for next in lines.by_ref() {
                end = next.end;
                if text[next].trim_ascii() == word {
                    break;
                }
            }
        }
        end = start + text[start..end].trim_ascii_end().len();
        let word = text[start..end].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let mut body = start + word;
        loop {
            let rest = &text[body..end];
            let gap = rest.len() - rest.trim_ascii_start().len();
            if !rest.trim_ascii_start().starts_with(b"--") {
                body += gap;
                break;
            }
            let flag = rest[gap..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
            body += gap + flag;
        }
        let word = String::from_utf8_lossy(&text[start..start + word]).to_ascii_uppercase();
        all.push(Instruction { range: start..end, word, body });
    }
    all
}

fn continues(line: &[u8]) -> bool {
    line.trim_ascii_end().ends_with(b"\\")
}

/// The words that end an instruction's here-documents.
fn here_words(said: &[u8]) -> Vec<Vec<u8>> {
    memchr::memmem::find_iter(said, b"<<")
        .filter_map(|at| {
            let rest = &said[at + 2..];
            let skip = rest.iter().take_while(|byte| b"-\"'".contains(byte)).count();
            let name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
            let word: Vec<u8> = rest[skip..].iter().take_while(name).copied().collect();
            word.first().is_some_and(|byte| !byte.is_ascii_digit()).then_some(word)
        })
        .collect()
}

fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split(|&byte| byte == b'\n').map(move |line| {
        at += line.len() + 1;
        at - line.len() - 1..at - 1
    })
}

fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1)
}
