//! Values that stand where a key will stand: `your-key-here`, `xxxx`, `${TOKEN}`, and reads from
//! the environment or a secret store.
//!
//! The first question is asked of every candidate of every detector, so it must practically never
//! be answered with yes for a random token. Each rule below says how often it would be, for the
//! alphabet that fares worst: in hex a given continuation has a chance of 1/16, in base62 of 1/62
//! (1/31 where case is ignored).

mod form;
mod lists;
mod reference;
mod room;
mod row;

use lists::{anywhere, code, cuts, first_words, openings, reads, short_words, words};
use row::{is_monotone, is_periodic, is_sequence, longest_run};

use super::{Vocabulary, effort};

pub(super) use form::Form;
pub use reference::is_reference;
pub(super) use room::Room;

/// Words of six letters and more, anywhere, in any case. Six given letters at one of 40 places of a
/// base62 token: 40 × 31⁻⁶ = 5 × 10⁻⁸. None but `deadbeef` and `cafebabe` is hex, and those have eight
/// digits: 64 × 16⁻⁸ = 1.5 × 10⁻⁸. The shorter ones have a mark that few alphabets share.
static WORDS: Vocabulary = Vocabulary::new(words!());

/// Words with a mark behind them, at the beginning or after another mark (and `here` at the end):
/// 3/64 × 40 × 64⁻¹ × 32⁻⁴ = 3 × 10⁻⁸ each in base64url.
const FIRST_WORDS: &str = first_words!();
static FIRST: Vocabulary = Vocabulary::new(FIRST_WORDS);

/// Words of five letters, in one case or with a capital: 40 × 3 × 62⁻⁵ = 1.3 × 10⁻⁷ each.
static SHORT_WORDS: Vocabulary = Vocabulary::new(short_words!());

/// What a whole value may say instead of a key.
static WHOLE: Vocabulary = Vocabulary::new(
    "
    secret token password passwd passphrase pass key apikey api_key api-key test tests testing
    null none nil true false undefined todo tbd string value xxx foo bar baz empty default
    optional required unset fake mock n/a credentials credential
",
);

/// Marks of a template, each opening with what closes it.
const TEMPLATES: &[(&str, &str)] = &[
    ("${", "}"),
    ("{{", "}}"),
    ("$(", ")"),
    ("%(", ")"),
    ("#{", "}"),
    ("%{", "}"),
    ("<%", "%>"),
    ("[[", "]]"),
    ("@@", "@@"),
    ("__", "__"),
];

/// What those marks open with.
static OPENINGS: Vocabulary = Vocabulary::new(openings!());

/// Marks of what was left out. None is in the alphabet of a token.
static CUTS: Vocabulary = Vocabulary::new(cuts!());

/// Pieces of regular expressions, of formats for dates and text, of HTML.
pub(super) static CODE: Vocabulary = Vocabulary::new(code!());

/// Marks of code and addresses, hashes of passwords (`{bcrypt}$2a$10$…`), and a piece of a PEM
/// block, which has detectors of its own.
pub(super) static ANYWHERE: Vocabulary = Vocabulary::new(anywhere!());

/// All of these and the words of reads, in small letters.
static ANY: Vocabulary = Vocabulary::new(concat!(
    words!(),
    " ",
    first_words!(),
    " dummy lorem fixme ",
    openings!(),
    " ",
    cuts!(),
    " ",
    reads!(),
    " ",
    anywhere!(),
    " ",
    code!(),
    " %y %h "
));

/// Whether `value` stands in for a key and is none.
#[must_use]
pub fn is_placeholder(value: &[u8]) -> bool {
    effort::spend(value.len());
    stands_in(&Form::of(value, &mut Room::default()))
}

/// Whether `value` is a placeholder, or an expression that reads the key from where it should be.
#[must_use]
pub fn stands_for_one(value: &[u8]) -> bool {
    is_empty_or_read(&Form::of(value, &mut Room::default()))
}

/// The same of a value that was looked at before.
pub(super) fn is_empty_or_read(form: &Form) -> bool {
    effort::spend(form.value.len());
    stands_in(form) || reference::reads(form, false)
}

/// As [`is_placeholder`].
fn stands_in(form: &Form) -> bool {
    let &Form { value, lower, marked, plain } = form;
    if value.is_empty() || WHOLE.has(lower) {
        return true;
    }
    // In a printable password of 20 characters `${…}` has a chance of 10⁻³, which is the price for
    // every template ever written.
    if !plain && is_template(lower, marked) || marked && CUTS.stands_in(lower) {
        return true;
    }
    if has_word(value, lower, marked) {
        return true;
    }
    // A UUID of one digit is as empty with its hyphens as without.
    let mut room = Room::default();
    let core = if plain { lower } else { room.letters_and_digits(lower) };
    has_x_run(value) || is_monotone(core) || is_sequence(core) || is_periodic(core)
}

/// Whether `text` holds `part`.
pub(super) fn holds(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// Whether a word of a placeholder stands in `value`; `lower` is the same in small letters.
fn has_word(value: &[u8], lower: &[u8], marked: bool) -> bool {
    let first = |word: &[u8]| {
        memchr::memmem::find(lower, word)
            .is_some_and(|at| at == 0 || !lower[at - 1].is_ascii_alphanumeric())
    };
    let has_listed = || {
        WORDS.stands_in(lower)
            || SHORT_WORDS.stands_in(value)
            || FIRST.stands_in(lower) && FIRST_WORDS.split(' ').any(|word| first(word.as_bytes()))
    };
    marked && has_listed() || lower.ends_with(b"_here") || lower.ends_with(b"-here")
}

/// `<key>`, `[key]`, `${KEY}`, `{{ key }}`, `%(key)s`, `%KEY%`, `{key}`.
/// `marked` is whether what opens one may stand in it.
fn is_template(value: &[u8], marked: bool) -> bool {
    let braced =
        matches!(value, [b'<', .., b'>'] | [b'{', .., b'}'] | [b'[', .., b']'] | [b'%', .., b'%']);
    braced
        || value.starts_with(b"%s")
        || has_field(value)
        || marked
            && OPENINGS.stands_in(value)
            && TEMPLATES.iter().any(|(open, close)| {
                let Some(at) = memchr::memmem::find(value, open.as_bytes()) else { return false };
                let inside = &value[at + open.len()..];
                let Some(end) = memchr::memmem::find(inside, close.as_bytes()) else {
                    return false;
                };
                match *open {
                    // Two underscores stand in random base64url now and then; at both ends they do not.
                    "__" => value.starts_with(b"__") && value.ends_with(b"__"),
                    // Django draws its keys from an alphabet with these; a command has no digits.
                    "$(" | "%(" => !inside[..end].iter().any(u8::is_ascii_digit),
                    _ => true,
                }
            })
}

/// A name of letters in braces, anywhere: `{user}:{key}@`, `?key={params['key']}`, `hvs.<random>`.
/// Three such letters between braces have a chance of 10⁻⁶ in a printable password of 20
/// characters.
fn has_field(value: &[u8]) -> bool {
    let named = |byte: &u8| byte.is_ascii_alphabetic() || b"_.[]'\"".contains(byte);
    memchr::memchr2_iter(b'{', b'<', value).any(|at| {
        let inside = &value[at + 1..];
        let length = inside.iter().take_while(|byte| named(byte)).count();
        // Two behind `<` in ASCII is `>`, and so for braces.
        length >= 3 && inside.get(length) == Some(&(value[at] + 2))
    })
}

/// Five `x` of one case in a row (six in a long value): 40 × 2 × 62⁻⁵ = 9 × 10⁻⁸ in base62; four at
/// the beginning or the end: 4 × 62⁻⁴ = 3 × 10⁻⁷.
fn has_x_run(value: &[u8]) -> bool {
    let bound = if value.len() > 64 { 6 } else { 5 };
    if memchr::memchr2(b'x', b'X', value).is_none() {
        return false;
    }
    longest_run(value, |a, b| a == b && matches!(a, b'x' | b'X')) >= bound
        || [b"xxxx", b"XXXX"].iter().any(|run| value.starts_with(*run) || value.ends_with(*run))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn placeholders_are_known() {
        for value in [
            "xxxxxxxxxxxxxxxxxxxx",
            "00000000-0000-0000-0000-000000000000",
            "changeme",
            "<your key>",
            "your-api-key-here",
            "AKIAIOSFODNN7EXAMPLE",
            "0123456789abcdef0123456789abcdef",
            "12345678-1234-1234-1234-123456789abc",
            "abcdefghijklmnopqrst",
            "a1b2c3d4e5f6a7b8c9d0",
            "000102030405060708090a0b0c0d0e0f",
            "deadbeefdeadbeefdeadbeefdeadbeef",
            "${TOKEN}",
            "{{ token }}",
            "%(token)s",
            "$(cat key)",
            "sk-...",
            "********",
            "1234567890",
            "11111111-2222-3333-4444-555555555555",
            "%s",
            "REDACTED",
            "abcabcabcabc",
            "987654321",
            "XXXXXXXX",
            "{token}",
            "{user}:{apikey}@",
            "&key={params['api_key']}&url=",
            "p@ss!@#$%^&*()",
            "__TOKEN__",
            "",
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_a_detector_matches_before_its_check_reads_on_is_no_placeholder() {
        for value in
            ["-----BEGIN RSA PRIVATE KEY-----", "kind: Secret", "\"type\": \"service_account\""]
        {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(value in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = is_placeholder(&value);
        }
    }

    /// A fixed generator: the bound is on a count of 50,000 tokens, not on luck.
    fn fires(alphabet: &[u8], length: usize) -> usize {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            alphabet[(state >> 33) as usize % alphabet.len()]
        };
        (0..50_000)
            .map(|_| (0..length).map(|_| next()).collect::<Vec<u8>>())
            .filter(|token| is_placeholder(token))
            .count()
    }

    #[test]
    fn random_tokens_are_no_placeholders() {
        let base62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let base64url = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
        assert!(fires(b"0123456789abcdef", 32) <= 1);
        assert!(fires(b"0123456789abcdef", 16) <= 1);
        assert!(fires(base62, 24) <= 1);
        assert!(fires(base64url, 64) <= 1);
    }
}
