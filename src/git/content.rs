//! A very large file as it is inflated: who only looks through it need not hold it as a whole.

use std::io::{self, Read};
use std::sync::Arc;

use flate2::read::ZlibDecoder;

use super::packs::{Packs, Place};

/// The bytes of a file, one after the other. Reading ends with an error where they are fewer or more
/// than was said.
pub struct Content {
    /// How many are to come.
    left: u64,
    reader: ZlibDecoder<Box<dyn Read + Send>>,
}

impl Content {
    /// Of `size` bytes, which `reader` brings.
    pub(super) fn new(size: u64, reader: ZlibDecoder<Box<dyn Read + Send>>) -> Content {
        Content { left: size, reader }
    }

    /// How many bytes are still to come.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left
    }
}

impl Read for Content {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let read = self.reader.read(bytes)?;
        let is_over = read == 0;
        match self.left.checked_sub(read as u64) {
            Some(left) if !is_over || left == 0 => self.left = left,
            _ => return Err(io::Error::other("is not as long as it says")),
        }
        Ok(read)
    }
}

/// What a pack holds from a place on, as it lies there.
pub(super) struct Stored {
    packs: Arc<Packs>,
    at: Place,
}

impl Stored {
    pub(super) fn new(packs: Arc<Packs>, at: Place) -> Stored {
        Stored { packs, at }
    }
}

impl Read for Stored {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.packs.copy(self.at, bytes);
        self.at.offset += read as u64;
        // A pack is mapped: what was read of it would stay in memory.
        self.packs.release_at(self.at, read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    #[test]
    fn a_file_that_is_not_as_long_as_it_says_does_not_read() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&[7; 5000]).unwrap();
        let packed = encoder.finish().unwrap();
        let read = |size: u64, packed: Vec<u8>| {
            let reader = Box::new(io::Cursor::new(packed)) as Box<dyn Read + Send>;
            let mut text = Vec::new();
            Content::new(size, ZlibDecoder::new(reader)).read_to_end(&mut text)
        };
        assert_eq!(read(5000, packed.clone()).unwrap(), 5000);
        assert!(read(4999, packed.clone()).is_err());
        assert!(read(5001, packed.clone()).is_err());
        assert!(read(5000, packed[..packed.len() - 1].to_vec()).is_err());
    }
}
