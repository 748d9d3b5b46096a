//! What zip, tar and their compressed kin hold.

mod closed;
mod stream;
mod tar;
mod zip;

use anyhow::{Result, bail};

use super::Allowance;
pub use closed::{Closed, Why};
use stream::Unpacked;
use zip::{Header, Headers};

/// As many archives inside each other are opened.
const DEPTH: usize = 16;
/// What the least member takes of the allowance beside its bytes: very many empty ones take long.
const LEAST: usize = 64;

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
            _ if tar::begins(bytes) => Some(Kind::Tar),
            _ if zip::has_end(bytes) => Some(Kind::Zip),
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

/// Calls `see` with everything that is packed in `bytes`, also archives in archives; nothing for
/// bytes that are no archive. Of what is damaged, `see` gets what comes before the damage. Returns
/// what was left closed.
///
/// # Errors
/// More than `allowance`, or archives inside each other without end; and what `see` returns.
pub fn unpack(bytes: &[u8], allowance: &mut Allowance, see: See) -> Result<Vec<Closed>> {
    let mut unpacking = Unpacking { allowance, names: Vec::new(), closed: Vec::new(), see };
    if Kind::of(bytes).is_some() {
        if unpacking.allowance.opens()? {
            unpacking.open(bytes)?;
        } else {
            // A setting must not turn this off without a word.
            unpacking.close(None, Why::Unwanted);
        }
    }
    Ok(unpacking.closed)
}

struct Unpacking<'a, 'b> {
    allowance: &'a mut Allowance<'b>,
    names: Vec<Vec<u8>>,
    closed: Vec<Closed>,
    see: See<'a>,
}

impl Unpacking<'_, '_> {
    fn open(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(kind) = Kind::of(bytes) else { return Ok(()) };
        if self.names.len() >= DEPTH {
            bail!("it holds archives inside each other, more than {DEPTH} deep");
        }
        let (name, out) = match kind {
            Kind::Zip => return self.zip(bytes),
            Kind::Tar => return self.tar(bytes),
            Kind::Gzip => ("gzip", stream::gzip(bytes, self.allowance)?),
            Kind::Zstd => ("zstd", stream::zstd(bytes, self.allowance)?),
            Kind::Xz => ("xz", stream::xz(bytes, self.allowance)?),
        };
        if !out.is_open() {
            let why = if out.cut == Some(Why::Unknown) { Why::Unknown } else { Why::NoArchive };
            self.close(None, why);
            return Ok(());
        }
        if let Some(why) = out.cut {
            self.close(Some(name.as_bytes()), why);
        }
        // A tar below it needs no name of its own.
        if Kind::of(&out.content) == Some(Kind::Tar) {
            return self.tar(&out.content);
        }
        self.member(name.as_bytes(), &out.content)
    }

    fn zip(&mut self, bytes: &[u8]) -> Result<()> {
        let mut headers = Headers::of(bytes);
        // One without members is one too.
        let mut opened = headers.is_empty() && zip::has_end(bytes);
        // What did not open, and whether the archive itself says that it stands there.
        let mut failed: Vec<(Header, Why, bool)> = Vec::new();
        let mut expected = None;
        while let Some(header) = headers.next() {
            let follows = expected.is_none_or(|end: usize| header.at <= end + DESCRIPTOR);
            let (end, why) = self.zip_member(bytes, &header)?;
            match (end, why) {
                (Some(end), None) => {
                    opened = true;
                    headers.skip_to(end);
                    expected = Some(end);
                }
                (end, why) => {
                    headers.skip_to(end.unwrap_or_default());
                    expected = end.or(expected);
                    let said = header.listed || follows;
                    failed.push((header, why.unwrap_or(Why::Damaged), said));
                }
            }
        }
        let (rest, missing) = headers.rest();
        for header in rest {
            match self.zip_member(bytes, &header)? {
                (_, None) => opened = true,
                (_, Some(why)) => failed.push((header, why, true)),
            }
        }
        opened |= failed.iter().any(|(header, why, _)| header.listed && *why != Why::Damaged);
        if !opened {
            self.close(None, Why::NoArchive);
            return Ok(());
        }
        // Bytes that look like a header may stand anywhere between.
        for (header, why, _) in failed.iter().filter(|(.., said)| *said) {
            self.close(Some(header.name), *why);
        }
        if missing {
            self.close(None, Why::Damaged);
        }
        Ok(())
    }

    /// Unpacks one member in each way that somebody says it is packed. Returns where it ends, as
    /// far as that is known, and why it did not open.
    fn zip_member(
        &mut self,
        bytes: &[u8],
        header: &Header,
    ) -> Result<(Option<usize>, Option<Why>)> {
        let data = &bytes[header.data..];
        let packed = usize::try_from(header.packed).unwrap_or(usize::MAX);
        let end = (packed > 0).then(|| header.data + packed.min(data.len()));
        if header.encrypted {
            return Ok((end, Some(Why::Encrypted)));
        }
        let (mut ends, mut failed) = (None, None);
        for &method in &header.methods {
            self.allowance.spend(LEAST)?;
            let out = match method {
                zip::STORED => {
                    let content = &data[..packed.min(data.len())];
                    self.allowance.spend(content.len())?;
                    let cut = (packed > data.len()).then_some(Why::Damaged);
                    Unpacked { content: content.to_vec(), read: content.len(), cut }
                }
                zip::DEFLATED => stream::deflated(data, self.allowance)?,
                zip::ZSTD => stream::zstd(&data[..packed.min(data.len())], self.allowance)?,
                zip::XZ => stream::xz(&data[..packed.min(data.len())], self.allowance)?,
                _ => {
                    failed = failed.or(Some(Why::Unknown));
                    continue;
                }
            };
            self.member(header.name, &out.content)?;
            match out.cut {
                None => ends = ends.max(Some(header.data + out.read.max(packed.min(data.len())))),
                Some(why) => failed = Some(why),
            }
        }
        Ok(match ends {
            Some(_) => (ends, None),
            None => (end, failed),
        })
    }

    fn tar(&mut self, bytes: &[u8]) -> Result<()> {
        let (names, closed, see) = (&mut self.names, &mut self.closed, &mut *self.see);
        let mut any = false;
        let damaged = tar::members(bytes, self.allowance, &mut |member, allowance| {
            any = true;
            // Borrowed anew for each member: the walk itself spends too.
            let mut inside = Unpacking {
                allowance,
                names: std::mem::take(names),
                closed: std::mem::take(closed),
                see: &mut *see,
            };
            if member.cut {
                inside.close(Some(&member.name), Why::Damaged);
            }
            let done = inside.member(&member.name, &member.content);
            (*names, *closed) = (inside.names, inside.closed);
            done
        })?;
        if damaged {
            self.close(None, if any { Why::Damaged } else { Why::NoArchive });
        }
        Ok(())
    }

    fn member(&mut self, name: &[u8], content: &[u8]) -> Result<()> {
        self.names.push(name.to_vec());
        (self.see)(&self.names, content, self.allowance)?;
        self.open(content)?;
        self.names.pop();
        Ok(())
    }

    /// Notes what was left closed; of one archive the first stands for all of its kind.
    fn close(&mut self, name: Option<&[u8]>, why: Why) {
        let way: Vec<Vec<u8>> =
            self.names.iter().cloned().chain(name.map(<[u8]>::to_vec)).collect();
        let here = self.names.len();
        let alike = |one: &&mut Closed| {
            one.why == why && one.way.len() == way.len() && one.way[..here] == way[..here]
        };
        match self.closed.iter_mut().find(alike) {
            Some(first) => first.more += 1,
            None => self.closed.push(Closed { way, why, more: 0 }),
        }
    }
}

/// What may stand between a member and the next header: its sizes and checksum.
const DESCRIPTOR: usize = 24;
