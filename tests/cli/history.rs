//! `scan --history`, over loose objects and over packs, and what is left out on request.

use std::fmt::Write as _;
use std::io::{Read, Seek, SeekFrom, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::*;
use support::{Reader, Repo};

/// A history of 240 commits over 40 files, each a small change, so that packs hold differences. A
/// key comes with every 60th commit and goes with the next; the last one stays.
fn long<'a>(sandbox: &'a Sandbox, name: &str) -> Repo<'a> {
    let repo = sandbox.bare_of_hooks(name);
    let mut stream = String::new();
    for commit in 0..240 {
        let file = commit % 40;
        let mut text: String = (0..60).map(|line| format!("line {line} of {file}\n")).collect();
        let _ = writeln!(text, "changed by {commit}");
        if commit % 60 == 59 {
            text += &secret(sandbox, commit);
        }
        let _ = write!(
            stream,
            "commit refs/heads/main\ncommitter C <c@example.com> {} +0000\ndata 2\nc\nM 100644 inline dir{}/file{file}.py\ndata {}\n{text}\n",
            1_767_323_045 + commit,
            file % 7,
            text.len()
        );
    }
    // A key that only a side branch holds, and one in a tag's message.
    let aside = secret(sandbox, 1000);
    let _ = write!(
        stream,
        "commit refs/heads/aside\ncommitter C <c@example.com> 1767323045 +0000\ndata 2\nc\nfrom refs/heads/main\nM 100644 inline aside.py\ndata {}\n{aside}\n",
        aside.len()
    );
    let words = secret(sandbox, 1001);
    let _ = write!(
        stream,
        "tag v1\nfrom refs/heads/main\ntagger T <t@example.com> 1767323045 +0000\ndata {}\n{words}\n",
        words.len()
    );
    let import = ["fast-import", "--quiet"];
    sandbox.run(&repo.path, "git", &import, &[], stream.as_bytes()).expect(0);
    repo
}

/// Commit, path and line of every finding.
fn found(repo: &Repo, arguments: &[&str]) -> BTreeSet<String> {
    let run = repo.keystop(&[arguments, &["--format", "json"]].concat()).expect(1);
    let report = json(&run);
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|found| format!("{} {} {}", found["commit"], found["path"], found["line"]))
        .collect()
}

#[test]
fn a_history_is_every_commit_of_every_ref() {
    for reader in [Reader::Usual, Reader::Git] {
        let sandbox = Sandbox::with_reader(reader);
        let repo = long(&sandbox, "work");
        let all = found(&repo, &["scan", "--history"]);
        assert_eq!(all.len(), 6, "{all:?}");
        let range = found(&repo, &["scan", "--range", "main"]);
        assert_eq!(range.len(), 4, "{range:?}");
        assert!(range.is_subset(&all));
    }
}

#[test]
fn packs_with_chains_of_differences_give_the_same_verdict() {
    let sandbox = Sandbox::new();
    let repo = long(&sandbox, "work");
    repo.git(&["unpack-objects", "-q"]);
    let before = found(&repo, &["scan", "--history"]);
    for repack in [
        &["repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=250"][..],
        // Differences to a base that is named by its id.
        &["-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-a", "-d", "-f"],
        &["-c", "pack.indexVersion=1", "repack", "-q", "-a", "-d", "-f"],
        &["repack", "-q", "-a", "-d", "-f", "--max-pack-size=1m"],
    ] {
        repo.git(repack).expect(0);
        assert_eq!(found(&repo, &["scan", "--history"]), before, "{repack:?}");
    }
    // Packs of another repository, by its alternates.
    let shared = sandbox.path().join("shared");
    let clone = ["clone", "-q", "--shared", "work", "shared"];
    sandbox.run(sandbox.path(), "git", &clone, &[], b"").expect(0);
    let run = sandbox.run(&shared, KEYSTOP, &["scan", "--history", "--format", "json"], &[], b"");
    assert_eq!(json(&run.expect(1))["findings"].as_array().unwrap().len(), before.len());
}

#[test]
fn a_broken_object_in_a_pack_is_2_and_the_rest_is_judged() {
    let sandbox = Sandbox::new();
    let repo = long(&sandbox, "work");
    repo.git(&["repack", "-q", "-a", "-d", "-f"]).expect(0);
    let pack = the_pack(&repo);
    let listing = repo.git(&["verify-pack", "-v", pack.with_extension("idx").to_str().unwrap()]);
    // id, kind, size, size in the pack, offset: the largest blob that is no difference.
    let whole = listing
        .expect(0)
        .stdout
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .filter(|words| words.len() == 5 && words[1] == "blob")
        .max_by_key(|words| words[3].parse::<u64>().unwrap())
        .unwrap();
    let at = whole[4].parse::<u64>().unwrap() + whole[3].parse::<u64>().unwrap() / 2;
    flip(&pack, at);
    let run = repo.keystop(&["scan", "--history", "--format", "json"]).expect(2);
    let report = json(&run);
    assert!(!report["errors"].as_array().unwrap().is_empty());
    assert!(!report["findings"].as_array().unwrap().is_empty());
}

fn the_pack(repo: &Repo) -> PathBuf {
    let entries = fs::read_dir(repo.path.join(".git/objects/pack")).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.find(|path| path.extension().is_some_and(|extension| extension == "pack")).unwrap()
}

fn flip(file: &std::path::Path, at: u64) {
    let mut permissions = fs::metadata(file).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false)]
    permissions.set_readonly(false);
    fs::set_permissions(file, permissions).unwrap();
    let mut file = fs::File::options().read(true).write(true).open(file).unwrap();
    let mut byte = [0];
    file.seek(SeekFrom::Start(at)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&[byte[0] ^ 0x55]).unwrap();
}

#[test]
fn what_git_ignores_is_left_out_on_request_only() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    repo.write(".gitignore", "ignored/\n*.log\n");
    repo.write("ignored/a.py", secret(&sandbox, 1));
    repo.write("new.py", secret(&sandbox, 2));
    // Tracked although a rule would ignore it.
    repo.write("kept.log", secret(&sandbox, 3));
    repo.git(&["add", "-f", "kept.log", ".gitignore"]).expect(0);
    repo.write("gone.py", "pass\n");
    repo.git(&["add", "gone.py"]).expect(0);
    fs::remove_file(repo.path.join("gone.py")).unwrap();
    let scan = |arguments: &[&str]| places(&json(&repo.keystop(arguments).expect(1)));
    let all = scan(&["scan", ".", "--format", "json"]);
    assert_eq!(all, ["./ignored/a.py:1:19", "./kept.log:1:19", "./new.py:1:19"]);
    let kept = scan(&["scan", ".", "--gitignore", "--format", "json"]);
    assert_eq!(kept, ["./kept.log:1:19", "./new.py:1:19"]);
    // Nothing can be said of a folder that is in no work tree.
    let outside = ["scan", "--gitignore", "home"];
    keystop(&sandbox, &outside).expect(2);
}

#[test]
fn the_limit_holds_for_files_and_for_what_git_holds() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    repo.stage("large.txt", "line\n".repeat(1000));
    for scan in [&["scan", "--staged"][..], &["scan", "."], &["scan", "--range", "HEAD"]] {
        repo.keystop(&[scan, &["--max-file-size", "1g"]].concat()).expect(0);
    }
    for scan in [&["scan", "--staged"][..], &["scan", "large.txt"]] {
        let run = repo.keystop(&[scan, &["--max-file-size", "4k"]].concat()).expect(2);
        let said = run.stdout + &run.stderr;
        assert!(said.contains("over the limit of 4096"), "{said}");
    }
    repo.keystop(&["scan", ".", "--max-file-size", "many"]).expect(2);
}

#[test]
fn a_standard_input_that_is_closed_was_not_judged() {
    let sandbox = Sandbox::new();
    let mut command = Command::new(KEYSTOP);
    command.args(["scan", "-"]).current_dir(sandbox.path()).stdin(Stdio::null());
    let out = command.output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stdout).contains("nothing was judged"));
}
