//! What a push sends: every ref of every form, and all that hangs on it.

use std::path::{Path, PathBuf};

use crate::support::keys;
use crate::support::{Repo, Run, Sandbox};

mod advice;
mod amend;
mod clones;
mod history;
mod managers;
mod remotes;

pub(crate) const STRIPE: &str = "stripe-live-secret-key";

/// A repository whose clean `main` is on its remote `origin`, and the remote.
pub(crate) fn connected(sandbox: &Sandbox) -> (Repo<'_>, PathBuf) {
    connected_as(sandbox, "work", "remote.git")
}

/// The same under names of their own.
pub(crate) fn connected_as<'a>(
    sandbox: &'a Sandbox,
    name: &str,
    remote: &str,
) -> (Repo<'a>, PathBuf) {
    let repo = sandbox.with_commit(name);
    let remote = sandbox.remote(remote);
    repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
    repo.git(&["push", "-q", "origin", "main"]).expect(0);
    (repo, remote)
}

/// A line of Python with a key that is planted from now on.
pub(crate) fn secret(sandbox: &Sandbox, seed: u64) -> String {
    let key = keys::stripe(seed);
    sandbox.plant(&key.body);
    format!("stripe.api_key = '{}'\n", key.value())
}

/// Commits a file past the hooks and returns the commit's id.
pub(crate) fn commit(repo: &Repo, name: &str, content: impl AsRef<[u8]>) -> String {
    repo.stage(name, content);
    repo.commit_unasked("change");
    repo.id("HEAD")
}

/// Every ref of a repository with its object.
pub(crate) fn refs(sandbox: &Sandbox, repository: &Path) -> String {
    let format = "--format=%(refname) %(objectname)";
    sandbox.run(repository, "git", &["for-each-ref", format], &[], b"").expect(0).stdout
}

/// Asserts that a push is refused for a key and that the remote is as it was.
#[track_caller]
pub(crate) fn refused(repo: &Repo, remote: &Path, arguments: &[&str]) -> Run {
    let before = refs(repo.sandbox, remote);
    let run = repo.git(&[&["push"], arguments].concat()).blocked_by(STRIPE);
    assert_eq!(refs(repo.sandbox, remote), before, "the remote changed");
    run
}

/// Asserts that a push passes and that git and keystop say nothing.
#[track_caller]
pub(crate) fn passes(repo: &Repo, arguments: &[&str]) {
    let run = repo.git(&[&["push", "-q"], arguments].concat()).expect(0);
    assert_eq!(run.stderr, "");
}

/// A push past the hooks: how a key got to a remote before keystop was there.
#[track_caller]
pub(crate) fn push_unasked(repo: &Repo, arguments: &[&str]) {
    repo.git(&[&["push", "-q", "--no-verify"], arguments].concat()).expect(0);
}

cases! {
fn a_clean_commit_is_pushed_without_a_word(sandbox) {
    let (repo, remote) = connected(sandbox);
    let id = commit(&repo, "clean.py", "print(1)\n");
    passes(&repo, &["origin", "main"]);
    assert!(refs(sandbox, &remote).contains(&id));
}

fn a_key_in_the_last_of_three_refs_stops_all_three(sandbox) {
    let (repo, remote) = connected(sandbox);
    for branch in ["one", "two"] {
        repo.git(&["switch", "-q", "-c", branch, "main"]).expect(0);
        commit(&repo, branch, "clean\n");
    }
    repo.git(&["switch", "-q", "-c", "three", "main"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &remote, &["origin", "one", "two", "three"]);
    assert_eq!(refs(sandbox, &remote).lines().count(), 1);
    passes(&repo, &["origin", "one", "two"]);
}

fn a_key_in_the_first_of_three_refs_stops_all_three(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["switch", "-q", "-c", "a", "main"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["branch", "b", "main"]).expect(0);
    repo.git(&["branch", "c", "main"]).expect(0);
    refused(&repo, &remote, &["origin", "a", "b", "c"]);
}

fn a_new_branch_with_a_key_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["switch", "-q", "-c", "topic"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &remote, &["-u", "origin", "topic"]);
}

fn an_existing_branch_with_a_key_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &remote, &["origin", "main"]);
}

fn a_first_push_into_an_empty_remote_is_judged_from_the_root(sandbox) {
    let repo = sandbox.hooked("work");
    let remote = sandbox.remote("remote.git");
    repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "pay.py", "pass\n");
    refused(&repo, &remote, &["origin", "main"]);
    assert_eq!(refs(sandbox, &remote), "");
}

fn a_branch_pushed_under_another_name_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &remote, &["origin", "main:refs/heads/other"]);
    refused(&repo, &remote, &["origin", "HEAD:refs/for/review"]);
    refused(&repo, &remote, &["origin", "HEAD:refs/x/y"]);
}

fn an_object_id_and_an_expression_are_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    let id = commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "clean.py", "pass\n");
    refused(&repo, &remote, &["origin", &format!("{id}:refs/heads/by-id")]);
    refused(&repo, &remote, &["origin", "HEAD~1:refs/heads/by-expression"]);
    refused(&repo, &remote, &["origin", ":/change:refs/heads/by-message"]);
}

fn a_forced_push_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "clean.py", "pass\n");
    passes(&repo, &["origin", "main"]);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &remote, &["--force", "origin", "main"]);
    refused(&repo, &remote, &["--force-with-lease", "origin", "main"]);
    refused(&repo, &remote, &["origin", "+main"]);
}

fn deleting_a_branch_passes_even_one_with_a_key(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["switch", "-q", "-c", "leaky"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    push_unasked(&repo, &["origin", "leaky"]);
    passes(&repo, &["origin", "--delete", "leaky"]);
    assert!(!refs(sandbox, &remote).contains("leaky"));
}

fn a_deletion_beside_a_key_does_not_let_the_key_through(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["branch", "old"]).expect(0);
    passes(&repo, &["origin", "old"]);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &remote, &["origin", ":old", "main"]);
}

fn nothing_to_push_passes(sandbox) {
    let (repo, _) = connected(sandbox);
    passes(&repo, &["origin", "main"]);
    passes(&repo, &["origin", "--tags"]);
}

fn all_branches_are_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["switch", "-q", "-c", "hidden"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["switch", "-q", "main"]).expect(0);
    refused(&repo, &remote, &["--all", "origin"]);
}

fn a_mirror_push_judges_refs_outside_of_branches(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["update-ref", "refs/custom/kept", "HEAD"]).expect(0);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]).expect(0);
    refused(&repo, &remote, &["--mirror", "origin"]);
}

fn a_stash_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.write("README.md", secret(sandbox, 1));
    repo.git(&["stash", "push", "-q"]).expect(0);
    refused(&repo, &remote, &["origin", "refs/stash:refs/heads/mine"]);
}

fn tags_are_judged_with_all_they_reach(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "pay.py", "pass\n");
    repo.git(&["tag", "v1"]).expect(0);
    repo.git(&["reset", "-q", "--hard", "origin/main"]).expect(0);
    refused(&repo, &remote, &["--tags", "origin"]);
}

fn tags_that_follow_a_branch_are_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "clean.py", "pass\n");
    let text = secret(sandbox, 1);
    repo.git(&["tag", "-a", "-m", &text, "v1"]).expect(0);
    refused(&repo, &remote, &["--follow-tags", "origin", "main"]);
    passes(&repo, &["origin", "main"]);
}

fn a_detached_head_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["checkout", "-q", "--detach"]).expect(0);
    commit(&repo, "clean.py", "pass\n");
    passes(&repo, &["origin", "HEAD:refs/heads/detached"]);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &remote, &["origin", "HEAD:refs/heads/detached"]);
}

fn a_push_from_a_subdirectory_and_a_linked_worktree_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    let linked = Repo { sandbox, path: sandbox.path().join("linked") };
    commit(&linked, "deep/pay.py", secret(sandbox, 1));
    refused(&linked, &remote, &["origin", "linked"]);
    let below = Repo { sandbox, path: linked.path.join("deep") };
    refused(&below, &remote, &["origin", "HEAD"]);
}

fn an_unborn_head_does_not_hinder_a_push(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "clean.py", "pass\n");
    repo.git(&["branch", "leaky"]).expect(0);
    repo.git(&["switch", "-q", "--orphan", "empty"]).expect(0);
    passes(&repo, &["origin", "main"]);
    repo.git(&["switch", "-q", "leaky"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["switch", "-q", "--orphan", "empty"]).expect(0);
    refused(&repo, &remote, &["origin", "leaky"]);
}

fn a_line_that_is_not_gits_is_not_taken_for_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    for line in ["garbage\n", "refs/heads/main abc refs/heads/main def\n"] {
        let arguments = ["pre-push", "origin", "/nowhere"];
        let run = sandbox.run(&repo.path, crate::support::KEYSTOP, &arguments, &[], line.as_bytes());
        run.expect(2).says("pre-push");
    }
}
}
