//! Writing a file so that whoever reads it finds the old one or the new one, never a part.

use std::fs;
use std::io::Write;
use std::path::Path;

/// Puts `text` in the place of what the file holds, whenever the process ends.
pub(super) fn replace(path: &Path, text: &[u8]) -> std::io::Result<()> {
    // Always the same name: what a killed process left is overwritten by the next.
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let _ = fs::remove_file(&new);
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&new)
        .and_then(|mut file| file.write_all(text).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}
