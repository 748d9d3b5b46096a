//! Clones that lack commits or files.

use super::*;

/// The variables of a push to `main`, for platforms that name the commit before.
fn variables<'a>(before: &'a str, after: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", "push"),
        ("CI_COMMIT_BRANCH", "main"),
        ("CI_COMMIT_BEFORE_SHA", before),
        ("CI_COMMIT_SHA", after),
    ]
}

const MAIN: &str = "+refs/heads/main:refs/remotes/origin/main";

#[test]
fn a_clone_that_is_too_shallow_is_2_and_says_what_to_set() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let variables = variables(&scene.main, &after);
    for depth in ["--depth=1", "--depth=2", "--depth=3"] {
        let folder = scene.fetched(&[MAIN], &[depth], &after);
        let run = scene.ci(&folder, &variables, &["--format", "json"]).expect(2);
        assert!(said(&run).contains("GIT_DEPTH: \\\"0\\\""), "{}", run.stdout);
        assert!(said(&run).contains("--fallback tree"), "{}", run.stdout);
    }
    // Four commits: the run's three and the one before.
    let folder = scene.fetched(&[MAIN], &["--depth=4"], &after);
    scene.finds_its_key(&folder, &variables);
}

#[test]
fn each_platform_is_told_its_own_words() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder =
        scene.fetched(&["+refs/heads/work:refs/remotes/origin/work"], &["--depth=1"], &after);
    let event = sandbox.path().join("event.json");
    std::fs::write(&event, format!("{{\"before\": \"{ZERO}\"}}")).unwrap();
    let event = ("GITHUB_EVENT_PATH", event.to_str().unwrap());
    for (mark, value, words) in [
        ("GITHUB_ACTIONS", "true", "fetch-depth: 0"),
        ("GITLAB_CI", "true", "GIT_DEPTH"),
        ("BITBUCKET_BUILD_NUMBER", "1", "clone: depth: full"),
        ("CIRCLECI", "true", "method: full"),
        ("TRAVIS", "true", "depth: false"),
        ("JENKINS_URL", "https://jenkins.example/", "shallow clone"),
        ("TF_BUILD", "True", "fetchDepth: 0"),
        ("BUILDKITE", "true", "BUILDKITE_GIT_CLONE_FLAGS"),
        ("DRONE", "true", "depth"),
        ("CI", "woodpecker", "partial: false"),
        ("TEAMCITY_VERSION", "2025.07", "teamcity.git.shallowClone"),
    ] {
        let run = scene.ci(&folder, &[(mark, value), event], &["--format", "json"]).expect(2);
        assert!(said(&run).contains(words), "{mark}: {}", run.stdout);
        let tree = ["--format", "json", "--fallback", "tree"];
        let run = scene.ci(&folder, &[(mark, value), event], &tree).expect(1);
        assert!(said(&run).contains("only the files of"), "{mark}: {}", run.stdout);
    }
}

#[test]
fn a_fallback_judges_every_file_that_is_checked_out() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    scene.brought();
    let after = scene.commit("new.py", secret(&sandbox, 7));
    scene.push("main");
    let folder = scene.fetched(&[MAIN], &["--depth=1"], &after);
    let tree = ["--fallback", "tree", "--format", "json"];
    let run = scene.ci(&folder, &variables(&scene.main, &after), &tree).expect(1);
    // What a later commit took out again is not seen.
    assert_eq!(paths(&json(&run)), set(&["new.py", "old.py"]));
    assert!(said(&run).contains("only the files of"), "{}", run.stdout);
    // Where nothing is missing, it changes nothing.
    let folder = scene.whole(&[], &after);
    let run = scene.ci(&folder, &variables(&scene.main, &after), &tree).expect(1);
    assert_eq!(paths(&json(&run)), set(&["new.py", "pay.py"]));
}

#[test]
fn a_fallback_does_not_judge_something_else() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.fetched(&[MAIN], &["--depth=1"], &scene.main);
    let tree = ["--fallback", "tree"];
    scene.ci(&folder, &variables(&scene.main, &after), &tree).expect(2);
}

#[test]
fn a_fallback_is_none_for_a_clone_that_is_broken() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let middle = scene.dev.id(&format!("{after}~1"));
    let object = folder.join(".git/objects").join(&middle[..2]).join(&middle[2..]);
    std::fs::remove_file(object).unwrap();
    let tree = ["--fallback", "tree", "--format", "json"];
    scene.ci(&folder, &variables(&scene.main, &after), &tree).expect(2);
    // Nor is what is checked out judged in place of a range that ends elsewhere.
    let folder = scene.fetched(&[MAIN], &["--depth=2"], &after);
    scene.ci(&folder, &[], &["--range", "HEAD~1", "--fallback", "tree"]).expect(2);
    scene.ci(&folder, &[], &["--range", "HEAD", "--fallback", "tree"]).expect(1);
}

#[test]
fn a_request_in_a_shallow_clone_is_judged_by_nobodys_configuration() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    scene.commit(".keystop.toml", "disabled = [\"*\"]\n");
    let head = scene.commit("pay.py", secret(&sandbox, 3));
    scene.push("work");
    let folder = scene.fetched(&["+refs/heads/work:refs/pipelines/1"], &["--depth=1"], &head);
    let variables = [
        ("GITLAB_CI", "true"),
        ("CI_COMMIT_SHA", head.as_str()),
        ("CI_MERGE_REQUEST_IID", "1"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", scene.main.as_str()),
    ];
    scene.ci(&folder, &variables, &[]).expect(2);
    let run = scene.ci(&folder, &variables, &["--fallback", "tree", "--format", "json"]).expect(1);
    assert_eq!(paths(&json(&run)), set(&["old.py", "pay.py"]));
}

#[test]
fn a_clone_without_old_files_is_2_and_says_what_to_set() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let folder = scene.cloned(&["--filter=blob:none"], &after);
    let variables = [("CIRCLECI", "true"), ("CIRCLE_SHA1", after.as_str())];
    let run = scene.ci(&folder, &variables, &["--base", &scene.main, "--format", "json"]).expect(2);
    assert!(said(&run).contains("method: full"), "{}", run.stdout);
}
