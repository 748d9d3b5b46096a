//! What is new in a version of the allow file.

use super::allow_file::{AllowFile, entry_lines, is_entry};
use super::entry::Entry;

/// A detector looks no further from a value for a word that belongs to it, in lines.
const AROUND: usize = 4;

impl AllowFile {
    /// The entries that another version does not have.
    pub fn entries_without<'a>(
        &'a self,
        old: &'a AllowFile,
    ) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let (start, end) = self.differs(old);
        entry_lines(&self.text()[start..end])
            .filter_map(|line| Entry::parse(line).ok())
            .filter(|entry| !old.with(entry.fingerprint).any(|old| old == *entry))
    }

    /// The lines that another version does not have, and some around them: no key stands in this
    /// version and not in that one if none stands in these. An entry is one line, so that no key
    /// goes on in the next; where a comment changed, `None`.
    #[must_use]
    pub fn lines_without(&self, old: &AllowFile) -> Option<&str> {
        let (mut start, mut end) = self.differs(old);
        let text = self.text();
        if !text[start..end].lines().all(is_entry) {
            return None;
        }
        for _ in 0..AROUND {
            start = text[..start.saturating_sub(1)].rfind('\n').map_or(0, |at| at + 1);
            end += text[end..].find('\n').map_or(text.len() - end, |at| at + 1);
        }
        Some(&text[start..end])
    }

    /// Where whole lines begin and end before and behind which both versions say the same.
    fn differs(&self, old: &AllowFile) -> (usize, usize) {
        let (new, old) = (self.text().as_bytes(), old.text().as_bytes());
        let same = same_bytes(new, old, |bytes, from, length| &bytes[from..from + length]);
        let start = memchr::memrchr(b'\n', &new[..same]).map_or(0, |at| at + 1);
        let (left, left_old) = (&new[start..], &old[start..]);
        let same = same_bytes(left, left_old, |bytes, from, length| {
            let end = bytes.len() - from;
            &bytes[end - length..end]
        });
        let end = left.len() - same;
        let begins_line = |bytes: &[u8], at: usize| at == 0 || bytes[at - 1] == b'\n';
        let end = if begins_line(left, end) && begins_line(left_old, left_old.len() - same) {
            end
        } else {
            memchr::memchr(b'\n', &left[end..]).map_or(left.len(), |at| end + at + 1)
        };
        (start, start + end)
    }
}

/// How many bytes two texts have in common, from where `piece` begins to count.
fn same_bytes(
    one: &[u8],
    other: &[u8],
    piece: impl for<'b> Fn(&'b [u8], usize, usize) -> &'b [u8],
) -> usize {
    let most = one.len().min(other.len());
    let mut same = 0;
    for step in [4096, 64, 1] {
        while same + step <= most && piece(one, same, step) == piece(other, same, step) {
            same += step;
        }
    }
    same
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(lines: &[String]) -> AllowFile {
        let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
        let text = format!("keystop-allow 1\n{text}");
        AllowFile::parse(text.into_bytes()).unwrap()
    }

    fn line(number: u16) -> String {
        let length = usize::from(number % 7);
        format!("{number:012x} a-key {} - why", "x".repeat(length + 1))
    }

    proptest! {
        #[test]
        fn what_is_new_is_what_the_other_has_not(
            mut old in prop::collection::vec(0..300u16, 0..200),
            new in prop::collection::vec(0..300u16, 0..6),
            gone in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
            sorted in any::<bool>(),
        ) {
            let mut both = [old.clone(), new].concat();
            for index in gone {
                if !both.is_empty() {
                    both.swap_remove(index.index(both.len()));
                }
            }
            if sorted {
                both.sort_unstable();
                old.sort_unstable();
            }
            let lines = |numbers: &[u16]| numbers.iter().map(|&one| line(one)).collect::<Vec<_>>();
            let (before, now) = (file(&lines(&old)), file(&lines(&both)));
            let found: Vec<String> =
                now.entries_without(&before).map(|entry| entry.to_string()).collect();
            let expected: Vec<String> =
                both.iter().filter(|one| !old.contains(one)).map(|&one| line(one)).collect();
            prop_assert_eq!(&found, &expected);
            let near = now.lines_without(&before).unwrap();
            for line in expected {
                prop_assert!(near.lines().any(|other| other == line), "{}", line);
            }
        }
    }

    #[test]
    fn a_line_alone_is_new_among_many_with_some_around_it() {
        let mut lines: Vec<String> = (0..1000).map(line).collect();
        let before = file(&lines);
        lines.insert(500, line(2000));
        let now = file(&lines);
        assert_eq!(now.lines_without(&before).unwrap().lines().count(), 2 * AROUND + 1);
        assert_eq!(now.entries_without(&before).count(), 1);
        assert_eq!(before.entries_without(&now).count(), 0);
        lines.insert(500, "# a comment".to_owned());
        assert_eq!(file(&lines).lines_without(&before), None);
    }
}
