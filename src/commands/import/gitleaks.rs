//! `.gitleaks.toml` and `.gitleaksignore`.

use anyhow::{Result, anyhow};
use serde::Deserialize;

use super::pattern;
use super::translation::{Allowance, Judged, Own, Translation};
use crate::detector;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct File {
    extend: Extend,
    rules: Vec<Rule>,
    allowlist: Option<Allowlist>,
    allowlists: Vec<Allowlist>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Extend {
    path: String,
    url: String,
    disabled_rules: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Rule {
    id: String,
    description: String,
    regex: String,
    path: String,
    secret_group: usize,
    entropy: f64,
    keywords: Vec<String>,
    allowlist: Option<Allowlist>,
    allowlists: Vec<Allowlist>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Allowlist {
    description: String,
    condition: String,
    target_rules: Vec<String>,
    regex_target: String,
    regexes: Vec<String>,
    paths: Vec<String>,
    commits: Vec<String>,
    stopwords: Vec<String>,
}

/// Reads the settings: rules become detectors.
///
/// # Errors
/// No TOML.
pub(super) fn config(text: &str, into: &mut Translation) -> Result<()> {
    let file: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = text[..at].matches('\n').count() + 1;
        anyhow!("line {line}: {}", error.message())
    })?;
    for (what, place) in [("path", &file.extend.path), ("url", &file.extend.url)] {
        if !place.is_empty() {
            into.lose(format!("extend.{what} = {place}: import that file too"));
        }
    }
    for id in &file.extend.disabled_rules {
        match counterpart(id, &[]) {
            Some(own) => into.disabled.push(own),
            None => into.lose(format!("extend.disabledRules: no detector is called {id}")),
        }
    }
    let mut own = Vec::new();
    for rule in &file.rules {
        if !rule.regex.is_empty() {
            own.extend(translate(rule, into).map(|id| (rule.id.clone(), id)));
        } else if !rule.path.is_empty() {
            into.lose(format!("the rule {}: it finds files by their path", rule.id));
        }
        for list in rule.allowlist.iter().chain(&rule.allowlists) {
            allow(list, &[&rule.id], &own, into);
        }
    }
    for list in file.allowlist.iter().chain(&file.allowlists) {
        let targets: Vec<&String> = list.target_rules.iter().collect();
        allow(list, &targets, &own, into);
    }
    Ok(())
}

/// The detector a rule becomes; its id.
fn translate(rule: &Rule, into: &mut Translation) -> Option<String> {
    let group = match rule.secret_group {
        0 => 1.min(pattern::groups(&rule.regex)),
        group => group,
    };
    let regex = pattern::with_only_group(&rule.regex, group);
    let long: Vec<String> = rule
        .keywords
        .iter()
        .filter(|word| word.len() >= 3 && word.is_ascii())
        .map(|word| word.to_ascii_lowercase())
        .collect();
    let keywords = if long.len() == rule.keywords.len() && !long.is_empty() {
        long
    } else {
        pattern::keywords(&regex)
    };
    if keywords.is_empty() {
        into.lose(format!("the rule {}: no word of three letters stands in every match", rule.id));
        return None;
    }
    if !rule.path.is_empty() {
        into.lose(format!("the rule {}: its path (the detector looks everywhere)", rule.id));
    }
    let kebab = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let mut id: String = rule.id.chars().map(kebab).collect();
    if detector::all().iter().any(|known| known.id == id) {
        id = format!("own-{id}");
    }
    let name = if rule.description.is_empty() { &rule.id } else { &rule.description };
    let own = Own {
        name: name.chars().take(80).collect::<String>().replace(['\n', '\r', '\t'], " "),
        keywords,
        unbounded: pattern::is_unbounded(&regex),
        pattern: regex,
        min_entropy: (rule.entropy > 0.0).then_some(rule.entropy),
        id: id.clone(),
    };
    into.detector(&own).then_some(id)
}

/// What our detectors for one of theirs are called.
fn counterpart(id: &str, own: &[(String, String)]) -> Option<String> {
    if let Some((_, own)) = own.iter().find(|(theirs, _)| theirs == id) {
        return Some(own.clone());
    }
    if id == "generic-api-key" {
        return Some("generic-*".to_owned());
    }
    detector::all().iter().any(|known| known.id == id).then(|| id.to_owned())
}

fn allow(list: &Allowlist, rules: &[&String], own: &[(String, String)], into: &mut Translation) {
    let mut detectors = Vec::new();
    for rule in rules {
        match counterpart(rule, own) {
            Some(id) => detectors.push(id),
            None => into.lose(format!("what is allowed for {rule}: no detector is called so")),
        }
    }
    if detectors.is_empty() && !rules.is_empty() {
        return;
    }
    let is_whole = |id: &&String| matches!(id.len(), 40 | 64);
    for id in list.commits.iter().filter(|id| !is_whole(id)) {
        into.lose(format!("the commit {id}: its id is not whole"));
    }
    let mut texts = list.regexes.clone();
    let stopwords = list.stopwords.iter().map(|word| format!("(?i){}", regex_syntax::escape(word)));
    let by_line = matches!(&list.regex_target[..], "line" | "match");
    let words: Vec<String> = stopwords.collect();
    if !by_line {
        texts.extend(words.iter().cloned());
    }
    let empty = Allowance { about: list.description.clone(), detectors, ..Allowance::default() };
    let commits = list.commits.iter().filter(is_whole).cloned().collect();
    let places = Allowance { path_patterns: list.paths.clone(), ..empty.clone() };
    let contents = if by_line {
        Allowance { lines: texts, ..empty.clone() }
    } else {
        Allowance { values: texts, ..empty.clone() }
    };
    let stopped = Allowance { values: if by_line { words } else { Vec::new() }, ..empty.clone() };
    if list.condition.eq_ignore_ascii_case("and") || list.condition == "&&" {
        into.allow(&Allowance {
            path_patterns: places.path_patterns,
            commits,
            values: [contents.values, stopped.values].concat(),
            lines: contents.lines,
            ..empty
        });
        return;
    }
    into.allow(&places);
    into.allow(&Allowance { commits, ..empty });
    into.allow(&contents);
    into.allow(&stopped);
}

/// Reads the findings somebody chose to ignore: `COMMIT:PATH:RULE:LINE` or `PATH:RULE:LINE`.
///
/// # Errors
/// None; lines of another form are lost.
pub(super) fn ignored(text: &str, into: &mut Translation) -> Result<()> {
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.rsplitn(3, ':');
        let (number, rule, place) = (parts.next(), parts.next(), parts.next());
        let number = number.and_then(|number| number.parse().ok());
        let (Some(number), Some(rule), Some(place)) = (number, rule, place) else {
            into.lose(format!("the line {line:?}"));
            continue;
        };
        let is_id = |text: &str| {
            matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let (commit, path) = match place.split_once(':') {
            Some((commit, path)) if is_id(commit) => (Some(commit.to_owned()), path),
            _ => (None, place),
        };
        let reason = into.reason(rule);
        into.places.push(Judged { commit, path: path.to_owned(), line: Some(number), reason });
    }
    Ok(())
}
