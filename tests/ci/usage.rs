//! The options, what holds in CI, and what is said.

use super::*;

#[test]
fn an_unknown_platform_is_2_and_both_options_help() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let run = scene.ci(&folder, &[("CI", "true")], &["--format", "json"]).expect(2);
    for words in ["GitHub Actions", "TeamCity", "--base REV", "--range A..B"] {
        assert!(said(&run).contains(words), "{}", run.stdout);
    }
    for options in [["--base", &scene.main], ["--range", &format!("{}..HEAD", scene.main)]] {
        let run = scene.ci(&folder, &[], &[&options[..], &["--format", "json"]].concat()).expect(1);
        assert_eq!(paths(&json(&run)), set(&["pay.py"]));
    }
    scene.ci(&folder, &[], &["--base", "no-such-branch"]).expect(2);
    scene.ci(&folder, &[], &["--range", ".."]).expect(2);
    scene.ci(&folder, &[], &["--base", "HEAD", "--range", "HEAD"]).expect(2);
}

#[test]
fn two_platforms_at_once_are_2_until_one_is_named() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let variables = [
        ("JENKINS_URL", "https://jenkins.example/"),
        ("GITLAB_CI", "true"),
        ("CI_COMMIT_BRANCH", "main"),
        ("CI_COMMIT_BEFORE_SHA", scene.main.as_str()),
        ("CI_COMMIT_SHA", after.as_str()),
    ];
    let run = scene.ci(&folder, &variables, &["--format", "json"]).expect(2);
    assert!(said(&run).contains("--platform gitlab or jenkins"), "{}", run.stdout);
    let named = ["--platform", "gitlab", "--format", "json"];
    let run = scene.ci(&folder, &variables, &named).expect(1);
    assert_eq!(paths(&json(&run)), set(&["pay.py"]));
}

/// A push of a key with its allow entry and a configuration that allows it.
fn allowing(scene: &Scene) -> (String, String) {
    let key = secret(scene.sandbox, 3);
    scene.dev.stage("pay.py", &key);
    let run = scene.dev.keystop(&["scan", "--staged", "--format", "json"]).expect(1);
    let print = json(&run)["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    scene.dev.keystop(&["allow", &print, "--reason", "printed in a tutorial"]).expect(0);
    scene.dev.git(&["add", "."]).expect(0);
    scene.dev.commit_unasked("allow");
    let allowed = scene.dev.id("HEAD");
    (allowed, print)
}

#[test]
fn the_allow_file_of_the_base_holds_and_no_other() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let (allowed, print) = allowing(&scene);
    scene.push("main");
    let folder = scene.whole(&[], &allowed);
    // The push brings the entry with the key: it does not speak for itself.
    let run = scene.ci(&folder, &[], &["--base", &scene.main, "--format", "json"]).expect(1);
    assert_eq!(paths(&json(&run)), set(&["pay.py"]));
    assert!(run.stdout.contains("let that file in first"), "{}", run.stdout);
    // Nor does the user's variable.
    let skip = [("KEYSTOP_SKIP", format!("{print}:because"))];
    let skip = [(skip[0].0, skip[0].1.as_str())];
    scene.ci(&folder, &skip, &["--base", &scene.main]).expect(1);
    // From then on the entry holds: the key in another file is allowed.
    scene.commit("copy.py", secret(&sandbox, 3));
    let after = scene.commit("more.py", "pass\n");
    scene.push("main");
    let folder = scene.whole(&[], &after);
    scene.ci(&folder, &[], &["--base", &allowed]).expect(0);
}

#[test]
fn a_policy_on_the_command_line_holds_and_must_be_there() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    scene.commit(".keystop.toml", "disabled = [\"stripe-*\"]\n");
    scene.push("main");
    let base = scene.dev.id("HEAD");
    let after = scene.brought();
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let policy = sandbox.path().join("policy.toml");
    std::fs::write(&policy, "enforced = [\"stripe-*\"]\n").unwrap();
    scene.ci(&folder, &[], &["--base", &base]).expect(0);
    let policy = policy.to_str().unwrap();
    scene.ci(&folder, &[], &["--base", &base, "--policy", policy]).expect(1);
    scene.ci(&folder, &[("KEYSTOP_POLICY", policy)], &["--base", &base]).expect(1);
    scene.ci(&folder, &[], &["--base", "HEAD", "--policy", "no-such-file"]).expect(2);
}

#[test]
fn what_was_judged_is_said_also_where_nothing_is_found() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.commit("clean.py", "pass\n");
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let run = scene.ci(&folder, &[], &["--base", &scene.main]).expect(0);
    let words = format!("judged 1 commit since {}", &scene.main[..12]);
    assert!(run.stderr.contains(&words), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn outside_a_repository_it_is_2() {
    let sandbox = Sandbox::new();
    let home = sandbox.path().join("home");
    let run = sandbox.run(&home, KEYSTOP, &["ci", "--base", "main"], &[], b"");
    run.expect(2);
}
