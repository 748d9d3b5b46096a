//! The two ways a commit can end, and lines that decide between them.

use std::path::Path;

use crate::support::{KEYSTOP, Repo, Run, Sandbox, keys};

/// The detector of the lines below.
pub const STRIPE: &str = "stripe-live-secret-key";

/// A line with a Stripe key in it, planted.
pub fn key_line(sandbox: &Sandbox, seed: u64) -> String {
    let key = keys::stripe(seed);
    sandbox.plant(&key.body);
    format!("stripe.api_key = '{}'\n", key.value())
}

/// The same key, unplanted: for commands that print the file themselves.
pub fn shown_key_line(seed: u64) -> String {
    format!("stripe.api_key = '{}'\n", keys::stripe(seed).value())
}

/// Asserts that keystop stops this git command and that no commit came of it.
#[track_caller]
pub fn refused(repo: &Repo, arguments: &[&str]) -> Run {
    let before = repo.id("HEAD");
    let run = repo.git(arguments).blocked_by(STRIPE);
    assert_eq!(repo.id("HEAD"), before, "a commit was made");
    run
}

/// Asserts that this git command makes a commit and that keystop is silent.
#[track_caller]
pub fn passes(repo: &Repo, arguments: &[&str]) -> Run {
    let before = repo.id("HEAD");
    let run = repo.git(arguments).expect(0);
    assert_ne!(repo.id("HEAD"), before, "no commit was made\n{}", run.stderr);
    assert!(!run.stderr.contains("keystop"), "{}", run.stderr);
    run
}

/// Asserts that hooks serve this repository: a clean commit passes, one with a key does not, by
/// git's cache-tree and by `commit -- path`, which has none.
#[track_caller]
pub fn judges(repo: &Repo) {
    repo.stage("folder/clean.txt", "clean\n");
    passes(repo, &["commit", "-q", "-m", "clean"]);
    let line = key_line(repo.sandbox, 77);
    repo.stage("folder/config.py", &line);
    refused(repo, &["commit", "-q", "-m", "a key"]);
    repo.git(&["rm", "-q", "-f", "--cached", "folder/config.py"]).expect(0);
    repo.stage("folder/clean.txt", "clean, and so is this\n");
    passes(repo, &["commit", "-q", "-m", "clean again", "--", "folder/clean.txt"]);
    repo.write("folder/clean.txt", &line);
    refused(repo, &["commit", "-q", "-m", "a key", "--", "folder/clean.txt"]);
    repo.write("folder/clean.txt", "clean, and so is this\n");
}

/// Runs keystop's pre-commit as a person would, without git around it.
pub fn by_hand(repo: &Repo) -> Run {
    within_seconds(repo, &[KEYSTOP, "pre-commit"])
}

/// Runs a program that must come to an end: 124 where it does not.
pub fn within_seconds(repo: &Repo, command: &[&str]) -> Run {
    repo.sandbox.run(&repo.path, "timeout", &[&["20"], command].concat(), &[], b"")
}

/// A script in the repository's folder, executable; returns its absolute path. A shell writes it:
/// a file that this process has open for writing may be inherited by another test's child, and
/// then it cannot be run.
pub fn script(repo: &Repo, name: &str, text: &str) -> String {
    let path = repo.path.join(name).to_str().unwrap().to_owned();
    let write = "mkdir -p \"${1%/*}\" && cat >\"$1\" && chmod +x \"$1\"";
    let text = format!("#!/bin/sh\n{text}\n");
    repo.sandbox.run(&repo.path, "sh", &["-c", write, "sh", &path], &[], text.as_bytes()).expect(0);
    path
}

/// A repository that some other command made, hooked.
pub fn adopt<'a>(sandbox: &'a Sandbox, path: &Path) -> Repo<'a> {
    let repo = Repo { sandbox, path: path.to_path_buf() };
    sandbox.run(path, KEYSTOP, &["install"], &[], b"").expect(0);
    repo
}
