//! `keystop doctor`: whether the hooks run, shown by what they do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::Sandbox;

/// Every file below a folder with its content.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => all.extend(files(&entry)),
            false => all.push((entry.clone(), fs::read(&entry).unwrap())),
        }
    }
    all.sort();
    all
}

#[test]
fn hooks_that_run_are_proven_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    for repo in [sandbox.with_commit("work"), sandbox.hooked("unborn")] {
        let before = files(&repo.path);
        let run = repo.keystop(&["doctor"]).expect(0);
        for hook in ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"] {
            let line = format!("ok      {hook}: runs, and stopped a made-up key\n");
            assert!(run.stdout.contains(&line), "{}", run.stdout);
        }
        assert!(!run.stdout.contains("sk_live_"), "{}", run.stdout);
        assert_eq!(files(&repo.path), before);
    }
}

#[test]
fn a_hook_without_its_run_bit_is_named_with_what_mends_it() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let hook = repo.path.join(".git/hooks/pre-push");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o644)).unwrap();
    let run = repo.keystop(&["doctor"]).expect(1);
    assert!(run.stdout.contains("NOT OK  pre-push: it may not be run"), "{}", run.stdout);
    let command = run.stdout.split("chmod +x ").nth(1).unwrap().lines().next().unwrap();
    repo.sandbox.run(&repo.path, "sh", &["-c", &format!("chmod +x {command}")], &[], b"").expect(0);
    repo.keystop(&["doctor"]).expect(0);
}

#[test]
fn hooks_that_a_setting_hides_are_named_with_the_setting() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    // It would leave a mark if it were started.
    repo.write("elsewhere/pre-commit", "#!/bin/sh\ntouch started\n");
    let hook = repo.path.join("elsewhere/pre-commit");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    repo.git(&["config", "core.hooksPath", "elsewhere"]).expect(0);
    let run = repo.keystop(&["doctor"]).expect(1);
    assert!(run.stdout.contains("since core.hooksPath is set: local"), "{}", run.stdout);
    assert!(run.stdout.contains("pre-commit: the hook there is not keystop's"), "{}", run.stdout);
    assert!(run.stdout.contains("pre-push: there is no such hook"), "{}", run.stdout);
    assert!(!repo.path.join("started").exists());
}

#[test]
fn a_key_that_the_configuration_lets_pass_is_told() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    repo.stage(".keystop.toml", "disabled = [\"stripe-*\"]\n");
    repo.git(&["commit", "-q", "-m", "configure"]).expect(0);
    let run = repo.keystop(&["doctor"]).expect(1);
    assert!(run.stdout.contains("let a made-up key pass"), "{}", run.stdout);
}
