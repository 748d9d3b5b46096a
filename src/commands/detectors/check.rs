//! `keystop detectors check FILE`: does a user's detector find what its examples say?

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use crate::commands::print;
use crate::config::{Config, read};
use crate::detector::schema::DetectorSpec;
use crate::detector::{self, Own, example};
use crate::engine;
use crate::redaction::{visible, without_keys};

/// Each example is made so many times: what depends on its random characters shows in one of them.
const SEEDS: u64 = 12;
/// So much of an example is shown, in characters.
const SHOWN: usize = 100;

/// Runs the examples and counter-examples of a file's detectors, and says which of them fail.
///
/// # Errors
/// A file that cannot be read, or with a detector that cannot run.
pub fn check_detectors(file: &Path) -> Result<u8> {
    let name = visible(file.as_os_str().as_encoded_bytes());
    let text = read(file)?.with_context(|| format!("{name} is not there"))?;
    let mut config = Config::parse(&name, text)?;
    let own = config.take_own().with_context(|| format!("{name} has no [[detector]]"))?;
    let trials: Vec<Trial> = own.detectors.iter().map(Trial::of).collect();
    detector::adopt(Own::new(vec![own])?)?;
    let mut out = String::new();
    let mut wrong = 0;
    for trial in &trials {
        let faults = trial.faults()?;
        let counts = format!(
            "{} examples, {} counter-examples",
            trial.examples.len(),
            trial.counter_examples.len()
        );
        let verdict = if faults.is_empty() { "good" } else { "wrong" };
        let _ = writeln!(out, "{verdict:5}  {}  ({counts})", trial.id);
        for fault in &faults {
            let _ = writeln!(out, "       {fault}");
        }
        wrong += usize::from(!faults.is_empty());
    }
    let _ = match wrong {
        0 => writeln!(out, "{} detectors, all good", trials.len()),
        _ => writeln!(out, "{wrong} of {} detectors wrong", trials.len()),
    };
    print(&out)?;
    Ok(u8::from(wrong > 0))
}

/// What is tried of a detector.
struct Trial {
    id: String,
    needs: Option<String>,
    examples: Vec<String>,
    counter_examples: Vec<String>,
    untold: Option<anyhow::Error>,
}

impl Trial {
    fn of(detector: &DetectorSpec) -> Trial {
        Trial {
            id: detector.id.clone(),
            needs: detector.needs.clone(),
            examples: detector.examples.clone(),
            counter_examples: detector.counter_examples.clone(),
            untold: detector::told(detector).err(),
        }
    }

    fn faults(&self) -> Result<Vec<String>> {
        let mut faults: Vec<String> =
            self.untold.iter().map(|error| format!("{error:#}")).collect();
        for (number, example) in self.examples.iter().enumerate() {
            let what = format!("example {}: {}", number + 1, shown(example));
            if let Some(found) = first_found(example, |found| !self.is_right(found))? {
                faults.push(match &found[..] {
                    [] => format!("{what}: nothing is found"),
                    found if found.contains(&self.id.as_str()) => {
                        format!("{what}: more is found: {}", found.join(", "))
                    }
                    found => format!("{what}: found as {} already", found.join(", ")),
                });
            }
        }
        for (number, example) in self.counter_examples.iter().enumerate() {
            if let Some(found) = first_found(example, |found| !found.is_empty())? {
                let what = format!("counter-example {}: {}", number + 1, shown(example));
                faults.push(format!("{what}: found as {}", found.join(", ")));
            }
        }
        Ok(faults)
    }

    /// A half that is silent alone comes with the other half.
    fn is_right(&self, found: &[&str]) -> bool {
        found.contains(&self.id.as_str())
            && found.iter().all(|id| *id == self.id || self.needs.as_deref() == Some(id))
    }
}

/// What the first making of an example finds for which that is `wrong`.
fn first_found(
    text: &str,
    wrong: impl Fn(&[&'static str]) -> bool,
) -> Result<Option<Vec<&'static str>>> {
    for seed in 0..SEEDS {
        let made = example::fill(text, seed).with_context(|| shown(text))?;
        let matches = engine::scan(b"", made.as_bytes())?;
        let found: Vec<&str> = matches.iter().map(|found| found.detector.id).collect();
        if wrong(&found) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// An example as it was written; somebody may have put a real key in it.
fn shown(text: &str) -> String {
    let uncut = without_keys(text.replace('¦', "").as_bytes());
    let shown = visible(&uncut);
    match shown.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}
