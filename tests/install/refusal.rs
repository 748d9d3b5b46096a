//! Where hooks cannot be put in, and where the binary is gone.

use super::*;

#[test]
fn an_unknown_hook_is_bad_usage_and_the_known_ones_are_named() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let before = snapshot(&repo.path);
    let run = repo.keystop(&["install", "--only", "pre-commit", "--only", "pre-comit"]).expect(2);
    run.says("pre-comit").says("pre-merge-commit");
    unchanged(&repo.path, &before);
}

#[test]
fn outside_of_a_repository_words_say_so() {
    let sandbox = Sandbox::new();
    for command in ["install", "uninstall"] {
        let run = sandbox.run(sandbox.path(), KEYSTOP, &[command], &[], b"").expect(2);
        run.says("not a git repository").says("--global");
    }
}

#[test]
fn without_git_words_say_so() {
    let sandbox = Sandbox::new();
    let run =
        sandbox.run(sandbox.path(), KEYSTOP, &["install"], &[("PATH", "/nowhere")], b"").expect(2);
    run.says("git").says("PATH");
}

#[test]
fn a_hooks_folder_that_is_a_file_is_left_as_it_is() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hooks = repo.path.join(".git/hooks");
    let _ = fs::remove_dir_all(&hooks);
    fs::write(&hooks, "not a folder\n").unwrap();
    let before = snapshot(&repo.path);
    repo.keystop(&["install"]).expect(2).says("hooks");
    unchanged(&repo.path, &before);
}

#[test]
fn hooks_switched_off_by_a_device_are_told() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    repo.git(&["config", "core.hooksPath", "/dev/null"]).expect(0);
    repo.keystop(&["install"]).expect(2).says("/dev/null");
}

#[test]
fn a_folder_that_takes_no_file_is_left_as_it_is() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let folder = repo.path.join("locked");
    script(&folder.join("pre-commit"), "exit 0");
    let before = snapshot(&folder);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    // A superuser writes there all the same; a kernel's folder takes no file of anybody's.
    let folder = if fs::write(folder.join("try"), "").is_ok() {
        let _ = fs::remove_file(folder.join("try"));
        PathBuf::from("/proc")
    } else {
        folder
    };
    repo.git(&["config", "core.hooksPath", folder.to_str().unwrap()]).expect(0);
    let run = repo.keystop(&["install"]).expect(2);
    run.says("pre-commit").says(folder.to_str().unwrap());
    let _ = fs::set_permissions(repo.path.join("locked"), fs::Permissions::from_mode(0o755));
    unchanged(&repo.path.join("locked"), &before);
}

#[test]
fn an_install_that_fails_half_way_leaves_nothing() {
    // A chained hook and a stranger in its place: which one is the right one only a person knows.
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hooks = repo.path.join(".git/hooks");
    script(&hooks.join("pre-commit"), "exit 0");
    script(&hooks.join("pre-push"), "exit 0");
    script(&hooks.join("pre-push.before-keystop"), "exit 1");
    let before = snapshot(&repo.path);
    repo.keystop(&["install"]).expect(2).says("pre-push.before-keystop");
    unchanged(&repo.path, &before);
}

#[test]
fn a_global_install_that_fails_leaves_nothing() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path().join("home/.config");
    fs::write(&folder, "not a folder\n").unwrap();
    let before = snapshot(&sandbox.path().join("home"));
    sandbox
        .run(sandbox.path(), KEYSTOP, &["install", "--global"], &[], b"")
        .expect(2)
        .says(".config");
    unchanged(&sandbox.path().join("home"), &before);
}

#[test]
fn a_configuration_that_cannot_be_written_leaves_no_hooks() {
    let sandbox = Sandbox::new();
    // Git locks its configuration with this file; it stands for a full or read-only disk.
    fs::write(sandbox.path().join("home/.gitconfig.lock"), "").unwrap();
    let before = snapshot(&sandbox.path().join("home"));
    sandbox.run(sandbox.path(), KEYSTOP, &["install", "--global"], &[], b"").expect(2);
    unchanged(&sandbox.path().join("home"), &before);
}

#[test]
fn a_missing_binary_blocks_and_says_how_to_mend_it() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let binary = sandbox.path().join("keystop");
    copy_keystop(&binary);
    sandbox.run(&repo.path, binary.to_str().unwrap(), &["install"], &[], b"").expect(0);
    repo.commit_unasked("begin");
    fs::remove_file(&binary).unwrap();
    let before = repo.id("HEAD");
    let run = repo.git(&["commit", "--allow-empty", "-m", "x"]);
    assert_ne!(run.code, 0);
    // Git itself names the hook that it cannot start, and the hook says what to do.
    run.says("cannot exec '.git/hooks/pre-commit'");
    let hook = fs::read_to_string(repo.path.join(".git/hooks/pre-commit")).unwrap();
    assert!(hook.contains("cannot exec") && hook.contains("install it again"), "{hook}");
    assert_eq!(repo.id("HEAD"), before);
    let remote = sandbox.remote("remote.git");
    let push = repo.git(&["push", remote.to_str().unwrap(), "main"]);
    assert_ne!(push.code, 0);
    let push = push.says("is missing").says("install");
    // The way out that is shown works as it stands.
    let start = push.stderr.find("rm '").expect("no way out is shown");
    let command = push.stderr[start..].lines().next().unwrap();
    sandbox.run(&repo.path, "sh", &["-c", command], &[], b"").expect(0);
    assert!(!repo.path.join(".git/hooks/pre-push").exists());
}

#[test]
fn a_path_that_no_first_line_can_name_gets_a_shell() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let folder = sandbox.path().join("a b");
    fs::create_dir(&folder).unwrap();
    let binary = folder.join("keystop");
    copy_keystop(&binary);
    sandbox.run(&repo.path, binary.to_str().unwrap(), &["install"], &[], b"").expect(0);
    guarded(&repo);
    fs::remove_file(&binary).unwrap();
    let run = repo.git(&["commit", "--allow-empty", "-m", "x"]);
    assert_ne!(run.code, 0);
    run.says("is missing, so nothing can be judged and this commit is blocked");
}

#[test]
fn a_binary_that_cannot_run_blocks() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let binary = sandbox.path().join("keystop");
    copy_keystop(&binary);
    sandbox.run(&repo.path, binary.to_str().unwrap(), &["install"], &[], b"").expect(0);
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o644)).unwrap();
    assert_ne!(repo.git(&["commit", "--allow-empty", "-m", "x"]).code, 0);
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
    // Git gives a hook whose program the kernel refuses to a shell, which reads comments only.
    fs::write(&binary, b"\x7fELF broken").unwrap();
    let run = repo.git(&["commit", "--allow-empty", "-m", "x"]).says("is broken");
    assert_ne!(run.code, 0);
    fs::write(&binary, b"").unwrap();
    assert_ne!(repo.git(&["commit", "--allow-empty", "-m", "x"]).code, 0);
    assert_eq!(repo.id("HEAD"), "");
}
