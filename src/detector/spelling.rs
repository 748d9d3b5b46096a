//! One name in the spellings of many languages: `acme_api` is `acme-api`, `acmeApi` and `acme.api`.

use super::schema::{ContextSpec, ProviderFile};

/// Adds the other spellings of the words that are looked for in names: the keywords of a value
/// without a marker, and what must stand near a weak one.
pub fn spread(file: &mut ProviderFile) {
    for detector in &mut file.detectors {
        if detector.context == ContextSpec::Label {
            spread_each(&mut detector.keywords);
        }
        spread_each(&mut detector.near);
    }
}

fn spread_each(words: &mut Vec<String>) {
    for word in std::mem::take(words) {
        for spelling in spellings(&word.to_ascii_lowercase()) {
            if !words.contains(&spelling) {
                words.push(spelling);
            }
        }
    }
}

/// The keyword first. Hosts, paths and phrases have one spelling.
fn spellings(keyword: &str) -> Vec<String> {
    let mut all = vec![keyword.to_owned()];
    let joins = |c: char| matches!(c, '_' | '-');
    // A mark at the beginning or the end says where a word ends: without it, it would not.
    let inner = keyword.trim_matches(joins);
    let name = inner.chars().all(|c| joins(c) || c.is_ascii_lowercase() || c.is_ascii_digit());
    if name && keyword.contains(joins) {
        all.extend(["_", "-", "."].map(|other| keyword.replace(joins, other)));
        if inner == keyword {
            all.push(keyword.replace(joins, ""));
        }
    }
    all
}
