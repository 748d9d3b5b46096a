//! `keystop baseline`, for a repository that holds keys already.

use super::*;

fn with_keys<'a>(sandbox: &'a Sandbox) -> Repo<'a> {
    let repo = sandbox.with_commit("a");
    for (seed, name) in [(1, "old.py"), (2, "sub/new.py")] {
        repo.stage(name, secret(sandbox, seed));
        repo.git_with(
            &["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "a key"],
            &[("GIT_COMMITTER_DATE", &format!("202{}-05-06T07:08:09Z", 4 - seed))],
        )
        .expect(0);
    }
    repo
}

#[test]
fn only_what_is_new_blocks() {
    let sandbox = Sandbox::new();
    let repo = with_keys(&sandbox);
    repo.keystop(&["scan", "."]).expect(1);
    let run = repo.keystop(&["baseline"]).expect(0);
    assert!(run.stdout.contains("recorded: 2 findings in 2 files"), "{}", run.stdout);
    repo.keystop(&["scan", "."]).expect(0);
    repo.git(&["add", "."]).expect(0);
    commit(&repo).expect(0);
    assert_eq!(entries(&repo).len(), 2);
    assert!(entries(&repo).iter().all(|line| line.ends_with(" - baseline")));
    // It is a key still: in another file it blocks.
    repo.stage("copy.py", format!("x\n{}", secret(&sandbox, 1)));
    commit(&repo).blocked_by(STRIPE).says("allows it in old.py only (baseline)");
    repo.stage("copy.py", secret(&sandbox, 3));
    commit(&repo).blocked_by(STRIPE);
    assert!(repo.keystop(&["baseline"]).expect(0).stdout.contains("nothing to record"));
    assert_nothing_written(&repo);
}

#[test]
fn the_report_shows_what_is_left_oldest_first() {
    with_both_readers(|sandbox| {
        let repo = with_keys(sandbox);
        repo.keystop(&["baseline"]).expect(0);
        let run = repo.keystop(&["baseline", "--report"]).expect(0);
        let lines: Vec<&str> = run.stdout.lines().collect();
        assert!(
            lines[0].starts_with("2022-05-06") && lines[0].ends_with("sub/new.py:1"),
            "{lines:?}"
        );
        assert!(lines[1].contains("revoke: https://dashboard.stripe.com"), "{lines:?}");
        assert!(lines[2].starts_with("2023-05-06") && lines[2].ends_with("old.py:1"), "{lines:?}");
        repo.git(&["rm", "-q", "old.py"]).expect(0);
        repo.git(&["add", "."]).expect(0);
        commit(&repo).expect(0);
        let run = repo.keystop(&["baseline", "--report"]).expect(0);
        assert!(run.stdout.contains("1 key of the baseline") && !run.stdout.contains("old.py"));
    });
}

#[test]
fn it_can_be_kept_to_some_paths() {
    let sandbox = Sandbox::new();
    let repo = with_keys(&sandbox);
    repo.keystop(&["baseline", "sub"]).expect(0);
    assert_eq!(entries(&repo).len(), 1);
    let run = repo.keystop(&["scan", "."]).expect(1);
    assert!(run.stdout.contains("old.py") && !run.stdout.contains("sub/new.py"), "{}", run.stdout);
    repo.keystop(&["baseline", "/"]).expect(2).says("not in this repository");
}

#[test]
fn names_of_all_kinds_are_written_so_that_they_are_read() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    let names = ["with space.py", "q\"uote.py", "new\nline.py", "a[1]*?{x}.py", "ünï.py", "#x.py"];
    for (seed, name) in names.iter().enumerate() {
        repo.stage(name, secret(&sandbox, seed as u64));
    }
    repo.commit_unasked("keys");
    repo.keystop(&["baseline"]).expect(0);
    assert_eq!(entries(&repo).len(), names.len());
    repo.keystop(&["scan", "."]).expect(0);
    repo.keystop(&["allow", "--prune"]).expect(0);
    assert_eq!(entries(&repo).len(), names.len());
}
