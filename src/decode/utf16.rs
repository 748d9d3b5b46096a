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
    // The first character is the one before a NUL. Big endian puts the NUL first; starting one byte
    // later, both read the same.
    while let Some(next) = source.get(at + 1..).and_then(|rest| memchr::memchr(0, rest)) {
        at += next;
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn the_stretches_are_those_of_trying_every_place(
            pieces in prop::collection::vec(
                prop_oneof![
                    "[a-z\n]{0,12}".prop_map(|text| utf16(&text, u16::to_le_bytes)),
                    "[a-z]{0,12}".prop_map(|text| utf16(&text, u16::to_be_bytes)),
                    prop::collection::vec(prop_oneof![Just(0), Just(b'a'), any::<u8>()], 0..9),
                ],
                0..9,
            ),
        ) {
            let source = pieces.concat();
            let (mut plainly, mut at) = (Vec::new(), 0);
            while at < source.len() {
                let length = run_length(&source[at..]);
                if length >= SHORTEST_RUN {
                    plainly.extend(source[at..].iter().step_by(2).take(length));
                    plainly.push(1);
                }
                at += if length >= SHORTEST_RUN { length * 2 } else { 1 };
            }
            let view = read(&source).unwrap_or_default();
            // No stretch holds this byte; between them stands a line's end.
            let plainly = plainly.strip_suffix(&[1]).unwrap_or(&plainly);
            let plainly: Vec<u8> =
                plainly.iter().map(|&byte| if byte == 1 { b'\n' } else { byte }).collect();
            prop_assert_eq!(view.text(), plainly);
        }
    }

    #[test]
    fn bytes_without_utf16_have_no_view() {
        assert!(read(b"\0\0\0\0plain text\0more text\0").is_none());
    }
}
