//! Undoing a layer's compression, as far as is allowed.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::Limits;

/// The largest block of bytes that a Zstandard stream may tell its readers to skip.
const LARGEST_SKIPPED: u32 = 16 << 20;
/// How much is read at once.
pub(super) const PIECE: usize = 64 << 10;

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    /// By what the bytes begin with: media types and names may say anything.
    pub(super) fn of(start: &[u8]) -> Packing {
        match start {
            [0x1f, 0x8b, 8, ..] => Packing::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Packing::Zstd,
            _ => Packing::None,
        }
    }
}

/// What may still be unpacked of an image.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) limits: Limits,
    pub(super) left: u64,
}

/// Bytes as they were before compression.
pub(super) struct Unpacked<'a> {
    input: Box<dyn Read + 'a>,
    budget: &'a mut Budget,
    /// How many packed bytes were read.
    packed: Rc<Cell<u64>>,
    unpacked: u64,
}

impl<'a> Unpacked<'a> {
    /// What `input` holds; `packed` counts what is read of it, and what its readers are to skip
    /// comes to lie in `skipped`.
    pub(super) fn new(
        input: impl Read + 'a,
        packing: Packing,
        packed: Rc<Cell<u64>>,
        budget: &'a mut Budget,
        skipped: &'a mut Vec<Vec<u8>>,
    ) -> Unpacked<'a> {
        let buffered = || BufReader::with_capacity(PIECE, input);
        let input: Box<dyn Read + 'a> = match packing {
            Packing::None => Box::new(buffered()),
            Packing::Gzip => Box::new(MultiGzDecoder::new(buffered())),
            Packing::Zstd => {
                let decoder = FrameDecoder::new();
                Box::new(Frames { input: buffered(), decoder, in_frame: false, skipped })
            }
        };
        Unpacked { input, budget, packed, unpacked: 0 }
    }
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::other("the compressed data is cut off"),
            io::ErrorKind::Interrupted => error,
            _ => io::Error::new(error.kind(), format!("unpacking: {error}")),
        })?;
        self.unpacked += read as u64;
        let Limits { bytes, suspicious, ratio, .. } = self.budget.limits;
        let Some(left) = self.budget.left.checked_sub(read as u64) else {
            return Err(io::Error::other(format!(
                "not judged: the image unpacks to more than {bytes} bytes; raise the limit with --max-image-size"
            )));
        };
        self.budget.left = left;
        if self.unpacked > suspicious && self.unpacked / ratio > self.packed.get() {
            return Err(io::Error::other(format!(
                "not judged: it unpacks to more than {ratio} times its size, as a bomb does; if it is none, say with --max-image-size how much may be unpacked"
            )));
        }
        Ok(read)
    }
}

/// The frames of a Zstandard stream: the decoder itself reads one.
struct Frames<'a, R> {
    input: R,
    decoder: FrameDecoder,
    in_frame: bool,
    skipped: &'a mut Vec<Vec<u8>>,
}

impl<R: BufRead> Frames<'_, R> {
    /// Begins the next frame; says whether there is one.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.input.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.input) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => self.skip(length)?,
                Err(error) => return Err(io::Error::other(error.to_string())),
            }
        }
    }

    /// Puts aside what no reader unpacks: tables of contents, but it could be anything.
    fn skip(&mut self, length: u32) -> io::Result<()> {
        let all: usize = self.skipped.iter().map(Vec::len).sum();
        if all as u64 + u64::from(length) > u64::from(LARGEST_SKIPPED) {
            return Err(io::Error::other("more than 16 MiB in frames that readers skip"));
        }
        let mut content = Vec::new();
        (&mut self.input).take(length.into()).read_to_end(&mut content)?;
        if content.len() < length as usize {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.skipped.push(content);
        Ok(())
    }
}

impl<R: BufRead> Read for Frames<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            if !self.in_frame {
                if !self.begin()? {
                    return Ok(0);
                }
                self.in_frame = true;
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.input, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(|error| io::Error::other(error.to_string()))?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.in_frame = false;
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn unpack(bytes: &[u8], packing: Packing, limits: Limits) -> io::Result<u64> {
        let (mut skipped, packed) = (Vec::new(), Rc::new(Cell::new(bytes.len() as u64)));
        let mut budget = Budget { limits, left: limits.bytes };
        let mut unpacked = Unpacked::new(bytes, packing, packed, &mut budget, &mut skipped);
        io::copy(&mut unpacked, &mut io::sink())
    }

    #[test]
    fn what_unpacks_like_a_bomb_is_refused_unless_a_size_was_named() {
        let zeros = vec![0; 2 << 20];
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&zeros).unwrap();
        let bomb = gzip.finish().unwrap();
        let named = Limits { suspicious: 1 << 20, ..Limits::of(Some(1 << 30)) };
        assert_eq!(unpack(&bomb, Packing::Gzip, named).unwrap(), zeros.len() as u64);
        let usual = Limits { suspicious: 1 << 20, ..Limits::of(None) };
        let error = unpack(&bomb, Packing::Gzip, usual).unwrap_err().to_string();
        assert!(error.contains("more than 200 times"), "{error}");
        let small = Limits { bytes: 1 << 20, ..named };
        let error = unpack(&bomb, Packing::Gzip, small).unwrap_err().to_string();
        assert!(error.contains("more than 1048576 bytes"), "{error}");
    }

    #[test]
    fn all_frames_of_a_stream_are_unpacked_and_those_to_be_skipped_kept() {
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        let frame = |text: &[u8]| ruzstd::encoding::compress_to_vec(text, level);
        let skipped = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc";
        let stream = [&frame(b"one ")[..], skipped, &frame(b"")[..], &frame(b"two")[..]].concat();
        let (mut aside, mut text) = (Vec::new(), String::new());
        let limits = Limits::of(None);
        let mut budget = Budget { limits, left: limits.bytes };
        let packed = Rc::default();
        Unpacked::new(&stream[..], Packing::of(&stream), packed, &mut budget, &mut aside)
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!((text.as_str(), aside), ("one two", vec![b"abc".to_vec()]));
        assert!(unpack(&stream[..stream.len() - 3], Packing::Zstd, limits).is_err());
        assert!(unpack(&skipped[..9], Packing::Zstd, limits).is_err());
    }
}
