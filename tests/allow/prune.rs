//! `keystop allow --prune`.

use super::*;

/// Lets a remote-tracking ref say that all of HEAD was pushed.
fn pushed(repo: &Repo) {
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]).expect(0);
}

#[test]
fn an_entry_for_a_commit_that_is_not_pushed_is_kept_until_it_is() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        repo.stage("1.py", secret(sandbox, 1));
        commit(&repo).blocked_by(STRIPE);
        repo.keystop(&["allow", "--last", "--reason", "a test key"]).expect(0);
        repo.git(&["add", "."]).expect(0);
        commit(&repo).expect(0);
        repo.git(&["rm", "-q", "1.py"]).expect(0);
        commit(&repo).expect(0);
        // In a message alone.
        let message = secret(sandbox, 2);
        let say = ["commit", "-q", "--allow-empty", "-m", message.as_str()];
        repo.git(&say).blocked_by(STRIPE);
        repo.keystop(&["allow", "--last", "--reason", "a test key"]).expect(0);
        repo.git(&["add", "."]).expect(0);
        repo.git(&say).expect(0);
        assert!(repo.keystop(&["allow", "--prune"]).expect(0).stdout.contains("every entry"));
        pushed(&repo);
        let run = repo.keystop(&["allow", "--prune"]).expect(0);
        assert_eq!(run.stdout.matches("dropped: ").count(), 2, "{}", run.stdout);
    });
}

#[test]
fn entries_that_speak_of_nothing_are_dropped_and_named() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        for seed in 1..5 {
            repo.stage(&format!("{seed}.py"), secret(sandbox, seed));
        }
        commit(&repo).blocked_by(STRIPE);
        repo.keystop(&["allow", "--last", "--reason", "a test key", "--until", "2999-12-31"])
            .expect(0);
        repo.git(&["add", "."]).expect(0);
        commit(&repo).expect(0);
        pushed(&repo);
        // One in HEAD alone, one in the index alone, one in the work tree alone, one nowhere.
        repo.git(&["rm", "-q", "1.py", "2.py", "3.py", "4.py"]).expect(0);
        commit(&repo).expect(0);
        repo.stage("1.py", secret(sandbox, 1));
        commit(&repo).expect(0);
        fs::remove_file(repo.path.join("1.py")).unwrap();
        repo.stage("2.py", secret(sandbox, 2));
        fs::remove_file(repo.path.join("2.py")).unwrap();
        repo.write("3.py", secret(sandbox, 3));
        pushed(&repo);
        let run = repo.keystop(&["allow", "--prune"]).expect(0);
        assert_eq!(run.stdout.matches("dropped: ").count(), 1, "{}", run.stdout);
        assert_eq!(entries(&repo).len(), 3);
        assert!(repo.keystop(&["allow", "--prune"]).expect(0).stdout.contains("every entry"));
        // An entry whose day is over still speaks of its key.
        expire(&repo);
        repo.keystop(&["allow", "--prune"]).expect(0);
        assert_eq!(entries(&repo).len(), 3);
    });
}
