//! Places where a value is no secret, whatever its label says.

use super::words::Split;
use crate::check::{Literal, Vocabulary};

/// Beginnings of the names of what compares, hashes and encrypts.
static WORKS: Vocabulary =
    Vocabulary::new("match verif compar hash encrypt digest sha1 sha2 sha3 sha5 md5");

/// What stands in the address of a picture, and how that of a link inside its page begins.
static PICTURES: [Literal; 3] =
    [Literal::new(".svg?"), Literal::new(".png?"), Literal::new("shields.io/")];
static LINK: Literal = Literal::new("href=\"#");

/// Whether everybody may see what stands behind `line`: it is part of an address that a page shows, or an
/// argument of something that works on a secret. `argument` is where the label begins.
pub(super) fn is_open(line: &[u8], argument: usize) -> bool {
    is_picture(line) || is_link(line) || works_on_secret(&line[..argument])
}

/// Whether the label ends in the address of a picture: a badge's token may be seen by everybody
/// who sees the badge.
fn is_picture(line: &[u8]) -> bool {
    let begins = |byte: &u8| byte.is_ascii_whitespace() || b"\"'(<".contains(byte);
    let address = &line[line.iter().rposition(begins).unwrap_or(0)..];
    PICTURES.iter().any(|picture| picture.first_in(address).is_some())
}

/// Whether the value stands in the address of a link inside its page: `class="token" href="#/s:…"`.
fn is_link(line: &[u8]) -> bool {
    LINK.last_in(line).is_some_and(|at| memchr::memchr(b'"', &line[at + 6..]).is_none())
}

/// Whether the first argument is that of something that works on a secret rather than gives it a
/// name: `encoder.matches("password", HASH)`, `SHA256(secrets.zip)= HASH`.
fn works_on_secret(before: &[u8]) -> bool {
    let Some(callee) = before.strip_suffix(b"(") else { return false };
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.".contains(byte);
    let start = callee.iter().rposition(|byte| !name(byte)).map_or(0, |at| at + 1);
    let callee = &callee[start..];
    Split::of(callee).any(|word| WORKS.begins(&callee[word].to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_of_what_works_on_secrets_is_none() {
        for callee in ["encoder.matches(", "new AesBytesEncryptor(", "SHA256(", "verifyPassword("] {
            assert!(works_on_secret(callee.as_bytes()), "{callee}");
        }
        for callee in ["setenv(", "config.put(", "new Token(", "matches ("] {
            assert!(!works_on_secret(callee.as_bytes()), "{callee}");
        }
    }

    #[test]
    fn a_link_inside_a_page_ends_with_its_quote() {
        assert!(is_link(b"<a class=\"token\" href=\"#/s:"));
        assert!(!is_link(b"<a href=\"#/s\" token=\""));
        assert!(!is_link(b"<a href=\"https://acme.example/?token="));
    }
}
