//! Names that follow from the content.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;

use anyhow::{Result, bail};
use sha2::{Digest as _, Sha256, Sha512};

/// `sha256:…` or `sha512:…`, in lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digest(String);

impl Digest {
    /// Reads one as manifests write it.
    ///
    /// # Errors
    /// Another algorithm, or no digest at all.
    pub fn parse(text: &str) -> Result<Digest> {
        let digits = match text.split_once(':') {
            Some(("sha256", hex)) if hex.len() == 64 => hex,
            Some(("sha512", hex)) if hex.len() == 128 => hex,
            _ => bail!("`{text}` is neither a SHA-256 nor a SHA-512 digest"),
        };
        if digits.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            bail!("`{text}` is no digest: it must be lower-case hexadecimal");
        }
        Ok(Digest(text.to_owned()))
    }

    /// That of nothing known yet.
    pub(super) fn none() -> Digest {
        Digest(String::new())
    }

    /// The digest an object's name promises: `blobs/sha256/…` of a layout, or the name of a
    /// configuration in an older archive.
    pub(super) fn of_name(name: &str) -> Option<Digest> {
        if let Some(rest) = name.strip_prefix("blobs/") {
            return Digest::parse(&rest.replacen('/', ":", 1)).ok();
        }
        let name = name.strip_suffix(".json").unwrap_or(name);
        Digest::parse(&format!("sha256:{name}")).or_else(|_| Digest::parse(name)).ok()
    }

    /// The name in a layout's folder.
    pub(super) fn blob(&self) -> String {
        format!("blobs/{}", self.0.replacen(':', "/", 1))
    }

    /// `sha256:` and twelve digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..7 + 12]
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Digests what is read through it.
pub(super) struct Digesting<R> {
    input: R,
    sha256: Sha256,
    /// Only where a name asks for it.
    sha512: Option<Sha512>,
    /// Bytes so far.
    pub(super) bytes: Rc<Cell<u64>>,
}

impl<R: Read> Digesting<R> {
    pub(super) fn new(input: R, promised: Option<&Digest>) -> Digesting<R> {
        let long = promised.is_some_and(|digest| digest.0.starts_with("sha512"));
        Digesting {
            input,
            sha256: Sha256::new(),
            sha512: long.then(Sha512::new),
            bytes: Rc::default(),
        }
    }

    /// The digests of what was read: SHA-256, and SHA-512 where it was asked for.
    pub(super) fn finish(self) -> (Digest, Option<Digest>) {
        let long = self.sha512.map(|sha512| written("sha512", &sha512.finalize()));
        (written("sha256", &self.sha256.finalize()), long)
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.sha256.update(&buffer[..read]);
        if let Some(sha512) = &mut self.sha512 {
            sha512.update(&buffer[..read]);
        }
        self.bytes.set(self.bytes.get() + read as u64);
        Ok(read)
    }
}

fn written(algorithm: &str, bytes: &[u8]) -> Digest {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Digest(format!("{algorithm}:{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_lower_case_hexadecimal_of_its_algorithm_s_length() {
        let nothing = Digesting::new(io::empty(), None).finish().0;
        assert_eq!(Digest::parse(&nothing.to_string()).unwrap(), nothing);
        assert_eq!(Digest::of_name(&nothing.blob()), Some(nothing.clone()));
        assert_eq!(Digest::of_name(&format!("{}.json", &nothing.to_string()[7..])), Some(nothing));
        for wrong in ["", "sha256:", "sha256:12", "md5:00", "sha512:00"] {
            assert!(Digest::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Digest::parse(&format!("sha256:{}", "A".repeat(64))).is_err());
        assert_eq!(Digest::of_name("a/layer.tar"), None);
    }
}
