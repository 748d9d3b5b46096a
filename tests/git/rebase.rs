//! Commits made again: cherry-pick, revert, rebase, am, stash. Where git asks no hook, the push does.

use crate::support::{Repo, Sandbox};
use crate::verdict::{STRIPE, key_line, passes, refused, script};

/// `main` with a clean commit after a fork, and `side` whose commit brings `config.py`.
fn forked<'a>(sandbox: &'a Sandbox, config: &str) -> Repo<'a> {
    let repo = sandbox.with_commit("work");
    repo.git(&["checkout", "-q", "-b", "side"]).expect(0);
    repo.stage("config.py", config);
    repo.commit_unasked("on side");
    repo.git(&["checkout", "-q", "main"]).expect(0);
    repo.stage("main.py", "clean\n");
    repo.commit_unasked("on main");
    repo
}

/// Runs a rebase whose list of commits has every `pick` replaced by `verb`.
fn rebase(repo: &Repo, verb: &str, editor: &str) -> crate::support::Run {
    let list = format!("sed -i -e 's/^pick/{verb}/'");
    repo.git_with(
        &["rebase", "-q", "-i", "HEAD~1"],
        &[("GIT_SEQUENCE_EDITOR", &list), ("GIT_EDITOR", editor)],
    )
}

/// What git lets through unasked is stopped on its way out.
fn push_refused(sandbox: &Sandbox, repo: &Repo) {
    sandbox.remote("remote.git");
    repo.git(&["push", "-q", "../remote.git", "HEAD:refs/heads/main"]).blocked_by(STRIPE);
}

cases! {
fn a_cherry_pick_asks_no_hook_and_is_stopped_at_the_push(sandbox) {
    let repo = forked(sandbox, &key_line(sandbox, 1));
    passes(&repo, &["cherry-pick", "side"]);
    push_refused(sandbox, &repo);
}

fn a_cherry_pick_left_uncommitted_is_judged(sandbox) {
    let repo = forked(sandbox, &key_line(sandbox, 1));
    repo.git(&["cherry-pick", "-n", "side"]).expect(0);
    refused(&repo, &["commit", "-q", "-m", "picked"]);
    repo.stage("config.py", "clean\n");
    passes(&repo, &["commit", "-q", "-m", "picked"]);
}

fn a_cherry_pick_with_a_conflict_is_judged_when_concluded(sandbox) {
    let repo = forked(sandbox, "theirs\n");
    repo.stage("config.py", "ours\n");
    repo.commit_unasked("ours");
    assert_ne!(repo.git(&["cherry-pick", "side"]).code, 0);
    repo.stage("config.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "--no-edit"]);
    refused(&repo, &["cherry-pick", "--continue"]);
    repo.stage("config.py", "both\n");
    passes(&repo, &["cherry-pick", "--continue"]);
}

fn a_revert_that_brings_a_key_back_is_judged_where_git_asks(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.commit_unasked("a key");
    repo.stage("config.py", "clean\n");
    passes(&repo, &["commit", "-q", "-m", "without it"]);
    repo.git(&["revert", "--no-commit", "HEAD"]).expect(0);
    refused(&repo, &["commit", "-q", "-m", "reverted"]);
    repo.git(&["revert", "--abort"]).expect(0);
    passes(&repo, &["revert", "--no-edit", "HEAD"]);
    push_refused(sandbox, &repo);
}

fn a_revert_of_a_key_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.commit_unasked("a key");
    repo.git(&["revert", "--no-commit", "HEAD"]).expect(0);
    passes(&repo, &["commit", "-q", "-m", "reverted"]);
}

fn a_rebase_stopped_at_edit_is_judged(sandbox) {
    let repo = forked(sandbox, "clean\n");
    rebase(&repo, "edit", "true").expect(0);
    repo.stage("config.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "--amend", "--no-edit"]);
    refused(&repo, &["commit", "-q", "-m", "one more"]);
    repo.stage("config.py", "clean and edited\n");
    passes(&repo, &["commit", "-q", "--amend", "--no-edit"]);
    repo.git(&["rebase", "--continue"]).expect(0);
}

fn what_rebase_continue_commits_by_itself_is_stopped_at_the_push(sandbox) {
    let repo = forked(sandbox, "clean\n");
    rebase(&repo, "edit", "true").expect(0);
    repo.stage("config.py", key_line(sandbox, 1));
    // Git commits what is staged here without asking any hook.
    repo.git(&["rebase", "--continue"]).expect(0);
    push_refused(sandbox, &repo);
}

fn a_reworded_commit_is_judged(sandbox) {
    let repo = forked(sandbox, "clean\n");
    let line = key_line(sandbox, 1);
    let before = repo.id("main");
    repo.write("../message", format!("reworded\n\n{line}"));
    rebase(&repo, "reword", "cp ../message").blocked_by(STRIPE);
    repo.git(&["rebase", "--abort"]).expect(0);
    assert_eq!(repo.id("main"), before);
    rebase(&repo, "reword", "sed -i -e 1s/on/reworded/").expect(0);
    assert_ne!(repo.id("main"), before);
}

fn rewording_a_commit_with_an_old_key_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.commit_unasked("a key");
    let before = repo.id("main");
    rebase(&repo, "reword", "sed -i -e 1s/key/word/").expect(0);
    assert_ne!(repo.id("main"), before);
}

fn a_commit_made_by_a_rebases_command_is_judged(sandbox) {
    let repo = forked(sandbox, "clean\n");
    repo.write("../line", key_line(sandbox, 1));
    let before = repo.id("main");
    let make = "cp ../line made.py && git add made.py && git commit -q -m made";
    repo.git(&["rebase", "-q", "--exec", make, "HEAD~1"]).blocked_by(STRIPE);
    repo.git(&["rebase", "--abort"]).expect(0);
    assert_eq!(repo.id("main"), before);
    repo.write("../line", "clean\n");
    repo.git(&["rebase", "-q", "--exec", make, "HEAD~1"]).expect(0);
    assert_ne!(repo.id("main"), before);
}

fn a_rebase_over_old_keys_passes(sandbox) {
    let repo = forked(sandbox, &key_line(sandbox, 1));
    repo.git(&["checkout", "-q", "side"]).expect(0);
    passes(&repo, &["rebase", "-q", "main"]);
    push_refused(sandbox, &repo);
}

fn a_conflict_of_a_rebase_is_judged_at_the_commit_or_at_the_push(sandbox) {
    let repo = forked(sandbox, "theirs\n");
    repo.stage("config.py", "ours\n");
    repo.commit_unasked("ours");
    repo.git(&["checkout", "-q", "side"]).expect(0);
    assert_ne!(repo.git(&["rebase", "-q", "main"]).code, 0);
    repo.stage("config.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "--no-edit"]);
    passes(&repo, &["rebase", "--continue"]);
    push_refused(sandbox, &repo);
}

fn a_rebase_of_merges_passes(sandbox) {
    let repo = forked(sandbox, &key_line(sandbox, 1));
    passes(&repo, &["merge", "-q", "--no-edit", "side"]);
    let list = "true";
    repo.git_with(&["rebase", "-q", "-f", "--rebase-merges", "HEAD~1"], &[("GIT_SEQUENCE_EDITOR", list)])
        .expect(0);
}

fn a_mailed_patch_asks_no_hook_of_ours_and_is_stopped_at_the_push(sandbox) {
    let repo = forked(sandbox, &key_line(sandbox, 1));
    repo.git(&["format-patch", "-q", "-1", "-o", "../patches", "side"]).expect(0);
    passes(&repo, &["am", "-q", "../patches/0001-on-side.patch"]);
    push_refused(sandbox, &repo);
}

fn a_mailed_patch_applied_to_the_index_is_judged(sandbox) {
    let repo = forked(sandbox, &key_line(sandbox, 1));
    repo.git(&["format-patch", "-q", "-1", "-o", "../patches", "side"]).expect(0);
    repo.git(&["apply", "--index", "../patches/0001-on-side.patch"]).expect(0);
    refused(&repo, &["commit", "-q", "-m", "applied"]);
}

fn a_stash_is_free_and_what_comes_back_is_judged(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.git(&["stash", "-q"]).expect(0);
    passes(&repo, &["commit", "-q", "--allow-empty", "-m", "between"]);
    repo.git(&["stash", "pop", "-q", "--index"]).expect(0);
    refused(&repo, &["commit", "-q", "-m", "unstashed"]);
}

fn a_commit_that_a_script_builds_by_hand_is_stopped_at_the_push(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    let build = script(
        &repo,
        "../build",
        "git update-ref HEAD $(git commit-tree -p HEAD -m plumbing $(git write-tree))",
    );
    let before = repo.id("HEAD");
    sandbox.run(&repo.path, &build, &[] as &[&str], &[], b"").expect(0);
    assert_ne!(repo.id("HEAD"), before);
    push_refused(sandbox, &repo);
}
}
