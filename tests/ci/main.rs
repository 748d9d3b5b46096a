//! `keystop ci`: each platform's variables as its documentation gives them, over clones as the
//! platform makes them.
//!
//! In every scene one key stands before the run's commits (`old.py`), one on a branch that is none
//! of the run's (`other.py`), and one among them (`pay.py`), taken out again by the last of them.

#[path = "../support/grammar.rs"]
mod grammar;
#[path = "../support/mod.rs"]
mod support;

mod github;
mod gitlab;
mod hosted;
mod own;
mod parity;
mod pieces;
mod shallow;
mod usage;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{KEYSTOP, Repo, Run, Sandbox, keys};

pub(crate) const ZERO: &str = "0000000000000000000000000000000000000000";

/// A server, a developer's clone of it, and the ids of what was pushed.
pub(crate) struct Scene<'a> {
    pub sandbox: &'a Sandbox,
    pub dev: Repo<'a>,
    /// The server's address.
    pub url: String,
    /// What `main` points at.
    pub main: String,
}

/// A line of Python with a key that is planted from now on.
pub(crate) fn secret(sandbox: &Sandbox, seed: u64) -> String {
    let key = keys::stripe(seed);
    sandbox.plant(&key.body);
    format!("stripe.api_key = '{}'\n", key.value())
}

impl<'a> Scene<'a> {
    /// `main` with an old key, and the branch `other` with another.
    pub fn new(sandbox: &'a Sandbox) -> Scene<'a> {
        let dev = sandbox.bare_of_hooks("dev");
        let server = sandbox.remote("server.git");
        for set in ["uploadpack.allowAnySHA1InWant", "uploadpack.allowFilter"] {
            sandbox.run(&server, "git", &["config", set, "true"], &[], b"").expect(0);
        }
        let url = format!("file://{}", server.display());
        dev.git(&["remote", "add", "origin", &url]).expect(0);
        let mut scene = Scene { sandbox, dev, url, main: String::new() };
        scene.commit("README.md", "a project\n");
        scene.commit("old.py", secret(sandbox, 1));
        scene.main = scene.commit("old.py", secret(sandbox, 1) + "more()\n");
        scene.push("main");
        scene.branch("other", "main");
        scene.commit("other.py", secret(sandbox, 2));
        scene.push("other");
        scene.branch("work", "main");
        scene
    }

    /// A new branch, checked out.
    pub fn branch(&self, name: &str, from: &str) {
        self.dev.git(&["switch", "-q", "-c", name, from]).expect(0);
    }

    pub fn commit(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        self.dev.stage(name, content);
        self.dev.commit_unasked("change");
        self.dev.id("HEAD")
    }

    /// Three commits: nothing, a key, and the key taken out. Returns the last one's id.
    pub fn brought(&self) -> String {
        self.commit("clean.py", "pass\n");
        self.commit("pay.py", secret(self.sandbox, 3));
        self.commit("pay.py", "import os\n")
    }

    /// Pushes HEAD to a branch, or to a whole ref.
    pub fn push(&self, to: &str) {
        let to = if to.starts_with("refs/") { to.to_owned() } else { format!("refs/heads/{to}") };
        self.dev.git(&["push", "-q", "-f", "origin", &format!("HEAD:{to}")]).expect(0);
    }

    /// A merge of the work into `main`, as platforms make it, pushed to a ref.
    pub fn merge(&self, request: &str, to: &str) -> String {
        self.dev.git(&["switch", "-q", "--detach", "main"]).expect(0);
        self.dev.git(&["merge", "-q", "--no-ff", "-m", "merge", request]).expect(0);
        self.push(to);
        self.dev.id("HEAD")
    }

    /// A clone by `git init` and `git fetch`, as most runners make it, with `commit` checked out.
    pub fn fetched(&self, refspecs: &[&str], options: &[&str], commit: &str) -> PathBuf {
        let folder = self.sandbox.path().join("runner");
        let _ = std::fs::remove_dir_all(&folder);
        let git = |folder: &PathBuf, arguments: &[&str]| {
            self.sandbox.run(folder, "git", arguments, &[], b"").expect(0);
        };
        git(&self.sandbox.path().to_path_buf(), &["init", "-q", "-b", "main", "runner"]);
        git(&folder, &["remote", "add", "origin", &self.url]);
        git(&folder, &[&["fetch", "-q", "--no-tags"], options, &["origin"], refspecs].concat());
        git(&folder, &["checkout", "-q", "--force", "--detach", commit]);
        folder
    }

    /// All branches and tags, as with no limit of depth.
    pub fn whole(&self, more: &[&str], commit: &str) -> PathBuf {
        let all = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
        self.fetched(&[&all, more].concat(), &[], commit)
    }

    /// A clone by `git clone`, as other runners make it.
    pub fn cloned(&self, options: &[&str], commit: &str) -> PathBuf {
        let folder = self.sandbox.path().join("runner");
        let _ = std::fs::remove_dir_all(&folder);
        let clone = [&["clone", "-q"], options, &[&self.url, "runner"]].concat();
        self.sandbox.run(self.sandbox.path(), "git", &clone, &[], b"").expect(0);
        let reset = ["reset", "-q", "--hard", commit];
        self.sandbox.run(&folder, "git", &reset, &[], b"").expect(0);
        folder
    }

    /// `keystop ci` in a runner's clone.
    pub fn ci(&self, folder: &Path, variables: &[(&str, &str)], options: &[&str]) -> Run {
        let arguments = [&["ci"], options].concat();
        self.sandbox.run(folder, KEYSTOP, &arguments, variables, b"")
    }

    /// The files in which it finds something; nothing of old or other commits may be among them.
    #[track_caller]
    pub fn found(&self, folder: &Path, variables: &[(&str, &str)]) -> BTreeSet<String> {
        let run = self.ci(folder, variables, &["--format", "json"]);
        let report = json(&run);
        assert_eq!(report["errors"], Value::Array(Vec::new()), "{}", run.stdout);
        let found = paths(&report);
        assert_eq!(run.code, i32::from(!found.is_empty()));
        found
    }

    /// Asserts that the run's key and no other is found.
    #[track_caller]
    pub fn finds_its_key(&self, folder: &Path, variables: &[(&str, &str)]) {
        assert_eq!(self.found(folder, variables), set(&["pay.py"]));
    }
}

pub(crate) fn set(paths: &[&str]) -> BTreeSet<String> {
    paths.iter().map(|&path| path.to_owned()).collect()
}

pub(crate) fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}\n{}", run.stdout, run.stderr))
}

pub(crate) fn paths(report: &Value) -> BTreeSet<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|found| found["path"].as_str().unwrap().to_owned()).collect()
}

/// What the report says beside findings.
pub(crate) fn said(run: &Run) -> String {
    let report = json(run);
    format!("{}\n{}", report["notes"], report["errors"])
}
