//! Where a push goes to, and what keystop can know of it.

use std::fs;

use super::{commit, connected, passes, push_unasked, refs, refused, secret};
use crate::support::{KEYSTOP, Repo, keys};

cases! {
fn a_push_to_a_bare_path_without_a_remote_is_judged(sandbox) {
    let (repo, _) = connected(sandbox);
    let other = sandbox.remote("other.git");
    let path = other.to_str().unwrap();
    passes(&repo, &[path, "main"]);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &other, &[path, "main"]);
    refused(&repo, &other, &[path, "main:refs/heads/new"]);
    refused(&repo, &other, &[&format!("file://{path}"), "main"]);
}

fn a_push_to_a_path_excludes_the_old_id(sandbox) {
    let (repo, _) = connected(sandbox);
    let other = sandbox.remote("other.git");
    let path = other.to_str().unwrap();
    commit(&repo, "pay.py", secret(sandbox, 1));
    push_unasked(&repo, &[path, "main"]);
    commit(&repo, "clean.py", "pass\n");
    passes(&repo, &[path, "main"]);
}

fn a_second_remote_that_has_less_gets_what_it_lacks_judged(sandbox) {
    let (repo, _) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    push_unasked(&repo, &["origin", "main"]);
    let second = sandbox.remote("second.git");
    repo.git(&["remote", "add", "second", second.to_str().unwrap()]).expect(0);
    refused(&repo, &second, &["second", "main"]);
    repo.git(&["push", "-q", "second", "main~1:refs/heads/main"]).expect(0);
    refused(&repo, &second, &["second", "main"]);
    passes(&repo, &["origin", "main:refs/heads/copy"]);
}

fn a_remote_whose_name_begins_another_is_not_taken_for_it(sandbox) {
    // refs/remotes/team/alice/main is a branch of the remote `team/alice`, and nothing that the
    // remote `team` is known to have.
    let (repo, _) = connected(sandbox);
    let team = sandbox.remote("team.git");
    let alice = sandbox.remote("alice.git");
    for (name, path) in [("team", &team), ("team/alice", &alice)] {
        repo.git(&["config", &format!("remote.{name}.url"), path.to_str().unwrap()]).expect(0);
        let fetch = format!("+refs/heads/*:refs/remotes/{name}/*");
        repo.git(&["config", &format!("remote.{name}.fetch"), &fetch]).expect(0);
    }
    commit(&repo, "pay.py", secret(sandbox, 1));
    push_unasked(&repo, &["team/alice", "main"]);
    assert_ne!(repo.id("refs/remotes/team/alice/main"), "");
    refused(&repo, &team, &["team", "main"]);
}

fn a_remote_pushed_to_another_place_than_it_is_fetched_from_gets_everything_judged(sandbox) {
    // Fetched from the company's server, pushed to the public one: what the first has is no excuse.
    let (repo, _) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    push_unasked(&repo, &["origin", "main"]);
    let public = sandbox.remote("public.git");
    repo.git(&["remote", "set-url", "--push", "origin", public.to_str().unwrap()]).expect(0);
    refused(&repo, &public, &["origin", "main"]);
    // The same place by another way is no other place.
    let remote = format!("file://{}", sandbox.path().join("remote.git").display());
    repo.git(&["remote", "set-url", "--push", "origin", &remote]).expect(0);
    passes(&repo, &["origin", "main:refs/heads/copy"]);
}

fn missing_remote_tracking_refs_mean_more_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    push_unasked(&repo, &["origin", "main"]);
    repo.git(&["update-ref", "-d", "refs/remotes/origin/main"]).expect(0);
    commit(&repo, "clean.py", "pass\n");
    refused(&repo, &remote, &["origin", "main:refs/heads/new"]);
    // The old id of `main` is here, and tells enough.
    passes(&repo, &["origin", "main"]);
}

fn stale_remote_tracking_refs_mean_more_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    let stale = repo.id("origin/main");
    commit(&repo, "pay.py", secret(sandbox, 1));
    push_unasked(&repo, &["origin", "main"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", &stale]).expect(0);
    commit(&repo, "clean.py", "pass\n");
    refused(&repo, &remote, &["origin", "main:refs/heads/new"]);
    passes(&repo, &["origin", "main"]);
}

fn a_symbolic_remote_head_hinders_nothing(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["remote", "set-head", "origin", "main"]).expect(0);
    commit(&repo, "clean.py", "pass\n");
    passes(&repo, &["origin", "main"]);
    // One that points at a branch which is gone.
    repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone"]).expect(0);
    commit(&repo, "more.py", "pass\n");
    passes(&repo, &["origin", "main"]);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &remote, &["origin", "main"]);
}

fn a_remote_tracking_ref_whose_object_is_gone_excludes_nothing(sandbox) {
    let (repo, remote) = connected(sandbox);
    let gone = "0123456789012345678901234567890123456789\n";
    repo.write(".git/refs/remotes/origin/gone", gone);
    commit(&repo, "pay.py", secret(sandbox, 1));
    refused(&repo, &remote, &["origin", "main"]);
}

fn an_old_id_that_is_not_here_means_more_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    let path = remote.to_str().unwrap();
    sandbox.run(sandbox.path(), "git", &["clone", "-q", path, "theirs"], &[], b"").expect(0);
    let theirs = Repo { sandbox, path: sandbox.path().join("theirs") };
    commit(&theirs, "theirs.py", "pass\n");
    passes(&theirs, &["origin", "main"]);
    commit(&repo, "ours.py", "pass\n");
    let leaky = secret(sandbox, 1);
    commit(&repo, "pay.py", leaky);
    refused(&repo, &remote, &["--force", "origin", "main"]);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]).expect(0);
    passes(&repo, &["--force", "origin", "main"]);
    assert!(refs(sandbox, &remote).contains(&repo.id("HEAD")));
}

fn an_old_id_that_is_not_here_excludes_nothing_of_a_path(sandbox) {
    let (repo, remote) = connected(sandbox);
    let path = remote.to_str().unwrap();
    sandbox.run(sandbox.path(), "git", &["clone", "-q", path, "theirs"], &[], b"").expect(0);
    let theirs = Repo { sandbox, path: sandbox.path().join("theirs") };
    commit(&theirs, "theirs.py", "pass\n");
    push_unasked(&theirs, &["origin", "main"]);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "pay.py", "pass\n");
    refused(&repo, &remote, &["--force", path, "main"]);
}

fn a_url_with_a_password_is_in_no_error(sandbox) {
    let (repo, _) = connected(sandbox);
    let key = keys::github(1);
    sandbox.plant(&key.body);
    let id = repo.id("HEAD");
    // A line no ref list has: reading the remote-tracking refs fails.
    repo.git(&["pack-refs", "--all"]).expect(0);
    repo.write(".git/refs/heads/main", format!("{id}\n"));
    fs::write(repo.path.join(".git/packed-refs"), "# pack-refs with: peeled \nnonsense\n").unwrap();
    let url = format!("https://me:{}@github.com/acme/x.git", key.value());
    let line = format!("refs/heads/main {id} refs/heads/main {}\n", "0".repeat(40));
    repo.git(&["config", "remote.origin.url", &url]).expect(0);
    let push = |name| {
        sandbox.run(&repo.path, KEYSTOP, &["pre-push", name, &url], &[], line.as_bytes())
    };
    push("origin").expect(2);
    // Of a bare URL no refs tell anything; git alone trips over the line elsewhere.
    assert_ne!(push(&url).code, 1);
}
}
