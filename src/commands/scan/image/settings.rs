//! What an image's documents say: environment, labels, history, and all other JSON in the file.

use std::collections::HashSet;

use anyhow::Result;

use super::base::Base;
use super::place::Places;
use crate::commands::judge::Judge;
use crate::detector::Detector;
use crate::finding::{Place, Source};
use crate::image::{Config, Contents, Image, Section, sections};
use crate::redaction::visible;
use crate::secret::Secret;

/// More places of the same value are not named.
const MOST: usize = 5;

/// What stood in documents so far: a value is in the environment, in the history and often in
/// older documents again.
#[derive(Default)]
struct Seen {
    values: HashSet<Secret>,
    again: Vec<(&'static Detector, Secret, String)>,
}

/// Judges all documents.
pub(super) fn judge_all(
    judge: &mut Judge,
    contents: &Contents,
    images: &[Image],
    places: &Places,
    base: &Base,
) {
    let mut configs = HashSet::new();
    let several = images.len() > 1;
    let mut seen = Seen::default();
    for (at, image) in images.iter().enumerate() {
        let Some(number) = image.config.filter(|number| configs.insert(*number)) else { continue };
        let object = &contents.objects[number];
        let Some(json) = object.document.as_deref() else { continue };
        let first = judge.report.findings.len();
        match sections(json) {
            Ok(sections) => {
                let config = Config::parse(json).unwrap_or_default();
                for section in &sections {
                    let layer = section.step.and_then(|step| config.layer_of(step));
                    let layer = layer.and_then(|number| places.layer(at, number)).cloned();
                    let path = format!("({})", section.name);
                    let source = Source::new(Place::ImageConfig, path.as_bytes());
                    let source = Source { layer, ..source };
                    let outcome = one(judge, &source, section.text.as_bytes(), &mut seen);
                    told(judge, outcome, &path);
                    mark_base(judge, section, base, first);
                }
            }
            // Its text is judged all the same.
            Err(_) => {
                let source = Source::new(Place::ImageConfig, b"(configuration)");
                let outcome = one(judge, &source, json, &mut seen);
                told(judge, outcome, &object.name);
            }
        }
        if several {
            let names = image.names.iter().chain(&image.platform);
            let names = names.take(2).map(|name| visible(name.as_bytes())).collect::<Vec<_>>();
            for finding in &mut judge.report.findings[first..] {
                finding.facts.push(format!("of the image {}", names.join(", ")));
            }
        }
    }
    for (number, object) in contents.objects.iter().enumerate() {
        if let Some(json) = object.document.as_deref().filter(|_| !configs.contains(&number)) {
            let source = Source::new(Place::File, object.name.as_bytes());
            let outcome = one(judge, &source, json, &mut seen);
            told(judge, outcome, &object.name);
        }
    }
    tell_again(judge, seen);
}

fn told(judge: &mut Judge, outcome: Result<()>, name: &str) {
    judge.report.judged.files += 1;
    if let Err(error) = outcome {
        judge.failed(&error.context(visible(name.as_bytes())));
    }
}

fn one(judge: &mut Judge, source: &Source, text: &[u8], seen: &mut Seen) -> Result<()> {
    judge.text(source, text, &mut |found| {
        let new = seen.values.insert(found.secret.clone());
        if !new {
            let place = visible(&source.path);
            seen.again.push((found.detector, found.secret.clone(), place));
        }
        Ok(!new)
    })
}

/// Says of the findings in a section which stand in the base's configuration too.
fn mark_base(judge: &mut Judge, section: &Section, base: &Base, first: usize) {
    let path = format!("({})", section.name);
    for finding in &mut judge.report.findings[first..] {
        if finding.source.path == path.as_bytes()
            && section.text.lines().nth(finding.line - 1).is_some_and(|line| base.has(line))
        {
            finding.facts.push("the base image's configuration has it too".to_owned());
        }
    }
}

/// Says of each finding where its value stands as well.
fn tell_again(judge: &mut Judge, seen: Seen) {
    for (detector, secret, place) in seen.again {
        let prints = judge.excuses.prints(&judge.report.stage, detector, &secret);
        let same = |print: crate::fingerprint::Prints| print.shown == prints.shown;
        let findings = &mut judge.report.findings;
        let found = findings.iter_mut().find(|finding| {
            finding.prints.is_some_and(same) && finding.source.place == Place::ImageConfig
        });
        let Some(finding) = found else { continue };
        let fact = format!("also in {place}");
        let told = finding.facts.iter().filter(|fact| fact.starts_with("also in ")).count();
        if told < MOST && !finding.facts.contains(&fact) {
            finding.facts.push(fact);
        }
    }
}
