//! A file's bytes.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::ops::Deref;

/// From this size on a file is mapped: reading copies it into memory that has to be cleared first,
/// which took 45 % of the time of a 400 MB file. Below, a mapping costs more than it saves.
const LARGE: u64 = 4 << 20;

/// A file's bytes, read or mapped.
pub(super) enum Content<'a> {
    Read(&'a [u8]),
    Mapped(memmap2::Mmap),
}

impl<'a> Content<'a> {
    /// The bytes of a file; `room` is kept from one file to the next, so that memory is asked for
    /// and cleared once.
    pub(super) fn of(
        mut file: File,
        about: &Metadata,
        room: &'a mut Vec<u8>,
    ) -> io::Result<Content<'a>> {
        if about.len() < LARGE || !about.is_file() {
            let length = read(&mut file, about, room)?;
            return Ok(Content::Read(&room[..length]));
        }
        // A file that somebody cuts off meanwhile ends the process by a signal: it is not taken
        // for clean. One that somebody writes to may be seen in either state, as when it is read.
        #[allow(unsafe_code)]
        let mapped = unsafe { memmap2::Mmap::map(&file) };
        mapped.map(Content::Mapped)
    }
}

/// Reads a file to its end, and returns how long it is. The standard library would ask for its size
/// once more and for where in it we are, and read once more: half of what a small file costs.
fn read(file: &mut File, about: &Metadata, room: &mut Vec<u8>) -> io::Result<usize> {
    let expected = usize::try_from(about.len()).map_err(io::Error::other)?;
    let mut length = 0;
    loop {
        // One byte more than what should come, so that a file that grew is seen.
        let wanted = (expected + 1).max(length + 1).max(4096);
        if room.len() < wanted {
            room.try_reserve(wanted - room.len())?;
            room.resize(room.capacity(), 0);
        }
        match file.read(&mut room[length..]) {
            Ok(0) => return Ok(length),
            // Of a plain file as much comes as there is room for, if it is there.
            Ok(count) if about.is_file() && expected > 0 && length + count == expected => {
                return Ok(expected);
            }
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl Deref for Content<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Content::Read(bytes) => bytes,
            Content::Mapped(bytes) => bytes,
        }
    }
}
