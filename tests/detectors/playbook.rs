//! What is said of a leak: whole, its own for each kind of key, and short enough to be read.

use std::collections::BTreeMap;

use keystop::detector::{self, Remediation};

use crate::files;
use crate::schema::{ProviderFile, RemediationSpec};

/// Two screens of 24 lines.
const MOST_LINES: usize = 48;
/// Columns of a terminal, less the indent of a page's text.
const COLUMNS: usize = 79 - 2;
/// What a page shows beside the playbook's texts: nine titles, four gaps, the name, how the key is
/// recognised, and the commands that look for its variable.
const FURNITURE: usize = 22;

/// What a file and, over it, one detector say by hand.
fn by_hand(file: &ProviderFile, own: &RemediationSpec) -> RemediationSpec {
    let shared = file.remediation.clone();
    let own = own.clone();
    RemediationSpec {
        opens: own.opens.or(shared.opens),
        risk: own.risk.or(shared.risk),
        revoke: own.revoke.or(shared.revoke),
        steps: own.steps.or(shared.steps),
        audit: own.audit.or(shared.audit),
        breaks: own.breaks.or(shared.breaks),
        practice: own.practice.or(shared.practice),
        env: own.env.or(shared.env),
        docs: own.docs.or(shared.docs),
        reviewed: own.reviewed.or(shared.reviewed),
    }
}

/// Each detector, by its id, with what was written by hand, for all of which `wanted` holds.
fn for_each(wanted: fn(&RemediationSpec) -> bool, mut check: impl FnMut(&str, &RemediationSpec)) {
    for file in files().values() {
        for detector in &file.detectors {
            let playbook = by_hand(file, &detector.remediation);
            if wanted(&playbook) {
                check(&detector.id, &playbook);
            }
        }
    }
}

fn is_reviewed(playbook: &RemediationSpec) -> bool {
    playbook.reviewed.is_some()
}

/// Fields that are left to be derived.
fn missing(playbook: &RemediationSpec) -> Vec<&'static str> {
    let texts = [
        ("opens", &playbook.opens),
        ("risk", &playbook.risk),
        ("audit", &playbook.audit),
        ("revoke", &playbook.revoke),
        ("breaks", &playbook.breaks),
        ("practice", &playbook.practice),
        ("env", &playbook.env),
        ("docs", &playbook.docs),
    ];
    let steps = playbook.steps.is_none().then_some("steps");
    texts.iter().filter(|(_, text)| text.is_none()).map(|(field, _)| *field).chain(steps).collect()
}

fn is_whole(playbook: &RemediationSpec) -> bool {
    missing(playbook).is_empty()
}

/// The sentences of a compiled playbook, each with the name of its field.
fn texts(playbook: &Remediation) -> Vec<(&'static str, &'static str)> {
    let mut texts = vec![
        ("opens", playbook.opens),
        ("risk", playbook.risk),
        ("audit", playbook.audit),
        ("revoke", playbook.revoke),
        ("breaks", playbook.breaks),
        ("practice", playbook.practice),
        ("docs", playbook.docs),
    ];
    texts.extend(playbook.steps.iter().map(|step| ("steps", *step)));
    texts
}

#[test]
fn a_reviewed_playbook_is_written_by_hand_in_every_field() {
    let mut wrong = Vec::new();
    for_each(is_reviewed, |id, playbook| {
        let missing = missing(playbook);
        if !missing.is_empty() {
            wrong.push(format!("{id}: left to be derived: {}", missing.join(", ")));
        }
        if playbook.steps.as_ref().is_some_and(|steps| steps.len() < 2) {
            wrong.push(format!("{id}: one step is no way"));
        }
    });
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_reviewed_playbook_names_the_page_and_the_day_it_was_compared_with() {
    let mut wrong = Vec::new();
    for_each(is_reviewed, |id, playbook| {
        let day = playbook.reviewed.as_deref().unwrap_or_default();
        if !is_day(day) {
            wrong.push(format!("{id}: `reviewed` is no day: {day:?}"));
        }
        let docs = playbook.docs.as_deref().unwrap_or_default();
        if !is_address(docs) {
            wrong.push(format!("{id}: `docs` is no address: {docs:?}"));
        }
        let revoke = playbook.revoke.as_deref().unwrap_or_default();
        // Words may tell where to look, but an address is shown as one and must be nothing else.
        if revoke.contains("://") && !is_address(revoke) {
            wrong.push(format!("{id}: `revoke` is neither an address nor words: {revoke:?}"));
        }
    });
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn is_address(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| {
        rest.split('/').next().is_some_and(|host| host.contains('.'))
            && !rest.contains(char::is_whitespace)
    })
}

/// `2026-11-22`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |text: &str, digits: usize| {
        (text.len() == digits).then(|| text.parse::<u32>().ok()).flatten()
    };
    number(year, 4).is_some_and(|year| year >= 2026)
        && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
        && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
}

#[test]
fn a_form_without_a_provider_leaves_nothing_to_derivation() {
    // What is derived puts the provider's name into sentences; "your Generic account" is no help.
    let mut derived = Vec::new();
    for file in files().values().filter(|file| file.provider.fallback) {
        for detector in &file.detectors {
            for field in missing(&by_hand(file, &detector.remediation)) {
                derived.push(format!("{}: {field}", detector.id));
            }
        }
    }
    assert!(derived.is_empty(), "{derived:?}");
}

#[test]
fn no_two_reviewed_playbooks_say_the_same() {
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (slug, file) in &files() {
        for detector in &file.detectors {
            let own = &detector.remediation;
            let playbook = by_hand(file, own);
            let (true, Some(risk), Some(steps)) =
                (is_reviewed(&playbook), playbook.risk, playbook.steps)
            else {
                continue;
            };
            // Detectors that say nothing of their own here share the file's playbook on purpose.
            let shared = own.risk.is_none() && own.steps.is_none();
            let who = if shared { slug } else { &detector.id };
            match seen.insert((risk, steps.join("\n")), who.clone()) {
                Some(other) if other != *who => wrong.push(format!("{who} and {other}")),
                _ => {}
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} with the same risk and steps:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn no_playbook_has_an_empty_or_a_garbled_sentence() {
    let mut wrong = Vec::new();
    for detector in detector::all() {
        for (field, text) in texts(&detector.remediation) {
            if let Some(fault) = fault(text) {
                wrong.push(format!("{}: {field}: {fault}: {text}", detector.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is wrong with a sentence that a name was put into, or that was left unfinished.
fn fault(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("empty".to_owned());
    }
    if text.trim() != text || text.contains("  ") {
        return Some("blanks too many".to_owned());
    }
    for bad in [" 's", " ,", " . ", "{}", "TODO", "XXX"] {
        if text.contains(bad) {
            return Some(format!("holds {bad:?}"));
        }
    }
    let words: Vec<&str> = text.split(' ').collect();
    for length in 1..=3 {
        for place in 0..words.len().saturating_sub(2 * length - 1) {
            let first = &words[place..place + length];
            let second = &words[place + length..place + 2 * length];
            let spoken = |word: &&str| word.chars().all(char::is_alphabetic);
            // The last word of the second may carry the full stop.
            let same = first
                .iter()
                .zip(second)
                .all(|(one, other)| *one == other.trim_end_matches(['.', ',', ';', ':']));
            // "again and again" is said on purpose.
            if same && first.iter().all(spoken) && first[0] != "again" {
                return Some(format!("says {:?} twice", first.join(" ")));
            }
        }
    }
    None
}

#[test]
fn a_garbled_sentence_is_seen() {
    for garbled in [
        "Whoever holds it calls Acme API key API key as you.",
        "Look into the the log.",
        "in your 's account",
        "",
    ] {
        assert!(fault(garbled).is_some(), "{garbled:?}");
    }
    assert_eq!(
        fault("`gh auth login` signs in in your browser.").as_deref(),
        Some("says \"in\" twice")
    );
    assert_eq!(fault("Delete it at GitHub, GitLab and wherever it stands."), None);
}

#[test]
fn a_playbook_written_by_hand_fits_two_screens() {
    let mut long = Vec::new();
    for_each(is_whole, |id, _| {
        let detector = detector::by_id(id).unwrap();
        let playbook = &detector.remediation;
        let mut lines = FURNITURE;
        for (field, text) in texts(playbook) {
            // Steps are numbered, and indented past the number.
            lines += rows(text, if field == "steps" { COLUMNS - 3 } else { COLUMNS });
        }
        if playbook.reviewed.is_none() {
            lines += rows(detector.provider.about, COLUMNS);
        }
        if lines > MOST_LINES {
            long.push(format!("{id}: {lines} lines"));
        }
    });
    assert!(long.is_empty(), "{} too long:\n{}", long.len(), long.join("\n"));
}

/// Rows of a text that is broken between words.
fn rows(text: &str, columns: usize) -> usize {
    let mut rows = 1;
    let mut used = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if used > 0 && used + 1 + width > columns {
            rows += 1;
            used = width;
        } else {
            used += width + usize::from(used > 0);
        }
    }
    rows
}
