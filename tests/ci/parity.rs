//! One repository, every way to judge: the same findings with the same fingerprints and verdicts.

use super::*;

/// Level, detector, fingerprint, place and commit of a finding.
type Found = BTreeSet<[String; 5]>;

/// Out of a report for people.
fn of_text(text: &str) -> Found {
    let mut found = Found::new();
    let mut level = None;
    let mut place = None;
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [word @ ("error:" | "warning:"), .., id] => {
                level = Some((word.trim_end_matches(':').to_owned(), id.to_owned()));
            }
            ["-->", ref at @ .., "in", _, commit] => place = Some((at.join(" "), commit)),
            ["not", "a", "key?", "keystop", "allow", print, ..] => {
                let (level, id) = level.take().unwrap();
                let (at, commit) = place.take().unwrap();
                found.insert([level, id, print.to_owned(), at, commit.to_owned()]);
            }
            _ => {}
        }
    }
    found
}

/// Out of a report in JSON.
fn of_json(report: &Value) -> Found {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap();
    let of = |found: &Value| {
        let level = if found["blocks"] == true { "error" } else { "warning" };
        let at = format!("{}:{}:{}", text(&found["path"]), found["line"], found["column"]);
        let commit = text(&found["commit"]).chars().take(12).collect();
        [level.to_owned(), text(&found["detector"]), text(&found["fingerprint"]), at, commit]
    };
    findings.iter().map(of).collect()
}

/// A push of eight commits, one of them a merge and one taken back, after a base whose allow file
/// speaks for one of the values. Returns the base and the tip.
fn planted(scene: &Scene) -> (String, String) {
    let Scene { sandbox, dev, .. } = scene;
    // Nothing but what is allowed stands before.
    dev.git(&["switch", "-q", "--orphan", "planted"]).expect(0);
    scene.commit("README.md", "a project\n");
    let known = secret(sandbox, 20);
    dev.stage("known.py", &known);
    let run = dev.keystop(&["scan", "--staged", "--format", "json"]).expect(1);
    let print = json(&run)["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    dev.keystop(&["allow", &print, "--reason", "printed in a tutorial"]).expect(0);
    dev.git(&["add", "."]).expect(0);
    dev.commit_unasked("known");
    let base = dev.id("HEAD");
    scene.push("refs/heads/planted");
    scene.commit("again.py", &known);
    scene.commit("src/pay.py", secret(sandbox, 21));
    scene.commit("src/pay.py", "import os\n");
    let [name, words] = [keys::github(22), keys::github(23)];
    for key in [&name, &words] {
        sandbox.plant(&key.body);
    }
    scene.commit(&format!("{}.txt", name.value()), "a file\n");
    dev.stage("clean.py", "pass\n");
    dev.commit_unasked(&format!("use {}", words.value()));
    // A medium guess that does not block, and a key in UTF-16.
    scene.commit("app.py", "password = 'T7#qLw9!vBx2'\n");
    let wide: Vec<u8> = secret(sandbox, 24).encode_utf16().flat_map(u16::to_le_bytes).collect();
    scene.commit("wide.txt", [&b"\xff\xfe"[..], &wide].concat());
    scene.branch("side", &base);
    scene.commit("side.py", secret(sandbox, 25));
    dev.git(&["switch", "-q", "planted"]).expect(0);
    dev.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]).expect(0);
    let tip = scene.commit("merged.py", secret(sandbox, 26));
    (base, tip)
}

/// The fingerprints that a report for people names.
fn prints(text: &str) -> BTreeSet<String> {
    let named = text.lines().filter_map(|line| line.split("keystop allow ").nth(1));
    named.map(|rest| rest.split_whitespace().next().unwrap().to_owned()).collect()
}

fn keystop_installs(sandbox: &Sandbox, server: &Path) {
    let install = ["install", "--only", "pre-receive"];
    sandbox.run(server, KEYSTOP, &install, &[], b"").expect(0);
}

#[test]
fn every_way_to_judge_finds_the_same() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let (base, tip) = planted(&scene);
    let keystop = |folder: &Path, arguments: &[&str], input: &str| {
        sandbox.run(folder, KEYSTOP, arguments, &[], input.as_bytes()).expect(1)
    };
    let line = format!("refs/heads/planted {tip} refs/heads/planted {base}\n");
    let pushed = keystop(&scene.dev.path, &["pre-push", "origin", &scene.url], &line);
    let pushed = of_text(&pushed.stderr);
    assert!(pushed.len() >= 6, "{pushed:#?}");

    // A server that is sent the same refuses it, in fewer words.
    let server = sandbox.path().join("server.git");
    keystop_installs(&sandbox, &server);
    let push = ["push", "origin", "HEAD:refs/heads/planted"];
    let refused = scene.dev.git(&push).expect(1).stderr;
    assert_eq!(prints(&refused), pushed.iter().map(|found| found[2].clone()).collect());
    assert_eq!(of_text(&refused.replace("remote: ", "")), pushed, "{refused}");
    std::fs::remove_file(server.join("hooks/pre-receive")).unwrap();
    scene.push("refs/heads/planted");

    let folder = scene.fetched(&["+refs/heads/planted:refs/remotes/origin/planted"], &[], &tip);
    let range = format!("{base}..{tip}");
    let scan = |arguments: &[&str]| {
        let run = keystop(&folder, &[arguments, &["--format", "json"]].concat(), "");
        of_json(&json(&run))
    };
    assert_eq!(scan(&["scan", "--range", &range]), pushed);
    assert_eq!(scan(&["scan", "--history"]), pushed);
    assert_eq!(scan(&["ci", "--base", &base]), pushed);
    let variables = [
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", "push"),
        ("CI_COMMIT_BRANCH", "planted"),
        ("CI_COMMIT_BEFORE_SHA", base.as_str()),
        ("CI_COMMIT_SHA", tip.as_str()),
    ];
    let run = scene.ci(&folder, &variables, &["--format", "json"]).expect(1);
    assert_eq!(of_json(&json(&run)), pushed);
}
