//! `.talismanrc`.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::pattern;
use super::translation::{Allowance, Judged, Own, Translation};
use super::yaml;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    fileignoreconfig: Vec<Ignored>,
    scopeconfig: Vec<Scope>,
    allowed_patterns: Vec<String>,
    custom_patterns: Vec<String>,
    custom_severities: Vec<Value>,
    threshold: String,
    experimental: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ignored {
    filename: String,
    checksum: String,
    ignore_detectors: Vec<String>,
    allowed_patterns: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Scope {
    scope: String,
}

/// Reads the settings. A file that it ignores at one checksum is read again: the findings in it are
/// entered by their values.
///
/// # Errors
/// No such file.
pub(super) fn config(text: &str, into: &mut Translation) -> Result<()> {
    let file: File =
        serde_json::from_value(yaml::parse(text)?).context("this is no .talismanrc")?;
    for ignored in file.fileignoreconfig {
        let is_glob = ignored.filename.contains(['*', '?', '[']);
        let by_content = ignored.ignore_detectors.iter().any(|one| one == "filecontent");
        for pattern in &ignored.allowed_patterns {
            into.allow(&Allowance {
                about: "allowed_patterns".to_owned(),
                paths: vec![ignored.filename.clone()],
                lines: vec![pattern.clone()],
                ..Allowance::default()
            });
        }
        if by_content || is_glob {
            into.allow(&Allowance {
                about: "fileignoreconfig".to_owned(),
                paths: vec![ignored.filename],
                ..Allowance::default()
            });
        } else if !ignored.checksum.is_empty() {
            let reason = into.reason("a file that is ignored as it is");
            into.places.push(Judged { commit: None, path: ignored.filename, line: None, reason });
        } else if ignored.allowed_patterns.is_empty() {
            into.lose(format!("what is said of {} says nothing of its content", ignored.filename));
        }
    }
    into.allow(&Allowance {
        about: "allowed_patterns".to_owned(),
        lines: file.allowed_patterns,
        ..Allowance::default()
    });
    for (number, text) in file.custom_patterns.iter().enumerate() {
        let keywords = pattern::keywords(text);
        if keywords.is_empty() {
            into.lose(format!(
                "the custom pattern {}: no word of three letters stands in every match",
                number + 1
            ));
            continue;
        }
        into.detector(&Own {
            id: format!("talisman-pattern-{}", number + 1),
            name: format!("Custom pattern {}", number + 1),
            keywords,
            unbounded: pattern::is_unbounded(text),
            pattern: text.clone(),
            min_entropy: None,
        });
    }
    match &file.threshold[..] {
        "" => {}
        "low" => into.block = Some("low"),
        "medium" => into.block = Some("medium"),
        "high" => into.block = Some("high"),
        other => into.lose(format!("the threshold {other}")),
    }
    for scope in file.scopeconfig {
        into.lose(format!("the scope {}: lock files are judged like any other", scope.scope));
    }
    if !file.custom_severities.is_empty() {
        into.lose("custom_severities");
    }
    if file.experimental.is_some() {
        into.lose("experimental");
    }
    Ok(())
}
