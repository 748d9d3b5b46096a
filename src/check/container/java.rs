//! Key stores of Java (JKS, JCEKS) and Bouncy Castle (BKS): entries under names, one after another.

/// Passwords that documentation and tools give to key stores.
const USUAL: &[&str] = &["changeit", "changeme", "password", "android", "secret", "123456", ""];

/// What is mixed into the digest at a key store's end.
const SALT: &[u8] = b"Mighty Aphrodite";

/// A key store with a key in it.
pub(super) struct Store {
    /// The name of the first key.
    pub alias: String,
    /// The usual password that opens it.
    pub password: Option<&'static str>,
}

/// Reads JKS and JCEKS; `None` if it is neither, or holds certificates only.
pub(super) fn java_key_store(data: &[u8]) -> Option<Store> {
    let mut reader = Reader(data.get(4..)?);
    let version = reader.number::<4>()?;
    let count = reader.number::<4>()?;
    if !matches!(version, 1 | 2) || count > 10_000 {
        return None;
    }
    let alias = (0..count).find_map(|_| {
        let kind = reader.number::<4>()?;
        let alias = reader.text()?;
        reader.take(8)?;
        // 1: private key, 2: certificate, 3: secret key.
        if kind != 2 {
            return Some((kind < 4).then(|| alias.to_owned()));
        }
        if version == 2 {
            reader.text()?;
        }
        let length = reader.number::<4>()?;
        reader.take(length)?;
        None
    })??;
    Some(Store { alias, password: password(data) })
}

/// The usual password with which the digest at the end is right.
fn password(data: &[u8]) -> Option<&'static str> {
    let (content, digest) = data.split_last_chunk::<20>()?;
    USUAL.iter().copied().find(|password| {
        let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
        password.encode_utf16().for_each(|unit| hasher.update(&unit.to_be_bytes()));
        hasher.update(SALT);
        hasher.update(content);
        hasher.try_finalize().is_ok_and(|own| own.as_slice() == digest)
    })
}

/// Reads BKS; the name of its first key, or `None` if there is none.
pub(super) fn bouncy_castle(data: &[u8]) -> Option<String> {
    let mut reader = Reader(data.get(28..)?);
    let rounds = reader.number::<4>()?;
    if rounds == 0 || rounds > 1 << 24 {
        return None;
    }
    for _ in 0..10_000 {
        let kind = reader.number::<1>()?;
        let alias = reader.text()?;
        reader.take(8)?;
        match kind {
            1 => {
                let chain = reader.number::<4>()?;
                for _ in 0..=chain.min(20) {
                    reader.text()?;
                    let length = reader.number::<4>()?;
                    reader.take(length)?;
                }
            }
            // A key, a secret, a sealed object.
            2..=4 => return Some(alias.to_owned()),
            _ => return None,
        }
    }
    None
}

/// Takes big-endian fields off the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number<const N: usize>(&mut self) -> Option<usize> {
        Some(self.take(N)?.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte)))
    }

    /// A name, which is shown: plain characters, and not many.
    fn text(&mut self) -> Option<&'a str> {
        let length = self.number::<2>()?;
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        (text.len() < 200 && !text.chars().any(char::is_control)).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key store with one entry.
    fn store(kind: u8, password: &str) -> Vec<u8> {
        let mut data = b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0".to_vec();
        data.push(kind);
        data.extend(b"\0\x04acme\0\0\0\0\0\0\0\0");
        if kind == 2 {
            data.extend(b"\0\x05X.509");
        }
        data.extend(b"\0\0\0\x0300\x30");
        let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
        password.encode_utf16().for_each(|unit| hasher.update(&unit.to_be_bytes()));
        hasher.update(SALT);
        hasher.update(&data);
        data.extend(hasher.try_finalize().unwrap().as_slice());
        data
    }

    #[test]
    fn a_store_is_its_first_key() {
        let found = java_key_store(&store(1, "zQ4k")).unwrap();
        assert_eq!((found.alias.as_str(), found.password), ("acme", None));
    }

    #[test]
    fn the_usual_passwords_are_tried() {
        assert_eq!(java_key_store(&store(1, "changeit")).unwrap().password, Some("changeit"));
    }

    #[test]
    fn a_store_of_certificates_is_no_key() {
        assert!(java_key_store(&store(2, "changeit")).is_none());
        assert!(java_key_store(&store(1, "")[..20]).is_none());
    }

    #[test]
    fn bouncy_castle_keeps_keys_behind_certificates() {
        let mut data = b"\0\0\0\x02\0\0\0\x14".to_vec();
        data.extend([7; 20]);
        data.extend(1024_u32.to_be_bytes());
        data.extend(b"\x01\0\x02ca\0\0\0\0\0\0\0\0\0\0\0\0\0\x05X.509\0\0\0\x02ab");
        assert_eq!(bouncy_castle(&data), None);
        data.extend(b"\x04\0\x04acme\0\0\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(bouncy_castle(&data).as_deref(), Some("acme"));
    }
}
