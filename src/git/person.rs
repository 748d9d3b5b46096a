//! Who wrote a commit or tag, and when.

use super::object::{Kind, Object};

/// A commit's author, or a tag's tagger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name and address, in git's bytes.
    pub name: Vec<u8>,
    /// When it was written, in seconds since 1970 (UTC); 0 where that cannot be read.
    pub date: i64,
}

impl Person {
    /// The person a commit or tag names; `None` for a file, or a header without one.
    #[must_use]
    pub fn of(object: &Object) -> Option<Person> {
        let field: &[u8] = match object.kind {
            Kind::Commit => b"author ",
            Kind::Tag => b"tagger ",
            Kind::Tree | Kind::Blob => return None,
        };
        let lines = object.data.split(|&byte| byte == b'\n').take_while(|line| !line.is_empty());
        let line = { lines }.find_map(|line| line.strip_prefix(field))?;
        let end = memchr::memrchr(b'>', line).map_or(line.len(), |end| end + 1);
        let (name, date) = line.split_at(end);
        let seconds = date.trim_ascii_start().split(|&byte| byte == b' ').next();
        let seconds = seconds.and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
        Some(Person { name: name.to_vec(), date: seconds.unwrap_or(0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(kind: Kind, text: &str) -> Option<(String, i64)> {
        let person = Person::of(&Object { kind, data: text.as_bytes().to_vec() })?;
        Some((String::from_utf8(person.name).unwrap(), person.date))
    }

    #[test]
    fn the_author_is_who_the_header_names() {
        let commit = "tree 0\nauthor A <b> U <a@example.com> 1700000000 +0100\ncommitter C <c> 5 +0000\n\nauthor X <x> 9 +0000\n";
        let author = ("A <b> U <a@example.com>".to_owned(), 1_700_000_000);
        assert_eq!(person(Kind::Commit, commit), Some(author));
        let tag = "object 0\ntype commit\ntag v1\ntagger T <t> 7 +0000\n\nx";
        assert_eq!(person(Kind::Tag, tag), Some(("T <t>".to_owned(), 7)));
        assert_eq!(person(Kind::Tag, "object 0\ntag v1\n\ntagger T <t> 7 +0000\n"), None);
        assert_eq!(person(Kind::Commit, "author A <a> soon\n\n"), Some(("A <a>".to_owned(), 0)));
    }
}
