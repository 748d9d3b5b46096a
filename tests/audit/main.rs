//! `scan --history` as an audit: every key of a repository, how it stands today, and in which order
//! to act.

#[path = "../support/mod.rs"]
mod support;

#[cfg(unix)]
mod cache;
#[cfg(unix)]
mod fleet;
mod selection;
mod shard;
mod state;

use std::fs;

use serde_json::Value;
use support::{KEYSTOP, Repo, Run, Sandbox, keys};

/// A line of Python with a key that is planted.
fn secret(sandbox: &Sandbox, seed: u64) -> String {
    let key = keys::stripe(seed);
    sandbox.plant(&key.body);
    format!("stripe.api_key = '{}'\n", key.value())
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}:\n{}", run.stdout))
}

/// The paths of the findings of an audit, in its order.
fn paths(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|found| found["path"].as_str().unwrap()).collect()
}

/// Commits a file at a time of its own, unasked.
fn commit(repo: &Repo, name: &str, content: &str, date: &str) {
    repo.write(name, content);
    repo.git(&["add", "-A"]).expect(0);
    let message = format!("write {name}");
    let commit = ["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", &message];
    let dates = [("GIT_AUTHOR_DATE", date), ("GIT_COMMITTER_DATE", date)];
    repo.git_with(&commit, &dates).expect(0);
}

fn remove(repo: &Repo, name: &str, date: &str) {
    fs::remove_file(repo.path.join(name)).unwrap();
    commit(repo, "log.txt", &format!("without {name}\n"), date);
}
