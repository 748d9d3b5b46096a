//! `keystop allow` and what its entries speak for.

use super::*;

#[test]
fn a_finding_that_is_allowed_passes_once_the_entry_is_staged() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        blocked_and_allowed(&repo, "a.py", 1, &[]);
        // The index is what git commits: the work tree's file alone allows nothing.
        commit(&repo).blocked_by(STRIPE).says("git add -- .keystop-allow");
        repo.git(&["add", FILE, ".gitattributes"]).expect(0);
        commit(&repo).expect(0).says(
            "keystop: .keystop-allow newly allows stripe-live-secret-key everywhere: a test key",
        );
        assert_nothing_written(&repo);
        // The value is allowed, not the line: elsewhere too, and nothing is said of it again.
        repo.stage("deep/b.rb", format!("\n\nkey = 1; {}", secret(sandbox, 1)));
        let run = commit(&repo).expect(0);
        assert_eq!(run.stderr, "");
        // Another value at the same line is another finding.
        repo.stage("a.py", secret(sandbox, 2));
        commit(&repo).blocked_by(STRIPE);
    });
}

#[test]
fn a_fingerprint_that_was_shown_before_the_file_was_there_still_names_its_finding() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage("a.py", secret(&sandbox, 1));
    repo.stage("b.py", secret(&sandbox, 2));
    let run = commit(&repo).blocked_by(STRIPE);
    let [one, two] = &fingerprints(&run)[..] else { panic!("{}", run.stderr) };
    repo.keystop(&["allow", one, "--reason", "first"]).expect(0);
    repo.git(&["add", "."]).expect(0);
    let now = fingerprint(&commit(&repo).blocked_by(STRIPE));
    // Salted now, so that it says nothing to whoever knows the other repository's.
    assert_ne!(now, *two);
    repo.keystop(&["allow", two, "--reason", "second"]).expect(0);
    repo.git(&["add", "."]).expect(0);
    commit(&repo).expect(0);
    assert_eq!(entries(&repo).len(), 2);
}

#[test]
fn the_salt_is_the_repositorys_own() {
    let sandbox = Sandbox::new();
    let files = ["a", "b"].map(|name| {
        let repo = sandbox.with_commit(name);
        blocked_and_allowed(&repo, "a.py", 1, &[]);
        entries(&repo)[0].clone()
    });
    assert_ne!(files[0], files[1], "two repositories' entries for one value are the same");
}

#[test]
fn everything_the_last_run_blocked_can_be_allowed_at_once() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    for seed in 1..4 {
        repo.stage(&format!("{seed}.py"), secret(&sandbox, seed));
    }
    commit(&repo).blocked_by(STRIPE);
    let run = repo.keystop(&["allow", "--last", "--reason", "fixtures of ours"]).expect(0);
    assert_eq!(run.stdout.matches("allowed: ").count(), 3, "{}", run.stdout);
    repo.git(&["add", "."]).expect(0);
    commit(&repo).expect(0);
}

#[test]
fn an_entry_for_a_path_holds_there_only() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    blocked_and_allowed(&repo, "tests/a.py", 1, &["--path", "tests/**/*.py"]);
    repo.git(&["add", "."]).expect(0);
    commit(&repo).expect(0).says("newly allows stripe-live-secret-key in tests/**/*.py");
    repo.stage("tests/deep/b.py", format!("x\n{}", secret(&sandbox, 1)));
    commit(&repo).expect(0);
    repo.stage("src/b.py", format!("y\n{}", secret(&sandbox, 1)));
    commit(&repo).blocked_by(STRIPE).says("allows it in tests/**/*.py only (a test key)");
}

#[test]
fn an_expired_entry_blocks_again_and_says_so() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    blocked_and_allowed(&repo, "a.py", 1, &["--until", "2999-12-31"]);
    repo.git(&["add", "."]).expect(0);
    commit(&repo).expect(0).says("everywhere until 2999-12-31: a test key");
    expire(&repo);
    repo.git(&["add", FILE]).expect(0);
    commit(&repo).expect(0);
    repo.stage("b.py", format!("x\n{}", secret(&sandbox, 1)));
    commit(&repo).blocked_by(STRIPE).says("until 2001-02-03 (a test key); that day is over");
    // It is allowed anew in place of what it was.
    repo.keystop(&["allow", "--last", "--reason", "still a test key"]).expect(0);
    assert_eq!(entries(&repo).len(), 1, "{}", allow_file(&repo));
    repo.git(&["add", "."]).expect(0);
    commit(&repo).expect(0);
}

#[test]
fn a_key_in_a_name_or_a_message_can_be_allowed() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        let key = keys::github(5);
        sandbox.plant(&key.body);
        repo.stage(&format!("{}.txt", key.value()), "nothing\n");
        let print = fingerprint(&commit(&repo).blocked_by("github"));
        repo.keystop(&["allow", &print, "--reason", "a sample"]).expect(0);
        repo.git(&["add", FILE]).expect(0);
        commit(&repo).expect(0);
        let message = format!("key {}", keys::github(6).value());
        sandbox.plant(&keys::github(6).body);
        repo.write("b.txt", "b\n");
        repo.git(&["add", "b.txt"]).expect(0);
        let print = fingerprint(&repo.git(&["commit", "-q", "-m", &message]).blocked_by("github"));
        repo.keystop(&["allow", &print, "--reason", "a sample"]).expect(0);
        repo.git(&["add", FILE]).expect(0);
        repo.git(&["commit", "-q", "-m", &message]).expect(0);
        assert!(!allow_file(&repo).contains(&key.body[..8]));
    });
}

#[test]
fn a_finding_of_a_scan_can_be_allowed_for_scans_too() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.write("sub/a.py", secret(&sandbox, 1));
    let run = repo.keystop(&["scan", "sub"]).expect(1);
    let print = fingerprint(&run);
    repo.keystop(&["allow", &print, "--reason", "a sample", "--path", "sub/a.py"]).expect(0);
    for place in ["sub", "sub/a.py", ".", "sub/../sub"] {
        repo.keystop(&["scan", place]).expect(0);
    }
    let whole = repo.path.join("sub/a.py");
    repo.keystop(&["scan", whole.to_str().unwrap()]).expect(0);
    repo.write("b.py", secret(&sandbox, 1));
    repo.keystop(&["scan", "b.py"]).expect(1);
    // Outside of a repository there is nothing to allow with.
    fs::write(sandbox.path().join("c.py"), secret(&sandbox, 1)).unwrap();
    let run = sandbox.run(sandbox.path(), support::KEYSTOP, &["scan", "c.py"], &[], b"").expect(1);
    assert!(run.stdout.contains("keystop:allow stripe-live-secret-key REASON"), "{}", run.stdout);
}

#[test]
fn what_names_no_finding_is_refused_and_not_quoted() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    let say = ["--reason", "why"];
    repo.keystop(&[&["allow", "0123456789ab"], &say[..]].concat())
        .expect(2)
        .says("has found nothing in this repository yet");
    let line = secret(&sandbox, 1);
    let key = line.split('\'').nth(1).unwrap();
    repo.stage("a.py", &line);
    let print = fingerprint(&commit(&repo).blocked_by(STRIPE));
    repo.keystop(&[&["allow", "0123456789ab"], &say[..]].concat()).expect(2).says("0123456789ab");
    // Somebody pastes the key itself: as the fingerprint, or into the reason.
    let run = repo.keystop(&[&["allow", key], &say[..]].concat()).expect(2).says("12 hex digits");
    assert!(!run.stderr.contains("sk_live"), "{}", run.stderr);
    repo.keystop(&["allow", &print, "--reason", &line]).expect(2).says("the reason holds a key");
    for (arguments, word) in [
        (&["--reason", " "][..], "--reason"),
        (&["--reason", "…"], "--reason"),
        (&["--reason", "two\nlines"], "one line"),
        (&["--reason", "x", "--until", "2999-02-30"], "2031-12-31"),
        (&["--reason", "x", "--until", "2001-01-01"], "day that is over"),
        (&["--reason", "x", "--path", "a[b"], "--path"),
        (&["--reason", "x", "--path", "/etc/passwd"], "--path"),
        (&[], "--reason"),
    ] {
        repo.keystop(&[&["allow", &print], arguments].concat()).expect(2).says(word);
    }
    assert!(!repo.path.join(FILE).exists());
    assert_nothing_written(&repo);
}

#[test]
fn explain_knows_the_findings_of_the_last_run() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage("a.py", secret(&sandbox, 1));
    let print = fingerprint(&commit(&repo).blocked_by(STRIPE));
    let run = repo.keystop(&["explain", &print]).expect(0);
    assert!(run.stdout.contains("a.py:1:19") && run.stdout.contains(STRIPE), "{}", run.stdout);
    repo.keystop(&["explain", "0123456789ab"]).expect(2).says("0123456789ab");
}

#[test]
fn the_command_works_from_any_folder_of_the_work_tree() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        repo.stage("sub/a.py", secret(sandbox, 1));
        let print = fingerprint(&commit(&repo).blocked_by(STRIPE));
        let arguments = ["allow", &print, "--reason", "a test key"];
        let run =
            sandbox.run(&repo.path.join("sub"), support::KEYSTOP, &arguments, &[], b"").expect(0);
        assert!(repo.path.join(FILE).exists());
        // The command that it prints works there.
        let command = run.stdout.lines().find_map(|line| line.strip_prefix("now: ")).unwrap();
        sandbox.run(&repo.path.join("sub"), "sh", &["-c", command], &[], b"").expect(0);
        commit(&repo).expect(0);
    });
}

#[test]
fn the_line_for_git_is_added_once_and_to_what_is_there() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.write(".gitattributes", "*.png binary");
    blocked_and_allowed(&repo, "a.py", 1, &[]);
    blocked_and_allowed(&repo, "b.py", 2, &[]);
    let attributes = fs::read_to_string(repo.path.join(".gitattributes")).unwrap();
    assert_eq!(attributes, "*.png binary\n/.keystop-allow merge=union\n");
}

#[test]
fn the_allow_file_is_no_finding_itself() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    for seed in 0..40 {
        repo.write(&format!("{seed}.py"), secret(&sandbox, seed));
    }
    repo.keystop(&["scan", "."]).expect(1);
    repo.keystop(&["allow", "--last", "--reason", "secret token password key of a test"]).expect(0);
    assert_eq!(entries(&repo).len(), 40);
    repo.keystop(&["scan", FILE]).expect(0);
    assert_eq!(repo.keystop(&["scan", "."]).expect(0).stdout, "");
}

#[test]
fn each_work_tree_of_a_repository_has_its_own_file_and_all_share_the_record() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        repo.git(&["worktree", "add", "-q", "-b", "side", "../side"]).expect(0);
        let side = Repo { sandbox, path: sandbox.path().join("side") };
        side.stage("a.py", secret(sandbox, 1));
        let print = fingerprint(&commit(&side).blocked_by(STRIPE));
        side.keystop(&["allow", &print, "--reason", "a test key"]).expect(0);
        side.git(&["add", "."]).expect(0);
        commit(&side).expect(0);
        assert!(side.path.join(FILE).exists() && !repo.path.join(FILE).exists());
        repo.keystop(&["explain", &print]).expect(0);
    });
}

#[test]
fn a_bare_repository_has_no_file_to_write() {
    let sandbox = Sandbox::new();
    let repo = Repo { sandbox: &sandbox, path: sandbox.remote("bare.git") };
    repo.keystop(&["baseline"]).expect(2).says("a bare repository has no .keystop-allow");
}
