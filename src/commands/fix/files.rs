//! Writes files so that a death at any moment leaves the old content or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Replaces a file through a temporary one in git's folder, which nobody commits from. `private`
/// gives it mode 600; else it keeps the mode it has.
pub(super) fn replace(file: &Path, content: &[u8], folder: &Path, private: bool) -> Result<()> {
    let what = || format!("writing {}", file.display());
    fs::create_dir_all(folder).with_context(what)?;
    let temporary = folder.join("next");
    remove(&temporary)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut next: File = options.open(&temporary).with_context(what)?;
    next.write_all(content).and_then(|()| next.sync_all()).with_context(what)?;
    if !private {
        let permissions = match fs::metadata(file) {
            Ok(about) => Some(about.permissions()),
            Err(_) => usual_permissions(),
        };
        if let Some(permissions) = permissions {
            next.set_permissions(permissions).with_context(what)?;
        }
    }
    drop(next);
    step();
    fs::rename(&temporary, file).with_context(what)?;
    step();
    Ok(())
}

#[cfg(unix)]
fn usual_permissions() -> Option<fs::Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

#[cfg(not(unix))]
fn usual_permissions() -> Option<fs::Permissions> {
    None
}

/// Deletes a file, if it is there.
pub(super) fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("deleting {}", file.display()))
        }
        _ => Ok(()),
    }
}

/// What a plain file holds; nothing where there is none.
pub(super) fn read(file: &Path) -> Result<Option<Vec<u8>>> {
    let what = || format!("reading {}", file.display());
    match fs::symlink_metadata(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(what),
        Ok(about) if !about.is_file() => bail!("{} is no plain file", file.display()),
        Ok(_) => {}
    }
    fs::read(file).map(Some).with_context(what)
}

/// The lines added to a file, and what it holds then. Lines that it has already are left out.
pub(super) fn with_lines(file: &Path, lines: &[Vec<u8>]) -> Result<(Vec<u8>, Vec<Vec<u8>>)> {
    let mut content = read(file)?.unwrap_or_default();
    let mut added = Vec::new();
    for line in lines {
        if content.split(|&byte| byte == b'\n').any(|there| there.trim_ascii_end() == *line) {
            continue;
        }
        if !content.is_empty() && !content.ends_with(b"\n") {
            content.push(b'\n');
        }
        content.extend_from_slice(line);
        content.push(b'\n');
        added.push(line.clone());
    }
    Ok((content, added))
}

/// Takes lines out again; deletes a file that then holds nothing.
pub(super) fn without_lines(
    file: &Path,
    lines: &[Vec<u8>],
    folder: &Path,
    private: bool,
) -> Result<()> {
    let Some(content) = read(file)?.filter(|_| !lines.is_empty()) else { return Ok(()) };
    let kept: Vec<u8> = content
        .split_inclusive(|&byte| byte == b'\n')
        .filter(|line| !lines.iter().any(|added| line.trim_ascii_end() == *added))
        .flatten()
        .copied()
        .collect();
    if kept.is_empty() { remove(file) } else { replace(file, &kept, folder, private) }
}

/// Marks a moment at which the process may die; in builds for tests it does, where
/// `KEYSTOP_DIE_AT` says so.
#[cfg(debug_assertions)]
pub(super) fn step() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static STEPS: AtomicUsize = AtomicUsize::new(0);
    let passed = STEPS.fetch_add(1, Ordering::Relaxed) + 1;
    if std::env::var("KEYSTOP_DIE_AT").is_ok_and(|number| number == passed.to_string()) {
        std::process::exit(137);
    }
}

#[cfg(not(debug_assertions))]
pub(super) fn step() {}
