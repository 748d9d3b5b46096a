//! Private key blocks that a passphrase protects.

use base64::alphabet::STANDARD;

use super::armour::{body_of, decode};
use super::format::{der_content, has_variety, pgp_secret_key, ssh_string};
use super::{Block, holds};

/// What kind of key the block holds, if it is whole and encrypted.
pub(super) fn kind(block: &Block) -> Option<String> {
    let Block { label, body, .. } = block;
    let old_pem = holds(body, b"Proc-Type") && holds(body, b"ENCRYPTED");
    [false, true].into_iter().find_map(|strip| {
        let lines = if old_pem { after_headers(body)? } else { body };
        let bytes = decode(&body_of(lines, strip), &STANDARD)?;
        match *label {
            _ if holds(label, b"PGP") => pgp_secret_key(&bytes)?.0.then(|| "PGP key".to_owned()),
            b"ENCRYPTED PRIVATE KEY" => pkcs8(&bytes).then(|| "PKCS#8 key".to_owned()),
            // A JSON object that names how the passphrase is stretched.
            _ if holds(label, b"ENCRYPTED COSIGN") || holds(label, b"ENCRYPTED SIGSTORE") => {
                (bytes.starts_with(b"{") && holds(&bytes, b"\"kdf\""))
                    .then(|| "Sigstore (cosign) key".to_owned())
            }
            // The body begins with how the passphrase is stretched, in plain bytes.
            _ if holds(label, b"ENCRYPTED NEBULA") => {
                holds(&bytes, b"AES-256-GCM").then(|| "Nebula key".to_owned())
            }
            _ if holds(label, b"OPENSSH") => openssh(&bytes),
            // Ciphers of 8 or 16 bytes a block.
            _ if old_pem => (bytes.len() % 8 == 0 && has_variety(&bytes))
                .then(|| String::from_utf8_lossy(label).replace("PRIVATE KEY", "key")),
            _ => None,
        }
    })
}

/// What stands behind the line that names the cipher (`DEK-Info: AES-256-CBC,…`).
fn after_headers(body: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(body, b"DEK-Info")?;
    let comma = at + memchr::memchr(b',', &body[at..])? + 1;
    let digits = body[comma..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    Some(&body[comma + digits..])
}

/// Encrypted PKCS#8: how it is encrypted, then the bytes.
pub(in crate::check) fn pkcs8(data: &[u8]) -> bool {
    let read = || {
        let (content, total) = der_content(data, 0x30)?;
        let (algorithm, length) = der_content(content, 0x30)?;
        let (name, _) = der_content(algorithm, 0x06)?;
        let (sealed, end) = der_content(&content[length..], 0x04)?;
        // PKCS#5 and PKCS#12 name the ways to encrypt with a password.
        let by_password = name.starts_with(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5])
            || name.starts_with(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1]);
        let whole = length + end == content.len() && data.len() <= total + 3;
        Some(by_password && whole && has_variety(sealed))
    };
    read().unwrap_or(false)
}

/// OpenSSH's own format with a cipher.
fn openssh(data: &[u8]) -> Option<String> {
    let data = data.strip_prefix(b"openssh-key-v1\0")?;
    let (cipher, data) = ssh_string(data)?;
    let (kdf, data) = ssh_string(data)?;
    let (_salt, data) = ssh_string(data)?;
    let (_public, data) = ssh_string(data.strip_prefix(&[0, 0, 0, 1])?)?;
    let (sealed, _) = ssh_string(data)?;
    let encrypted = cipher != b"none" && kdf == b"bcrypt" && has_variety(sealed);
    encrypted.then(|| "OpenSSH key".to_owned())
}
