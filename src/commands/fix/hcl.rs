//! Terraform: a key becomes a sensitive variable that the environment sets (`TF_VAR_…`).

use std::ops::Range;

use super::rewrite::{Edit, Refusal};

/// How Terraform's variables are called in the environment.
pub(super) const PREFIX: &str = "TF_VAR_";

/// Blocks in which an expression may stand.
const BLOCKS: &[&str] = &["resource", "data", "ephemeral", "locals", "provider", "module"];

/// What surrounds an offset.
#[derive(Debug)]
struct Spot {
    frames: Vec<Frame>,
    comment: bool,
}

#[derive(Debug)]
enum Frame {
    /// A block or an object, with where its header begins and the header.
    Braces(usize, Vec<String>),
    Brackets,
    /// A string, with its opening quote.
    Text(usize),
    /// `${ … }` in a text.
    Template,
    /// `<<WORD`.
    Here,
}

/// The variable that this place has already: that of a `variable` block's default, or of a line of
/// a `.tfvars` file.
pub(super) fn fixed_name(text: &[u8], key: &Range<usize>) -> Option<String> {
    let spot = spot(text, key.start);
    let name = match spot.frames.as_slice() {
        [Frame::Text(_)] => attribute(text, key.start)?,
        [Frame::Braces(_, header), Frame::Text(_)] if header.first()? == "variable" => {
            header.get(1)?.clone()
        }
        _ => return None,
    };
    Some(format!("{PREFIX}{name}"))
}

/// The changes that replace the key by a read of `variable`, which begins with [`PREFIX`].
pub(super) fn rewrite(
    text: &[u8],
    key: &Range<usize>,
    variable: &str,
) -> Result<Vec<Edit>, Refusal> {
    let name = variable.strip_prefix(PREFIX).unwrap_or(variable);
    let spot = spot(text, key.start);
    if spot.comment {
        return Err("it stands in a comment: delete it there");
    }
    let edit =
        |range: Range<usize>, new: String| Ok(vec![Edit { range, new, key: Some(key.clone()) }]);
    let header = spot.frames.iter().find_map(|frame| match frame {
        Frame::Braces(start, header) => Some((*start, header)),
        _ => None,
    });
    let whole = |quote: usize| quote + 1 == key.start && text.get(key.end) == Some(&b'"');
    const VALUE: Refusal =
        "set the whole value in the environment: TF_VAR_ and the variable's name";
    let Some((start, header)) = header else {
        let [Frame::Text(quote)] = spot.frames.as_slice() else {
            return Err("it stands in no string that keystop understands");
        };
        // A line of a .tfvars file: without it Terraform reads the environment.
        let line = line_around(text, key.start);
        let behind = text[key.end..line.end].strip_prefix(b"\"").unwrap_or(b"x").trim_ascii();
        if !whole(*quote) || !behind.is_empty() || attribute(text, key.start).is_none() {
            return Err(VALUE);
        }
        return edit(line.start..text.len().min(line.end + 1), String::new());
    };
    let word = header.first().map(String::as_str).unwrap_or_default();
    if word == "variable" {
        let (2, Some(Frame::Text(quote))) = (spot.frames.len(), spot.frames.last()) else {
            return Err(
                "take the variable's default out and set it in the environment: TF_VAR_ and its name",
            );
        };
        let line = line_around(text, key.start);
        let from = line.start + indentation(&text[line.clone()]);
        let alone = text[key.end..line.end].trim_ascii() == b"\"";
        if !whole(*quote) || !alone || attribute(text, key.start).as_deref() != Some("default") {
            return Err(
                "take the variable's default out and set it in the environment: TF_VAR_ and its name",
            );
        }
        return if is_sensitive(text, start) {
            edit(line.start..text.len().min(line.end + 1), String::new())
        } else {
            edit(from..key.end + 1, "sensitive = true".to_owned())
        };
    }
    let constant = spot.frames.iter().any(|frame| {
        matches!(frame, Frame::Braces(_, header)
            if header.first().is_some_and(|word| word == "lifecycle" || word == "backend"))
    });
    let source = word == "module"
        && matches!(attribute(text, key.start).as_deref(), Some("source" | "version"));
    if word == "terraform" || constant || source {
        return Err(
            "only a constant may stand there: a backend takes its key from the environment, or from terraform init -backend-config",
        );
    }
    if word == "output" {
        return Err("an output is printed: take it out");
    }
    if header.get(1).is_some_and(|word| word == "=") {
        return Err(VALUE);
    }
    if !BLOCKS.contains(&word) {
        return Err("it stands in a block that keystop does not know");
    }
    match spot.frames.last() {
        Some(Frame::Text(quote)) if whole(*quote) => {
            let next = text[key.end + 1..].trim_ascii_start();
            let before = text[..*quote].trim_ascii_end().last().copied().unwrap_or(b' ');
            let assigned = next.starts_with(b"=") && !next.starts_with(b"==");
            if assigned || next.starts_with(b":") && b"{,".contains(&before) {
                return Err("it is the name of a field");
            }
            edit(*quote..key.end + 1, format!("var.{name}"))
        }
        Some(Frame::Text(_) | Frame::Here) => edit(key.clone(), format!("${{var.{name}}}")),
        _ => Err("it stands in no string that keystop understands"),
    }
}

/// Whether a text declares a variable.
pub(super) fn declares(text: &[u8], name: &str) -> bool {
    text.split(|&byte| byte == b'\n').any(|line| {
        let words = words(line);
        words.first().is_some_and(|word| word == "variable")
            && words.get(1).is_some_and(|word| word == name)
    })
}

/// The declaration of a variable, at the end of a text.
pub(super) fn declaration(text: &[u8], name: &str) -> Edit {
    let gap = match text {
        [] => "",
        [.., b'\n'] => "\n",
        _ => "\n\n",
    };
    let block =
        format!("{gap}variable \"{name}\" {{\n  type      = string\n  sensitive = true\n}}\n");
    Edit::insert(text.len(), &block)
}

/// `name` of the line's `name = …`.
fn attribute(text: &[u8], at: usize) -> Option<String> {
    let line = &text[line_around(text, at).start..at];
    let (name, rest) = line.split_at(line.iter().position(|&byte| byte == b'=')?);
    let name = std::str::from_utf8(name.trim_ascii()).ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let all = !name.is_empty() && name.chars().all(plain);
    (all && !rest.starts_with(b"==")).then(|| name.to_owned())
}

/// Whether the block that begins at `start` says so.
fn is_sensitive(text: &[u8], start: usize) -> bool {
    let mut lines = text[start..].split(|&byte| byte == b'\n');
    let indent = indentation(lines.next().unwrap_or_default());
    lines
        .take_while(|line| !(line.trim_ascii() == b"}" && indentation(line) <= indent))
        .any(|line| words(line).first().is_some_and(|word| word == "sensitive"))
}

/// What stands at `until`, read from the top of the file.
fn spot(text: &[u8], until: usize) -> Spot {
    let mut frames: Vec<Frame> = Vec::new();
    let (mut at, mut line) = (0, 0);
    while at < until {
        let rest = &text[at..];
        if let Some(Frame::Text(_)) = frames.last() {
            at += match rest[0] {
                b'\\' => 2,
                b'"' => {
                    frames.pop();
                    1
                }
                _ if rest.starts_with(b"$${") || rest.starts_with(b"%%{") => 3,
                _ if rest.starts_with(b"${") || rest.starts_with(b"%{") => {
                    frames.push(Frame::Template);
                    2
                }
                _ => 1,
            };
            continue;
        }
        let hash = rest[0] == b'#' || rest.starts_with(b"//");
        if hash || rest.starts_with(b"/*") {
            let end =
                if hash { memchr::memchr(b'\n', rest) } else { memchr::memmem::find(rest, b"*/") };
            let end = end.unwrap_or(rest.len());
            if at + end >= until {
                return Spot { frames, comment: true };
            }
            at += if hash { end } else { end + 2 };
            continue;
        }
        if let Some(end) = here_document(rest) {
            if at + end > until {
                frames.push(Frame::Here);
                return Spot { frames, comment: false };
            }
            at += end;
            line = at;
            continue;
        }
        match rest[0] {
            b'"' => frames.push(Frame::Text(at)),
            b'{' => frames.push(Frame::Braces(line, words(&text[line..at]))),
            b'[' | b'(' => frames.push(Frame::Brackets),
            b'}' | b']' | b')' => drop(frames.pop()),
            b'\n' => line = at + 1,
            _ => {}
        }
        at += 1;
    }
    Spot { frames, comment: false }
}

/// The length of the here-document that begins here, with its last line.
fn here_document(rest: &[u8]) -> Option<usize> {
    let word = rest.strip_prefix(b"<<")?;
    let word = word.strip_prefix(b"-").unwrap_or(word);
    let name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let word = &word[..word.iter().take_while(name).count()];
    if word.is_empty() {
        return None;
    }
    let mut end = 0;
    for (number, line) in rest.split_inclusive(|&byte| byte == b'\n').enumerate() {
        end += line.len();
        if number > 0 && line.trim_ascii() == word {
            break;
        }
    }
    Some(end)
}

fn words(line: &[u8]) -> Vec<String> {
    let line = String::from_utf8_lossy(line);
    line.split_whitespace()
        .map(|word| word.trim_matches(['"', '{', '}']).to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

fn indentation(line: &[u8]) -> usize {
    line.len() - line.trim_ascii_start().len()
}

fn line_around(text: &[u8], at: usize) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
    start..memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline)
}
