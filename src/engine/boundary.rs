//! Whether a match is a whole word or a piece cut out of something longer.

use crate::check::Candidate;
use crate::detector::{Context, Detector};

/// A pattern with text of its own around the secret has said where it begins and ends; otherwise
/// no word character may touch it.
pub(super) fn is_whole(context: Context, candidate: &Candidate) -> bool {
    let Candidate { text, matched, secret } = candidate;
    // Five dashes begin a block behind anything.
    let begins = matched.start < secret.start
        || text[secret.start..].starts_with(b"-----")
        || begins_word(context, &text[..secret.start]);
    let ends = matched.end > secret.end || ends_word(&text[secret.start..], secret.len());
    begins && ends && !is_cut(&text[..secret.start], &text[secret.end..])
}

/// Whether base64 goes on beside a value of base64 that has no marker, by one of its two marks.
pub(super) fn is_base64_piece(detector: &Detector, candidate: &Candidate) -> bool {
    let Candidate { text, secret, .. } = candidate;
    let goes_on = |mark: Option<&u8>, next: Option<&u8>| {
        let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        matches!(mark, Some(b'+' | b'/')) && next.is_some_and(base64)
    };
    let (mut before, mut behind) = (text[..secret.start].iter().rev(), text[secret.end..].iter());
    detector.context == Context::Label
        && (goes_on(before.next(), before.next()) || goes_on(behind.next(), behind.next()))
        && ["/+]", "+/]"].iter().any(|alphabet| detector.pattern.contains(alphabet))
}

/// Whether a mark beside the value says that this is only a piece of one: `sk_live_Abc…`, or the
/// cut mark of this project's own tests.
fn is_cut(before: &[u8], behind: &[u8]) -> bool {
    // None of them is ASCII, and most neighbours are.
    let is_ascii = |neighbour: Option<&u8>| neighbour.is_none_or(u8::is_ascii);
    if is_ascii(before.last()) && is_ascii(behind.first()) {
        return false;
    }
    ["…", "¦", "‹"].iter().any(|mark| behind.starts_with(mark.as_bytes()))
        || ["…", "¦", "›"].iter().any(|mark| before.ends_with(mark.as_bytes()))
}

fn begins_word(context: Context, before: &[u8]) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match *before {
        // A line inside a longer text is no whole value of a name; the escape's letter may have
        // been taken for its first character.
        [.., b'\\', b'n' | b'r' | b't'] | [.., b'\\'] => context != Context::Generic,
        // A percent escape (`%3D`) ends in characters that look like a word.
        [.., b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => true,
        // A colour escape (`\x1b[31m`) may stand directly before a key in a log.
        [.., digit, b'm'] if digit.is_ascii_digit() && before.ends_with(b"m") => {
            let tail = &before[before.len().saturating_sub(8)..];
            tail.contains(&0x1b)
        }
        // Without a marker of its own, `abc-` before the value makes it the end of a longer name.
        [.., b, b'-' | b'+'] if word(b) => context == Context::Marker,
        [.., last] => !word(last),
        [] => true,
    }
}

fn ends_word(from: &[u8], length: usize) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match from[length..] {
        [] => true,
        [b'-' | b'+', next, ..] => !word(next),
        [next, ..] => !word(next) || (from[length - 1] == b'='),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str, secret: &str) -> bool {
        let start = text.find(secret).unwrap();
        let span = start..start + secret.len();
        let candidate = Candidate { text: text.as_bytes(), matched: span.clone(), secret: span };
        is_whole(Context::Marker, &candidate)
    }

    #[test]
    fn a_piece_of_a_longer_word_is_not_whole() {
        assert!(whole("x = 'KEYabc'", "KEYabc"));
        assert!(!whole("x = 'MONKEYabc'", "KEYabc"));
        assert!(!whole("x = 'KEYabcd'", "KEYabc"));
        assert!(!whole("x = 'KEYabc_d'", "KEYabc"));
        assert!(!whole("x = 'KEYabc-d'", "KEYabc"));
    }

    #[test]
    fn what_somebody_cut_is_not_whole() {
        assert!(!whole("key: KEYabc…", "KEYabc"));
        assert!(!whole("'KEYabc¦def'", "KEYabc"));
        assert!(whole("“KEYabc”", "KEYabc"));
    }

    #[test]
    fn an_escape_before_the_word_is_no_part_of_it() {
        assert!(whole("\"a\\nKEYabc\"", "KEYabc"));
        assert!(whole("token%3DKEYabc", "KEYabc"));
        assert!(whole("%s-----BEGIN", "-----BEGIN"));
        assert!(whole("\u{1b}[31mKEYabc", "KEYabc"));
    }
}
