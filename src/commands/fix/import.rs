//! The import that an expression needs.

use super::lexer::{State, state};
use super::rewrite::Edit;
use crate::report::Language;

/// The line to add so that the expression is known at `used`, where it is not there yet.
pub(super) fn import(language: Language, text: &[u8], used: usize) -> Option<Edit> {
    let lines = || {
        let mut at = 0;
        text.split_inclusive(|&byte| byte == b'\n').map(move |line| {
            at += line.len();
            (at - line.len(), line)
        })
    };
    match language {
        Language::Python => {
            let there = |line: &[u8]| {
                let names = line.strip_prefix(b"import ")?;
                names
                    .split(|&byte| byte == b',')
                    .any(|name| {
                        let name = name.trim_ascii();
                        name == b"os" || name.starts_with(b"os.") && !name.contains(&b' ')
                    })
                    .then_some(())
            };
            if lines().any(|(at, line)| at < used && there(line.trim_ascii_end()).is_some()) {
                return None;
            }
            let code = |at| state(language, text, at) == State::Code;
            let future = |line: &[u8]| line.starts_with(b"from __future__");
            let imports = |line: &[u8]| line.starts_with(b"import ") || line.starts_with(b"from ");
            let behind_future = lines()
                .filter(|(at, line)| future(line) && code(*at))
                .map(|(at, line)| at + line.len())
                .max();
            let first = lines()
                .take_while(|(at, _)| *at < used)
                .find(|(at, line)| imports(line) && !future(line) && code(*at))
                .map(|(at, _)| at);
            // Without any: behind the lines of comment and the text that describe the file.
            let at = first.or(behind_future).unwrap_or_else(|| {
                let mut described = false;
                lines()
                    .find(|&(at, line)| {
                        let line = line.trim_ascii();
                        if !code(at) || line.is_empty() || line.starts_with(b"#") {
                            return false;
                        }
                        let text = [&b"\"\"\""[..], b"'''", b"\"", b"'"];
                        let describes =
                            !described && text.iter().any(|quote| line.starts_with(quote));
                        described |= describes;
                        // What closes a text of several lines begins inside it.
                        !describes
                    })
                    .map_or(text.len(), |(at, _)| at)
            });
            Some(Edit::insert(at, "import os\n"))
        }
        Language::Go => {
            if lines().any(|(_, line)| matches!(line.trim_ascii(), b"\"os\"" | b"import \"os\"")) {
                return None;
            }
            if let Some((at, line)) = lines().find(|(_, line)| line.starts_with(b"import (")) {
                return Some(Edit::insert(at + line.len(), "\t\"os\"\n"));
            }
            let (at, line) = lines().find(|(_, line)| line.starts_with(b"package "))?;
            Some(Edit::insert(at + line.len(), "\nimport \"os\"\n"))
        }
        _ => None,
    }
}
