//! A digest of everything in the sources on which the verdict on a text depends: what was found clean
//! by another version speaks for nothing.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What is covered besides most of `src`. Too much costs a cache, too little a finding.
const ALSO: &[&str] = &[
    "Cargo.lock",
    "build",
    "detectors",
    "src/commands/archive.rs",
    "src/commands/blob.rs",
    "src/commands/history.rs",
    "src/commands/judge",
    "src/commands/judge.rs",
    "src/commands/prescan.rs",
    "src/git/delta.rs",
    "src/git/descent.rs",
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

/// The digest, in hex: of 128 bits, by the standard library's hash. Nobody gains by two sources that
/// share one, and a stronger hash would have to be built before the build can begin.
pub fn digest() -> Result<String> {
    let mut hashes = [DefaultHasher::new(), DefaultHasher::new()];
    hashes[1].write(b"once more");
    for hash in &mut hashes {
        for path in covered()? {
            add(&path, hash)?;
        }
    }
    Ok(hashes.map(|hash| format!("{:016x}", hash.finish())).concat())
}

fn add(path: &Path, hash: &mut DefaultHasher) -> Result<()> {
    let what = || path.display().to_string();
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(what)?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        paths.sort();
        return paths.iter().try_for_each(|path| add(path, hash));
    }
    let text = fs::read(path).with_context(what)?;
    hash.write(format!("{} {}\n", path.display(), text.len()).as_bytes());
    hash.write(&text);
    Ok(())
}
