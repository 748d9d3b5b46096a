//! Names that attack the terminal or the shell, and names that are keys themselves.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use serde_json::Value;

use crate::push::{STRIPE, connected, push_unasked, refused, secret};
use crate::support::{KEYSTOP, Repo, Run, Sandbox, keys};

/// File names git takes and no person should have to read raw.
fn hostile() -> Vec<OsString> {
    let names: &[&[u8]] = &[
        b"new\nline.py",
        b"carriage\rreturn.py",
        b"tab\there.py",
        b"bell\x07.py",
        b"erase\x08\x7f.py",
        b"red\x1b[31m.py",
        b"title\x1b]0;owned\x07.py",
        b"c1\x9b31m.py",
        "c1\u{9b}31m.py".as_bytes(),
        b"\xff\xfe.py",
        b"half\xc3",
        "rtl\u{202e}yp.gnp".as_bytes(),
        "isolate\u{2066}x.py".as_bytes(),
        "arabic-mark\u{61c}.py".as_bytes(),
        "zero\u{200b}width.py".as_bytes(),
        "tag\u{e0041}.py".as_bytes(),
        b"-rf",
        b"--cached",
        b"--",
        b"it's \"quoted\".py",
        b"$(touch pwned).py",
        b"`touch pwned`.py",
        b"a;touch pwned;b",
        b"a|b&c>d<e",
        b"~root",
        b"#hash",
        b"!bang",
        b"back\\slash.py",
        b" leading",
        b"trailing ",
        b"*",
        b"[a-z]*",
        b"a?",
        b":top.py",
        b":(exclude)x.py",
        b":!x",
        b"dir with space/-x\n",
    ];
    names.iter().map(|name| OsString::from_vec(name.to_vec())).collect()
}

/// Writes and stages a file whose name need not be text.
fn stage(repo: &Repo, name: &OsStr, content: &str) {
    let path = repo.path.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
    repo.git(&["add", "-A"]).expect(0);
}

/// Names of what is staged, in git's bytes made text.
fn staged(repo: &Repo) -> Vec<String> {
    let run = repo.git(&["diff", "--cached", "--name-only", "-z"]).expect(0);
    run.stdout.split_terminator('\0').map(str::to_owned).collect()
}

/// What a terminal would obey, and what reorders or hides the text around it.
fn steers(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[track_caller]
fn harmless(name: &OsStr, text: &str) {
    let bad: Vec<char> = text.chars().filter(|&c| steers(c)).collect();
    assert!(bad.is_empty(), "{bad:?} of {name:?} in:\n{}", text.escape_debug());
}

/// Pastes a command into bash.
fn paste(repo: &Repo, command: &str) -> Run {
    repo.sandbox.run(&repo.path, "bash", &["-c", command], &[], b"")
}

/// The text between two others.
#[track_caller]
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let start =
        text.find(before).unwrap_or_else(|| panic!("no {before:?} in:\n{text}")) + before.len();
    let end = text[start..].find(after).unwrap_or_else(|| panic!("no {after:?} in:\n{text}"));
    &text[start..start + end]
}

/// The report of `keystop scan --staged` as JSON.
fn scanned(repo: &Repo) -> (Value, String) {
    let run = repo.keystop(&["scan", "--staged", "--format", "json"]).expect(1);
    (serde_json::from_str(&run.stdout).unwrap(), run.stdout)
}

/// Asserts that the unstaging command shown, pasted, unstages this file and no other.
fn unstaging_works(sandbox: &Sandbox, repo: &Repo, fails: &mut Vec<String>) {
    for (seed, name) in hostile().into_iter().enumerate() {
        stage(repo, &name, &secret(sandbox, seed as u64));
        stage(repo, OsStr::new("innocent.py"), &format!("n = {seed}\n"));
        let run = repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE);
        let said = run.unwrapped();
        let rest = between(&said, "the file for later: git ", "\n");
        let pasted = paste(repo, &format!("git {rest}"));
        if pasted.code != 0 || staged(repo) != ["innocent.py"] {
            fails.push(format!(
                "{name:?}: `git {rest}` left {:?} staged: {}",
                staged(repo),
                pasted.stderr
            ));
        }
        assert!(!repo.path.join("pwned").exists(), "{name:?} ran a command: {rest}");
        repo.git(&["reset", "-q", "--hard"]).expect(0);
        repo.git(&["clean", "-q", "-f", "-d"]).expect(0);
    }
}

cases! {
fn hostile_names_are_shown_harmlessly_at_a_commit(sandbox) {
    let repo = sandbox.with_commit("work");
    for (seed, name) in hostile().into_iter().enumerate() {
        stage(&repo, &name, &secret(sandbox, seed as u64));
        let run = repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE);
        harmless(&name, &run.stderr);
        // The place is one line, whatever the name holds.
        assert!(run.stderr.lines().any(|line| line.starts_with(" --> ") && line.ends_with(":1:19")), "{}", run.stderr);
        repo.git(&["rm", "-r", "-q", "-f", "."]).expect(0);
    }
}

fn hostile_names_are_shown_harmlessly_in_json(sandbox) {
    let repo = sandbox.with_commit("work");
    for (seed, name) in hostile().into_iter().enumerate() {
        stage(&repo, &name, &secret(sandbox, seed as u64));
        let (report, text) = scanned(&repo);
        harmless(&name, &text);
        harmless(&name, &report.to_string());
        assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{text}");
        repo.git(&["rm", "-r", "-q", "-f", "."]).expect(0);
    }
}

fn hostile_names_are_shown_harmlessly_at_a_push(sandbox) {
    let (repo, remote) = connected(sandbox);
    for (seed, name) in hostile().into_iter().enumerate() {
        stage(&repo, &name, &secret(sandbox, seed as u64));
        repo.commit_unasked("x");
        harmless(&name, &refused(&repo, &remote, &["origin", "main"]).stderr);
        repo.git(&["reset", "-q", "--hard", "origin/main"]).expect(0);
    }
}

fn the_command_for_each_name_takes_out_that_file_alone(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("innocent.py", "n = -1\n");
    repo.commit_unasked("innocent");
    let mut fails = Vec::new();
    unstaging_works(sandbox, &repo, &mut fails);
    assert!(fails.is_empty(), "{}", fails.join("\n"));
}

fn the_command_for_each_name_takes_out_that_file_alone_before_a_first_commit(sandbox) {
    let mut fails = Vec::new();
    for (number, name) in hostile().into_iter().enumerate() {
        let repo = sandbox.hooked(&format!("work{number}"));
        stage(&repo, &name, &secret(sandbox, number as u64));
        stage(&repo, OsStr::new("innocent.py"), "n = 1\n");
        let run = repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE);
        let said = run.unwrapped();
        let rest = between(&said, "the file for later: git rm", "\n");
        let pasted = paste(&repo, &format!("git rm{rest}"));
        if pasted.code != 0 || repo.git(&["ls-files"]).stdout != "innocent.py\n" {
            fails.push(format!("{name:?}: `git rm{rest}`: {}", pasted.stderr));
        }
        assert!(!repo.path.join("pwned").exists(), "{name:?} ran a command");
    }
    assert!(fails.is_empty(), "{}", fails.join("\n"));
}

fn the_command_for_each_name_works_from_a_subdirectory(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("innocent.py", "n = -1\n");
    repo.commit_unasked("innocent");
    fs::create_dir(repo.path.join("below")).unwrap();
    let below = Repo { sandbox, path: repo.path.join("below") };
    let mut fails = Vec::new();
    for (number, name) in hostile().into_iter().enumerate() {
        stage(&repo, &name, &secret(sandbox, number as u64));
        stage(&repo, OsStr::new("innocent.py"), &format!("n = {number}\n"));
        let run = below.git(&["commit", "-m", "x"]).blocked_by(STRIPE);
        let said = run.unwrapped();
        let rest = between(&said, "the file for later: git restore", "\n");
        let pasted = paste(&below, &format!("git restore{rest}"));
        if pasted.code != 0 || staged(&repo) != ["innocent.py"] {
            fails.push(format!("{name:?}: `git restore{rest}` left {:?} staged: {}", staged(&repo), pasted.stderr));
        }
        repo.git(&["reset", "-q", "--hard"]).expect(0);
        repo.git(&["clean", "-q", "-f", "-d"]).expect(0);
        fs::create_dir_all(&below.path).unwrap();
    }
    assert!(fails.is_empty(), "{}", fails.join("\n"));
}

fn the_commands_for_each_name_work_after_a_refused_push(sandbox) {
    let (repo, remote) = connected(sandbox);
    let mut fails = Vec::new();
    for (number, name) in hostile().into_iter().enumerate() {
        stage(&repo, &name, &secret(sandbox, number as u64));
        repo.commit_unasked("x");
        let run = refused(&repo, &remote, &["origin", "main"]);
        fs::write(repo.path.join(&name), "pass\n").unwrap();
        repo.write("innocent.py", "not to be added\n");
        let said = run.unwrapped();
        let add = between(&said, " in line 1, then: ", "\n");
        let pasted = paste(&repo, add);
        if pasted.code != 0 || staged(&repo).len() != 1 {
            fails.push(format!("{name:?}: `{add}` staged {:?}: {}", staged(&repo), pasted.stderr));
            repo.git(&["reset", "-q", "--hard", "origin/main"]).expect(0);
        } else {
            repo.git(&["commit", "-q", "--amend", "--no-edit"]).expect(0);
            repo.git(&["push", "-q", "origin", "main"]).expect(0);
        }
        repo.git(&["clean", "-q", "-f", "-d"]).expect(0);
    }
    assert!(fails.is_empty(), "{}", fails.join("\n"));
}

fn a_file_name_that_holds_a_key_is_blocked_and_masked(sandbox) {
    let repo = sandbox.with_commit("work");
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    for name in [format!("{}.txt", key.value()), format!("dumps/{}/a.txt", key.value())] {
        repo.stage(&name, "clean\n");
        let run = repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE).says("sk_live_…");
        assert!(run.stderr.contains("git restore --staged"), "{}", run.stderr);
        let (report, _) = scanned(&repo);
        assert_eq!(report["findings"][0]["place"], "file_name");
        repo.git(&["rm", "-q", "-f", "--", &name]).expect(0);
    }
}

fn a_file_renamed_to_a_key_is_blocked(sandbox) {
    let repo = sandbox.with_commit("work");
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    repo.git(&["mv", "README.md", &format!("{}.md", key.value())]).expect(0);
    repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE);
}

fn a_pushed_file_name_that_holds_a_key_is_refused_and_masked(sandbox) {
    let (repo, remote) = connected(sandbox);
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    let name = format!("{}.txt", key.value());
    repo.stage(&name, "clean\n");
    repo.commit_unasked("x");
    repo.git(&["rm", "-q", "--", &name]).expect(0);
    repo.commit_unasked("y");
    refused(&repo, &remote, &["origin", "main"]).says("sk_live_…");
}

fn a_key_in_a_file_whose_name_is_an_old_key_shows_neither(sandbox) {
    let (repo, remote) = connected(sandbox);
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    let name = format!("dumps/{}.py", key.value());
    repo.stage(&name, "pass\n");
    repo.commit_unasked("before keystop");
    push_unasked(&repo, &["origin", "main"]);
    repo.stage(&name, secret(sandbox, 2));
    repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE).says("dumps/");
    repo.keystop(&["scan", "--staged", "--format", "json"]).expect(1);
    repo.commit_unasked("x");
    refused(&repo, &remote, &["origin", "main"]).says("dumps/");
}

fn a_key_in_a_file_whose_new_name_is_a_key_shows_neither(sandbox) {
    let (repo, remote) = connected(sandbox);
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    let name = format!("{}.py", key.value());
    repo.stage(&name, secret(sandbox, 2));
    repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE).says("2 keys in 1 staged file");
    repo.commit_unasked("x");
    refused(&repo, &remote, &["origin", "main"]).says("2 keys in 1 commit");
}

fn an_unreadable_file_named_like_a_key_is_not_spelled_out(sandbox) {
    let repo = sandbox.with_commit("work");
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    repo.stage(&format!("{}.txt", key.value()), "gone in a moment\n");
    let id = repo.id(&format!(":{}.txt", key.value()));
    fs::remove_file(repo.path.join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    repo.keystop(&["pre-commit"]).expect(2).says(&id);
}

fn a_branch_named_like_a_key_is_refused_and_masked(sandbox) {
    let (repo, remote) = connected(sandbox);
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    repo.git(&["branch", &key.value()]).expect(0);
    refused(&repo, &remote, &["origin", &key.value()]).says("sk_live_…");
    // The local name stays here.
    repo.git(&["push", "-q", "origin", &format!("{}:refs/heads/harmless", key.value())]).expect(0);
    refused(&repo, &remote, &["origin", &format!("main:refs/heads/fix/{}", key.value())]);
}

fn a_branch_named_like_a_key_can_be_deleted(sandbox) {
    let (repo, _) = connected(sandbox);
    let key = keys::stripe(1);
    repo.git(&["branch", &key.value()]).expect(0);
    push_unasked(&repo, &["origin", &key.value()]);
    repo.git(&["push", "-q", "origin", "--delete", &key.value()]).expect(0);
}

fn a_line_cannot_write_to_the_terminal(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = secret(sandbox, 1);
    let key = line.trim_end();
    repo.stage("pay.py", format!("\x1b]0;owned\x07\x1b[31m\u{202e}\u{61c}\u{9b}2J {key} \x1b[0m\x08\r\n"));
    let run = repo.git(&["commit", "-m", "x"]).blocked_by(STRIPE);
    harmless(OsStr::new("pay.py"), &run.stderr);
    let (report, text) = scanned(&repo);
    harmless(OsStr::new("pay.py"), &text);
    harmless(OsStr::new("pay.py"), &report.to_string());
}

fn a_scanned_folder_shows_hostile_names_harmlessly(sandbox) {
    let repo = sandbox.bare_of_hooks("work");
    for (seed, name) in hostile().into_iter().enumerate() {
        let path = repo.path.join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, secret(sandbox, seed as u64)).unwrap();
    }
    let run = sandbox.run(&repo.path, KEYSTOP, &["scan", "."], &[], b"").expect(1);
    harmless(OsStr::new("."), &run.stdout);
    let run = sandbox.run(&repo.path, KEYSTOP, &["scan", "--format", "json", "."], &[], b"").expect(1);
    harmless(OsStr::new("."), &run.stdout);
    let missing = OsStr::from_bytes(b"no\x1b[31m\n\xff\x9bsuch");
    let run = sandbox.run(&repo.path, KEYSTOP, &[OsStr::new("scan"), missing], &[], b"").expect(2);
    harmless(missing, &run.stderr);
    harmless(missing, &run.stdout);
}
}
