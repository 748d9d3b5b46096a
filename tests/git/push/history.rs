//! The commits between what the remote has and what it will have.

use std::fmt::Write as _;
use std::fs;

use super::{commit, connected, passes, push_unasked, refused, secret};
use crate::support::Repo;

/// Runs git past the hooks.
#[track_caller]
fn unasked(repo: &Repo, arguments: &[&str]) {
    repo.git(&[&["-c", "core.hooksPath=/dev/null"], arguments].concat()).expect(0);
}

cases! {
fn a_key_that_comes_and_goes_within_the_range_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    let id = commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["rm", "-q", "pay.py"]).expect(0);
    repo.commit_unasked("remove it");
    refused(&repo, &remote, &["origin", "main"]).says(&id[..12]).says("pay.py:1:");
}

fn a_key_that_comes_and_goes_in_one_file_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", "pass\n");
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "pay.py", "pass\n");
    refused(&repo, &remote, &["origin", "main"]);
}

fn a_key_in_the_middle_of_300_commits_is_found(sandbox) {
    let (repo, remote) = connected(sandbox);
    let tip = repo.id("main");
    let line = secret(sandbox, 1);
    let mut stream = String::new();
    for number in 0..300 {
        let content = if number == 150 { line.clone() } else { format!("n = {number}\n") };
        let from = if number == 0 { format!("from {tip}\n") } else { String::new() };
        let message = format!("commit {number}\n");
        let _ = write!(
            stream,
            "commit refs/heads/long\ncommitter C <c@example.com> {} +0000\ndata {}\n{message}{from}M 100644 inline n.py\ndata {}\n{content}\n",
            1_767_000_000 + number, message.len(), content.len()
        );
    }
    sandbox.run(&repo.path, "git", &["fast-import", "--quiet"], &[], stream.as_bytes()).expect(0);
    assert_eq!(repo.git(&["rev-list", "--count", "main..long"]).stdout.trim(), "300");
    let culprit = repo.id("long~149");
    refused(&repo, &remote, &["origin", "long"]).says(&culprit[..12]).says("1 key in 300 commits");
    passes(&repo, &["origin", "long~150:refs/heads/long"]);
}

fn commits_made_at_the_same_or_a_wrong_time_are_all_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    for (date, name) in [("2040-01-01T00:00:00Z", "a"), ("1999-01-01T00:00:00Z", "b"), ("1980-01-01T00:00:00Z", "c")] {
        repo.stage(name, if name == "b" { secret(sandbox, 1) } else { "clean\n".to_owned() });
        let arguments = ["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "x"];
        repo.git_with(&arguments, &[("GIT_COMMITTER_DATE", date)]).expect(0);
    }
    refused(&repo, &remote, &["origin", "main"]);
}

fn what_the_remote_has_is_no_news_whatever_its_clock_said(sandbox) {
    let (repo, _) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    repo.stage("tip.py", "pass\n");
    let arguments = ["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "x"];
    repo.git_with(&arguments, &[("GIT_COMMITTER_DATE", "1980-01-01T00:00:00Z")]).expect(0);
    push_unasked(&repo, &["origin", "main"]);
    commit(&repo, "next.py", "pass\n");
    passes(&repo, &["origin", "main"]);
}

fn a_key_that_only_a_merge_commit_holds_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["switch", "-q", "-c", "topic"]).expect(0);
    commit(&repo, "topic.py", "pass\n");
    repo.git(&["switch", "-q", "main"]).expect(0);
    commit(&repo, "main.py", "pass\n");
    unasked(&repo, &["merge", "-q", "--no-ff", "--no-commit", "topic"]);
    repo.stage("topic.py", secret(sandbox, 1));
    repo.commit_unasked("merge");
    refused(&repo, &remote, &["origin", "main"]).says("topic.py:1:");
}

fn a_key_that_only_an_octopus_merge_holds_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    for topic in ["one", "two"] {
        repo.git(&["switch", "-q", "-c", topic, "main"]).expect(0);
        commit(&repo, topic, "clean\n");
    }
    repo.git(&["switch", "-q", "main"]).expect(0);
    commit(&repo, "main.py", "pass\n");
    unasked(&repo, &["merge", "-q", "-m", "octopus", "one", "two"]);
    passes(&repo, &["origin", "main"]);
    repo.stage("evil.py", secret(sandbox, 1));
    unasked(&repo, &["commit", "-q", "--amend", "--no-edit"]);
    assert_eq!(repo.git(&["rev-list", "--parents", "-1", "HEAD"]).stdout.split(' ').count(), 4);
    refused(&repo, &remote, &["--force", "origin", "main"]);
}

fn a_key_the_remote_has_in_the_other_parent_is_not_blamed_on_the_merge(sandbox) {
    let (repo, _) = connected(sandbox);
    repo.git(&["switch", "-q", "-c", "theirs"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    push_unasked(&repo, &["origin", "theirs"]);
    repo.git(&["switch", "-q", "main"]).expect(0);
    commit(&repo, "main.py", "pass\n");
    unasked(&repo, &["merge", "-q", "--no-ff", "-m", "merge", "theirs"]);
    passes(&repo, &["origin", "main"]);
}

fn a_key_in_a_merged_branch_the_remote_lacks_is_refused_once(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["switch", "-q", "-c", "topic"]).expect(0);
    let id = commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["switch", "-q", "main"]).expect(0);
    commit(&repo, "main.py", "pass\n");
    unasked(&repo, &["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    refused(&repo, &remote, &["origin", "main"]).says(&id[..12]).says("keystop: 1 key in 3 commits");
}

fn a_key_the_remote_has_in_the_same_file_is_no_news(sandbox) {
    let (repo, remote) = connected(sandbox);
    let line = secret(sandbox, 1);
    commit(&repo, "pay.py", &line);
    push_unasked(&repo, &["origin", "main"]);
    commit(&repo, "pay.py", format!("import stripe\n{line}"));
    repo.git(&["mv", "pay.py", "payment.py"]).expect(0);
    repo.commit_unasked("rename");
    passes(&repo, &["origin", "main"]);
    commit(&repo, "payment.py", format!("import stripe\n{line}{}", secret(sandbox, 2)));
    refused(&repo, &remote, &["origin", "main"]).says("payment.py:3:").says("1 key in 1 commit");
}

fn a_key_on_another_branch_of_the_remote_is_no_news(sandbox) {
    let (repo, _) = connected(sandbox);
    repo.git(&["switch", "-q", "-c", "known"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    push_unasked(&repo, &["origin", "known"]);
    repo.git(&["switch", "-q", "-c", "next"]).expect(0);
    commit(&repo, "clean.py", "pass\n");
    passes(&repo, &["origin", "next"]);
}

fn a_revert_that_brings_a_key_back_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    let line = secret(sandbox, 1);
    commit(&repo, "pay.py", line);
    push_unasked(&repo, &["origin", "main"]);
    commit(&repo, "pay.py", "pass\n");
    passes(&repo, &["origin", "main"]);
    unasked(&repo, &["revert", "--no-edit", "HEAD"]);
    refused(&repo, &remote, &["origin", "main"]);
}

fn an_unrelated_root_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["switch", "-q", "--orphan", "fresh"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &remote, &["origin", "fresh"]);
}

fn a_key_in_a_commit_message_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.commit_unasked(&secret(sandbox, 1));
    let id = repo.id("HEAD");
    repo.commit_unasked("after it");
    refused(&repo, &remote, &["origin", "main"]).says(&id[..12]);
}

fn a_key_in_an_author_or_committer_line_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    for (seed, variable) in [
        (1, "GIT_AUTHOR_NAME"), (2, "GIT_AUTHOR_EMAIL"), (3, "GIT_COMMITTER_NAME"), (4, "GIT_COMMITTER_EMAIL"),
    ] {
        let key = crate::support::keys::stripe(seed);
        sandbox.plant(&key.body);
        let arguments = ["-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "-m", "x"];
        repo.git_with(&arguments, &[(variable, &key.value())]).expect(0);
        refused(&repo, &remote, &["origin", "main"]);
        repo.git(&["reset", "-q", "--hard", "origin/main"]).expect(0);
    }
}

fn a_replacement_hides_no_commit(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "clean.py", "pass\n");
    let clean = repo.id("HEAD");
    repo.git(&["reset", "-q", "--hard", "origin/main"]).expect(0);
    let leaky = commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["replace", &leaky, &clean]).expect(0);
    refused(&repo, &remote, &["origin", "main"]).says(&leaky[..12]);
}

fn a_replacement_hides_no_blob(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    let leaky = repo.id("HEAD:pay.py");
    let clean = repo.id("HEAD:README.md");
    repo.git(&["replace", &leaky, &clean]).expect(0);
    refused(&repo, &remote, &["origin", "main"]);
}

fn a_replacement_of_parents_hides_no_commit(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    let tip = commit(&repo, "pay.py", "pass\n");
    repo.git(&["replace", "--graft", &tip, "origin/main"]).expect(0);
    refused(&repo, &remote, &["origin", "main"]);
}

fn a_graft_hides_no_commit(sandbox) {
    let (repo, remote) = connected(sandbox);
    let base = repo.id("HEAD");
    commit(&repo, "pay.py", secret(sandbox, 1));
    let tip = commit(&repo, "pay.py", "pass\n");
    fs::create_dir_all(repo.path.join(".git/info")).unwrap();
    repo.write(".git/info/grafts", format!("{tip} {base}\n"));
    refused(&repo, &remote, &["origin", "main"]);
}

fn a_graft_hides_no_commit_of_a_linked_worktree(sandbox) {
    let (repo, remote) = connected(sandbox);
    let base = repo.id("HEAD");
    repo.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    let linked = Repo { sandbox, path: sandbox.path().join("linked") };
    commit(&linked, "pay.py", secret(sandbox, 1));
    let tip = commit(&linked, "pay.py", "pass\n");
    repo.write(".git/info/grafts", format!("{tip} {base}\n"));
    refused(&linked, &remote, &["origin", "linked"]);
}

fn a_stale_commit_graph_hides_no_commit(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "pay.py", "pass\n");
    repo.git(&["commit-graph", "write", "--reachable", "--changed-paths"]).expect(0);
    repo.git(&["repack", "-q", "-a", "-d", "--write-bitmap-index"]).expect(0);
    refused(&repo, &remote, &["origin", "main"]);
}
}
