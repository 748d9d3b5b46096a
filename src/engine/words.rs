//! The words of a name, and what they say of its value.

use crate::check::Vocabulary;

/// Words that name a secret.
static SECRET: Vocabulary = Vocabulary::new(
    "token tokens secret secrets key keys apikey password passwd pass passphrase \
    pwd pw seed auth authorization credential credentials cred creds pat bearer login",
);
/// Ends of words that do the same when written together: `authtoken`, `accesskey`.
static SECRET_ENDS: Vocabulary =
    Vocabulary::new("token secret password passwd apikey accesskey authkey secretkey");
/// Last words that make a name no secret's: `token_url`, `api_key_id`.
static OTHER_ENDS: Vocabulary = Vocabulary::new(
    "id ids sid uuid guid url uri name names host hash sha sha1 sha256 sha512 \
    md5 digest checksum integrity version ref commit path file dir type length len size count \
    fingerprint endpoint region ttl expiry email user username label prefix suffix pattern regex \
    index format field header param salt nonce iv test href address vid \
    accessor identifier error algorithm alg sub mac",
);
/// Words anywhere in a name that make it none: public halves, places in a listing, digests.
static OTHER: Vocabulary = Vocabulary::new(
    "public pub publishable next page continuation pagination cursor csrf hashed \
    encoded encrypted sealed recv publickeytoken authenticity",
);
/// Names that only carry another name's value: `name: X` / `value: Y`.
static CARRIERS: Vocabulary = Vocabulary::new("value val default content data string str from new");
/// Types that stand where a name is looked for: `const TOKEN: &str = …`.
static TYPES: Vocabulary = Vocabulary::new("string str text char byte bytes");

/// Whether a word names a secret.
pub(super) fn is_secret_word(word: &[u8]) -> bool {
    SECRET.has(word) || SECRET_ENDS.ends(word)
}

/// Whether a name that ends in this word is no secret's.
pub(super) fn ends_other(word: &[u8]) -> bool {
    OTHER_ENDS.has(word)
}

/// Whether a name with this word anywhere is no secret's.
pub(super) fn is_other_word(word: &[u8]) -> bool {
    OTHER.has(word)
}

/// Whether a name only carries another name's value.
pub(super) fn is_carrier(word: &[u8]) -> bool {
    CARRIERS.has(word)
}

/// Whether a word is a type's name.
pub(super) fn is_type(word: &[u8]) -> bool {
    TYPES.has(word)
}

/// Whether a word begins at `at`, behind a capital: `HTTPServer` is an HTTP server, but `APIkey` an API
/// key.
fn begins_behind_capitals(segment: &[u8], at: usize) -> bool {
    let small = |from: usize| {
        let rest = segment.get(from..).unwrap_or_default();
        &rest[..rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count()]
    };
    let capitals = |end: usize| {
        segment[..end].iter().rev().take_while(|byte| byte.is_ascii_uppercase()).count()
    };
    if segment[at].is_ascii_uppercase() {
        !small(at + 1).is_empty() && !SECRET.has(small(at + 1))
    } else {
        capitals(at) > 1 && SECRET.has(small(at))
    }
}

/// The words of a name in lower case: split at punctuation and at humps.
pub(super) struct Words {
    /// All of them, one after the other.
    letters: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Words {
    /// The words of `segment`.
    pub(super) fn of(segment: &[u8]) -> Words {
        let mut letters = Vec::with_capacity(segment.len());
        let mut ends = Vec::with_capacity(16);
        let mut before = 0u8;
        let mut start = 0;
        for (at, &byte) in segment.iter().enumerate() {
            let hump = if before.is_ascii_uppercase() {
                begins_behind_capitals(segment, at)
            } else {
                byte.is_ascii_uppercase() && before.is_ascii_alphanumeric()
            };
            if (hump || !byte.is_ascii_alphanumeric()) && letters.len() > start {
                start = letters.len();
                ends.push(start);
            }
            if byte.is_ascii_alphanumeric() {
                letters.push(byte.to_ascii_lowercase());
            }
            before = byte;
        }
        if letters.len() > start {
            ends.push(letters.len());
        }
        Words { letters, ends }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The last one.
    pub(super) fn last(&self) -> Option<&[u8]> {
        self.len().checked_sub(1).map(|last| self.word(last))
    }

    /// Whether one of them is as `test` wants.
    pub(super) fn any(&self, test: impl Fn(&[u8]) -> bool) -> bool {
        (0..self.len()).any(|number| test(self.word(number)))
    }

    fn word(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.letters[start..self.ends[number]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_punctuation_and_at_humps() {
        for (name, words) in [
            ("API_KEY-id", "api key id"),
            ("dbPassword2 x", "db password2 x"),
            ("HTTPServerToken", "http server token"),
            ("s3Key", "s3 key"),
            ("APIkey", "api key"),
            ("DBPass", "db pass"),
            ("Key", "key"),
            ("--", ""),
        ] {
            let split = Words::of(name.as_bytes());
            let joined: Vec<&[u8]> = (0..split.len()).map(|number| split.word(number)).collect();
            assert_eq!(joined.join(&b' '), words.as_bytes());
            assert_eq!(split.last(), joined.last().copied());
        }
    }
}
