//! Where a repository lies, whose it is, and what its files are called.

use std::fs;

use crate::support::{KEYSTOP, Repo, Sandbox};
use crate::verdict::{STRIPE, adopt, by_hand, judges, key_line, passes, refused};

/// A repository that belongs to somebody else; `None` where only root could make it.
fn of_another_user<'a>(sandbox: &'a Sandbox) -> Option<Repo<'a>> {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    let mut pending = vec![repo.path.clone()];
    while let Some(path) = pending.pop() {
        std::os::unix::fs::lchown(&path, Some(54_321), Some(54_321)).ok()?;
        if path.is_dir() {
            pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert_ne!(repo.git(&["commit", "-q", "-m", "git itself refuses"]).code, 0);
    by_hand(&repo).expect(2).says("dubious ownership");
    Some(repo)
}

/// Asserts that the hook judges although the owner is another: `git` runs git as it must be run.
#[track_caller]
fn judged_as(repo: &Repo, options: &[&str], variables: &[(&str, &str)]) {
    for form in [&["commit", "-q", "-m", "x"][..], &["commit", "-q", "-m", "x", "--", "config.py"]]
    {
        repo.git_with(&[options, form].concat(), variables).blocked_by(STRIPE);
    }
    repo.write("config.py", "clean\n");
    repo.git_with(&[options, &["add", "config.py"]].concat(), variables).expect(0);
    repo.git_with(&[options, &["commit", "-q", "-m", "clean"]].concat(), variables).expect(0);
}

/// Stages a key under names no shell could pass, commits, then the same with clean content.
#[track_caller]
fn judged_under_the_name(sandbox: &Sandbox, name: &[u8]) {
    judged_in(sandbox, "work", name);
}

#[track_caller]
fn judged_in(sandbox: &Sandbox, repository: &str, name: &[u8]) {
    let repo = sandbox.with_commit(repository);
    let stage = |text: &str| {
        let id = sandbox
            .run(&repo.path, "git", &["hash-object", "-w", "--stdin"], &[], text.as_bytes())
            .stdout;
        let record = [b"100644 ", id.trim().as_bytes(), b"\t", name, b"\0"].concat();
        sandbox
            .run(&repo.path, "git", &["update-index", "--add", "-z", "--index-info"], &[], &record)
            .expect(0);
    };
    stage(&key_line(sandbox, 1));
    let said = refused(&repo, &["commit", "-q", "-m", "a key"]).stderr;
    assert!(!said.chars().any(|c| c.is_control() && c != '\n'), "{said:?}");
    by_hand(&repo).expect(1).says(STRIPE);
    stage("clean\n");
    passes(&repo, &["commit", "-q", "-m", "clean"]);
    stage(&key_line(sandbox, 2));
    refused(&repo, &["commit", "-q", "-m", "a key in an old file"]);
}

cases! {
fn a_linked_worktree(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    let linked = Repo { sandbox, path: sandbox.path().join("linked") };
    judges(&linked);
    judges(&repo);
}

fn a_linked_worktree_of_a_bare_repository(sandbox) {
    let origin = sandbox.with_commit("work");
    origin.git(&["clone", "-q", "--bare", ".", "../bare.git"]).expect(0);
    let bare = Repo { sandbox, path: sandbox.path().join("bare.git") };
    bare.keystop(&["install"]).expect(0);
    bare.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    judges(&Repo { sandbox, path: sandbox.path().join("linked") });
}

fn a_merge_in_a_linked_worktree(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["checkout", "-q", "-b", "side"]).expect(0);
    repo.stage("side.py", key_line(sandbox, 1));
    repo.commit_unasked("a key");
    repo.git(&["worktree", "add", "-q", "../linked", "main"]).expect(0);
    let linked = Repo { sandbox, path: sandbox.path().join("linked") };
    linked.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]).expect(0);
    linked.stage("evil.py", key_line(sandbox, 2));
    refused(&linked, &["commit", "-q", "--no-edit"]).says("1 key in");
    linked.git(&["rm", "-q", "-f", "evil.py"]).expect(0);
    passes(&linked, &["commit", "-q", "--no-edit"]);
}

fn worktrees_with_settings_of_their_own(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["config", "extensions.worktreeConfig", "true"]).expect(0);
    repo.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    let linked = Repo { sandbox, path: sandbox.path().join("linked") };
    linked.git(&["config", "--worktree", "diff.external", "true"]).expect(0);
    linked.git(&["config", "--worktree", "color.ui", "always"]).expect(0);
    judges(&linked);
    judges(&repo);
}

fn worktrees_with_relative_paths(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["config", "worktree.useRelativePaths", "true"]).expect(0);
    repo.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    // An older git makes the usual worktree here.
    judges(&Repo { sandbox, path: sandbox.path().join("linked") });
    judges(&repo);
}

fn a_submodule_absorbed_by_its_superproject(sandbox) {
    sandbox.with_commit("inner");
    let outer = sandbox.with_commit("outer");
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", "../inner", "inner"]).expect(0);
    outer.git(&["commit", "-q", "-m", "a submodule"]).expect(0);
    let inner = adopt(sandbox, &outer.path.join("inner"));
    assert!(inner.path.join(".git").is_file());
    judges(&inner);
    judges(&outer);
}

fn a_submodule_with_its_own_folder(sandbox) {
    let outer = sandbox.with_commit("outer");
    let inner = sandbox.with_commit("outer/inner");
    outer.git(&["submodule", "add", "-q", "./inner", "inner"]).expect(0);
    passes(&outer, &["commit", "-q", "-m", "a submodule"]);
    assert!(inner.path.join(".git").is_dir());
    judges(&inner);
    judges(&outer);
}

fn a_repository_within_another_without_a_submodule(sandbox) {
    let outer = sandbox.with_commit("outer");
    let inner = sandbox.with_commit("outer/inner");
    judges(&inner);
    outer.git(&["add", "inner"]).expect(0);
    passes(&outer, &["commit", "-q", "-m", "embedded"]);
}

fn a_git_folder_elsewhere(sandbox) {
    sandbox.run(sandbox.path(), "git", &["init", "-q", "--separate-git-dir=stored here", "work"], &[], b"").expect(0);
    let repo = adopt(sandbox, &sandbox.path().join("work"));
    judges_from_nothing(&repo);
}

fn a_git_folder_behind_a_link(sandbox) {
    let repo = sandbox.with_commit("work");
    fs::rename(repo.path.join(".git"), sandbox.path().join("stored")).unwrap();
    std::os::unix::fs::symlink("../stored", repo.path.join(".git")).unwrap();
    judges(&repo);
}

fn a_folder_reached_through_a_link(sandbox) {
    sandbox.with_commit("work");
    std::os::unix::fs::symlink("work", sandbox.path().join("link")).unwrap();
    judges(&Repo { sandbox, path: sandbox.path().join("link") });
}

fn a_repository_in_a_folder_of_an_odd_name(sandbox) {
    for name in ["with space", "with'quote", "with\"quotes", "with\nnewline", "-dash", "$(touch x)", "%41", "ünï", "a;b&c|d"] {
        sandbox.run(sandbox.path(), "git", &["init", "-q", "-b", "main", "--", name], &[], b"").expect(0);
        let repo = adopt(sandbox, &sandbox.path().join(name));
        judges_from_nothing(&repo);
    }
}

fn a_repository_in_a_folder_that_is_not_utf8(sandbox) {
    use std::os::unix::ffi::OsStrExt;
    let path = sandbox.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    fs::create_dir(&path).unwrap();
    sandbox.run(&path, "git", &["init", "-q"], &[], b"").expect(0);
    // Installing names the hooks' folder; the hooks themselves need no name.
    let hooks = path.join(".git/hooks");
    let from = sandbox.with_commit("from").path.join(".git/hooks");
    for name in ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"] {
        fs::copy(from.join(name), hooks.join(name)).unwrap();
    }
    judges_from_nothing(&Repo { sandbox, path });
}

fn an_owner_accepted_by_the_users_settings(sandbox) {
    let Some(repo) = of_another_user(sandbox) else { return };
    let path = repo.path.to_str().unwrap().to_owned();
    fs::write(sandbox.path().join("home/.gitconfig"), format!("[safe]\ndirectory = {path}\n")).unwrap();
    judged_as(&repo, &[], &[]);
}

fn an_owner_accepted_by_a_star(sandbox) {
    let Some(repo) = of_another_user(sandbox) else { return };
    fs::write(sandbox.path().join("home/.gitconfig"), "[safe]\ndirectory = *\n").unwrap();
    judged_as(&repo, &[], &[]);
}

fn an_owner_accepted_by_a_folder_and_star(sandbox) {
    let Some(repo) = of_another_user(sandbox) else { return };
    let above = sandbox.path().canonicalize().unwrap();
    fs::write(sandbox.path().join("home/.gitconfig"), format!("[safe]\ndirectory = {}/*\n", above.display())).unwrap();
    judged_as(&repo, &[], &[]);
}

fn an_owner_accepted_by_an_option(sandbox) {
    let Some(repo) = of_another_user(sandbox) else { return };
    judged_as(&repo, &["-c", "safe.directory=*"], &[]);
}

fn an_owner_accepted_by_a_variable(sandbox) {
    let Some(repo) = of_another_user(sandbox) else { return };
    let path = repo.path.canonicalize().unwrap();
    judged_as(&repo, &[], &[
        ("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory"), ("GIT_CONFIG_VALUE_0", path.to_str().unwrap()),
    ]);
}

fn an_owner_accepted_by_another_settings_file(sandbox) {
    let Some(repo) = of_another_user(sandbox) else { return };
    let settings = sandbox.path().join("settings");
    fs::write(&settings, "[safe]\ndirectory = *\n").unwrap();
    judged_as(&repo, &[], &[("GIT_CONFIG_GLOBAL", settings.to_str().unwrap())]);
}

fn a_name_with_spaces(sandbox) {
    judged_under_the_name(sandbox, b" a file .py ");
}

fn a_name_with_a_newline(sandbox) {
    judged_under_the_name(sandbox, b"first\nsecond\r\n.py");
}

fn a_name_that_is_not_utf8(sandbox) {
    judged_under_the_name(sandbox, b"caf\xe9/\xff\xfe.py");
}

fn a_name_that_writes_to_the_terminal(sandbox) {
    judged_under_the_name(sandbox, b"\x1b[2J\x1b]0;title\x07\x7f.py");
}

fn a_name_of_4000_characters(sandbox) {
    let folder = "d".repeat(249);
    let name = format!("{}/config.py", vec![folder; 16].join("/"));
    assert!(name.len() > 4000);
    judged_under_the_name(sandbox, name.as_bytes());
}

fn a_name_of_one_long_part(sandbox) {
    judged_under_the_name(sandbox, "n".repeat(3000).as_bytes());
}

fn names_that_look_like_options_or_patterns(sandbox) {
    for (at, name) in [&b"-rf"[..], b"--", b":(top)x", b":!x", b"*", b"[a-z]", b"a\\b", b"\"", b"'", b"~", b"$HOME", b"#"]
        .iter().enumerate()
    {
        judged_in(sandbox, &format!("top-{at}"), name);
        judged_in(sandbox, &format!("below-{at}"), &[b"folder/", *name].concat());
    }
}

fn names_that_differ_in_case_or_form(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["config", "core.ignoreCase", "true"]).expect(0);
    repo.git(&["config", "core.precomposeUnicode", "true"]).expect(0);
    repo.stage("Config.py", "clean\n");
    repo.commit_unasked("clean");
    let id = sandbox.run(&repo.path, "git", &["hash-object", "-w", "--stdin"], &[], key_line(sandbox, 1).as_bytes()).stdout;
    for name in ["config.py", "e\u{301}.py", "\u{e9}.py"] {
        repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{},{name}", id.trim())]).expect(0);
        refused(&repo, &["commit", "-q", "-m", "a key"]);
        repo.git(&["reset", "-q"]).expect(0);
    }
}

fn a_folder_two_hundred_levels_deep(sandbox) {
    judged_under_the_name(sandbox, format!("{}config.py", "d/".repeat(200)).as_bytes());
}
}

/// [`judges`], before any commit.
#[track_caller]
fn judges_from_nothing(repo: &Repo) {
    repo.sandbox.run(&repo.path, KEYSTOP, &["pre-commit"], &[], b"").expect(0);
    repo.stage("config.py", key_line(repo.sandbox, 9));
    refused(repo, &["commit", "-q", "-m", "a key"]);
    repo.git(&["rm", "-q", "-f", "--cached", "config.py"]).expect(0);
    judges(repo);
}
