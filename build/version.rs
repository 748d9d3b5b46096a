//! A digest of everything in the sources on which the verdict on a text depends: what was found clean
//! by another version speaks for nothing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// What is covered besides most of `src`. Too much costs a cache, too little a finding.
const ALSO: &[&str] = &[
    "Cargo.lock",
    "build",
    "detectors",
    "src/commands/archive.rs",
    "src/commands/blob.rs",
    "src/commands/history.rs",
    "src/commands/judge.rs",
    "src/commands/prescan.rs",
    "src/git/tree.rs",
];

/// What only wires commands, reads bytes, or tells what was found.
const NOT: &[&str] = &[
    "cli",
    "cli.rs",
    "commands",
    "config",
    "finding.rs",
    "fingerprint.rs",
    "git",
    "image",
    "lib.rs",
    "main.rs",
    "redaction.rs",
    "report",
];

/// The folders and files that are covered.
pub fn covered() -> Result<Vec<PathBuf>> {
    let mut covered: Vec<PathBuf> = ALSO.iter().map(PathBuf::from).collect();
    for entry in fs::read_dir("src").context("reading src")? {
        let entry = entry?;
        if !NOT.iter().any(|name| entry.file_name() == *name) {
            covered.push(entry.path());
        }
    }
    // A watched path that is not there makes every build run the script again.
    covered.retain(|path| path.exists());
    covered.sort();
    Ok(covered)
}

/// The digest, in hex.
pub fn digest() -> Result<String> {
    let mut hash = Sha256::new();
    for path in covered()? {
        add(&path, &mut hash)?;
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn add(path: &Path, hash: &mut Sha256) -> Result<()> {
    let what = || path.display().to_string();
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(what)?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        paths.sort();
        return paths.iter().try_for_each(|path| add(path, hash));
    }
    let text = fs::read(path).with_context(what)?;
    hash.update(format!("{} {}\n", path.display(), text.len()));
    hash.update(text);
    Ok(())
}
