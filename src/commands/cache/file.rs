//! The file of a cache: blocks, each with a checksum, only ever added to.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::place::is_private;

/// What a file begins with, before the seed.
const MARK: &[u8; 16] = b"keystop cache 2\n";
/// The mark and the seed, in bytes.
const HEAD: usize = MARK.len() + 32;
/// A block begins with its length and a checksum.
const BLOCK: usize = 4 + size_of::<Sum>();
/// No block is longer, in bytes.
const LONGEST: usize = 16 << 20;
/// A file that is larger, in bytes, is written anew with the younger half of its blocks.
const MOST: usize = 128 << 20;

type Sum = [u8; 16];

/// A cache's file, open for this process alone.
pub(super) struct CacheFile(File);

/// How a file reads.
struct Reading<'a> {
    blocks: Vec<&'a [u8]>,
    /// Where its last whole block ends.
    end: usize,
    /// Something in it is not what was written.
    is_corrupt: bool,
}

impl CacheFile {
    /// Calls `tell` with every block of a file, which is made if it is not there. Another process
    /// that writes to it is not disturbed: then there is a file to read, and none to write to.
    pub(super) fn open(
        path: &Path,
        seed: &[u8; 32],
        tell: impl FnMut(&[u8]),
    ) -> (Option<CacheFile>, Option<String>) {
        let ignored = |why: &str| {
            Some(format!("what earlier runs remember is ignored ({why}): all is judged again"))
        };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let Ok(mut file) = options.open(path) else { return (None, ignored("it cannot be read")) };
        if !is_private(path).unwrap_or(false) {
            return (None, ignored("others may write to it"));
        }
        let is_ours = file.try_lock().is_ok();
        let mut data = Vec::new();
        if file.read_to_end(&mut data).is_err() {
            return (None, ignored("it cannot be read"));
        }
        let mut reading = read(&data, seed);
        if !reading.is_corrupt {
            std::mem::take(&mut reading.blocks).into_iter().for_each(tell);
        }
        let note = if reading.is_corrupt { ignored("it is damaged") } else { None };
        if !is_ours {
            return (None, note);
        }
        let young = if reading.end > MOST { young_half(&data[..reading.end]) } else { &[] };
        let begun = if reading.is_corrupt || reading.end == 0 || !young.is_empty() {
            begin(&mut file, seed, young)
        } else {
            // A run that was killed may have left half a block behind.
            file.set_len(reading.end as u64).and_then(|()| file.seek(SeekFrom::End(0))).map(drop)
        };
        // So that the caches that are in use are known from those that are not.
        let _ = file.set_modified(SystemTime::now());
        (begun.is_ok().then_some(CacheFile(file)), note)
    }

    /// Adds a block, unless it is too long to be read again.
    pub(super) fn append(&mut self, seed: &[u8; 32], data: &[u8]) -> io::Result<()> {
        if data.len() > LONGEST {
            return Ok(());
        }
        self.0.write_all(&block(seed, data))
    }
}

fn begin(file: &mut File, seed: &[u8; 32], blocks: &[u8]) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&[&MARK[..], seed, blocks].concat())
}

fn checksum(seed: &[u8; 32], data: &[u8]) -> Sum {
    let mut hash = Sha256::new();
    hash.update(MARK);
    hash.update(seed);
    hash.update(data);
    let mut sum = Sum::default();
    sum.copy_from_slice(&hash.finalize()[..size_of::<Sum>()]);
    sum
}

fn block(seed: &[u8; 32], data: &[u8]) -> Vec<u8> {
    let length = data.len() as u32;
    [&length.to_le_bytes()[..], &checksum(seed, data), data].concat()
}

/// The length of the block that `data` begins with, if that much can be told.
fn length(data: &[u8]) -> Option<usize> {
    let length = u32::from_le_bytes(data.get(..4)?.try_into().ok()?) as usize;
    (length <= LONGEST).then_some(BLOCK + length)
}

fn read<'a>(data: &'a [u8], seed: &[u8; 32]) -> Reading<'a> {
    let mut blocks = Vec::new();
    if data.len() < HEAD {
        // New, or cut off before anything was written: only what belongs there may stand there.
        let is_corrupt = !data.is_empty() && !MARK.starts_with(&data[..data.len().min(MARK.len())]);
        return Reading { blocks, end: 0, is_corrupt };
    }
    if !data.starts_with(MARK) || data[MARK.len()..HEAD] != seed[..] {
        return Reading { blocks, end: 0, is_corrupt: true };
    }
    let mut end = HEAD;
    while end < data.len() {
        let rest = &data[end..];
        let Some(length) = length(rest) else {
            let is_corrupt = rest.len() >= BLOCK;
            return Reading { blocks, end, is_corrupt };
        };
        let Some(block) = rest.get(..length) else { break };
        let (sum, content) = block[4..].split_at(size_of::<Sum>());
        if sum != checksum(seed, content) {
            return Reading { blocks, end, is_corrupt: true };
        }
        blocks.push(content);
        end += length;
    }
    Reading { blocks, end, is_corrupt: false }
}

/// The blocks of the second half of a file that reads well.
fn young_half(data: &[u8]) -> &[u8] {
    let mut at = HEAD;
    while at < data.len() / 2 {
        let Some(length) = length(&data[at..]) else { break };
        at += length;
    }
    data.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: [u8; 32] = [7; 32];

    fn file() -> Vec<u8> {
        let blocks =
            [[1u8, 2], [3, 4], [5, 6]].map(|two| block(&SEED, &two.map(|one| [one; 16]).concat()));
        [&MARK[..], &SEED, &blocks.concat()].concat()
    }

    fn keys(data: &[u8]) -> (Vec<u8>, Reading<'_>) {
        let reading = read(data, &SEED);
        let keys = reading.blocks.iter().flat_map(|block| block.chunks(16));
        (keys.map(|key| key[0]).collect(), reading)
    }

    #[test]
    fn a_file_that_was_cut_off_holds_its_whole_blocks() {
        let data = file();
        let block = BLOCK + 32;
        for length in 0..=data.len() {
            let (keys, reading) = keys(&data[..length]);
            let whole = length.saturating_sub(HEAD) / block;
            assert_eq!(keys.len(), 2 * whole, "{length}");
            assert!(!reading.is_corrupt, "{length}");
            assert_eq!(reading.end, if length < HEAD { 0 } else { HEAD + whole * block });
        }
    }

    #[test]
    fn no_flipped_bit_is_believed() {
        let data = file();
        for at in 0..data.len() * 8 {
            let mut flipped = data.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            let (keys, reading) = keys(&flipped);
            // A length that grew looks like a block that was cut off.
            assert!(reading.is_corrupt || keys.len() < 6, "{at}");
            assert!(keys.iter().zip(1..).all(|(key, number)| *key == number), "{at}");
        }
    }

    #[test]
    fn half_of_the_blocks_are_whole_blocks() {
        let data = file();
        assert_eq!(young_half(&data), &data[HEAD + 2 * (BLOCK + 32)..]);
    }
}
