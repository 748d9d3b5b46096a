//! The binary that the hooks call, when it is not what it was.

use std::fs;

use crate::support::{KEYSTOP, Sandbox};

/// The binary once more, written by another process: see [`script`](crate::verdict::script).
fn copied(sandbox: &Sandbox) -> String {
    let copy = sandbox.path().join("keystop-copy").to_str().unwrap().to_owned();
    sandbox.run(sandbox.path(), "cp", &[KEYSTOP, &copy], &[], b"").expect(0);
    copy
}

cases! {
fn a_missing_binary_blocks_and_says_how_to_mend_it(sandbox) {
    let repo = sandbox.bare_of_hooks("work");
    let copy = copied(sandbox);
    sandbox.run(&repo.path, &copy, &["install"], &[], b"").expect(0);
    repo.stage("clean.txt", "clean\n");
    repo.git(&["commit", "-q", "-m", "clean"]).expect(0);
    fs::remove_file(&copy).unwrap();
    let before = repo.id("HEAD");
    let empty = ["commit", "-q", "--allow-empty", "-m", "x"];
    let run = repo.git(&empty).says("cannot exec '.git/hooks/pre-commit'");
    assert_ne!(run.code, 0);
    assert_eq!(repo.id("HEAD"), before);
    sandbox.remote("remote.git");
    let run = repo.git(&["push", "-q", "../remote.git", "main"]).says("this push is blocked");
    assert_ne!(run.code, 0);
    // The way out that the hook itself names.
    for hook in ["pre-commit", "commit-msg"] {
        let path = repo.path.join(".git/hooks").join(hook);
        assert!(fs::read_to_string(&path).unwrap().contains("delete this file"));
        fs::remove_file(path).unwrap();
    }
    repo.git(&empty).expect(0);
}

fn a_binary_that_does_not_run_blocks(sandbox) {
    let repo = sandbox.bare_of_hooks("work");
    let copy = copied(sandbox);
    sandbox.run(&repo.path, &copy, &["install"], &[], b"").expect(0);
    let halve = "head -c 100000 \"$1\" >\"$1.half\" && mv \"$1.half\" \"$1\" && chmod +x \"$1\"";
    sandbox.run(&repo.path, "sh", &["-c", halve, "sh", &copy], &[], b"").expect(0);
    repo.stage("clean.txt", "clean\n");
    assert_ne!(repo.git(&["commit", "-q", "-m", "clean"]).code, 0);
    assert_eq!(repo.id("HEAD"), "");
}
}
