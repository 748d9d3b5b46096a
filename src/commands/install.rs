//! `keystop install` and `keystop uninstall`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::hook_file::{ASIDE, is_chained, is_ours, place, remove};
use super::{Hook, print};
use crate::cli::{InstallArgs, ScopeArgs};

/// The hooks as they lie in `hooks/`.
const TEMPLATES: &[(&str, &str)] = &[
    ("pre-commit", include_str!("../../hooks/pre-commit")),
    ("pre-merge-commit", include_str!("../../hooks/pre-merge-commit")),
    ("commit-msg", include_str!("../../hooks/commit-msg")),
    ("pre-push", include_str!("../../hooks/pre-push")),
    (ON_SERVERS, include_str!("../../hooks/pre-receive")),
];

/// The hook for what a repository is sent; it is put in where it is asked for by name.
const ON_SERVERS: &str = "pre-receive";

/// The same for the hooks of a commit, where no other hook is there to run after it. A shell would
/// cost every commit half as much again. A push keeps it: git waits for ever for a pre-push hook
/// that it cannot start, instead of failing.
const DIRECT: &str = include_str!("../../hooks/direct");

/// Runs the repository's own hook where git's global setting would hide it.
const FORWARD: &str = include_str!("../../hooks/forward");

/// Hooks that only have to be forwarded. Left out are those whose mere presence changes what git
/// does (push-to-checkout) or that run many times a command (reference-transaction,
/// post-index-change).
const FORWARDED: &[&str] = &[
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "prepare-commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-auto-gc",
    "post-rewrite",
    "sendemail-validate",
    "pre-receive",
    "update",
    "post-receive",
    "post-update",
];

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
        ensure!(
            names.contains(&name.as_str()),
            "{name:?} is no hook of keystop's: {}",
            names.join(", ")
        );
    }
    let folder = HooksFolder::find(&arguments.scope)?;
    let is_new = !folder.path.exists();
    fs::create_dir_all(&folder.path)
        .with_context(|| format!("creating {}", folder.path.display()))?;
    let hooks = hooks(&folder, &arguments.only)?;
    // Everything that can be refused is refused before anything is changed.
    for (name, _) in &hooks {
        folder.refuse_third(name)?;
    }
    let mut placed = Vec::new();
    let mut out = String::new();
    let outcome = (|| {
        for (name, text) in &hooks {
            let (said, change) = place(&folder.path, name, text)?;
            out += &said;
            placed.extend(change);
        }
        if folder.ours_globally {
            git(&["config", "--global", "core.hooksPath", path_text(&folder.path)?])?;
        }
        Ok(())
    })();
    if let Err(error) = outcome {
        for change in placed.into_iter().rev() {
            change.undo();
        }
        // Only folders that are empty again are removed.
        let mut made = Some(folder.path.as_path()).filter(|_| is_new);
        while let Some(folder) = made.filter(|folder| fs::remove_dir(folder).is_ok()) {
            made = folder.parent();
        }
        return Err(error);
    }
    if folder.ours_globally {
        out += "git's global core.hooksPath now points there; each repository's own hooks run after keystop's\n";
    }
    let where_to = folder.path.display();
    if arguments.only.is_empty()
        && git(&["rev-parse", "--is-bare-repository"]).is_ok_and(|is| is == "true")
    {
        out += "this repository is bare: to judge what is pushed to it, keystop install --only pre-receive\n";
    }
    print(&format!("{out}keystop judges commits and pushes with the hooks in {where_to}\n"))?;
    Ok(0)
}

/// The hooks to be written, by name.
fn hooks(folder: &HooksFolder, only: &[String]) -> Result<Vec<(&'static str, String)>> {
    let binary = std::env::current_exe().context("finding this program's own path")?;
    let binary =
        binary.to_str().context("this program's path is not UTF-8; move it and install again")?;
    let quoted = format!("'{}'", binary.replace('\'', "'\\''"));
    let mut hooks = Vec::new();
    for &(name, template) in TEMPLATES {
        let wanted = only.iter().any(|only| only == name);
        if !wanted && (!only.is_empty() || name == ON_SERVERS) {
            continue;
        }
        if !matches!(name, "pre-push" | ON_SERVERS)
            && !folder.ours_globally
            && !is_chained(&folder.path, name)
            && is_interpreter(binary)
        {
            hooks.push((name, DIRECT.replacen("#!keystop\n", &format!("#!{binary}\n"), 1)));
            continue;
        }
        let mut text = template.replace("\nkeystop=keystop\n", &format!("\nkeystop={quoted}\n"));
        if folder.ours_globally {
            let own = format!("\nnext=$(git rev-parse --git-common-dir)/hooks/{name}\n");
            text = text.replace(&format!("\nnext=$0.{ASIDE}\n"), &own);
            // The repository's own hook lies at its own place and may look at it.
            text = text.replace(&format!("-c '. \"$0.{ASIDE}\"' \"$0\""), "\"$next\"");
        }
        hooks.push((name, text));
    }
    if folder.ours_globally {
        let forwarded = FORWARDED.iter().filter(|name| !only.iter().any(|only| only == *name));
        hooks.extend(forwarded.map(|&name| (name, FORWARD.to_owned())));
    }
    Ok(hooks)
}

/// Whether the kernel can start a program at this path for a hook that names it in its first line:
/// a path without spaces, and shorter than the shortest line any kernel reads.
fn is_interpreter(path: &str) -> bool {
    cfg!(unix)
        && path.len() < 120
        && path.starts_with('/')
        && path.bytes().all(|byte| byte.is_ascii_graphic())
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
        let _ = folder.path.parent().map(fs::remove_dir);
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
            Ok(set) if Path::new(&set) != own => {
                Ok(HooksFolder { path: set.into(), ours_globally: false })
            }
            _ => Ok(HooksFolder { path: own, ours_globally: true }),
        }
    }
}

impl HooksFolder {
    /// A hook of somebody else's beside one that is set aside already cannot be chained.
    fn refuse_third(&self, name: &str) -> Result<()> {
        let (hook, aside) = (self.path.join(name), self.path.join(format!("{name}.{ASIDE}")));
        let foreign = fs::symlink_metadata(&hook).is_ok() && !is_ours(&hook);
        ensure!(
            !(foreign && fs::symlink_metadata(&aside).is_ok()),
            "{} is not keystop's, and {} is there already: merge the two by hand",
            hook.display(),
            aside.display()
        );
        Ok(())
    }
}

fn config_folder() -> Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value: &std::ffi::OsString| !value.is_empty());
    set("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| {
            set("HOME").or_else(|| set("USERPROFILE")).map(|home| Path::new(&home).join(".config"))
        })
        .context("neither XDG_CONFIG_HOME nor HOME is set")
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
