//! Four digits for three bytes, of either alphabet, also broken into lines.

use std::ops::Range;

use ::base64::Engine as _;
use ::base64::alphabet::{STANDARD, URL_SAFE};
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use anyhow::Result;

use super::look::end_of_digits;
use super::run::{Held, SHORTEST, is_textual};
use super::{Allowance, View, archive};

/// Base64 is broken into lines no shorter than this.
const SHORTEST_LINE: usize = 40;
/// In front of base64 no more words are skipped than this.
const WORDS: usize = 8;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);

/// Base64 that text, or an archive, comes out of.
pub(super) struct Coded {
    lines: Vec<Range<usize>>,
    engine: &'static GeneralPurpose,
}

/// The base64 in a run of digits. A word may stand before it, joined by a digit of base64 that is
/// a mark elsewhere (`/path/ZGF0YQ`, `name_ZGF0YQ`).
pub(super) fn find(text: &[u8], run: Range<usize>) -> Option<Coded> {
    // Names and paths seldom have capitals; base64 of a text always has, and so have the first digits
    // of every archive.
    if !text[run.clone()].iter().fold(false, |has, byte| has | byte.is_ascii_uppercase()) {
        return None;
    }
    let early = &text[run.start..run.end.saturating_sub(SHORTEST).max(run.start)];
    let behind = memchr::memchr3_iter(b'/', b'_', b'-', early).map(|at| run.start + at + 1);
    std::iter::once(run.start).chain(behind.take(WORDS)).find_map(|start| {
        let digits = &text[start..run.end];
        let sample = digits.first_chunk::<SHORTEST>()?;
        // Nearly all are refused here, before anything is decoded.
        if !may_be_text(sample) {
            return None;
        }
        let engine = if digits.iter().any(|byte| b"-_".contains(byte)) { &URL } else { &PLAIN };
        let mut bytes = [0; SHORTEST];
        let length = engine.decode_slice(sample, &mut bytes).ok()?;
        is_textual(&bytes[..length]).then(|| Coded { lines: lines(text, start..run.end), engine })
    })
}

impl Coded {
    /// Where it begins.
    pub(super) fn start(&self) -> usize {
        self.lines[0].start
    }

    /// Where its last line ends.
    pub(super) fn end(&self) -> usize {
        self.lines[self.lines.len() - 1].end
    }

    /// Pushes the text it stands for; what is packed in an archive is returned.
    pub(super) fn read(
        &self,
        text: &[u8],
        allowance: &mut Allowance,
        view: &mut View<'static>,
    ) -> Result<Option<Held>> {
        let mut digits: Vec<u8> = Vec::new();
        self.lines.iter().for_each(|line| digits.extend(&text[line.clone()]));
        // One digit alone in the last group decodes to nothing.
        let whole = digits.len() - usize::from(digits.len() % 4 == 1);
        let Ok(decoded) = self.engine.decode(&digits[..whole]) else { return Ok(None) };
        if archive::is_packed(&decoded) {
            let mut unpacked = Vec::new();
            // What does not open is a text like others, such as a sample that was cut short.
            archive::unpack(&decoded, allowance, &mut |_, member, _| {
                unpacked.extend_from_slice(member);
                unpacked.push(b'\n');
                Ok(())
            })?;
            return Ok(Some(Held::Packed(unpacked)));
        }
        let mut from = 0;
        for line in &self.lines {
            let to = decoded.len().min(from + line.len().div_ceil(4) * 3);
            view.push(&decoded[from..to], line.clone(), (3, 4));
            from = to;
        }
        Ok(Some(Held::Text))
    }
}

/// The lines that base64 is broken into: all as long as the first, but for the last.
fn lines(text: &[u8], first: Range<usize>) -> Vec<Range<usize>> {
    let width = first.len();
    let mut lines = vec![first];
    if width < SHORTEST_LINE || !width.is_multiple_of(4) {
        return lines;
    }
    loop {
        let last = &lines[lines.len() - 1];
        if last.len() < width {
            break;
        }
        let rest = &text[last.end..];
        let ends = if rest.starts_with(b"\r\n") { 2 } else { 1 };
        if rest.get(ends - 1) != Some(&b'\n') {
            break;
        }
        let blank = rest[ends..].iter().take_while(|byte| b" \t".contains(byte)).count();
        let start = last.end + ends + blank;
        let end = end_of_digits(text, start);
        if end == start || end > start + width {
            break;
        }
        lines.push(start..end);
    }
    lines
}

/// Whether the first digits may stand for text, in either alphabet, in one byte or two a character,
/// or for an archive. It never says no to what [`is_textual`] says yes to.
fn may_be_text(sample: &[u8; SHORTEST]) -> bool {
    const ARCHIVES: [&[u8]; 4] = [b"UEsD", b"H4sI", b"KLUv", b"/Td6"];
    let fits = sample.chunks_exact(4).filter(|group| {
        FITS[usize::from(group[0])]
            & FITS[usize::from(group[1])] << 1
            & FITS[usize::from(group[2])] << 2
            & 4
            != 0
    });
    fits.count() >= 2 || ARCHIVES.iter().any(|magic| sample.starts_with(magic))
}

/// Whether a digit may be the first, second or third of a group that stands for three characters of
/// ASCII: bits 4, 2 and 1.
static FITS: [u8; 256] = {
    let mut fits = [0; 256];
    let mut value = 0;
    while value < 64 {
        // Of the first byte the upper six bits; white space is 2 or 3.
        let first = matches!(value, 2 | 3 | 8..=31) as u8;
        // Of the second the upper four, below the last two of the first.
        let second = matches!(value & 15, 0 | 2..=7) as u8;
        // Of the third the upper two, below the last four of the second.
        let third = matches!(value & 3, 0 | 1) as u8;
        let bits = first << 2 | second << 1 | third;
        let digit = match value {
            0..=25 => b'A' + value,
            26..=51 => b'a' + value - 26,
            52..=61 => b'0' + value - 52,
            62 => b'+',
            _ => b'/',
        };
        fits[digit as usize] = bits;
        match digit {
            b'+' => fits[b'-' as usize] = bits,
            b'/' => fits[b'_' as usize] = bits,
            _ => {}
        }
        value += 1;
    }
    fits
};

#[cfg(test)]
mod tests {
    use ::base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_cheap_look_refuses_no_text(
            text in "[ -~\t\r\n]{18}",
            other in proptest::collection::vec((0..18_usize, 0x80..=0xff_u8), 0..4),
            wide: bool,
        ) {
            let mut bytes = text.into_bytes();
            if wide {
                bytes = bytes.iter().flat_map(|&byte| [byte, 0]).take(18).collect();
            } else {
                other.iter().for_each(|&(at, byte)| bytes[at] = byte);
            }
            let coded = BASE64_STANDARD.encode(&bytes);
            let sample = coded.as_bytes().first_chunk().unwrap();
            prop_assert!(!is_textual(&bytes) || may_be_text(sample), "{coded}");
        }
    }
}
