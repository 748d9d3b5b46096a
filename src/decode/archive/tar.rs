//! The members of a tar file.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use anyhow::Result;

use super::super::Allowance;

/// A header, and what members are padded to.
const BLOCK: usize = 512;
/// Where a header has its checksum.
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// One member.
pub(super) struct Member<'a> {
    pub(super) name: Vec<u8>,
    /// Its bytes: they stand in the archive as they are, but for the holes of a sparse file.
    pub(super) content: Cow<'a, [u8]>,
    /// Whether the file ends before it does.
    pub(super) cut: bool,
}

/// Whether a header stands at the beginning: its checksum fits.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..BLOCK) else { return false };
    // A name; most files are refused here or by the next line.
    if header[0] == 0 || !header[CHECKSUM].iter().all(|byte| b"01234567 \0".contains(byte)) {
        return false;
    }
    let digits = header[CHECKSUM].iter().filter(|byte| byte.is_ascii_digit());
    let said = digits.fold(0_u32, |sum, &digit| sum << 3 | u32::from(digit - b'0'));
    let plain = header
        .iter()
        .enumerate()
        .map(|(at, &byte)| if CHECKSUM.contains(&at) { u32::from(b' ') } else { u32::from(byte) });
    plain.sum::<u32>() == said
}

/// Calls `see` with each member. Behind damage the next header that stands whole is looked for, as
/// tar does it. Returns whether there was damage.
///
/// # Errors
/// Holes of more bytes than `allowance`; and what `see` returns.
pub(super) fn members(
    bytes: &[u8],
    allowance: &mut Allowance,
    see: &mut dyn FnMut(Member, &mut Allowance) -> Result<()>,
) -> Result<bool> {
    let mut damaged = false;
    let mut from = 0;
    loop {
        let rest = &bytes[from..];
        let mut archive = tar::Archive::new(Cursor::new(rest));
        // One archive may follow another.
        archive.set_ignore_zeros(true);
        let mut behind = 0;
        let Ok(entries) = archive.entries_with_seek() else { return Ok(true) };
        let mut broke = false;
        for entry in entries {
            let Ok(mut entry) = entry else {
                broke = true;
                break;
            };
            let name = entry.path_bytes().into_owned();
            let start = usize::try_from(entry.raw_file_position()).unwrap_or(rest.len());
            let data = rest.get(start..).unwrap_or_default();
            let header = entry.header();
            let sparse = header.entry_type().is_gnu_sparse();
            // The whole of a sparse file is longer than what of it stands here.
            let size = if sparse { header.entry_size().unwrap_or(0) } else { entry.size() };
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let cut = size > data.len();
            let mut content = Cow::Borrowed(&data[..size.min(data.len())]);
            behind = start + content.len().next_multiple_of(BLOCK);
            if sparse {
                let mut whole = Vec::new();
                let most = allowance.left()?.saturating_add(1);
                let _ = { entry }.by_ref().take(most).read_to_end(&mut whole);
                allowance.spend(whole.len())?;
                content = Cow::Owned(whole);
            }
            see(Member { name, content, cut }, allowance)?;
        }
        if !broke {
            return Ok(damaged);
        }
        // What stands behind an end that says so is none of the archive, but may be another.
        let ended = rest
            .get(behind..behind + 2 * BLOCK)
            .is_some_and(|blocks| blocks.iter().all(|&byte| byte == 0));
        damaged |= !ended;
        let next = (behind..rest.len()).step_by(BLOCK).skip(usize::from(behind == 0));
        let Some(next) = next.into_iter().find(|&at| begins(&rest[at..])) else {
            return Ok(damaged);
        };
        // A header that reads well and leads nowhere must not be met again.
        from += next.max(BLOCK);
    }
}
