//! Repositories that are broken: exit 2 with git's or the system's words, and nothing is changed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{KEYSTOP, Repo, Run, Sandbox};
use crate::verdict::{STRIPE, by_hand, key_line, within_seconds};

/// Every file below `.git`, with its content.
fn contents(repo: &Repo) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut pending = vec![repo.path.join(".git")];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // Keystop's note of what it found last is its own.
                pending.extend(Some(path).filter(|path| !path.ends_with(".git/keystop")));
            } else {
                let content = fs::read(&path).unwrap_or_default();
                files.push((path, content));
            }
        }
    }
    files.sort();
    files
}

/// Asserts that the hook by hand ends with 2 and leaves `.git` as it was, and that a commit is
/// not made either, whoever stops it.
#[track_caller]
fn unjudged(repo: &Repo) -> Run {
    let (files, fsck) = (contents(repo), repo.git(&["fsck", "--full"]));
    let run = by_hand(repo).expect(2);
    assert!(run.stderr.contains("error: "), "{}", run.stderr);
    assert!(contents(repo) == files, "the hook changed .git");
    let after = repo.git(&["fsck", "--full"]);
    assert_eq!((fsck.code, fsck.stdout, fsck.stderr), (after.code, after.stdout, after.stderr));
    let before = repo.id("HEAD");
    assert_ne!(commit(repo).code, 0);
    assert_eq!(repo.id("HEAD"), before, "a commit was made");
    run
}

/// A commit through the hooks, which must come to an end.
fn commit(repo: &Repo) -> Run {
    within_seconds(repo, &["git", "commit", "-q", "-m", "damaged"])
}

/// Where a loose object lies.
fn loose(repo: &Repo, id: &str) -> PathBuf {
    let path = repo.path.join(".git/objects").join(&id[..2]).join(&id[2..]);
    assert!(path.is_file(), "{id} is not loose");
    path
}

/// Replaces a file that git made read-only.
fn overwrite(path: &Path, content: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, content).unwrap();
}

/// The file's content cut in the middle.
fn truncate(path: &Path) {
    let content = fs::read(path).unwrap();
    overwrite(path, &content[..content.len() / 2]);
}

/// A repository where `folder/config.py` is staged, with content of some size.
fn staged(sandbox: &Sandbox) -> Repo<'_> {
    staged_in(sandbox, "work")
}

fn staged_in<'a>(sandbox: &'a Sandbox, name: &str) -> Repo<'a> {
    let repo = sandbox.with_commit(name);
    let words: String = (0..2000).map(|number| format!("{number}\n")).collect();
    repo.stage("folder/config.py", words);
    repo
}

cases! {
fn a_missing_new_file_is_named(sandbox) {
    let repo = staged(sandbox);
    fs::remove_file(loose(&repo, &repo.id(":folder/config.py"))).unwrap();
    let run = unjudged(&repo);
    assert!(run.stderr.contains("folder/config.py"), "{}", run.stderr);
    run.says("is missing from this repository");
}

fn a_missing_new_file_is_named_by_the_cache_tree_too(sandbox) {
    let repo = staged(sandbox);
    repo.git(&["write-tree"]).expect(0);
    fs::remove_file(loose(&repo, &repo.id(":folder/config.py"))).unwrap();
    unjudged(&repo).says("is missing from this repository");
}

fn a_missing_new_folder_is_named(sandbox) {
    let repo = staged(sandbox);
    let tree = repo.git(&["write-tree"]).expect(0).stdout;
    let folder = repo.id(&format!("{}:folder", tree.trim()));
    fs::remove_file(loose(&repo, &folder)).unwrap();
    // Git writes it again before it asks the hook, so a commit is whole; by hand it is missing.
    by_hand(&repo).expect(2).says("is missing from this repository");
}

fn a_missing_tree_of_head_means_everything_is_new(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.git(&["write-tree"]).expect(0);
    fs::remove_file(loose(&repo, &repo.id("HEAD^{tree}"))).unwrap();
    by_hand(&repo).expect(1).says(STRIPE);
}

fn a_missing_commit_of_head_is_an_error(sandbox) {
    let repo = staged(sandbox);
    fs::remove_file(loose(&repo, &repo.id("HEAD"))).unwrap();
    by_hand(&repo).expect(2);
    assert_ne!(commit(&repo).code, 0);
}

fn a_corrupt_new_file_is_reported_in_gits_words(sandbox) {
    for (name, damage) in [("garbage", &b"garbage"[..]), ("empty", b""), ("header", b"x\x9c")] {
        let repo = staged_in(sandbox, name);
        overwrite(&loose(&repo, &repo.id(":folder/config.py")), damage);
        let run = unjudged(&repo);
        let words = ["corrupt", "unable to unpack", "unable to parse", "is empty", "inflate", "header"];
        assert!(words.iter().any(|word| run.stderr.contains(word)), "{}", run.stderr);
    }
}

fn many_corrupt_files_do_not_stall_the_hook(sandbox) {
    // More complaints of git's than a pipe takes while nobody reads them.
    let repo = sandbox.with_commit("work");
    for number in 0..1000 {
        repo.write(&format!("files/{number}"), format!("{number}\n"));
    }
    repo.git(&["add", "files"]).expect(0);
    for line in repo.git(&["ls-files", "-s", "files"]).stdout.lines() {
        overwrite(&loose(&repo, line.split(' ').nth(1).unwrap()), b"garbage");
    }
    by_hand(&repo).expect(2).says("files/999");
}

fn a_truncated_new_file_is_reported_and_not_half_judged(sandbox) {
    let repo = staged(sandbox);
    truncate(&loose(&repo, &repo.id(":folder/config.py")));
    unjudged(&repo).says("folder/config.py");
}

fn an_object_that_is_another_one_is_not_believed(sandbox) {
    // The clean file's object in the place of the one with the key.
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    let clean = fs::read(loose(&repo, &repo.id("HEAD:README.md"))).unwrap();
    overwrite(&loose(&repo, &repo.id(":config.py")), &clean);
    let run = by_hand(&repo);
    // The content is what git has for it now: either it is refused, or it is what would be read.
    assert!(run.code == 2 || repo.git(&["cat-file", "-p", ":config.py"]).stdout == "a project\n", "{}", run.stderr);
}

fn a_file_whose_object_is_a_folder_is_an_error(sandbox) {
    let repo = staged(sandbox);
    let tree = repo.id("HEAD^{tree}");
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{tree},odd")]).expect(0);
    by_hand(&repo).expect(2).says("odd");
}

fn one_damaged_file_does_not_hide_a_key_in_another(sandbox) {
    let repo = staged(sandbox);
    repo.stage("zzz.py", key_line(sandbox, 1));
    repo.stage("aaa.py", key_line(sandbox, 2));
    fs::remove_file(loose(&repo, &repo.id(":folder/config.py"))).unwrap();
    let run = unjudged(&repo);
    assert!(run.stderr.contains("aaa.py:1:") && run.stderr.contains("zzz.py:1:"), "{}", run.stderr);
}

fn a_corrupt_old_version_is_an_error_where_it_matters(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.stage("config.py", &line);
    repo.commit_unasked("a key");
    let old = loose(&repo, &repo.id("HEAD:config.py"));
    repo.stage("config.py", format!("# more\n{line}"));
    overwrite(&old, b"garbage");
    // Neither "stood there before" nor "new" can be said.
    assert_ne!(by_hand(&repo).code, 0);
    repo.stage("config.py", "clean\n");
    by_hand(&repo).expect(0);
}

fn a_truncated_pack_is_an_error(sandbox) {
    let repo = staged(sandbox);
    repo.git(&["write-tree"]).expect(0);
    repo.git(&["repack", "-q", "-a", "-d", "-k"]).expect(0);
    repo.git(&["prune-packed"]).expect(0);
    // What is staged is in no commit: packed by hand.
    let id = repo.id(":folder/config.py");
    sandbox.run(&repo.path, "git", &["pack-objects", "-q", ".git/objects/pack/pack"], &[], format!("{id}\n").as_bytes()).expect(0);
    repo.git(&["prune-packed"]).expect(0);
    for entry in fs::read_dir(repo.path.join(".git/objects/pack")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "pack") {
            truncate(&path);
        }
    }
    by_hand(&repo).expect(2);
    assert_ne!(commit(&repo).code, 0);
}

fn a_pack_without_its_index_is_an_error(sandbox) {
    let repo = staged(sandbox);
    repo.git(&["write-tree"]).expect(0);
    repo.git(&["repack", "-q", "-a", "-d"]).expect(0);
    for entry in fs::read_dir(repo.path.join(".git/objects/pack")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "idx") {
            fs::remove_file(path).unwrap();
        }
    }
    by_hand(&repo).expect(2);
}

fn a_pack_left_half_written_by_another_process_disturbs_nobody(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    for name in ["tmp_pack_abc", "tmp_idx_abc", "pack-1234.pack", "pack-5678.idx", "pack-9.keep"] {
        repo.write(&format!(".git/objects/pack/{name}"), "half");
    }
    repo.write(".git/objects/12/tmp_obj_abc", "half");
    by_hand(&repo).expect(1).says(STRIPE);
    repo.stage("config.py", "clean\n");
    by_hand(&repo).expect(0);
}

fn a_corrupt_index_blocks(sandbox) {
    let repo = staged(sandbox);
    repo.git(&["write-tree"]).expect(0);
    let index = repo.path.join(".git/index");
    let whole = fs::read(&index).unwrap();
    let head = repo.id("HEAD");
    for (damage, words) in [
        (&b""[..], "reading the index"), (b"DIRC", "reading the index"),
        (b"garbage that is longer than a header", "reading the index"),
        (&[&whole[..4], &[0, 0, 0, 9], &whole[8..]].concat(), "index"),
        (&[&whole[..8], &[0xff; 4], &whole[12..]].concat(), "git diff-index: fatal"),
        (&whole[..whole.len() / 2], "error: "), (&whole[..40], "error: "),
    ] {
        fs::write(&index, damage).unwrap();
        by_hand(&repo).expect(2).says(words);
        assert_ne!(commit(&repo).code, 0);
        assert_eq!(fs::read(&index).unwrap(), damage, "the index was touched");
    }
    fs::write(&index, &whole).unwrap();
    assert_eq!(repo.id("HEAD"), head);
    by_hand(&repo).expect(0);
}

fn a_flipped_byte_of_the_index_never_passes_a_key(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.git(&["write-tree"]).expect(0);
    let index = repo.path.join(".git/index");
    let whole = fs::read(&index).unwrap();
    for at in (0..whole.len()).step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        fs::write(&index, &damaged).unwrap();
        let run = by_hand(&repo);
        assert_ne!(run.code, 0, "byte {at} of {}", whole.len());
    }
}

fn an_index_that_cannot_be_read_blocks_in_the_systems_words(sandbox) {
    let repo = staged(sandbox);
    let index = repo.path.join(".git/index");
    fs::remove_file(&index).unwrap();
    fs::create_dir(&index).unwrap();
    by_hand(&repo).expect(2).says("Is a directory");
    assert_ne!(commit(&repo).code, 0);
}

fn a_locked_index_is_judged_all_the_same(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.write(".git/index.lock", "");
    by_hand(&repo).expect(1).says(STRIPE);
    assert!(repo.path.join(".git/index.lock").exists());
}

fn a_head_that_points_at_garbage_is_an_error(sandbox) {
    let repo = staged(sandbox);
    for head in [
        "garbage\n", "", "ref: ", "1111111111111111111111111111111111111111\n",
        "0000000000000000000000000000000000000000\n",
    ] {
        repo.write(".git/HEAD", head);
        let run = by_hand(&repo).expect(2);
        assert!(run.stderr.contains("error: "), "{}", run.stderr);
        assert_ne!(commit(&repo).code, 0, "{head:?}");
    }
}

fn a_head_whose_branch_cannot_be_hides_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    for head in ["ref: refs/heads/../../x\n", "ref: refs/heads/a..b\n", "ref: refs/heads/x.lock\n"] {
        repo.write(".git/HEAD", head);
        assert_ne!(by_hand(&repo).code, 0, "{head:?}");
        assert_ne!(commit(&repo).code, 0, "{head:?}");
    }
}

fn a_branch_that_points_at_garbage_is_an_error(sandbox) {
    let repo = staged(sandbox);
    for branch in ["garbage\n", "", "1111111111111111111111111111111111111111\n", "ref: refs/heads/main\n"] {
        repo.write(".git/refs/heads/main", branch);
        assert_eq!(by_hand(&repo).code, 2, "{branch:?}");
        assert_ne!(commit(&repo).code, 0, "{branch:?}");
    }
    fs::remove_file(repo.path.join(".git/refs/heads/main")).unwrap();
    repo.write(".git/refs/heads/main/below", "");
    assert_ne!(commit(&repo).code, 0);
}

fn a_head_that_is_no_commit_is_an_error(sandbox) {
    let repo = staged(sandbox);
    repo.write(".git/refs/heads/main", format!("{}\n", repo.id("HEAD^{tree}")));
    by_hand(&repo).expect(2);
}

fn a_merge_head_that_is_garbage_is_an_error(sandbox) {
    let repo = staged(sandbox);
    for text in ["garbage\n", "1111111111111111111111111111111111111111\n"] {
        repo.write(".git/MERGE_HEAD", text);
        by_hand(&repo).expect(2);
    }
    fs::remove_file(repo.path.join(".git/MERGE_HEAD")).unwrap();
    fs::create_dir(repo.path.join(".git/MERGE_HEAD")).unwrap();
    by_hand(&repo).expect(2).says("Is a directory");
}

fn a_configuration_that_cannot_be_read_blocks_in_gits_words(sandbox) {
    let repo = staged(sandbox);
    let config = fs::read_to_string(repo.path.join(".git/config")).unwrap();
    for (text, words) in [
        ("[broken\n", "bad config"),
        ("[core]\nrepositoryformatversion = 99\n", "version"),
        ("[core]\nrepositoryformatversion = 1\n[extensions]\nnobody = true\n", "extension"),
    ] {
        repo.write(".git/config", text);
        by_hand(&repo).expect(2).says(words);
        assert_ne!(commit(&repo).code, 0);
    }
    repo.write(".git/config", config);
    by_hand(&repo).expect(0);
}

fn objects_that_cannot_be_reached_block(sandbox) {
    let repo = staged(sandbox);
    fs::rename(repo.path.join(".git/objects"), sandbox.path().join("objects")).unwrap();
    by_hand(&repo).expect(2);
    fs::write(repo.path.join(".git/objects"), "a file\n").unwrap();
    by_hand(&repo).expect(2);
}

fn no_repository_is_an_error_in_gits_words(sandbox) {
    let home = Repo { sandbox, path: sandbox.path().join("home") };
    by_hand(&home).expect(2).says("not a git repository");
    home.write(".git", "gitdir: nowhere\n");
    by_hand(&home).expect(2).says("not a git repository");
}

fn a_repository_named_by_a_variable_that_is_none_is_an_error(sandbox) {
    let repo = staged(sandbox);
    for variable in [("GIT_DIR", "nowhere"), ("GIT_OBJECT_DIRECTORY", "nowhere"), ("GIT_COMMON_DIR", "nowhere")] {
        let run = sandbox.run(&repo.path, KEYSTOP, &["pre-commit"], &[variable], b"");
        assert_eq!(run.code, 2, "{variable:?}: {}", run.stderr);
    }
}
}
