//! Objects that lie in files of their own: all that a commit is about to bring.
//!
//! Read here and not by libgit2, which never returns from one that was cut off (1.9.7), and which
//! looks at every pack first. Format: zlib over `kind SP size NUL content`.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::read::ZlibDecoder;

use super::object::{Kind, Object, ObjectId};

/// A header is never longer: the longest kind, a space, 20 digits, a NUL.
const HEADER: u64 = 32;

/// The folder that loose objects of a repository lie in.
pub(super) struct Loose {
    objects: PathBuf,
}

impl Loose {
    pub(super) fn new(objects: PathBuf) -> Loose {
        Loose { objects }
    }

    /// The object, if it lies here.
    pub(super) fn read(&self, id: &ObjectId) -> Result<Option<Object>> {
        let Some(packed) = self.content(id)? else { return Ok(None) };
        let mut data = Vec::new();
        let mut inflated = ZlibDecoder::new(&packed[..]);
        inflated.read_to_end(&mut data).with_context(|| format!("loose object {id} is corrupt"))?;
        let (kind, size, start) = header(&data).with_context(|| format!("loose object {id}"))?;
        data.drain(..start);
        ensure!(data.len() as u64 == size, "loose object {id} is not as long as it says");
        Ok(Some(Object { kind, data }))
    }

    /// The object's size, if it lies here.
    pub(super) fn size(&self, id: &ObjectId) -> Result<Option<u64>> {
        let Some(file) = open(&self.path(id))? else { return Ok(None) };
        let mut start = Vec::new();
        ZlibDecoder::new(file)
            .take(HEADER)
            .read_to_end(&mut start)
            .with_context(|| format!("loose object {id} is corrupt"))?;
        Ok(Some(header(&start).with_context(|| format!("loose object {id}"))?.1))
    }

    fn content(&self, id: &ObjectId) -> Result<Option<Vec<u8>>> {
        let path = self.path(id);
        match fs::read(&path) {
            Ok(packed) => Ok(Some(packed)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    fn path(&self, id: &ObjectId) -> PathBuf {
        let hex = id.to_string();
        self.objects.join(&hex[..2]).join(&hex[2..])
    }
}

fn open(path: &Path) -> Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// Kind, size, and where the content begins.
fn header(data: &[u8]) -> Result<(Kind, u64, usize)> {
    let start = &data[..data.len().min(HEADER as usize)];
    let nul = memchr::memchr(0, start).context("has no header")?;
    let space = memchr::memchr(b' ', &start[..nul]).context("has no header")?;
    let kind = Kind::named(&start[..space]).context("is of no kind")?;
    let size = std::str::from_utf8(&start[space + 1..nul])?.parse().context("has no size")?;
    Ok((kind, size, nul + 1))
}
