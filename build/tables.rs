//! Writes the detectors as Rust statics.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::automaton::{Automaton, CLASSES, Output};
use crate::fragment;
use crate::kind::Check;
use crate::lead::{self, Lead};
use crate::opening::{self, Set};
use crate::schema::{ContextSpec, DetectorSpec, ProviderFile, RemediationSpec};
use crate::sound;
use crate::texts::Texts;

/// Every keyword (lower case) with the indices of the detectors that look when it is seen.
pub fn keywords(files: &[(String, ProviderFile)]) -> BTreeMap<String, Vec<usize>> {
    let mut keywords: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let detectors = files.iter().flat_map(|(_, file)| &file.detectors);
    for (index, detector) in detectors.enumerate() {
        for keyword in &detector.keywords {
            let looking = keywords.entry(keyword.to_ascii_lowercase()).or_default();
            if !looking.contains(&index) {
                looking.push(index);
            }
        }
        // Nobody looks when these are seen, but a path that holds one is context.
        for word in &detector.near {
            keywords.entry(word.to_ascii_lowercase()).or_default();
        }
    }
    keywords
}

/// The source of `detectors.rs`.
pub fn source(
    files: &[(String, ProviderFile)],
    keywords: &BTreeMap<String, Vec<usize>>,
    automaton: &Automaton,
    texts: &mut Texts,
) -> String {
    let mut out = String::new();
    let count: usize = files.iter().map(|(_, file)| file.detectors.len()).sum();
    let _ = writeln!(out, "pub(super) static PROVIDERS: [Provider; {}] = [", files.len());
    for (slug, file) in files {
        let provider = &file.provider;
        let _ = writeln!(
            out,
            "Provider {{ slug: {slug:?}, name: {:?}, about: {}, fallback: {} }},",
            provider.name,
            texts.add(&provider.about),
            provider.fallback
        );
    }
    let _ = writeln!(out, "];\npub(super) static DETECTORS: [Detector; {count}] = [");
    let mut index = 0;
    let mut sets: Vec<Set> = Vec::new();
    for (provider, (_, file)) in files.iter().enumerate() {
        for detector in &file.detectors {
            write_detector(&mut out, index, provider, detector, texts, &mut sets);
            index += 1;
        }
    }
    let _ = writeln!(out, "];");
    let _ = writeln!(out, "pub(super) static SETS: [[u64; 4]; {}] = {sets:?};", sets.len());
    let _ = writeln!(out, "pub(super) static KEYWORDS: [(&str, &[u16]); {}] = [", keywords.len());
    for (keyword, looking) in keywords {
        let _ = writeln!(out, "({keyword:?}, &{looking:?}),");
    }
    let _ = writeln!(out, "];");
    let classes: Vec<String> = (0..CLASSES).map(|class| format!("C{class}")).collect();
    let _ = writeln!(
        out,
        "/// What the automaton tells apart. That there are no more of them than a row has places is\n\
         /// known to the compiler by their type.\n\
         #[repr(u8)]\n#[derive(Clone, Copy)]\n#[allow(dead_code)]\npub(super) enum Class {{ {} }}",
        classes.join(", ")
    );
    let _ = writeln!(out, "pub(super) static BYTE_CLASSES: [Class; 256] = [");
    for class in &automaton.classes {
        let _ = writeln!(out, "Class::C{class},");
    }
    let _ = writeln!(out, "];");
    let _ = writeln!(out, "pub(super) const CLASSES: usize = {CLASSES};");
    let _ = writeln!(out, "pub(super) const FIRST_MATCH: u16 = {};", automaton.first_match);
    let _ = writeln!(out, "pub(super) const LONGEST_PIECE: usize = {};", fragment::LONGEST);
    let found: Vec<(u16, u8)> =
        automaton.outputs.iter().flat_map(|output| output.found.iter().copied()).collect();
    let _ = writeln!(out, "pub(super) static FOUND: [(u16, u8); {}] = {found:?};", found.len());
    let count = automaton.outputs.len() + 1;
    let _ = writeln!(out, "pub(super) static OUTPUTS: [(u16, u16); {count}] = [");
    let mut from = 0;
    for Output { found, goes_on_as } in &automaton.outputs {
        let _ = writeln!(out, "({from}, {goes_on_as}),");
        from += found.len();
    }
    let _ = writeln!(out, "({from}, 0),");
    let _ = writeln!(out, "];");
    out
}

fn write_detector(
    out: &mut String,
    index: usize,
    provider: usize,
    detector: &DetectorSpec,
    texts: &mut Texts,
    sets: &mut Vec<Set>,
) {
    let context = match detector.context {
        ContextSpec::Marker => "Marker",
        ContextSpec::Label => "Label",
        ContextSpec::Generic => "Generic",
        ContextSpec::File => "File",
    };
    let confidence = match (detector.confidence.as_deref(), detector.context) {
        (Some("high"), _) => "High",
        (Some("medium"), _) => "Medium",
        // Most key files are locked; a check that reads one proves it.
        (Some(_), _) | (None, ContextSpec::Generic | ContextSpec::File) => "Low",
        (None, ContextSpec::Label) => "Medium",
        (None, ContextSpec::Marker) if detector.near.is_empty() => "High",
        (None, ContextSpec::Marker) => "Medium",
    };
    let checks: Vec<String> = detector
        .checks
        .iter()
        .filter_map(|name| Check::named(name))
        .map(|check| format!("Check::{check:?}"))
        .collect();
    let lower = |words: &[String]| -> Vec<String> {
        words.iter().map(|word| word.to_ascii_lowercase()).collect()
    };
    let uncut = |texts: &[String]| -> Vec<String> {
        texts.iter().map(|text| text.replace('¦', "")).collect()
    };
    // Validated before: every pattern has a window.
    let window = sound::window(detector).unwrap_or_default();
    // A marker need not stand at a value's beginning.
    let lead = match detector.context {
        ContextSpec::Label => sound::parsed(detector).map(|hir| lead::of(&hir)),
        _ => Ok(Lead::default()),
    };
    let lead = lead.unwrap_or_default();
    let keyword_at = match (detector.context, sound::parsed(detector)) {
        // What must stand ahead of one keyword may stand ahead of another only.
        (ContextSpec::Marker, Ok(hir)) if detector.ahead.is_empty() => {
            let longest = hir.properties().maximum_len();
            lead::keyword_at(&hir, &detector.keywords)
                .filter(|_| longest.is_some_and(|longest| longest <= window))
        }
        _ => None,
    };
    // What is run at a known place may be asked of it first, what is run anywhere of all places.
    let (opening, mark) = match sound::parsed(detector) {
        Ok(hir) if keyword_at.is_some() || lead.length > 0 => {
            (opening::of(&hir, keyword_at.unwrap_or(0)), None)
        }
        Ok(hir) => (Vec::new(), opening::mark(&hir, &detector.keywords)),
        Err(_) => (Vec::new(), None),
    };
    let mut number_of = |set: Set| {
        sets.iter().position(|known| *known == set).unwrap_or_else(|| {
            sets.push(set);
            sets.len() - 1
        })
    };
    let opening: Vec<usize> = opening.into_iter().map(&mut number_of).collect();
    let _ = writeln!(
        out,
        "Detector {{ index: {index}, id: {:?}, name: {:?}, provider: &PROVIDERS[{provider}], \
         keywords: &{:?}, ahead: {:?}, pattern: {:?}, window: {window}, \
         lead: {}, kinds: {}, keyword_at: {keyword_at:?}, opening: &{opening:?}, mark: {mark:?}, context: Context::{context}, \
         near: &{:?}, checks: &[{}], min_entropy: {:?}, needs: {:?}, public: {:?}, \
         samples: &{:?}, confidence: Confidence::{confidence}, remediation: {} }},",
        detector.id,
        detector.name,
        detector.keywords,
        detector.ahead,
        detector.pattern,
        lead.length,
        lead.kinds,
        lower(&detector.near),
        checks.join(", "),
        detector.min_entropy,
        detector.needs,
        detector.public,
        uncut(&detector.samples),
        write_remediation(&detector.remediation, texts),
    );
}

fn write_remediation(about: &RemediationSpec, texts: &mut Texts) -> String {
    // Validated before: nothing is missing.
    let plain = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut packed = |text: &Option<String>| texts.add(text.as_deref().unwrap_or_default());
    let steps = about.steps.iter().flatten().cloned().map(Some);
    let steps: Vec<String> = steps.map(|step| packed(&step)).collect();
    format!(
        "Remediation {{ opens: {}, risk: {}, revoke: {:?}, steps: &[{}], audit: {}, breaks: {}, \
         practice: {}, env: {:?}, docs: {:?}, reviewed: {:?} }}",
        packed(&about.opens),
        packed(&about.risk),
        plain(&about.revoke),
        steps.join(", "),
        packed(&about.audit),
        packed(&about.breaks),
        packed(&about.practice),
        plain(&about.env),
        plain(&about.docs),
        about.reviewed,
    )
}
