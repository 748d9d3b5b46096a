//! Allow files that are none.

use super::*;

#[test]
fn a_bad_line_is_told_when_it_is_staged() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    let long = format!("keystop-allow 1\n0123456789ab a-key * - {}\n", "x".repeat(1 << 20));
    for (text, word) in [
        ("keystop-allow 1\n# note\n\nwhat is this\n", "line 4"),
        ("keystop-allow 2\n", "line 1"),
        ("keystop-allow 1\n<<<<<<< HEAD\n", "line 2: a mark of an unfinished merge"),
        ("keystop-allow 1\n0123456789ab a-key * - \u{1b}[2Jreason\n", "control character"),
        (&long, "line 2: the line is longer than 20000 bytes"),
    ] {
        repo.stage(FILE, text);
        let run = repo.keystop(&["pre-commit"]).expect(2).says(word);
        assert!(!run.stderr.contains('\u{1b}') && run.stderr.len() < 1000, "{}", run.stderr);
    }
    repo.stage(FILE, b"keystop-allow 1\n\xff\xfe\n");
    repo.keystop(&["pre-commit"]).expect(2).says("line 2: not UTF-8");
    repo.stage(FILE, "");
    commit(&repo).expect(0);
}

#[test]
fn a_finding_stands_where_the_allow_file_cannot_be_read() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage(FILE, "keystop-allow 1\nwhat\n");
    repo.commit_unasked("bad");
    for seed in 1..4 {
        repo.stage(&format!("{seed}.py"), secret(&sandbox, seed));
    }
    let run = repo.keystop(&["pre-commit"]).expect(2).says("3 keys");
    assert_eq!(run.stderr.matches("line 2").count(), 1, "{}", run.stderr);
    // On all cores it is told once, too.
    for seed in 4..70 {
        repo.write(&format!("{seed}.py"), secret(&sandbox, seed));
    }
    let run = repo.keystop(&["scan", "."]).expect(2);
    assert_eq!(run.stdout.matches("line 2").count(), 1);
    // And nothing is written over it.
    repo.keystop(&["allow", "--last", "--reason", "why"]).expect(2).says("line 2");
    assert_eq!(allow_file(&repo), "keystop-allow 1\nwhat\n");
}

#[cfg(unix)]
#[test]
fn a_link_or_a_folder_in_its_place_is_refused() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        repo.write("elsewhere", "keystop-allow 1\n");
        std::os::unix::fs::symlink("elsewhere", repo.path.join(FILE)).unwrap();
        repo.stage("a.py", secret(sandbox, 1));
        commit(&repo).blocked_by(STRIPE);
        repo.keystop(&["allow", "--last", "--reason", "why"])
            .expect(2)
            .says("not a link or a folder");
        assert_eq!(fs::read(repo.path.join("elsewhere")).unwrap(), b"keystop-allow 1\n");
        repo.git(&["add", FILE]).expect(0);
        repo.keystop(&["pre-commit"]).expect(2).says(FILE);
        repo.keystop(&["scan", "a.py"]).expect(2);
        repo.git(&["rm", "-qf", FILE]).expect(0);
        repo.stage(".keystop-allow/x", "keystop-allow 1\n");
        repo.keystop(&["pre-commit"]).expect(2).says("not a link or a folder");
        repo.keystop(&["allow", "--last", "--reason", "why"])
            .expect(2)
            .says("not a link or a folder");
    });
}

#[test]
fn an_index_without_a_tree_of_its_own_is_read_all_the_same() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        blocked_and_allowed(&repo, "a.py", 1, &[]);
        repo.git(&["add", FILE]).expect(0);
        repo.write("other", "x\n");
        // Git asks its hook about an index of its own here.
        repo.git(&["commit", "-q", "-m", "x", "--", "a.py"]).blocked_by(STRIPE);
        repo.git(&["commit", "-q", "-m", "x", "--", "a.py", FILE]).expect(0);
        repo.write("sub/b.py", format!("x\n{}", secret(sandbox, 1)));
        repo.git(&["add", "-N", "other"]).expect(0);
        repo.git(&["add", "sub"]).expect(0);
        repo.keystop(&["pre-commit"]).expect(0);
        commit(&repo).expect(0);
    });
}
