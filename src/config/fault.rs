//! What is wrong with a file, and in which line.

use anyhow::{Error, anyhow};

use crate::spelling::nearest;

/// No fault takes more words, in characters: they may quote the file.
const LONGEST: usize = 400;

/// The error for a fault at an offset of a file's text.
pub(super) fn fault(name: &str, text: &str, at: usize, words: &str) -> Error {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let end = words.char_indices().nth(LONGEST).map_or(words.len(), |(end, _)| end);
    let words = &words[..end];
    anyhow!("{name}, line {line}: {words}")
}

/// What TOML's reader says, with the nearest right name where it met a wrong one.
pub(super) fn of_toml(name: &str, text: &str, error: &toml::de::Error) -> Error {
    let mut words = error.message().to_owned();
    if let Some(meant) = meant(&words) {
        words = format!("{words}; did you mean `{meant}`?");
    }
    let at = error.span().map_or(0, |span| span.start);
    fault(name, text, at, &words)
}

/// Of "unknown field `a`, expected one of `b`, `c`" the name that was meant.
fn meant(words: &str) -> Option<String> {
    if !words.starts_with("unknown ") {
        return None;
    }
    let mut names = words.split('`').skip(1).step_by(2);
    let wrong = names.next()?;
    nearest(wrong, names).map(str::to_owned)
}
