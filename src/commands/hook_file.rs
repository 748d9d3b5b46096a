//! One hook's file: written, set aside, put back.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Every hook of ours has this below its first line, which names what runs it.
const MARK: &[u8] = b"\n# keystop: ";
/// What an existing hook is called while ours stands in its place.
pub(super) const ASIDE: &str = "before-keystop";

/// What was there before a hook was written.
pub(super) enum Change {
    /// Nothing.
    New(PathBuf),
    /// A hook of ours with another text.
    Ours(PathBuf, Vec<u8>),
    /// Somebody else's, now set aside.
    Foreign(PathBuf, PathBuf),
}

impl Change {
    /// Puts it back.
    pub(super) fn undo(self) {
        // Nothing more can be done where the file system refuses this too.
        let _ = match self {
            Change::New(hook) => fs::remove_file(hook),
            Change::Ours(hook, text) => fs::write(hook, text),
            Change::Foreign(hook, aside) => fs::rename(aside, hook),
        };
    }
}

/// Writes a hook; one of somebody else's is moved aside and will be run after ours.
pub(super) fn place(folder: &Path, name: &str, text: &str) -> Result<(String, Option<Change>)> {
    let hook = folder.join(name);
    let mut said = String::new();
    let change = if is_ours(&hook) {
        let there = fs::read(&hook).with_context(|| format!("reading {}", hook.display()))?;
        if there == text.as_bytes() && is_executable(&hook) {
            return Ok((said, None));
        }
        Change::Ours(hook.clone(), there)
    } else if fs::symlink_metadata(&hook).is_ok() {
        let aside = folder.join(format!("{name}.{ASIDE}"));
        said = if is_executable(&hook) {
            format!("{name}: the hook that was there runs after keystop's\n")
        } else {
            format!(
                "{name}: the hook that was there is kept; git ignored it, since it is not executable\n"
            )
        };
        fs::rename(&hook, &aside).with_context(|| format!("moving {} aside", hook.display()))?;
        Change::Foreign(hook.clone(), aside)
    } else {
        Change::New(hook.clone())
    };
    let temporary = folder.join(format!(".{name}.keystop-{}", std::process::id()));
    let written = fs::write(&temporary, text)
        .and_then(|()| make_executable(&temporary))
        .and_then(|()| fs::rename(&temporary, &hook));
    if let Err(error) = written {
        let _ = fs::remove_file(&temporary);
        if matches!(change, Change::Foreign(..)) {
            change.undo();
        }
        return Err(error).with_context(|| format!("writing {}", hook.display()));
    }
    Ok((said + &format!("{name}: installed\n"), Some(change)))
}

/// Takes a hook of ours out and puts back what was set aside for it.
pub(super) fn remove(folder: &Path, name: &str) -> Result<String> {
    let hook = folder.join(name);
    let aside = folder.join(format!("{name}.{ASIDE}"));
    let moved = fs::symlink_metadata(&aside).is_ok();
    if fs::symlink_metadata(&hook).is_ok() && !is_ours(&hook) {
        let note = format!("{name}: left alone, it is not keystop's (any more)\n");
        return Ok(if moved { note } else { String::new() });
    }
    if moved {
        // Over ours, in one step: there is never no hook.
        fs::rename(&aside, &hook).with_context(|| format!("putting back {}", hook.display()))?;
        return Ok(format!("{name}: put back what was there before\n"));
    }
    match fs::remove_file(&hook) {
        Ok(()) => Ok(format!("{name}: taken out\n")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error).with_context(|| format!("removing {}", hook.display())),
    }
}

/// Whether keystop wrote the file.
pub(super) fn is_ours(hook: &Path) -> bool {
    fs::symlink_metadata(hook).is_ok_and(|about| about.is_file())
        && fs::read(hook).is_ok_and(|text| {
            let first = memchr::memchr(b'\n', &text).unwrap_or(text.len());
            text.starts_with(b"#!") && text[first..].starts_with(MARK)
        })
}

/// Whether somebody else's hook has to run after ours.
pub(super) fn is_chained(folder: &Path, name: &str) -> bool {
    let hook = folder.join(name);
    fs::symlink_metadata(folder.join(format!("{name}.{ASIDE}"))).is_ok()
        || fs::symlink_metadata(&hook).is_ok() && !is_ours(&hook)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o111 == 0o111)
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}
