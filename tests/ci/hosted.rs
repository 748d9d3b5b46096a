//! Bitbucket Pipelines, CircleCI, Travis CI, Azure Pipelines, Buildkite.

use super::*;

#[test]
fn bitbucket_names_a_requests_target_and_no_commit_before() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.cloned(&["--branch", "work"], &after);
    let every = [("CI", "true"), ("BITBUCKET_BUILD_NUMBER", "3"), ("BITBUCKET_COMMIT", &after)];
    let with = |more: &[(&'static str, &'static str)]| [&every[..], more].concat();
    scene.finds_its_key(&folder, &with(&[("BITBUCKET_BRANCH", "work")]));
    scene.finds_its_key(&folder, &with(&[("BITBUCKET_TAG", "v1")]));
    // The clone of a request has merged the target in.
    let merge = ["merge", "-q", "--no-ff", "-m", "merge", "origin/main"];
    sandbox.run(&folder, "git", &merge, &[], b"").expect(0);
    let short = &scene.main[..12];
    let request = [
        ("BITBUCKET_BRANCH", "work"),
        ("BITBUCKET_PR_ID", "1"),
        ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
        ("BITBUCKET_PR_DESTINATION_COMMIT", short),
    ];
    scene.finds_its_key(&folder, &[&every[..], &request].concat());
    // On the default branch nothing says what came with this push: all of it is judged.
    scene.push("main");
    let folder = scene.cloned(&["--branch", "main"], &after);
    let main = with(&[("BITBUCKET_BRANCH", "main")]);
    assert_eq!(scene.found(&folder, &main), set(&["old.py", "pay.py"]));
}

#[test]
fn circleci_says_the_commit_before_through_the_option() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    scene.push("work");
    let every = [("CI", "true"), ("CIRCLECI", "true"), ("CIRCLE_SHA1", after.as_str())];
    let main = [&every[..], &[("CIRCLE_BRANCH", "main")]].concat();
    let folder = scene.cloned(&[], &after);
    assert_eq!(scene.found(&folder, &main), set(&["old.py", "pay.py"]));
    let since = ["--format", "json", "--base", &scene.main];
    assert_eq!(paths(&json(&scene.ci(&folder, &main, &since).expect(1))), set(&["pay.py"]));
    // The pipeline's value is empty for the first build of a branch.
    let empty = ["--format", "json", "--base", ""];
    let all = paths(&json(&scene.ci(&folder, &main, &empty).expect(1)));
    assert_eq!(all, set(&["old.py", "pay.py"]));
}

#[test]
fn circleci_a_branch_or_a_fork_is_what_the_default_branch_does_not_have() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.cloned(&["--branch", "work"], &after);
    for of in [("CIRCLE_BRANCH", "work"), ("CIRCLE_BRANCH", "pull/7"), ("CIRCLE_TAG", "v1")] {
        let every = [("CIRCLECI", "true"), ("CIRCLE_SHA1", after.as_str()), of];
        scene.finds_its_key(&folder, &every);
    }
}

#[test]
fn travis_gives_a_range_of_abbreviated_ids() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    scene.push("work");
    let range = format!("{}...{}", &scene.main[..12], &after[..12]);
    let every = [("CI", "true"), ("TRAVIS", "true"), ("TRAVIS_COMMIT", after.as_str())];
    let none = ("TRAVIS_PULL_REQUEST", "false");
    let with = |more: &[(&'static str, &str)]| {
        let more: Vec<(&str, String)> =
            more.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let every = every.iter().map(|(name, value)| (*name, (*value).to_owned()));
        every.chain(more).collect::<Vec<_>>()
    };
    let finds = |folder: &PathBuf, variables: Vec<(&str, String)>| {
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        scene.found(folder, &variables)
    };
    let folder = scene.cloned(&["--branch", "main"], &after);
    let push = with(&[
        none,
        ("TRAVIS_BRANCH", "main"),
        ("TRAVIS_EVENT_TYPE", "push"),
        ("TRAVIS_COMMIT_RANGE", &range),
    ]);
    assert_eq!(finds(&folder, push.clone()), set(&["pay.py"]));
    // A branch that is called like the abbreviated id does not pass for it.
    let name = format!("refs/heads/{}", &scene.main[..12]);
    sandbox.run(&folder, "git", &["update-ref", &name, &after], &[], b"").expect(0);
    assert!(finds(&folder, push).contains("pay.py"));
    // The first commit of a new branch: no range.
    scene.dev.git(&["push", "-q", "-f", "origin", &format!("{}:refs/heads/main", scene.main)]);
    let folder = scene.cloned(&["--branch", "work"], &after);
    let new = with(&[none, ("TRAVIS_BRANCH", "work"), ("TRAVIS_EVENT_TYPE", "push")]);
    assert_eq!(finds(&folder, new), set(&["pay.py"]));
    let cron = with(&[none, ("TRAVIS_BRANCH", "work"), ("TRAVIS_EVENT_TYPE", "cron")]);
    assert_eq!(finds(&folder, cron), set(&["pay.py"]));
    let tag = with(&[none, ("TRAVIS_BRANCH", "v1"), ("TRAVIS_TAG", "v1")]);
    assert_eq!(finds(&folder, tag), set(&["pay.py"]));
}

#[test]
fn travis_a_request_is_what_its_target_does_not_have() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.brought();
    let merge = scene.merge(&head, "refs/pull/1/merge");
    let folder = scene.whole(&["+refs/pull/1/merge:refs/merge"], &merge);
    let range = format!("{}...{head}", scene.main);
    let variables = [
        ("TRAVIS", "true"),
        ("TRAVIS_EVENT_TYPE", "pull_request"),
        ("TRAVIS_BRANCH", "main"),
        ("TRAVIS_COMMIT", merge.as_str()),
        ("TRAVIS_COMMIT_RANGE", &range),
        ("TRAVIS_PULL_REQUEST", "1"),
        ("TRAVIS_PULL_REQUEST_SHA", &head),
    ];
    scene.finds_its_key(&folder, &variables);
}

#[test]
fn azure_a_request_is_what_its_target_does_not_have() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.brought();
    let merge = scene.merge(&head, "refs/pull/1/merge");
    let merge_ref = ["+refs/pull/1/merge:refs/remotes/pull/1/merge"];
    let every = [
        ("TF_BUILD", "True"),
        ("BUILD_REASON", "PullRequest"),
        ("BUILD_SOURCEBRANCH", "refs/pull/1/merge"),
        ("BUILD_SOURCEVERSION", merge.as_str()),
    ];
    let request = ("SYSTEM_PULLREQUEST_SOURCECOMMITID", head.as_str());
    // The page gives the long form; it was seen to be the short one.
    for target in ["main", "refs/heads/main"] {
        let target = ("SYSTEM_PULLREQUEST_TARGETBRANCH", target);
        for more in [&[target][..], &[target, request]] {
            let variables = [&every[..], more].concat();
            scene.finds_its_key(&scene.whole(&merge_ref, &merge), &variables);
            scene.finds_its_key(&scene.fetched(&merge_ref, &[], &merge), &variables);
        }
    }
}

#[test]
fn azure_gets_its_own_commands_and_no_forged_ones() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let key = secret(&sandbox, 3);
    let forged = "##vso[task.setvariable variable=x]1";
    scene.dev.stage(&format!("{forged}.py"), format!("{}  # {forged}\n", key.trim()));
    scene.dev.commit_unasked(forged);
    let after = scene.dev.id("HEAD");
    scene.push("work");
    let folder = scene.whole(&[], &after);
    let variables = [
        ("TF_BUILD", "True"),
        ("BUILD_REASON", "IndividualCI"),
        ("BUILD_SOURCEBRANCH", "refs/heads/work"),
        ("BUILD_SOURCEVERSION", after.as_str()),
    ];
    let run = scene.ci(&folder, &variables, &["--default-branch", "main"]).expect(1);
    let said = run.stdout + &run.stderr;
    let commands: Vec<&str> = said.lines().filter(|line| line.contains("##")).collect();
    assert_eq!(commands.len(), 1, "{said}");
    assert!(commands[0].starts_with("##vso[task.logissue type=error;"), "{said}");
    assert_eq!(commands[0].matches("##").count(), 1, "{said}");
}

#[test]
fn azure_a_push_is_what_the_default_branch_does_not_have_once_that_is_named() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.whole(&[], &after);
    for (reason, branch) in [
        ("IndividualCI", "refs/heads/work"),
        ("BatchedCI", "refs/heads/work"),
        ("Manual", "refs/heads/work"),
        ("IndividualCI", "refs/tags/v1"),
    ] {
        let variables = [
            ("TF_BUILD", "True"),
            ("BUILD_REASON", reason),
            ("BUILD_SOURCEBRANCH", branch),
            ("BUILD_SOURCEVERSION", after.as_str()),
        ];
        assert_eq!(scene.found(&folder, &variables), set(&["old.py", "pay.py"]), "{branch}");
        let named = ["--format", "json", "--default-branch", "main"];
        let run = scene.ci(&folder, &variables, &named).expect(1);
        assert_eq!(paths(&json(&run)), set(&["pay.py"]), "{branch}");
    }
}

#[test]
fn buildkite_knows_the_target_and_the_default_branch() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.cloned(&[], &after);
    let with = |more: &[(&'static str, &str)]| {
        let mut variables = vec![
            ("BUILDKITE", "true".to_owned()),
            ("BUILDKITE_COMMIT", after.clone()),
            ("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "main".to_owned()),
        ];
        variables.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        scene.found(&folder, &variables)
    };
    let none = ("BUILDKITE_PULL_REQUEST", "false");
    let branch = ("BUILDKITE_BRANCH", "work");
    assert_eq!(with(&[none, branch, ("BUILDKITE_SOURCE", "webhook")]), set(&["pay.py"]));
    assert_eq!(with(&[none, branch, ("BUILDKITE_SOURCE", "schedule")]), set(&["pay.py"]));
    assert_eq!(
        with(&[none, ("BUILDKITE_BRANCH", "v1"), ("BUILDKITE_TAG", "v1")]),
        set(&["pay.py"])
    );
    let target = ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main");
    assert_eq!(with(&[branch, ("BUILDKITE_PULL_REQUEST", "3"), target]), set(&["pay.py"]));
    let queue = ("BUILDKITE_MERGE_QUEUE_BASE_COMMIT", scene.main.as_str());
    assert_eq!(with(&[none, branch, queue]), set(&["pay.py"]));
    let main = ("BUILDKITE_BRANCH", "main");
    assert_eq!(with(&[none, main]), set(&["old.py", "pay.py"]));
    // The later of the two counts in an environment: a name in place of an id.
    assert_eq!(with(&[none, branch, ("BUILDKITE_COMMIT", "HEAD")]), set(&["pay.py"]));
}
