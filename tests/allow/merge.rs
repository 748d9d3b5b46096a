//! Two branches that each allow something.

use std::collections::BTreeSet;

use super::*;

/// Allows a key on a branch of its own, started at `from`.
fn allowing(repo: &Repo, branch: &str, from: &str, seeds: std::ops::Range<u64>) {
    repo.git(&["switch", "-q", "-c", branch, from]).expect(0);
    for seed in seeds {
        blocked_and_allowed(repo, &format!("{seed}.py"), seed, &[]);
        repo.git(&["add", "."]).expect(0);
        commit(repo).expect(0);
    }
}

fn assert_merged(repo: &Repo, seeds: std::ops::Range<u64>) {
    let count = seeds.end - seeds.start;
    // Git may keep a line of both sides twice.
    let lines: BTreeSet<String> = entries(repo).into_iter().collect();
    assert_eq!(lines.len() as u64, count, "{}", allow_file(repo));
    assert!(!allow_file(repo).contains("<<<<"));
    // Every one of them holds.
    for seed in seeds {
        repo.stage(&format!("copy{seed}.rb"), format!("x\n{}", secret(repo.sandbox, seed)));
    }
    let run = commit(repo).expect(0);
    assert_eq!(run.stderr, "");
}

#[test]
fn branches_that_each_made_the_file_merge() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    let other = sandbox.path().join("b");
    // Another clone, so that each makes a salt of its own.
    repo.git(&["clone", "-q", ".", other.to_str().unwrap()]).expect(0);
    let other = Repo { sandbox: &sandbox, path: other };
    other.keystop(&["install"]).expect(0);
    allowing(&repo, "one", "main", 1..3);
    allowing(&other, "two", "main", 3..5);
    repo.git(&["fetch", "-q", "../b", "two:two"]).expect(0);
    let run = repo.git(&["merge", "-q", "-m", "merge", "two"]).expect(0);
    // What the other side allowed is not newly allowed by the merge.
    assert!(!run.stderr.contains("newly allows"), "{}", run.stderr);
    assert_eq!(allow_file(&repo).matches("\nsalt ").count(), 2);
    assert_merged(&repo, 1..5);
    // The next entry puts the file in order again.
    blocked_and_allowed(&repo, "5.py", 5, &[]);
    let lines = entries(&repo);
    assert!(lines.is_sorted(), "{lines:?}");
}

#[test]
fn branches_that_each_insert_into_one_file_merge() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    allowing(&repo, "base", "main", 0..1);
    allowing(&repo, "one", "base", 1..6);
    allowing(&repo, "two", "base", 6..11);
    repo.git(&["merge", "-q", "-m", "merge", "one"]).expect(0);
    assert_merged(&repo, 0..11);
    assert_eq!(allow_file(&repo).matches("\nsalt ").count(), 1);
}

#[test]
fn a_rebase_over_another_branchs_entries_runs_through() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    allowing(&repo, "base", "main", 0..1);
    allowing(&repo, "one", "base", 1..4);
    allowing(&repo, "two", "base", 4..7);
    repo.git(&["rebase", "-q", "one"]).expect(0);
    assert_merged(&repo, 0..7);
}
