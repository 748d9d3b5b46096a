//! How large the files and archives may be that are judged.

use anyhow::{Result, bail};

use super::Store;

/// The largest file that is judged unless the user says otherwise, in bytes: a file is held in
/// memory as a whole.
pub const LARGEST_FILE: u64 = 512 << 20;

/// No setting makes the limit smaller, in bytes: reading the settings costs more than the files of
/// most commits.
pub(super) const SMALLEST_LIMIT: u64 = 1 << 20;

/// Refuses a file over the limit, naming the option that raises it.
///
/// # Errors
/// A `size` over `limit`.
pub fn within(size: u64, limit: u64, option: &str) -> Result<()> {
    if size > limit {
        bail!(
            "not judged: {size} bytes are over the limit of {limit}; raise it with {option} (a file is held in memory)"
        );
    }
    Ok(())
}

impl Store {
    /// Judges files up to this size, in bytes, whatever the settings say.
    pub fn limit_files(&mut self, largest: u64) {
        self.largest_file = Some(largest);
    }

    /// Judges files up to this size, in bytes, unless git's settings say otherwise.
    pub fn usually_limit_files(&mut self, largest: u64) {
        self.usual_largest = largest.max(SMALLEST_LIMIT);
    }

    /// The largest file that is judged: what the user set, else [`LARGEST_FILE`].
    pub(super) fn largest_file(&mut self) -> Result<u64> {
        if let Some(limit) = self.largest_file {
            return Ok(limit);
        }
        let set = self.number("keystop.maxFileSize")?;
        let limit = set.map_or(self.usual_largest, |limit| limit.max(SMALLEST_LIMIT as i64) as u64);
        Ok(*self.largest_file.insert(limit))
    }

    /// How much is unpacked out of one file, if that was set.
    ///
    /// # Errors
    /// Settings that cannot be read.
    pub fn archive_limit(&mut self) -> Result<Option<u64>> {
        if self.archive_limit.is_none() {
            let set = self.number("keystop.maxArchiveSize")?;
            self.archive_limit = Some(set.map(|limit| limit.max(0) as u64));
        }
        Ok(self.archive_limit.flatten().or(self.usual_archive))
    }

    /// Unpacks so much, in bytes, unless git's settings say otherwise.
    pub fn usually_limit_archives(&mut self, most: u64) {
        self.usual_archive = Some(most);
    }

    /// Takes that limit from the command line instead of the settings.
    pub fn limit_archives(&mut self, limit: u64) {
        self.archive_limit = Some(Some(limit));
    }

    /// A number among git's settings.
    fn number(&mut self, name: &str) -> Result<Option<i64>> {
        self.either(|libgit| libgit.number(name), |program| program.number(name))
    }
}
