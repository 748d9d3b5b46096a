//! A file's bytes.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::ops::Deref;

/// From this size on a file is mapped: reading copies it into memory that has to be cleared first,
/// which took 45 % of the time of a 400 MB file. Below, a mapping costs more than it saves.
const LARGE: u64 = 4 << 20;

/// A file's bytes, read or mapped.
pub(super) enum Content {
    Read(Vec<u8>),
    Mapped(memmap2::Mmap),
}

impl Content {
    /// The bytes of a file.
    pub(super) fn of(mut file: File, about: &Metadata) -> io::Result<Content> {
        if about.len() < LARGE || !about.is_file() {
            let mut bytes = Vec::new();
            // One byte more, so that the end is seen without asking for more room.
            bytes.try_reserve_exact(about.len() as usize + 1)?;
            file.read_to_end(&mut bytes)?;
            return Ok(Content::Read(bytes));
        }
        // A file that somebody cuts off meanwhile ends the process by a signal: it is not taken
        // for clean. One that somebody writes to may be seen in either state, as when it is read.
        #[allow(unsafe_code)]
        let mapped = unsafe { memmap2::Mmap::map(&file) };
        mapped.map(Content::Mapped)
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Content::Read(bytes) => bytes,
            Content::Mapped(bytes) => bytes,
        }
    }
}
