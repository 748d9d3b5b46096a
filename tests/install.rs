//! `keystop install` and `uninstall`: nothing of anybody's is lost, and the hooks really run.
#![cfg(unix)]

mod support;

#[path = "install/chain.rs"]
mod chain;
#[path = "install/global.rs"]
mod global;
#[path = "install/refusal.rs"]
mod refusal;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{KEYSTOP, Repo, Sandbox, keys};

const HOOKS: [&str; 4] = ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"];
const STRIPE: &str = "stripe-live-secret-key";

/// What stands in a folder: a name's mode, and its content or a link's target, as text.
type Snapshot = BTreeMap<PathBuf, (u32, String)>;

fn snapshot(folder: &Path) -> Snapshot {
    let mut found = BTreeMap::new();
    let Ok(list) = fs::read_dir(folder) else { return found };
    for entry in list {
        let path = entry.unwrap().path();
        let about = fs::symlink_metadata(&path).unwrap();
        let mode = about.permissions().mode();
        if about.is_dir() {
            found.insert(path.clone(), (mode, String::new()));
            found.extend(snapshot(&path));
        } else {
            let content = match fs::read_link(&path) {
                Ok(target) => target.into_os_string().into_encoded_bytes(),
                Err(_) => fs::read(&path).unwrap(),
            };
            found.insert(path, (mode, content.escape_ascii().to_string()));
        }
    }
    found
}

/// Asserts that a folder is as it was, and names what is not.
#[track_caller]
fn unchanged(folder: &Path, before: &Snapshot) {
    let after = snapshot(folder);
    let names =
        before.keys().chain(after.keys()).filter(|name| before.get(*name) != after.get(*name));
    let changed: Vec<&PathBuf> = names.collect();
    assert!(changed.is_empty(), "not as before: {changed:?}");
}

// No file that is about to be run is opened for writing in this process: a test in another thread
// that starts a program just then would hand the open file on, and the kernel would call it busy.

/// Writes a script that git would run.
fn script(path: &Path, body: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let write = "printf '#!/bin/sh\\n%s\\n' \"$2\" > \"$1\" && chmod 755 \"$1\"";
    let status = Command::new("sh").args(["-c", write, "sh"]).arg(path).arg(body).status();
    assert!(status.unwrap().success());
}

/// Copies the binary under test.
fn copy_keystop(to: &Path) {
    assert!(Command::new("cp").arg(KEYSTOP).arg(to).status().unwrap().success());
}

/// Stages a key; it is planted.
fn stage_key(repo: &Repo) {
    let key = keys::stripe(1);
    repo.sandbox.plant(&key.body);
    repo.stage("pay.py", format!("stripe.api_key = '{}'\n", key.value()));
}

/// Asserts that a commit with a key is blocked here and one without passes.
#[track_caller]
fn guarded(repo: &Repo) {
    stage_key(repo);
    repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE);
    repo.git(&["rm", "-q", "-f", "pay.py"]).expect(0);
    repo.git(&["commit", "-q", "--allow-empty", "-m", "clean"]).expect(0);
}

#[test]
fn a_repository_is_hooked_and_unhooked() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hooks = repo.path.join(".git/hooks");
    let before = snapshot(&repo.path.join(".git"));
    repo.keystop(&["install"]).expect(0);
    for hook in HOOKS {
        assert_eq!(
            fs::metadata(hooks.join(hook)).unwrap().permissions().mode() & 0o777,
            0o755,
            "{hook}"
        );
    }
    assert_eq!(snapshot(&repo.path.join(".git")).len(), before.len() + HOOKS.len());
    guarded(&repo);
    repo.keystop(&["uninstall"]).expect(0);
    for hook in HOOKS {
        assert!(!hooks.join(hook).exists(), "{hook} is still there");
    }
    stage_key(&repo);
    repo.git(&["commit", "-q", "-m", "nobody asks"]).expect(0);
}

#[test]
fn uninstalling_leaves_no_trace() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let before = snapshot(&repo.path);
    repo.keystop(&["install"]).expect(0);
    repo.keystop(&["uninstall"]).expect(0);
    unchanged(&repo.path, &before);
    repo.keystop(&["uninstall"]).expect(0);
    unchanged(&repo.path, &before);
}

#[test]
fn installing_again_changes_no_byte() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    script(&repo.path.join(".git/hooks/pre-commit"), "exit 0");
    repo.keystop(&["install"]).expect(0);
    let before = snapshot(&repo.path);
    let written =
        fs::metadata(repo.path.join(".git/hooks/pre-commit")).unwrap().modified().unwrap();
    repo.keystop(&["install"]).expect(0);
    unchanged(&repo.path, &before);
    assert_eq!(
        fs::metadata(repo.path.join(".git/hooks/pre-commit")).unwrap().modified().unwrap(),
        written
    );
}

#[test]
fn a_hook_that_lost_its_run_bit_is_mended_by_installing_again() {
    let sandbox = Sandbox::new();
    let repo = sandbox.hooked("work");
    let hook = repo.path.join(".git/hooks/pre-commit");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o644)).unwrap();
    repo.keystop(&["install"]).expect(0);
    guarded(&repo);
}

#[test]
fn only_the_named_hooks_are_put_in() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    repo.keystop(&["install", "--only", "pre-push", "--only", "commit-msg"]).expect(0);
    let hooks = repo.path.join(".git/hooks");
    let there: Vec<&str> = HOOKS.into_iter().filter(|hook| hooks.join(hook).exists()).collect();
    assert_eq!(there, ["commit-msg", "pre-push"]);
    repo.keystop(&["install"]).expect(0);
    assert!(HOOKS.iter().all(|hook| hooks.join(hook).exists()));
}

#[test]
fn a_linked_worktree_shares_the_hooks() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    repo.commit_unasked("begin");
    repo.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    let linked = Repo { sandbox: &sandbox, path: sandbox.path().join("linked") };
    linked.keystop(&["install"]).expect(0);
    guarded(&linked);
    guarded(&repo);
    linked.keystop(&["uninstall"]).expect(0);
    assert!(!repo.path.join(".git/hooks/pre-commit").exists());
}

#[test]
fn a_submodule_has_hooks_of_its_own() {
    let sandbox = Sandbox::new();
    let inner = sandbox.bare_of_hooks("inner");
    inner.commit_unasked("begin");
    let outer = sandbox.bare_of_hooks("outer");
    let add =
        ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../inner", "part"];
    outer.git(&add).expect(0);
    let part = Repo { sandbox: &sandbox, path: outer.path.join("part") };
    part.keystop(&["install"]).expect(0);
    guarded(&part);
    assert!(!outer.path.join(".git/hooks/pre-commit").exists());
}

#[test]
fn a_bare_repository_is_hooked() {
    let sandbox = Sandbox::new();
    let path = sandbox.remote("bare.git");
    sandbox.run(&path, KEYSTOP, &["install"], &[], b"").expect(0);
    assert!(path.join("hooks/pre-push").exists());
}

#[test]
fn installing_from_a_subdirectory_hooks_the_repository() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    repo.write("deep/er/file", "x\n");
    let below = Repo { sandbox: &sandbox, path: repo.path.join("deep/er") };
    below.keystop(&["install"]).expect(0);
    guarded(&repo);
    assert!(!below.path.join(".git").exists());
}

#[test]
fn an_absolute_hooks_path_is_used() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hooks = sandbox.path().join("my hooks");
    repo.git(&["config", "core.hooksPath", hooks.to_str().unwrap()]).expect(0);
    repo.keystop(&["install"]).expect(0);
    assert!(hooks.join("pre-commit").exists());
    assert!(!repo.path.join(".git/hooks/pre-commit").exists());
    guarded(&repo);
}

#[test]
fn a_relative_hooks_path_is_the_work_trees_from_wherever_it_is_asked() {
    for from in ["", "deep"] {
        let sandbox = Sandbox::new();
        let repo = sandbox.bare_of_hooks("work");
        repo.git(&["config", "core.hooksPath", ".githooks"]).expect(0);
        repo.write("deep/file", "x\n");
        let asking = Repo { sandbox: &sandbox, path: repo.path.join(from) };
        asking.keystop(&["install"]).expect(0);
        assert!(repo.path.join(".githooks/pre-commit").exists(), "asked from {from:?}");
        guarded(&repo);
        asking.keystop(&["uninstall"]).expect(0);
        assert!(!repo.path.join(".githooks/pre-commit").exists());
    }
}

#[test]
fn a_binary_whose_path_has_spaces_and_quotes_is_found() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let odd = sandbox.path().join("it's a \"bin\" $(touch pwned) `x` \\n *");
    fs::create_dir(&odd).unwrap();
    let binary = odd.join("keystop");
    copy_keystop(&binary);
    sandbox.run(&repo.path, binary.to_str().unwrap(), &["install"], &[], b"").expect(0);
    guarded(&repo);
    assert!(!repo.path.join("pwned").exists());
    // The binary moves: the hooks block, and installing again mends them.
    fs::remove_dir_all(&odd).unwrap();
    let run = repo.git(&["commit", "--allow-empty", "-m", "x"]);
    assert_ne!(run.code, 0);
    repo.keystop(&["install"]).expect(0);
    guarded(&repo);
}

#[test]
fn the_binary_is_a_hook_by_its_name() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hooks = repo.path.join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in HOOKS {
        copy_keystop(&hooks.join(hook));
    }
    guarded(&repo);
    let key = keys::stripe(2);
    sandbox.plant(&key.body);
    repo.git(&["commit", "--allow-empty", "-m", &key.value()]).blocked_by(STRIPE);
    let remote = sandbox.remote("remote.git");
    stage_key(&repo);
    repo.commit_unasked("x");
    repo.git(&["push", remote.to_str().unwrap(), "main"]).blocked_by(STRIPE);
}

#[test]
fn the_binary_is_a_hook_by_a_link_of_that_name() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hook = repo.path.join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    symlink(KEYSTOP, &hook).unwrap();
    guarded(&repo);
}
