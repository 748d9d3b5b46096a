//! Just enough of each language's words to tell whether a key stands in a string, in a comment or
//! in code.

use std::ops::Range;

use crate::report::Language;

/// What stands at an offset.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    Code,
    Comment,
    Text(Literal),
}

/// A string that begins before the offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    /// From its prefix or opening quote to where the offset is.
    pub(super) start: usize,
    /// Its opening quote.
    pub(super) quote_at: usize,
    pub(super) quote: u8,
    /// Three quotes, or a raw form: no single line's string.
    pub(super) long: bool,
}

impl Literal {
    /// What stands before the opening quote: `r`, `f`, `$@`.
    pub(super) fn prefix<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.start..self.quote_at]
    }

    /// The whole literal, if it ends on the line of `from`, which lies inside.
    pub(super) fn range(
        &self,
        language: Language,
        text: &[u8],
        from: usize,
    ) -> Option<Range<usize>> {
        let mut at = from;
        while at < text.len() && text[at] != b'\n' {
            if text[at] == b'\\' && escapes(language, self.quote) {
                at += 2;
            } else if text[at] == self.quote {
                return Some(self.start..at + 1);
            } else {
                at += 1;
            }
        }
        None
    }
}

fn escapes(language: Language, quote: u8) -> bool {
    !matches!((language, quote), (Language::Shell, b'\'') | (Language::Go, b'`'))
}

/// What stands at `until`, read from the top of the file.
pub(super) fn state(language: Language, text: &[u8], until: usize) -> State {
    let mut at = 0;
    while at < until {
        let rest = &text[at..];
        if let Some(length) = comment(language, text, at) {
            if at + length > until {
                return State::Comment;
            }
            at += length;
        } else if rest[0] == b'\\' && language == Language::Shell {
            at += 2;
        } else if let Some(literal) = opening(language, text, at) {
            let quotes = if literal.long && rest.starts_with(&[literal.quote; 3]) { 3 } else { 1 };
            match end(language, text, &literal, at + quotes, quotes) {
                end if end > until => return State::Text(literal),
                end => at = end,
            }
        } else {
            at += 1;
        }
    }
    State::Code
}

/// The length of the comment that begins here, with the end of its line or, at the end of the text,
/// one byte more: the place behind its last character is still in it.
fn comment(language: Language, text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..];
    let before = at.checked_sub(1).map_or(b'\n', |at| text[at]);
    let hash = match language {
        Language::Python | Language::Ruby => rest[0] == b'#',
        // In a word it is a character like any other.
        Language::Shell | Language::Compose | Language::Github => {
            rest[0] == b'#' && before.is_ascii_whitespace()
        }
        Language::Php => rest[0] == b'#' && !rest.starts_with(b"#["),
        _ => false,
    };
    let slashes = !matches!(
        language,
        Language::Python | Language::Ruby | Language::Shell | Language::Compose | Language::Github
    );
    if hash || slashes && rest.starts_with(b"//") {
        return Some(memchr::memchr(b'\n', rest).unwrap_or(rest.len()) + 1);
    }
    if slashes && rest.starts_with(b"/*") {
        return Some(memchr::memmem::find(rest, b"*/").map_or(rest.len() + 1, |end| end + 2));
    }
    None
}

/// The string that opens here.
fn opening(language: Language, text: &[u8], at: usize) -> Option<Literal> {
    let quote = text[at];
    let quotes: &[u8] = match language {
        Language::Javascript | Language::Typescript | Language::Ruby | Language::Go => b"\"'`",
        Language::Rust => b"\"",
        _ => b"\"'",
    };
    if !quotes.contains(&quote) {
        return None;
    }
    let prefixes: &[u8] = match language {
        Language::Python => b"rRbBuUfF",
        Language::Csharp => b"$@",
        Language::Rust => b"rbc#",
        Language::Shell => b"$",
        _ => b"",
    };
    let mut start = at;
    while start > 0 && at - start < 3 && prefixes.contains(&text[start - 1]) {
        start -= 1;
    }
    // Letters at the end of a longer word are no prefix.
    if start > 0 && prefixes.contains(&b'r') {
        let before = text[start - 1];
        if before.is_ascii_alphanumeric() || before == b'_' {
            start = at;
        }
    }
    let three = text[at..].starts_with(&[quote; 3]);
    let long = match language {
        Language::Python
        | Language::Java
        | Language::Kotlin
        | Language::Csharp
        | Language::Jenkins => three,
        Language::Rust => text[start..at].contains(&b'#'),
        _ => false,
    };
    Some(Literal { start, quote_at: at, quote, long })
}

/// Where the string ends that opened before `at`.
fn end(language: Language, text: &[u8], literal: &Literal, at: usize, quotes: usize) -> usize {
    // A quote that nothing closes on its line is an apostrophe, or was misread: the next line is
    // code again. These languages' strings may run on.
    let runs_on = quotes == 3
        || literal.long
        || literal.quote == b'`'
        || matches!(language, Language::Shell | Language::Php | Language::Ruby | Language::Rust);
    let raw = language == Language::Rust && literal.long;
    let mut at = at;
    while at < text.len() {
        if text[at] == b'\n' && !runs_on {
            return at;
        }
        if text[at] == b'\\' && !raw && escapes(language, literal.quote) {
            at += 2;
        } else if text[at..].starts_with(&[literal.quote; 3][..quotes])
            && (!raw || text.get(at + 1) == Some(&b'#'))
        {
            return at + quotes;
        } else {
            at += 1;
        }
    }
    text.len()
}

/// Whether a here-document is open at `until`: its text follows rules of its own.
pub(super) fn in_here_document(language: Language, text: &[u8], until: usize) -> bool {
    if !matches!(language, Language::Shell | Language::Ruby | Language::Php) {
        return false;
    }
    let before = &text[..until];
    memchr::memmem::find_iter(before, b"<<").any(|at| {
        let rest = &before[at + 2..];
        let skip = rest.iter().take_while(|byte| b"<-~ \"'".contains(byte)).count();
        let word =
            rest[skip..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
        let word = &rest[skip..skip + word.count()];
        let starts = word.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
        let Some(body) = memchr::memchr(b'\n', rest).filter(|_| starts) else { return false };
        !rest[body..].split(|&byte| byte == b'\n').any(|line| line.trim_ascii().starts_with(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_code_in_a_comment_or_in_a_string() {
        for (language, text, expected) in [
            (Language::Python, "a = 'x¦y'", "'"),
            (Language::Python, "# it's\na = \"x¦\"", "\""),
            (Language::Python, "a = \"\"\"x\n¦\"\"\"", "long"),
            (Language::Python, "a = 1 # '¦", "comment"),
            (Language::Javascript, "/* ' */ const a = `x¦`", "`"),
            (Language::Javascript, "// don't\nf(¦)", "code"),
            (Language::Rust, "fn f<'a>(x: &'a str) { g(\"¦\") }", "\""),
            (Language::Rust, "let a = r#\"¦\"#;", "long"),
            (Language::Csharp, "var a = $@\"¦\";", "\""),
            (Language::Shell, "A=x#¦", "code"),
            (Language::Shell, "A=\\\"¦", "code"),
            (Language::Php, "<?php\n# '\n$a = '¦';", "'"),
        ] {
            let at = text.find('¦').unwrap();
            let state = match state(language, text.replace('¦', "").as_bytes(), at) {
                State::Code => "code".to_owned(),
                State::Comment => "comment".to_owned(),
                State::Text(literal) if literal.long => "long".to_owned(),
                State::Text(literal) => char::from(literal.quote).to_string(),
            };
            assert_eq!(state, expected, "{text}");
        }
    }

    #[test]
    fn a_here_document_is_open_until_its_word() {
        let shell = |text: &str| in_here_document(Language::Shell, text.as_bytes(), text.len());
        assert!(shell("cat <<EOF\nkey="));
        assert!(shell("cat <<-'EOF' > x\n\tkey="));
        assert!(!shell("cat <<EOF\nkey\nEOF\nA="));
        assert!(!shell("echo $((1 << 2))\nA="));
    }
}
