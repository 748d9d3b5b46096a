//! What a refused push says, and that it helps when it is followed.

use std::fs;

use super::{commit, connected, connected_as, passes, refs, refused, secret};
use crate::support::{KEYSTOP, Repo, Run, keys};

/// What a user writes in the key's place.
const PASS: &str = "pass\n";

/// The commands below `take it out:`, in their order: a whole line, or what follows a colon.
fn commands(run: &Run) -> Vec<String> {
    let block = run.stderr.split("take it out:").nth(1).expect("no advice");
    let block = block.split("if it ").next().unwrap();
    let command = |line: &str| {
        let line = line.trim();
        let ours = |text: &str| text.starts_with("git ") || text.starts_with("keystop ");
        let starts = |text: &str| ours(text).then(|| text.to_owned());
        starts(line).or_else(|| line.split_once(": ").and_then(|(_, rest)| starts(rest)))
    };
    block.lines().filter_map(command).collect()
}

/// Runs a command as a person pastes it.
#[track_caller]
fn pasted(repo: &Repo, command: &str) {
    let ours = command.strip_prefix("keystop ");
    let command = ours.map_or(command.to_owned(), |rest| format!("'{KEYSTOP}' {rest}"));
    repo.sandbox.run(&repo.path, "sh", &["-c", &command], &[], b"").expect(0);
}

/// Does what a report says: writes `content` to the file before it is added, and runs each command.
#[track_caller]
fn follow(repo: &Repo, run: &Run, name: &str, content: &str) {
    for command in commands(run) {
        if command.starts_with("git add") {
            fs::write(repo.path.join(name), content).unwrap();
        }
        pasted(repo, &command);
    }
}

/// Asserts that keystop finds nothing in these commits and that no rebase is under way.
#[track_caller]
fn gone_from_history(repo: &Repo, range: &str) {
    for folder in ["rebase-merge", "rebase-apply"] {
        assert!(!repo.path.join(".git").join(folder).exists(), "a rebase is not finished");
    }
    match range.contains("..") {
        true => repo.keystop(&["scan", "--range", range]).expect(0),
        false => repo.keystop(&["scan", "--history"]).expect(0),
    };
}

cases! {
fn a_refusal_names_the_commit_the_place_and_how_much_was_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "one.py", "pass\n");
    let id = commit(&repo, "deep/pay.py", format!("import stripe\n{}", secret(sandbox, 1)));
    refused(&repo, &remote, &["origin", "main"])
        .says(&format!("deep/pay.py:2:19 in commit {}", &id[..12]))
        .says("1 key in 2 commits")
        .says("Nothing was pushed.")
        .says("if it ever left this machine:")
        .says("keystop explain stripe-live-secret-key");
}

fn the_commands_for_the_last_commit_work(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    let run = refused(&repo, &remote, &["origin", "main"]).says("os.environ[");
    assert!(!run.stderr.contains("rebase"), "{}", run.stderr);
    follow(&repo, &run, "pay.py", PASS);
    passes(&repo, &["origin", "main"]);
}

fn the_commands_for_an_older_commit_work(sandbox) {
    let (repo, remote) = connected(sandbox);
    let id = commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "other.py", "pass\n");
    let run = refused(&repo, &remote, &["origin", "main"]).says(&format!("keystop amend {}", &id[..12]));
    follow(&repo, &run, "pay.py", PASS);
    gone_from_history(&repo, "origin/main..main");
    assert_eq!(repo.git(&["show", "main~1:pay.py"]).stdout, PASS);
    passes(&repo, &["origin", "main"]);
}

fn the_commands_for_an_older_commit_are_exact_where_subjects_repeat(sandbox) {
    // `git commit --fixup` would fold into the first commit of that subject.
    let (repo, remote) = connected(sandbox);
    commit(&repo, "one.py", "1\n");
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "two.py", "2\n");
    let run = refused(&repo, &remote, &["origin", "main"]);
    follow(&repo, &run, "pay.py", PASS);
    gone_from_history(&repo, "origin/main..main");
    assert_eq!(repo.git(&["log", "--format=%s", "origin/main..main"]).stdout, "change\n".repeat(3));
    passes(&repo, &["origin", "main"]);
}

fn the_commands_for_an_older_commit_work_in_a_dirty_work_tree(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "other.py", "pass\n");
    repo.write("other.py", "not committed\n");
    let run = refused(&repo, &remote, &["origin", "main"]);
    follow(&repo, &run, "pay.py", PASS);
    gone_from_history(&repo, "origin/main..main");
    assert_eq!(std::fs::read_to_string(repo.path.join("other.py")).unwrap(), "not committed\n");
}

fn the_commands_for_a_key_that_a_later_commit_replaced_work(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "pay.py", PASS);
    commit(&repo, "other.py", "pass\n");
    let run = refused(&repo, &remote, &["origin", "main"]).says("stop at that commit: ");
    follow(&repo, &run, "pay.py", PASS);
    gone_from_history(&repo, "origin/main..main");
    // The commit that replaced it has nothing left to do.
    assert_eq!(repo.git(&["rev-list", "--count", "origin/main..main"]).stdout, "2\n");
    passes(&repo, &["origin", "main"]);
}

fn the_commands_for_a_key_whose_file_a_later_commit_deleted_work(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "other.py", "pass\n");
    repo.git(&["rm", "-q", "pay.py"]).expect(0);
    repo.commit_unasked("delete");
    let run = refused(&repo, &remote, &["origin", "main"]).says("git rm -q -- pay.py");
    follow(&repo, &run, "pay.py", PASS);
    gone_from_history(&repo, "origin/main..main");
    passes(&repo, &["origin", "main"]);
}

fn the_commands_for_a_key_that_a_merge_commit_brought_work(sandbox) {
    for (deleted_later, name) in [(false, "one"), (true, "two")] {
        let (repo, remote) = connected_as(sandbox, name, &format!("{name}.git"));
        repo.git(&["switch", "-q", "-c", "side"]).expect(0);
        commit(&repo, "side.py", "side\n");
        repo.git(&["switch", "-q", "main"]).expect(0);
        commit(&repo, "main.py", "main\n");
        repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]).expect(0);
        repo.stage("pay.py", secret(sandbox, 1));
        repo.commit_unasked("a merge that brings a key of its own");
        commit(&repo, "other.py", "pass\n");
        if deleted_later {
            commit(&repo, "pay.py", PASS);
        }
        let run = refused(&repo, &remote, &["origin", "main"]);
        follow(&repo, &run, "pay.py", PASS);
        gone_from_history(&repo, "origin/main..main");
        assert_eq!(repo.git(&["rev-list", "--count", "--merges", "main"]).stdout, "1\n");
        passes(&repo, &["origin", "main"]);
    }
}

fn the_commands_for_the_first_commit_work(sandbox) {
    let repo = sandbox.hooked("work");
    let remote = sandbox.remote("remote.git");
    repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "other.py", "pass\n");
    let run = refused(&repo, &remote, &["origin", "main"]);
    follow(&repo, &run, "pay.py", PASS);
    gone_from_history(&repo, "main");
    passes(&repo, &["origin", "main"]);
}

fn the_commands_for_a_commit_that_a_remote_has_say_what_rewriting_cannot_do(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "other.py", "pass\n");
    repo.git(&["-c", "core.hooksPath=/dev/null", "push", "-q", "origin", "main"]).expect(0);
    let run = repo.keystop(&["scan", "--range", "main~2..main"]).expect(1);
    let run = Run { stderr: run.stdout, stdout: run.stderr, code: run.code };
    let run = run.says("is on origin/main already: revoke the key first").says("forks");
    follow(&repo, &run, "pay.py", PASS);
    gone_from_history(&repo, "main");
    assert_eq!(repo.id("main"), repo.id("origin/main"));
    assert!(refs(sandbox, &remote).contains(&repo.id("main")));
}

fn the_commands_for_a_message_work(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.commit_unasked(&secret(sandbox, 1));
    refused(&repo, &remote, &["origin", "main"]).says("git commit --amend");
    repo.git(&["commit", "-q", "--allow-empty", "--amend", "-m", "without it"]).expect(0);
    passes(&repo, &["origin", "main"]);
}

fn the_commands_for_an_older_message_stop_at_it(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.stage("a.py", "pass\n");
    // Git itself shows the subject of a commit it stops at.
    repo.commit_unasked(&format!("change\n\n{}", secret(sandbox, 1)));
    commit(&repo, "other.py", "pass\n");
    let run = refused(&repo, &remote, &["origin", "main"]);
    for command in commands(&run) {
        let command = match command.as_str() {
            "git commit --amend" => "git commit -q --amend -m 'without it'",
            other => other,
        };
        pasted(&repo, command);
    }
    passes(&repo, &["origin", "main"]);
}

fn many_commits_are_told_of_one_rewrite(sandbox) {
    let (repo, remote) = connected(sandbox);
    for seed in 1..=5 {
        commit(&repo, &format!("{seed}.py"), secret(sandbox, seed));
    }
    refused(&repo, &remote, &["origin", "main"])
        .says("keys out of 5 commits in one run")
        .says("git filter-repo --force --refs HEAD --replace-text ../keys.txt");
}

fn a_key_in_an_author_line_is_not_amended_away_with_the_message(sandbox) {
    // `git commit --amend` keeps the author.
    let (repo, remote) = connected(sandbox);
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    let arguments = ["-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "-m", "x"];
    repo.git_with(&arguments, &[("GIT_AUTHOR_NAME", &key.value())]).expect(0);
    let run = refused(&repo, &remote, &["origin", "main"]);
    assert!(["--reset-author", "--author"].iter().any(|how| run.stderr.contains(how)), "{}", run.stderr);
}

fn a_branch_that_is_not_checked_out_is_named(sandbox) {
    // The commands would otherwise rewrite the branch that is.
    let (repo, remote) = connected(sandbox);
    repo.git(&["switch", "-q", "-c", "topic"]).expect(0);
    commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["switch", "-q", "main"]).expect(0);
    refused(&repo, &remote, &["origin", "topic"]).says("topic");
}

fn a_file_below_the_top_is_named_so_that_git_finds_it_from_there(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "deep/pay.py", secret(sandbox, 1));
    let below = crate::support::Repo { sandbox, path: repo.path.join("deep") };
    refused(&below, &remote, &["origin", "main"]).says("  git add -- :/deep/pay.py");
    below.write("pay.py", "pass\n");
    below.git(&["add", "--", ":/deep/pay.py"]).expect(0);
    below.git(&["commit", "-q", "--amend", "--no-edit"]).expect(0);
    passes(&below, &["origin", "main"]);
}

fn each_key_of_a_push_is_told(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "one.py", secret(sandbox, 1));
    commit(&repo, "two.py", format!("{}{}", secret(sandbox, 2), secret(sandbox, 3)));
    refused(&repo, &remote, &["origin", "main"])
        .says("one.py:1:").says("two.py:1:").says("two.py:2:").says("3 keys in 2 commits");
}

fn a_file_many_commits_keep_is_told_once(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    for number in 0..5 {
        commit(&repo, "other.py", format!("n = {number}\n"));
    }
    refused(&repo, &remote, &["origin", "main"]).says("1 key in 6 commits");
}
}
