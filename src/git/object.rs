//! Git's objects as bytes, and the little of their grammar that judging needs.

use std::fmt;
use std::hash::{Hash, Hasher};

use anyhow::{Context, Result, bail};

/// The name of an object: 20 bytes of SHA-1 or 32 of SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId {
    bytes: [u8; 32],
    length: u8,
}

impl Hash for ObjectId {
    /// An id is a hash itself: eight of its bytes tell any two apart that a history holds.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes;
        state.write_u64(u64::from_le_bytes([a, b, c, d, e, f, g, h]));
    }
}

impl ObjectId {
    /// From raw bytes; `None` unless there are 20 or 32.
    #[must_use]
    pub fn from_bytes(raw: &[u8]) -> Option<Self> {
        if !matches!(raw.len(), 20 | 32) {
            return None;
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Some(ObjectId { bytes, length: raw.len() as u8 })
    }

    /// From 40 or 64 hex digits.
    #[must_use]
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        if !matches!(hex.len(), 40 | 64) {
            return None;
        }
        let mut bytes = [0; 32];
        let mut all = 0;
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            let (high, low) = (DIGITS[usize::from(pair[0])], DIGITS[usize::from(pair[1])]);
            all |= high | low;
            *byte = high << 4 | low;
        }
        (all < 16).then_some(ObjectId { bytes, length: (hex.len() / 2) as u8 })
    }

    /// The raw bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Whether every byte is zero: git's way to say "no object".
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.bytes.iter().all(|&byte| byte == 0)
    }

    /// The first twelve hex digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

/// What each hex digit stands for, and 255 for what is none. Every line of a commit has forty.
static DIGITS: [u8; 256] = {
    let mut digits = [u8::MAX; 256];
    let mut digit = 0;
    while digit < 16 {
        digits[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digits[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Digit by digit: ids become paths, and the formatting machinery took a tenth of a push.
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.as_bytes()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        let text = &text[..self.as_bytes().len() * 2];
        f.write_str(std::str::from_utf8(text).unwrap_or_default())
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A directory.
    Tree,
    /// A file's content or a link's target.
    Blob,
    /// An annotated tag.
    Tag,
}

impl Kind {
    /// The kind git calls `name`.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Kind> {
        match name {
            b"commit" => Some(Kind::Commit),
            b"tree" => Some(Kind::Tree),
            b"blob" => Some(Kind::Blob),
            b"tag" => Some(Kind::Tag),
            _ => None,
        }
    }
}

/// An object's kind and content.
#[derive(Debug)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Its content, without git's header.
    pub data: Vec<u8>,
}

/// The header lines of a commit that judging follows.
#[derive(Debug)]
pub struct Commit {
    /// The root tree.
    pub tree: ObjectId,
    /// The parents, first one first.
    pub parents: Vec<ObjectId>,
    /// Where people's text begins: the author line.
    pub text: usize,
}

impl Commit {
    /// Reads a commit's header.
    ///
    /// # Errors
    /// A header that git would not write.
    pub fn parse(data: &[u8]) -> Result<Commit> {
        let (mut tree, mut parents, mut text) = (None, Vec::new(), 0);
        while text < data.len() {
            let bare = &data[text..];
            let bare = &bare[..memchr::memchr(b'\n', bare).unwrap_or(bare.len())];
            if let Some(hex) = bare.strip_prefix(b"tree ") {
                tree = ObjectId::from_hex(hex);
            } else if let Some(hex) = bare.strip_prefix(b"parent ") {
                parents.push(ObjectId::from_hex(hex).context("a commit with a bad parent line")?);
            } else {
                break;
            }
            text = data.len().min(text + bare.len() + 1);
        }
        Ok(Commit { tree: tree.context("a commit without a tree")?, parents, text })
    }
}

/// What a tag object points at, and where its text begins.
#[derive(Debug)]
pub struct Tag {
    /// The tagged object.
    pub target: ObjectId,
    /// Where people's text begins: the tag's name.
    pub text: usize,
}

impl Tag {
    /// Reads a tag's header.
    ///
    /// # Errors
    /// A header that git would not write.
    pub fn parse(data: &[u8]) -> Result<Tag> {
        let mut lines = data.split_inclusive(|&byte| byte == b'\n');
        let (Some(object), Some(kind)) = (lines.next(), lines.next()) else {
            bail!("a tag without a header")
        };
        let hex = object.strip_prefix(b"object ").context("a tag without an object line")?;
        let target = ObjectId::from_hex(hex.trim_ascii_end()).context("a tag with a bad id")?;
        Ok(Tag { target, text: object.len() + kind.len() })
    }
}

/// One line of a tree.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Git's mode: what the entry is.
    pub mode: Mode,
    /// The name, without any folder.
    pub name: &'a [u8],
    /// The object.
    pub id: ObjectId,
}

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A folder.
    Tree,
    /// A file, or a symbolic link, whose target is content too.
    Blob,
    /// A submodule: a pointer into another repository, no content.
    Submodule,
}

/// The entries of a tree whose ids are `hash` bytes long.
pub fn entries(data: &[u8], hash: usize) -> impl Iterator<Item = Result<Entry<'_>>> {
    let mut rest = data;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let parsed = entry(rest, hash);
        rest = parsed.as_ref().map_or(&[][..], |(_, rest)| rest);
        Some(parsed.map(|(entry, _)| entry))
    })
}

/// The first entry of a tree, and what comes behind it.
pub(super) fn entry(data: &[u8], hash: usize) -> Result<(Entry<'_>, &[u8])> {
    let space = memchr::memchr(b' ', data).context("a tree entry without a mode")?;
    let nul = memchr::memchr(0, data)
        .filter(|&nul| nul > space)
        .context("a tree entry without a name")?;
    let id = data.get(nul + 1..nul + 1 + hash).context("a tree that ends within an id")?;
    let mode = match &data[..space] {
        b"40000" | b"040000" => Mode::Tree,
        b"160000" => Mode::Submodule,
        _ => Mode::Blob,
    };
    let id = ObjectId::from_bytes(id).context("a tree with ids of an unknown length")?;
    Ok((Entry { mode, name: &data[space + 1..nul], id }, &data[nul + 1 + hash..]))
}
