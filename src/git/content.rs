//! A very large file as it is inflated: who only looks through it need not hold it as a whole.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::ZlibDecoder;

use super::delta::{self, Command};
use super::object::Kind;
use super::packs::{Packs, Place};

/// The bytes of a file, one after the other. Reading ends with an error where they are fewer or more
/// than was said.
pub struct Content {
    /// How many are to come.
    left: u64,
    reader: Box<dyn Read + Send>,
}

/// So many differences, one to the other, are read at once.
const LONGEST_CHAIN: usize = 50;
/// A difference that is longer, in bytes, is not held beside a file.
const LARGEST_DELTA: u64 = 2 << 20;
/// So many bytes of bases, for all differences of a file together, are read again: after that it takes
/// longer than to hold the file.
const MOST_AGAIN: u64 = 512 << 20;
/// What it takes to begin again, as if so many bytes were read.
const BEGINNING: u64 = 1 << 20;

impl Content {
    /// Of `size` bytes, which `reader` brings.
    pub(super) fn new(size: u64, reader: impl Read + Send + 'static) -> Content {
        Content { left: size, reader: Box::new(reader) }
    }

    /// What lies at a place of a pack, if it is a file that can be read so.
    pub(super) fn packed(packs: &Arc<Packs>, at: Place) -> Option<Content> {
        Content::in_chain(packs, at, LONGEST_CHAIN, &Arc::new(AtomicU64::new(0)))
    }

    fn in_chain(
        packs: &Arc<Packs>,
        at: Place,
        depth: usize,
        again: &Arc<AtomicU64>,
    ) -> Option<Content> {
        let entry = packs.entry(at)?;
        let place = Place { offset: entry.data_offset, ..at };
        let mut stored = ZlibDecoder::new(Stored { packs: Arc::clone(packs), at: place });
        match Kind::of(&entry) {
            Some(Kind::Blob) => return Some(Content::new(entry.decompressed_size, stored)),
            Some(_) => return None,
            None => {}
        }
        let base = packs.base(at, &entry)?;
        if entry.decompressed_size > LARGEST_DELTA {
            return None;
        }
        let mut commands = Vec::new();
        let read = stored.by_ref().take(LARGEST_DELTA + 1).read_to_end(&mut commands).ok()?;
        if read as u64 != entry.decompressed_size {
            return None;
        }
        let (base_size, size, rest) = delta::begin(&commands).ok()?;
        let next = commands.len() - rest.len();
        let (packs, budget) = (Arc::clone(packs), Arc::clone(again));
        let (depth, again) = (depth.checked_sub(1)?, Arc::clone(again));
        let open = move || {
            let base = Content::in_chain(&packs, base, depth, &budget);
            base.filter(|base| base.left == base_size)
        };
        let base = open()?;
        let made = Made { open, base, at: 0, again, commands, next, insert: 0..0, copy: 0 };
        Some(Content::new(size, made))
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

/// A file that is stored as a difference, made while its base is read.
struct Made<Open> {
    /// Begins to read the base once more.
    open: Open,
    base: Content,
    /// How much of the base was read.
    at: u64,
    /// How much was read again, of all bases.
    again: Arc<AtomicU64>,
    commands: Vec<u8>,
    /// Where the next command stands.
    next: usize,
    /// What is left of the command before, if that inserts.
    insert: Range<usize>,
    /// How much is left of it, if it copies.
    copy: usize,
}

impl<Open: Fn() -> Option<Content>> Made<Open> {
    /// Takes the next command; false where there is none.
    fn take(&mut self) -> io::Result<bool> {
        let mut rest = &self.commands[self.next..];
        if rest.is_empty() {
            return Ok(false);
        }
        let command = delta::command(&mut rest).map_err(io::Error::other)?;
        self.next = self.commands.len() - rest.len();
        match command {
            Command::Insert(literal) => self.insert = self.next - literal.len()..self.next,
            Command::Copy { from, length } => {
                self.copy = length;
                self.go_to(from as u64)?;
            }
        }
        Ok(true)
    }

    /// Goes to a place of the base. Mostly it is further on, since little was changed.
    fn go_to(&mut self, place: u64) -> io::Result<()> {
        if place < self.at {
            let again = self.again.fetch_add(place + BEGINNING, Ordering::Relaxed);
            let base = if again < MOST_AGAIN { (self.open)() } else { None };
            self.base = base.ok_or_else(|| io::Error::other("goes back and forth"))?;
            self.at = 0;
        }
        let between = place - self.at;
        self.at += io::copy(&mut self.base.by_ref().take(between), &mut io::sink())?;
        if self.at < place { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

impl<Open: Fn() -> Option<Content>> Read for Made<Open> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.insert.is_empty() && self.copy == 0 {
            if !self.take()? {
                // Only at its end it shows whether the base was whole.
                io::copy(&mut self.base, &mut io::sink())?;
                return Ok(0);
            }
        }
        if self.copy > 0 {
            let length = bytes.len().min(self.copy);
            let read = self.base.read(&mut bytes[..length])?;
            if read == 0 && length > 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.at += read as u64;
            self.copy -= read;
            return Ok(read);
        }
        let length = bytes.len().min(self.insert.len());
        let literal = self.insert.start..self.insert.start + length;
        self.insert.start += length;
        bytes[..length].copy_from_slice(&self.commands[literal]);
        Ok(length)
    }
}

/// What a pack holds from a place on, as it lies there.
struct Stored {
    packs: Arc<Packs>,
    at: Place,
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
    use proptest::prelude::*;

    use super::*;

    /// What `commands` make of a base.
    fn made(base: &[u8], commands: &[u8], again: u64) -> io::Result<Vec<u8>> {
        let (packed, size) = (base.to_vec(), base.len() as u64);
        let open = move || Some(Content::new(size, io::Cursor::new(packed.clone())));
        let (base, commands) = (open().unwrap(), commands.to_vec());
        let again = Arc::new(AtomicU64::new(again));
        let mut made = Made { open, base, at: 0, again, commands, next: 0, insert: 0..0, copy: 0 };
        let mut text = Vec::new();
        made.read_to_end(&mut text).map(|_| text)
    }

    proptest! {
        #[test]
        fn a_difference_makes_while_it_is_read_what_it_makes_of_a_whole_base(
            base in prop::collection::vec(any::<u8>(), 1..200),
            commands in prop::collection::vec((any::<u8>(), 0..220u8, 1..90u8), 0..9),
        ) {
            let bytes = |&(what, from, length): &(u8, u8, u8)| match what % 3 {
                0 => [vec![length], vec![what; usize::from(length)]].concat(),
                _ => vec![0x91, from, length],
            };
            let commands: Vec<u8> = commands.iter().flat_map(bytes).collect();
            let wanted = |size: usize| {
                let number = |size: usize| vec![size as u8 & 0x7f | 0x80, (size >> 7) as u8];
                let whole = [number(base.len()), number(size), commands.clone()].concat();
                delta::apply(&base, &whole, u64::MAX).ok()
            };
            match made(&base, &commands, 0) {
                Ok(text) => prop_assert_eq!(wanted(text.len()), Some(text)),
                Err(_) => prop_assert!((0..900).all(|size| wanted(size).is_none())),
            }
        }
    }

    #[test]
    fn a_base_that_is_cut_off_behind_what_is_taken_of_it_shows() {
        let open = || Some(Content::new(9, io::Cursor::new(*b"abcdefgh")));
        let (base, again) = (open().unwrap(), Arc::new(AtomicU64::new(0)));
        let commands = vec![0x91, 0, 4];
        let mut made = Made { open, base, at: 0, again, commands, next: 0, insert: 0..0, copy: 0 };
        assert!(made.read_to_end(&mut Vec::new()).is_err());
    }

    #[test]
    fn a_base_is_not_read_again_and_again() {
        let back_and_forth = [0x91, 5, 1, 0x91, 4, 1, 0x91, 3, 1];
        assert_eq!(made(b"abcdefgh", &back_and_forth, 0).unwrap(), b"fed");
        assert!(made(b"abcdefgh", &back_and_forth, MOST_AGAIN - BEGINNING).is_err());
    }

    #[test]
    fn a_file_that_is_not_as_long_as_it_says_does_not_read() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&[7; 5000]).unwrap();
        let packed = encoder.finish().unwrap();
        let read = |size: u64, packed: Vec<u8>| {
            let mut text = Vec::new();
            Content::new(size, ZlibDecoder::new(io::Cursor::new(packed))).read_to_end(&mut text)
        };
        assert_eq!(read(5000, packed.clone()).unwrap(), 5000);
        assert!(read(4999, packed.clone()).is_err());
        assert!(read(5001, packed.clone()).is_err());
        assert!(read(5000, packed[..packed.len() - 1].to_vec()).is_err());
    }
}
