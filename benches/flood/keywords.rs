//! Texts full of keywords, and of the detectors' own examples.

use std::fs;
use std::path::Path;

use keystop::detector::schema::ProviderFile;
use keystop::detector::{self, example};
use keystop::engine;

use super::bytes::random;
use super::text::Text;

const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &str = "0123456789abcdef";
const MARKS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%*.@^~";

/// What stands behind each keyword; `R` stands for a fresh value of so many of these characters.
const TAILS: &[(&str, &str, usize)] = &[
    ("", "", 0),
    (" ", "", 0),
    ("\n", "", 0),
    ("\"", "", 0),
    ("=", "", 0),
    ("\":\"", "", 0),
    ("=\"", "", 0),
    (": ", "", 0),
    ("://", "", 0),
    ("_", "", 0),
    ("=some_word_here ", "", 0),
    ("_token = \"\"\n", "", 0),
    ("R", BASE62, 40),
    ("=R\n", BASE62, 40),
    (": \"R\", ", HEX, 32),
    ("_token = \"R\"\n", BASE62, 32),
    ("_key=R\n", HEX, 40),
    ("_password: R\n", MARKS, 18),
    ("=R;", "0123456789", 20),
    ("-R ", BASE62, 90),
    ("R ", HEX, 64),
    (" R ", "abcdefghijklmnopqrstuvwxyz", 30),
    ("://a:R@a\n", MARKS, 12),
];

fn keywords() -> Vec<&'static str> {
    let mut keywords: Vec<&str> = detector::all()
        .iter()
        .flat_map(|detector| detector.keywords.iter().chain(detector.near).copied())
        .collect();
    keywords.sort_unstable();
    keywords.dedup();
    keywords
}

/// `keyword` and its tail.
fn piece(keyword: &str, (tail, alphabet, length): (&str, &str, usize), at: u64) -> Vec<u8> {
    let Some((before, behind)) = tail.split_once('R') else {
        return [keyword, tail].concat().into_bytes();
    };
    [keyword.as_bytes(), before.as_bytes(), &random(alphabet, at, length), behind.as_bytes()]
        .concat()
}

/// Each keyword over and over.
pub fn each_keyword(look: &mut impl FnMut(Text)) {
    for keyword in keywords() {
        for &tail in TAILS {
            let (shown, alphabet, _) = tail;
            let name =
                format!("keyword {keyword:?} + {shown:?} {}", &alphabet[..alphabet.len().min(11)]);
            look(Text::of_pieces(name, move |at| piece(keyword, tail, at)));
        }
    }
}

/// Which detectors' keywords are mixed.
type Wanted = fn(&detector::Detector) -> bool;

/// All keywords mixed.
pub fn each_mixture(look: &mut impl FnMut(Text)) {
    let kinds: [(&str, Wanted); 4] = [
        ("all", |_| true),
        ("markers", |detector| detector.context == detector::Context::Marker),
        ("labels", |detector| detector.context == detector::Context::Label),
        ("checked", |detector| !detector.checks.is_empty()),
    ];
    for (kind, wanted) in kinds {
        let mut known: Vec<&str> = { detector::all().iter() }
            .filter(|detector| wanted(detector))
            .flat_map(|detector| detector.keywords.iter().copied())
            .collect();
        known.sort_unstable();
        known.dedup();
        for &tail in TAILS {
            let known = known.clone();
            let (shown, alphabet, _) = tail;
            let name =
                format!("mixture of {kind} + {shown:?} {}", &alphabet[..alphabet.len().min(11)]);
            look(Text::of_pieces(name, move |at| {
                let which = example::Random::new(at).next() >> 11;
                piece(known[which as usize % known.len()], tail, at)
            }));
        }
    }
}

/// The detectors' own examples with fresh values, and what is nearly one.
pub fn each_example(look: &mut impl FnMut(Text)) {
    let mut all: Vec<(String, String)> = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("detectors");
    for entry in fs::read_dir(folder).unwrap() {
        let file = fs::read_to_string(entry.unwrap().path()).unwrap();
        let file: ProviderFile = toml::from_str(&file).unwrap();
        for detector in file.detectors {
            let examples = detector.examples.into_iter().chain(detector.counter_examples);
            all.extend(examples.map(|example| (detector.id.clone(), example)));
        }
    }
    all.sort_unstable();
    for near in NEARLY {
        for (id, example) in &all {
            let example = example.clone();
            let name = format!("examples {near:?} of {id}: {example:.60}");
            look(Text::of_pieces(name, move |at| nearly(&example, near, at)));
        }
        let all: Vec<String> = all.iter().map(|(_, example)| example.clone()).collect();
        look(Text::of_pieces(format!("mixture of examples {near:?}"), move |at| {
            let which = example::Random::new(at).next() >> 11;
            nearly(&all[which as usize % all.len()], near, at)
        }));
    }
}

/// What is done to the end of an example's secret, so that its pattern goes far and fails.
const NEARLY: [&str; 5] = ["whole", "cut", "marked", "longer", "joined"];

fn nearly(text: &str, near: &str, seed: u64) -> Vec<u8> {
    let mut text = example::fill(text, seed).unwrap_or_default().into_bytes();
    // Counter-examples have no secret; where one ends is not asked for each piece again.
    let end = match near {
        "whole" | "joined" => None,
        _ => engine::scan(b"x.rs", &text).ok().and_then(|found| Some(found.first()?.span.end)),
    };
    match (near, end) {
        ("cut", Some(end)) => drop(text.remove(end - 1)),
        ("marked", Some(end)) => text[end - 1] = b'!',
        ("longer", Some(end)) => drop(text.splice(end..end, *b"aZ9")),
        _ => {}
    }
    if near != "joined" {
        text.push(b'\n');
    }
    text
}
