//! Two bytes a character.

use super::View;

/// Fewer characters than this in a row are no UTF-16 text.
const SHORTEST_RUN: usize = 8;

/// The ASCII stretches of UTF-16 in `source`, of either byte order, with or without a mark, also
/// inside binary files. `None` where there are none.
pub(super) fn read(source: &[u8]) -> Option<View<'static>> {
    let mut view = View::default();
    let mut characters = Vec::new();
    let mut at = 0;
    while at + 1 < source.len() {
        // Big endian puts the NUL first; starting one byte later, both read the same.
        let length = run_length(&source[at..]);
        if length < SHORTEST_RUN {
            at += 1;
            continue;
        }
        if !view.text().is_empty() {
            view.part("\n");
        }
        characters.clear();
        characters.extend(source[at..].iter().step_by(2).take(length));
        // Big endian at the very end has its last NUL in front of the character.
        view.push(&characters, at..source.len().min(at + length * 2), (1, 2));
        at += length * 2;
    }
    (!view.text().is_empty()).then_some(view)
}

/// How many characters follow each other as `c 0 c 0 …` (the last NUL may be missing: big endian).
fn run_length(source: &[u8]) -> usize {
    let ascii = |byte: u8| (0x20..0x7f).contains(&byte) || matches!(byte, b'\t' | b'\n' | b'\r');
    let mut length = 0;
    while let Some(&byte) = source.get(length * 2) {
        if !ascii(byte) {
            break;
        }
        length += 1;
        if source.get(length * 2 - 1).is_some_and(|&high| high != 0) {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn both_byte_orders_read_the_same() {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let source = utf16("\u{feff}token = 'abcdefgh'\n", bytes);
            let view = read(&source).unwrap();
            assert_eq!(view.text(), b"token = 'abcdefgh'\n");
        }
    }

    #[test]
    fn a_span_leads_back_to_the_source() {
        let mut source = b"\x01\x02\x03binary".to_vec();
        source.extend(utf16("name=secretvalue", u16::to_le_bytes));
        let view = read(&source).unwrap();
        let at = memchr::memmem::find(view.text(), b"secretvalue").unwrap();
        let origin = view.origin(at..at + 11);
        assert_eq!(source[origin], utf16("secretvalue", u16::to_le_bytes));
    }

    #[test]
    fn bytes_without_utf16_have_no_view() {
        assert!(read(b"\0\0\0\0plain text\0more text\0").is_none());
    }
}
