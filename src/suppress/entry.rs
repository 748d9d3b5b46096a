//! One line of the allow file.

use std::borrow::Cow;
use std::fmt;

use anyhow::{Context, Result, bail, ensure};

use crate::check::date;
use crate::fingerprint::Fingerprint;

/// No line is longer, in bytes: the longest path, each byte written as an escape, leaves room for a
/// reason.
pub const LONGEST_LINE: usize = 20_000;

/// A finding that somebody judged: `FINGERPRINT DETECTOR PATH UNTIL REASON…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Binds detector and value under one of the file's salts.
    pub fingerprint: Fingerprint,
    /// The detector's id.
    pub detector: Cow<'a, str>,
    /// Where it holds: `*` for everywhere, a path, a folder that ends in `/`, or a pattern.
    pub path: Cow<'a, [u8]>,
    /// The last day on which it holds, as `YYYY-MM-DD`.
    pub until: Option<Cow<'a, str>>,
    /// Why this is no key, or one that may stand there.
    pub reason: Cow<'a, str>,
}

impl<'a> Entry<'a> {
    /// Reads a line without its end.
    ///
    /// # Errors
    /// A line of another form; the words say which part.
    pub fn parse(line: &'a str) -> Result<Entry<'a>> {
        const FORM: &str = "a line is FINGERPRINT DETECTOR PATH UNTIL REASON";
        ensure!(line.len() <= LONGEST_LINE, "the line is longer than {LONGEST_LINE} bytes");
        ensure!(!holds_control(line), "the line holds a control character");
        let (fingerprint, rest) = word(line).context(FORM)?;
        let fingerprint = Fingerprint::parse(fingerprint).with_context(|| {
            format!("{FORM}, and a fingerprint is 12 hex digits, a p before them for a password")
        })?;
        let (detector, rest) = word(rest).context(FORM)?;
        let (path, rest) = path(rest).context(FORM)?;
        let (until, rest) = word(rest).context(FORM)?;
        let until = match until {
            "-" => None,
            day if is_day(day.as_bytes()) => Some(Cow::Borrowed(day)),
            _ => bail!("{FORM}, and UNTIL is - or a day such as 2031-12-31"),
        };
        let reason = rest.trim();
        ensure!(is_reason(reason), "the entry gives no reason");
        let (detector, reason) = (Cow::Borrowed(detector), Cow::Borrowed(reason));
        Ok(Entry { fingerprint, detector, path, until, reason })
    }

    /// Whether the entry's last day is over.
    #[must_use]
    pub fn is_expired(&self, today: &str) -> bool {
        self.until.as_ref().is_some_and(|until| **until < *today)
    }

    /// Whether the entry speaks of what stands at `path`.
    #[must_use]
    pub fn covers(&self, path: &[u8]) -> bool {
        let own = &*self.path;
        own == b"*"
            || own == path
            || own.ends_with(b"/") && path.starts_with(own)
            // Built for the few entries whose fingerprint matched.
            || own.iter().any(|byte| b"*?[{".contains(byte))
                && pattern(own).is_ok_and(|glob| glob.is_match(os_path(path)))
    }

    /// The same with text of its own.
    #[must_use]
    pub fn into_owned(self) -> Entry<'static> {
        Entry {
            fingerprint: self.fingerprint,
            detector: self.detector.into_owned().into(),
            path: self.path.into_owned().into(),
            until: self.until.map(|until| until.into_owned().into()),
            reason: self.reason.into_owned().into(),
        }
    }
}

/// Today, as entries write it.
#[must_use]
pub fn today() -> String {
    date::text(date::now())
}

/// Whether a line holds what could steer a terminal. Ten thousand lines are asked, so the bytes are
/// looked at many at a time; only what is no ASCII has other control characters.
#[must_use]
pub fn holds_control(line: &str) -> bool {
    let in_ascii = |found, byte| found | (byte < b' ') | (byte == 0x7f);
    line.bytes().fold(false, in_ascii) || !line.is_ascii() && line.contains(char::is_control)
}

/// Whether a text says anything.
#[must_use]
pub fn is_reason(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// The pattern a path with wildcards is: `*` and `?` stop at a slash, `**` does not.
///
/// # Errors
/// A pattern that does not parse.
pub fn pattern(path: &[u8]) -> Result<globset::GlobMatcher> {
    let text = std::str::from_utf8(path).context("a pattern must be Unicode")?;
    let mut glob = globset::GlobBuilder::new(text);
    Ok(glob.literal_separator(true).backslash_escape(true).build()?.compile_matcher())
}

/// A space is one byte and part of no other character, so it is looked for among the bytes.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = behind_spaces(text);
    let end = memchr::memchr(b' ', text.as_bytes()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn behind_spaces(text: &str) -> &str {
    let spaces = text.bytes().take_while(|&byte| byte == b' ').count();
    &text[spaces..]
}

/// Whether a line surely is an entry, and one of nothing but ASCII: most of ten thousand lines need
/// no closer look. What is not sure is for [`Entry::parse`] to say.
#[must_use]
pub fn is_plain(line: &[u8]) -> bool {
    let odd = |found, &byte: &u8| found | (byte.wrapping_sub(b' ') > b'~' - b' ');
    if line.len() > LONGEST_LINE || line.iter().fold(false, odd) {
        return false;
    }
    let line = line.strip_prefix(b"p").unwrap_or(line);
    let Some((print, rest)) = line.split_first_chunk::<13>() else { return false };
    let is_digit = |found, &byte: &u8| found & matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if print[12] != b' ' || !print[..12].iter().fold(true, is_digit) {
        return false;
    }
    let mut spaces = memchr::memchr_iter(b' ', rest);
    let (Some(detector), Some(path), Some(until)) = (spaces.next(), spaces.next(), spaces.next())
    else {
        return false;
    };
    let day = &rest[path + 1..until];
    detector > 0
        && path > detector + 1
        && rest[detector + 1] != b'"'
        && (day == b"-" || is_day(day))
        && rest[until + 1..].iter().any(u8::is_ascii_alphanumeric)
}

/// A path: a word, or a text in quotes with git's escapes.
fn path(text: &str) -> Option<(Cow<'_, [u8]>, &str)> {
    let text = behind_spaces(text);
    let Some(quoted) = text.strip_prefix('"') else {
        return word(text).map(|(word, rest)| (Cow::Borrowed(word.as_bytes()), rest));
    };
    let mut path = Vec::new();
    let bytes = quoted.as_bytes();
    let mut at = 0;
    loop {
        match *bytes.get(at)? {
            b'"' => return Some((Cow::Owned(path), &quoted[at + 1..])),
            b'\\' => {
                let escaped = *bytes.get(at + 1)?;
                if matches!(escaped, b'"' | b'\\') {
                    path.push(escaped);
                    at += 2;
                } else {
                    let digits = std::str::from_utf8(bytes.get(at + 1..at + 4)?).ok()?;
                    path.push(u8::from_str_radix(digits, 8).ok()?);
                    at += 4;
                }
            }
            byte => {
                path.push(byte);
                at += 1;
            }
        }
    }
}

/// Whether a text has the form of a day; that compares as its text does.
fn is_day(text: &[u8]) -> bool {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = text else { return false };
    let (month, day) = ([e, f], [g, h]);
    [a, b, c, d, e, f, g, h].iter().all(u8::is_ascii_digit)
        && (*b"01"..=*b"12").contains(&month)
        && (*b"01"..=*b"31").contains(&day)
}

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |byte: &u8| (0x21..0x7f).contains(byte) && !b"\"\\".contains(byte);
        let until = self.until.as_deref().unwrap_or("-");
        write!(f, "{} {} ", self.fingerprint, self.detector)?;
        if !self.path.is_empty() && self.path.iter().all(plain) {
            write!(f, "{}", String::from_utf8_lossy(&self.path))?;
        } else {
            f.write_str("\"")?;
            for &byte in &*self.path {
                match byte {
                    b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                    0x20..0x7f => write!(f, "{}", char::from(byte))?,
                    _ => write!(f, "\\{byte:03o}")?,
                }
            }
            f.write_str("\"")?;
        }
        write!(f, " {until} {}", self.reason)
    }
}

/// The path that git's bytes name.
#[cfg(unix)]
#[must_use]
pub fn os_path(bytes: &[u8]) -> &std::path::Path {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).as_ref()
}

/// The path that git's bytes name.
#[cfg(not(unix))]
#[must_use]
pub fn os_path(bytes: &[u8]) -> std::path::PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(path: &[u8]) -> Entry<'static> {
        Entry {
            fingerprint: Fingerprint::parse("0123456789ab").unwrap(),
            detector: "a-key".into(),
            path: path.to_vec().into(),
            until: None,
            reason: "a test's".into(),
        }
    }

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let paths = ["*", "src/a.py", "a b", "say \"hi\"\\", "tests/**/*.py", "ä"];
        for path in paths.map(str::as_bytes).into_iter().chain([&b"\xff\n\x1b"[..]]) {
            for until in [None, Some("2031-12-31")] {
                let entry = Entry { until: until.map(Cow::Borrowed), ..at(path) };
                let line = entry.to_string();
                assert!(line.is_ascii() && !line.contains('\n'), "{line}");
                assert_eq!(Entry::parse(&line).unwrap(), entry, "{line}");
            }
        }
    }

    #[test]
    fn a_line_of_another_form_is_refused_in_words() {
        let long = format!("0123456789ab a-key * - {}", "x".repeat(LONGEST_LINE));
        for (line, word) in [
            ("0123456789ab", "FINGERPRINT DETECTOR"),
            ("0123456789AB a-key * - why", "12 hex digits"),
            ("0123456789ab a-key * tomorrow why", "UNTIL"),
            ("0123456789ab a-key * 2031-13-01 why", "UNTIL"),
            ("0123456789ab a-key * -", "no reason"),
            ("0123456789ab a-key * - …", "no reason"),
            ("0123456789ab a-key \"open - why", "FINGERPRINT DETECTOR"),
            ("0123456789ab a-key * - why\x1b[31m", "control character"),
            ("0123456789ab a-key * - why\u{9b}31m", "control character"),
            ("<<<<<<< HEAD", "12 hex digits"),
            (&long, "longer"),
        ] {
            let error = Entry::parse(line).unwrap_err().to_string();
            assert!(error.contains(word), "{line}: {error}");
        }
    }

    #[test]
    fn a_path_is_a_name_a_folder_or_a_pattern() {
        for (path, covered) in [
            ("*", "any/where.py"),
            ("a[1].py", "a[1].py"),
            ("a[.py", "a[.py"),
            ("tests/", "tests/deep/a.py"),
            ("tests/*.py", "tests/a.py"),
            ("tests/**", "tests/deep/a.py"),
            ("*.md", "README.md"),
        ] {
            assert!(at(path.as_bytes()).covers(covered.as_bytes()), "{path} {covered}");
        }
        for (path, other) in [
            ("a.py", "b/a.py"),
            ("tests/", "tests"),
            ("tests/*.py", "tests/deep/a.py"),
            ("*.md", "docs/README.md"),
            ("a[.py", "a.py"),
        ] {
            assert!(!at(path.as_bytes()).covers(other.as_bytes()), "{path} {other}");
        }
    }

    #[test]
    fn what_is_written_is_plain_where_its_path_is() {
        assert!(is_plain(at(b"src/a.py").to_string().as_bytes()));
        assert!(is_plain(b"p0123456789ab a-key * 2031-12-31 why"));
        for line in [
            "0123456789ab a-key \"a b\" - why",
            "0123456789ab a-key * - \u{e9}t\u{e9}",
            "0123456789ab a-key * - why\r",
            "0123456789AB a-key * - why",
            "0123456789ab a-key * - \u{2026}",
            "0123456789ab a-key * - -",
            "0123456789ab  * - why",
            "0123456789ab a-key  - why",
            "0123456789ab a-key * 2031-13-01 why",
            "0123456789ab a-key * -",
            "0123456789ab a-key * - ",
            "0123456789ab",
            "",
        ] {
            assert!(!is_plain(line.as_bytes()), "{line}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(any in ".{0,80}", like in "[0-9a-f]{12} k (\"[\\\\0-9a-z\u{e9}]*\"?|x) - .{0,9}") {
            for line in [any, like] {
                prop_assert!(!is_plain(line.as_bytes()) || Entry::parse(&line).is_ok(), "{}", line);
                if let Ok(entry) = Entry::parse(&line) {
                    let again = entry.to_string();
                    prop_assert_eq!(Entry::parse(&again).unwrap(), entry, "{}", line);
                }
            }
        }
    }

    #[test]
    fn an_entry_holds_through_its_last_day() {
        let entry = Entry { until: Some("2026-11-22".into()), ..at(b"*") };
        assert!(!entry.is_expired("2026-11-21"));
        assert!(!entry.is_expired("2026-11-22"));
        assert!(entry.is_expired("2026-11-23"));
        assert!(!at(b"*").is_expired("9999-12-31"));
    }
}
