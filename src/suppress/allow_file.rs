//! `.keystop-allow`: the findings that somebody judged.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::entry::Entry;
use crate::fingerprint::{Fingerprint, Salt};

/// Where it lies, from the repository's root.
pub const ALLOW_FILE: &str = ".keystop-allow";

const HEADER: &str = "keystop-allow 1";
const ABOUT: &str = "# Findings that somebody judged. `keystop allow` writes a line: fingerprint, \
                     detector, path, until, reason.";
/// Each costs a digest for every finding, and a merge of two branches brings one.
const MOST_SALTS: usize = 16;

/// The file's text, and where in it each fingerprint stands: entries are read when they are asked
/// for, of which most never are.
#[derive(Debug, Clone, Default)]
pub struct AllowFile {
    text: String,
    salts: Vec<Salt>,
    /// By fingerprint.
    lines: Vec<(Fingerprint, std::ops::Range<usize>)>,
    has_slow: bool,
    has_fast: bool,
}

impl AllowFile {
    /// Reads the file. Lines may stand in any order and more than once: git merges two branches'
    /// versions by keeping the lines of both.
    ///
    /// # Errors
    /// A line of another form; the error has its number.
    pub fn parse(text: Vec<u8>) -> Result<AllowFile> {
        let text = String::from_utf8(text).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = memchr::memchr_iter(b'\n', before).count() + 1;
            anyhow!("{ALLOW_FILE}, line {line}: not UTF-8")
        })?;
        let mut file = AllowFile::default();
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let last = (!text.ends_with('\n') && !text.is_empty()).then_some(text.len());
        let mut at = 0;
        for (number, end) in ends.chain(last).enumerate() {
            let line = &text[at..end];
            let line = line.strip_suffix('\r').unwrap_or(line);
            let read = file.read_line(line, at, number == 0);
            read.with_context(|| format!("{ALLOW_FILE}, line {}", number + 1))?;
            at = end + 1;
        }
        file.salts.sort_unstable();
        file.salts.dedup();
        ensure!(
            file.salts.len() <= MOST_SALTS,
            "{ALLOW_FILE} has {} salts, and {MOST_SALTS} are the most: allow its findings again \
             in a new file",
            file.salts.len()
        );
        file.lines.sort_unstable_by_key(|(fingerprint, _)| *fingerprint);
        file.text = text;
        Ok(file)
    }

    fn read_line(&mut self, line: &str, at: usize, first: bool) -> Result<()> {
        if line == HEADER {
            return Ok(());
        }
        if first {
            bail!(
                "the first line of an allow file is {HEADER:?}; this is another file, another \
                 version's, or a link"
            );
        }
        if line.is_empty() || line.starts_with('#') {
            ensure!(!line.contains(char::is_control), "the line holds a control character");
            return Ok(());
        }
        if let Some(salt) = line.strip_prefix("salt ") {
            self.salts.push(Salt::parse(salt.trim()).context("a salt is 32 hex digits")?);
            return Ok(());
        }
        if line.starts_with(['<', '=', '>', '|'])
            && ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
                .iter()
                .any(|mark| line.starts_with(mark))
        {
            bail!("a mark of an unfinished merge: keep the lines of both sides and drop the marks");
        }
        let entry = Entry::parse(line)?;
        self.has_slow |= entry.fingerprint.is_slow();
        self.has_fast |= !entry.fingerprint.is_slow();
        self.lines.push((entry.fingerprint, at..at + line.len()));
        Ok(())
    }

    /// The salts under which its fingerprints were made.
    #[must_use]
    pub fn salts(&self) -> &[Salt] {
        &self.salts
    }

    /// Whether any entry has a fingerprint of this form.
    #[must_use]
    pub fn has_form(&self, slow: bool) -> bool {
        if slow { self.has_slow } else { self.has_fast }
    }

    /// The entries with a fingerprint.
    pub fn with(&self, fingerprint: Fingerprint) -> impl Iterator<Item = Entry<'_>> {
        let first = self.lines.partition_point(|(other, _)| *other < fingerprint);
        self.lines[first..]
            .iter()
            .take_while(move |(other, _)| *other == fingerprint)
            .filter_map(|(_, line)| Entry::parse(&self.text[line.clone()]).ok())
    }

    /// Every entry, by fingerprint.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.lines.iter().filter_map(|(_, line)| Entry::parse(&self.text[line.clone()]).ok())
    }

    /// The file's text with another set of entries, each once and sorted, and one salt more.
    #[must_use]
    pub fn written<'e>(
        &self,
        entries: impl Iterator<Item = Entry<'e>>,
        salt: Option<Salt>,
    ) -> String {
        let mut text = format!("{HEADER}\n");
        let mut notes: Vec<&str> = self.text.lines().filter(|line| line.starts_with('#')).collect();
        if notes.is_empty() {
            notes.push(ABOUT);
        }
        let mut seen = BTreeSet::new();
        notes.retain(|note| seen.insert(*note));
        let salts: BTreeSet<Salt> = self.salts.iter().copied().chain(salt).collect();
        let salts = salts.into_iter().map(|salt| format!("salt {salt}"));
        let entries: BTreeSet<String> = entries.map(|entry| entry.to_string()).collect();
        for line in notes.into_iter().map(str::to_owned).chain(salts).chain(entries) {
            text += &line;
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: &str = "salt 000102030405060708090a0b0c0d0e0f";

    fn file(lines: &[&str]) -> Result<AllowFile> {
        AllowFile::parse(lines.join("\n").into_bytes())
    }

    #[test]
    fn lines_may_be_unsorted_doubled_and_end_as_on_windows() {
        let two = "0123456789ab a-key * - two";
        let one = "0023456789ab b-key src/a.py 2031-01-01 one";
        let file = file(&[HEADER, SALT, two, one, two, HEADER, SALT, ""]).unwrap();
        assert_eq!(file.salts().len(), 1);
        assert_eq!(file.entries().count(), 3);
        let found: Vec<_> = file.with(Fingerprint::parse("0023456789ab").unwrap()).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].reason, "one");
        let written = file.written(file.entries(), None);
        assert_eq!(written, [HEADER, ABOUT, SALT, one, two, ""].join("\n"));
        assert_eq!(AllowFile::parse(written.replace('\n', "\r\n").into()).unwrap().lines.len(), 2);
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        for (lines, number, word) in [
            (&["a"][..], 1, "first line"),
            (&[HEADER, SALT, "", "what"], 4, "FINGERPRINT"),
            (&[HEADER, "salt 00"], 2, "32 hex digits"),
            (&[HEADER, "# \x1b[2J"], 2, "control"),
            (&[HEADER, "# a", "======="], 3, "merge"),
        ] {
            let error = format!("{:#}", file(lines).unwrap_err());
            assert!(error.contains(&format!("line {number}: ")), "{error}");
            assert!(error.contains(word), "{error}");
        }
        let error = AllowFile::parse(b"keystop-allow 1\n\n\xff\n".to_vec()).unwrap_err();
        assert_eq!(error.to_string(), ".keystop-allow, line 3: not UTF-8");
        assert!(file(&[]).unwrap().entries().next().is_none());
    }

    #[test]
    fn salts_are_few() {
        let mut text = format!("{HEADER}\n");
        for number in 0..=MOST_SALTS {
            text += &format!("salt {number:032x}\n");
        }
        assert!(AllowFile::parse(text.into()).unwrap_err().to_string().contains("17 salts"));
    }
}
