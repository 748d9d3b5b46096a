//! Tags and notes: objects and refs beside the branches.

use crate::push::{commit, connected, passes, push_unasked, refs, refused, secret};
use crate::support::Repo;

/// Writes an object and returns its id.
fn blob(repo: &Repo, content: &str) -> String {
    let run = repo.sandbox.run(
        &repo.path,
        "git",
        &["hash-object", "-w", "--stdin"],
        &[],
        content.as_bytes(),
    );
    run.expect(0).stdout.trim().to_owned()
}

cases! {
fn clean_tags_of_every_sort_pass(sandbox) {
    let (repo, remote) = connected(sandbox);
    let blob = blob(&repo, "a public text\n");
    repo.git(&["tag", "light"]).expect(0);
    repo.git(&["tag", "-a", "-m", "release", "annotated"]).expect(0);
    repo.git(&["tag", "-a", "-m", "again", "nested", "annotated"]).expect(0);
    repo.git(&["tag", "tree", "HEAD^{tree}"]).expect(0);
    repo.git(&["tag", "blob", &blob]).expect(0);
    repo.git(&["tag", "-a", "-m", "of a blob", "annotated-blob", &blob]).expect(0);
    passes(&repo, &["origin", "--tags"]);
    assert_eq!(refs(sandbox, &remote).lines().count(), 7);
}

fn a_light_tag_brings_its_history(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    commit(&repo, "pay.py", "pass\n");
    repo.git(&["tag", "v1"]).expect(0);
    refused(&repo, &remote, &["origin", "v1"]);
}

fn an_annotated_tag_brings_its_history(sandbox) {
    let (repo, remote) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["tag", "-a", "-m", "release", "v1"]).expect(0);
    refused(&repo, &remote, &["origin", "v1"]).says("pay.py:1:");
}

fn a_tag_of_an_older_commit_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    let id = commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["tag", "v1", &id]).expect(0);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]).expect(0);
    refused(&repo, &remote, &["origin", "refs/tags/v1"]).says(&id[..12]);
}

fn a_key_in_a_tag_message_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    let text = secret(sandbox, 1);
    repo.git(&["tag", "-a", "-m", &text, "v1"]).expect(0);
    let id = repo.id("refs/tags/v1");
    refused(&repo, &remote, &["origin", "v1"]).says(&id[..12]).says("git tag -d");
    repo.git(&["tag", "-d", "v1"]).expect(0);
    repo.git(&["tag", "-a", "-m", "without it", "v1"]).expect(0);
    passes(&repo, &["origin", "v1"]);
}

fn a_key_in_a_taggers_name_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    let key = crate::support::keys::stripe(1);
    sandbox.plant(&key.body);
    repo.git_with(&["tag", "-a", "-m", "x", "v1"], &[("GIT_COMMITTER_NAME", &key.value())]).expect(0);
    refused(&repo, &remote, &["origin", "v1"]);
}

fn a_key_in_a_tag_name_is_refused_and_masked(sandbox) {
    let (repo, remote) = connected(sandbox);
    let key = crate::support::keys::stripe(1);
    sandbox.plant(&key.body);
    repo.git(&["tag", &key.value()]).expect(0);
    refused(&repo, &remote, &["origin", "--tags"]);
}

fn a_key_in_an_inner_tag_is_refused(sandbox) {
    let (repo, remote) = connected(sandbox);
    let text = secret(sandbox, 1);
    repo.git(&["tag", "-a", "-m", &text, "inner"]).expect(0);
    repo.git(&["tag", "-a", "-m", "middle", "middle", "inner"]).expect(0);
    repo.git(&["tag", "-a", "-m", "outer", "outer", "middle"]).expect(0);
    refused(&repo, &remote, &["origin", "outer"]).says(&repo.id("refs/tags/inner")[..12]);
}

fn a_tag_of_a_tree_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.stage("deep/pay.py", secret(sandbox, 1));
    let tree = repo.git(&["write-tree"]).expect(0).stdout;
    repo.git(&["reset", "-q", "--hard"]).expect(0);
    repo.git(&["tag", "light", tree.trim()]).expect(0);
    repo.git(&["tag", "-a", "-m", "x", "annotated", tree.trim()]).expect(0);
    refused(&repo, &remote, &["origin", "light"]).says("deep/pay.py:1:");
    refused(&repo, &remote, &["origin", "annotated"]).says("deep/pay.py:1:");
}

fn a_tag_of_a_blob_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    let blob = blob(&repo, &secret(sandbox, 1));
    repo.git(&["tag", "light", &blob]).expect(0);
    repo.git(&["tag", "-a", "-m", "x", "annotated", &blob]).expect(0);
    refused(&repo, &remote, &["origin", "light"]);
    refused(&repo, &remote, &["origin", "annotated"]);
}

fn a_ref_that_is_no_tag_may_point_at_a_blob_too(sandbox) {
    let (repo, remote) = connected(sandbox);
    let blob = blob(&repo, &secret(sandbox, 1));
    refused(&repo, &remote, &["origin", &format!("{blob}:refs/data/x")]);
}

fn a_moved_tag_is_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["tag", "latest"]).expect(0);
    passes(&repo, &["origin", "latest"]);
    commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["tag", "-f", "latest"]).expect(0);
    refused(&repo, &remote, &["--force", "origin", "latest"]);
}

fn a_tag_whose_old_object_is_a_tag_excludes_its_commit(sandbox) {
    let (repo, _) = connected(sandbox);
    commit(&repo, "pay.py", secret(sandbox, 1));
    repo.git(&["tag", "-a", "-m", "one", "latest"]).expect(0);
    push_unasked(&repo, &["origin", "latest"]);
    commit(&repo, "clean.py", "pass\n");
    repo.git(&["tag", "-f", "-a", "-m", "two", "latest"]).expect(0);
    passes(&repo, &["--force", "origin", "latest"]);
}

fn deleting_a_tag_passes(sandbox) {
    let (repo, remote) = connected(sandbox);
    let text = secret(sandbox, 1);
    repo.git(&["tag", "-a", "-m", &text, "v1"]).expect(0);
    push_unasked(&repo, &["origin", "v1"]);
    passes(&repo, &["origin", "--delete", "v1"]);
    assert!(!refs(sandbox, &remote).contains("v1"));
}

fn notes_are_judged(sandbox) {
    let (repo, remote) = connected(sandbox);
    repo.git(&["notes", "add", "-m", "seen"]).expect(0);
    passes(&repo, &["origin", "refs/notes/*"]);
    commit(&repo, "clean.py", "pass\n");
    let text = secret(sandbox, 1);
    repo.git(&["notes", "add", "-m", &text]).expect(0);
    refused(&repo, &remote, &["origin", "refs/notes/*"]);
    repo.git(&["notes", "remove"]).expect(0);
    refused(&repo, &remote, &["origin", "refs/notes/commits"]);
}

fn an_object_that_is_missing_is_not_taken_for_clean(sandbox) {
    let (repo, remote) = connected(sandbox);
    let blob = blob(&repo, "only this tag holds it\n");
    repo.git(&["tag", "v1", &blob]).expect(0);
    let id = repo.id("refs/tags/v1");
    std::fs::remove_file(repo.path.join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    let before = refs(sandbox, &remote);
    let run = repo.git(&["push", "origin", "v1"]);
    assert_ne!(run.code, 0);
    assert_eq!(refs(sandbox, &remote), before);
    // The hook itself, for git may have stopped first.
    let line = format!("refs/tags/v1 {id} refs/tags/v1 {}\n", "0".repeat(40));
    let arguments = ["pre-push", "origin", "/nowhere"];
    sandbox.run(&repo.path, crate::support::KEYSTOP, &arguments, &[], line.as_bytes()).expect(2).says(&id);
}
}
