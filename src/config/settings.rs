//! All files together: what holds in one run.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result};

use super::file::{Config, Threshold};
use super::place::{read, system_file, user_file};
use super::policy::Policy;
use crate::decode::LARGEST_ARCHIVE;
use crate::detector::{self, Confidence, Own};
use crate::finding::Source;
use crate::redaction::visible;

/// What holds. Cheap to copy: threads share it.
#[derive(Debug, Clone, Default)]
pub struct Settings(Arc<Layers>);

#[derive(Debug, Default)]
struct Layers {
    /// The repository's versions first, then the user's file, then the machine's.
    files: Vec<Config>,
    policy: OnceLock<Result<Policy, String>>,
}

/// What the configuration says for a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The file that says it.
    pub file: String,
    /// What it says, safe to show.
    pub words: String,
}

impl Settings {
    /// Takes a repository's versions, and reads the user's and the machine's files. Their own
    /// detectors are looked for from now on.
    ///
    /// # Errors
    /// A file with a fault.
    pub fn load(repository: Vec<Config>) -> Result<Settings> {
        let mut files = repository;
        for path in user_file().into_iter().chain([system_file()]) {
            if let Some(text) = read(&path)? {
                files.push(Config::parse(&visible(path.as_os_str().as_encoded_bytes()), text)?);
            }
        }
        let own: Vec<_> = files.iter_mut().filter_map(Config::take_own).collect();
        if !own.is_empty() {
            detector::adopt(Own::new(own)?).context("adding your own detectors")?;
        }
        Ok(Settings(Arc::new(Layers { files, policy: OnceLock::new() })))
    }

    /// The policy, read when it is first asked for.
    ///
    /// # Errors
    /// One with a fault.
    pub fn policy(&self) -> Result<&Policy> {
        let policy =
            self.0.policy.get_or_init(|| Policy::load().map_err(|error| format!("{error:#}")));
        policy.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// Why a finding is not reported, if some file says so.
    #[must_use]
    pub fn word(
        &self,
        id: &str,
        source: &Source,
        path: &[u8],
        text: &[u8],
        span: &Range<usize>,
    ) -> Option<Word> {
        self.0.files.iter().find_map(|file| {
            let words = if file.disabled.hold(id) {
                format!("{id} is disabled")
            } else {
                let speaks =
                    |one: &&super::allowance::Allowance| one.covers(id, source, path, text, span);
                format!("allowed: {}", file.allow.iter().find(speaks)?.shown())
            };
            Some(Word { file: file.name.clone(), words })
        })
    }

    /// Whether anything may speak for a finding here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.files.is_empty()
    }

    /// Whether a finding blocks.
    ///
    /// # Errors
    /// A policy with a fault.
    pub fn blocks(&self, confidence: Confidence, in_settings: bool) -> Result<bool> {
        let set = self.0.files.iter().find_map(|file| file.block).unwrap_or(Threshold::Usual);
        let set = self.policy()?.block.map_or(set, |least| least.max(set));
        Ok(set.blocks(confidence, in_settings))
    }

    /// The largest file that is judged, where a file says.
    #[must_use]
    pub fn largest_file(&self) -> Option<u64> {
        self.0.files.iter().find_map(|file| file.largest_file)
    }

    /// How much is unpacked out of one file, in bytes, where a file says.
    #[must_use]
    pub fn set_archive(&self) -> Option<u64> {
        self.0.files.iter().find_map(|file| file.largest_archive)
    }

    /// How much is unpacked out of one file, in bytes: what was `set` by an option or in git's
    /// settings, else what a file says, and never less than the policy does.
    ///
    /// # Errors
    /// A policy with a fault.
    pub fn largest_archive(&self, set: Option<u64>) -> Result<u64> {
        let said = set.or(self.set_archive());
        let said = said.unwrap_or(LARGEST_ARCHIVE);
        Ok(self.policy()?.least_archive.map_or(said, |least| least.max(said)))
    }
}
