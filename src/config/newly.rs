//! What one version of a configuration allows that none before it did.

use super::file::{Config, Threshold};
use crate::redaction::visible;

/// More are counted, not listed.
const MOST: usize = 5;

/// What `now` allows beyond `before`, in one line; nothing where it allows no more.
#[must_use]
pub fn newly(name: &str, now: &Config, before: &[Config]) -> Option<String> {
    let mut said = Vec::new();
    // What weakens most comes first: the rest may be cut.
    let disabled = |id: &String| before.iter().any(|old| old.disabled.texts().contains(id));
    for id in now.disabled.texts().iter().filter(|id| !disabled(id)) {
        said.push(format!("disables {}", visible(id.as_bytes())));
    }
    let threshold = |config: &Config| config.block.unwrap_or(Threshold::Usual);
    let least = before.iter().map(threshold).min().unwrap_or(Threshold::Usual);
    if threshold(now) < least {
        said.push(format!("lets pass what is below `block = \"{}\"`", threshold(now).name()));
    }
    for (id, told) in before.iter().flat_map(|old| &old.own_detectors) {
        match now.own_detectors.iter().find(|(own, _)| own == id) {
            None => said.push(format!("no longer looks for {}", visible(id.as_bytes()))),
            Some((_, own)) if own != told => {
                said.push(format!("looks for another {}", visible(id.as_bytes())));
            }
            Some(_) => {}
        }
    }
    for one in &now.allow {
        let told = one.told();
        if !before.iter().any(|old| old.allow.iter().any(|old| old.told() == told)) {
            said.push(format!("allows {}", one.shown()));
        }
    }
    said.dedup();
    let more = said.len().saturating_sub(MOST);
    said.truncate(MOST);
    if more > 0 {
        said.push(format!("and {more} more"));
    }
    (!said.is_empty()).then(|| format!("{name} newly {}", said.join("; ")))
}
