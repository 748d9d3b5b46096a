//! Hook managers that read git's list of refs before keystop can.

use super::*;
use crate::support::KEYSTOP;

/// Runs the hook as a manager does: with an empty input.
fn ask(repo: &Repo, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    repo.sandbox.run(&repo.path, KEYSTOP, &[&["pre-push"], arguments].concat(), variables, b"")
}

cases! {
fn an_empty_list_that_may_have_been_read_before_judges_every_branch(sandbox) {
    let (repo, remote) = connected(sandbox);
    let arguments = ["origin", remote.to_str().unwrap()];
    ask(&repo, &arguments, &[]).expect(0);
    repo.git(&["switch", "-q", "-c", "other"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["switch", "-q", "main"]).expect(0);
    ask(&repo, &arguments, &[]).expect(1).says(STRIPE).says("use_stdin");
    repo.git(&["checkout", "-q", "--detach", "other"]).expect(0);
    repo.git(&["branch", "-q", "-D", "other"]).expect(0);
    ask(&repo, &arguments, &[]).expect(1).says(STRIPE);
}

fn gits_own_empty_list_means_that_nothing_is_pushed(sandbox) {
    let (repo, _) = connected(sandbox);
    repo.git(&["switch", "-q", "-c", "other"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    passes(&repo, &["origin", "main"]);
}

fn the_ref_that_pre_commit_names_and_every_branch_are_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    let base = repo.id("HEAD");
    commit(&repo, "pay.py", secret(sandbox, 1));
    let tip = commit(&repo, "pay.py", "pass\n");
    let remote = remote.to_str().unwrap();
    let told = [
        ("PRE_COMMIT", "1"), ("PRE_COMMIT_REMOTE_NAME", "origin"), ("PRE_COMMIT_REMOTE_URL", remote),
        ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main"), ("PRE_COMMIT_REMOTE_BRANCH", "refs/heads/main"),
        ("PRE_COMMIT_FROM_REF", &base), ("PRE_COMMIT_TO_REF", &tip),
    ];
    ask(&repo, &[], &told).expect(1).says(STRIPE);
    // A first push names the branch alone.
    ask(&repo, &[], &told[..5]).expect(1).says(STRIPE);
    // By hand: a range.
    ask(&repo, &[], &[told[0], told[5], told[6]]).expect(1).says(STRIPE);
    // On another branch, which may be pushed as well.
    repo.git(&["branch", "other"]).expect(0);
    repo.git(&["reset", "-q", "--hard", "origin/main"]).expect(0);
    let clean = commit(&repo, "clean.py", "pass\n");
    let told = [told[0], told[1], told[2], told[3], told[4], told[5], ("PRE_COMMIT_TO_REF", &clean)];
    ask(&repo, &[], &told).expect(1).says(STRIPE).says("every local branch");
    repo.git(&["branch", "-q", "-D", "other"]).expect(0);
    ask(&repo, &[], &told).expect(0);
}

fn a_manager_that_names_nothing_is_not_passed(sandbox) {
    let (repo, _) = connected(sandbox);
    ask(&repo, &[], &[("PRE_COMMIT", "1")]).expect(2).says("nothing was judged");
    let gone = "12".repeat(20);
    let told = [("PRE_COMMIT", "1"), ("PRE_COMMIT_FROM_REF", &*gone), ("PRE_COMMIT_TO_REF", &gone)];
    ask(&repo, &[], &told).expect(2);
}
}
