//! Every detector's examples and counter-examples, through the whole engine, and what is said of
//! its leaks.

#[path = "support/example.rs"]
#[allow(dead_code)]
mod example;
#[path = "detectors/playbook.rs"]
mod playbook;
#[path = "../src/detector/schema.rs"]
#[allow(dead_code)]
mod schema;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use std::{fs, path::Path};

use keystop::{detector, engine};
use schema::{ContextSpec, DetectorSpec, ProviderFile};

fn files() -> BTreeMap<String, ProviderFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("detectors");
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        files.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), file);
    }
    files
}

fn for_each(mut check: impl FnMut(&str, &DetectorSpec)) {
    for (slug, file) in &files() {
        for detector in &file.detectors {
            check(slug, detector);
        }
    }
}

fn found(text: &str) -> Vec<&'static str> {
    let matches = engine::scan(b"", text.as_bytes()).unwrap();
    matches.iter().map(|found| found.detector.id).collect()
}

/// Seeds for each example: what depends on the random characters shows up in one of them.
const SEEDS: u64 = 12;

#[test]
fn in_each_example_exactly_its_detector_fires() {
    let mut wrong = Vec::new();
    for_each(|slug, detector| {
        for example in &detector.examples {
            for seed in 0..SEEDS {
                let text = example::fill(example, seed);
                let found = found(&text);
                // A half that is silent alone comes with the other half.
                let expected =
                    |id: &&str| *id == detector.id || detector.needs.as_deref() == Some(*id);
                if !found.contains(&detector.id.as_str()) || !found.iter().all(expected) {
                    wrong.push(format!(
                        "{slug}: {}: {example}\n    found {found:?} (seed {seed})",
                        detector.id
                    ));
                    break;
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn in_no_counter_example_anything_fires() {
    let mut wrong = Vec::new();
    for_each(|slug, detector| {
        for example in &detector.counter_examples {
            for seed in 0..SEEDS {
                let found = found(&example::fill(example, seed));
                if !found.is_empty() {
                    wrong.push(format!(
                        "{slug}: {}: {example}\n    found {found:?} (seed {seed})",
                        detector.id
                    ));
                    break;
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_example_of_a_marked_format_holds_a_keyword() {
    for_each(|slug, detector| {
        let marked = detector.context == ContextSpec::Marker;
        for example in detector.examples.iter().filter(|_| marked) {
            let text = example::fill(example, 0).to_ascii_lowercase();
            let holds =
                detector.keywords.iter().any(|word| text.contains(&word.to_ascii_lowercase()));
            assert!(holds, "{slug}: {}: {example}", detector.id);
        }
    });
}

#[test]
fn every_match_begins_as_far_before_a_keyword_as_the_table_says() {
    let mut seen = 0;
    for_each(|_, spec| {
        let detector = detector::by_id(&spec.id).unwrap();
        let Some(before) = detector.keyword_at else { return };
        let texts: Vec<String> =
            spec.examples.iter().map(|example| example::fill(example, 0)).collect();
        let text = texts.join("\n");
        let begins = |at: usize, keyword: &&str| {
            let piece = text.as_bytes().get(at..at + keyword.len());
            piece.is_some_and(|piece| piece.eq_ignore_ascii_case(keyword.as_bytes()))
        };
        for found in detector::compiled(detector).unwrap().find_iter(text.as_bytes()) {
            let at = found.start() + before as usize;
            assert!(detector.keywords.iter().any(|word| begins(at, word)), "{}", detector.id);
            seen += 1;
        }
    });
    assert!(seen > 400, "only {seen} matches");
}

#[test]
fn the_binary_holds_every_detector_of_the_files() {
    let mut count = 0;
    for_each(|_, spec| {
        count += 1;
        let compiled =
            detector::by_id(&spec.id).unwrap_or_else(|| panic!("{} is missing", spec.id));
        assert_eq!(compiled.pattern, spec.pattern);
    });
    assert_eq!(count, detector::all().len());
}

#[test]
fn no_pattern_takes_long_to_compile() {
    let mut slow = Vec::new();
    for detector in detector::all() {
        let start = Instant::now();
        detector::compiled(detector).unwrap();
        // Typical is under a millisecond; the bound is for what would be felt, on a busy machine.
        if start.elapsed() > Duration::from_millis(500) {
            slow.push(detector.id);
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
}
