//! Very many entries, and very many findings.

use super::*;

/// An allow file of hundreds of lines, in which nothing of a test's is allowed.
fn long() -> String {
    let mut text = "keystop-allow 1\nsalt 000102030405060708090a0b0c0d0e0f\n".to_owned();
    for number in 0..500 {
        text +=
            &format!("{number:012x} a-key src/{number}/{}.py - of the first day\n", "x".repeat(40));
    }
    text
}

#[test]
fn a_new_line_of_a_long_file_is_judged_and_said() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        repo.stage(FILE, long());
        commit(&repo).expect(0);
        let line = "ffffffffffff a-key * - one more";
        let key = keys::stripe(1);
        sandbox.plant(&key.body);
        for added in [format!("{line} {}\n", key.value()), format!("# {}\n", key.value())] {
            repo.stage(FILE, long() + &added);
            commit(&repo).blocked_by(STRIPE);
        }
        repo.stage(FILE, long() + "what\n");
        commit(&repo).expect(1).says(".keystop-allow, line 503: ");
        repo.stage(FILE, long() + line + "\n");
        let said = commit(&repo).expect(0).stderr;
        assert_eq!(said.matches("newly allows").count(), 1, "{said}");
        assert!(said.contains("newly allows a-key everywhere: one more"), "{said}");
    });
}

#[test]
fn what_is_staged_holds_however_shortly_before_the_work_tree_changed() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage("a.py", secret(&sandbox, 1));
    let print = fingerprint(&commit(&repo).blocked_by(STRIPE));
    let text = |print: &str| format!("keystop-allow 1\n{print} {STRIPE} * - why\n");
    for _ in 0..10 {
        repo.stage(FILE, text("000000000000"));
        repo.write(FILE, text(&print));
        repo.keystop(&["pre-commit"]).expect(1);
        repo.git(&["add", FILE]).expect(0);
        repo.write(FILE, text("000000000000"));
        repo.keystop(&["pre-commit"]).expect(0);
    }
}

#[test]
fn of_very_many_findings_those_shown_have_fingerprints_and_a_scan_gives_the_others_theirs() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    let password = |seed: u64| {
        let password = support::example::fill("‹base62 14›", seed);
        sandbox.plant(&password);
        format!("DB_{seed}=postgres://admin:{password}@db.internal/x\n")
    };
    repo.stage("a.env", (0..70).map(password).collect::<String>());
    let blocked = commit(&repo).expect(1);
    assert_eq!(fingerprints(&blocked).len(), 50);
    let allow = ["allow", "--last", "--reason", "a container of our tests"];
    let said = repo.keystop(&allow).expect(0).stdout;
    assert!(said.contains(" more blocked, which the hook did not show"), "{said}");
    assert_eq!(entries(&repo).len(), 50);
    repo.git(&["add", FILE]).expect(0);
    let left = fingerprints(&commit(&repo).expect(1)).len();
    assert!((1..=50).contains(&left));
    repo.keystop(&["scan", "--staged"]).expect(1);
    let said = repo.keystop(&allow).expect(0).stdout;
    assert!(!said.contains(" more blocked"), "{said}");
    repo.git(&["add", FILE]).expect(0);
    commit(&repo).expect(0);
    assert_nothing_written(&repo);
}
