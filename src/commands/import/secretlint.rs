//! `.secretlintrc.json` and `.secretlintrc.yml`.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::pattern;
use super::translation::{Allowance, Own, Translation};
use super::yaml;
use crate::detector;

#[derive(Debug, Deserialize)]
struct File {
    rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    options: Value,
    #[serde(default)]
    allow_message_ids: Vec<String>,
    /// Of a preset.
    #[serde(default)]
    rules: Vec<Rule>,
}

/// Reads the settings.
///
/// # Errors
/// No such file.
pub(super) fn config(text: &str, into: &mut Translation) -> Result<()> {
    let file: File =
        serde_json::from_value(yaml::parse(text)?).context("this is no .secretlintrc")?;
    file.rules.iter().for_each(|one| rule(one, into));
    Ok(())
}

fn rule(rule: &Rule, into: &mut Translation) {
    let short = rule.id.rsplit("secretlint-rule-").next().unwrap_or_default();
    let short = short.rsplit('/').next().unwrap_or_default();
    let detectors = counterparts(short);
    if rule.disabled {
        match &detectors {
            Some(detectors) => into.disabled.extend(detectors.iter().cloned()),
            None => into.lose(format!("{} is disabled: no detectors are its own", rule.id)),
        }
    }
    for id in &rule.allow_message_ids {
        into.lose(format!("{}: allowMessageIds {id}", rule.id));
    }
    let list = |key: &str| {
        let texts = rule.options.get(key).and_then(Value::as_array);
        texts.into_iter().flatten().filter_map(Value::as_str)
    };
    let values: Vec<String> = list("allows").map(pattern::of_javascript).collect();
    match &detectors {
        _ if values.is_empty() => {}
        Some(detectors) => into.allow(&Allowance {
            about: rule.id.clone(),
            detectors: detectors.clone(),
            values,
            ..Allowance::default()
        }),
        None => into.lose(format!("{}: allows (no detectors are its own)", rule.id)),
    }
    if short == "pattern" {
        let patterns = rule.options.get("patterns").and_then(Value::as_array);
        for one in patterns.into_iter().flatten() {
            own(one, into);
        }
    } else if let Some(options) = rule.options.as_object() {
        for key in options.keys().filter(|key| *key != "allows") {
            into.lose(format!("{}: {key}", rule.id));
        }
    }
    for one in &rule.rules {
        self::rule(one, into);
    }
}

/// A pattern of the user's.
fn own(one: &Value, into: &mut Translation) {
    let name = one.get("name").and_then(Value::as_str).unwrap_or("pattern");
    let kebab = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let id: String = name.chars().map(kebab).collect();
    let several = one.get("patterns").and_then(Value::as_array);
    let texts = one.get("pattern").into_iter().chain(several.into_iter().flatten());
    for (number, text) in texts.filter_map(Value::as_str).enumerate() {
        let text = pattern::of_javascript(text);
        let keywords = pattern::keywords(&text);
        if keywords.is_empty() {
            into.lose(format!(
                "the pattern {name}: no word of three letters stands in every match"
            ));
            continue;
        }
        let group = pattern::groups(&text).min(1);
        let id = if number == 0 { id.clone() } else { format!("{id}-{}", number + 1) };
        into.detector(&Own {
            id,
            name: name.chars().take(80).collect(),
            keywords,
            unbounded: pattern::is_unbounded(&text),
            pattern: pattern::with_only_group(&text, group),
            min_entropy: None,
        });
    }
}

/// Our detectors for a rule of theirs.
fn counterparts(short: &str) -> Option<Vec<String>> {
    let globs = match short {
        "privatekey" => vec!["*private-key*".to_owned()],
        "basicauth" => vec!["*url*".to_owned(), "*basic-auth*".to_owned()],
        "gcp" => vec!["gcp-*".to_owned(), "google-*".to_owned()],
        other => vec![format!("{other}-*")],
    };
    let is_some = |glob: &String| {
        let word = glob.trim_matches('*');
        let held =
            |id: &str| if glob.starts_with('*') { id.contains(word) } else { id.starts_with(word) };
        detector::all().iter().any(|known| held(known.id))
    };
    let globs: Vec<String> = globs.into_iter().filter(is_some).collect();
    (!globs.is_empty()).then_some(globs)
}
