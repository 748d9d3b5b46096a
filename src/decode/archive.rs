//! What zip, tar and their compressed kin hold.

use std::io::{Cursor, Read};

use anyhow::{Result, bail};

/// As many archives inside each other are opened.
const DEPTH: usize = 16;

/// A file that holds others, or one in fewer bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Zip,
    Tar,
    Gzip,
    Zstd,
    Xz,
}

impl Kind {
    /// By what the bytes say, never by a name.
    fn of(bytes: &[u8]) -> Option<Kind> {
        match bytes {
            [b'P', b'K', 3, 4, ..] => Some(Kind::Zip),
            [0x1f, 0x8b, 8, ..] => Some(Kind::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Kind::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Kind::Xz),
            _ if bytes.get(257..262) == Some(b"ustar") => Some(Kind::Tar),
            // A program or script in front of a zip: the end tells.
            _ if bytes.len() > 22 && bytes[bytes.len() - 22..].starts_with(b"PK\x05\x06") => {
                Some(Kind::Zip)
            }
            _ => None,
        }
    }
}

/// Whether [`unpack`] would open these bytes.
#[must_use]
pub fn is_packed(bytes: &[u8]) -> bool {
    Kind::of(bytes).is_some()
}

/// Sees what was unpacked: the names that lead to it, and its bytes.
pub type See<'a> = &'a mut dyn FnMut(&[Vec<u8>], &[u8]) -> Result<()>;

/// Calls `see` with everything that is packed in `bytes`, also archives in archives; nothing for
/// bytes that are no archive. What is damaged, or encrypted, is read as far as it can be.
///
/// # Errors
/// More than `limit` bytes, or archives inside each other without end; and what `see` returns.
pub fn unpack(bytes: &[u8], limit: u64, see: See) -> Result<()> {
    let mut unpacking = Unpacking { left: limit, limit, names: Vec::new(), see };
    unpacking.open(bytes)
}

struct Unpacking<'a> {
    /// How many bytes may still come.
    left: u64,
    limit: u64,
    names: Vec<Vec<u8>>,
    see: See<'a>,
}

impl Unpacking<'_> {
    fn open(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(kind) = Kind::of(bytes) else { return Ok(()) };
        if self.names.len() >= DEPTH {
            bail!("it holds archives inside each other, more than {DEPTH} deep");
        }
        match kind {
            Kind::Zip => self.zip(bytes),
            Kind::Tar => self.tar(bytes),
            Kind::Gzip => self.one("gzip", &mut flate2::bufread::MultiGzDecoder::new(bytes)),
            Kind::Xz => self.one("xz", &mut lzma_rust2::XzReader::new(bytes, true)),
            Kind::Zstd => match ruzstd::decoding::StreamingDecoder::new(bytes) {
                Ok(mut decoder) => self.one("zstd", &mut decoder),
                Err(_) => Ok(()),
            },
        }
    }

    fn zip(&mut self, bytes: &[u8]) -> Result<()> {
        let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
        for number in 0..archive.len() {
            let Ok(mut member) = archive.by_index(number) else { continue };
            if member.is_dir() {
                continue;
            }
            let name = member.name_raw().to_vec();
            let content = self.read(&mut member)?;
            self.member(name, &content)?;
        }
        Ok(())
    }

    fn tar(&mut self, bytes: &[u8]) -> Result<()> {
        let mut archive = tar::Archive::new(bytes);
        let Ok(entries) = archive.entries() else { return Ok(()) };
        for entry in entries {
            let Ok(mut entry) = entry else { break };
            let name = entry.path_bytes().into_owned();
            let content = self.read(&mut entry)?;
            self.member(name, &content)?;
        }
        Ok(())
    }

    /// What was compressed without a name of its own; a tar below it needs none.
    fn one(&mut self, name: &str, reader: &mut dyn Read) -> Result<()> {
        let content = self.read(reader)?;
        if Kind::of(&content) == Some(Kind::Tar) {
            return self.tar(&content);
        }
        self.member(name.as_bytes().to_vec(), &content)
    }

    fn member(&mut self, name: Vec<u8>, content: &[u8]) -> Result<()> {
        self.names.push(name);
        (self.see)(&self.names, content)?;
        self.open(content)?;
        self.names.pop();
        Ok(())
    }

    fn read(&mut self, reader: &mut dyn Read) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        // What came before the damage is judged; the rest is no content that anybody could read.
        let _ = reader.take(self.left + 1).read_to_end(&mut content);
        match self.left.checked_sub(content.len() as u64) {
            Some(left) => self.left = left,
            None => bail!("it unpacks to more than {} bytes", self.limit),
        }
        Ok(content)
    }
}
