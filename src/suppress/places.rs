//! Where entries of the allow file hold.

use std::collections::HashSet;

use super::allow_file::{AllowFile, entry_lines, is_of};
use super::entry::Entry;

/// The places in which a file's entries for one detector hold: whether a fingerprint, which may be
/// slow to make, need be asked for at all.
#[derive(Debug, Default)]
pub struct Places {
    paths: HashSet<Vec<u8>>,
    /// Those that are no single path.
    many: Vec<Entry<'static>>,
}

impl Places {
    /// Adds those of a file.
    pub fn add(&mut self, file: &AllowFile, detector: &str) {
        for line in lines_naming(file.text(), detector) {
            let entry = is_of(line, detector).then(|| Entry::parse(line).ok()).flatten();
            let Some(entry) = entry else { continue };
            if entry.path.iter().any(|byte| b"*?[{".contains(byte)) || entry.path.ends_with(b"/") {
                self.many.push(entry.into_owned());
            } else {
                self.paths.insert(entry.path.into_owned());
            }
        }
    }

    /// Whether an entry holds at a path.
    #[must_use]
    pub fn cover(&self, path: &[u8]) -> bool {
        self.paths.contains(path) || self.many.iter().any(|entry| entry.covers(path))
    }
}

/// The entries that have the detector's name in them, most of them where the detector stands.
pub(super) fn lines_naming<'t>(text: &'t str, detector: &str) -> impl Iterator<Item = &'t str> {
    let finder = memchr::memmem::Finder::new(detector.as_bytes()).into_owned();
    let mut from = 0;
    std::iter::from_fn(move || {
        let bytes = text.as_bytes();
        let at = from + finder.find(&bytes[from..])?;
        let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(text.len(), |end| at + end);
        from = end;
        Some(&text[start..end])
    })
    .flat_map(entry_lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_detector_alone() {
        let text = "keystop-allow 1\n# a-key here\n0123456789ab a-key src/a.py - why\n\
                    1123456789ab b-key src/b.py - a-key src/c.py\n2123456789ab a-key tests/ - x\n\
                    3123456789ab a-key \"a b\" - x\n4123456789ab a-key-2 * - x";
        let file = AllowFile::parse(text.into()).unwrap();
        let mut places = Places::default();
        places.add(&file, "a-key");
        for path in ["src/a.py", "tests/deep/x", "a b"] {
            assert!(places.cover(path.as_bytes()), "{path}");
        }
        for path in ["src/b.py", "src/c.py", "tests", "x"] {
            assert!(!places.cover(path.as_bytes()), "{path}");
        }
    }
}
