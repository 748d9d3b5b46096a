//! A repository cannot switch off its judge in silence.

use super::*;

const EVERYTHING: &str = "[[allow]]\npaths = ['**']\nreason = 'nothing to see'\n";

#[test]
fn an_allow_everything_that_comes_with_a_key_says_so_aloud() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        repo.stage(FILE, EVERYTHING);
        repo.stage("a.py", secret(sandbox, 1));
        let said = ".keystop.toml newly allows every key in ** (nothing to see). 1 key passes by it \
                    now: stripe-live-secret-key in a.py:1";
        commit(&repo).expect(0).says(said);
        // Known by now.
        repo.stage("b.py", secret(sandbox, 2));
        let run = commit(&repo).expect(0);
        assert_eq!(run.stderr, "");
        let remote = sandbox.remote("remote.git");
        repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
        repo.git(&["push", "-q", "origin", "main"])
            .expect(0)
            .says(".keystop.toml newly allows every key in ** (nothing to see). 2 keys pass by it");
        repo.stage("c.py", secret(sandbox, 3));
        commit(&repo).expect(0);
        let run = repo.git(&["push", "-q", "origin", "main"]).expect(0);
        assert_eq!(run.stderr, "");
        // A branch of the same says nothing new.
        repo.git(&["switch", "-q", "-c", "other"]).expect(0);
        repo.stage("d.py", secret(sandbox, 4));
        commit(&repo).expect(0);
        let run = repo.git(&["push", "-q", "origin", "other"]).expect(0);
        assert_eq!(run.stderr, "");
    });
}

#[test]
fn whatever_weakens_the_judge_is_told_in_one_line() {
    with_both_readers(|sandbox| {
        let repo = configured(sandbox, ACME_DETECTOR);
        let changed = ACME_DETECTOR.replace("{32}", "{33}");
        for (text, said) in [
            ("disabled = ['aws-*']\n".to_owned() + ACME_DETECTOR, "newly disables aws-*"),
            ("block = 'high'\n".to_owned() + ACME_DETECTOR, "lets pass what is below"),
            (changed, "newly looks for another acme-build-token"),
            ("block = 'low'\n".to_owned(), "no longer looks for acme-build-token"),
        ] {
            repo.stage(FILE, text);
            let run = repo.keystop(&["pre-commit"]).expect(0).says(said);
            assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        }
        repo.git(&["rm", "-q", "-f", "--cached", FILE]).expect(0);
        repo.keystop(&["pre-commit"]).expect(0).says("no longer looks for acme-build-token");
        // More is judged: nothing to say.
        repo.stage(FILE, "block = 'low'\n".to_owned() + ACME_DETECTOR);
        let run = commit(&repo).expect(0);
        assert_eq!(run.stderr, "");
    });
}

#[test]
fn what_is_added_to_a_long_entry_is_told_too() {
    let sandbox = Sandbox::new();
    let paths: Vec<String> = (0..100).map(|n| format!("'generated/{n}/'")).collect();
    let entry =
        |more: &str| format!("[[allow]]\npaths = [{}{more}]\nreason = 'why'\n", paths.join(", "));
    let repo = configured(&sandbox, &entry(""));
    repo.stage(FILE, entry(", '**'"));
    repo.stage("a.py", secret(&sandbox, 1));
    commit(&repo).expect(0).says("newly allows").says("1 key passes by it now");
}

#[test]
fn a_key_in_a_reason_is_not_repeated() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    let reason = format!("reason = 'as {} was'\n", key.value());
    repo.stage(FILE, format!("[[allow]]\npaths = ['**']\n{reason}"));
    let said = commit(&repo).stderr;
    assert!(said.contains("newly allows"), "{said}");
}
