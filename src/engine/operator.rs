//! What stands between a name and its value, read from the value backwards.

use super::words::Split;

/// Skips what may stand between an operator and its value: space, quotes, a string's prefix.
pub(super) fn trim_opening(text: &[u8], start: usize, mut end: usize) -> usize {
    let mut quoted = false;
    while end > start {
        let byte = text[end - 1];
        let opens = matches!(byte, b'"' | b'\'' | b'`' | b'\\');
        let prefix = quoted
            && matches!(
                byte,
                b'b' | b'B' | b'r' | b'R' | b'u' | b'U' | b'f' | b'F' | b'@' | b'$' | b'L'
            )
            && (end - 1 == start
                || !text[end - 2].is_ascii_alphanumeric() && text[end - 2] != b'_');
        if !(opens || prefix || byte.is_ascii_whitespace()) {
            break;
        }
        quoted |= opens;
        end -= 1;
    }
    end
}

/// Skips the operator and what closes the name before it: `"name"] = `, `name := `, `name => `.
pub(super) fn trim_operator(text: &[u8], start: usize, mut end: usize) -> usize {
    while end > start {
        let byte = text[end - 1];
        let skipped = matches!(
            byte,
            b'=' | b':'
                | b'>'
                | b','
                | b'('
                | b'['
                | b']'
                | b')'
                | b'{'
                | b'!'
                | b'?'
                | b'+'
                | b'"'
                | b'\''
                | b'`'
                | b'\\'
                | b'-'
        );
        if byte == b'}'
            && let Some(open) = accessors(&text[start..end - 1])
        {
            end = start + open;
            continue;
        }
        if !(skipped || byte.is_ascii_whitespace()) {
            break;
        }
        end -= 1;
    }
    end
}

/// Where `{ get; set; }` opens, if that is what a closing brace closes.
fn accessors(before: &[u8]) -> Option<usize> {
    let open = memchr::memrchr(b'{', before)?;
    let mut words = Split::of(&before[open..]).map(|word| &before[open..][word]).peekable();
    let accessor = |word: &[u8]| {
        [&b"get"[..], b"set", b"init", b"private", b"internal"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
    };
    (words.peek().is_some() && words.all(accessor)).then_some(open)
}
