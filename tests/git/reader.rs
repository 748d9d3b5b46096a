//! Which of the three readers takes which repository, as `-v` says it.

use crate::support::{Repo, Sandbox};

/// Makes a repository with `init`, prepares it, and asks who reads it.
fn reader(init: &[&str], prepare: impl Fn(&Repo)) -> String {
    let sandbox = Sandbox::new();
    let arguments = [&["init", "-q", "-b", "main"], init, &["work"]].concat();
    sandbox.run(sandbox.path(), "git", &arguments, &[], b"").expect(0);
    let repo = Repo { sandbox: &sandbox, path: sandbox.path().join("work") };
    repo.stage("a/one.txt", "one\n");
    repo.commit_unasked("one");
    repo.stage("b/two.txt", "two\n");
    prepare(&repo);
    let said = repo.keystop(&["scan", "--staged", "-v"]).expect(0).stdout;
    let (_, reader) = said.split_once("read by ").unwrap();
    reader[..reader.find(';').unwrap()].to_owned()
}

fn git(repo: &Repo, arguments: &[&str]) {
    repo.git(arguments).expect(0);
}

#[test]
fn keystop_reads_what_lies_as_usual() {
    for (name, prepare) in [
        ("a plain repository", (|_| {}) as fn(&Repo)),
        ("index version 4", |repo| git(repo, &["update-index", "--index-version=4"])),
        ("an untracked cache", |repo| git(repo, &["update-index", "--untracked-cache"])),
        // The index is libgit2's weakness; ours is read without it.
        ("a split index", |repo| git(repo, &["update-index", "--split-index"])),
        ("a sparse index", |repo| {
            git(repo, &["sparse-checkout", "set", "--cone", "--sparse-index", "b"]);
        }),
        ("packs with a multi-pack-index and bitmaps", |repo| {
            git(repo, &["repack", "-q", "-a", "-d", "--write-bitmap-index", "--write-midx"]);
        }),
        ("a commit-graph", |repo| git(repo, &["commit-graph", "write", "--reachable"])),
        ("extensions.worktreeConfig", |repo| {
            git(repo, &["config", "extensions.worktreeConfig", "true"])
        }),
        ("a detached HEAD", |repo| git(repo, &["checkout", "-q", "--detach"])),
        ("packed refs", |repo| git(repo, &["pack-refs", "--all"])),
        ("settings of many kinds", |repo| {
            git(repo, &["config", "remote.origin.url", "../origin"]);
            git(repo, &["config", "core.autocrlf", "input"]);
            git(repo, &["config", "alias.x", "!true"]);
        }),
    ] {
        assert_eq!(reader(&[], prepare), "keystop", "{name}");
    }
}

#[test]
fn libgit2_reads_what_may_lie_otherwise() {
    for (name, prepare) in [
        (
            "a work tree elsewhere",
            (|repo| git(repo, &["config", "core.worktree", repo.path.to_str().unwrap()]))
                as fn(&Repo),
        ),
        ("a work tree elsewhere, as this work tree's own setting says", |repo| {
            git(repo, &["config", "extensions.worktreeConfig", "true"]);
            git(repo, &["config", "--worktree", "core.worktree", repo.path.to_str().unwrap()]);
        }),
        ("a .git that is a link", |repo| {
            std::fs::rename(repo.path.join(".git"), repo.path.join("../moved")).unwrap();
            std::os::unix::fs::symlink("../moved", repo.path.join(".git")).unwrap();
        }),
    ] {
        assert_eq!(reader(&[], prepare), "libgit2", "{name}");
    }
}

#[test]
fn git_reads_what_libgit2_refuses() {
    assert_eq!(reader(&["--object-format=sha256"], |_| {}), "git", "SHA-256");
    assert_eq!(reader(&["--ref-format=reftable"], |_| {}), "git", "reftable");
    let partial = |repo: &Repo| {
        git(repo, &["config", "core.repositoryFormatVersion", "1"]);
        git(repo, &["config", "extensions.partialClone", "origin"]);
    };
    assert_eq!(reader(&[], partial), "git", "a partial clone");
}
