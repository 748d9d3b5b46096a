//! Where in a YAML file of the usual, indented form a key stands.

use std::ops::Range;

/// What surrounds a key.
#[derive(Debug)]
pub(super) struct Spot<'a> {
    /// The line of the field or of the list's item.
    pub(super) line: Line<'a>,
    /// What stands behind `name: ` or `- `, without a comment; of a text of several lines (`|`, `>`)
    /// all up to the end of the key's line.
    pub(super) value: Range<usize>,
    /// Whether it is such a text.
    pub(super) block: bool,
    /// The fields it lies in, the nearest first.
    pub(super) parents: Vec<Line<'a>>,
}

/// A line with its place in the structure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Where it begins and where it ends, without its newline.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The column of a list item's dash.
    dash: Option<usize>,
    /// The column of what comes first, behind a dash.
    pub(super) column: usize,
    /// `name` of `name: …`.
    pub(super) name: Option<&'a str>,
    /// Where what follows `name:` or the dash begins.
    rest: usize,
}

impl Line<'_> {
    /// Blank, a comment, or what separates documents.
    fn is_empty(&self, text: &[u8]) -> bool {
        let said = text[self.start..self.end].trim_ascii();
        said.is_empty() || said.starts_with(b"#")
    }

    pub(super) fn is_item(&self) -> bool {
        self.dash.is_some()
    }

    /// The leftmost column.
    fn indent(&self) -> usize {
        self.dash.unwrap_or(self.column)
    }
}

/// Where a key stands; `None` where it is no structure that keystop follows.
pub(super) fn spot<'a>(text: &'a [u8], key: &Range<usize>) -> Option<Spot<'a>> {
    let lines: Vec<Line> = lines(text).take_while(|line| line.start <= key.start).collect();
    let (last, above) = lines.split_last()?;
    let document = above.iter().rposition(|line| text[line.start..line.end].starts_with(b"---"));
    let above = &above[document.map_or(0, |at| at + 1)..];
    let header = block_header(text, above, last);
    let (line, above) = match header {
        Some(at) => (above[at], &above[..at]),
        None => (*last, above),
    };
    let value = match header {
        Some(_) => line.end + 1..last.end,
        None => line.rest..end_of_value(text, &line),
    };
    if key.start < value.start || key.end > value.end {
        return None;
    }
    Some(Spot { line, value, block: header.is_some(), parents: parents(text, above, &line) })
}

impl Spot<'_> {
    /// Whether the key is the whole value, but for quotes around it.
    pub(super) fn is_whole(&self, text: &[u8], key: &Range<usize>) -> bool {
        let value = &text[self.value.clone()];
        let quoted = matches!(value.first(), Some(b'"' | b'\'')) && value.len() > 1;
        let quotes = usize::from(quoted);
        !self.block && (self.value.start + quotes..self.value.end - quotes) == *key
    }

    /// The other lines of the field that this line lies in.
    pub(super) fn siblings<'a>(&self, text: &'a [u8]) -> Vec<Line<'a>> {
        let Some(parent) = self.parents.first() else { return Vec::new() };
        lines(text)
            .skip_while(|line| line.start <= parent.start)
            .take_while(|line| {
                line.is_empty(text)
                    || line.indent() > parent.column
                    || line.is_item() && line.indent() == parent.column
            })
            .filter(|line| !line.is_empty(text) && line.start != self.line.start)
            .collect()
    }

    /// What a field of the same list item says, without quotes.
    pub(super) fn of_item<'a>(&self, text: &'a [u8], name: &str) -> Option<&'a str> {
        let near: Vec<Line> = lines(text).filter(|line| !line.is_empty(text)).collect();
        let at = near.iter().position(|line| line.start == self.line.start)?;
        let fields = |line: &&Line| line.column >= self.line.column;
        let first = near[..=at].iter().rposition(Line::is_item)?;
        let behind = near[at + 1..].iter().take_while(|line| !line.is_item()).take_while(fields);
        let line = near[first..=at]
            .iter()
            .chain(behind)
            .find(|line| line.name == Some(name) && line.column == self.line.column)?;
        let said = std::str::from_utf8(&text[line.rest..end_of_value(text, line)]).ok()?;
        Some(said.trim_matches(['"', '\'']))
    }
}

/// The field whose text of several lines the last line belongs to.
fn block_header(text: &[u8], above: &[Line], last: &Line) -> Option<usize> {
    let mut indent = indentation(&text[last.start..last.end]);
    let mut header = None;
    for (at, line) in above.iter().enumerate().rev() {
        let said = &text[line.start..line.end];
        if said.trim_ascii().is_empty() || indentation(said) >= indent {
            continue;
        }
        indent = indentation(said);
        let rest = text[line.rest..line.end].trim_ascii();
        let marks = rest.iter().all(|byte| b"|>+-0123456789".contains(byte));
        if matches!(rest.first(), Some(b'|' | b'>'))
            && marks
            && (line.name.is_some() || line.is_item())
        {
            header = Some(at);
        }
    }
    header
}

/// The fields around a line, the nearest first.
fn parents<'a>(text: &[u8], above: &[Line<'a>], line: &Line) -> Vec<Line<'a>> {
    let mut found = Vec::new();
    // A list may stand in the column of the field that has it.
    let mut limit = line.dash.map_or(line.column, |dash| dash + 1);
    for line in above.iter().rev().filter(|line| !line.is_empty(text)) {
        if line.name.is_some() && line.column < limit {
            found.push(*line);
            limit = line.dash.map_or(line.column, |dash| dash + 1);
        } else if let Some(dash) = line.dash.filter(|dash| *dash < limit && line.column >= limit) {
            limit = dash + 1;
        }
    }
    found
}

fn lines(text: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut at = 0;
    text.split(|&byte| byte == b'\n').map(move |said| {
        let start = at;
        at += said.len() + 1;
        line(said, start)
    })
}

fn line(said: &[u8], start: usize) -> Line<'_> {
    let end = start + said.len();
    let indent = indentation(said);
    let content = &said[indent..];
    let dash = content.starts_with(b"- ").then_some(indent);
    let column = match dash {
        Some(_) => indent + 1 + indentation(&content[1..]),
        None => indent,
    };
    let content = &said[column.min(said.len())..];
    let name = content.iter().position(|&byte| byte == b':').filter(|&colon| {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
        let ends = content.get(colon + 1).is_none_or(u8::is_ascii_whitespace);
        colon > 0 && ends && content[..colon].iter().all(plain)
    });
    let rest = match name {
        Some(colon) => column + colon + 1 + indentation(&content[colon + 1..]),
        None => column,
    };
    let name = name.and_then(|colon| std::str::from_utf8(&content[..colon]).ok());
    Line { start, end, dash, column, name, rest: start + rest.min(said.len()) }
}

/// Where a line's value ends: before a comment.
fn end_of_value(text: &[u8], line: &Line) -> usize {
    let value = &text[line.rest..line.end];
    let quote = value.first().copied().filter(|byte| b"\"'".contains(byte));
    let from = match quote {
        Some(quote) => memchr::memrchr(quote, value).map_or(0, |end| end + 1),
        None => 0,
    };
    let comment =
        value[from..].windows(2).position(|two| two[0].is_ascii_whitespace() && two[1] == b'#');
    let end = comment.map_or(value.len(), |at| from + at);
    line.rest + value[..end].trim_ascii_end().len()
}

fn indentation(said: &[u8]) -> usize {
    said.iter().take_while(|byte| **byte == b' ').count()
}
