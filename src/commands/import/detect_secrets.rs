//! `.secrets.baseline` of detect-secrets.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;

use super::translation::{Allowance, Judged, Translation};

#[derive(Debug, Deserialize)]
struct Baseline {
    #[serde(default)]
    plugins_used: Vec<Value>,
    #[serde(default)]
    filters_used: Vec<Filter>,
    #[serde(default)]
    exclude: Option<Exclude>,
    results: BTreeMap<String, Vec<Finding>>,
}

#[derive(Debug, Deserialize)]
struct Filter {
    path: String,
    #[serde(default)]
    pattern: Vec<String>,
}

/// As older versions wrote it.
#[derive(Debug, Deserialize)]
struct Exclude {
    files: Option<String>,
    lines: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    #[serde(rename = "type", default)]
    kind: String,
    line_number: usize,
    is_secret: Option<bool>,
}

/// Reads the findings that stand, and what is left out.
///
/// # Errors
/// No such baseline.
pub(super) fn baseline(text: &str, into: &mut Translation) -> Result<()> {
    let baseline: Baseline = serde_json::from_str(text)?;
    let allowance = |about: &str| Allowance { about: about.to_owned(), ..Allowance::default() };
    for filter in baseline.filters_used {
        let name = filter.path.rsplit('.').next().unwrap_or_default();
        match name {
            "should_exclude_file" => into
                .allow(&Allowance { path_patterns: filter.pattern, ..allowance("excluded files") }),
            "should_exclude_line" => {
                into.allow(&Allowance { lines: filter.pattern, ..allowance("excluded lines") });
            }
            "should_exclude_secret" => {
                into.allow(&Allowance { values: filter.pattern, ..allowance("excluded secrets") });
            }
            // What it always does; keystop has its own ways.
            _ if filter.path.starts_with("detect_secrets.filters.heuristic.")
                || filter.path.starts_with("detect_secrets.filters.allowlist.")
                || filter.path.starts_with("detect_secrets.filters.common.") => {}
            _ => into.lose(format!("the filter {}", filter.path)),
        }
    }
    if let Some(Exclude { files, lines }) = baseline.exclude {
        let path_patterns = Vec::from_iter(files);
        into.allow(&Allowance { path_patterns, ..allowance("excluded files") });
        into.allow(&Allowance { lines: Vec::from_iter(lines), ..allowance("excluded lines") });
    }
    for plugin in baseline.plugins_used.iter().filter(|plugin| plugin.get("path").is_some()) {
        let name = plugin.get("name").and_then(Value::as_str).unwrap_or("one");
        into.lose(format!("the plugin {name}, which is a program of your own"));
    }
    for (path, findings) in baseline.results {
        for finding in findings {
            let verdict = match finding.is_secret {
                Some(true) => "a real secret, says its audit",
                Some(false) => "no secret, says its audit",
                None => "not audited",
            };
            let reason = into.reason(&format!("{}, {verdict}", finding.kind));
            let line = Some(finding.line_number);
            into.places.push(Judged { commit: None, path: path.clone(), line, reason });
        }
    }
    Ok(())
}
