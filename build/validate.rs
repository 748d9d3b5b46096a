//! What a detector's file must hold before it becomes part of the binary.

use std::collections::HashSet;

use anyhow::{Context, Result, ensure};

use crate::schema::{ContextSpec, DetectorSpec, ProviderFile, RemediationSpec};
use crate::sound;

/// Checks every file; the first fault is the error.
pub fn all(files: &[(String, ProviderFile)]) -> Result<()> {
    let mut ids = HashSet::new();
    for (slug, file) in files {
        for detector in &file.detectors {
            one(detector)
                .with_context(|| format!("detectors/{slug}.toml: detector `{}`", detector.id))?;
            ensure!(
                ids.insert(detector.id.as_str()),
                "detectors/{slug}.toml: detector `{}`: field `id`: another detector has it",
                detector.id
            );
        }
        ensure!(!file.detectors.is_empty(), "detectors/{slug}.toml: no [[detector]]");
    }
    for (slug, file) in files {
        for detector in &file.detectors {
            if let Some(needs) = &detector.needs {
                ensure!(
                    ids.contains(needs.as_str()),
                    "detectors/{slug}.toml: detector `{}`: field `needs`: no detector `{needs}`",
                    detector.id
                );
            }
        }
    }
    Ok(())
}

fn one(detector: &DetectorSpec) -> Result<()> {
    sound::check(detector)?;
    if detector.context != ContextSpec::File {
        sound::told(detector)?;
    }
    remediation(&detector.remediation)
}

fn remediation(about: &RemediationSpec) -> Result<()> {
    let fields = [
        ("opens", &about.opens),
        ("risk", &about.risk),
        ("revoke", &about.revoke),
        ("audit", &about.audit),
        ("breaks", &about.breaks),
        ("practice", &about.practice),
        ("env", &about.env),
        ("docs", &about.docs),
    ];
    for (name, text) in fields {
        let text = text.as_deref().unwrap_or_default().trim();
        ensure!(!text.is_empty(), "field `remediation.{name}` is missing");
        if name == "env" {
            let variable = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            ensure!(text.chars().all(variable), "field `remediation.env`: `{text}` is no name");
        }
    }
    let steps = about.steps.as_ref().is_some_and(|steps| !steps.is_empty());
    ensure!(steps, "field `remediation.steps` is missing");
    Ok(())
}
