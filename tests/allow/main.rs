//! Findings that somebody judged: real commits and pushes through the installed hooks.

#[path = "../support/mod.rs"]
mod support;

mod baseline;
mod entry;
mod hostile;
mod inline;
mod long;
mod merge;
mod password;
mod prune;
mod push;
mod record;
mod review;
mod skip;

use std::fs;

use support::{Reader, Repo, Run, Sandbox, keys};

const STRIPE: &str = "stripe-live-secret-key";
const FILE: &str = ".keystop-allow";

/// Runs a case with each of keystop's two readers: they must agree.
fn with_both_readers(case: impl Fn(&Sandbox)) {
    for reader in [Reader::Usual, Reader::Git] {
        case(&Sandbox::with_reader(reader));
    }
}

/// A line of Python with a key that is planted.
fn secret(sandbox: &Sandbox, seed: u64) -> String {
    let key = keys::stripe(seed);
    sandbox.plant(&key.body);
    format!("stripe.api_key = '{}'\n", key.value())
}

/// The fingerprints that a block names, in its order.
fn fingerprints(run: &Run) -> Vec<String> {
    let text = run.stderr.clone() + &run.stdout;
    let commands = text.lines().filter_map(|line| line.split("keystop allow ").nth(1));
    commands.map(|rest| rest.split(' ').next().unwrap().to_owned()).collect()
}

/// The one fingerprint that a block names.
#[track_caller]
fn fingerprint(run: &Run) -> String {
    let all = fingerprints(run);
    assert_eq!(all.len(), 1, "{}", run.stderr);
    all[0].clone()
}

fn commit(repo: &Repo) -> Run {
    repo.git(&["commit", "-q", "-m", "change"])
}

/// Stages a file with a key, sees it blocked, and allows it for a reason.
fn blocked_and_allowed(repo: &Repo, name: &str, seed: u64, more: &[&str]) -> String {
    repo.stage(name, secret(repo.sandbox, seed));
    let print = fingerprints(&commit(repo).blocked_by(STRIPE)).pop().unwrap();
    repo.keystop(&[&["allow", &print, "--reason", "a test key"], more].concat()).expect(0);
    print
}

/// Everything keystop wrote, which must not hold a planted key.
fn assert_nothing_written(repo: &Repo) {
    let own = repo.path.join(".git/keystop");
    let mut files: Vec<_> =
        fs::read_dir(own).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.extend([FILE, ".gitattributes", ".git/COMMIT_EDITMSG"].map(|name| repo.path.join(name)));
    for file in files {
        repo.sandbox.assert_silent(&fs::read(file).unwrap_or_default());
    }
}

fn allow_file(repo: &Repo) -> String {
    fs::read_to_string(repo.path.join(FILE)).unwrap()
}

/// The lines of the allow file that are entries.
fn entries(repo: &Repo) -> Vec<String> {
    let is_entry = |line: &&str| {
        !line.starts_with("salt ") && !line.starts_with('#') && *line != "keystop-allow 1"
    };
    allow_file(repo).lines().filter(is_entry).map(str::to_owned).collect()
}

/// Takes the day of every entry back.
fn expire(repo: &Repo) {
    repo.write(FILE, allow_file(repo).replace(" 2999-12-31 ", " 2001-02-03 "));
}
