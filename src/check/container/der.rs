//! Private keys in DER, read to the last byte: files begin with a SEQUENCE for many reasons.

use super::super::private_key::encrypted_pkcs8;
use super::super::private_key::format::{der_content, der_kind};

/// What the file holds.
pub(super) enum Kind {
    Open(String),
    Encrypted,
}

/// The private key that `data` is, if it is one.
pub(super) fn kind(data: &[u8]) -> Option<Kind> {
    if encrypted_pkcs8(data) {
        return Some(Kind::Encrypted);
    }
    let kind = der_kind(data)?;
    let (content, total) = der_content(data, 0x30)?;
    let mut rest = content;
    let mut tags = Vec::new();
    while let Some(&tag) = rest.first() {
        let (_, length) = der_content(rest, tag)?;
        tags.push(tag);
        rest = &rest[length..];
    }
    let known = match tags[..] {
        // RSA: version and eight numbers. DSA: version and five.
        [0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02]
        | [0x02, 0x02, 0x02, 0x02, 0x02, 0x02]
        // SEC 1: version, key, curve and public key.
        | [0x02, 0x04]
        | [0x02, 0x04, 0xa0 | 0xa1]
        | [0x02, 0x04, 0xa0, 0xa1]
        // PKCS#8: version, algorithm, key, attributes, public key.
        | [0x02, 0x30, 0x04]
        | [0x02, 0x30, 0x04, 0xa0 | 0xa1 | 0x81]
        | [0x02, 0x30, 0x04, 0xa0, 0xa1 | 0x81] => true,
        _ => false,
    };
    (known && data.len() == total).then_some(Kind::Open(kind))
}

#[cfg(test)]
mod tests {
    use super::super::super::private_key::format::tests::filler;
    use super::*;

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = (content.len() as u16).to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    }

    #[test]
    fn the_parts_of_a_key_are_all_there() {
        let number = element(0x02, &filler(128));
        let rsa = element(0x30, &[&[2, 1, 0][..], &number.repeat(8)].concat());
        assert!(matches!(kind(&rsa), Some(Kind::Open(_))));
        let cut = element(0x30, &[&[2, 1, 0][..], &number.repeat(7)].concat());
        assert!(kind(&cut).is_none());
        assert!(kind(&[&rsa[..], b"\n"].concat()).is_none());
        let name = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
        let sealed = element(0x04, &filler(64));
        let pkcs8 = element(0x30, &[&[2, 1, 0][..], &element(0x30, &name), &sealed].concat());
        assert!(matches!(kind(&pkcs8), Some(Kind::Open(_))));
    }

    #[test]
    fn a_key_under_a_password_says_how() {
        let sealed = element(0x04, &filler(64));
        let named = |last: [u8; 2]| {
            let name = [&[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1][..], &last].concat();
            element(0x30, &[element(0x30, &name), sealed.clone()].concat())
        };
        assert!(matches!(kind(&named([5, 13])), Some(Kind::Encrypted)));
        assert!(kind(&named([7, 2])).is_none());
    }
}
