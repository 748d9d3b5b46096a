//! What the bytes inside a private key block say: DER, OpenSSH's format, PGP packets.

/// PKCS#1, SEC 1, PKCS#8 or the old DSA form: a SEQUENCE as long as the data, a version, a body
/// that is not filled with one byte. An encrypted PKCS#8 begins with another SEQUENCE instead.
pub(in crate::check) fn der_kind(data: &[u8]) -> Option<String> {
    let (content, total) = der_content(data, 0x30)?;
    // A few bytes more are padding or a stray character; fewer mean that the block was cut.
    if data.len() > total + 3 || !has_variety(content) {
        return None;
    }
    let (version, length) = der_content(content, 0x02)?;
    let rest = &content[length..];
    match (version, rest.first()) {
        ([0 | 1], Some(0x02)) => {
            let modulus = der_content(rest, 0x02)?.0;
            let bits = modulus.len().saturating_sub(usize::from(modulus.first() == Some(&0))) * 8;
            Some(format!("RSA key of {bits} bits"))
        }
        ([1], Some(0x04)) => Some("elliptic curve key".to_owned()),
        ([0 | 1], Some(0x30)) => Some("PKCS#8 key".to_owned()),
        _ => None,
    }
}

/// The content of the element with `tag` that `data` begins with, and the element's length.
pub(in crate::check) fn der_content(data: &[u8], tag: u8) -> Option<(&[u8], usize)> {
    let (&[found, first], rest) = data.split_first_chunk()?;
    if found != tag {
        return None;
    }
    let (length, head) = match first {
        0..=0x7f => (usize::from(first), 2),
        0x81 => (usize::from(*rest.first()?), 3),
        0x82 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), 4),
        _ => return None,
    };
    Some((data.get(head..head + length)?, head + length))
}

/// Whether the bytes differ as those of a key do: of 32 random ones 30 are different on average.
pub(in crate::check) fn has_variety(data: &[u8]) -> bool {
    let mut seen = [false; 256];
    data.iter().for_each(|&byte| seen[usize::from(byte)] = true);
    data.len() >= 32 && seen.iter().filter(|&&there| there).count() >= 22
}

/// OpenSSH's own format: the magic, cipher `none`, and in the private part the same number twice.
pub(in crate::check) fn openssh_kind(data: &[u8]) -> Option<String> {
    let data = data.strip_prefix(b"openssh-key-v1\0")?;
    let (cipher, data) = ssh_string(data)?;
    let (_kdf, data) = ssh_string(data)?;
    let (_options, data) = ssh_string(data)?;
    let (public, data) = ssh_string(data.strip_prefix(&[0, 0, 0, 1])?)?;
    let (private, _) = ssh_string(data)?;
    let (numbers, key) = private.split_first_chunk::<8>()?;
    if cipher != b"none" || numbers[..4] != numbers[4..] || !has_variety(key) {
        return None;
    }
    let (name, _) = ssh_string(public)?;
    let plain = name.len() < 60 && name.iter().all(u8::is_ascii_graphic);
    plain.then(|| format!("OpenSSH {} key", String::from_utf8_lossy(name)))
}

/// A length of four bytes and as many bytes.
pub(in crate::check) fn ssh_string(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// Nebula's keys: the bare bytes, 32 of X25519 or P-256, 64 of Ed25519.
pub(in crate::check) fn nebula_kind(data: &[u8]) -> Option<String> {
    let known = matches!(data.len(), 32 | 64) && has_variety(data);
    known.then(|| "Nebula key".to_owned())
}

/// A PGP secret key without a passphrase.
pub(in crate::check) fn pgp_kind(data: &[u8]) -> Option<String> {
    let (protected, _) = pgp_secret_key(data)?;
    (!protected).then(|| "PGP key".to_owned())
}

/// Whether the PGP secret key (packet tag 5 or 7) that `data` begins with is protected by a
/// passphrase, and what follows its packet.
pub(in crate::check) fn pgp_secret_key(data: &[u8]) -> Option<(bool, &[u8])> {
    let (tag, content, behind) = pgp_packet(data)?;
    // The version, the time of creation, the algorithm, its public numbers, how the rest is protected.
    let (&[version, _, _, _, _, algorithm], numbers) = content.split_first_chunk()?;
    let rest = match version {
        4 => skip_public(algorithm, numbers)?,
        // These say how long the public numbers are.
        5 | 6 if matches!(algorithm, 1..=3 | 16..=19 | 22 | 25..=28) => {
            let (length, numbers) = numbers.split_first_chunk()?;
            numbers.get(u32::from_be_bytes(*length) as usize..)?
        }
        _ => return None,
    };
    let protected = match *rest.first()? {
        0 => false,
        // A stub (`gnu-dummy`, smart cards) says where the key is and holds none.
        253..=255 if !rest.windows(3).take(8).any(|mark| mark == b"GNU") => true,
        _ => return None,
    };
    (matches!(tag, 5 | 7) && has_variety(content)).then_some((protected, behind))
}

/// What follows the public numbers of a key of version 4.
fn skip_public(algorithm: u8, numbers: &[u8]) -> Option<&[u8]> {
    let rest = match algorithm {
        1..=3 => skip_numbers(numbers, 2)?,
        16 => skip_numbers(numbers, 3)?,
        17 => skip_numbers(numbers, 4)?,
        18 | 19 | 22 => skip_numbers(numbers.get(1 + usize::from(*numbers.first()?)..)?, 1)?,
        25 | 27 => numbers.get(32..)?,
        _ => return None,
    };
    // Key agreement says in a few bytes more which digest and cipher it derives with.
    if algorithm == 18 { rest.get(1 + usize::from(*rest.first()?)..) } else { Some(rest) }
}

/// The tag and content of the packet `data` begins with, and what follows it. A packet may be cut,
/// so that the first line of a block suffices.
pub(in crate::check) fn pgp_packet(data: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&first, rest) = data.split_first()?;
    let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
    let (tag, head, length) = match first {
        0xc0.. => {
            let (head, length) = match *rest.first()? {
                short @ 0..192 => (1, usize::from(short)),
                high @ 192..224 => {
                    (2, (usize::from(high) - 192) * 256 + usize::from(*rest.get(1)?) + 192)
                }
                _ => (5, number(rest.get(1..5)?)),
            };
            (first & 0x3f, head, length)
        }
        0x80.. => {
            let head = match first & 3 {
                0 => 1,
                1 => 2,
                _ => 4,
            };
            (first >> 2 & 0x0f, head, number(rest.get(..head)?))
        }
        _ => return None,
    };
    let content = rest.get(head..)?;
    let (content, behind) = content.split_at(length.min(content.len()));
    Some((tag, content, behind))
}

/// What follows `count` numbers, each with its length in bits before it.
fn skip_numbers(mut data: &[u8], count: usize) -> Option<&[u8]> {
    for _ in 0..count {
        let (bits, rest) = data.split_first_chunk::<2>()?;
        data = rest.get(usize::from(u16::from_be_bytes(*bits)).div_ceil(8)..)?;
    }
    Some(data)
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Bytes that look random.
    pub fn filler(length: usize) -> Vec<u8> {
        (0..length as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
    }

    /// The frame of a PKCS#8 key around `length` bytes.
    pub fn der(length: u16) -> Vec<u8> {
        let mut data = vec![0x30, 0x82];
        data.extend((length + 5).to_be_bytes());
        data.extend([0x02, 0x01, 0x00, 0x30, 0x00]);
        data.extend(filler(usize::from(length)));
        data
    }

    /// The frame of an OpenSSH key.
    pub fn openssh(cipher: &str) -> Vec<u8> {
        let string = |data: &[u8]| [&(data.len() as u32).to_be_bytes()[..], data].concat();
        let public = [string(b"ssh-ed25519"), string(&filler(32))].concat();
        let private = [&[7; 8][..], &public, &filler(64)].concat();
        let mut data = b"openssh-key-v1\0".to_vec();
        for part in [cipher.as_bytes(), b"none", b""] {
            data.extend(string(part));
        }
        data.extend([0, 0, 0, 1]);
        data.extend(string(&public));
        data.extend(string(&private));
        data
    }

    /// A PGP secret key packet, Ed25519, with `usage` saying how it is protected.
    pub fn pgp(usage: u8) -> Vec<u8> {
        let mut content = vec![4, 0, 0, 0, 1, 22, 2, 1, 1, 1, 7];
        content.extend(filler(33));
        content.push(usage);
        content.extend(filler(36));
        let mut data = vec![0xc5, content.len() as u8];
        data.extend(content);
        data
    }

    /// The same in version 6, which says how long its public numbers are.
    fn pgp_6(usage: u8) -> Vec<u8> {
        let mut content = vec![6, 0, 0, 0, 1, 27, 0, 0, 0, 32];
        content.extend(filler(32));
        content.push(usage);
        content.extend(filler(32));
        let mut data = vec![0xc5, content.len() as u8];
        data.extend(content);
        data
    }

    #[test]
    fn der_has_its_length_and_version() {
        assert_eq!(der_kind(&der(300)).as_deref(), Some("PKCS#8 key"));
        assert_eq!(der_kind(&der(300)[..300]), None);
        assert_eq!(der_kind(&[&der(300)[..], &[0; 9]].concat()), None);
    }

    #[test]
    fn openssh_says_its_cipher() {
        assert_eq!(openssh_kind(&openssh("none")).as_deref(), Some("OpenSSH ssh-ed25519 key"));
        assert_eq!(openssh_kind(&openssh("aes256-ctr")), None);
    }

    #[test]
    fn pgp_says_whether_a_passphrase_is_needed() {
        assert_eq!(pgp_kind(&pgp(0)).as_deref(), Some("PGP key"));
        assert_eq!(pgp_kind(&pgp(254)), None);
        assert_eq!(pgp_kind(&pgp_6(0)).as_deref(), Some("PGP key"));
        assert_eq!(pgp_kind(&pgp_6(253)), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(data in proptest::collection::vec(any::<u8>(), 0..200)) {
            der_kind(&data);
            openssh_kind(&data);
            pgp_kind(&data);
            for (frame, kind) in [
                (der(200), der_kind as fn(&[u8]) -> Option<String>),
                (openssh("none"), openssh_kind),
                (pgp(0), pgp_kind),
            ] {
                let mut bent = frame;
                for (at, byte) in data.iter().enumerate().take(3) {
                    let place = usize::from(*byte) * (at + 1) % bent.len();
                    bent[place] ^= byte.rotate_left(3);
                }
                kind(&bent);
            }
        }
    }
}
