//! Less of a repository than every ref, or more.

use super::*;

const SCAN: &[&str] = &["scan", "--history", "--format", "json"];

fn found(repo: &Repo, more: &[&str]) -> Vec<String> {
    let run = repo.keystop(&[SCAN, more].concat());
    assert!(run.code < 2, "{}{}", run.stdout, run.stderr);
    let mut found: Vec<String> = paths(&json(&run)).into_iter().map(str::to_owned).collect();
    found.sort();
    found
}

#[test]
fn what_no_ref_reaches_is_judged_on_request() {
    for reader in [support::Reader::Usual, support::Reader::Git] {
        let sandbox = Sandbox::with_reader(reader);
        let repo = sandbox.bare_of_hooks("work");
        commit(&repo, "a.txt", "a\n", "2024-01-01T00:00:00Z");
        // A commit that was amended away.
        commit(&repo, "amended.py", &secret(&sandbox, 1), "2024-01-02T00:00:00Z");
        repo.git(&["reset", "-q", "--hard", "HEAD~1"]).expect(0);
        // Two stashes, of which the ref names the last only.
        for (name, seed) in [("one.py", 2), ("two.py", 3)] {
            repo.stage(name, secret(&sandbox, seed));
            repo.git(&["stash", "-q"]).expect(0);
        }
        // Staged once and never committed: nobody knows its name.
        repo.stage("staged.py", secret(&sandbox, 4));
        repo.git(&["rm", "-q", "-f", "staged.py"]).expect(0);
        // A tree that no commit has, and a tag that no ref names.
        repo.stage("sub/tree.py", secret(&sandbox, 5));
        repo.git(&["write-tree"]).expect(0);
        repo.git(&["rm", "-q", "-f", "sub/tree.py"]).expect(0);
        repo.git(&["tag", "-a", "v1", "-m", &secret(&sandbox, 6)]).expect(0);
        repo.git(&["tag", "-d", "v1"]).expect(0);
        assert_eq!(found(&repo, &[]), ["two.py"]);
        let all = ["(blob)", "(tag)", "amended.py", "one.py", "sub/tree.py", "two.py"];
        // A stash has an index and a work tree: the key is brought by both.
        let mut distinct = found(&repo, &["--all-objects"]);
        distinct.dedup();
        assert_eq!(distinct, all);
        repo.git(&["repack", "-q", "-a", "-d", "-f", "--keep-unreachable"]).expect(0);
        let mut distinct = found(&repo, &["--all-objects"]);
        distinct.dedup();
        assert_eq!(distinct, all);
        let human = repo.keystop(&["scan", "--history", "--all-objects"]).expect(1).stdout;
        assert!(human.contains("amended.py:1:19 in commit "), "{human}");
    }
}

#[test]
fn an_unreachable_commit_whose_parts_are_gone_is_2_and_the_rest_is_judged() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    commit(&repo, "a.txt", "a\n", "2024-01-01T00:00:00Z");
    commit(&repo, "first.py", &secret(&sandbox, 1), "2024-01-02T00:00:00Z");
    let first = repo.id("HEAD");
    commit(&repo, "second.py", &secret(&sandbox, 2), "2024-01-03T00:00:00Z");
    let tree = repo.id("HEAD^{tree}");
    repo.git(&["reset", "-q", "--hard", "HEAD~2"]).expect(0);
    let gone = |id: &str| {
        fs::remove_file(repo.path.join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    };
    // Without its parent all that the second commit holds counts as new.
    gone(&first);
    // Its tree, which no commit holds any more, is judged too.
    assert_eq!(found(&repo, &["--all-objects"]), ["first.py", "first.py", "second.py"]);
    gone(&tree);
    let run = repo.keystop(&[SCAN, &["--all-objects"]].concat()).expect(2);
    let report = json(&run);
    assert!(report["errors"][0].as_str().unwrap().contains("no ref reaches it"), "{report}");
    assert!(paths(&report).contains(&"(blob)"), "{report}");
}

#[test]
fn branches_and_days_choose_what_is_judged_and_the_report_says_so() {
    let sandbox = Sandbox::new();
    sandbox.remote("origin.git");
    let repo = sandbox.bare_of_hooks("work");
    commit(&repo, "old.py", &secret(&sandbox, 1), "2024-01-01T00:00:00Z");
    commit(&repo, "new.py", &secret(&sandbox, 2), "2024-06-01T00:00:00Z");
    for (branch, name, seed) in [("one", "one.py", 3), ("two", "two.py", 4)] {
        repo.git(&["switch", "-q", "-c", branch, "main"]).expect(0);
        commit(&repo, name, &secret(&sandbox, seed), "2024-07-01T00:00:00Z");
    }
    repo.git(&["remote", "add", "origin", "../origin.git"]).expect(0);
    repo.git(&["push", "-q", "origin", "two"]).expect(0);
    repo.git(&["switch", "-q", "main"]).expect(0);
    repo.git(&["branch", "-q", "-D", "two"]).expect(0);
    assert_eq!(found(&repo, &[]), ["new.py", "old.py", "one.py", "two.py"]);
    assert_eq!(found(&repo, &["--branch", "main"]), ["new.py", "old.py"]);
    let both = ["--branch", "one", "--branch", "origin/two"];
    assert_eq!(found(&repo, &both), ["new.py", "old.py", "one.py", "two.py"]);
    assert_eq!(found(&repo, &["--since", "2024-06-01"]), ["new.py", "one.py", "two.py"]);
    assert_eq!(found(&repo, &["--since", "2024-06-02", "--branch", "one"]), ["one.py"]);
    let human = ["scan", "--history", "--since", "2024-06-02", "--branch", "one"];
    let said = repo.keystop(&human).expect(1).stdout;
    assert!(
        said.contains("only commits reached from one and made since 2024-06-02 were judged"),
        "{said}"
    );
    repo.keystop(&["scan", "--history", "--branch", "none"]).expect(2);
    repo.keystop(&["scan", "--history", "--since", "yesterday"]).expect(2);
    repo.keystop(&["scan", "--since", "2024-06-02", "."]).expect(2);
}

#[test]
fn standard_input_can_be_given_the_name_of_a_file() {
    let sandbox = Sandbox::new();
    let value = support::example::fill("‹base62 32›", 3);
    sandbox.plant(&value);
    let text = format!("password = {value}\n");
    let scan = |more: &[&str]| {
        let scan = [&["scan", "-", "--format", "json"], more].concat();
        let run = sandbox.run(sandbox.path(), KEYSTOP, &scan, &[], text.as_bytes());
        assert!(run.code < 2, "{}{}", run.stdout, run.stderr);
        json(&run)["findings"].as_array().unwrap().clone()
    };
    let named = scan(&["--name", "conf/app.ini"]);
    assert_eq!(named[0]["path"], "conf/app.ini");
    assert_eq!(named[0]["blocks"], true);
    assert!(scan(&[]).iter().all(|found| found["path"] == "(standard input)"));
    let run = sandbox.run(sandbox.path(), KEYSTOP, &["scan", ".", "--name", "a.py"], &[], b"");
    run.expect(2);
}
