//! The words of a name, and what they say of its value.

use crate::check::Vocabulary;

/// Words that name a secret.
static SECRET: Vocabulary = Vocabulary::new(
    "token tokens secret secrets key keys apikey password passwd pass passphrase \
    pwd pw auth authorization credential credentials cred creds pat bearer login",
);
/// Ends of words that do the same when written together: `authtoken`, `accesskey`.
static SECRET_ENDS: Vocabulary = Vocabulary::new(
    "token secret password passwd apikey accesskey authkey secretkey",
);
/// Last words that make a name no secret's: `token_url`, `api_key_id`.
static OTHER_ENDS: Vocabulary = Vocabulary::new(
    "id ids sid uuid guid url uri name names host hash sha sha1 sha256 sha512 \
    md5 digest checksum integrity version ref commit path file dir type length len size count \
    fingerprint endpoint region ttl expiry email user username label prefix suffix pattern regex \
    index format field header param salt nonce iv test",
);
/// Words anywhere in a name that make it none: public halves, places in a listing, digests.
static OTHER: Vocabulary = Vocabulary::new(
    "public pub publishable next page continuation pagination cursor csrf hashed \
    encoded encrypted sealed",
);
/// Names that only carry another name's value: `name: X` / `value: Y`.
static CARRIERS: Vocabulary = Vocabulary::new(
    "value val default content data string str from new",
);
/// Types that stand where a name is looked for: `const TOKEN: &str = …`.
static TYPES: Vocabulary = Vocabulary::new(
    "string str text char byte bytes",
);

/// Whether a word names a secret.
pub(super) fn is_secret_word(word: &str) -> bool {
    SECRET.has(word.as_bytes()) || SECRET_ENDS.ends(word.as_bytes())
}

/// Whether a name that ends in this word is no secret's.
pub(super) fn ends_other(word: &str) -> bool {
    OTHER_ENDS.has(word.as_bytes())
}

/// Whether a name with this word anywhere is no secret's.
pub(super) fn is_other_word(word: &str) -> bool {
    OTHER.has(word.as_bytes())
}

/// Whether a name only carries another name's value.
pub(super) fn is_carrier(word: &str) -> bool {
    CARRIERS.has(word.as_bytes())
}

/// Whether a word is a type's name.
pub(super) fn is_type(word: &str) -> bool {
    TYPES.has(word.as_bytes())
}

/// The words of a name in lower case: split at punctuation and at humps.
pub(super) fn words_of(segment: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before = 0u8;
    for (at, &byte) in segment.iter().enumerate() {
        let next_is_lower = segment.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let hump = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && next_is_lower));
        if (hump || !byte.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if byte.is_ascii_alphanumeric() {
            word.push(byte.to_ascii_lowercase().into());
        }
        before = byte;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
