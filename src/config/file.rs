//! One configuration: the same keys in a repository's, a user's and a machine's file.

use anyhow::{Result, anyhow, ensure};
use serde::Deserialize;
use toml::Spanned;

use super::allowance::{Allowance, AllowanceSpec};
use super::fault::{fault, of_toml};
use super::paths::Ids;
use crate::detector::Confidence;
use crate::detector::schema::{DetectorSpec, ProviderFile, ProviderSpec, RemediationSpec};
use crate::redaction::visible;

/// A repository's, from its root.
pub const CONFIG_FILE: &str = ".keystop.toml";

/// No configuration is larger, in bytes.
const LARGEST: usize = 1 << 20;

/// What blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Threshold {
    /// Findings of high confidence only.
    High,
    /// Those of medium confidence too.
    Medium,
    /// Those of low confidence in files that hold settings too: what holds where nothing is set.
    Usual,
    /// All of them.
    Low,
}

impl Threshold {
    /// Whether a finding blocks.
    #[must_use]
    pub fn blocks(self, confidence: Confidence, in_settings: bool) -> bool {
        match self {
            Threshold::High => confidence == Confidence::High,
            Threshold::Medium => confidence >= Confidence::Medium,
            Threshold::Usual => confidence >= Confidence::Medium || in_settings,
            Threshold::Low => true,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Threshold::High => "high",
            Threshold::Medium => "medium",
            Threshold::Usual => "usual",
            Threshold::Low => "low",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigSpec {
    block: Option<Threshold>,
    #[serde(default)]
    disabled: Vec<Spanned<String>>,
    #[serde(default)]
    allow: Vec<Spanned<AllowanceSpec>>,
    #[serde(default)]
    limits: LimitsSpec,
    provider: Option<ProviderSpec>,
    #[serde(default)]
    remediation: RemediationSpec,
    #[serde(rename = "detector", default)]
    detectors: Vec<Spanned<DetectorSpec>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsSpec {
    max_file_size: Option<Spanned<String>>,
    max_archive_size: Option<Spanned<String>>,
}

/// One file's settings.
#[derive(Debug, Default)]
pub struct Config {
    /// As it is called in a message.
    pub name: String,
    /// What blocks, where it says.
    pub block: Option<Threshold>,
    /// The detectors that it switches off.
    pub disabled: Ids,
    /// What it allows.
    pub allow: Vec<Allowance>,
    /// The largest file that is judged, in bytes.
    pub largest_file: Option<u64>,
    /// How much is unpacked out of one file, in bytes.
    pub largest_archive: Option<u64>,
    /// Its own detectors: their ids, and all that is said of each.
    pub own_detectors: Vec<(String, String)>,
    own: Option<ProviderFile>,
}

impl Config {
    /// Reads a file called `name`.
    ///
    /// # Errors
    /// A fault anywhere in it; the error has the file and the line.
    pub fn parse(name: &str, text: Vec<u8>) -> Result<Config> {
        ensure!(
            text.len() <= LARGEST,
            "{name} has {} bytes; a configuration has at most {LARGEST}",
            text.len()
        );
        let text = String::from_utf8(text).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let line = memchr::memchr_iter(b'\n', &error.as_bytes()[..good]).count() + 1;
            anyhow!("{name}, line {line}: not UTF-8")
        })?;
        let spec: ConfigSpec =
            toml::from_str(&text).map_err(|error| of_toml(name, &text, &error))?;
        let wrong =
            |at: usize, error: &anyhow::Error| fault(name, &text, at, &format!("{error:#}"));
        let size = |set: &Option<Spanned<String>>| -> Result<Option<u64>> {
            let read = set.as_ref().map(|size| {
                crate::git::size(size.get_ref()).map_err(|error| wrong(size.span().start, &error))
            });
            read.transpose()
        };
        let largest_file = size(&spec.limits.max_file_size)?;
        let largest_archive = size(&spec.limits.max_archive_size)?;
        for one in &spec.detectors {
            let texts = texts_of(one.get_ref());
            are_shown_as_they_are(texts).map_err(|error| wrong(one.span().start, &error))?;
        }
        let provider = spec.provider.iter().flat_map(|one| [&one.name, &one.about]);
        are_shown_as_they_are(provider.chain(texts_about(&spec.remediation)))
            .map_err(|error| wrong(0, &error))?;
        let told = spec.detectors.iter().map(Spanned::get_ref);
        let own_detectors = told.map(|one| (one.id.clone(), format!("{one:?}"))).collect();
        let places: Vec<(String, usize)> =
            spec.detectors.iter().map(|one| (one.get_ref().id.clone(), one.span().start)).collect();
        let own_ids: Vec<String> = places.iter().map(|(id, _)| id.clone()).collect();
        let remediation = match &spec.provider {
            Some(_) => spec.remediation,
            None => of_unnamed(spec.remediation, name),
        };
        let own = (!places.is_empty()).then(|| ProviderFile {
            provider: spec.provider.unwrap_or_else(|| ProviderSpec {
                name: "its issuer".to_owned(),
                about: format!("A key of your own, described in {name}."),
                fallback: false,
            }),
            remediation,
            detectors: spec.detectors.into_iter().map(Spanned::into_inner).collect(),
        });
        if let Some(own) = &own {
            crate::detector::check_own(own).map_err(|(id, error)| {
                let at = places.iter().rev().find(|(own, _)| *own == id).map_or(0, |(_, at)| *at);
                wrong(at, &error)
            })?;
        }
        let disabled = Ids::new(spec.disabled.iter().map(Spanned::get_ref), &own_ids)
            .map_err(|(number, error)| wrong(spec.disabled[number].span().start, &error))?;
        let mut allow = Vec::with_capacity(spec.allow.len());
        for one in spec.allow {
            let at = one.span().start;
            let read = Allowance::new(one.into_inner(), &own_ids);
            allow.push(read.map_err(|error| wrong(at, &error))?);
        }
        Ok(Config {
            name: name.to_owned(),
            block: spec.block,
            disabled,
            allow,
            largest_file,
            largest_archive,
            own_detectors,
            own,
        })
    }

    /// Its own detectors, to be added to the run's.
    pub fn take_own(&mut self) -> Option<ProviderFile> {
        self.own.take()
    }
}

/// What is said of a key whose issuer has no name here, where the file says nothing itself.
fn of_unnamed(about: RemediationSpec, name: &str) -> RemediationSpec {
    let or = |text: Option<String>, words: &str| Some(text.unwrap_or_else(|| words.to_owned()));
    RemediationSpec {
        revoke: or(
            about.revoke,
            &format!("where it was issued ({name} may say where: `revoke` under remediation)"),
        ),
        breaks: or(about.breaks, "Every service, script and CI job that uses it."),
        docs: or(about.docs, &format!("none is named ({name} may: `docs` under remediation)")),
        ..about
    }
}

/// The texts of a detector that a report shows.
fn texts_of(detector: &DetectorSpec) -> impl Iterator<Item = &String> {
    let own = [&detector.name, &detector.id].into_iter().chain(&detector.public);
    own.chain(texts_about(&detector.remediation))
}

fn texts_about(about: &RemediationSpec) -> impl Iterator<Item = &String> {
    let texts = [&about.opens, &about.risk, &about.revoke, &about.audit, &about.breaks];
    let more = [&about.practice, &about.env, &about.docs, &about.reviewed];
    texts.into_iter().chain(more).flatten().chain(about.steps.iter().flatten())
}

/// What a report shows must not write to the terminal, nor into a snippet.
fn are_shown_as_they_are<'a>(mut texts: impl Iterator<Item = &'a String>) -> Result<()> {
    let hides = texts.find(|text| visible(text.as_bytes()) != **text);
    ensure!(hides.is_none(), "a text of it holds a control character or a line's end");
    Ok(())
}
