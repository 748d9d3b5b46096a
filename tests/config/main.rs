//! Configuration and policy: real commits and pushes through the installed hooks.

#[path = "../support/mod.rs"]
mod support;

mod allow;
mod block;
mod check;
mod hostile;
mod import;
mod newly;
mod own;
mod policy;

use support::example::fill;
use support::{Reader, Repo, Run, Sandbox, keys};

const STRIPE: &str = "stripe-live-secret-key";
const FILE: &str = ".keystop.toml";
const ACME: &str = "acme-build-token";
const ACME_DETECTOR: &str = r#"[[detector]]
id = "acme-build-token"
name = "Acme build token"
keywords = ["acme_build_"]
pattern = 'acme_build_[0-9A-Za-z]{32}'
examples = ['acme_build_‹base62 32›', 'TOKEN="acme_build_‹base62 32›"']
counter_examples = ['acme_build_‹base62 31›']
"#;
const ALLOW_TESTS: &str =
    "[[allow]]\npaths = [\"tests/\"]\nreason = \"keys that nobody ever had\"\n";

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

/// A line with a key that only the tests' own detector knows.
fn acme(sandbox: &Sandbox, seed: u64) -> String {
    let body = fill("‹base62 32›", seed);
    sandbox.plant(&body);
    format!("run('acme_build_{body}')\n")
}

fn commit(repo: &Repo) -> Run {
    repo.git(&["commit", "-q", "-m", "change"])
}

/// A repository whose configuration is committed.
fn configured<'a>(sandbox: &'a Sandbox, text: &str) -> Repo<'a> {
    let repo = sandbox.with_commit("a");
    repo.stage(FILE, text);
    commit(&repo).expect(0);
    repo
}

fn user_file(sandbox: &Sandbox, text: &str) {
    let folder = sandbox.path().join("home/.config/keystop");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
}
