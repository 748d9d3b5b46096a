//! `keystop install` and `keystop uninstall`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::{Hook, print};
use crate::cli::{InstallArgs, ScopeArgs};

/// The hooks as they lie in `hooks/`.
const TEMPLATES: &[(&str, &str)] = &[
    ("pre-commit", include_str!("../../hooks/pre-commit")),
    ("pre-merge-commit", include_str!("../../hooks/pre-merge-commit")),
    ("commit-msg", include_str!("../../hooks/commit-msg")),
    ("pre-push", include_str!("../../hooks/pre-push")),
];

/// Runs the repository's own hook where git's global setting would hide it.
const FORWARD: &str = include_str!("../../hooks/forward");

/// Hooks that only have to be forwarded. Left out are those whose mere presence changes what git
/// does (push-to-checkout) or that run many times a command (reference-transaction,
/// post-index-change).
const FORWARDED: &[&str] = &[
    "applypatch-msg", "pre-applypatch", "post-applypatch", "prepare-commit-msg", "post-commit",
    "pre-rebase", "post-checkout", "post-merge", "pre-auto-gc", "post-rewrite",
    "sendemail-validate", "pre-receive", "update", "post-receive", "post-update",
];

/// The second line of every hook of ours begins like this.
const MARK: &str = "\n# keystop: ";
/// What an existing hook is called while ours stands in its place.
const ASIDE: &str = "before-keystop";

/// The folder hooks go to.
struct HooksFolder {
    path: PathBuf,
    /// A folder of our own that git's global `core.hooksPath` points at.
    ours_globally: bool,
}

/// Puts the hooks in. Doing it again changes nothing.
///
/// # Errors
/// No repository here; a folder that cannot be written; an unknown hook's name.
pub fn install(arguments: &InstallArgs) -> Result<u8> {
    let names: Vec<&str> = Hook::ALL.iter().map(|(name, _)| *name).collect();
    for name in &arguments.only {
        ensure!(names.contains(&name.as_str()), "{name:?} is no hook of keystop's: {}", names.join(", "));
    }
    let folder = HooksFolder::find(&arguments.scope)?;
    fs::create_dir_all(&folder.path).with_context(|| format!("creating {}", folder.path.display()))?;
    let binary = std::env::current_exe().context("finding this program's own path")?;
    let binary = binary.to_str().context("this program's path is not UTF-8; move it and install again")?;
    let mut out = String::new();
    for (name, template) in TEMPLATES {
        if !arguments.only.is_empty() && !arguments.only.iter().any(|only| only == name) {
            continue;
        }
        let quoted = format!("'{}'", binary.replace('\'', "'\\''"));
        let mut text = template.replace("\nkeystop=keystop\n", &format!("\nkeystop={quoted}\n"));
        if folder.ours_globally {
            let own = format!("\nnext=$(git rev-parse --git-common-dir)/hooks/{name}\n");
            text = text.replace(&format!("\nnext=$0.{ASIDE}\n"), &own);
        }
        out += &place(&folder.path, name, &text)?;
    }
    if folder.ours_globally {
        for name in FORWARDED {
            place(&folder.path, name, FORWARD)?;
        }
        git(&["config", "--global", "core.hooksPath", path_text(&folder.path)?])?;
        out += "git's global core.hooksPath now points there; each repository's own hooks run after keystop's\n";
    }
    let where_to = folder.path.display();
    print(&format!("{out}keystop judges commits and pushes with the hooks in {where_to}\n"))?;
    Ok(0)
}

/// Takes out what install put in and puts back what was there.
///
/// # Errors
/// No repository here; a folder that cannot be written.
pub fn uninstall(scope: &ScopeArgs) -> Result<u8> {
    let folder = HooksFolder::find(scope)?;
    let mut out = String::new();
    let names = TEMPLATES.iter().map(|(name, _)| name);
    let forwarded = FORWARDED.iter().filter(|_| folder.ours_globally);
    for name in names.chain(forwarded) {
        out += &remove(&folder.path, name)?;
    }
    if folder.ours_globally {
        // Unsetting what is not set is no error worth a word.
        let _ = git(&["config", "--global", "--unset", "core.hooksPath"]);
        let _ = fs::remove_dir(&folder.path);
    }
    if out.is_empty() {
        out = format!("no hook of keystop's in {}\n", folder.path.display());
    }
    print(&out)?;
    Ok(0)
}

impl HooksFolder {
    fn find(scope: &ScopeArgs) -> Result<HooksFolder> {
        if !scope.global {
            let path = git(&["rev-parse", "--path-format=absolute", "--git-path", "hooks"])
                .context("finding this repository's hooks (in a repository, or with --global?)")?;
            return Ok(HooksFolder { path: path.into(), ours_globally: false });
        }
        let own = config_folder()?.join("keystop").join("hooks");
        match git(&["config", "--global", "--type=path", "--get", "core.hooksPath"]) {
            Ok(set) if Path::new(&set) != own => Ok(HooksFolder { path: set.into(), ours_globally: false }),
            _ => Ok(HooksFolder { path: own, ours_globally: true }),
        }
    }
}

fn config_folder() -> Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value: &std::ffi::OsString| !value.is_empty());
    set("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").or_else(|| set("USERPROFILE")).map(|home| Path::new(&home).join(".config")))
        .context("neither XDG_CONFIG_HOME nor HOME is set")
}

/// Writes a hook; one of somebody else's is moved aside and will be run after ours.
fn place(folder: &Path, name: &str, text: &str) -> Result<String> {
    let hook = folder.join(name);
    let aside = folder.join(format!("{name}.{ASIDE}"));
    let mut said = String::new();
    match fs::symlink_metadata(&hook) {
        Ok(_) if is_ours(&hook) => {
            if fs::read_to_string(&hook).is_ok_and(|there| there == text) && is_executable(&hook) {
                return Ok(said);
            }
        }
        Ok(_) => {
            ensure!(
                fs::symlink_metadata(&aside).is_err(),
                "{} is not keystop's, and {} is there already: merge the two by hand",
                hook.display(),
                aside.display()
            );
            fs::rename(&hook, &aside).with_context(|| format!("moving {} aside", hook.display()))?;
            said = format!("{name}: the hook that was there runs after keystop's\n");
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("looking at {}", hook.display())),
    }
    let temporary = folder.join(format!(".{name}.keystop-{}", std::process::id()));
    let written = fs::write(&temporary, text)
        .and_then(|()| make_executable(&temporary))
        .and_then(|()| fs::rename(&temporary, &hook));
    if let Err(error) = written {
        let _ = fs::remove_file(&temporary);
        if !said.is_empty() {
            let _ = fs::rename(&aside, &hook);
        }
        return Err(error).with_context(|| format!("writing {}", hook.display()));
    }
    Ok(said + &format!("{name}: installed\n"))
}

fn remove(folder: &Path, name: &str) -> Result<String> {
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

fn is_ours(hook: &Path) -> bool {
    fs::read(hook).is_ok_and(|text| memchr::memmem::find(&text, MARK.as_bytes()).is_some())
}

fn git(arguments: &[&str]) -> Result<String> {
    let out = Command::new("git")
        .args(arguments)
        .output()
        .context("starting git: is it installed and on PATH?")?;
    if !out.status.success() {
        bail!("git {}: {}", arguments[0], String::from_utf8_lossy(out.stderr.trim_ascii()));
    }
    // Only the line's own end is git's; a folder's name may end in a space.
    let line = out.stdout.strip_suffix(b"\n").unwrap_or(&out.stdout);
    String::from_utf8(line.to_vec()).context("git printed a path that is not UTF-8")
}

fn path_text(path: &Path) -> Result<&str> {
    OsStr::to_str(path.as_os_str()).with_context(|| format!("{} is not UTF-8", path.display()))
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
