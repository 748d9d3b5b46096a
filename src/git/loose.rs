//! Objects that lie in files of their own: all that a commit is about to bring.
//!
//! Read here and not by libgit2, which never returns from one that was cut off (1.9.7), and which
//! looks at every pack first. Format: zlib over `kind SP size NUL content`.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use flate2::read::ZlibDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use gix_zlib::Inflate;

use super::content::Content;
use super::object::{Kind, Object, ObjectId};
use super::store::LARGEST_FILE;

/// A header is never longer: the longest kind, a space, 20 digits, a NUL.
const HEADER: usize = 32;

/// From this size on, in bytes, an inflater that is twice as fast is worth making.
const LONG: usize = 32 * 1024;

/// Larger files on disk, in bytes, are not kept between the question for their size and that for their
/// content.
const LARGEST_KEPT: u64 = 8 << 20;

/// After so many objects that are not here, the folders are listed once instead.
const MANY: usize = 1000;

/// The folder that loose objects of a repository lie in.
pub(super) struct Loose {
    objects: PathBuf,
    /// Kept, since making one costs more than inflating a small file.
    inflater: Decompress,
    /// The file read last: its size is asked for just before its content.
    last: Option<(ObjectId, Vec<u8>)>,
    /// How often an object was looked for here in vain.
    misses: usize,
    /// The names of all that lay here, once that was often.
    listed: Option<HashSet<ObjectId>>,
}

impl Loose {
    pub(super) fn new(objects: PathBuf) -> Loose {
        Loose { objects, inflater: Decompress::new(true), last: None, misses: 0, listed: None }
    }

    /// The object, if it lies here.
    pub(super) fn read(&mut self, id: &ObjectId) -> Result<Option<Object>> {
        let Some(packed) = self.packed(id)? else { return Ok(None) };
        self.inflate(&packed).map(Some).with_context(|| format!("loose object {id}"))
    }

    /// The object's size, if it lies here; at least that of its file, if that alone is too large.
    pub(super) fn size(&mut self, id: &ObjectId) -> Result<Option<u64>> {
        let Some((file, on_disk)) = self.open(id)? else { return Ok(None) };
        if on_disk > LARGEST_FILE {
            return Ok(Some(on_disk));
        }
        if on_disk > LARGEST_KEPT {
            let mut start = Vec::new();
            file.take(HEADER as u64 * 2).read_to_end(&mut start)?;
            let (header, _) = self.begin(&start).with_context(|| format!("loose object {id}"))?;
            return Ok(Some(header.size));
        }
        let Some(packed) = self.packed(id)? else { return Ok(None) };
        let (header, _) = self.begin(&packed).with_context(|| format!("loose object {id}"))?;
        self.last = Some((*id, packed));
        Ok(Some(header.size))
    }

    /// A file as it is inflated, if it lies here and its header reads well.
    pub(super) fn content(&mut self, id: &ObjectId) -> Result<Option<Content>> {
        let Some((file, _)) = self.open(id)? else { return Ok(None) };
        let mut reader = ZlibDecoder::new(file);
        let mut start = Vec::new();
        while start.last() != Some(&0) && start.len() < HEADER {
            let mut byte = [0];
            reader.read_exact(&mut byte)?;
            start.push(byte[0]);
        }
        let Some((Header { kind: Kind::Blob, size }, _)) = Header::parse(&start).ok() else {
            return Ok(None);
        };
        Ok(Some(Content::new(size, reader)))
    }

    fn inflate(&mut self, packed: &[u8]) -> Result<Object> {
        let (header, mut data) = self.begin(packed)?;
        // One byte more than promised: a longer content shows, and a bomb stops there.
        let size = usize::try_from(header.size).context("is too large for this machine")?;
        if size >= LONG
            && let Some(data) = inflate_long(packed, size)
        {
            return Ok(Object { kind: header.kind, data });
        }
        data.try_reserve_exact((size + 1).saturating_sub(data.len()))?;
        loop {
            let before = (self.inflater.total_in(), data.len());
            let rest = packed.get(before.0 as usize..).unwrap_or_default();
            let status = self.inflater.decompress_vec(rest, &mut data, FlushDecompress::Finish);
            match status.context("is corrupt")? {
                Status::StreamEnd => break,
                _ if data.len() > size => bail!("is longer than it says"),
                _ if (self.inflater.total_in(), data.len()) == before => bail!("was cut off"),
                _ => {}
            }
        }
        ensure!(data.len() == size, "is not as long as it says");
        Ok(Object { kind: header.kind, data })
    }

    /// Inflates the header; returns it with the content that came along.
    fn begin(&mut self, packed: &[u8]) -> Result<(Header, Vec<u8>)> {
        self.inflater.reset(true);
        let mut start = [0; HEADER];
        self.inflater
            .decompress(packed, &mut start, FlushDecompress::None)
            .context("is corrupt")?;
        let start = &start[..self.inflater.total_out() as usize];
        let (header, length) = Header::parse(start)?;
        Ok((header, start[length..].to_vec()))
    }

    /// The file as it lies there.
    fn packed(&mut self, id: &ObjectId) -> Result<Option<Vec<u8>>> {
        if let Some((_, packed)) = self.last.take().filter(|(last, _)| last == id) {
            return Ok(Some(packed));
        }
        let Some((mut file, size)) = self.open(id)? else { return Ok(None) };
        let mut packed = Vec::new();
        packed.try_reserve_exact(usize::try_from(size)? + 1)?;
        file.read_to_end(&mut packed).with_context(|| format!("reading loose object {id}"))?;
        Ok(Some(packed))
    }

    fn open(&mut self, id: &ObjectId) -> Result<Option<(File, u64)>> {
        if self.misses > MANY {
            // Written since then: whoever is asked next, libgit2, finds it.
            if !self.listed.get_or_insert_with(|| list(&self.objects)).contains(id) {
                return Ok(None);
            }
        }
        let hex = id.to_string();
        let path = self.objects.join(&hex[..2]).join(&hex[2..]);
        match File::open(&path) {
            Ok(file) => {
                let size = file.metadata()?.len();
                Ok(Some((file, size)))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.misses += 1;
                Ok(None)
            }
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }
}

/// The content of an object that says it has `size` bytes; `None` where anything is wrong with it,
/// which the other inflater tells better.
fn inflate_long(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut inflate = Inflate::default();
    let mut start = [0; HEADER];
    let (_, consumed, written) = inflate.prefix(packed, &mut start).ok()?;
    let header = memchr::memchr(0, &start[..written])? + 1;
    let mut data = Vec::new();
    data.try_reserve_exact(header + size + 1).ok()?;
    let rest = packed.get(consumed..)?;
    let length = inflate.rest(rest, &start[..written], header, &mut data, size + 1).ok()?;
    (length == size).then_some(data)
}

/// The ids of the objects in the 256 folders.
fn list(objects: &Path) -> HashSet<ObjectId> {
    let mut ids = HashSet::new();
    for first in 0..=255u8 {
        let first = format!("{first:02x}");
        for entry in fs::read_dir(objects.join(&first)).into_iter().flatten().flatten() {
            let name = entry.file_name();
            ids.extend(ObjectId::from_hex(&[first.as_bytes(), name.as_encoded_bytes()].concat()));
        }
    }
    ids
}

struct Header {
    kind: Kind,
    size: u64,
}

impl Header {
    /// The header that an object begins with, and how long it is.
    fn parse(start: &[u8]) -> Result<(Header, usize)> {
        let nul = memchr::memchr(0, start).context("has no header")?;
        let space = memchr::memchr(b' ', &start[..nul]).context("has no header")?;
        let kind = Kind::named(&start[..space]).context("is of no kind")?;
        let size = std::str::from_utf8(&start[space + 1..nul])?.parse().context("has no size")?;
        Ok((Header { kind, size }, nul + 1))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::*;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(format!("blob {}\0", content.len()).as_bytes()).unwrap();
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
        #[test]
        fn a_long_object_is_read_as_it_is_and_not_at_all_where_it_is_broken(
            seed in any::<u64>(),
            size in LONG..3 * LONG,
            cut in 1..300usize,
            flipped in any::<prop::sample::Index>(),
        ) {
            let byte = |at: usize| (seed.rotate_left(at as u32) >> (at % 11)) as u8 & 63;
            let content: Vec<u8> = (0..size).map(byte).collect();
            let whole = packed(&content);
            prop_assert_eq!(inflate_long(&whole, size), Some(content.clone()));
            prop_assert_eq!(inflate_long(&whole, size - 1), None);
            prop_assert_eq!(inflate_long(&whole, size + 1), None);
            prop_assert_eq!(inflate_long(&whole[..whole.len() - cut.min(whole.len())], size), None);
            let mut broken = whole;
            *flipped.get_mut(&mut broken) ^= 1;
            let read = inflate_long(&broken, size);
            prop_assert!(read.is_none() || read == Some(content));
        }
    }
}
