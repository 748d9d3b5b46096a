//! What a run remembers for the next: only what is clean, and never longer than it may.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;

const SCAN: &[&str] = &["scan", "--history", "--format", "json"];

/// Some files and commits, a key among them.
fn repository(sandbox: &Sandbox) -> Repo<'_> {
    let repo = sandbox.bare_of_hooks("work");
    for number in 0..5 {
        let name = format!("file{number}.txt");
        commit(&repo, &name, &format!("text {number}\n"), "2024-01-01T00:00:00Z");
    }
    commit(&repo, "key.py", &secret(sandbox, 1), "2024-01-02T00:00:00Z");
    repo
}

fn caches(sandbox: &Sandbox) -> PathBuf {
    sandbox.path().join("home/.cache/keystop/history")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn remembered(report: &Value) -> u64 {
    report["judged"]["remembered"].as_u64().unwrap_or(0)
}

/// The report without what differs between a first run and a second.
fn same(mut report: Value) -> Value {
    report["judged"] = Value::Null;
    report["notes"] = Value::Null;
    report
}

#[test]
fn a_second_run_reads_what_is_not_clean_and_says_the_same() {
    for reader in [support::Reader::Usual, support::Reader::Git] {
        let sandbox = Sandbox::with_reader(reader);
        let repo = repository(&sandbox);
        let first = json(&repo.keystop(SCAN).expect(1));
        assert_eq!(remembered(&first), 0);
        let second = json(&repo.keystop(SCAN).expect(1));
        assert_eq!(remembered(&second), 5);
        assert_eq!(second["judged"]["commits"], 6);
        assert_eq!(same(first.clone()), same(second));
        let third = json(&repo.keystop(&[SCAN, &["--no-cache"]].concat()).expect(1));
        assert_eq!(third, first);
        for file in files(&caches(&sandbox)) {
            sandbox.assert_silent(&fs::read(&file).unwrap());
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn a_detector_that_is_new_finds_what_was_clean_before() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let value = support::example::fill("‹base62 32›", 7);
    sandbox.plant(&value);
    commit(&repo, "a.txt", &format!("acme_build_{value}\n"), "2024-01-01T00:00:00Z");
    repo.keystop(SCAN).expect(0);
    assert_eq!(remembered(&json(&repo.keystop(SCAN).expect(0))), 1);
    let detector = "[[detector]]\nid = 'acme-build-token'\nname = 'Acme build token'\nkeywords = ['acme_build_']\npattern = 'acme_build_[0-9A-Za-z]{32}'\nexamples = ['acme_build_‹base62 32›']\ncounter_examples = ['acme_build_‹base62 31›']\n";
    repo.write(".keystop.toml", detector);
    let run = repo.keystop(SCAN);
    assert_eq!(run.code, 1, "{} {}", run.stdout, run.stderr);
    assert_eq!(remembered(&json(&run)), 0);
}

#[test]
fn a_damaged_cache_is_not_believed() {
    let sandbox = Sandbox::new();
    let repo = repository(&sandbox);
    let report = json(&repo.keystop(SCAN).expect(1));
    let [file] = &files(&caches(&sandbox))[..] else { panic!("one cache") };
    let whole = fs::read(file).unwrap();
    let human = ["scan", "--history"];
    for at in (0..whole.len()).step_by(31) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        fs::write(file, &damaged).unwrap();
        let again = json(&repo.keystop(SCAN).expect(1));
        assert_eq!(same(again), same(report.clone()), "byte {at}");
    }
    let mut damaged = whole.clone();
    damaged[60] ^= 1;
    fs::write(file, &damaged).unwrap();
    let run = repo.keystop(&human).expect(1);
    assert!(run.stdout.contains("is ignored (it is damaged)"), "{}", run.stdout);
    // It was written anew.
    let run = repo.keystop(&human).expect(1);
    assert!(!run.stdout.contains("ignored"), "{}", run.stdout);
    for length in [0, 10, 47, 49, whole.len() - 1] {
        fs::write(file, &whole[..length]).unwrap();
        let run = repo.keystop(SCAN).expect(1);
        assert_eq!(same(json(&run)), same(report.clone()), "{length} bytes");
    }
}

#[test]
fn commits_that_were_read_before_are_believed_only_where_they_read_well() {
    let sandbox = Sandbox::new();
    let repo = repository(&sandbox);
    let report = same(json(&repo.keystop(SCAN).expect(1)));
    let folder = sandbox.path().join("home/.cache/keystop/commits");
    let [file] = &files(&folder)[..] else { panic!("one record of commits") };
    let whole = fs::read(file).unwrap();
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    // Six commits, five of them with a parent.
    assert_eq!(whole.len(), 48 + 20 + 6 * (8 + 4 + 1 + 20) + 5 * 20);
    for at in (0..whole.len()).step_by(43) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        fs::write(file, &damaged).unwrap();
        assert_eq!(same(json(&repo.keystop(SCAN).expect(1))), report, "byte {at}");
    }
    fs::write(file, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(same(json(&repo.keystop(SCAN).expect(1))), report);
    assert_eq!(fs::read(file).unwrap(), whole);
    // What is new since is added and judged; what no ref reaches any more is not.
    repo.git(&["checkout", "-q", "-b", "other", "HEAD~1"]).expect(0);
    commit(&repo, "new.py", &secret(&sandbox, 2), "2024-01-03T00:00:00Z");
    let both = json(&repo.keystop(SCAN).expect(1));
    assert_eq!(
        (paths(&both), both["judged"]["commits"].as_u64()),
        (vec!["new.py", "key.py"], Some(7))
    );
    repo.git(&["branch", "-q", "-D", "main"]).expect(0);
    let one = json(&repo.keystop(SCAN).expect(1));
    assert_eq!((paths(&one), one["judged"]["commits"].as_u64()), (vec!["new.py"], Some(6)));
}

#[test]
fn a_cache_that_others_could_write_is_refused() {
    let sandbox = Sandbox::new();
    let repo = repository(&sandbox);
    let scan = |cache: &Path| {
        let environment = [("XDG_CACHE_HOME", cache.to_str().unwrap())];
        let scan = ["scan", "--history"];
        let run = sandbox.run(&repo.path, KEYSTOP, &scan, &environment, b"").expect(1);
        run.stdout
    };
    let inside = scan(&repo.path.join("cache"));
    assert!(inside.contains("inside a repository"), "{inside}");
    let inside = scan(&repo.path.join(".git/cache"));
    assert!(inside.contains("inside a repository") || inside.contains("inside the"), "{inside}");
    let open = sandbox.path().join("open");
    fs::create_dir_all(open.join("keystop/history")).unwrap();
    fs::set_permissions(open.join("keystop/history"), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(scan(&open).contains("may write to"));
    fs::set_permissions(open.join("keystop/history"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(scan(&open).contains("everybody may write to"));
    fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(!scan(&open).contains("may write to"));
    assert_eq!(files(&open.join("keystop/history")).len(), 1);
}

#[test]
fn a_run_that_was_killed_goes_on_where_it_was() {
    let sandbox = Sandbox::new();
    let repo = large(&sandbox);
    let whole = same(json(&repo.keystop(&[SCAN, &["--no-cache"]].concat()).expect(1)));
    let mut child = Command::new(KEYSTOP)
        .args(SCAN)
        .current_dir(&repo.path)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", sandbox.path().join("home"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Until the first block is there as a whole, and no longer.
    let is_begun = || {
        files(&caches(&sandbox)).into_iter().any(|file| {
            let data = fs::read(file).unwrap();
            let length =
                data.get(48..52).map(|length| u32::from_le_bytes(length.try_into().unwrap()));
            length.is_some_and(|length| data.len() >= 48 + 20 + length as usize)
        })
    };
    while !is_begun() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before anything was written");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let kept =
        files(&caches(&sandbox)).iter().map(|it| fs::metadata(it).unwrap().len()).sum::<u64>();
    let report = json(&repo.keystop(SCAN).expect(1));
    // What the killed run wrote was not judged again.
    let judged = report["judged"]["files"].as_u64().unwrap();
    assert!(judged < FILES, "{judged} files judged, though {kept} bytes were remembered");
    assert_eq!(same(report), whole);
}

const FILES: u64 = 6000;

/// So many files in one commit that they are not judged at once.
fn large(sandbox: &Sandbox) -> Repo<'_> {
    use std::fmt::Write as _;
    let repo = sandbox.bare_of_hooks("work");
    let mut stream = String::from(
        "commit refs/heads/main\ncommitter C <c@example.com> 1767323045 +0000\ndata 2\nc\n",
    );
    for file in 0..FILES {
        let text = format!("line one of {file}\nline two of it\n").repeat(4);
        let _ = write!(
            stream,
            "M 100644 inline dir{}/file{file}.py\ndata {}\n{text}\n",
            file % 7,
            text.len()
        );
    }
    let key = secret(sandbox, 1);
    let _ = write!(stream, "M 100644 inline key.py\ndata {}\n{key}\n", key.len());
    let import = ["fast-import", "--quiet"];
    sandbox.run(&repo.path, "git", &import, &[], stream.as_bytes()).expect(0);
    repo
}
