//! What other scanners' settings come to.

use std::fmt::Write as _;

use anyhow::Result;

use crate::config::{CONFIG_FILE, Config};
use crate::engine;
use crate::redaction::visible;

/// No more characters of another file's words are kept.
const LONGEST: usize = 200;

/// An entry of `[[allow]]`.
#[derive(Debug, Default, Clone)]
pub(super) struct Allowance {
    /// What it was for, in the other file's words.
    pub(super) about: String,
    pub(super) detectors: Vec<String>,
    pub(super) paths: Vec<String>,
    pub(super) path_patterns: Vec<String>,
    pub(super) values: Vec<String>,
    pub(super) lines: Vec<String>,
    pub(super) commits: Vec<String>,
}

/// A `[[detector]]`.
#[derive(Debug, Default)]
pub(super) struct Own {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) keywords: Vec<String>,
    pub(super) pattern: String,
    pub(super) unbounded: bool,
    pub(super) min_entropy: Option<f64>,
}

/// A place whose findings somebody judged.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) commit: Option<String>,
    pub(super) path: String,
    /// All of the file where none is named.
    pub(super) line: Option<usize>,
    pub(super) reason: String,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Translation {
    /// The file that is being read.
    pub(super) origin: String,
    pub(super) block: Option<&'static str>,
    pub(super) disabled: Vec<String>,
    pub(super) places: Vec<Judged>,
    /// What has no counterpart, a line each.
    pub(super) lost: Vec<String>,
    own: String,
    allow: String,
}

impl Translation {
    /// Notes something without a counterpart.
    pub(super) fn lose(&mut self, what: impl AsRef<str>) {
        let what: String = what.as_ref().chars().take(2 * LONGEST).collect();
        self.lost.push(format!("{}: {what}", self.origin));
    }

    /// A reason that says where it comes from.
    pub(super) fn reason(&self, about: &str) -> String {
        let about: String = about.chars().take(LONGEST).collect();
        let about = about.trim();
        let gap = if about.is_empty() { "" } else { ": " };
        visible(format!("from {}{gap}{about}", self.origin).as_bytes())
    }

    /// Adds an entry, unless it names nothing.
    pub(super) fn allow(&mut self, one: &Allowance) {
        let mut text = "\n[[allow]]\n".to_owned();
        let lists = [
            ("detectors", &one.detectors),
            ("paths", &one.paths),
            ("path_patterns", &one.path_patterns),
            ("values", &one.values),
            ("lines", &one.lines),
            ("commits", &one.commits),
        ];
        if lists[1..].iter().all(|(_, texts)| texts.is_empty()) {
            return;
        }
        for (key, texts) in lists {
            write_list(&mut text, key, texts);
        }
        let _ = writeln!(text, "reason = {}", quoted(&self.reason(&one.about)));
        match self.is_sound(&text) {
            Ok(()) => self.allow += &text,
            Err(error) => self.lose(format!("an entry ({}): {error}", one.about)),
        }
    }

    /// Adds a detector; says whether it can run.
    pub(super) fn detector(&mut self, one: &Own) -> bool {
        let mut text = "\n[[detector]]\n".to_owned();
        let _ = writeln!(text, "id = {}", quoted(&one.id));
        let _ = writeln!(text, "name = {}", quoted(&visible(one.name.as_bytes())));
        write_list(&mut text, "keywords", &one.keywords);
        let _ = writeln!(text, "pattern = {}", quoted(&one.pattern));
        if one.unbounded {
            let _ = writeln!(text, "reach = 2000");
        }
        if let Some(entropy) = one.min_entropy {
            let _ = writeln!(text, "min_entropy = {entropy:?}");
        }
        let sound = self.is_sound(&text);
        match sound {
            Ok(()) => self.own += &text,
            Err(error) => self.lose(format!("the rule {}: {error}", one.id)),
        }
        self.own.ends_with(&text)
    }

    /// A piece that keystop itself would refuse is lost, and not the whole; so is one that holds a
    /// key, since it would be committed.
    fn is_sound(&self, text: &str) -> Result<(), String> {
        let before = if text.contains("[[detector]]") { &self.own[..] } else { "" };
        // Entries may name the detectors.
        let before = if text.contains("[[allow]]") { &self.own } else { before };
        let whole = format!("{before}{text}").into_bytes();
        let parsed = Config::parse(CONFIG_FILE, whole).map_err(|error| {
            let words = format!("{error:#}");
            // The line is one of a file that nobody has seen.
            words.split_once(": ").map_or(words.clone(), |(_, words)| words.to_owned())
        });
        parsed.and_then(|_| match engine::scan(b"", text.as_bytes()) {
            Ok(found) if found.is_empty() => Ok(()),
            _ => Err("it holds a key, which is not written down".to_owned()),
        })
    }

    /// The text of the configuration; empty where nothing is to be set.
    ///
    /// # Errors
    /// A whole that keystop would refuse, though each piece is sound.
    pub(super) fn text(&self) -> Result<String> {
        let mut text = String::new();
        if let Some(block) = self.block {
            let _ = writeln!(text, "block = {}", quoted(block));
        }
        write_list(&mut text, "disabled", &self.disabled);
        text += &self.allow;
        text += &self.own;
        if text.is_empty() {
            return Ok(text);
        }
        let text = format!("# Written by `keystop import`.\n{text}");
        Config::parse(CONFIG_FILE, text.clone().into_bytes())?;
        Ok(text)
    }
}

fn write_list(out: &mut String, key: &str, texts: &[String]) {
    match texts {
        [] => {}
        [one] => {
            let _ = writeln!(out, "{key} = [{}]", quoted(one));
        }
        texts => {
            let _ = writeln!(out, "{key} = [");
            for text in texts {
                let _ = writeln!(out, "  {},", quoted(text));
            }
            let _ = writeln!(out, "]");
        }
    }
}

/// A TOML string: patterns are read best as they are.
fn quoted(text: &str) -> String {
    if !text.contains('\'') && !text.contains(char::is_control) {
        return format!("'{text}'");
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
