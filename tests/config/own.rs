//! Own detectors.

use super::*;

#[test]
fn a_repositorys_own_detector_stops_a_commit() {
    with_both_readers(|sandbox| {
        let repo = configured(sandbox, ACME_DETECTOR);
        repo.stage("a.py", acme(sandbox, 1));
        commit(&repo).blocked_by(ACME).says("acme_build_…(43 characters)…").says("a.py:1:6");
        // The index that `commit -- PATH` makes names no tree.
        repo.git(&["commit", "-q", "-m", "x", "--", "a.py"]).blocked_by(ACME);
        repo.keystop(&["scan", "a.py"]).expect(1);
        repo.keystop(&["scan", "--staged"]).expect(1);
        repo.keystop(&["explain", ACME]).expect(0);
    });
}

#[test]
fn it_is_known_from_the_commit_on_that_brings_it() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        repo.write(FILE, ACME_DETECTOR);
        repo.stage("a.py", acme(sandbox, 1));
        // What is not staged does not hold.
        commit(&repo).expect(0);
        repo.stage("b.py", acme(sandbox, 2));
        repo.git(&["add", FILE]).expect(0);
        std::fs::remove_file(repo.path.join(FILE)).unwrap();
        commit(&repo).blocked_by(ACME);
        repo.git(&["commit", "-q", "-m", "x", "--", "a.py"]);
    });
}

#[test]
fn a_first_commit_is_judged_by_the_configuration_it_brings() {
    with_both_readers(|sandbox| {
        let repo = sandbox.hooked("a");
        repo.stage(FILE, ACME_DETECTOR);
        repo.stage("a.py", acme(sandbox, 1));
        commit(&repo).blocked_by(ACME);
        repo.git(&["add", "-N", FILE]).expect(0);
        repo.keystop(&["pre-commit"]).blocked_by(ACME);
    });
}

#[test]
fn a_push_is_judged_by_the_pushed_commits_configuration() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        let remote = sandbox.remote("remote.git");
        repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
        repo.stage("a.py", acme(sandbox, 1));
        repo.commit_unasked("a key");
        repo.stage(FILE, ACME_DETECTOR);
        repo.commit_unasked("the detector");
        // Neither the index nor the work tree is asked.
        repo.git(&["rm", "-q", FILE]).expect(0);
        repo.git(&["push", "-q", "origin", "main"]).blocked_by(ACME);
        repo.git(&["push", "-q", "origin", "main~1:refs/heads/main"]).expect(0);
    });
}

#[test]
fn a_message_is_judged_by_it() {
    let sandbox = Sandbox::new();
    let repo = configured(&sandbox, ACME_DETECTOR);
    let line = acme(&sandbox, 1);
    repo.git(&["commit", "-q", "--allow-empty", "-m", &line]).blocked_by(ACME);
    user_file(&sandbox, ACME_DETECTOR);
    let other = sandbox.with_commit("b");
    other.git(&["commit", "-q", "--allow-empty", "-m", &line]).blocked_by(ACME);
}

#[test]
fn a_message_is_judged_by_what_is_staged_and_gone_from_the_work_tree() {
    for version in ["2", "4"] {
        let sandbox = Sandbox::new();
        let repo = configured(&sandbox, ACME_DETECTOR);
        repo.git(&["update-index", "--index-version", version]).expect(0);
        std::fs::remove_file(repo.path.join(FILE)).unwrap();
        let line = acme(&sandbox, 1);
        let empty = ["commit", "-q", "--allow-empty", "-m"];
        repo.git(&[&empty[..], &[&line]].concat()).blocked_by(ACME);
        // A split index names it in another file.
        repo.git(&["update-index", "--split-index"]).expect(0);
        repo.git(&[&empty[..], &[&line]].concat()).blocked_by(ACME);
        repo.git(&["update-index", "--no-split-index"]).expect(0);
        for entry in std::fs::read_dir(repo.path.join(".git")).unwrap().flatten() {
            if entry.file_name().to_string_lossy().starts_with("sharedindex") {
                std::fs::remove_file(entry.path()).unwrap();
            }
        }
        repo.git(&["worktree", "add", "-q", "--no-checkout", "../other"]).expect(0);
        let there = sandbox.path().join("other");
        sandbox.run(&there, "git", &["reset", "-q"], &[], b"").expect(0);
        sandbox.run(&there, "git", &[&empty[..], &[&line]].concat(), &[], b"").blocked_by(ACME);
        // A commit that takes it away is judged without.
        repo.git(&["rm", "-q", "--cached", FILE]).expect(0);
        repo.git(&["commit", "-q", "-m", &line]).expect(0);
    }
}

#[test]
fn a_users_own_detector_holds_in_every_repository() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    user_file(&sandbox, ACME_DETECTOR);
    repo.stage("a.py", acme(&sandbox, 1));
    commit(&repo).blocked_by(ACME);
    // A folder of settings that the repository could bring is not asked.
    repo.write("keystop/config.toml", "what");
    let asked = repo.git_with(&["commit", "-q", "-m", "x"], &[("XDG_CONFIG_HOME", ".")]);
    asked.blocked_by(ACME);
    // Both files may bring the same one.
    repo.stage(FILE, ACME_DETECTOR);
    commit(&repo).blocked_by(ACME);
    let alone = sandbox.path().join("alone");
    std::fs::create_dir(&alone).unwrap();
    std::fs::write(alone.join("x"), acme(&sandbox, 1)).unwrap();
    sandbox.run(&alone, support::KEYSTOP, &["scan", "x"], &[], b"").expect(1);
    sandbox
        .run(&alone, support::KEYSTOP, &["scan", "-"], &[], acme(&sandbox, 1).as_bytes())
        .expect(1);
}

#[test]
fn what_it_finds_can_be_allowed_by_its_value() {
    let sandbox = Sandbox::new();
    let repo = configured(&sandbox, ACME_DETECTOR);
    repo.stage("a.py", acme(&sandbox, 1));
    commit(&repo).blocked_by(ACME);
    repo.keystop(&["allow", "--last", "--reason", "a test key"]).expect(0);
    repo.git(&["add", "."]).expect(0);
    commit(&repo).expect(0);
    repo.stage("a.py", acme(&sandbox, 2));
    commit(&repo).blocked_by(ACME);
}

#[test]
fn it_takes_no_finding_from_keystops_own() {
    let sandbox = Sandbox::new();
    let wide = r#"
disabled = ["shadow"]
[[detector]]
id = "shadow"
name = "A shadow"
keywords = ["stripe.api_key = 'sk_live_"]
pattern = "(.{1,60}sk_live_.{1,60})"
confidence = "high"
"#;
    let repo = sandbox.with_commit("a");
    repo.stage(FILE, wide);
    repo.stage("a.py", secret(&sandbox, 1));
    commit(&repo).blocked_by(STRIPE);
    // Nor does a sample of its own speak for another's finding.
    let key = keys::stripe(1).value();
    let sample = format!(
        "[[detector]]\nid = 'x'\nname = 'x'\nkeywords = ['xyzxyz']\npattern = 'xyzxyz'\nsamples = ['{}¦{}']\n",
        &key[..12],
        &key[12..]
    );
    repo.stage(FILE, sample);
    commit(&repo).blocked_by(STRIPE);
    repo.stage(FILE, ACME_DETECTOR.to_owned() + "public = \"why not\"\n");
    commit(&repo).says("field `public`");
}

#[test]
fn a_thousand_of_them_are_no_hindrance() {
    let sandbox = Sandbox::new();
    let many: String = (0..1000)
        .map(|n| {
            ACME_DETECTOR
                .replace("acme-build", &format!("acme{n}-build"))
                .replace("acme_build_", &format!("acme{n}_build_"))
        })
        .collect();
    let repo = configured(&sandbox, &many);
    let body = fill("‹base62 32›", 1);
    sandbox.plant(&body);
    repo.stage("a.py", format!("acme77_build_{body}\n"));
    commit(&repo).blocked_by("acme77-build-token");
}
