//! `KEYSTOP_SKIP`: a way through that leaves a trace.

use super::*;

fn commit_with(repo: &Repo, skip: &str) -> Run {
    repo.git_with(&["commit", "-q", "-m", "change"], &[("KEYSTOP_SKIP", skip)])
}

#[test]
fn it_lets_one_finding_pass_for_one_run() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage("a.py", secret(&sandbox, 1));
    let print = fingerprint(&commit(&repo).blocked_by(STRIPE));
    commit_with(&repo, &format!("{print}:a test key, ours"))
        .expect(0)
        .says("KEYSTOP_SKIP lets stripe-live-secret-key pass in a.py:1: a test key, ours");
    // Nothing was asked for in the message.
    assert!(!repo.git(&["log", "-1", "--format=%B"]).stdout.contains("Skip"));
    repo.stage("b.py", format!("x\n{}", secret(&sandbox, 1)));
    commit(&repo).blocked_by(STRIPE);
    assert_nothing_written(&repo);
}

#[test]
fn it_lets_no_other_finding_pass() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage("a.py", secret(&sandbox, 1));
    repo.stage("b.py", secret(&sandbox, 2));
    let run = commit(&repo).blocked_by(STRIPE);
    let [one, two] = &fingerprints(&run)[..] else { panic!("{}", run.stderr) };
    commit_with(&repo, &format!("{one}:why")).blocked_by(STRIPE).says("1 key in 2");
    commit_with(&repo, &format!("{one}:why,0123456789ab:because"))
        .blocked_by(STRIPE)
        .says("KEYSTOP_SKIP names 0123456789ab, which is no finding of this run");
    commit_with(&repo, &format!("{one}:why\n{two}:because")).expect(0);
}

#[test]
fn a_value_that_is_malformed_blocks_and_is_not_quoted() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    let line = secret(&sandbox, 1);
    repo.stage("a.py", &line);
    let print = fingerprint(&commit(&repo).blocked_by(STRIPE));
    let key = line.split('\'').nth(1).unwrap();
    for wrong in ["1", "", "all", &print, &format!("{print}:"), key, &format!("{print}:{key}")] {
        let run = repo.sandbox.run(
            &repo.path,
            support::KEYSTOP,
            &["pre-commit"],
            &[("KEYSTOP_SKIP", wrong)],
            b"",
        );
        run.expect(2).says("KEYSTOP_SKIP").blocked_by(STRIPE);
    }
}

#[test]
fn it_holds_for_a_message_and_for_a_push() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        let remote = sandbox.remote("remote.git");
        repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);
        let message = secret(sandbox, 1);
        let commit = ["commit", "-q", "--allow-empty", "-m", &message];
        let print = fingerprint(&repo.git(&commit).blocked_by(STRIPE));
        let skip = format!("{print}:a sample");
        repo.git_with(&commit, &[("KEYSTOP_SKIP", &skip)]).expect(0);
        let push = ["push", "-q", "origin", "main"];
        repo.git(&push).blocked_by(STRIPE);
        repo.git_with(&push, &[("KEYSTOP_SKIP", &skip)]).expect(0).says("lets");
        // Where nobody runs a hook, nobody's word is taken for it.
        let scan = ["scan", "--range", "main"];
        let run =
            repo.sandbox.run(&repo.path, support::KEYSTOP, &scan, &[("KEYSTOP_SKIP", &skip)], b"");
        run.expect(1);
    });
}

#[test]
fn a_trailer_says_so_where_it_is_asked_for() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        repo.git(&["config", "keystop.skipTrailer", "true"]).expect(0);
        repo.stage("a.py", secret(sandbox, 1));
        let print = fingerprint(&commit(&repo).blocked_by(STRIPE));
        let skip = format!("{print}:a test key,0123456789ab:nothing");
        commit_with(&repo, &skip).expect(0);
        let trailers = |repo: &Repo| repo.git(&["log", "-1", "--format=%(trailers)"]).stdout;
        assert_eq!(trailers(&repo).trim(), format!("Keystop-Skip: {print} a test key"));
        // Again, with the same message: still once.
        repo.git_with(&["commit", "-q", "--amend", "--no-edit"], &[("KEYSTOP_SKIP", &skip)])
            .expect(0);
        assert_eq!(trailers(&repo).matches("Keystop-Skip").count(), 1);
        // Above the diff that `commit --verbose` shows, and below a line of dashes.
        repo.stage("c.py", format!("x\n{}", secret(sandbox, 1)));
        let message = ["commit", "-q", "-v", "-e", "-m", "change\n\na\n---\nb"];
        repo.git_with(&message, &[("KEYSTOP_SKIP", &skip)]).expect(0);
        assert_eq!(trailers(&repo).trim(), format!("Keystop-Skip: {print} a test key"));
        // A commit in which nothing was let pass has none.
        repo.stage("b.txt", "b\n");
        commit(&repo).expect(0);
        assert_eq!(trailers(&repo).trim(), "");
    });
}
