//! Values that look random and are no secrets, told by how they begin or by their shape.

use super::super::Vocabulary;
use super::super::placeholder::{ANYWHERE, CODE, Form};

/// Beginnings of what is random, or looks it, and is no secret: hashes, public keys, certificates,
/// images, archives, documents, hashes of passwords; and JWTs, which have a detector of their own.
static PUBLIC: Vocabulary = Vocabulary::new(
    "
    sha1- sha256- sha384- sha512- sha1: sha256: sha512: md5: blake h1: $2a$ $2b$ $2y$ $argon2
    $pbkdf2 pbkdf2 $1$ $5$ $6$ $y$ $apr1$ {ssha {sha bcrypt argon2 scrypt aaaab3nza aaaac3nza
    aaaae2vj ssh- mii ls0tls1crudjti ivborw0kggo r0lgod /9j/ pd94bw phn2zy data: jvberi0 uesdb
    h4siaaaa ro0ab 0x eyj
",
);

/// Beginnings of tokens whose own detectors judge more strictly: what they let pass (a checksum that
/// fails, a wrong length) is not taken up again.
static JUDGED: Vocabulary = Vocabulary::new(
    "
    ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ npm_ cfut_ cfat_ cfk_ glsa_ glpat- pypi- avns_ npg_ pscale_
    sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ pk_test_ akia asia aiza xoxb- xoxp- whsec_ django-
",
);

/// Whether it begins like something that may be seen by everybody.
pub(super) fn is_public(form: &Form) -> bool {
    let begins = PUBLIC.begins(form.lower) || JUDGED.begins(form.lower);
    begins && !is_hex_number(form.value) || form.marked && ANYWHERE.stands_in(form.lower)
}

/// `0x` and 64 hex digits is a key after all, where its name says so; 40 are an address.
fn is_hex_number(value: &[u8]) -> bool {
    value.len() == 66 && value[1] == b'x' && value[2..].iter().all(u8::is_ascii_hexdigit)
}

/// Shapes that are no secrets however random their digits: UUIDs, numbers, dates, versions, colours,
/// addresses, paths, domain names.
pub(super) fn is_shaped(form: &Form) -> bool {
    let value = form.value;
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let mut groups = value.split(|&byte| byte == b'-').map(<[u8]>::len);
    let hex = || value.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    if letters < 2 || (value.len() == 36 && groups.by_ref().eq([8, 4, 4, 4, 12]) && hex()) {
        return true;
    }
    // All other shapes have marks.
    if form.plain {
        return false;
    }
    // A MAC or IPv6 address, a fingerprint.
    if value.contains(&b':') && value.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b':') {
        return true;
    }
    if form.marked && CODE.stands_in(value) || (value.starts_with(b"^") && value.ends_with(b"$")) {
        return true;
    }
    // Bytes of a binary, a regular expression.
    if value.iter().filter(|&&byte| byte == b'\\').count() >= 2 {
        return true;
    }
    let separated = |mark: u8| value.iter().filter(|&&byte| byte == mark).count();
    // A path begins at a root, or is nothing but words between its slashes.
    value.starts_with(b"./")
        || value.starts_with(b"../")
        || value.starts_with(b"~/")
        || (separated(b'/') >= 2 && value.split(|&byte| byte == b'/').all(is_word))
        || (separated(b'.') >= 1 && value.split(|&byte| byte == b'.').all(is_word))
        || (separated(b'-') >= 2 && value.split(|&byte| byte == b'-').all(is_word))
        || (separated(b'_') >= 2 && value.split(|&byte| byte == b'_').all(is_word))
}

/// A name as programs and people write it: letters of one case, perhaps a capital, perhaps a
/// number at its end.
fn is_word(part: &[u8]) -> bool {
    let head = part.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (letters, digits) = part.split_at(head);
    let tail = letters.get(1..).unwrap_or_default();
    let one_case =
        tail.iter().all(u8::is_ascii_lowercase) || tail.iter().all(u8::is_ascii_uppercase);
    one_case && letters.len() <= 12 && digits.len() <= 4 && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::placeholder::Room;
    use super::*;

    fn is_public(value: &[u8]) -> bool {
        super::is_public(&Form::of(value, &mut Room::default()))
    }

    fn is_shaped(value: &[u8]) -> bool {
        super::is_shaped(&Form::of(value, &mut Room::default()))
    }

    #[test]
    fn hashes_images_and_certificates_are_public() {
        for value in
            ["sha256-abc", "$2b$12$abc", "{SSHA}abc", "iVBORw0KGgoAAA", "MIIDazCC", "ssh-ed25519"]
        {
            assert!(is_public(value.as_bytes()), "{value}");
        }
        let address = format!("0x{}", "1b".repeat(20));
        let key = format!("0x{}", "1b".repeat(32));
        assert!(is_public(address.as_bytes()) && !is_public(key.as_bytes()));
    }

    #[test]
    fn numbers_names_paths_and_patterns_have_a_shape() {
        for value in [
            "1.22.333-44",
            "aa:bb:cc:00:11:22",
            "../a/b",
            "one.two.three",
            "(?:[%s]+|%s)",
            "^[a-z]$",
        ] {
            assert!(is_shaped(value.as_bytes()), "{value}");
        }
        assert!(!is_shaped(b"h]6EszR}vJ*m"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(value in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = is_public(&value);
            let _ = is_shaped(&value);
        }
    }
}
