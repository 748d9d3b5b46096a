//! What a configuration lets pass.

use super::*;

#[test]
fn an_allowed_path_passes_and_no_other() {
    with_both_readers(|sandbox| {
        let repo = configured(sandbox, ALLOW_TESTS);
        repo.stage("tests/deep/a.py", secret(sandbox, 1));
        commit(&repo).expect(0);
        repo.stage("src/a.py", secret(sandbox, 2));
        repo.stage("contests/a.py", secret(sandbox, 3));
        let run = commit(&repo).blocked_by(STRIPE).says("2 keys");
        assert!(!run.stderr.contains("deep"), "{}", run.stderr);
        repo.keystop(&["scan", "tests"]).expect(0);
        repo.keystop(&["scan", "src"]).expect(1);
        // From within, paths are still those from the root.
        let below = repo.path.join("tests/deep");
        sandbox.run(&below, support::KEYSTOP, &["scan", "a.py"], &[], b"").expect(0);
        repo.keystop(&["scan", "--range", "main"]).expect(0);
    });
}

#[test]
fn the_file_has_to_be_staged() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.write(FILE, ALLOW_TESTS);
    repo.stage("tests/a.py", secret(&sandbox, 1));
    commit(&repo).blocked_by(STRIPE);
    repo.git(&["add", FILE]).expect(0);
    commit(&repo).expect(0);
    repo.write("tests/b.py", secret(&sandbox, 2));
    repo.git(&["rm", "-q", "--cached", FILE]).expect(0);
    repo.git(&["add", "tests"]).expect(0);
    commit(&repo).blocked_by(STRIPE);
}

#[test]
fn every_condition_of_an_entry_must_hold_and_any_entry_will_do() {
    let sandbox = Sandbox::new();
    let key = keys::stripe(1).value();
    let start = &key[..12];
    for (entry, passes) in [
        ("paths = ['*']".to_owned(), true),
        ("paths = ['a.py', 'b']".to_owned(), true),
        ("paths = ['**/*.py']".to_owned(), true),
        ("paths = ['*.js']".to_owned(), false),
        ("path_patterns = ['\\.py$']".to_owned(), true),
        ("path_patterns = ['^b']".to_owned(), false),
        ("paths = ['b']\npath_patterns = ['^a']".to_owned(), true),
        (format!("values = ['^{start}']"), true),
        ("values = ['api_key']".to_owned(), false),
        ("lines = ['^stripe\\.api_key = ']".to_owned(), true),
        ("lines = ['aws']".to_owned(), false),
        ("detectors = ['stripe-*']\npaths = ['*']".to_owned(), true),
        ("detectors = ['aws-*']\npaths = ['*']".to_owned(), false),
        (format!("paths = ['a.py']\nvalues = ['^{start}']"), true),
        ("paths = ['a.py']\nvalues = ['nothing']".to_owned(), false),
        (format!("commits = ['{}']", "0".repeat(40)), false),
        ("paths = ['b']\nreason = 'x'\n[[allow]]\npaths = ['a.py']".to_owned(), true),
    ] {
        let repo = sandbox.with_commit(&format!(
            "r{}",
            fill("‹hex 12›", entry.len() as u64 + 7 * u64::from(passes))
        ));
        repo.stage(FILE, format!("[[allow]]\n{entry}\nreason = 'why'\n"));
        repo.stage("a.py", secret(&sandbox, 1));
        let run = commit(&repo);
        assert_eq!(run.code == 0, passes, "{entry}\n{}", run.stderr);
        std::fs::remove_dir_all(&repo.path).unwrap();
    }
}

#[test]
fn a_path_says_nothing_of_a_message() {
    let sandbox = Sandbox::new();
    let repo = configured(&sandbox, "[[allow]]\npaths = ['*', '**']\nreason = 'all of it'\n");
    repo.git(&["commit", "-q", "--allow-empty", "-m", &secret(&sandbox, 1)]).blocked_by(STRIPE);
}

#[test]
fn a_commit_that_is_allowed_passes_a_push() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        let remote = sandbox.remote("remote.git");
        repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
        repo.stage("a.py", secret(sandbox, 1));
        repo.commit_unasked("a key");
        let id = repo.id("HEAD");
        repo.git(&["push", "-q", "origin", "main"]).blocked_by(STRIPE);
        repo.stage(FILE, format!("[[allow]]\ncommits = ['{id}']\nreason = 'revoked'\n"));
        commit(&repo).expect(0);
        repo.git(&["push", "-q", "origin", "main"])
            .expect(0)
            .says("newly allows every key of commit");
    });
}

#[test]
fn a_disabled_detector_is_silent() {
    let sandbox = Sandbox::new();
    let repo = configured(&sandbox, "disabled = ['stripe-live-*']\n");
    repo.stage("a.py", secret(&sandbox, 1));
    commit(&repo).expect(0);
    let github = keys::github(1);
    sandbox.plant(&github.body);
    repo.stage("b.py", format!("t = '{}'\n", github.value()));
    commit(&repo).blocked_by("github");
    user_file(&sandbox, "disabled = ['github-*']\n");
    commit(&repo).expect(0);
}

#[test]
fn as_much_is_unpacked_as_the_nearest_file_says() {
    with_both_readers(|sandbox| {
        let repo = configured(sandbox, "[limits]\nmax_archive_size = '64k'\n");
        let packed = support::archive::gzip(secret(sandbox, 1).repeat(3000).as_bytes());
        repo.stage("notes.gz", &packed);
        commit(&repo).says("more than 65536 bytes");
        repo.keystop(&["scan", "notes.gz"]).expect(2);
        repo.keystop(&["scan", "--max-archive-size", "1m", "notes.gz"]).expect(1);
        repo.git(&["config", "keystop.maxArchiveSize", "1m"]).expect(0);
        commit(&repo).blocked_by(STRIPE);
        repo.git(&["config", "--unset", "keystop.maxArchiveSize"]).expect(0);
        repo.stage(FILE, "[limits]\nmax_archive_size = '0'\n");
        repo.keystop(&["pre-commit"]).expect(0).says("notes.gz");
        repo.stage(FILE, "");
        user_file(sandbox, "[limits]\nmax_archive_size = '64k'\n");
        commit(&repo).says("more than 65536 bytes");
    });
}

#[test]
fn a_file_may_be_larger_or_smaller() {
    with_both_readers(|sandbox| {
        let repo = configured(sandbox, "[limits]\nmax_file_size = '2m'\n");
        repo.stage("big.txt", "some words\n".repeat(300_000));
        commit(&repo).says("over the limit of 2097152");
        repo.git(&["config", "keystop.maxFileSize", "4m"]).expect(0);
        commit(&repo).expect(0);
        repo.git(&["config", "--unset", "keystop.maxFileSize"]).expect(0);
        repo.keystop(&["scan", "big.txt"]).expect(2);
        repo.keystop(&["scan", "--max-file-size", "4m", "big.txt"]).expect(0);
    });
}
