//! What a run leaves for the commands that follow it.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::*;

#[cfg(unix)]
#[test]
fn the_record_is_the_users_own() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage("a.py", secret(&sandbox, 1));
    assert!(!repo.path.join(".git/keystop").exists(), "a clean run left something");
    commit(&repo).blocked_by(STRIPE);
    let mode = fs::metadata(repo.path.join(".git/keystop/last.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_nothing_written(&repo);
}

#[test]
fn a_record_that_cannot_be_written_changes_no_verdict() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.write(".git/keystop", "a file in its place\n");
    repo.stage("a.py", secret(&sandbox, 1));
    repo.keystop(&["pre-commit"]).expect(1);
    repo.git(&["reset", "-q", "--hard"]).expect(0);
    repo.keystop(&["pre-commit"]).expect(0);
}

#[test]
fn a_record_that_cannot_be_read_is_an_error_with_a_way_out() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage("a.py", secret(&sandbox, 1));
    commit(&repo).blocked_by(STRIPE);
    for text in ["", "{", "{\"version\":9,\"salt\":null,\"findings\":[]}"] {
        repo.write(".git/keystop/last.json", text);
        repo.keystop(&["allow", "--last", "--reason", "x"]).expect(2).says("keystop scan");
    }
    commit(&repo).blocked_by(STRIPE);
    repo.keystop(&["allow", "--last", "--reason", "x"]).expect(0);
}

/// Runs keystop and kills it after some time.
fn killed(repo: &Repo, arguments: &[&str], after: Duration) {
    let mut command = Command::new(support::KEYSTOP);
    command.args(arguments).current_dir(&repo.path);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn a_run_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    blocked_and_allowed(&repo, "0.py", 0, &[]);
    repo.git(&["add", "."]).expect(0);
    commit(&repo).expect(0);
    repo.stage("a.py", secret(&sandbox, 1));
    let print = fingerprint(&repo.keystop(&["scan", "--staged"]).expect(1));
    for step in 0..40 {
        let after = Duration::from_micros(step * 500);
        killed(&repo, &["scan", "--staged"], after);
        repo.keystop(&["explain", &print]).expect(0);
        killed(&repo, &["allow", &print, "--reason", &format!("reason {step}")], after);
        let lines = entries(&repo);
        assert!((1..=2).contains(&lines.len()), "{lines:?}");
        assert!(allow_file(&repo).ends_with('\n'));
    }
    // What was left over is in nobody's way, and goes.
    repo.write(".keystop-allow.new", "half a li");
    repo.keystop(&["allow", &print, "--reason", "at last"]).expect(0);
    assert!(!repo.path.join(".keystop-allow.new").exists());
    assert!(allow_file(&repo).contains("at last"));
}
