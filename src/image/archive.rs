//! The entries of a tar archive, one after the other, in memory that no archive decides on.
//!
//! The `tar` crate reads the headers' fields. Its own iterator is not used: it holds an extension
//! header of any size in memory, writes out the holes of sparse files, and splits extended records
//! at newlines, which the binary attributes of real layers contain.

use std::io::{self, Read};

use anyhow::{Context, Result, bail, ensure};
use tar::{EntryType, Header};

use crate::redaction::visible;

const BLOCK: usize = 512;
/// Where a header has its size.
const SIZE: std::ops::Range<usize> = 124..136;
/// Where a header has its checksum.
const SUM: std::ops::Range<usize> = 148..156;
/// Long names, extended attributes and the like of one entry must not be larger.
const LARGEST_EXTENSION: u64 = 1 << 20;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A file; of a sparse one the content is what lies between the holes.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Another name for a file of the archive.
    HardLink,
    /// A device or a pipe.
    Special,
}

/// What an archive says of one of its entries.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its path as it stands there.
    pub path: Vec<u8>,
    /// What it is.
    pub what: What,
    /// Bytes of content.
    pub size: u64,
    /// What a link points at.
    pub target: Vec<u8>,
    /// The values of its extended attributes and other records, a line each.
    pub attributes: Vec<u8>,
}

/// Reads an archive. As a [`Read`] it is the content of the entry that came last, and what stands
/// in the padding behind it if that is not empty, as it should be.
pub(super) struct Archive<R> {
    input: R,
    left: u64,
    padding: usize,
    /// What the padding held, if anything.
    slack: io::Cursor<Vec<u8>>,
    /// Whether the end mark has to be there.
    strict: bool,
}

/// What headers said of the entry that follows them.
#[derive(Default)]
struct Ahead {
    path: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
    attributes: Vec<u8>,
    any: bool,
}

impl<R: Read> Archive<R> {
    /// One whose last entry may be followed by nothing, as layers' are.
    pub(super) fn new(input: R) -> Archive<R> {
        Archive { input, left: 0, padding: 0, slack: io::Cursor::default(), strict: false }
    }

    /// One that must have its end mark.
    pub(super) fn whole(input: R) -> Archive<R> {
        Archive { strict: true, ..Archive::new(input) }
    }

    /// The next entry; what is left of the last one's content is passed over.
    pub(super) fn next(&mut self) -> Result<Option<Entry>> {
        io::copy(self, &mut io::sink())?;
        let mut ahead = Ahead::default();
        loop {
            let Some(block) = self.block()? else {
                ensure!(!ahead.any && !self.strict, "the archive is cut off");
                return Ok(None);
            };
            if block == [0; BLOCK] {
                ensure!(!ahead.any, "the archive ends behind an extension header");
                self.end()?;
                return Ok(None);
            }
            let header = Header::from_byte_slice(&block);
            check_sum(&block, header)?;
            let size = size(&block, header)?;
            ahead.any = true;
            match header.entry_type() {
                EntryType::GNULongName => ahead.path = Some(without_end(self.small(size)?)),
                EntryType::GNULongLink => ahead.target = Some(without_end(self.small(size)?)),
                EntryType::XHeader => ahead.read(&self.small(size)?)?,
                // It holds for all that follow: a path or a size of that kind makes no sense.
                EntryType::XGlobalHeader => {
                    let mut global = Ahead::default();
                    global.read(&self.small(size)?)?;
                    ensure!(global.size.is_none(), "a global header names a size");
                    ahead.attributes.extend(global.attributes);
                }
                kind => return self.entry(&block, header, kind, size, ahead).map(Some),
            }
            ensure!(
                ahead.attributes.len() as u64 <= LARGEST_EXTENSION,
                "more than {LARGEST_EXTENSION} bytes of extended attributes"
            );
        }
    }

    fn entry(
        &mut self,
        block: &[u8; BLOCK],
        header: &Header,
        kind: EntryType,
        size: u64,
        ahead: Ahead,
    ) -> Result<Entry> {
        let path = ahead.path.unwrap_or_else(|| header.path_bytes().into_owned());
        let what = match kind {
            EntryType::Directory => What::Folder,
            EntryType::Symlink => What::Link,
            EntryType::Link => What::HardLink,
            EntryType::Char | EntryType::Block | EntryType::Fifo => What::Special,
            // Archives older than POSIX have no other sign.
            EntryType::Regular if path.ends_with(b"/") && size == 0 => What::Folder,
            _ => What::File,
        };
        let size = ahead.size.unwrap_or(size);
        // Readers do not agree on whether content follows.
        ensure!(
            what == What::File || size == 0,
            "{}: {size} bytes of content on an entry that has none",
            visible(&path)
        );
        if kind == EntryType::GNUSparse {
            self.pass_map(block)?;
        }
        self.left = size;
        self.padding = (size.wrapping_neg() % BLOCK as u64) as usize;
        let target = ahead.target.or_else(|| header.link_name_bytes().map(|name| name.into()));
        let target = match what {
            What::Link | What::HardLink => target.unwrap_or_default(),
            _ => Vec::new(),
        };
        Ok(Entry { path, what, size, target, attributes: ahead.attributes })
    }

    /// Passes over the rest of a sparse file's map.
    fn pass_map(&mut self, header: &[u8; BLOCK]) -> Result<()> {
        let mut more = header[482] != 0;
        while more {
            let block = self.block()?.context("a sparse file's map is cut off")?;
            more = block[504] != 0;
        }
        Ok(())
    }

    /// A block; none at the end.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>> {
        let mut block = [0; BLOCK];
        let mut read = 0;
        while read < BLOCK {
            match self.input.read(&mut block[read..]) {
                Ok(0) if read == 0 => return Ok(None),
                Ok(0) => bail!("the archive is cut off in a header"),
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(block))
    }

    /// The content of an extension header.
    fn small(&mut self, size: u64) -> Result<Vec<u8>> {
        ensure!(
            size <= LARGEST_EXTENSION,
            "an extension header of {size} bytes: more than {LARGEST_EXTENSION} are not read"
        );
        self.left = size;
        self.padding = (size.wrapping_neg() % BLOCK as u64) as usize;
        let mut content = Vec::new();
        self.read_to_end(&mut content)?;
        content.truncate(size as usize);
        Ok(content)
    }

    /// Behind the end mark nothing may follow: no other reader would see it.
    fn end(&mut self) -> Result<()> {
        let mut buffer = [0; 8192];
        loop {
            match self.input.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(read) if buffer[..read].iter().all(|&byte| byte == 0) => {}
                Ok(_) => bail!("something stands behind the archive's end, where no reader looks"),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl<R: Read> Read for Archive<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left > 0 {
            let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
            let read = self.input.read(&mut buffer[..most])?;
            if read == 0 {
                return Err(io::Error::other(format!(
                    "the archive is cut off: {} bytes of a file are missing",
                    self.left
                )));
            }
            self.left -= read as u64;
            return Ok(read);
        }
        if self.padding > 0 {
            let mut padding = [0; BLOCK];
            let padding = &mut padding[..std::mem::take(&mut self.padding)];
            self.input.read_exact(padding).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => io::Error::other("the archive is cut off"),
                _ => error,
            })?;
            if padding.iter().any(|&byte| byte != 0) {
                self.slack = io::Cursor::new(padding.to_vec());
            }
        }
        self.slack.read(buffer)
    }
}

impl Ahead {
    /// Reads records of the form `LENGTH KEY=VALUE\n`, in which a value may have any byte.
    fn read(&mut self, mut records: &[u8]) -> Result<()> {
        while !records.is_empty() {
            let digits = records.iter().take_while(|byte| byte.is_ascii_digit()).count().min(9);
            let length = std::str::from_utf8(&records[..digits]).ok();
            let length = length.and_then(|text| text.parse::<usize>().ok());
            let record = length
                .and_then(|length| records.get(digits..length))
                .and_then(|rest| rest.strip_prefix(b" ")?.strip_suffix(b"\n"))
                .context("an extended header with a bad record")?;
            records = &records[digits + record.len() + 2..];
            let equals = memchr::memchr(b'=', record).context("an extended header without `=`")?;
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            match key {
                b"path" | b"GNU.sparse.name" => self.path = Some(value.to_vec()),
                b"linkpath" => self.target = Some(value.to_vec()),
                b"size" => {
                    let number = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                    self.size = Some(number.context("an extended header with a bad size")?);
                }
                _ => {
                    self.attributes.extend(key);
                    self.attributes.push(b'=');
                    self.attributes.extend(value);
                    self.attributes.push(b'\n');
                }
            }
        }
        Ok(())
    }
}

/// Whether a block is a tar header.
pub(super) fn is_header(block: &[u8]) -> bool {
    <&[u8; BLOCK]>::try_from(block)
        .is_ok_and(|block| check_sum(block, Header::from_byte_slice(block)).is_ok())
}

/// The sum of a header's bytes; some old programs added them with their signs.
fn check_sum(block: &[u8; BLOCK], header: &Header) -> Result<()> {
    let said = header.cksum().map_err(|_| anyhow::anyhow!("no tar header where one must be"))?;
    let (before, after) = (&block[..SUM.start], &block[SUM.end..]);
    let bytes = || before.iter().chain(&[b' '; 8]).chain(after);
    let plain: u32 = bytes().map(|&byte| u32::from(byte)).sum();
    let signed: i32 = bytes().map(|&byte| i32::from(byte.cast_signed())).sum();
    ensure!(
        said == plain || i64::from(said) == i64::from(signed),
        "a tar header whose checksum is wrong"
    );
    Ok(())
}

fn size(block: &[u8; BLOCK], header: &Header) -> Result<u64> {
    let field = &block[SIZE];
    if field.iter().all(|byte| matches!(byte, 0 | b' ')) {
        return Ok(0);
    }
    // The binary form: a sign, and more bits than a size can have.
    ensure!(
        field[0] & 0x80 == 0 || (field[0] == 0x80 && field[1..4] == [0; 3] && field[4] & 0x80 == 0),
        "a tar header with a negative or absurd size"
    );
    header.entry_size().map_err(|_| anyhow::anyhow!("a tar header with a bad size"))
}

fn without_end(mut name: Vec<u8>) -> Vec<u8> {
    let end = memchr::memchr(0, &name).unwrap_or(name.len());
    name.truncate(end);
    name
}
