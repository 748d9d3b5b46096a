//! The report of a server's hook, as it is read behind the `remote: ` that git puts before each line.

use textwrap::{Options, WordSplitter};
use unicode_width::UnicodeWidthStr;

use crate::suppress::ALLOW_FILE;

/// What git puts there takes columns too.
const REMOTE: usize = 8;
/// Where the lines of a block begin, below their title.
const COLUMN: &str = "              ";

/// Cuts lines so that they fit into `width` columns, where words leave the choice: no command is
/// cut, and nothing that a file says. Git passes no colours on that are not the server's own.
pub(super) fn behind_remote(text: &str, width: usize) -> String {
    let room = width - REMOTE;
    let mut out = String::new();
    for line in anstream::adapter::strip_str(text).to_string().lines() {
        for line in cut(line, room) {
            out += &line;
            out.push('\n');
        }
        if line.starts_with("not a key?") && line.contains("keystop allow ") {
            out += &format!("{COLUMN}and push {ALLOW_FILE} alone, before the rest\n");
        }
    }
    out
}

fn cut(line: &str, room: usize) -> Vec<String> {
    if line.width() <= room {
        return vec![line.to_owned()];
    }
    if line.starts_with("keystop: ") {
        let options = Options::new(room)
            .subsequent_indent("         ")
            .break_words(false)
            .word_splitter(WordSplitter::NoHyphenation);
        return textwrap::wrap(line, options).into_iter().map(Into::into).collect();
    }
    // The gap between a detector's name and its id.
    if let Some((name, id)) = line.split_once("   ")
        && (line.starts_with("error: ") || line.starts_with("warning: "))
    {
        let used = name.width() + id.trim_start().width();
        return vec![format!(
            "{name}{}{}",
            " ".repeat(room.saturating_sub(used).max(2)),
            id.trim_start()
        )];
    }
    let titles = ["take it out:", "if it was ever shared:", "not a key?", "all at once:"];
    let title = titles.into_iter().find(|title| line.starts_with(title)).unwrap_or_default();
    let rest = line[title.len()..].trim_start();
    if title.is_empty() && !line.starts_with(COLUMN) {
        return vec![line.to_owned()];
    }
    let mut pieces = match rest.split_once(": ") {
        Some((words, command)) if !rest.starts_with("git ") => {
            vec![format!("{words}:"), command.to_owned()]
        }
        _ => vec![rest.to_owned()],
    };
    let first = format!("{title:<width$}", width = COLUMN.len());
    let mut lines = Vec::new();
    if first.len() > COLUMN.len() {
        // A long title has a line of its own.
        lines.push(title.to_owned());
        pieces = vec![rest.to_owned()];
    } else {
        lines.push(format!("{first}{}", pieces.remove(0)));
    }
    lines.extend(pieces.into_iter().map(|piece| format!("{COLUMN}{piece}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_commands_are_not() {
        let long = "x".repeat(60);
        let text = format!(
            "error: A key                      a-key\ntake it out:  stop at that commit: git {long} a: b\n\
             {COLUMN}git -c a=: {long}\nif it was ever shared: revoke it at https://example.com/{long}\n\
             keystop: {}\n1 | {long}{long}\n",
            "word ".repeat(20)
        );
        let cut = behind_remote(&text, 79);
        let lines: Vec<&str> = cut.lines().collect();
        assert_eq!(lines[1], "take it out:  stop at that commit:");
        assert_eq!(lines[2], format!("{COLUMN}git {long} a: b"));
        assert_eq!(lines[3], format!("{COLUMN}git -c a=: {long}"));
        assert_eq!(lines[4], "if it was ever shared:");
        assert_eq!(lines[5], format!("{COLUMN}revoke it at https://example.com/{long}"));
        assert!(lines[6].width() <= 71 && lines[7].starts_with("         word"), "{cut}");
        assert_eq!(lines[8], format!("1 | {long}{long}"));
    }
}
