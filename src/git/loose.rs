//! Objects that lie in files of their own: all that a commit is about to bring.
//!
//! Read here and not by libgit2, which never returns from one that was cut off (1.9.7), and which
//! looks at every pack first. Format: zlib over `kind SP size NUL content`.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use flate2::{Decompress, FlushDecompress, Status};

use super::object::{Kind, Object, ObjectId};
use super::store::LARGEST_FILE;

/// A header is never longer: the longest kind, a space, 20 digits, a NUL.
const HEADER: usize = 32;

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
        let Some((_, on_disk)) = self.open(id)? else { return Ok(None) };
        if on_disk > LARGEST_FILE {
            return Ok(Some(on_disk));
        }
        let Some(packed) = self.packed(id)? else { return Ok(None) };
        let (header, _) = self.begin(&packed).with_context(|| format!("loose object {id}"))?;
        self.last = Some((*id, packed));
        Ok(Some(header.size))
    }

    fn inflate(&mut self, packed: &[u8]) -> Result<Object> {
        let (header, mut data) = self.begin(packed)?;
        // One byte more than promised: a longer content shows, and a bomb stops there.
        let size = usize::try_from(header.size).context("is too large for this machine")?;
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
        let nul = memchr::memchr(0, start).context("has no header")?;
        let space = memchr::memchr(b' ', &start[..nul]).context("has no header")?;
        let kind = Kind::named(&start[..space]).context("is of no kind")?;
        let size = std::str::from_utf8(&start[space + 1..nul])?.parse().context("has no size")?;
        Ok((Header { kind, size }, start[nul + 1..].to_vec()))
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
            // Written since then: whoever asks next, libgit2, finds it.
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
