//! Base64 and hex: long runs of their digits.

use std::ops::Range;

use anyhow::Result;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Layer, View, archive};

/// Shorter runs hold no key: the shortest that mark themselves have eighteen characters.
const SHORTEST: usize = 24;
/// As much of a run is decoded to see whether text comes out.
const SAMPLE: usize = 24;
/// Base64 is broken into lines no shorter than this.
const SHORTEST_LINE: usize = 40;
/// As much is read out of an archive that stands in a text.
const LARGEST_PACKED: u64 = 64 << 20;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);

/// Adds a layer for each run that text comes out of. Most bytes are never looked at: where the last
/// one of a piece as long as the shortest run is no digit, no run goes through the piece.
pub(super) fn read(text: &[u8], outer: Option<&View>, layers: &mut Vec<Layer>) -> Result<()> {
    let mut at = 0;
    while let Some(piece) = text.get(at..).and_then(<[u8]>::first_chunk::<SHORTEST>) {
        if let Some(other) = piece.iter().rposition(|&byte| !is_digit(byte)) {
            at += other + 1;
            continue;
        }
        let end = end_of_digits(text, at + SHORTEST);
        if outer.is_none_or(|outer| !outer.is_unchanged(at..end))
            && let Some((layer, read_to)) = read_run(text, at..end)?
        {
            layers.push(layer);
            at = read_to;
        } else {
            at = end;
        }
    }
    Ok(())
}

/// What a run decodes to, if that is text, and where its last line ends.
fn read_run(text: &[u8], run: Range<usize>) -> Result<Option<(Layer, usize)>> {
    if let Some(view) = read_hex(text, run.clone()) {
        return Ok(Some((Layer { name: Some("hex"), view, seams_only: false }, run.end)));
    }
    let engine =
        if text[run.clone()].iter().any(|byte| b"-_".contains(byte)) { URL } else { PLAIN };
    let Some(start) = base64_start(text, run.clone(), &engine) else { return Ok(None) };
    let lines = lines(text, start..run.end);
    let mut digits: Vec<u8> = Vec::new();
    lines.iter().for_each(|line| digits.extend(&text[line.clone()]));
    // One digit alone in the last group decodes to nothing.
    let whole = digits.len() - usize::from(digits.len() % 4 == 1);
    let Ok(decoded) = engine.decode(&digits[..whole]) else { return Ok(None) };
    let read_to = lines.last().map_or(run.end, |line| line.end);
    let mut view = View::default();
    if archive::is_packed(&decoded) {
        let mut unpacked = Vec::new();
        archive::unpack(&decoded, LARGEST_PACKED, &mut |_, member| {
            unpacked.extend_from_slice(member);
            unpacked.push(b'\n');
            Ok(())
        })?;
        view.push(&unpacked, start..read_to, (unpacked.len(), read_to - start));
        return Ok(Some((
            Layer { name: Some("an archive in base64"), view, seams_only: false },
            read_to,
        )));
    }
    let mut from = 0;
    for line in lines {
        let to = decoded.len().min(from + line.len().div_ceil(4) * 3);
        view.push(&decoded[from..to], line, (3, 4));
        from = to;
    }
    Ok(Some((Layer { name: Some("base64"), view, seams_only: false }, read_to)))
}

/// Where base64 begins in a run: a word may stand before it, joined by a digit of base64 that is a
/// mark elsewhere (`/path/ZGF0YQ`, `name_ZGF0YQ`).
fn base64_start(text: &[u8], run: Range<usize>, engine: &GeneralPurpose) -> Option<usize> {
    let textual = |start: usize| {
        let digits = text[start..run.end].get(..SAMPLE)?;
        let mut sample = [0; SAMPLE];
        let length = engine.decode_slice(digits, &mut sample).ok()?;
        is_textual(&sample[..length]).then_some(start)
    };
    textual(run.start).or_else(|| {
        let sample = &text[run.start..run.start + SAMPLE];
        let mark = sample.iter().position(|byte| b"/_-".contains(byte))?;
        textual(run.start + mark + 1)
    })
}

/// The lines that base64 is broken into: all as long as the first, but for the last.
fn lines(text: &[u8], first: Range<usize>) -> Vec<Range<usize>> {
    let width = first.len();
    let mut lines = vec![first];
    while width >= SHORTEST_LINE && width % 4 == 0 {
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
        let end = end_of_digits(text, start).min(start + width + 1);
        if end == start || end > start + width {
            break;
        }
        lines.push(start..end);
    }
    lines
}

fn read_hex(text: &[u8], run: Range<usize>) -> Option<View<'static>> {
    let start = run.start + if text[run.clone()].starts_with(b"0x") { 2 } else { 0 };
    let digits = &text[start..run.end];
    // The first two already tell for most words, the first bytes for most hashes.
    if !digits.iter().all(u8::is_ascii_hexdigit) || digits.len() % 2 != 0 {
        return None;
    }
    let mut decoded = digits.chunks_exact(2).map(|pair| hex(pair[0]) << 4 | hex(pair[1]));
    let sample: Vec<u8> = decoded.clone().take(SAMPLE / 3 * 2).collect();
    if !is_textual(&sample) {
        return None;
    }
    let mut view = View::default();
    let bytes: Vec<u8> = decoded.by_ref().collect();
    view.push(&bytes, start..run.end, (1, 2));
    Some(view)
}

/// The value of a hex digit.
pub(super) fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).unwrap_or_default() as u8
}

/// Whether these first bytes are those of a text, or of an archive.
fn is_textual(sample: &[u8]) -> bool {
    let is_text = |byte: &&u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let text = sample.iter().filter(is_text).count();
    let nul = sample.iter().filter(|&&byte| byte == 0).count();
    let utf16 = nul * 3 >= sample.len() && text + nul + 2 >= sample.len();
    text * 4 >= sample.len() * 3 || utf16 || archive::is_packed(sample)
}

fn end_of_digits(text: &[u8], from: usize) -> usize {
    from + text[from..].iter().take_while(|&&byte| is_digit(byte)).count()
}

fn is_digit(byte: u8) -> bool {
    DIGIT[usize::from(byte)]
}

/// The digits of both alphabets.
static DIGIT: [bool; 256] = {
    let mut digit = [false; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        digit[at] = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
        at += 1;
    }
    digit
};

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    fn decoded(text: &str) -> Vec<(Vec<u8>, Range<usize>)> {
        let mut layers = Vec::new();
        read(text.as_bytes(), None, &mut layers).unwrap();
        let whole = |view: &View| view.origin(0..view.text().len());
        layers.iter().map(|layer| (layer.view.text().to_vec(), whole(&layer.view))).collect()
    }

    const TEXT: &str = "user: alice?~?, word: of some length";

    #[test]
    fn both_alphabets_and_hex_are_read_where_they_stand() {
        let hex: String = TEXT.bytes().map(|byte| format!("{byte:02x}")).collect();
        for coded in
            [BASE64_STANDARD.encode(TEXT), BASE64_URL_SAFE_NO_PAD.encode(TEXT), hex, TEXT.into()]
        {
            let text = format!("x = '{coded}' # {coded}");
            let end = 5 + coded.trim_end_matches('=').len();
            match decoded(&text).as_slice() {
                [] => assert_eq!(coded, TEXT),
                [(one, place), (two, _)] => {
                    assert_eq!((one.as_slice(), two), (TEXT.as_bytes(), one));
                    assert_eq!(*place, 5..end);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn broken_lines_are_one_text_and_each_byte_leads_to_its_own() {
        let long = TEXT.repeat(9);
        let coded = BASE64_STANDARD.encode(&long);
        for between in ["\n", "\r\n    "] {
            let lines: Vec<&str> = coded
                .as_bytes()
                .chunks(76)
                .map(|line| std::str::from_utf8(line).unwrap())
                .collect();
            let text = format!("data: |\n    {}\nend", lines.join(between));
            let mut layers = Vec::new();
            read(text.as_bytes(), None, &mut layers).unwrap();
            let view = &layers[0].view;
            assert_eq!((layers.len(), view.text()), (1, long.as_bytes()));
            let place = view.origin(57..60);
            assert_eq!(text[place.clone()], coded[76..80]);
            assert_eq!(place.start, 12 + 76 + between.len());
        }
    }

    #[test]
    fn a_word_before_it_does_not_hide_it() {
        let coded = BASE64_URL_SAFE_NO_PAD.encode(TEXT);
        for before in ["/v1/", "name_", "x/"] {
            assert_eq!(decoded(&format!("{before}{coded}")).len(), usize::from(before != "/v1/"));
        }
    }

    #[test]
    fn what_holds_no_text_is_left() {
        let noise: Vec<u8> = (0..90_u32).map(|n| (n * n * 167 + n * 31) as u8 | 0x80).collect();
        let hash: String = noise.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = "src/main/java/com/acme/project/module/Application";
        for text in [
            BASE64_STANDARD.encode(&noise).as_str(),
            &hash,
            path,
            "someVeryLongIdentifierOfNoMeaning",
        ] {
            assert_eq!(decoded(text), [], "{text}");
        }
    }
}
