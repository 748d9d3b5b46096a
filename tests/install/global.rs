//! `--global`: every repository of one user, whose HOME is the sandbox's.

use super::*;

fn config(sandbox: &Sandbox) -> PathBuf {
    sandbox.path().join("home/.gitconfig")
}

#[test]
fn every_repository_is_guarded_and_unguarded() {
    let sandbox = Sandbox::new();
    let (one, two) = (sandbox.bare_of_hooks("one"), sandbox.bare_of_hooks("two"));
    sandbox.run(sandbox.path(), KEYSTOP, &["install", "--global"], &[], b"").expect(0);
    guarded(&one);
    guarded(&two);
    assert!(!one.path.join(".git/hooks/pre-commit").exists());
    sandbox.run(sandbox.path(), KEYSTOP, &["uninstall", "--global"], &[], b"").expect(0);
    stage_key(&one);
    one.git(&["commit", "-q", "-m", "nobody asks"]).expect(0);
    assert_eq!(one.git(&["config", "--get", "core.hooksPath"]).stdout, "");
}

#[test]
fn a_repositorys_own_hooks_still_run() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hooks = repo.path.join(".git/hooks");
    let names = [
        "pre-commit",
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "post-checkout",
        "pre-push",
    ];
    for hook in names {
        script(&hooks.join(hook), &format!("echo {hook} >> \"$HOME/ran\""));
    }
    repo.keystop(&["install", "--global"]).expect(0);
    guarded(&repo);
    repo.git(&["switch", "-q", "-c", "topic"]).expect(0);
    let remote = sandbox.remote("remote.git");
    repo.git(&["push", "-q", remote.to_str().unwrap(), "topic"]).expect(0);
    let ran = fs::read_to_string(sandbox.path().join("home/ran")).unwrap();
    assert_eq!(ran.lines().collect::<Vec<_>>(), names);
}

#[test]
fn a_repositorys_own_hook_still_blocks_in_a_linked_worktree() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    repo.commit_unasked("begin");
    repo.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    script(&repo.path.join(".git/hooks/pre-commit"), "echo theirs >&2; exit 1");
    repo.keystop(&["install", "--global"]).expect(0);
    let linked = Repo { sandbox: &sandbox, path: sandbox.path().join("linked") };
    linked.write("deep/file", "x\n");
    let below = Repo { sandbox: &sandbox, path: linked.path.join("deep") };
    for place in [&repo, &linked, &below] {
        assert_ne!(place.git(&["commit", "--allow-empty", "-m", "x"]).says("theirs").code, 0);
    }
}

#[test]
fn a_repository_hooked_both_ways_is_judged_and_put_back() {
    let sandbox = Sandbox::new();
    let repo = sandbox.hooked("work");
    repo.keystop(&["install", "--global"]).expect(0);
    guarded(&repo);
    repo.keystop(&["uninstall", "--global"]).expect(0);
    guarded(&repo);
}

#[test]
fn the_users_configuration_comes_back_byte_for_byte() {
    for text in
        ["[user]\n\tname = somebody\n", "# mine\n[core]\n\teditor = true\n[alias]\n\tst = status\n"]
    {
        let sandbox = Sandbox::new();
        fs::write(config(&sandbox), text).unwrap();
        sandbox.run(sandbox.path(), KEYSTOP, &["install", "--global"], &[], b"").expect(0);
        sandbox.run(sandbox.path(), KEYSTOP, &["install", "--global"], &[], b"").expect(0);
        sandbox.run(sandbox.path(), KEYSTOP, &["uninstall", "--global"], &[], b"").expect(0);
        assert_eq!(fs::read_to_string(config(&sandbox)).unwrap(), text);
        assert!(!sandbox.path().join("home/.config/keystop/hooks").exists());
    }
}

#[test]
fn installing_again_changes_no_byte() {
    let sandbox = Sandbox::new();
    sandbox.run(sandbox.path(), KEYSTOP, &["install", "--global"], &[], b"").expect(0);
    let before = snapshot(&sandbox.path().join("home"));
    sandbox.run(sandbox.path(), KEYSTOP, &["install", "--global"], &[], b"").expect(0);
    unchanged(&sandbox.path().join("home"), &before);
}

#[test]
fn a_global_folder_of_the_users_own_is_kept_and_chained() {
    let sandbox = Sandbox::new();
    let own = sandbox.path().join("home/my-hooks");
    script(&own.join("pre-commit"), "echo theirs >> \"$HOME/ran\"");
    let before = snapshot(&own);
    fs::write(config(&sandbox), "[core]\n\thooksPath = ~/my-hooks\n").unwrap();
    let repo = sandbox.bare_of_hooks("work");
    repo.keystop(&["install", "--global"]).expect(0);
    guarded(&repo);
    assert!(sandbox.path().join("home/ran").exists());
    repo.keystop(&["uninstall", "--global"]).expect(0);
    unchanged(&own, &before);
    assert_eq!(fs::read_to_string(config(&sandbox)).unwrap(), "[core]\n\thooksPath = ~/my-hooks\n");
}

#[test]
fn uninstalling_what_was_never_installed_changes_nothing() {
    let sandbox = Sandbox::new();
    fs::write(config(&sandbox), "[user]\n\tname = somebody\n").unwrap();
    let before = snapshot(&sandbox.path().join("home"));
    sandbox.run(sandbox.path(), KEYSTOP, &["uninstall", "--global"], &[], b"").expect(0);
    unchanged(&sandbox.path().join("home"), &before);
}

#[test]
fn a_configuration_folder_of_its_own_is_respected() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path().join("settings with space");
    let environment = [("XDG_CONFIG_HOME", folder.to_str().unwrap())];
    let repo = sandbox.bare_of_hooks("work");
    sandbox.run(&repo.path, KEYSTOP, &["install", "--global"], &environment, b"").expect(0);
    assert!(folder.join("keystop/hooks/pre-commit").exists());
    guarded(&repo);
}
