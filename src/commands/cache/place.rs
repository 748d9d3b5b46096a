//! Where caches lie, and which folders are not trusted.

use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail, ensure};

use crate::git::Store;

/// All caches of a folder together have so many bytes; those that lay longest go first.
const MOST: u64 = 256 << 20;
/// One that nobody asked for so long goes too.
const OLDEST: Duration = Duration::from_secs(90 * 86_400);

/// A folder of caches, made if it is not there; `None` where the user has no home.
///
/// # Errors
/// A folder that others could write to, or that came with a repository.
pub(super) fn folder(store: &Store, name: &str) -> Result<Option<PathBuf>> {
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || set("HOME").or_else(|| set("USERPROFILE")).map(|home| home.join(".cache"));
    let Some(caches) = set("XDG_CACHE_HOME").or_else(home) else { return Ok(None) };
    let own = caches.join("keystop");
    let folder = own.join(name);
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).with_context(|| format!("making {}", folder.display()))?;
    // Where it truly lies, whatever links lead there.
    let folder = folder.canonicalize().with_context(|| format!("{}", folder.display()))?;
    for part in [&folder, folder.parent().unwrap_or(&folder)] {
        ensure!(is_private(part)?, "others may write to {}", part.display());
    }
    for part in folder.ancestors() {
        ensure!(!is_open(part)?, "everybody may write to {}", part.display());
        if part.join(".git").symlink_metadata().is_ok() {
            bail!("{} is inside a repository; XDG_CACHE_HOME can name another", folder.display());
        }
    }
    for part in [Some(store.common_dir()), store.work_tree()].into_iter().flatten() {
        if part.canonicalize().is_ok_and(|part| folder.starts_with(part)) {
            bail!("{} is inside the repository", folder.display());
        }
    }
    Ok(Some(folder))
}

/// Whether a folder or file is this user's, and nobody else may write to it.
#[cfg(unix)]
pub(super) fn is_private(path: &Path) -> Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let about = fs::symlink_metadata(path)?;
    let is_ours = about.uid() == rustix::process::geteuid().as_raw();
    Ok(is_ours && about.mode() & 0o022 == 0 && !about.is_symlink())
}

#[cfg(not(unix))]
pub(super) fn is_private(_: &Path) -> Result<bool> {
    Ok(true)
}

/// Whether everybody may put another folder in the place of what lies here.
#[cfg(unix)]
fn is_open(path: &Path) -> Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let mode = fs::metadata(path)?.mode();
    Ok(mode & 0o002 != 0 && mode & 0o1000 == 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> Result<bool> {
    Ok(false)
}

/// Removes the caches that are old or too many; `kept` stays.
pub(super) fn tidy(folder: &Path, kept: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(SystemTime, u64, PathBuf)> = { entries }
        .filter_map(|entry| {
            let about = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((about.modified().ok()?, about.len(), entry.path()))
        })
        .collect();
    // The youngest first.
    files.sort_by(|one, other| other.cmp(one));
    let mut all = 0;
    for (modified, size, path) in files {
        all += size;
        let is_old = modified.elapsed().is_ok_and(|age| age > OLDEST);
        if path != kept && (all > MOST || is_old) {
            let _ = fs::remove_file(path);
        }
    }
}
