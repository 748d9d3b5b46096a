//! How much of what the detectors are for they find where people write it: for every detector keys
//! of its own form, in many syntaxes. `benches/recall.sh` runs this and prints the table.

#[path = "../support/example.rs"]
#[allow(dead_code)]
mod example;
mod plant;
mod sample;
#[path = "../../src/detector/schema.rs"]
#[allow(dead_code)]
mod schema;
mod syntax;
mod tally;

use std::path::Path;
use std::{env, fs};

use keystop::detector;
use schema::ProviderFile;
use tally::Tally;

/// The detectors' files, in the order of their names.
fn files() -> Vec<ProviderFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("detectors");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    { paths.iter() }
        .map(|path| toml::from_str(&fs::read_to_string(path).unwrap()).unwrap())
        .collect()
}

#[test]
#[ignore = "a measurement: benches/recall.sh runs it"]
fn keys_are_found_where_people_write_them() {
    let wanted = env::var("KEYSTOP_RECALL").unwrap_or_default();
    let mut tally = Tally::default();
    for spec in files().iter().flat_map(|file| &file.detectors) {
        let known = detector::by_id(&spec.id).unwrap();
        if known.public.is_some() || !spec.id.starts_with(&wanted) {
            continue;
        }
        match sample::of(known, &spec.examples) {
            samples if samples.is_empty() => tally.own_syntax(known),
            samples => {
                for sample in &samples {
                    for syntax in syntax::ALL {
                        if let Some(outcome) = plant::plant(syntax, sample) {
                            tally.count(syntax, sample, outcome);
                        }
                    }
                }
            }
        }
    }
    println!("{tally}");
    assert!(!wanted.is_empty() || tally.meets_the_bars());
}
