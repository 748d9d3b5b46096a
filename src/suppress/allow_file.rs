//! `.keystop-allow`: the findings that somebody judged.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::entry::{Entry, is_plain};
use super::places::lines_naming;
use crate::fingerprint::{Fingerprint, Salt};

/// Where it lies, from the repository's root.
pub const ALLOW_FILE: &str = ".keystop-allow";

const HEADER: &str = "keystop-allow 1";
const SALT: &str = "salt ";
const ABOUT: &str = "# Findings that somebody judged. `keystop allow` writes a line: fingerprint, \
                     detector, path, until, reason.";
/// Each costs a digest for every finding, and a merge of two branches brings one.
const MOST_SALTS: usize = 16;

/// The file's text. Entries are read when they are asked for, of which most never are: reading the
/// file checks each line and keeps nothing of it.
#[derive(Debug, Default)]
pub struct AllowFile {
    text: String,
    salts: Vec<Salt>,
    has_slow: bool,
    has_fast: bool,
    /// Where its entries stand, if they are sorted and nothing stands between them, as keystop
    /// writes them.
    sorted: Option<Range<usize>>,
    /// Where each fingerprint's line stands, in the order of the fingerprints; made where they are
    /// not sorted in the text.
    index: OnceLock<Vec<(Fingerprint, Range<usize>)>>,
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
        let mut order = Order::default();
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let last = (!text.ends_with('\n') && !text.is_empty()).then_some(text.len());
        let mut at = 0;
        for (number, end) in ends.chain(last).enumerate() {
            let line = &text[at..end];
            if number > 0 && is_plain(line.as_bytes()) {
                file.note_form(line);
                order.goes_on(&text, at..end);
            } else {
                let line = line.strip_suffix('\r').unwrap_or(line);
                let read = file.read_line(line, number == 0);
                if read.with_context(|| format!("{ALLOW_FILE}, line {}", number + 1))? {
                    file.note_form(line);
                    order.goes_on(&text, at..end);
                }
            }
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
        file.sorted = order.sorted(text.len());
        file.text = text;
        Ok(file)
    }

    fn note_form(&mut self, line: &str) {
        let slow = is_slow(line);
        self.has_slow |= slow;
        self.has_fast |= !slow;
    }

    /// Whether the line is an entry.
    fn read_line(&mut self, line: &str, first: bool) -> Result<bool> {
        if line == HEADER {
            return Ok(false);
        }
        if first {
            bail!(
                "the first line of an allow file is {HEADER:?}; this is another file, another \
                 version's, or a link"
            );
        }
        if line.is_empty() || line.starts_with('#') {
            ensure!(!line.contains(char::is_control), "the line holds a control character");
            return Ok(false);
        }
        if let Some(salt) = line.strip_prefix(SALT) {
            self.salts.push(Salt::parse(salt.trim()).context("a salt is 32 hex digits")?);
            return Ok(false);
        }
        if line.starts_with(['<', '=', '>', '|'])
            && ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
                .iter()
                .any(|mark| line.starts_with(mark))
        {
            bail!("a mark of an unfinished merge: keep the lines of both sides and drop the marks");
        }
        Entry::parse(line).map(|_| true)
    }

    /// The salts under which its fingerprints were made.
    #[must_use]
    pub fn salts(&self) -> &[Salt] {
        &self.salts
    }

    /// As it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether any entry speaks of a detector with a fingerprint that is slow to make, or with one
    /// that is not.
    #[must_use]
    pub fn speaks_of(&self, detector: &str, slow: bool) -> bool {
        let has_form = if slow { self.has_slow } else { self.has_fast };
        has_form
            && lines_naming(&self.text, detector)
                .any(|line| is_slow(line) == slow && is_of(line, detector))
    }

    /// The entries with a fingerprint.
    pub fn with(&self, fingerprint: Fingerprint) -> impl Iterator<Item = Entry<'_>> {
        let (sorted, index) = match &self.sorted {
            Some(sorted) => (self.from(sorted.clone(), &fingerprint.to_string()), &[][..]),
            None => {
                let index = self.index();
                let first = index.partition_point(|(other, _)| *other < fingerprint);
                ("", &index[first..])
            }
        };
        let in_order = entry_lines(sorted).map_while(|line| Entry::parse(line).ok());
        let elsewhere = index.iter().take_while(move |(other, _)| *other == fingerprint);
        in_order
            .chain(elsewhere.filter_map(|(_, line)| Entry::parse(&self.text[line.clone()]).ok()))
            .take_while(move |entry| entry.fingerprint == fingerprint)
    }

    /// The sorted lines from the first on that does not begin with less than `wanted`.
    fn from(&self, Range { start, end }: Range<usize>, wanted: &str) -> &str {
        let text = &self.text.as_bytes()[..end];
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = low + (high - low) / 2;
            let line = memchr::memrchr(b'\n', &text[low..middle]).map_or(low, |at| low + at + 1);
            if first_word(&text[line..]) < wanted.as_bytes() {
                low = memchr::memchr(b'\n', &text[middle..]).map_or(end, |at| middle + at + 1);
            } else {
                high = line;
            }
        }
        &self.text[low..end]
    }

    fn index(&self) -> &[(Fingerprint, Range<usize>)] {
        self.index.get_or_init(|| {
            let start = |line: &str| line.as_ptr() as usize - self.text.as_ptr() as usize;
            let place = |line| start(line)..start(line) + line.len();
            let mut index: Vec<_> = self
                .lines()
                .filter_map(|line| Some((Entry::parse(line).ok()?.fingerprint, place(line))))
                .collect();
            index.sort_unstable_by_key(|(fingerprint, _)| *fingerprint);
            index
        })
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        entry_lines(&self.text)
    }

    /// Every entry, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.lines().filter_map(|line| Entry::parse(line).ok())
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

/// The lines of a text that are entries, without their ends.
pub(super) fn entry_lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(|line| line.strip_suffix('\r').unwrap_or(line));
    lines.filter(|line| is_entry(line))
}

/// Whether a line of a file that was read is an entry.
pub(super) fn is_entry(line: &str) -> bool {
    !line.is_empty() && !line.starts_with('#') && line != HEADER && !line.starts_with(SALT)
}

/// Whether an entry's fingerprint is one that is slow to make.
fn is_slow(line: &str) -> bool {
    line.trim_start_matches(' ').starts_with('p')
}

/// Whether an entry is of a detector.
pub(super) fn is_of(line: &str, detector: &str) -> bool {
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    words.nth(1) == Some(detector)
}

fn first_word(line: &[u8]) -> &[u8] {
    let end = memchr::memchr2(b' ', b'\n', line).unwrap_or(line.len());
    &line[..end]
}

/// Whether entries are sorted by their first words and stand together.
#[derive(Default)]
struct Order {
    is_broken: bool,
    /// The lines so far, with their ends.
    lines: Range<usize>,
    last: Range<usize>,
}

impl Order {
    fn goes_on(&mut self, text: &str, line: Range<usize>) {
        let text = text.as_bytes();
        if self.lines.is_empty() {
            self.lines.start = line.start;
        } else {
            self.is_broken |= line.start != self.lines.end
                || first_word(&text[line.clone()]) < first_word(&text[self.last.clone()]);
        }
        // What begins with a space has its fingerprint elsewhere.
        self.is_broken |= text[line.start] == b' ';
        self.lines.end = line.end + 1;
        self.last = line;
    }

    /// In a text of so many bytes, the last of which need not be a newline.
    fn sorted(self, length: usize) -> Option<Range<usize>> {
        (!self.is_broken).then(|| self.lines.start..self.lines.end.min(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALTED: &str = "salt 000102030405060708090a0b0c0d0e0f";

    fn file(lines: &[&str]) -> Result<AllowFile> {
        AllowFile::parse(lines.join("\n").into_bytes())
    }

    #[test]
    fn lines_may_be_unsorted_doubled_and_end_as_on_windows() {
        let two = "0123456789ab a-key * - two";
        let one = "0023456789ab b-key src/a.py 2031-01-01 one";
        let file = file(&[HEADER, SALTED, two, one, two, HEADER, SALTED, ""]).unwrap();
        assert_eq!(file.salts().len(), 1);
        assert_eq!(file.entries().count(), 3);
        let found: Vec<_> = file.with(Fingerprint::parse("0023456789ab").unwrap()).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].reason, "one");
        let written = file.written(file.entries(), None);
        assert_eq!(written, [HEADER, ABOUT, SALTED, one, two, ""].join("\n"));
        let file = AllowFile::parse(written.replace('\n', "\r\n").into()).unwrap();
        assert_eq!(file.entries().count(), 2);
        assert_eq!(file.with(Fingerprint::parse("0123456789ab").unwrap()).count(), 1);
        let ends_so = format!("{HEADER}\r\n{two}\r").into_bytes();
        assert_eq!(AllowFile::parse(ends_so).unwrap().entries().count(), 1);
    }

    #[test]
    fn an_entry_is_found_whatever_the_order_of_the_lines() {
        let prints = ["0023456789ab", "0123456789ab", "a023456789ab", "p0123456789ab"];
        let lines = prints.map(|print| format!("{print} a-key {print} - why"));
        let [a, b, c, d] = &lines;
        for order in [
            [HEADER, SALTED, a, b, c, d],
            [HEADER, a, SALTED, b, c, d],
            [HEADER, a, b, "# between", c, d],
            [HEADER, d, c, b, a, SALTED],
            [HEADER, "", d, &format!(" {a}"), b, c],
        ] {
            for end in ["", "\n", "\n\n", "\n# end"] {
                let text = order.join("\n") + end;
                let file = AllowFile::parse(text.clone().into_bytes()).unwrap();
                for print in prints {
                    let print = Fingerprint::parse(print).unwrap();
                    let found: Vec<_> = file.with(print).map(|entry| entry.path).collect();
                    assert_eq!(found, [print.to_string().as_bytes()], "{text}");
                }
                for other in ["000000000000", "0123456789aa", "ffffffffffff", "pffffffffffff"] {
                    assert_eq!(file.with(Fingerprint::parse(other).unwrap()).count(), 0, "{text}");
                }
                assert!(file.speaks_of("a-key", true) && file.speaks_of("a-key", false));
                assert!(!file.speaks_of("key", false) && !file.speaks_of("-", false));
            }
        }
        let file = AllowFile::parse([HEADER, a, a].join("\n").into_bytes()).unwrap();
        assert_eq!(file.with(Fingerprint::parse(prints[0]).unwrap()).count(), 2);
        assert!(!file.speaks_of("a-key", true));
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        for (lines, number, word) in [
            (&["a"][..], 1, "first line"),
            (&[HEADER, SALTED, "", "what"], 4, "FINGERPRINT"),
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
