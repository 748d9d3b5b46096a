//! Values that people choose have fingerprints that are dear to try.

use super::*;

const URI: &str = "postgresql-connection-uri";

fn password(sandbox: &Sandbox, seed: u64) -> String {
    let password = support::example::fill("‹base62 14›", seed);
    sandbox.plant(&password);
    format!("DB=postgres://admin:{password}@db.internal/x\n")
}

#[test]
fn they_are_allowed_as_any_other() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage("a.env", password(&sandbox, 1));
    let print = fingerprint(&commit(&repo).blocked_by(URI));
    assert!(print.starts_with('p') && print.len() == 13, "{print}");
    repo.keystop(&["allow", &print, "--reason", "a container of our tests"]).expect(0);
    repo.git(&["add", "."]).expect(0);
    commit(&repo).expect(0);
    repo.stage("b.env", format!("x=1\n{}", password(&sandbox, 1)));
    commit(&repo).expect(0);
    assert_nothing_written(&repo);
}

#[test]
fn hundreds_of_them_do_not_take_minutes() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage("a.env", (0..300).map(|seed| password(&sandbox, seed)).collect::<String>());
    repo.commit_unasked("keys");
    let start = std::time::Instant::now();
    repo.keystop(&["baseline"]).expect(0);
    repo.keystop(&["scan", "."]).expect(0);
    // Some of so many look like placeholders.
    assert!(entries(&repo).len() > 250);
    // Some milliseconds each, on a machine that may be busy.
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
