//! One name in the spellings of many languages: `acme_api` is `acme-api`, `acmeApi` and `acme.api`.

use super::schema::{ContextSpec, ProviderFile};

/// Adds the other spellings of the keywords that are looked for in names.
pub fn spread(file: &mut ProviderFile) {
    let named = file.detectors.iter_mut().filter(|known| known.context == ContextSpec::Label);
    for detector in named {
        for keyword in std::mem::take(&mut detector.keywords) {
            for spelling in spellings(&keyword.to_ascii_lowercase()) {
                if !detector.keywords.contains(&spelling) {
                    detector.keywords.push(spelling);
                }
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
