//! Hooks that were there before.

use super::*;

/// A repository with hooks of its own in `.git/hooks`, then keystop's.
fn chained<'a>(sandbox: &'a Sandbox, hook: &str, body: &str) -> Repo<'a> {
    let repo = sandbox.bare_of_hooks("work");
    script(&repo.path.join(".git/hooks").join(hook), body);
    repo.keystop(&["install"]).expect(0);
    repo
}

#[test]
fn an_existing_hook_runs_after_keystop_passed() {
    let sandbox = Sandbox::new();
    let repo = chained(&sandbox, "pre-commit", "echo ran >> \"$HOME/ran\"");
    let ran = sandbox.path().join("home/ran");
    stage_key(&repo);
    repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE);
    assert!(!ran.exists(), "it ran although keystop blocked");
    repo.git(&["rm", "-q", "-f", "pay.py"]).expect(0);
    repo.git(&["commit", "-q", "--allow-empty", "-m", "x"]).expect(0);
    assert_eq!(fs::read_to_string(ran).unwrap(), "ran\n");
}

#[test]
fn an_existing_hooks_exit_code_blocks() {
    for (hook, git) in [
        ("pre-commit", &["commit", "--allow-empty", "-m", "x"][..]),
        ("commit-msg", &["commit", "--allow-empty", "-m", "x"]),
    ] {
        let sandbox = Sandbox::new();
        let repo = chained(&sandbox, hook, "echo theirs >&2; exit 3");
        let run = repo.git(git).says("theirs");
        assert_ne!(run.code, 0, "{hook}");
        assert_eq!(repo.id("HEAD"), "");
    }
}

#[test]
fn an_existing_commit_msg_hook_gets_its_argument() {
    let sandbox = Sandbox::new();
    let repo = chained(&sandbox, "commit-msg", "[ $# = 1 ] && echo 'Signed: them' >> \"$1\"");
    repo.git(&["commit", "-q", "--allow-empty", "-m", "subject"]).expect(0);
    assert_eq!(repo.git(&["log", "-1", "--format=%B"]).stdout.trim(), "subject\nSigned: them");
}

#[test]
fn an_existing_merge_hook_runs() {
    let sandbox = Sandbox::new();
    let repo = chained(&sandbox, "pre-merge-commit", "echo theirs >&2; exit 1");
    repo.commit_unasked("begin");
    repo.git(&["branch", "topic"]).expect(0);
    repo.commit_unasked("on main");
    repo.git(&["switch", "-q", "topic"]).expect(0);
    repo.commit_unasked("on topic");
    let run = repo.git(&["merge", "--no-edit", "main"]).says("theirs");
    assert_ne!(run.code, 0);
}

#[test]
fn an_existing_push_hook_gets_arguments_and_every_line_of_input() {
    let sandbox = Sandbox::new();
    let body =
        "printf '%s|' \"$@\" > \"$HOME/arguments\"; cat > \"$HOME/input\"; echo theirs >&2; exit 1";
    let repo = chained(&sandbox, "pre-push", body);
    repo.commit_unasked("begin");
    let id = repo.id("HEAD");
    for branch in ["one", "two", "three"] {
        repo.git(&["branch", branch]).expect(0);
    }
    let remote = sandbox.remote("remote.git");
    repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
    let run = repo.git(&["push", "origin", "one", "two", "three"]).says("theirs");
    assert_ne!(run.code, 0);
    let home = sandbox.path().join("home");
    let arguments = fs::read_to_string(home.join("arguments")).unwrap();
    assert_eq!(arguments, format!("origin|{}|", remote.display()));
    let zero = "0".repeat(40);
    let expected: String = ["one", "two", "three"]
        .iter()
        .map(|branch| format!("refs/heads/{branch} {id} refs/heads/{branch} {zero}\n"))
        .collect();
    let mut input: Vec<String> =
        fs::read_to_string(home.join("input")).unwrap().lines().map(String::from).collect();
    input.sort();
    let mut wanted: Vec<String> = expected.lines().map(String::from).collect();
    wanted.sort();
    assert_eq!(input, wanted);
}

#[test]
fn an_existing_push_hook_that_reads_no_input_is_fine() {
    let sandbox = Sandbox::new();
    let repo = chained(&sandbox, "pre-push", "echo ran > \"$HOME/ran\"; exit 0");
    repo.commit_unasked("begin");
    let remote = sandbox.remote("remote.git");
    repo.git(&["push", "-q", remote.to_str().unwrap(), "main"]).expect(0);
    assert!(sandbox.path().join("home/ran").exists());
    stage_key(&repo);
    repo.commit_unasked("x");
    repo.git(&["push", remote.to_str().unwrap(), "main"]).blocked_by(STRIPE);
}

#[test]
fn what_was_there_comes_back_byte_for_byte() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hooks = repo.path.join(".git/hooks");
    script(&hooks.join("pre-commit"), "exit 0 # no newline at the end, and \u{e9}");
    fs::write(hooks.join("commit-msg"), b"\x7fELF\0\xff\r\n").unwrap();
    fs::set_permissions(hooks.join("commit-msg"), fs::Permissions::from_mode(0o750)).unwrap();
    script(&hooks.join("post-commit"), "exit 0");
    script(&repo.path.join("scripts/push.sh"), "exit 0");
    symlink("../../scripts/push.sh", hooks.join("pre-push")).unwrap();
    let before = snapshot(&repo.path);
    repo.keystop(&["install"]).expect(0);
    repo.keystop(&["install"]).expect(0);
    repo.keystop(&["uninstall"]).expect(0);
    unchanged(&repo.path, &before);
}

#[test]
fn a_linked_hook_is_chained_and_its_target_untouched() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let target = repo.path.join("scripts/check.sh");
    script(&target, "echo theirs >&2; exit 1");
    let text = fs::read(&target).unwrap();
    let hook = repo.path.join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    symlink("../../scripts/check.sh", &hook).unwrap();
    repo.keystop(&["install"]).expect(0);
    assert_eq!(fs::read(&target).unwrap(), text);
    assert_ne!(repo.git(&["commit", "--allow-empty", "-m", "x"]).says("theirs").code, 0);
    stage_key(&repo);
    repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE);
    repo.keystop(&["uninstall"]).expect(0);
    assert_eq!(fs::read_link(&hook).unwrap(), Path::new("../../scripts/check.sh"));
}

#[test]
fn a_link_that_leads_nowhere_comes_back() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hook = repo.path.join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    symlink("/nowhere/at/all", &hook).unwrap();
    repo.keystop(&["install"]).expect(0);
    guarded(&repo);
    repo.keystop(&["uninstall"]).expect(0);
    assert_eq!(fs::read_link(&hook).unwrap(), Path::new("/nowhere/at/all"));
}

#[test]
fn a_hook_git_ignores_for_its_missing_run_bit_stays_ignored() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hook = repo.path.join(".git/hooks/pre-commit");
    script(&hook, "echo theirs >&2; exit 1");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o644)).unwrap();
    let before = snapshot(hook.parent().unwrap());
    repo.keystop(&["install"]).expect(0);
    guarded(&repo);
    repo.keystop(&["uninstall"]).expect(0);
    unchanged(hook.parent().unwrap(), &before);
}

#[test]
fn a_hook_that_replaced_keystops_is_left_alone() {
    let sandbox = Sandbox::new();
    let repo = sandbox.hooked("work");
    let hook = repo.path.join(".git/hooks/pre-commit");
    script(&hook, "echo somebody else");
    let text = fs::read(&hook).unwrap();
    repo.keystop(&["uninstall"]).expect(0);
    assert_eq!(fs::read(&hook).unwrap(), text);
}

#[test]
fn a_hook_that_only_speaks_of_keystop_is_not_taken_for_keystops() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let hook = repo.path.join(".git/hooks/pre-commit");
    script(&hook, "set -e\n# keystop: we call it ourselves\nexit 0");
    let text = fs::read(&hook).unwrap();
    repo.keystop(&["install"]).expect(0);
    repo.keystop(&["uninstall"]).expect(0);
    assert_eq!(fs::read(&hook).unwrap(), text);
}

#[test]
fn a_chained_hook_in_a_configured_folder_runs() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    repo.git(&["config", "core.hooksPath", ".githooks"]).expect(0);
    script(&repo.path.join(".githooks/pre-commit"), "echo theirs >&2; exit 1");
    repo.keystop(&["install"]).expect(0);
    assert_ne!(repo.git(&["commit", "--allow-empty", "-m", "x"]).says("theirs").code, 0);
    // From a subdirectory and a linked worktree the folder is the work tree's.
    repo.write("deep/file", "x\n");
    let below = Repo { sandbox: &sandbox, path: repo.path.join("deep") };
    assert_ne!(below.git(&["commit", "--allow-empty", "-m", "x"]).says("theirs").code, 0);
}
