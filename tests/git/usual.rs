//! Repositories whose branch and objects lie where git puts them, and some that only look like it.

use std::fs;

use crate::support::{KEYSTOP, Repo, Sandbox};
use crate::verdict::{STRIPE, by_hand, judges, key_line, passes, refused};

/// A repository whose HEAD holds a key in `old.py`, and the line with it.
fn with_old_key(sandbox: &Sandbox) -> (Repo<'_>, String) {
    let line = key_line(sandbox, 1);
    let repo = sandbox.with_commit("work");
    repo.stage("old.py", &line);
    repo.commit_unasked("a key");
    (repo, line)
}

/// Asserts that HEAD is found: what it holds is nothing new, and another key is.
#[track_caller]
fn knows_head(repo: &Repo, line: &str, round: u64) {
    repo.stage("old.py", format!("# {round}\n{line}"));
    passes(repo, &["commit", "-q", "-m", "what stood there before"]);
    repo.stage("new.py", key_line(repo.sandbox, 100 + round));
    refused(repo, &["commit", "-q", "-m", "a new key"]);
    repo.git(&["rm", "-q", "-f", "--cached", "new.py"]).expect(0);
}

cases! {
fn a_branch_in_a_file_of_its_own_counts_before_the_packed_one(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["pack-refs", "--all"]).expect(0);
    let line = key_line(sandbox, 1);
    repo.stage("old.py", &line);
    repo.commit_unasked("a key");
    knows_head(&repo, &line, 1);
}

fn a_branch_that_is_packed_alone(sandbox) {
    let (repo, line) = with_old_key(sandbox);
    for (round, name) in ["main", "main2", "a/main", "xmain"].into_iter().enumerate() {
        repo.git(&["checkout", "-q", "-B", name]).expect(0);
        // Others of nearly its name point at what has no key.
        for other in ["ain", "main/x", "mai", "heads/main", "n"] {
            let _ = repo.git(&["branch", other, "main~1"]);
        }
        repo.git(&["tag", "-f", "-a", "-m", "peeled", "main", "HEAD"]).expect(0);
        repo.git(&["pack-refs", "--all"]).expect(0);
        assert!(!repo.path.join(".git/refs/heads").join(name).exists());
        knows_head(&repo, &line, round as u64);
    }
}

fn a_branch_among_very_many(sandbox) {
    let (repo, line) = with_old_key(sandbox);
    let head = repo.id("HEAD~1");
    let refs: String = (0..3000).map(|number| format!("create refs/heads/b{number} {head}\n")).collect();
    repo.git_fed(&["update-ref", "--stdin"], refs.as_bytes()).expect(0);
    repo.git(&["pack-refs", "--all"]).expect(0);
    knows_head(&repo, &line, 1);
}

fn a_branch_whose_folder_is_named_like_a_packed_one(sandbox) {
    let (repo, line) = with_old_key(sandbox);
    repo.git(&["pack-refs", "--all"]).expect(0);
    fs::create_dir_all(repo.path.join(".git/refs/heads/main")).unwrap();
    knows_head(&repo, &line, 1);
}

fn a_branch_that_is_another_ones_name(sandbox) {
    let (repo, line) = with_old_key(sandbox);
    repo.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]).expect(0);
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/alias"]).expect(0);
    knows_head(&repo, &line, 1);
}

fn a_head_outside_the_branches(sandbox) {
    let (repo, line) = with_old_key(sandbox);
    repo.git(&["update-ref", "refs/stand/x", "HEAD"]).expect(0);
    // Porcelain refuses this; a file does not.
    repo.write(".git/HEAD", "ref: refs/stand/x\n");
    knows_head(&repo, &line, 1);
}

fn a_branch_that_was_not_written_by_git(sandbox) {
    let (repo, line) = with_old_key(sandbox);
    for (round, end) in ["", "\n", "\n\n", " \n", "\r\n"].into_iter().enumerate() {
        let id = repo.id("HEAD");
        repo.write(".git/refs/heads/main", format!("{id}{end}"));
        if repo.git(&["rev-parse", "HEAD"]).code == 0 {
            knows_head(&repo, &line, round as u64);
        }
        repo.write(".git/refs/heads/main", format!("{}\n", repo.id("HEAD")));
    }
}

fn more_packs_than_are_opened_at_once(sandbox) {
    let (repo, line) = with_old_key(sandbox);
    for round in 0..12 {
        repo.git(&["repack", "-q", "-d"]).expect(0);
        knows_head(&repo, &line, round);
    }
}

fn objects_borrowed_from_a_borrower(sandbox) {
    let (origin, line) = with_old_key(sandbox);
    origin.git(&["gc", "-q"]).expect(0);
    for (from, to) in [("work", "second"), ("second", "third")] {
        sandbox.run(sandbox.path(), "git", &["clone", "-q", "--shared", from, to], &[], b"").expect(0);
    }
    let repo = crate::verdict::adopt(sandbox, &sandbox.path().join("third"));
    knows_head(&repo, &line, 1);
}

fn a_folder_that_only_looks_like_a_repository_is_passed_over(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("inner/config.py", key_line(sandbox, 1));
    let inner = Repo { sandbox, path: repo.path.join("inner") };
    for missing in ["objects", "refs", "HEAD"] {
        inner.git(&["init", "-q", "-b", "main"]).expect(0);
        inner.stage("clean.txt", "clean\n");
        inner.commit_unasked("clean");
        let git = inner.path.join(".git");
        let gone = git.join(missing);
        if gone.is_dir() { fs::remove_dir_all(gone).unwrap() } else { fs::remove_file(gone).unwrap() }
        // Its index holds nothing new; git looks further up.
        by_hand(&inner).expect(1);
        fs::remove_dir_all(git).unwrap();
    }
}

fn a_repository_whose_parts_a_file_moves(sandbox) {
    let line = key_line(sandbox, 1);
    let other = sandbox.with_commit("other");
    other.stage("old.py", &line);
    other.commit_unasked("a key");
    // Refs and objects are the other's; HEAD and index are here, and a branch that nobody reads.
    let repo = sandbox.bare_of_hooks("work");
    repo.write(".git/commondir", other.path.join(".git").to_str().unwrap());
    repo.write(".git/refs/heads/main", format!("{}\n", other.id("HEAD~1")));
    repo.git(&["reset", "-q", "--hard"]).expect(0);
    repo.stage("old.py", format!("# edited\n{line}"));
    by_hand(&repo).expect(0);
    repo.stage("new.py", key_line(sandbox, 2));
    by_hand(&repo).expect(1);
}

fn variables_that_name_another_repository_or_move_a_part(sandbox) {
    let other = sandbox.with_commit("other");
    other.stage("config.py", key_line(sandbox, 1));
    let repo = sandbox.with_commit("work");
    let git = other.path.join(".git");
    let found = |variables: &[(&str, &str)]| {
        sandbox.run(&repo.path, KEYSTOP, &["pre-commit"], variables, b"").blocked_by(STRIPE);
    };
    found(&[("GIT_DIR", git.to_str().unwrap())]);
    found(&[("GIT_DIR", "../other/.git"), ("GIT_WORK_TREE", "../other")]);
    // New objects in a folder of their own, and the old ones where they were.
    fs::create_dir(sandbox.path().join("objects")).unwrap();
    let (objects, own) = (sandbox.path().join("objects"), repo.path.join(".git/objects"));
    let variables = [
        ("GIT_OBJECT_DIRECTORY", objects.to_str().unwrap()),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", own.to_str().unwrap()),
    ];
    repo.write("config.py", key_line(sandbox, 2));
    repo.git_with(&["add", "config.py"], &variables).expect(0);
    found(&variables);
}

fn settings_that_move_a_part(sandbox) {
    let repo = sandbox.with_commit("work");
    let config = fs::read_to_string(repo.path.join(".git/config")).unwrap();
    let top = repo.path.to_str().unwrap();
    for more in [
        format!("[core]\n\tworktree = {top}\n"), format!("[CORE] WorkTree={top}\n"),
        "[extensions]\n\tworktreeConfig = true\n".to_owned(), "[core]\n\trepositoryformatversion = 1\n".to_owned(),
        "[core]\n\trepositoryFormatVersion=1\n[Extensions]\n\tobjectFormat = sha1\n".to_owned(),
    ] {
        repo.write(".git/config", format!("{config}{more}"));
        judges(&repo);
    }
}
}
