//! `keystop allow --prune`.

use super::*;

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
        // One in HEAD alone, one in the index alone, one in the work tree alone, one nowhere.
        repo.git(&["rm", "-q", "1.py", "2.py", "3.py", "4.py"]).expect(0);
        commit(&repo).expect(0);
        repo.stage("1.py", secret(sandbox, 1));
        commit(&repo).expect(0);
        fs::remove_file(repo.path.join("1.py")).unwrap();
        repo.stage("2.py", secret(sandbox, 2));
        fs::remove_file(repo.path.join("2.py")).unwrap();
        repo.write("3.py", secret(sandbox, 3));
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
