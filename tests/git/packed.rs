//! Commits of archives and of encoded keys.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::support::archive::{gzip, tar, zip};
use crate::support::keys;
use crate::verdict::{STRIPE, passes};

cases! {
fn a_key_in_an_archive_blocks_and_the_member_is_named(sandbox) {
    let repo = sandbox.with_commit("work");
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    let text = format!("key = {}\n", key.value());
    repo.stage("app.jar", zip(&[("conf/app.properties", text.as_bytes())]));
    repo.git(&["commit", "-q", "-m", "jar"])
        .blocked_by(STRIPE)
        .says("app.jar > conf/app.properties:1:7");
}

fn an_archive_that_is_packed_again_brings_only_what_is_new(sandbox) {
    let repo = sandbox.with_commit("work");
    let (old, new) = (keys::stripe(1), keys::stripe(2));
    sandbox.plant(&old.body);
    sandbox.plant(&new.body);
    let text = format!("key = {}\n", old.value());
    repo.stage("app.tgz", gzip(&tar(&[("app.env", text.as_bytes())])));
    repo.commit_unasked("old");
    let members = [("other.txt", &b"something\n"[..]), ("app.env", text.as_bytes())];
    repo.stage("app.tgz", gzip(&tar(&members)));
    passes(&repo, &["commit", "-q", "-m", "clean"]);
    let more = format!("{text}key = {}\n", new.value());
    repo.stage("app.tgz", gzip(&tar(&[("app.env", more.as_bytes())])));
    let run = repo.git(&["commit", "-q", "-m", "new"]).blocked_by(STRIPE);
    assert!(run.stderr.contains("app.env:2:7") && !run.stderr.contains("app.env:1:7"));
}

fn an_encoded_key_that_stood_there_before_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    let coded = |before: &str| BASE64_STANDARD.encode(format!("{before}: {}\n", key.value()));
    repo.stage("secret.yml", format!("data: {}\n", coded("token")));
    repo.git(&["commit", "-q", "-m", "coded"]).blocked_by(STRIPE).says("inside base64");
    repo.commit_unasked("coded");
    repo.stage("secret.yml", format!("# touched\ndata: {}\n", coded("the token")));
    passes(&repo, &["commit", "-q", "-m", "clean"]);
}

fn an_archive_over_the_limit_blocks_and_says_how_to_raise_it(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("bomb.zip", zip(&[("large", &vec![b' '; 2 << 20])]));
    repo.git(&["config", "keystop.maxArchiveSize", "1m"]).expect(0);
    let run = repo.git(&["commit", "-q", "-m", "bomb"]).says("git config keystop.maxArchiveSize");
    assert_ne!(run.code, 0);
    repo.git(&["config", "keystop.maxArchiveSize", "3m"]).expect(0);
    passes(&repo, &["commit", "-q", "-m", "clean"]);
}

fn an_archive_that_a_setting_leaves_closed_is_named(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("app.jar", zip(&[("a.txt", b"nothing")]));
    repo.git(&["config", "keystop.maxArchiveSize", "0"]).expect(0);
    let run = repo.git(&["commit", "-q", "-m", "jar"]).expect(0);
    assert!(run.stderr.contains("app.jar: not unpacked"), "{}", run.stderr);
}

fn one_fingerprint_speaks_for_a_key_plain_encoded_and_packed(sandbox) {
    let repo = sandbox.with_commit("work");
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    let text = format!("key = {}\n", key.value());
    let coded = format!("data: {}\n", BASE64_STANDARD.encode(&text));
    repo.stage("a.zip", zip(&[("a.env", text.as_bytes())]));
    repo.git(&["commit", "-q", "-m", "zip"]).blocked_by(STRIPE);
    let run = repo.keystop(&["fix", "--yes"]).expect(1);
    assert!(run.stdout.contains("stands in an archive"), "{}", run.stdout);
    repo.keystop(&["allow", "--last", "--reason", "a test key"]).expect(0);
    repo.git(&["add", "."]).expect(0);
    repo.git(&["commit", "-q", "-m", "zip"]).expect(0);
    // Not dropped: the archive holds what the entry speaks of.
    let run = repo.keystop(&["allow", "--prune"]).expect(0);
    assert!(run.stdout.contains("every entry"), "{}", run.stdout);
    repo.stage("b.yml", &coded);
    repo.stage("c.txt", &text);
    passes(&repo, &["commit", "-q", "-m", "clean"]);
    let other = keys::stripe(2);
    sandbox.plant(&other.body);
    repo.stage("d.py", format!("data = '{}'\n", BASE64_STANDARD.encode(other.value())));
    let run = repo.keystop(&["fix", "--yes"]).expect(1);
    assert!(run.stdout.contains("inside base64"), "{}", run.stdout);
}
}
