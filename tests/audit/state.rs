//! Live in HEAD or not, pushed or not.

use super::*;

/// One key of each state, and one that was copied to another path.
fn four_states(sandbox: &Sandbox) -> Repo<'_> {
    sandbox.remote("origin.git");
    let repo = sandbox.bare_of_hooks("work");
    commit(&repo, "local-later.txt", "nothing\n", "2024-01-01T00:00:00Z");
    commit(&repo, "live-pushed.py", &secret(sandbox, 1), "2024-02-01T00:00:00Z");
    commit(&repo, "pushed.py", &secret(sandbox, 2), "2024-03-01T00:00:00Z");
    remove(&repo, "pushed.py", "2024-03-02T00:00:00Z");
    repo.git(&["remote", "add", "origin", "../origin.git"]).expect(0);
    repo.git(&["tag", "v1"]).expect(0);
    let push = ["-c", "core.hooksPath=/dev/null", "push", "-q", "-u", "origin", "main"];
    repo.git(&push).expect(0);
    commit(&repo, "live.py", &secret(sandbox, 3), "2024-04-01T00:00:00Z");
    commit(&repo, "local.py", &secret(sandbox, 4), "2024-05-01T00:00:00Z");
    remove(&repo, "local.py", "2024-05-02T00:00:00Z");
    repo
}

#[test]
fn each_key_is_told_with_its_state_and_the_most_urgent_comes_first() {
    for reader in [support::Reader::Usual, support::Reader::Git] {
        let sandbox = Sandbox::with_reader(reader);
        let repo = four_states(&sandbox);
        let run = repo.keystop(&["scan", "--history", "--format", "json"]).expect(1);
        let report = json(&run);
        assert_eq!(paths(&report), ["live-pushed.py", "pushed.py", "live.py", "local.py"]);
        let audits: Vec<&Value> =
            report["findings"].as_array().unwrap().iter().map(|found| &found["audit"]).collect();
        let live: Vec<bool> = audits.iter().map(|it| it["in_head"].as_bool().unwrap()).collect();
        assert_eq!(live, [true, false, true, false]);
        let pushed = serde_json::json!(["origin"]);
        let remotes: Vec<bool> = audits.iter().map(|it| it["remotes"] == pushed).collect();
        assert_eq!(remotes, [true, true, false, false], "{audits:?}");
        assert_eq!(audits[0]["author"], "A U Thor <author@example.com>");
        assert_eq!(audits[0]["date"], 1_706_745_600);
        assert_eq!(audits[1]["tags"], serde_json::json!(["v1"]));
        assert_eq!(audits[2]["tags"], serde_json::json!([]));
        assert_eq!(audits[3]["branches"], serde_json::json!(["main"]));
    }
}

#[test]
fn the_human_report_has_a_block_for_each_key_and_a_line_by_state() {
    let sandbox = Sandbox::new();
    let repo = four_states(&sandbox);
    // The same key at another path: one block, two places.
    let again = fs::read_to_string(repo.path.join("live-pushed.py")).unwrap();
    commit(&repo, "copy.py", &format!("import stripe\n{again}"), "2024-06-01T00:00:00Z");
    let run = repo.keystop(&["scan", "--history"]).expect(1);
    let out = &run.stdout;
    assert_eq!(out.matches("error: ").count(), 4, "{out}");
    for said in [
        "live in HEAD, on origin since 2024-02-01",
        "not in HEAD, on origin since 2024-03-01",
        "live in HEAD, on no remote",
        "not in HEAD, on no remote",
        "brought by:   A U Thor <author@example.com> on 2024-02-01",
        "2 places in 2 commits",
        "copy.py:2:19 in commit ",
        "4 keys in 5 places of 8 commits: 1 live in HEAD and pushed; 1 pushed, not in HEAD; 1 live in HEAD, not pushed; 1 local only.",
    ] {
        assert!(out.contains(said), "no {said:?} in:\n{out}");
    }
}

#[test]
fn a_value_that_moved_to_another_path_is_live() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    commit(&repo, "old.py", &secret(&sandbox, 1), "2024-02-01T00:00:00Z");
    repo.git(&["mv", "old.py", "new.py"]).expect(0);
    commit(&repo, "x.txt", "x\n", "2024-02-02T00:00:00Z");
    let report = json(&repo.keystop(&["scan", "--history", "--format", "json"]).expect(1));
    assert_eq!(paths(&report), ["old.py"]);
    assert_eq!(report["findings"][0]["audit"]["in_head"], true);
}

#[test]
fn in_a_mirror_or_on_a_server_what_a_branch_reaches_is_pushed() {
    let sandbox = Sandbox::new();
    four_states(&sandbox);
    let mirror = ["clone", "-q", "--mirror", "work", "mirror.git"];
    sandbox.run(sandbox.path(), "git", &mirror, &[], b"").expect(0);
    let state = |folder: &str| {
        let scan = ["scan", "--history", "--format", "json"];
        let folder = sandbox.path().join(folder);
        let report = json(&sandbox.run(&folder, KEYSTOP, &scan, &[], b"").expect(1));
        let findings = report["findings"].as_array().unwrap().clone();
        findings.iter().map(|found| found["audit"]["remotes"][0].clone()).collect::<Vec<_>>()
    };
    assert_eq!(state("mirror.git"), ["origin", "origin", "origin", "origin"]);
    assert_eq!(state("origin.git"), [".", "."]);
}

#[test]
fn a_tags_message_and_a_commits_have_an_audit_too() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    commit(&repo, "a.txt", "a\n", "2024-02-01T00:00:00Z");
    repo.git(&["tag", "-a", "v1", "-m", &secret(&sandbox, 1)]).expect(0);
    repo.commit_unasked(&secret(&sandbox, 2));
    let report = json(&repo.keystop(&["scan", "--history", "--format", "json"]).expect(1));
    let findings = report["findings"].as_array().unwrap();
    let tag = findings.iter().find(|found| found["place"] == "tag").unwrap();
    assert_eq!(tag["audit"]["tags"], serde_json::json!(["v1"]));
    assert_eq!(tag["audit"]["author"], "C O Mitter <committer@example.com>");
    let message = findings.iter().find(|found| found["place"] == "message").unwrap();
    assert_eq!(message["audit"]["branches"], serde_json::json!(["main"]));
}
