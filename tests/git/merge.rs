//! Merges: what is in none of the parents is new.

use crate::support::{Repo, Sandbox};
use crate::verdict::{STRIPE, key_line, passes, refused};

/// `main` and `side`, each one commit beyond the first; `side` brings `side.py`.
fn diverged<'a>(sandbox: &'a Sandbox, side: &str) -> Repo<'a> {
    let repo = sandbox.with_commit("work");
    repo.git(&["checkout", "-q", "-b", "side"]).expect(0);
    repo.stage("side.py", side);
    repo.commit_unasked("on side");
    repo.git(&["checkout", "-q", "main"]).expect(0);
    repo.stage("main.py", "clean\n");
    repo.commit_unasked("on main");
    repo
}

/// The same, and both branches change `both.txt`.
fn conflicting<'a>(sandbox: &'a Sandbox, theirs: &str, ours: &str) -> Repo<'a> {
    let repo = diverged(sandbox, "clean\n");
    repo.git(&["checkout", "-q", "side"]).expect(0);
    repo.stage("both.txt", theirs);
    repo.commit_unasked("theirs");
    repo.git(&["checkout", "-q", "main"]).expect(0);
    repo.stage("both.txt", ours);
    repo.commit_unasked("ours");
    repo
}

fn parents(repo: &Repo) -> usize {
    repo.git(&["rev-list", "--parents", "-n", "1", "HEAD"]).stdout.split_whitespace().count() - 1
}

/// A merge that has been begun, not yet concluded, and has no conflict left.
fn begun<'a>(sandbox: &'a Sandbox, side: &str) -> Repo<'a> {
    let repo = diverged(sandbox, side);
    repo.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]).expect(0);
    repo
}

cases! {
fn a_merge_without_conflict_passes(sandbox) {
    let repo = diverged(sandbox, "clean\n");
    passes(&repo, &["merge", "-q", "--no-edit", "side"]);
    assert_eq!(parents(&repo), 2);
}

fn the_other_branchs_old_key_is_not_blamed_on_a_merge(sandbox) {
    let repo = diverged(sandbox, &key_line(sandbox, 1));
    passes(&repo, &["merge", "-q", "--no-edit", "side"]);
    assert_eq!(parents(&repo), 2);
}

fn a_merge_commit_without_fast_forward_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["checkout", "-q", "-b", "side"]).expect(0);
    repo.stage("side.py", key_line(sandbox, 1));
    repo.commit_unasked("on side");
    repo.git(&["checkout", "-q", "main"]).expect(0);
    passes(&repo, &["merge", "-q", "--no-edit", "--no-ff", "side"]);
}

fn a_key_that_the_merge_itself_makes_is_blocked(sandbox) {
    // Each branch holds one half of the line's file; git puts them together, and a merge driver
    // adds the key. No pre-commit runs: this is pre-merge-commit's.
    let repo = conflicting(sandbox, "theirs\n", "ours\n");
    let line = key_line(sandbox, 1);
    repo.write("driver-output", &line);
    repo.write(".git/info/attributes", "both.txt merge=evil\n");
    repo.git(&["config", "merge.evil.driver", "cp driver-output %A"]).expect(0);
    let before = repo.id("HEAD");
    repo.git(&["merge", "-q", "--no-edit", "side"]).blocked_by(STRIPE).says("both.txt:1:");
    assert_eq!(repo.id("HEAD"), before);
    repo.git(&["merge", "--abort"]).expect(0);
    repo.write("driver-output", "clean\n");
    passes(&repo, &["merge", "-q", "--no-edit", "side"]);
}

fn pre_merge_commit_knows_the_parents_git_has_not_written_down(sandbox) {
    // The same driver keeps the other branch's key: it stood in a parent.
    let line = key_line(sandbox, 1);
    let repo = conflicting(sandbox, &format!("theirs\n{line}"), "ours\n");
    repo.write("driver-output", format!("both\n{line}"));
    repo.write(".git/info/attributes", "both.txt merge=mixed\n");
    repo.git(&["config", "merge.mixed.driver", "cp driver-output %A"]).expect(0);
    passes(&repo, &["merge", "-q", "--no-edit", "side"]);
    assert_eq!(parents(&repo), 2);
}

fn a_conflict_resolved_with_a_key_is_blocked(sandbox) {
    let repo = conflicting(sandbox, "theirs\n", "ours\n");
    assert_ne!(repo.git(&["merge", "-q", "side"]).code, 0);
    repo.stage("both.txt", format!("both\n{}", key_line(sandbox, 1)));
    refused(&repo, &["commit", "-q", "--no-edit"]).says("conclude the merge");
    refused(&repo, &["merge", "--continue"]);
    repo.stage("both.txt", "both\n");
    passes(&repo, &["merge", "--continue"]);
    assert_eq!(parents(&repo), 2);
}

fn a_conflict_resolved_around_either_sides_old_key_passes(sandbox) {
    let (theirs, ours) = (key_line(sandbox, 1), key_line(sandbox, 2));
    let repo = conflicting(sandbox, &format!("theirs\n{theirs}"), &format!("ours\n{ours}"));
    // A merge prints names only, so the planted keys stay unseen.
    assert_ne!(repo.git(&["merge", "-q", "side"]).code, 0);
    repo.stage("both.txt", format!("both\n{ours}{theirs}"));
    passes(&repo, &["commit", "-q", "--no-edit"]);
    assert_eq!(parents(&repo), 2);
}

fn a_merge_that_takes_a_key_out_passes(sandbox) {
    let theirs = key_line(sandbox, 1);
    let repo = conflicting(sandbox, &format!("theirs\n{theirs}"), "ours\n");
    assert_ne!(repo.git(&["merge", "-q", "side"]).code, 0);
    repo.stage("both.txt", "neither\n");
    passes(&repo, &["commit", "-q", "--no-edit"]);
}

fn a_merge_that_drops_the_other_branchs_file_passes(sandbox) {
    let repo = begun(sandbox, &key_line(sandbox, 1));
    repo.git(&["rm", "-q", "-f", "side.py"]).expect(0);
    passes(&repo, &["commit", "-q", "--no-edit"]);
}

fn a_key_added_only_in_the_merge_is_blocked(sandbox) {
    let repo = begun(sandbox, "clean\n");
    repo.stage("evil.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "--no-edit"]).says("evil.py:1:");
    repo.git(&["rm", "-q", "-f", "--cached", "evil.py"]).expect(0);
    repo.stage("side.py", format!("clean\n{}", key_line(sandbox, 2)));
    refused(&repo, &["commit", "-q", "--no-edit"]).says("side.py:2:");
    repo.stage("side.py", "clean\n");
    passes(&repo, &["commit", "-q", "--no-edit"]);
}

fn the_other_branchs_file_renamed_in_the_merge_passes(sandbox) {
    let repo = begun(sandbox, &key_line(sandbox, 1));
    repo.git(&["mv", "side.py", "moved.py"]).expect(0);
    repo.stage("moved.py", format!("# moved\n{}", key_line(sandbox, 1)));
    passes(&repo, &["commit", "-q", "--no-edit"]);
}

fn commit_a_during_a_merge_is_judged(sandbox) {
    let repo = begun(sandbox, &key_line(sandbox, 1));
    repo.write("main.py", key_line(sandbox, 2));
    refused(&repo, &["commit", "-q", "-a", "--no-edit"]).says("main.py:1:");
    repo.write("main.py", "clean\nclean\n");
    passes(&repo, &["commit", "-q", "-a", "--no-edit"]);
}

fn a_merge_with_a_file_meant_to_be_added_is_judged(sandbox) {
    // An intent-to-add entry leaves the cache-tree invalid: git's own difference is used, and it
    // knows of one parent only.
    let repo = begun(sandbox, &key_line(sandbox, 1));
    repo.write("later.txt", "later\n");
    repo.git(&["add", "-N", "later.txt"]).expect(0);
    repo.stage("evil.py", key_line(sandbox, 2));
    refused(&repo, &["commit", "-q", "--no-edit"]).says("1 key in");
    repo.git(&["rm", "-q", "-f", "--cached", "evil.py"]).expect(0);
    passes(&repo, &["commit", "-q", "--no-edit"]);
}

fn an_octopus_has_many_parents(sandbox) {
    let repo = sandbox.with_commit("work");
    for (seed, name) in (1_u64..).zip(["one", "two", "three"]) {
        repo.git(&["checkout", "-q", "-b", name, "main"]).expect(0);
        repo.stage(&format!("{name}.py"), key_line(sandbox, seed));
        repo.commit_unasked(name);
    }
    repo.git(&["checkout", "-q", "main"]).expect(0);
    repo.stage("main.py", "clean\n");
    repo.commit_unasked("on main");
    repo.git(&["merge", "-q", "--no-commit", "one", "two", "three"]).expect(0);
    repo.stage("evil.py", key_line(sandbox, 9));
    refused(&repo, &["commit", "-q", "--no-edit"]).says("1 key in");
    repo.git(&["rm", "-q", "-f", "--cached", "evil.py"]).expect(0);
    passes(&repo, &["commit", "-q", "--no-edit"]);
    assert_eq!(parents(&repo), 4);
}

fn an_octopus_that_runs_through_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    for (seed, name) in (1_u64..).zip(["one", "two"]) {
        repo.git(&["checkout", "-q", "-b", name, "main"]).expect(0);
        repo.stage(&format!("{name}.py"), key_line(sandbox, seed));
        repo.commit_unasked(name);
    }
    repo.git(&["checkout", "-q", "main"]).expect(0);
    repo.stage("main.py", "clean\n");
    repo.commit_unasked("on main");
    passes(&repo, &["merge", "-q", "--no-edit", "one", "two"]);
    assert_eq!(parents(&repo), 3);
}

fn a_squashed_branch_brings_its_key_anew(sandbox) {
    let repo = diverged(sandbox, &key_line(sandbox, 1));
    repo.git(&["merge", "-q", "--squash", "side"]).expect(0);
    refused(&repo, &["commit", "-q", "-m", "squashed"]).says("side.py:1:");
    repo.stage("side.py", "clean\n");
    passes(&repo, &["commit", "-q", "-m", "squashed"]);
}

fn a_subtree_merge_passes_the_other_sides_old_key(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.git(&["checkout", "-q", "--orphan", "library"]).expect(0);
    repo.git(&["rm", "-q", "-rf", "."]).expect(0);
    repo.stage("config.py", &line);
    repo.commit_unasked("library");
    repo.git(&["checkout", "-q", "main"]).expect(0);
    repo.git(&["merge", "-q", "-s", "ours", "--no-commit", "--allow-unrelated-histories", "library"]).expect(0);
    repo.git(&["read-tree", "--prefix=vendor/", "-u", "library"]).expect(0);
    passes(&repo, &["commit", "-q", "--no-edit"]);
    assert_eq!(parents(&repo), 2);
}

fn unrelated_histories_are_judged_against_both(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["checkout", "-q", "--orphan", "other"]).expect(0);
    repo.stage("config.py", key_line(sandbox, 1));
    repo.commit_unasked("other");
    repo.git(&["checkout", "-q", "main"]).expect(0);
    passes(&repo, &["merge", "-q", "--no-edit", "--allow-unrelated-histories", "other"]);
}

fn amending_a_merge_is_judged(sandbox) {
    let repo = diverged(sandbox, &key_line(sandbox, 1));
    passes(&repo, &["merge", "-q", "--no-edit", "side"]);
    repo.stage("evil.py", key_line(sandbox, 2));
    refused(&repo, &["commit", "-q", "--amend", "--no-edit"]).says("1 key in");
    repo.stage("evil.py", "clean\n");
    passes(&repo, &["commit", "-q", "--amend", "--no-edit"]);
    assert_eq!(parents(&repo), 2);
}
}
