//! The words of a name, and what they say of its value.

use std::ops::Range;

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
/// Words that are asked for alone.
static MORE: Vocabulary = Vocabulary::new("key amz meta hmac");
/// Types that stand where a name is looked for: `const TOKEN: &str = …`.
static TYPES: Vocabulary = Vocabulary::new("string str text char byte bytes");

/// What a word says, as bits: it names a secret.
pub(super) const IS_SECRET: u16 = 1;
/// A name that ends in it is no secret's.
pub(super) const ENDS_OTHER: u16 = 1 << 1;
/// A name with it anywhere is no secret's.
pub(super) const IS_OTHER: u16 = 1 << 2;
/// It only carries another name's value.
pub(super) const IS_CARRIER: u16 = 1 << 3;
/// It is a type's name.
pub(super) const IS_TYPE: u16 = 1 << 4;
/// It is `key`.
pub(super) const IS_KEY: u16 = 1 << 5;
/// It begins with `cache`.
pub(super) const IS_CACHE: u16 = 1 << 6;
/// It is `amz`, as in the headers of S3.
pub(super) const IS_AMZ: u16 = 1 << 7;
/// It is `meta`.
pub(super) const IS_META: u16 = 1 << 8;
/// It is `hmac`.
pub(super) const IS_HMAC: u16 = 1 << 9;

/// No listed word is longer; of a longer word so much is looked at, from its beginning or its end.
const LONGEST: usize = 16;

/// For two first letters how long the words of all lists are that begin with them, a bit each.
static BEGINNINGS: [u16; 1024] = {
    let mut lengths = [0; 1024];
    let lists = [&SECRET, &OTHER_ENDS, &OTHER, &CARRIERS, &TYPES, &MORE];
    let mut at = 0;
    while at < lists.len() {
        lists[at].note_beginnings(&mut lengths);
        at += 1;
    }
    lengths
};

/// Whether a word may say anything: most say nothing.
fn may_say(word: &[u8]) -> bool {
    let (Some([first, second]), Some(last)) = (word.first_chunk(), word.last()) else {
        return false;
    };
    let place = usize::from(first & 31) << 5 | usize::from(second & 31);
    let is_listed = word.len() <= LONGEST && BEGINNINGS[place] >> (word.len() - 1) & 1 == 1;
    // What those of the other list end in, and how what is asked of a cache begins.
    is_listed || word.len() > 4 && (b"ntdy".contains(&(last | 0x20)) || first | 0x20 == b'c')
}

/// What a word says, in any letter case.
pub(super) fn says(word: &[u8]) -> u16 {
    if !may_say(word) {
        return 0;
    }
    let (mut lower, length) = ([0; LONGEST], word.len().min(LONGEST));
    let lower = &mut lower[..length];
    lower.copy_from_slice(&word[word.len() - length..]);
    lower.make_ascii_lowercase();
    let mut says = if SECRET_ENDS.ends(lower) { IS_SECRET } else { 0 };
    if word.get(..5).is_some_and(|head| head.eq_ignore_ascii_case(b"cache")) {
        says |= IS_CACHE;
    }
    if word.len() > LONGEST {
        return says;
    }
    let lists = [
        (&SECRET, IS_SECRET),
        (&OTHER_ENDS, ENDS_OTHER),
        (&OTHER, IS_OTHER),
        (&CARRIERS, IS_CARRIER),
        (&TYPES, IS_TYPE),
    ];
    for (list, bit) in lists {
        if list.has(lower) {
            says |= bit;
        }
    }
    says | match &*lower {
        b"key" => IS_KEY,
        b"amz" => IS_AMZ,
        b"meta" => IS_META,
        b"hmac" => IS_HMAC,
        _ => 0,
    }
}

/// Whether a word begins at `at`, behind a capital: `HTTPServer` is an HTTP server, but `APIkey` an API
/// key.
fn begins_behind_capitals(segment: &[u8], at: usize) -> bool {
    let small = |from: usize| {
        let rest = segment.get(from..).unwrap_or_default();
        &rest[..rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count()]
    };
    if segment[at].is_ascii_uppercase() {
        segment.get(at + 1).is_some_and(u8::is_ascii_lowercase) && !SECRET.has(small(at + 1))
    } else {
        // Another capital before the one before.
        at > 1 && segment[at - 2].is_ascii_uppercase() && SECRET.has(small(at))
    }
}

/// What a byte is for the words of a name.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Other,
    SmallOrDigit,
    Capital,
}

static KINDS: [Kind; 256] = {
    let (mut kinds, mut byte) = ([Kind::Other; 256], 0);
    while byte < kinds.len() {
        if (byte as u8).is_ascii_uppercase() {
            kinds[byte] = Kind::Capital;
        } else if (byte as u8).is_ascii_alphanumeric() {
            kinds[byte] = Kind::SmallOrDigit;
        }
        byte += 1;
    }
    kinds
};

/// Where the words of a name stand: it is split at punctuation and at humps.
pub(super) struct Split<'a> {
    segment: &'a [u8],
    at: usize,
}

impl<'a> Split<'a> {
    pub(super) fn of(segment: &'a [u8]) -> Split<'a> {
        Split { segment, at: 0 }
    }
}

impl Iterator for Split<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let kind = |at: usize| self.segment.get(at).map(|&byte| KINDS[usize::from(byte)]);
        let mut start = self.at;
        while kind(start)? == Kind::Other {
            start += 1;
        }
        let (mut end, mut before) = (start + 1, kind(start)?);
        while let Some(next) = kind(end).filter(|&next| next != Kind::Other) {
            let is_hump = match before {
                Kind::Capital => begins_behind_capitals(self.segment, end),
                _ => next == Kind::Capital,
            };
            if is_hump {
                break;
            }
            before = next;
            end += 1;
        }
        self.at = end;
        Some(start..end)
    }
}

/// What the words of a name say together.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words {
    /// How many there are.
    pub count: usize,
    /// What any of them says.
    pub any: u16,
    /// What the last one says.
    pub last: u16,
}

impl Words {
    /// The words of `segment`.
    pub(super) fn of(segment: &[u8]) -> Words {
        let mut words = Words::default();
        for word in Split::of(segment) {
            words.add(says(&segment[word]));
        }
        words
    }

    /// Adds a word that says this.
    pub(super) fn add(&mut self, says: u16) {
        *self = Words { count: self.count + 1, any: self.any | says, last: says };
    }

    /// Adds the words behind these.
    pub(super) fn extend(&mut self, behind: Words) {
        let last = if behind.count > 0 { behind.last } else { self.last };
        *self = Words { count: self.count + behind.count, any: self.any | behind.any, last };
    }

    /// Whether one of them says one of these things.
    pub(super) fn any(&self, what: u16) -> bool {
        self.any & what != 0
    }

    /// Whether the last one says one of these things.
    pub(super) fn last(&self, what: u16) -> bool {
        self.last & what != 0
    }

    /// Whether there is only one.
    pub(super) fn is_one(&self) -> bool {
        self.count == 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The words as they were first split: byte after byte, into letters of their own.
    fn plainly(segment: &[u8]) -> Vec<Vec<u8>> {
        let (mut words, mut word, mut before) = (Vec::new(), Vec::new(), 0u8);
        for (at, &byte) in segment.iter().enumerate() {
            let hump = if before.is_ascii_uppercase() {
                begins_behind_capitals(segment, at)
            } else {
                byte.is_ascii_uppercase() && before.is_ascii_alphanumeric()
            };
            if (hump || !byte.is_ascii_alphanumeric()) && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if byte.is_ascii_alphanumeric() {
                word.push(byte.to_ascii_lowercase());
            }
            before = byte;
        }
        if !word.is_empty() {
            words.push(word);
        }
        words
    }

    fn split(segment: &[u8]) -> Vec<Vec<u8>> {
        Split::of(segment).map(|word| segment[word].to_ascii_lowercase()).collect()
    }

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
            assert_eq!(split(name.as_bytes()).join(&b' '), words.as_bytes());
        }
    }

    #[test]
    fn no_listed_word_is_longer_than_what_is_looked_at() {
        for list in [&SECRET, &SECRET_ENDS, &OTHER_ENDS, &OTHER, &CARRIERS, &TYPES] {
            assert!(list.words().all(|word| word.len() <= LONGEST));
        }
    }

    /// What a word is asked.
    type Test<'a> = &'a dyn Fn(&Vec<u8>) -> bool;

    proptest! {
        #[test]
        fn a_name_says_what_each_of_its_words_says(
            name in "(token|TOKEN|Key|key|Public|hmac|cacheD|url|Str|[a-zA-Z0-9]{0,20}|[_ -.é]){0,12}",
        ) {
            let name = name.as_bytes();
            let plain = plainly(name);
            prop_assert_eq!(&split(name), &plain);
            let words = Words::of(name);
            prop_assert_eq!(words.count, plain.len());
            let is = |list: &Vocabulary, word: &Vec<u8>| list.words().any(|listed| listed == *word);
            let ends =
                |word: &Vec<u8>| SECRET_ENDS.words().any(|listed| word.ends_with(listed));
            let all: [(u16, Test); 10] = [
                (IS_SECRET, &|word| is(&SECRET, word) || ends(word)),
                (ENDS_OTHER, &|word| is(&OTHER_ENDS, word)),
                (IS_OTHER, &|word| is(&OTHER, word)),
                (IS_CARRIER, &|word| is(&CARRIERS, word)),
                (IS_TYPE, &|word| is(&TYPES, word)),
                (IS_KEY, &|word| word == b"key"),
                (IS_CACHE, &|word| word.starts_with(b"cache")),
                (IS_AMZ, &|word| word == b"amz"),
                (IS_META, &|word| word == b"meta"),
                (IS_HMAC, &|word| word == b"hmac"),
            ];
            for (what, test) in all {
                prop_assert_eq!(words.any(what), plain.iter().any(test));
                prop_assert_eq!(words.last(what), plain.last().is_some_and(test));
            }
        }
    }
}
