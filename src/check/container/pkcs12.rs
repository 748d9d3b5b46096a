//! PKCS#12: a version, and bags of keys and certificates inside.

/// `1.2.840.113549.1.12.10.1`, followed by the kind of bag.
const BAG: &[u8] = &[0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1];

/// How a private key lies in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bag {
    Open,
    Shrouded,
}

/// Whether `data` begins as PKCS#12 does: a SEQUENCE, version 3, another SEQUENCE that says what
/// kind of content follows.
pub(super) fn begins(data: &[u8]) -> bool {
    let content = |data: &[u8]| match data.get(1)? {
        0..=0x80 => Some(2),
        long @ 0x81..=0x84 => Some(2 + usize::from(long & 0x7f)),
        _ => None,
    };
    let read = || {
        let rest = data.get(content(data)?..)?.strip_prefix(&[2, 1, 3])?;
        let inner = rest.strip_prefix(&[0x30]).and_then(|_| rest.get(content(rest)?..))?;
        // `1.2.840.113549.1.7`: data or signed data.
        Some(inner.starts_with(&[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7]))
    };
    read().unwrap_or(false)
}

/// The most telling bag; `None` where there are certificates only.
pub(super) fn bag(data: &[u8]) -> Option<Bag> {
    if !begins(data) {
        return None;
    }
    let kinds = || memchr::memmem::find_iter(data, BAG).filter_map(|at| data.get(at + BAG.len()));
    if kinds().any(|&kind| kind == 1) {
        return Some(Bag::Open);
    }
    kinds().any(|&kind| kind == 2).then_some(Bag::Shrouded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(kind: u8) -> Vec<u8> {
        let mut data = b"\x30\x82\x01\x00\x02\x01\x03\x30\x82\x00\xf0\x06\x09".to_vec();
        data.extend([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]);
        data.extend([0xa0; 30]);
        data.extend(BAG);
        data.push(kind);
        data.extend([0xa0; 200]);
        data
    }

    #[test]
    fn a_store_says_how_its_key_lies_in_it() {
        assert_eq!(bag(&store(1)), Some(Bag::Open));
        assert_eq!(bag(&store(2)), Some(Bag::Shrouded));
        assert_eq!(bag(&store(3)), None);
        assert_eq!(bag(&store(2)[1..]), None);
    }
}
