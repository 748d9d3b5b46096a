//! At a push the allow file of what is pushed holds.

use super::*;

fn push(repo: &Repo) -> Run {
    repo.git(&["push", "-q", "origin", "main"])
}

fn with_remote<'a>(sandbox: &'a Sandbox) -> Repo<'a> {
    let repo = sandbox.with_commit("a");
    let remote = sandbox.remote("remote.git");
    repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
    push(&repo).expect(0);
    repo
}

#[test]
fn an_entry_that_a_later_commit_brings_speaks_for_an_earlier_one() {
    with_both_readers(|sandbox| {
        let repo = with_remote(sandbox);
        repo.stage("a.py", secret(sandbox, 1));
        repo.commit_unasked("a key");
        let print = fingerprint(&push(&repo).blocked_by(STRIPE));
        repo.keystop(&["allow", &print, "--reason", "a test key"]).expect(0);
        push(&repo).blocked_by(STRIPE).says("not in what is pushed");
        repo.git(&["add", "."]).expect(0);
        commit(&repo).expect(0);
        push(&repo).expect(0).says(".keystop-allow newly allows stripe-live-secret-key everywhere");
        // It was told once.
        repo.stage("b.py", format!("b\n{}", secret(sandbox, 1)));
        commit(&repo).expect(0);
        let run = push(&repo).expect(0);
        assert!(!run.stderr.contains("keystop"), "{}", run.stderr);
    });
}

#[test]
fn an_entry_that_a_later_commit_takes_away_speaks_for_nothing() {
    let sandbox = Sandbox::new();
    let repo = with_remote(&sandbox);
    blocked_and_allowed(&repo, "a.py", 1, &[]);
    repo.git(&["add", "."]).expect(0);
    commit(&repo).expect(0);
    repo.git(&["rm", "-q", FILE]).expect(0);
    commit(&repo).expect(0);
    push(&repo).blocked_by(STRIPE);
}

#[test]
fn a_file_that_was_bad_in_between_stops_no_push() {
    let sandbox = Sandbox::new();
    let repo = with_remote(&sandbox);
    repo.stage(FILE, "keystop-allow 1\nwhat\n");
    repo.commit_unasked("bad");
    push(&repo).says("line 2").expect(1);
    repo.stage(FILE, "keystop-allow 1\n");
    repo.commit_unasked("good");
    push(&repo).expect(0);
}
