//! Keys of a detector's form, taken out of its examples.

use std::ops::Range;

use keystop::detector::{Context, Detector};
use keystop::{detector, engine};

use crate::example;

/// How many keys are made from each example.
const SEEDS: u64 = 2;

/// A key to plant.
pub struct Sample {
    /// Which detector has to find it.
    pub detector: &'static Detector,
    /// What a person would paste: the key, or the address that holds it.
    pub value: String,
    /// What the value is called.
    pub name: String,
    /// The other half of a pair, without which the key says nothing, and what that is called.
    pub other: Option<(String, String)>,
}

/// The keys in the examples of a detector, each as a value that a name can be given. None where
/// the detector's pattern asks for a syntax of its own around the value.
pub fn of(detector: &'static Detector, examples: &[String]) -> Vec<Sample> {
    let mut samples = Vec::new();
    for example in examples {
        for seed in 0..SEEDS {
            let text = example::fill(example, 1000 + seed);
            let Some(value) = value(&text, detector) else { continue };
            let other = detector.needs.and_then(|id| {
                let other = detector::by_id(id)?;
                Some((name(other), self::value(&text, other)?))
            });
            if detector.needs.is_none() || other.is_some() {
                samples.push(Sample { detector, value, name: name(detector), other });
            }
        }
    }
    // A format that marks itself needs no telling name.
    if detector.context == Context::Marker && detector.near.is_empty() {
        for sample in samples.iter_mut().skip(1).step_by(2) {
            sample.name = "SETTING".to_owned();
        }
    }
    samples
}

/// The variable the detector's own advice reads.
fn name(detector: &Detector) -> String {
    detector.remediation.env.to_owned()
}

/// What the detector finds in `text`, with what its pattern wants around it.
fn value(text: &str, detector: &'static Detector) -> Option<String> {
    let secret = secret(text, detector)?;
    if detector.context != Context::Marker {
        return Some(text[secret].to_owned());
    }
    let regex = detector::compiled(detector).unwrap();
    let around = regex.captures_iter(text.as_bytes()).find_map(|captures| {
        let matched = captures.get(0)?.range();
        (matched.start <= secret.start && secret.start < matched.end).then_some(matched)
    })?;
    let (start, end) = (around.start.min(secret.start), around.end.max(secret.end));
    let own_syntax = |part: &str| part.contains(['"', '\'', '`', ' ', '\n', '\t', '<', '>']);
    let named = text[start..secret.start].ends_with(['=', ':']) && !text[start..end].contains("//");
    let own = own_syntax(&text[start..secret.start]) || own_syntax(&text[secret.end..end]) || named;
    (!own).then(|| text[start..end].to_owned())
}

fn secret(text: &str, detector: &'static Detector) -> Option<Range<usize>> {
    let found = engine::scan(b"", text.as_bytes()).unwrap();
    if let Some(found) = found.iter().find(|found| found.detector.id == detector.id) {
        return Some(found.span.clone());
    }
    // A half that is silent alone or may be published is no match of its own.
    let captures = detector::compiled(detector).unwrap().captures(text.as_bytes())?;
    captures.get(1).or(captures.get(0)).map(|secret| secret.range())
}
