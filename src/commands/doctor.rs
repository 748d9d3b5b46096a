//! `keystop doctor`: proves with a made-up key that the hooks of this repository run and stop it.
//!
//! The key stands in an index, a commit and a message of a folder of its own, beside which the
//! repository's settings and objects hold; git itself starts the hooks. Nothing is written to the
//! repository. Hooks that do not begin with keystop are not started: who knows what they do.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::hook_file::is_ours;
use super::{Hook, print};
use crate::detector::example;
use crate::redaction::visible;

/// What must be found, and a line that holds such a key once it is filled in.
const DETECTOR: &str = "stripe-live-secret-key";
const CANARY: &str = "stripe_key = 'sk_live_‹base62 24›'\n";

/// Variables that would point git, or the hooks, at something else than what a commit here meets.
const STEERING: &[&str] = &["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"];

/// What became of a hook.
enum Verdict {
    Stops,
    Fails(String),
}

/// Runs the command and returns the exit code: 0 where every hook stops the key, 1 where one does not.
///
/// # Errors
/// No repository here, a git that fails, a temporary folder that cannot be written.
pub fn doctor() -> Result<u8> {
    let top = PathBuf::from(git(&["rev-parse", "--show-toplevel"])?);
    // Git takes a relative core.hooksPath from there.
    std::env::set_current_dir(&top).context("going to the top of the work tree")?;
    let hooks = ["rev-parse", "--path-format=absolute", "--git-path", "hooks"];
    let hooks = PathBuf::from(git(&hooks)?);
    let mut said = format!("keystop {}\n", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(said, "hooks in {}", visible(hooks.to_string_lossy().as_bytes()));
    let path = ["config", "--show-scope", "--show-origin", "--get", "core.hooksPath"];
    if let Ok(set) = git(&path) {
        let set = set.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        let _ = writeln!(said, "  since core.hooksPath is set: {}", visible(set.as_bytes()));
    }
    for name in STEERING.iter().filter(|name| std::env::var_os(name).is_some()) {
        let _ = writeln!(
            said,
            "  {name} is set in this shell: git may be somewhere else than you think"
        );
    }
    if std::env::var_os("KEYSTOP_SKIP").is_some() {
        said.push_str(
            "  KEYSTOP_SKIP is set in this shell: it lets findings pass; unset KEYSTOP_SKIP\n",
        );
    }
    let bench = Bench::new(&top)?;
    let mut failed = 0;
    for (name, _) in Hook::ALL.iter().filter(|(name, _)| *name != "pre-receive") {
        match bench.judge(&hooks.join(name), name)? {
            Verdict::Stops => {
                let _ = writeln!(said, "ok      {name}: runs, and stopped a made-up key");
            }
            Verdict::Fails(why) => {
                failed += 1;
                let _ = writeln!(said, "NOT OK  {name}: {why}");
            }
        }
    }
    print(&said)?;
    Ok(u8::from(failed > 0))
}

/// A git folder of its own beside the repository's settings and objects; gone when it is dropped.
struct Bench {
    folder: PathBuf,
    top: PathBuf,
    common: PathBuf,
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Bench {
    fn new(top: &Path) -> Result<Bench> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).context("asking the system for random bytes")?;
        let seed = u64::from_le_bytes(random);
        let folder = std::env::temp_dir().join(format!("keystop-doctor-{seed:016x}"));
        let common =
            PathBuf::from(git(&["rev-parse", "--path-format=absolute", "--git-common-dir"])?);
        let bench = Bench { folder, top: top.to_owned(), common };
        let what = || format!("writing {}", bench.folder.display());
        for name in ["git", "objects"] {
            fs::create_dir_all(bench.folder.join(name)).with_context(what)?;
        }
        let head = git(&["rev-parse", "--verify", "--quiet", "HEAD"]).ok();
        let at = head.clone().unwrap_or_else(|| "ref: refs/heads/keystop-doctor".to_owned());
        let common = format!("{}\n", bench.common.display());
        for (name, content) in [("HEAD", format!("{at}\n")), ("commondir", common)] {
            fs::write(bench.folder.join("git").join(name), content).with_context(what)?;
        }
        let canary = example::fill(CANARY, seed)?;
        fs::write(bench.message(), &canary).with_context(what)?;
        if head.is_some() {
            bench.run(&["read-tree", "HEAD"], b"")?;
        }
        let blob = bench.run(&["hash-object", "-w", "--stdin"], canary.as_bytes())?;
        let entry = format!("100644,{blob},keystop-doctor.py");
        bench.run(&["update-index", "--add", "--cacheinfo", &entry], b"")?;
        let tree = bench.run(&["write-tree"], b"")?;
        let mut commit = vec!["commit-tree", tree.as_str(), "-m", "keystop doctor"];
        if let Some(head) = &head {
            commit.extend(["-p", head]);
        }
        let commit = bench.run(&commit, b"")?;
        let none = "0".repeat(commit.len());
        let line = format!("refs/heads/keystop-doctor {commit} refs/heads/keystop-doctor {none}\n");
        fs::write(bench.folder.join("refs"), line).with_context(what)?;
        Ok(bench)
    }

    fn message(&self) -> PathBuf {
        self.folder.join("git/COMMIT_EDITMSG")
    }

    /// Git in the folder of its own.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .args(arguments)
            .current_dir(&self.top)
            .env("GIT_DIR", self.folder.join("git"))
            .env("GIT_WORK_TREE", &self.top)
            .env("GIT_OBJECT_DIRECTORY", self.folder.join("objects"))
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", self.common.join("objects"))
            .env_remove("GIT_INDEX_FILE")
            .env_remove("KEYSTOP_SKIP")
            // The last run is the user's, not this one.
            .env("KEYSTOP_RECORD", "none")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in [("NAME", "keystop doctor"), ("EMAIL", "doctor@example.com")] {
            command.env(format!("GIT_AUTHOR_{name}"), value);
            command.env(format!("GIT_COMMITTER_{name}"), value);
        }
        command
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<String> {
        let mut child = self.command(arguments).spawn().context("starting git")?;
        child.stdin.take().context("git's input")?.write_all(input).context("writing to git")?;
        let out = child.wait_with_output().context("waiting for git")?;
        let said = String::from_utf8_lossy(&out.stderr);
        ensure!(out.status.success(), "git {}: {}", arguments[0], said.trim());
        Ok(String::from_utf8_lossy(out.stdout.trim_ascii()).into_owned())
    }

    /// Lets git start a hook as it would, and sees what comes of it.
    fn judge(&self, hook: &Path, name: &str) -> Result<Verdict> {
        let fails = |why: &str| Ok(Verdict::Fails(why.to_owned()));
        let Ok(about) = fs::metadata(hook) else {
            return fails("there is no such hook: keystop install");
        };
        if !is_executable(&about) {
            let file = crate::report::quote(hook.to_string_lossy().as_bytes());
            return Ok(Verdict::Fails(format!(
                "it may not be run, so git skips it: chmod +x {file}"
            )));
        }
        if !is_ours(hook) {
            return fails(
                "the hook there is not keystop's and was not started: keystop install puts keystop's before it",
            );
        }
        let (message, refs) =
            (self.message(), format!("--to-stdin={}", self.folder.join("refs").display()));
        let message = message.to_string_lossy();
        let arguments: &[&str] = match name {
            "commit-msg" => &["hook", "run", name, "--", message.as_ref()],
            "pre-push" => &["hook", "run", &refs, name, "--", "keystop-doctor", "keystop-doctor"],
            _ => &["hook", "run", name],
        };
        let out = self.command(arguments).stdin(Stdio::null()).output().context("starting git")?;
        let said = String::from_utf8_lossy(&out.stderr);
        if !out.status.success() && said.contains(DETECTOR) {
            return Ok(Verdict::Stops);
        }
        if out.status.success() {
            return Ok(Verdict::Fails(format!(
                "it let a made-up key pass: is {DETECTOR} disabled or allowed here, or an old keystop named in {}?",
                hook.display()
            )));
        }
        let first = said.lines().next().unwrap_or("it said nothing");
        Ok(Verdict::Fails(visible(&crate::redaction::without_keys(first.as_bytes()))))
    }
}

#[cfg(unix)]
fn is_executable(about: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    true
}

fn git(arguments: &[&str]) -> Result<String> {
    let out = Command::new("git").args(arguments).output().context("starting git")?;
    let said = String::from_utf8_lossy(&out.stderr);
    ensure!(out.status.success(), "git {}: {}", arguments[0], said.trim());
    Ok(String::from_utf8_lossy(&out.stdout).trim_end().to_owned())
}
