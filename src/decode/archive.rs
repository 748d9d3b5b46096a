//! What zip, tar and their compressed kin hold.

use std::io::{Cursor, Read};

use anyhow::{Error, Result, anyhow, bail};
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use zip::CompressionMethod as Method;
use zip::result::ZipError;

use super::Allowance;

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
            // The second begins a frame that is skipped; some packers put one in front.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Kind::Zstd),
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
pub type See<'a> = &'a mut dyn FnMut(&[Vec<u8>], &[u8], &mut Allowance) -> Result<()>;

/// What was left closed of what was unpacked.
#[derive(Debug, Default)]
pub struct Closed {
    /// How many members nobody without a password, or nobody with these libraries, can read: they
    /// are judged by the bytes that stand in the archive.
    pub unread: u64,
    /// The first that should have opened and did not.
    pub damaged: Option<Error>,
}

/// Calls `see` with everything that is packed in `bytes`, also archives in archives; nothing for
/// bytes that are no archive. Of what is damaged, `see` gets what comes before the damage.
///
/// # Errors
/// More than `allowance`, or archives inside each other without end; and what `see` returns.
pub fn unpack(bytes: &[u8], allowance: &mut Allowance, see: See) -> Result<Closed> {
    let mut unpacking = Unpacking { allowance, names: Vec::new(), closed: Closed::default(), see };
    if Kind::of(bytes).is_some() && unpacking.allowance.opens()? {
        unpacking.open(bytes)?;
    }
    Ok(unpacking.closed)
}

struct Unpacking<'a, 'b> {
    allowance: &'a mut Allowance<'b>,
    names: Vec<Vec<u8>>,
    closed: Closed,
    see: See<'a>,
}

impl Unpacking<'_, '_> {
    fn open(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(kind) = Kind::of(bytes) else { return Ok(()) };
        if self.names.len() >= DEPTH {
            bail!("it holds archives inside each other, more than {DEPTH} deep");
        }
        match kind {
            Kind::Zip => self.zip(bytes),
            Kind::Tar => self.tar(bytes),
            Kind::Gzip => {
                let content = self.gzip(bytes)?;
                self.one("gzip", &content)
            }
            Kind::Zstd => {
                let content = self.zstd(bytes)?;
                self.one("zstd", &content)
            }
            Kind::Xz => {
                let mut content = Vec::new();
                let done = self.read(&mut lzma_rust2::XzReader::new(bytes, true), &mut content)?;
                self.note("xz", done);
                self.one("xz", &content)
            }
        }
    }

    fn zip(&mut self, bytes: &[u8]) -> Result<()> {
        let mut archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
            Ok(archive) => archive,
            Err(error) => {
                self.closed(b"zip", error);
                return Ok(());
            }
        };
        for number in 0..archive.len() {
            let mut member = match archive.by_index(number) {
                Ok(member) => member,
                Err(error) => {
                    self.closed(number.to_string().as_bytes(), error);
                    continue;
                }
            };
            if member.is_dir() {
                continue;
            }
            if !matches!(member.compression(), Method::Stored | Method::Deflated) {
                self.closed.unread += 1;
                continue;
            }
            let name = member.name_raw().to_vec();
            let mut content = Vec::new();
            let done = self.read(&mut member, &mut content)?;
            // A checksum that does not fit is no reason not to have read it all.
            if content.len() as u64 != member.size() {
                self.note(&String::from_utf8_lossy(&name), done);
            }
            self.member(name, &content)?;
        }
        Ok(())
    }

    /// A tar's members stand in it as they are, so that nothing of a damaged one was left out.
    fn tar(&mut self, bytes: &[u8]) -> Result<()> {
        let mut archive = tar::Archive::new(Cursor::new(bytes));
        let Ok(entries) = archive.entries_with_seek() else { return Ok(()) };
        for entry in entries {
            let Ok(mut entry) = entry else { break };
            let name = entry.path_bytes().into_owned();
            if entry.header().entry_type().is_gnu_sparse() {
                let mut content = Vec::new();
                let _ = self.read(&mut entry, &mut content)?;
                self.member(name, &content)?;
                continue;
            }
            let rest = usize::try_from(entry.raw_file_position())
                .ok()
                .and_then(|start| bytes.get(start..))
                .unwrap_or_default();
            let size = usize::try_from(entry.size()).unwrap_or(usize::MAX).min(rest.len());
            self.member(name, &rest[..size])?;
        }
        Ok(())
    }

    /// One piece behind the other, as `cat a.gz b.gz` makes them.
    fn gzip(&mut self, mut bytes: &[u8]) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        while Kind::of(bytes) == Some(Kind::Gzip) {
            let mut reader = flate2::bufread::GzDecoder::new(bytes);
            if let done @ Err(_) = self.read(&mut reader, &mut content)? {
                self.note("gzip", done);
                break;
            }
            bytes = reader.into_inner();
        }
        Ok(content)
    }

    /// The same of zstd, where a piece may also be one that says of itself to be skipped.
    fn zstd(&mut self, mut bytes: &[u8]) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        while Kind::of(bytes) == Some(Kind::Zstd) {
            let window = self.allowance.left()?.saturating_add(1);
            match StreamingDecoder::new_with_max_window_size(bytes, window) {
                Ok(mut reader) => {
                    if let done @ Err(_) = self.read(&mut reader, &mut content)? {
                        self.note("zstd", done);
                        break;
                    }
                    bytes = reader.into_inner();
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => bytes = bytes.get(8 + length as usize..).unwrap_or_default(),
                Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
                    self.allowance.spend(usize::MAX)?;
                    break;
                }
                Err(FrameDecoderError::DictNotProvided { .. }) => {
                    self.closed.unread += 1;
                    break;
                }
                Err(error) => {
                    self.note("zstd", Err(std::io::Error::other(error)));
                    break;
                }
            }
        }
        Ok(content)
    }

    /// What was compressed without a name of its own; a tar below it needs none.
    fn one(&mut self, name: &str, content: &[u8]) -> Result<()> {
        if Kind::of(content) == Some(Kind::Tar) {
            return self.tar(content);
        }
        self.member(name.as_bytes().to_vec(), content)
    }

    fn member(&mut self, name: Vec<u8>, content: &[u8]) -> Result<()> {
        self.names.push(name);
        (self.see)(&self.names, content, self.allowance)?;
        self.open(content)?;
        self.names.pop();
        Ok(())
    }

    /// Reads all that comes, up to the limit, and says how it ended.
    fn read(
        &mut self,
        reader: &mut dyn Read,
        content: &mut Vec<u8>,
    ) -> Result<std::io::Result<()>> {
        let before = content.len();
        let most = self.allowance.left()?.saturating_add(1);
        let done = reader.take(most).read_to_end(content);
        self.allowance.spend(content.len() - before)?;
        Ok(done.map(|_| ()))
    }

    /// Notes what kept a zip or a member of it closed.
    fn closed(&mut self, name: &[u8], error: ZipError) {
        match error {
            ZipError::UnsupportedArchive(_)
            | ZipError::InvalidPassword
            | ZipError::CompressionMethodNotSupported(_) => self.closed.unread += 1,
            error => self.note(&String::from_utf8_lossy(name), Err(std::io::Error::other(error))),
        }
    }

    fn note(&mut self, name: &str, done: std::io::Result<()>) {
        if let (Err(error), None) = (done, &self.closed.damaged) {
            let way = self.names.iter().map(|name| String::from_utf8_lossy(name).into_owned());
            let way: Vec<String> = way.chain([name.to_owned()]).collect();
            self.closed.damaged =
                Some(anyhow!("{}: damaged, it does not unpack: {error}", way.join(" > ")));
        }
    }
}
