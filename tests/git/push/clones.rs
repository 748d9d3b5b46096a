//! Pushes from repositories that do not hold everything, or hold it in another form.

use super::{commit, connected, passes, push_unasked, refused, secret};
use crate::support::{Repo, Sandbox};

/// A clone with keystop's hooks.
fn clone<'a>(sandbox: &'a Sandbox, options: &[&str], name: &str) -> Repo<'a> {
    let url = format!("file://{}", sandbox.path().join("remote.git").display());
    let arguments = [&["clone", "-q"], options, &[&url, name]].concat();
    sandbox.run(sandbox.path(), "git", &arguments, &[], b"").expect(0);
    let clone = Repo { sandbox, path: sandbox.path().join(name) };
    clone.keystop(&["install"]).expect(0);
    clone
}

/// A repository of a given form, with one clean commit on its own kind of remote.
fn formed<'a>(sandbox: &'a Sandbox, option: &str) -> (Repo<'a>, std::path::PathBuf) {
    let init = |arguments: &[&str]| {
        let arguments = [&["init", "-q", "-b", "main", option], arguments].concat();
        sandbox.run(sandbox.path(), "git", &arguments, &[], b"").expect(0);
    };
    init(&["work"]);
    init(&["--bare", "remote.git"]);
    let repo = Repo { sandbox, path: sandbox.path().join("work") };
    repo.keystop(&["install"]).expect(0);
    let remote = sandbox.path().join("remote.git");
    repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
    repo.stage("README.md", "a project\n");
    repo.git(&["commit", "-q", "-m", "begin"]).expect(0);
    passes(&repo, &["origin", "main"]);
    (repo, remote)
}

fn a_key_passes_no_push(repo: &Repo, remote: &std::path::Path) {
    commit(repo, "clean.py", "pass\n");
    passes(repo, &["origin", "main"]);
    let id = commit(repo, "pay.py", secret(repo.sandbox, 7));
    commit(repo, "pay.py", "pass\n");
    refused(repo, remote, &["origin", "main"]).says(&id[..12]);
}

cases! {
fn a_sha256_repository_is_judged(sandbox) {
    let (repo, remote) = formed(sandbox, "--object-format=sha256");
    assert_eq!(repo.id("HEAD").len(), 64);
    a_key_passes_no_push(&repo, &remote);
}

fn a_reftable_repository_is_judged(sandbox) {
    let (repo, remote) = formed(sandbox, "--ref-format=reftable");
    assert!(repo.path.join(".git/reftable").is_dir());
    a_key_passes_no_push(&repo, &remote);
    // What the remote-tracking refs show is known there too.
    push_unasked(&repo, &["origin", "main"]);
    passes(&repo, &["origin", "main:refs/heads/copy"]);
}

fn a_shallow_clone_pushes_what_is_clean(sandbox) {
    let (work, remote) = connected(sandbox);
    commit(&work, "pay.py", secret(sandbox, 1));
    commit(&work, "more.py", "pass\n");
    push_unasked(&work, &["origin", "main"]);
    let shallow = clone(sandbox, &["--depth", "1"], "shallow");
    assert_eq!(shallow.git(&["rev-list", "--count", "HEAD"]).stdout.trim(), "1");
    a_key_passes_no_push(&shallow, &remote);
}

fn a_shallow_clone_pushes_a_new_branch_without_blame_for_old_keys(sandbox) {
    let (work, _) = connected(sandbox);
    commit(&work, "pay.py", secret(sandbox, 1));
    push_unasked(&work, &["origin", "main"]);
    let shallow = clone(sandbox, &["--depth", "1"], "shallow");
    shallow.git(&["switch", "-q", "-c", "topic"]).expect(0);
    commit(&shallow, "clean.py", "pass\n");
    passes(&shallow, &["origin", "topic"]);
}

fn a_shallow_boundary_that_the_remote_may_lack_counts_as_new(sandbox) {
    let (work, _) = connected(sandbox);
    commit(&work, "pay.py", secret(sandbox, 1));
    commit(&work, "more.py", "pass\n");
    push_unasked(&work, &["origin", "main"]);
    let shallow = clone(sandbox, &["--depth", "1"], "shallow");
    let other = sandbox.remote("other.git");
    refused(&shallow, &other, &[other.to_str().unwrap(), "main"]);
}

fn a_linked_worktree_of_a_shallow_clone_is_judged(sandbox) {
    let (work, _) = connected(sandbox);
    commit(&work, "pay.py", secret(sandbox, 1));
    commit(&work, "more.py", "pass\n");
    push_unasked(&work, &["origin", "main"]);
    let shallow = clone(sandbox, &["--depth", "1"], "shallow");
    shallow.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    let linked = Repo { sandbox, path: sandbox.path().join("linked") };
    let other = sandbox.remote("other.git");
    refused(&linked, &other, &[other.to_str().unwrap(), "linked"]);
    commit(&linked, "clean.py", "pass\n");
    passes(&linked, &["origin", "linked"]);
}

fn a_partial_clone_is_judged(sandbox) {
    let (work, remote) = connected(sandbox);
    sandbox.run(&remote, "git", &["config", "uploadpack.allowFilter", "true"], &[], b"").expect(0);
    commit(&work, "old.py", "v = 1\n");
    commit(&work, "old.py", "v = 2\n");
    push_unasked(&work, &["origin", "main"]);
    let partial = clone(sandbox, &["--filter=blob:none"], "partial");
    a_key_passes_no_push(&partial, &remote);
}

fn a_missing_old_blob_of_a_partial_clone_means_the_value_is_new(sandbox) {
    let (work, remote) = connected(sandbox);
    sandbox.run(&remote, "git", &["config", "uploadpack.allowFilter", "true"], &[], b"").expect(0);
    let line = secret(sandbox, 1);
    commit(&work, "pay.py", &line);
    let old = work.id("HEAD:pay.py");
    commit(&work, "pay.py", "pass\n");
    push_unasked(&work, &["origin", "main"]);
    let partial = clone(sandbox, &["--filter=blob:none"], "partial");
    let offline = [("GIT_NO_LAZY_FETCH", "1")];
    // A sibling of the tip whose parent's pay.py is not here.
    let build = |content: &str| {
        partial.git(&["read-tree", "HEAD~1"]).expect(0);
        partial.write("new.py", content);
        let blob = partial.git(&["hash-object", "-w", "new.py"]).expect(0).stdout;
        let entry = format!("100644,{},pay.py", blob.trim());
        partial.git_with(&["update-index", "--add", "--cacheinfo", &entry], &offline).expect(0);
        let tree = partial.git_with(&["write-tree", "--missing-ok"], &offline).expect(0).stdout;
        let arguments = ["commit-tree", "-p", "HEAD~1", "-m", "sibling", tree.trim()];
        partial.git(&arguments).expect(0).stdout.trim().to_owned()
    };
    let leaky = build(&format!("import stripe\n{line}"));
    refused(&partial, &remote, &["origin", &format!("{leaky}:refs/heads/leaky")]);
    // The hook fetched nothing; git itself does, once the hook has let it.
    partial.git_with(&["cat-file", "-e", &old], &offline).expect(1);
    let clean = build("import stripe\n");
    passes(&partial, &["origin", &format!("{clean}:refs/heads/clean")]);
}

fn borrowed_objects_are_judged(sandbox) {
    let (work, remote) = connected(sandbox);
    let line = secret(sandbox, 1);
    commit(&work, "pay.py", line);
    let path = work.path.to_str().unwrap();
    sandbox.run(sandbox.path(), "git", &["clone", "-q", "--shared", path, "borrower"], &[], b"").expect(0);
    let borrower = Repo { sandbox, path: sandbox.path().join("borrower") };
    borrower.keystop(&["install"]).expect(0);
    borrower.git(&["remote", "set-url", "origin", remote.to_str().unwrap()]).expect(0);
    borrower.git(&["update-ref", "-d", "refs/remotes/origin/main"]).expect(0);
    refused(&borrower, &remote, &["origin", "main"]);
}

fn packed_objects_and_refs_are_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "pay.py", "pass\n");
    repo.git(&["pack-refs", "--all"]).expect(0);
    repo.git(&["gc", "-q", "--prune=now"]).expect(0);
    refused(&repo, &remote, &["origin", "main"]);
}
}
