//! `keystop amend`, where it refuses, stops, and is undone. That it does what a refused push needs
//! is shown beside, by the commands of the advice.

use super::{commit, connected};
use crate::support::{Repo, Sandbox};

/// Three commits on `main`; returns the ids of the first two.
fn three(repo: &Repo) -> [String; 2] {
    let one = commit(repo, "a.py", "a = 1\n");
    let two = commit(repo, "b.py", "b = 1\n");
    commit(repo, "c.py", "c = 1\n");
    [one, two]
}

fn state(repo: &Repo) -> [String; 3] {
    let ask = |arguments: &[&str]| repo.git(arguments).stdout;
    [ask(&["rev-parse", "main"]), ask(&["status", "--porcelain"]), ask(&["stash", "list"])]
}

/// The command behind `back again: `.
fn back(said: &str) -> String {
    let (_, rest) = said.split_once("back again: ").expect("no way back");
    rest.lines().next().unwrap().to_owned()
}

#[track_caller]
fn pasted(repo: &Repo, command: &str) {
    repo.sandbox.run(&repo.path, "sh", &["-c", command], &[], b"").expect(0);
}

#[test]
fn what_is_staged_goes_into_the_commit_and_comes_back_to_the_byte() {
    let sandbox = Sandbox::new();
    let (repo, _) = connected(&sandbox);
    let [one, _] = three(&repo);
    repo.stage("a.py", "a = 2\n");
    repo.write("c.py", "not staged\n");
    let before = state(&repo);
    let run = repo.keystop(&["amend", &one[..12]]).expect(0);
    assert!(run.stdout.contains("3 commits from"), "{}", run.stdout);
    assert_eq!(repo.git(&["show", "main~2:a.py"]).stdout, "a = 2\n");
    assert_eq!(repo.git(&["rev-list", "--count", "main"]).stdout, "4\n");
    assert_eq!(repo.git(&["status", "--porcelain"]).stdout, " M c.py\n");
    pasted(&repo, &back(&run.stdout));
    assert_eq!(state(&repo), before);
}

#[test]
fn nothing_is_changed_where_it_cannot_be_right() {
    let sandbox = Sandbox::new();
    let (repo, _) = connected(&sandbox);
    let [one, _] = three(&repo);
    repo.git(&["switch", "-q", "-c", "side", "main~1"]).expect(0);
    let side = commit(&repo, "side.py", "1\n");
    repo.git(&["switch", "-q", "main"]).expect(0);
    let before = state(&repo);
    repo.keystop(&["amend", &one]).expect(2).says("nothing is staged");
    repo.keystop(&["amend", "--stop", "main"]).expect(2).says("git commit --amend");
    repo.keystop(&["amend", "--stop", "nobody"]).expect(2).says("no commit is called nobody");
    repo.keystop(&["amend", "--stop", &side]).expect(2).says("git switch to its branch");
    repo.git(&["rebase", "-q", "-x", "false", "main~1"]);
    repo.keystop(&["amend", "--stop", &one]).expect(2).says("git rebase --abort");
    repo.git(&["rebase", "--abort"]).expect(0);
    assert_eq!(state(&repo), before);
}

#[test]
fn a_conflict_is_told_with_both_ways_out() {
    let sandbox = Sandbox::new();
    let (repo, _) = connected(&sandbox);
    let one = commit(&repo, "a.py", "a = 1\n");
    commit(&repo, "a.py", "a = 2\n");
    repo.stage("a.py", "a = 3\n");
    let before = state(&repo);
    let run = repo.keystop(&["amend", &one]).expect(1);
    assert!(run.stdout.contains("then git rebase --continue"), "{}", run.stdout);
    pasted(&repo, &back(&run.stdout));
    assert_eq!(state(&repo), before);
}

#[test]
fn other_holders_of_the_commit_and_lost_signatures_are_told() {
    let sandbox = Sandbox::new();
    let (repo, _) = connected(&sandbox);
    commit(&repo, "a.py", "a = 1\n");
    let signed = repo.git(&["cat-file", "commit", "HEAD"]).stdout;
    let signed = signed.replacen("\n\n", "\ngpgsig none\n\n", 1);
    let id = repo.git_fed(&["hash-object", "-t", "commit", "-w", "--stdin"], signed.as_bytes());
    let id = id.expect(0).stdout.trim().to_owned();
    repo.git(&["reset", "-q", "--hard", &id]).expect(0);
    commit(&repo, "b.py", "b = 1\n");
    repo.git(&["branch", "other"]).expect(0);
    let run = repo.keystop(&["amend", "--stop", &id]).expect(0);
    assert!(run.stdout.contains("1 of them are signed"), "{}", run.stdout);
    assert!(run.stdout.contains("refs/heads/other keeps the old ones"), "{}", run.stdout);
    let ways = back(&run.stdout);
    let (abort, reset) = ways.split_once(", or when it is finished: ").unwrap();
    repo.git(&["rebase", "--continue"]).expect(0);
    pasted(&repo, reset);
    assert_eq!(repo.id("main"), repo.id("other"));
    assert_eq!(abort, "git rebase --abort");
}

#[test]
fn the_last_commit_is_amended() {
    let sandbox = Sandbox::new();
    let (repo, _) = connected(&sandbox);
    let last = commit(&repo, "a.py", "a = 1\n");
    repo.stage("a.py", "a = 2\n");
    repo.keystop(&["amend", &last]).expect(0);
    assert_eq!(repo.git(&["show", "main:a.py"]).stdout, "a = 2\n");
    assert_eq!(repo.git(&["rev-list", "--count", "main"]).stdout, "2\n");
}
