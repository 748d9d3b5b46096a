//! What a machine's owner lets nobody switch off.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use toml::Spanned;

use super::fault::{fault, of_toml};
use super::file::Threshold;
use super::paths::Ids;
use super::place::{policies, read};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicySpec {
    #[serde(default)]
    enforced: Vec<Spanned<String>>,
    block: Option<Threshold>,
    allow_skip: Option<bool>,
    allow_push_skip: Option<bool>,
    max_archive_size: Option<Spanned<String>>,
}

/// All policies together.
#[derive(Debug, Default)]
pub struct Policy {
    /// The detectors that may be neither allowed nor disabled, one set each file.
    enforced: Vec<Ids>,
    /// At least this blocks.
    pub block: Option<Threshold>,
    /// Whether `KEYSTOP_SKIP` counts.
    pub refuses_skip: bool,
    /// Whether a server lets `git push -o keystop.skip=…` count; `None` where no policy says.
    pub allows_push_skip: Option<bool>,
    /// At least so much is unpacked out of one file, in bytes: with nothing, archives stay closed.
    pub least_archive: Option<u64>,
}

impl Policy {
    /// Reads every policy that there is.
    ///
    /// # Errors
    /// One with a fault, or that cannot be read; one that the environment names and is not there.
    pub fn load() -> Result<Policy> {
        let mut policy = Policy::default();
        for (path, must_be_there) in policies() {
            match read(&path)? {
                Some(text) => policy.add(&path, text)?,
                None if must_be_there => {
                    return Err(anyhow!("the policy {} is not there", path.display()));
                }
                None => {}
            }
        }
        Ok(policy)
    }

    fn add(&mut self, path: &Path, text: Vec<u8>) -> Result<()> {
        let name = path.display().to_string();
        let text = String::from_utf8(text).with_context(|| format!("{name} is not UTF-8"))?;
        let spec: PolicySpec =
            toml::from_str(&text).map_err(|error| of_toml(&name, &text, &error))?;
        let ids = Ids::new(spec.enforced.iter().map(Spanned::get_ref), &[]);
        self.enforced.push(ids.map_err(|(number, error)| {
            fault(&name, &text, spec.enforced[number].span().start, &format!("{error:#}"))
        })?);
        self.block = self.block.max(spec.block);
        self.refuses_skip |= spec.allow_skip == Some(false);
        if let Some(allows) = spec.allow_push_skip {
            self.allows_push_skip = Some(allows && self.allows_push_skip.unwrap_or(true));
        }
        if let Some(size) = spec.max_archive_size {
            let read = crate::git::size(size.get_ref());
            let read = read
                .map_err(|error| fault(&name, &text, size.span().start, &format!("{error:#}")))?;
            self.least_archive = self.least_archive.max(Some(read));
        }
        Ok(())
    }

    /// Whether a detector may be neither allowed nor disabled.
    #[must_use]
    pub fn enforces(&self, id: &str) -> bool {
        self.enforced.iter().any(|ids| ids.hold(id))
    }
}
