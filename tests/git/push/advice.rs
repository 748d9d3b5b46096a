//! What a refused push says, and that it helps when it is followed.

use super::{commit, connected, passes, refused, secret};
use crate::support::keys;

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
    let run = refused(&repo, &remote, &["origin", "main"])
        .says("edit line 1, git add -- pay.py, git commit --amend --no-edit")
        .says("os.environ[");
    assert!(!run.stderr.contains("rebase"), "{}", run.stderr);
    repo.write("pay.py", "stripe.api_key = os.environ[\"STRIPE_SECRET_KEY\"]\n");
    repo.git(&["add", "--", "pay.py"]).expect(0);
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).expect(0);
    passes(&repo, &["origin", "main"]);
}

fn the_commands_for_an_older_commit_work(sandbox) {
    let (repo, remote) = connected(sandbox);
    let id = commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "other.py", "pass\n");
    let short = &id[..12];
    refused(&repo, &remote, &["origin", "main"])
        .says(&format!("git rebase -i --rebase-merges {short}^"))
        .says(&format!("mark {short} as `edit`"))
        .says("git rebase --continue");
    let editor = format!("sed -i 's/^pick {}/edit {}/'", &id[..7], &id[..7]);
    let parent = format!("{short}^");
    repo.git_with(&["rebase", "-q", "-i", "--rebase-merges", &parent], &[("GIT_SEQUENCE_EDITOR", &editor)]).expect(0);
    assert!(repo.path.join(".git/rebase-merge").exists(), "the rebase did not stop");
    repo.write("pay.py", "pass\n");
    repo.git(&["add", "--", "pay.py"]).expect(0);
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).expect(0);
    repo.git(&["rebase", "--continue"]).expect(0);
    passes(&repo, &["origin", "main"]);
}

fn the_commands_for_the_first_commit_work(sandbox) {
    let repo = sandbox.hooked("work");
    let remote = sandbox.remote("remote.git");
    repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
    let id = commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "other.py", "pass\n");
    refused(&repo, &remote, &["origin", "main"]).says("--root");
    let editor = format!("sed -i 's/^pick {}/edit {}/'", &id[..7], &id[..7]);
    let rebase = ["rebase", "-q", "-i", "--rebase-merges", "--root"];
    repo.git_with(&rebase, &[("GIT_SEQUENCE_EDITOR", &editor)]).expect(0);
    repo.write("pay.py", "pass\n");
    repo.git(&["add", "--", "pay.py"]).expect(0);
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).expect(0);
    repo.git(&["rebase", "--continue"]).expect(0);
    passes(&repo, &["origin", "main"]);
}

fn the_commands_for_a_message_work(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.commit_unasked(&secret(sandbox, 1));
    refused(&repo, &remote, &["origin", "main"]).says("git commit --amend");
    repo.git(&["commit", "-q", "--allow-empty", "--amend", "-m", "without it"]).expect(0);
    passes(&repo, &["origin", "main"]);
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
    refused(&below, &remote, &["origin", "main"]).says("git add -- :/deep/pay.py");
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
