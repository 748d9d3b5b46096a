//! Where a user's and a machine's files lie, and how they are read.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};

/// The machine's files.
const SYSTEM: &str = "/etc/keystop";
/// Names a policy that holds beside the machine's own.
pub const POLICY: &str = "KEYSTOP_POLICY";
/// No file of settings is larger, in bytes.
const LARGEST: u64 = 1 << 20;

/// The folder of a user's settings, whatever the program.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value: &std::ffi::OsString| !value.is_empty());
    // A relative one is to be ignored, as the standard has it: it would be the repository's word.
    let config = set("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    config.or_else(|| {
        let home = PathBuf::from(set("HOME").or_else(|| set("USERPROFILE"))?);
        home.is_absolute().then(|| home.join(".config"))
    })
}

/// The user's settings.
#[must_use]
pub fn user_file() -> Option<PathBuf> {
    folder().map(|folder| folder.join("keystop/config.toml"))
}

/// The machine's settings.
#[must_use]
pub fn system_file() -> PathBuf {
    Path::new(SYSTEM).join("config.toml")
}

/// One more policy that the command line names.
static GIVEN: OnceLock<PathBuf> = OnceLock::new();

/// Lets one more policy hold in this process; it must be there. Only the first call counts.
pub fn also_policy(path: PathBuf) {
    let _ = GIVEN.set(path);
}

/// The policies that hold: the machine's, and those that the environment and the command line
/// name. All of them bind, so
/// that naming another takes nothing away.
#[must_use]
pub fn policies() -> Vec<(PathBuf, bool)> {
    let own = (Path::new(SYSTEM).join("policy.toml"), false);
    let named = std::env::var_os(POLICY).filter(|path| !path.is_empty());
    let named = named.map(PathBuf::from).into_iter().chain(GIVEN.get().cloned());
    std::iter::once(own).chain(named.map(|path| (path, true))).collect()
}

/// A file's text; `None` where there is none.
///
/// # Errors
/// Something there that cannot be read, is no file, or is too large.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    };
    let what = || format!("reading {}", path.display());
    // Opened before it is asked about, so that no other file is read than was looked at.
    ensure!(file.metadata().with_context(what)?.is_file(), "{} is no file", path.display());
    let mut text = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut text).with_context(what)?;
    ensure!(text.len() as u64 <= LARGEST, "{} is over {LARGEST} bytes", path.display());
    Ok(Some(text))
}
