//! The repositories git can make. In each one commit passes and one is stopped.

use std::fs;

use crate::support::{Repo, Sandbox};
use crate::verdict::{STRIPE, adopt, by_hand, judges, key_line, passes, refused};

/// A repository made with these options, hooked, with one clean commit; `None` where this git does
/// not know them.
fn made<'a>(sandbox: &'a Sandbox, options: &[&str]) -> Option<Repo<'a>> {
    let arguments = [&["init", "-q", "-b", "main"], options, &["work"]].concat();
    if sandbox.run(sandbox.path(), "git", &arguments, &[], b"").code != 0 {
        return None;
    }
    let repo = adopt(sandbox, &sandbox.path().join("work"));
    repo.stage("README.md", "a project\n");
    repo.git(&["commit", "-q", "-m", "begin"]).expect(0);
    Some(repo)
}

/// The same with one setting.
fn configured<'a>(sandbox: &'a Sandbox, name: &str, value: &str) -> Repo<'a> {
    let repo = sandbox.with_commit("work");
    repo.git(&["config", name, value]).expect(0);
    repo
}

/// A clone of `origin` by git's own protocol, hooked.
fn cloned<'a>(sandbox: &'a Sandbox, options: &[&str]) -> Repo<'a> {
    let origin = format!("file://{}", sandbox.path().join("origin").display());
    let arguments = [&["clone", "-q"], options, &[&*origin, "clone"]].concat();
    sandbox.run(sandbox.path(), "git", &arguments, &[], b"").expect(0);
    adopt(sandbox, &sandbox.path().join("clone"))
}

/// What there is to clone: two commits, an old key in `old.py`, a clean folder.
fn origin<'a>(sandbox: &'a Sandbox, line: &str) -> Repo<'a> {
    let origin = sandbox.bare_of_hooks("origin");
    origin.git(&["config", "uploadpack.allowFilter", "true"]).expect(0);
    origin.stage("folder/sub/clean.txt", "clean\n");
    origin.commit_unasked("first");
    origin.stage("old.py", line);
    origin.commit_unasked("second");
    origin
}

/// The version in an index's header.
fn index_version(repo: &Repo) -> u8 {
    fs::read(repo.path.join(".git/index")).unwrap()[7]
}

cases! {
fn sha256(sandbox) {
    let Some(repo) = made(sandbox, &["--object-format=sha256"]) else { return };
    assert_eq!(repo.id("HEAD").len(), 64);
    judges(&repo);
}

fn sha256_before_its_first_commit(sandbox) {
    sandbox.run(sandbox.path(), "git", &["init", "-q", "--object-format=sha256", "work"], &[], b"").expect(0);
    let repo = adopt(sandbox, &sandbox.path().join("work"));
    repo.stage("config.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "-m", "a key"]);
    refused(&repo, &["commit", "-q", "-m", "a key", "--", "config.py"]);
    by_hand(&repo).expect(1);
    repo.stage("config.py", "clean\n");
    passes(&repo, &["commit", "-q", "-m", "clean"]);
}

fn sha256_old_versions_and_merges(sandbox) {
    let Some(repo) = made(sandbox, &["--object-format=sha256"]) else { return };
    let line = key_line(sandbox, 1);
    repo.git(&["checkout", "-q", "-b", "side"]).expect(0);
    repo.stage("side.py", &line);
    repo.commit_unasked("a key");
    repo.git(&["checkout", "-q", "main"]).expect(0);
    repo.stage("main.py", "clean\n");
    repo.commit_unasked("on main");
    passes(&repo, &["merge", "-q", "--no-edit", "side"]);
    repo.stage("side.py", format!("# edited\n{line}"));
    passes(&repo, &["commit", "-q", "-m", "edited"]);
}

fn reftable(sandbox) {
    let Some(repo) = made(sandbox, &["--ref-format=reftable"]) else { return };
    judges(&repo);
    repo.git(&["checkout", "-q", "--orphan", "fresh"]).expect(0);
    repo.stage("orphan.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "-m", "orphan"]);
    repo.stage("orphan.py", "clean\n");
    passes(&repo, &["commit", "-q", "-m", "orphan"]);
}

fn reftable_with_sha256(sandbox) {
    let Some(repo) = made(sandbox, &["--ref-format=reftable", "--object-format=sha256"]) else { return };
    judges(&repo);
}

fn compatible_object_formats(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["config", "core.repositoryFormatVersion", "1"]).expect(0);
    repo.git(&["config", "extensions.compatObjectFormat", "sha256"]).expect(0);
    if repo.git(&["commit", "-q", "-n", "--allow-empty", "-m", "does this git know it?"]).code != 0 {
        return;
    }
    judges(&repo);
}

fn a_repository_of_an_older_layout(sandbox) {
    let repo = sandbox.with_commit("work");
    // HEAD as a symbolic link, refs packed, no reflog.
    repo.git(&["pack-refs", "--all"]).expect(0);
    fs::remove_file(repo.path.join(".git/HEAD")).unwrap();
    std::os::unix::fs::symlink("refs/heads/main", repo.path.join(".git/HEAD")).unwrap();
    fs::remove_dir_all(repo.path.join(".git/logs")).unwrap();
    judges(&repo);
}

fn a_split_index(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["update-index", "--split-index"]).expect(0);
    judges(&repo);
    repo.git(&["config", "core.splitIndex", "true"]).expect(0);
    judges(&repo);
    assert!(fs::read_dir(repo.path.join(".git")).unwrap()
        .any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with("sharedindex.")));
}

fn a_sparse_cone(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("folder/here.txt", "clean\n");
    repo.stage("elsewhere/there.txt", "clean\n");
    repo.commit_unasked("two folders");
    repo.git(&["sparse-checkout", "set", "--cone", "folder"]).expect(0);
    judges(&repo);
}

fn a_sparse_index(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("folder/here.txt", "clean\n");
    repo.stage("elsewhere/deep/there.txt", "clean\n");
    repo.commit_unasked("two folders");
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "folder"]).expect(0);
    assert!(repo.git(&["ls-files", "--sparse"]).stdout.contains("elsewhere/\n"), "the index is not sparse");
    judges(&repo);
    // A key beyond the cone.
    let id = sandbox.run(&repo.path, "git", &["hash-object", "-w", "--stdin"], &[], key_line(sandbox, 3).as_bytes()).stdout;
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{},elsewhere/deep/config.py", id.trim())]).expect(0);
    refused(&repo, &["commit", "-q", "-m", "beyond the cone"]).says("elsewhere/deep/config.py:1:");
}

fn sparse_patterns_without_a_cone(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("folder/a.txt", "clean\n");
    repo.stage("folder/b.txt", "clean\n");
    repo.commit_unasked("two files");
    repo.git(&["sparse-checkout", "set", "--no-cone", "/*", "!/folder/b.txt"]).expect(0);
    judges(&repo);
}

fn an_index_of_version_2(sandbox) {
    let repo = sandbox.with_commit("work");
    assert_eq!(index_version(&repo), 2);
    judges(&repo);
}

fn an_index_of_version_3(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["update-index", "--skip-worktree", "README.md"]).expect(0);
    assert_eq!(index_version(&repo), 3);
    judges(&repo);
}

fn an_index_of_version_4(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["update-index", "--index-version", "4"]).expect(0);
    assert_eq!(index_version(&repo), 4);
    judges(&repo);
}

fn an_index_without_a_checksum(sandbox) {
    let repo = configured(sandbox, "index.skipHash", "true");
    judges(&repo);
    let index = fs::read(repo.path.join(".git/index")).unwrap();
    assert!(index.ends_with(&[0; 20]), "the index has a checksum");
}

fn an_index_with_offsets_and_threads(sandbox) {
    let repo = configured(sandbox, "index.threads", "4");
    repo.git(&["config", "index.recordEndOfIndexEntries", "true"]).expect(0);
    repo.git(&["config", "index.recordOffsetTable", "true"]).expect(0);
    judges(&repo);
}

fn many_files(sandbox) {
    judges(&configured(sandbox, "feature.manyFiles", "true"));
}

fn experimental_features(sandbox) {
    judges(&configured(sandbox, "feature.experimental", "true"));
}

fn an_untracked_cache(sandbox) {
    let repo = configured(sandbox, "core.untrackedCache", "true");
    repo.git(&["update-index", "--force-untracked-cache"]).expect(0);
    repo.git(&["status"]).expect(0);
    judges(&repo);
}

fn a_file_system_monitor_that_is_not_there(sandbox) {
    // Where git has no daemon for this system, `true` means none.
    judges(&configured(sandbox, "core.fsmonitor", "true"));
}

fn a_resolve_undo_extension_in_the_index(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["checkout", "-q", "-b", "side"]).expect(0);
    repo.stage("both.txt", "theirs\n");
    repo.commit_unasked("theirs");
    repo.git(&["checkout", "-q", "main"]).expect(0);
    repo.stage("both.txt", "ours\n");
    repo.commit_unasked("ours");
    assert_ne!(repo.git(&["merge", "-q", "side"]).code, 0);
    repo.stage("both.txt", "both\n");
    passes(&repo, &["commit", "-q", "--no-edit"]);
    judges(&repo);
}

fn a_partial_clone_without_files(sandbox) {
    let line = key_line(sandbox, 1);
    let origin = origin(sandbox, &line);
    let repo = cloned(sandbox, &["--filter=blob:none"]);
    // From here on nothing can be fetched.
    fs::rename(&origin.path, sandbox.path().join("gone")).unwrap();
    judges(&repo);
    repo.stage("old.py", format!("# edited\n{line}"));
    passes(&repo, &["commit", "-q", "-m", "the old version is here"]);
}

fn a_partial_clone_with_missing_old_files_never_fetches(sandbox) {
    let origin = origin(sandbox, "clean\n");
    let repo = cloned(sandbox, &["--filter=blob:none", "--no-checkout"]);
    repo.git(&["read-tree", "HEAD"]).expect(0);
    let missing = || repo.git(&["rev-list", "--objects", "--missing=print", "--all"]).stdout.matches("\n?").count();
    let before = missing();
    assert!(before > 0, "nothing is missing");
    repo.stage("old.py", key_line(sandbox, 2));
    by_hand(&repo).expect(1).says(STRIPE);
    repo.git(&["write-tree", "--missing-ok"]).expect(0);
    by_hand(&repo).expect(1).says(STRIPE);
    assert_eq!(missing(), before, "the hook fetched");
    fs::rename(&origin.path, sandbox.path().join("gone")).unwrap();
    refused(&repo, &["commit", "-q", "-m", "a key"]);
    // Git itself fetches for the status it shows after a commit.
    fs::rename(sandbox.path().join("gone"), &origin.path).unwrap();
    repo.stage("old.py", "also clean\n");
    passes(&repo, &["commit", "-q", "-m", "clean"]);
}

fn a_partial_clone_without_folders(sandbox) {
    let origin = origin(sandbox, "clean\n");
    let repo = cloned(sandbox, &["--filter=tree:0"]);
    fs::rename(&origin.path, sandbox.path().join("gone")).unwrap();
    judges(&repo);
}

fn a_partial_clone_that_is_sparse(sandbox) {
    let origin = origin(sandbox, "clean\n");
    let repo = cloned(sandbox, &["--filter=blob:none", "--sparse"]);
    repo.git(&["sparse-checkout", "add", "folder"]).expect(0);
    fs::rename(&origin.path, sandbox.path().join("gone")).unwrap();
    judges(&repo);
}

fn a_shallow_clone(sandbox) {
    let line = key_line(sandbox, 1);
    origin(sandbox, &line);
    let repo = cloned(sandbox, &["--depth=1"]);
    assert!(repo.path.join(".git/shallow").exists());
    judges(&repo);
    repo.stage("old.py", format!("# edited\n{line}"));
    passes(&repo, &["commit", "-q", "-m", "the old version is here"]);
}

fn a_clone_that_borrows_objects(sandbox) {
    let line = key_line(sandbox, 1);
    origin(sandbox, &line);
    sandbox.run(sandbox.path(), "git", &["clone", "-q", "--shared", "origin", "clone"], &[], b"").expect(0);
    let repo = adopt(sandbox, &sandbox.path().join("clone"));
    judges(&repo);
    repo.stage("old.py", format!("# edited\n{line}"));
    passes(&repo, &["commit", "-q", "-m", "the old version is borrowed"]);
}

fn a_clone_with_a_reference(sandbox) {
    let origin = origin(sandbox, "clean\n");
    let repo = cloned(sandbox, &["--reference", origin.path.to_str().unwrap()]);
    judges(&repo);
}

fn objects_borrowed_by_a_variable(sandbox) {
    let line = key_line(sandbox, 1);
    let origin = origin(sandbox, &line);
    let repo = sandbox.with_commit("work");
    let objects = origin.path.join(".git/objects");
    let variables = [("GIT_ALTERNATE_OBJECT_DIRECTORIES", objects.to_str().unwrap())];
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{},config.py", origin.id("HEAD:old.py"))]).expect(0);
    repo.git_with(&["commit", "-q", "-m", "a key"], &variables).blocked_by(STRIPE);
}

fn packs_of_every_kind(sandbox) {
    let line = key_line(sandbox, 1);
    let repo = sandbox.with_commit("work");
    repo.stage("old.py", &line);
    repo.commit_unasked("a key");
    for pack in [
        &["gc", "-q"][..], &["repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=50"],
        &["repack", "-q", "-a", "-d", "--write-midx", "--write-bitmap-index"], &["multi-pack-index", "write"],
        &["repack", "-q", "-d", "--cruft"], &["commit-graph", "write", "--reachable", "--changed-paths"],
        &["pack-refs", "--all"], &["maintenance", "run", "--quiet"],
    ] {
        repo.git(pack).expect(0);
        repo.stage("old.py", format!("# {pack:?}\n{line}"));
        passes(&repo, &["commit", "-q", "-m", "the old version is packed"]);
        repo.stage("new.py", key_line(sandbox, 2));
        refused(&repo, &["commit", "-q", "-m", "a key"]);
        repo.git(&["rm", "-q", "-f", "--cached", "new.py"]).expect(0);
    }
}

fn a_staged_file_that_is_packed(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["config", "core.bigFileThreshold", "1000"]).expect(0);
    repo.stage("config.py", key_line(sandbox, 1).repeat(100));
    assert!(repo.git(&["count-objects", "-v"]).stdout.contains("packs: 1"), "it is loose");
    refused(&repo, &["commit", "-q", "-m", "straight into a pack"]);
}
}
