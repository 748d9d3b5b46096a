//! The entries of a layer, one after the other.

use std::collections::hash_map::RandomState;
use std::io::Read;

use anyhow::{Context, Result, anyhow};

use super::archive::Archive;
use super::reader::{Part, See};
use super::trail::{Trail, plain};
use crate::redaction::visible;

/// The entries of a layer.
pub(super) fn layer(
    input: &mut dyn Read,
    state: &RandomState,
    trail: &mut Trail,
    entries: &mut u64,
    see: See,
) -> Result<()> {
    let mut archive = Archive::new(input);
    while let Some(entry) = archive.next()? {
        *entries = entries
            .checked_sub(1)
            .context("not judged: the image's layers hold more than 10,000,000 files")?;
        let path = plain(&entry.path);
        let shown = || visible(&path);
        if leaves_folder(&entry.path) {
            see(Part::Fault(anyhow!("{}: the path leads out of the image", shown())))?;
        }
        if trail.note(state, &path, &entry) {
            see(Part::Fault(anyhow!("{} stands in the layer twice", shown())))?;
        }
        see(Part::Inside { path: &path, entry: &entry, content: &mut archive })
            .with_context(shown)?;
    }
    Ok(())
}

/// Whether a path leads through `..`.
pub(super) fn leaves_folder(path: &[u8]) -> bool {
    path.split(|&byte| byte == b'/').any(|part| part == b"..")
}
