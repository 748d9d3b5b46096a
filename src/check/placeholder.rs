//! Values that stand where a key will stand: `your-key-here`, `xxxx`, `${TOKEN}`, and reads from
//! the environment or a secret store.
//!
//! The first question is asked of every candidate of every detector, so it must practically never
//! be answered with yes for a random token. Each rule below says how often it would be, for the
//! alphabet that fares worst: in hex a given continuation has a chance of 1/16, in base62 of 1/62
//! (1/31 where case is ignored).

mod lists;
mod reference;
mod room;

use lists::{cuts, first_words, openings, reads, short_words, words};
use room::{FEW, Room};

use super::{Vocabulary, effort};

pub use reference::is_reference;

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
    reads!()
));

/// Whether `value` stands in for a key and is none.
#[must_use]
pub fn is_placeholder(value: &[u8]) -> bool {
    effort::spend(value.len());
    let mut room = Room::default();
    let lower = room.lower(value);
    stands_in(value, lower, has_mark(lower))
}

/// Whether `value` is a placeholder, or an expression that reads the key from where it should be.
#[must_use]
pub fn stands_for_one(value: &[u8]) -> bool {
    effort::spend(value.len());
    let mut room = Room::default();
    let lower = room.lower(value);
    let marked = has_mark(lower);
    stands_in(value, lower, marked) || reference::reads(value, lower, marked)
}

/// Whether a word or mark of those below, or of a read, may stand in `lower`.
fn has_mark(lower: &[u8]) -> bool {
    ANY.stands_in(lower)
}

/// As [`is_placeholder`], where `lower` is the value in small letters, and `marked` is whether one of the
/// words or marks stands there.
fn stands_in(value: &[u8], lower: &[u8], marked: bool) -> bool {
    if value.is_empty() || WHOLE.has(lower) {
        return true;
    }
    // In a printable password of 20 characters `${…}` has a chance of 10⁻³, which is the price for
    // every template ever written.
    if is_template(lower, marked) || marked && CUTS.stands_in(lower) {
        return true;
    }
    if has_word(value, lower, marked) {
        return true;
    }
    // A UUID of one digit is as empty with its hyphens as without.
    let mut room = Room::default();
    let core = room.of(lower.iter().copied().filter(u8::is_ascii_alphanumeric));
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

/// Hardly more than one character. Two different hex digits in 12: 120 × 8⁻¹² = 2 × 10⁻⁹; a run
/// of eight equal ones in a hex token of up to 24: 17 × 16⁻⁷ = 6 × 10⁻⁸. A run that is less than a
/// third of its value is left alone: Twitter's bearer tokens begin with 21 times `A`.
fn is_monotone(core: &[u8]) -> bool {
    let mut seen = [0_u64; 4];
    core.iter().for_each(|&byte| seen[usize::from(byte >> 6)] |= 1 << (byte & 63));
    let distinct: u32 = seen.iter().map(|some| some.count_ones()).sum();
    let run = longest_run(core, |a, b| a == b);
    match core.len() {
        0..5 => false,
        5..12 => distinct == 1,
        12..24 => distinct <= 2 || (run >= 8 && run * 3 >= core.len()),
        24..32 => distinct <= 3 || (run >= 8 && run * 3 >= core.len()),
        _ => distinct <= 4 || (run >= 8 && run * 3 >= core.len()),
    }
}

/// `abcdef…`, `987654…`, `a1b2c3…`, `111222333…`. Eight in order: 64 × 16⁻⁷ = 2 × 10⁻⁷ in hex;
/// six count where they are half of the value: 12 × 16⁻⁵ = 10⁻⁵ for one of twelve digits.
fn is_sequence(core: &[u8]) -> bool {
    (core.len() > FEW || may_be_sequence(core)) && goes_in_steps(core)
}

/// The same without the look that spares it.
fn goes_in_steps(core: &[u8]) -> bool {
    let up = |a: u8, b: u8| b == a.wrapping_add(1) || matches!((a, b), (b'9', b'0' | b'a'));
    let half = core.len().div_ceil(2);
    let long = |run: usize| run >= 8 || (run >= 6 && run >= half);
    // Up, down, and every second character: two sequences wound round each other.
    let (mut up_run, mut down_run, mut wound_run) = (1, 1, 0);
    let (mut longest, mut wound, mut idle) = (1, 0, 0);
    // A counter's bytes in hex, `000102…`: each digit is that of two places before, or the next.
    let (mut counter_run, mut counter) = (0, 0);
    for (at, pair) in core.windows(2).enumerate() {
        let (rises, falls) = (up(pair[0], pair[1]), up(pair[1], pair[0]));
        up_run = if rises { up_run + 1 } else { 1 };
        down_run = if falls { down_run + 1 } else { 1 };
        longest = longest.max(up_run).max(down_run);
        idle += usize::from(rises || pair[0] == pair[1]);
        if at > 0 {
            let (before, now) = (core[at - 1], pair[1]);
            wound_run = if up(before, now) { wound_run + 1 } else { 0 };
            wound = wound.max(wound_run);
            counter_run = if up(before, now) || before == now { counter_run + 1 } else { 0 };
            counter = counter.max(counter_run);
        }
    }
    // Twelve of a counter's in 32 hex digits: 19 × 8⁻¹² = 3 × 10⁻¹⁰. Three quarters of the steps go
    // nowhere or one on; for 16 hex digits 455 × (3/16)¹² = 10⁻⁶.
    long(longest)
        || counter >= 12
        || wound >= 8
        || (wound >= 6 && wound + 2 >= half)
        || (core.len() >= 16 && idle * 4 >= (core.len() - 1) * 3)
}

/// Whether some five steps in a row go up or down, five by two characters go up or nowhere, or most go nowhere
/// or on. Few random values do; all places are asked at once. `core` is of [`FEW`] letters and digits at most.
fn may_be_sequence(core: &[u8]) -> bool {
    let up = |a: u8, b: u8| (b == a.wrapping_add(1)) | (a == b'9') & ((b == b'0') | (b == b'a'));
    let mut row = [0; FEW + 2];
    row[..core.len()].copy_from_slice(core);
    let (mut rises, mut falls, mut wound) = ([0; FEW + 4], [0; FEW + 4], [0; FEW + 4]);
    let mut idle = 0_u8;
    for at in 0..FEW {
        let (one, next, behind) = (row[at], row[at + 1], row[at + 2]);
        rises[at] = u8::from(up(one, next));
        falls[at] = u8::from(up(next, one));
        wound[at] = u8::from(up(one, behind) | (one == behind) & (behind != 0));
        idle += rises[at] | u8::from((one == next) & (next != 0));
    }
    let five = |steps: &[u8; FEW + 4]| {
        (0..FEW).fold(0, |any, at| {
            any | steps[at] & steps[at + 1] & steps[at + 2] & steps[at + 3] & steps[at + 4]
        }) != 0
    };
    five(&rises) || five(&falls) || five(&wound) || usize::from(idle) * 4 + 3 >= core.len() * 3
}

/// A short piece over and over; at least eight characters repeat: 16⁻⁸ × 16 = 4 × 10⁻⁹ in hex.
/// In short values six do: 6 × 16⁻⁶ = 4 × 10⁻⁷.
fn is_periodic(core: &[u8]) -> bool {
    // So much of it at least stands there again, so many places on at most.
    let least = core.len().div_ceil(2).max(if core.len() >= 16 { 8 } else { 6 });
    if core.len() <= FEW {
        let most = core.len().saturating_sub(least);
        return (1..=most).any(|on| core[on] == core[0] && core[on..] == core[..core.len() - on]);
    }
    longest_return(core) >= least
}

/// How much of `core` it begins with and ends with.
fn longest_return(core: &[u8]) -> usize {
    // For each beginning of `core` the length of the longest end of it that it also begins with
    // (Knuth, Morris and Pratt): what is left over in the end is the shortest period.
    let mut ends = vec![0; core.len()];
    let mut length = 0;
    for at in 1..core.len() {
        while length > 0 && core[at] != core[length] {
            length = ends[length - 1];
        }
        length += usize::from(core[at] == core[length]);
        ends[at] = length;
    }
    length
}

/// Length of the longest stretch in which each neighbouring pair satisfies `step`.
fn longest_run(text: &[u8], step: impl Fn(u8, u8) -> bool) -> usize {
    let (mut best, mut run) = (text.len().min(1), 1);
    for pair in text.windows(2) {
        run = if step(pair[0], pair[1]) { run + 1 } else { 1 };
        best = best.max(run);
    }
    best
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
        fn the_quick_looks_say_what_the_slow_ones_say(core in "[0-9a-c]{0,20}|([0-3]|[a-c0-9]{1,9}|abc){0,40}") {
            let core = core.as_bytes();
            prop_assert_eq!(is_sequence(core), goes_in_steps(core));
            let least = core.len().div_ceil(2).max(if core.len() >= 16 { 8 } else { 6 });
            prop_assert_eq!(is_periodic(core), longest_return(core) >= least);
        }

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
