//! Kerberos keytabs: entries with a principal's name and key.

/// The first principal, if this is a keytab with a key in it.
pub(super) fn principal(data: &[u8]) -> Option<String> {
    let mut rest = data.strip_prefix(&[5, 2])?;
    loop {
        let (size, behind) = rest.split_first_chunk::<4>()?;
        let size = i32::from_be_bytes(*size);
        let length = usize::try_from(size.unsigned_abs()).ok()?;
        let (entry, behind) = behind.split_at_checked(length)?;
        if size == 0 {
            return None;
        }
        // A negative size is the hole that a deleted entry left.
        if size > 0 {
            return name(entry);
        }
        rest = behind;
    }
}

/// `service/host@REALM`, where the entry has a key of a usual length behind it.
fn name(entry: &[u8]) -> Option<String> {
    let (count, mut rest) = entry.split_first_chunk::<2>()?;
    let count = u16::from_be_bytes(*count);
    if !(1..=8).contains(&count) {
        return None;
    }
    let mut text = || {
        let (length, behind) = rest.split_first_chunk::<2>()?;
        let (text, behind) = behind.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        rest = behind;
        let plain = !text.is_empty() && text.len() < 256 && text.iter().all(u8::is_ascii_graphic);
        plain.then(|| String::from_utf8_lossy(text).into_owned())
    };
    let realm = text()?;
    let parts: Vec<String> = (0..count).map(|_| text()).collect::<Option<_>>()?;
    // Name type, time, version, then the key's type and length.
    let (length, key) = rest.get(11..)?.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    (matches!(length, 8..=64) && key.len() >= length)
        .then(|| format!("{}@{realm}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keytab(length: u16) -> Vec<u8> {
        let mut entry = b"\0\x02\0\x04ACME\0\x04HTTP\0\x03web\0\0\0\x01\0\0\0\0\x02\0\x12".to_vec();
        entry.extend(length.to_be_bytes());
        entry.extend([9; 32]);
        let hole = [&(-4_i32).to_be_bytes()[..], &[0; 4]].concat();
        [&[5, 2][..], &hole, &(entry.len() as u32).to_be_bytes(), &entry].concat()
    }

    #[test]
    fn a_keytab_names_its_principal() {
        assert_eq!(principal(&keytab(32)).as_deref(), Some("HTTP/web@ACME"));
        assert_eq!(principal(&keytab(33)), None);
        assert_eq!(principal(&keytab(32)[..40]), None);
    }
}
