//! String literals that the language joins: side by side, or by `+`, `.`, `..`, `&`.

use std::ops::Range;

use super::View;

/// White space between two literals that belong together is no longer than this.
const GAP: usize = 120;
/// As much is read on either side of a seam, within its line.
const AROUND: usize = 512;
/// Stands where a piece was cut out of a long line, so that no value there counts as whole.
const CUT: &str = "…";

/// The lines with literals that are joined, without the seams.
pub(super) fn read(text: &[u8]) -> Option<View<'static>> {
    let mut view = View::default();
    let mut from = 0;
    let mut end = 0;
    for at in memchr::memchr3_iter(b'"', b'\'', b'`', text) {
        if at < from {
            continue;
        }
        // Most quotes are refused here.
        if !text.get(at + 1).is_some_and(|byte| b" .+&\\\n\r\t".contains(byte)) {
            continue;
        }
        let Some(opens) = seam(text, at) else { continue };
        if at >= end {
            copy(text, from..end, &mut view);
            let floor = end.max(at.saturating_sub(AROUND));
            let newline = memchr::memrchr(b'\n', &text[floor..at]);
            from = newline.map_or(floor, |newline| floor + newline + 1);
            if newline.is_none() && floor > 0 {
                view.part(CUT);
            }
        }
        view.push(&text[from..at], from..at, (1, 1));
        from = opens + 1;
        let ceiling = text.len().min(from + AROUND);
        end = memchr::memchr(b'\n', &text[from..ceiling])
            .map_or(ceiling, |newline| from + newline + 1);
    }
    copy(text, from..end, &mut view);
    (!view.text().is_empty()).then_some(view)
}

fn copy(text: &[u8], piece: Range<usize>, view: &mut View<'static>) {
    let end = piece.end;
    if let Some(bytes) = text.get(piece.clone()).filter(|bytes| !bytes.is_empty()) {
        view.push(bytes, piece, (1, 1));
        view.part(if end == text.len() || bytes.ends_with(b"\n") { "" } else { CUT });
    }
}

/// Where the quote stands that opens the next literal, if the one at `at` closes one and only what
/// joins the two stands between.
fn seam(text: &[u8], at: usize) -> Option<usize> {
    // In `"+"` neither quote closes a piece of a key; nor does an escaped one.
    if !is_of_key(text[at.checked_sub(1)?]) {
        return None;
    }
    let quote = text[at];
    let mut next = blank(text, at + 1)?;
    let operator = match text[next..] {
        [b'.', b'.', ..] => 2,
        [b'+' | b'.' | b'&', ..] => 1,
        [b'\\', b'\n', ..] => 2,
        [b'\\', b'\r', b'\n', ..] => 3,
        _ => 0,
    };
    next = blank(text, next + operator)?;
    // Python's `r"…"` and `f"…"`.
    if text[next].is_ascii_alphabetic() && b"rRbBfFuU".contains(&text[next]) {
        next += 1;
    }
    let opening = *text.get(next)?;
    let joins = if operator == 0 {
        // Two quotes in a row are an empty string, or one that holds a quote.
        opening == quote && next > at + 1 && quote != b'`'
    } else {
        matches!(opening, b'"' | b'\'' | b'`')
    };
    (joins && text.get(next + 1).is_some_and(|&byte| is_of_key(byte))).then_some(next)
}

/// The first place from `at` on that is not blank.
fn blank(text: &[u8], at: usize) -> Option<usize> {
    let length =
        text.get(at..)?.iter().take(GAP).take_while(|byte| b" \t\r\n".contains(byte)).count();
    (at + length < text.len()).then_some(at + length)
}

/// A character that a key may be cut before or behind; the operators are none.
fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-/=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Option<String> {
        read(text.as_bytes()).map(|view| String::from_utf8(view.text().to_vec()).unwrap())
    }

    #[test]
    fn literals_are_joined_as_each_language_does() {
        for (text, whole) in [
            ("key = 'ab' + 'cd'\n", "key = 'abcd'\n"),
            ("key = \"ab\" . 'cd';\n", "key = \"abcd';\n"),
            ("key = \"ab\" .. \"cd\"", "key = \"abcd\""),
            ("key = (\"ab\"\n       \"cd\")", "key = (\"abcd\")"),
            ("key = 'ab' \\\n  'cd' \\\n  'ef'\n", "key = 'abcdef'\n"),
            ("x = 'ab' + f'cd' + 'ef' + y", "x = 'abcdef' + y"),
        ] {
            assert_eq!(joined(text).unwrap_or_default(), whole, "{text}");
        }
    }

    #[test]
    fn what_is_no_seam_is_left() {
        for text in ["f('ab', 'cd')", "x.split('+')", "''", "a \"\" b", "{'a': 'b'}", "x + '+' + y"]
        {
            assert_eq!(joined(text), None, "{text}");
        }
    }

    #[test]
    fn a_span_over_a_seam_leads_back_to_all_of_it() {
        let text = "one\nkey = 'ab' + 'cd'\ntwo = 'x'\n'y'\n";
        let view = read(text.as_bytes()).unwrap();
        let at = memchr::memmem::find(view.text(), b"abcd").unwrap();
        assert_eq!(&text[view.origin(at..at + 4)], "ab' + 'cd");
        assert!(!view.is_unchanged(at..at + 4) && view.is_unchanged(1..3));
    }
}
