//! What one stream of compressed bytes holds: deflate, gzip, zstd, xz.

use std::io::{self, BufRead, ErrorKind, Read};

use anyhow::Result;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

use super::super::Allowance;
use super::{Kind, Why};

/// A dictionary up to this size, in KiB, is no bomb; it is filled only by what comes.
const USUAL_DICTIONARY: u64 = 256 << 10;

/// What came out.
#[derive(Default)]
pub(super) struct Unpacked {
    pub(super) content: Vec<u8>,
    /// How many bytes were read for it.
    pub(super) read: usize,
    /// Why there is no more, where there should be.
    pub(super) cut: Option<Why>,
}

impl Unpacked {
    /// Whether a program that unpacks it has something to show for it.
    pub(super) fn is_open(&self) -> bool {
        self.cut.is_none() || !self.content.is_empty()
    }

    /// Reads all that comes, up to the limit, and says how it ended.
    fn fill(&mut self, reader: &mut dyn Read, allowance: &mut Allowance) -> Result<io::Result<()>> {
        let before = self.content.len();
        let most = allowance.left()?.saturating_add(1);
        let done = reader.take(most).read_to_end(&mut self.content);
        allowance.spend(self.content.len() - before)?;
        if done.is_err() {
            self.cut = Some(Why::Damaged);
        }
        Ok(done.map(|_| ()))
    }
}

/// A stream that tells its own end; what stands behind it is left.
pub(super) fn deflated(bytes: &[u8], allowance: &mut Allowance) -> Result<Unpacked> {
    let mut out = Unpacked::default();
    let mut reader = flate2::bufread::DeflateDecoder::new(bytes);
    let done = out.fill(&mut reader, allowance)?;
    out.read = bytes.len() - reader.into_inner().fill_buf().map_or(0, <[u8]>::len);
    if done.is_err() {
        // Else a stream of nothing could be read over and over for nothing.
        allowance.spend(out.read)?;
    }
    Ok(out)
}

/// One piece behind the other, as `cat a.gz b.gz` makes them.
pub(super) fn gzip(mut bytes: &[u8], allowance: &mut Allowance) -> Result<Unpacked> {
    let mut out = Unpacked::default();
    while Kind::of(bytes) == Some(Kind::Gzip) {
        let mut reader = flate2::bufread::GzDecoder::new(bytes);
        if out.fill(&mut reader, allowance)?.is_err() {
            break;
        }
        bytes = reader.into_inner();
    }
    Ok(out)
}

/// The same of zstd, where a piece may also be one that says of itself to be skipped.
pub(super) fn zstd(mut bytes: &[u8], allowance: &mut Allowance) -> Result<Unpacked> {
    let mut out = Unpacked::default();
    while Kind::of(bytes) == Some(Kind::Zstd) {
        let window = allowance.left()?.saturating_add(1).max(USUAL_DICTIONARY << 10);
        match StreamingDecoder::new_with_max_window_size(bytes, window) {
            Ok(mut reader) => {
                if out.fill(&mut reader, allowance)?.is_err() {
                    break;
                }
                bytes = reader.into_inner();
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let Some(rest) = bytes.get(8..).and_then(|rest| rest.get(length as usize..)) else {
                    out.cut = Some(Why::Damaged);
                    break;
                };
                bytes = rest;
            }
            Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
                allowance.spend(usize::MAX)?;
                break;
            }
            Err(error) => {
                let no_dictionary = matches!(error, FrameDecoderError::DictNotProvided { .. });
                out.cut = Some(if no_dictionary { Why::Unknown } else { Why::Damaged });
                break;
            }
        }
    }
    Ok(out)
}

pub(super) fn xz(bytes: &[u8], allowance: &mut Allowance) -> Result<Unpacked> {
    let mut out = Unpacked::default();
    let most = u32::try_from((allowance.left()? >> 10).max(USUAL_DICTIONARY)).unwrap_or(u32::MAX);
    let mut reader = lzma_rust2::XzReader::new_mem_limit(bytes, true, most);
    if let Err(error) = out.fill(&mut reader, allowance)?
        && error.kind() == ErrorKind::OutOfMemory
    {
        allowance.spend(usize::MAX)?;
    }
    Ok(out)
}
