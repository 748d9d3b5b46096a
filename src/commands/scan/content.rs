//! A file's bytes.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;

use anyhow::Result;

use super::LIMIT;
use crate::git::within;

/// From this size on a file is mapped: reading copies it into memory that has to be cleared first,
/// which took 45 % of the time of a 400 MB file. Below, a mapping costs more than it saves.
const LARGE: u64 = 4 << 20;

/// Nearly every file is smaller than this, in bytes, and read without asking how large it is.
const ROOM: usize = 1 << 18;

/// A file's bytes, read or mapped.
pub(super) enum Content<'a> {
    Read(&'a [u8]),
    Mapped(memmap2::Mmap),
}

impl<'a> Content<'a> {
    /// The bytes of a file; `room` is kept from one file to the next, so that memory is asked for
    /// and cleared once.
    ///
    /// # Errors
    /// A file that cannot be read, or is larger than `limit`.
    pub(super) fn of(mut file: File, limit: u64, room: &'a mut Vec<u8>) -> Result<Content<'a>> {
        let mut length = 0;
        loop {
            if length == room.len() {
                let about = file.metadata()?;
                if about.is_file() && about.len() >= LARGE {
                    within(about.len(), limit, LIMIT)?;
                    // A file that somebody cuts off meanwhile ends the process by a signal: it is not
                    // taken for clean. One that somebody writes to may be seen in either state, as
                    // when it is read.
                    #[allow(unsafe_code)]
                    let mapped = unsafe { memmap2::Mmap::map(&file) };
                    return Ok(Content::Mapped(mapped?));
                }
                room.try_reserve(length.max(ROOM))?;
                room.resize(room.capacity(), 0);
            }
            match file.read(&mut room[length..]) {
                Ok(0) => return Ok(Content::Read(&room[..length])),
                Ok(count) => length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
            if length as u64 > limit {
                let size = file.metadata()?.len().max(length as u64);
                within(size, limit, LIMIT)?;
            }
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
