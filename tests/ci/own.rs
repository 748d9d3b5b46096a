//! Jenkins, Drone, Woodpecker, TeamCity.

use super::*;

#[test]
fn jenkins_a_branch_is_what_came_since_the_last_green_build() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let branch = "+refs/heads/main:refs/remotes/origin/main";
    let folder = scene.fetched(&[branch], &[], &after);
    let every = [
        ("JENKINS_URL", "https://jenkins.example/"),
        ("GIT_COMMIT", after.as_str()),
        ("GIT_BRANCH", "origin/main"),
    ];
    let green = [("GIT_PREVIOUS_SUCCESSFUL_COMMIT", scene.main.as_str())];
    scene.finds_its_key(&folder, &[&every[..], &green].concat());
    // The last build of all may have been the red one that found the key.
    let last = [("GIT_PREVIOUS_COMMIT", after.as_str())];
    let variables = [&every[..], &green, &last].concat();
    scene.finds_its_key(&folder, &variables);
    assert_eq!(scene.found(&folder, &every), set(&["old.py", "pay.py"]));
}

#[test]
fn jenkins_a_multibranch_request_is_what_its_target_does_not_have() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.brought();
    scene.push("refs/pull/1/head");
    let main = "+refs/heads/main:refs/remotes/origin/main";
    let refs = ["+refs/pull/1/head:refs/remotes/origin/PR-1", main];
    let folder = scene.fetched(&refs, &[], &head);
    let variables = [
        ("JENKINS_URL", "https://jenkins.example/"),
        ("BRANCH_NAME", "PR-1"),
        ("CHANGE_ID", "1"),
        ("CHANGE_BRANCH", "work"),
        ("CHANGE_TARGET", "main"),
        ("GIT_COMMIT", head.as_str()),
    ];
    scene.finds_its_key(&folder, &variables);
    // The merge that the plugin makes here, of which nobody else has the id.
    sandbox.run(&folder, "git", &["checkout", "-q", "origin/main"], &[], b"").expect(0);
    let merge = ["merge", "-q", "--no-ff", "-m", "merge", &head];
    sandbox.run(&folder, "git", &merge, &[], b"").expect(0);
    scene.finds_its_key(&folder, &variables);
    // Without the target branch all is judged, by nobody's configuration.
    let folder = scene.fetched(&refs[..1], &[], &head);
    assert_eq!(scene.found(&folder, &variables), set(&["old.py", "pay.py"]));
}

#[test]
fn jenkins_a_branch_of_a_multibranch_project_needs_the_default_branchs_name() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.whole(&[], &after);
    let variables = [
        ("JENKINS_URL", "https://jenkins.example/"),
        ("BRANCH_NAME", "work"),
        ("GIT_COMMIT", &after),
    ];
    let named = ["--format", "json", "--default-branch", "main"];
    let run = scene.ci(&folder, &variables, &named).expect(1);
    assert_eq!(paths(&json(&run)), set(&["pay.py"]));
    assert_eq!(scene.found(&folder, &variables), set(&["old.py", "pay.py"]));
}

#[test]
fn drone_names_the_commit_before_for_a_push() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.whole(&[], &after);
    let with = |more: &[(&'static str, &str)]| {
        let mut variables =
            vec![("DRONE", "true"), ("DRONE_REPO_BRANCH", "main"), ("DRONE_COMMIT_SHA", &after)];
        variables.extend(more.iter().map(|(name, value)| (*name, *value)));
        scene.found(&folder, &variables)
    };
    let push = ("DRONE_BUILD_EVENT", "push");
    let main = scene.main.as_str();
    let on_main = [push, ("DRONE_BRANCH", "main"), ("DRONE_COMMIT_BEFORE", main)];
    assert_eq!(with(&on_main), set(&["pay.py"]));
    let new = [push, ("DRONE_BRANCH", "work"), ("DRONE_COMMIT_BEFORE", ZERO)];
    assert_eq!(with(&new), set(&["pay.py"]));
    let tag = [("DRONE_BUILD_EVENT", "tag"), ("DRONE_COMMIT_REF", "refs/tags/v1")];
    assert_eq!(with(&tag), set(&["pay.py"]));
    let cron = [("DRONE_BUILD_EVENT", "cron"), ("DRONE_BRANCH", "main")];
    assert_eq!(with(&cron), set(&["old.py", "pay.py"]));
    // For a request the commit before may be the request's own last one.
    let request = [
        ("DRONE_BUILD_EVENT", "pull_request"),
        ("DRONE_TARGET_BRANCH", "main"),
        ("DRONE_COMMIT_BEFORE", after.as_str()),
    ];
    assert_eq!(with(&request), set(&["pay.py"]));
}

#[test]
fn drone_merges_a_request_into_its_own_branch_of_the_targets_name() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.brought();
    scene.push("refs/pull/1/head");
    let main = "+refs/heads/main:refs/remotes/origin/main";
    let folder = scene.fetched(&[main, "+refs/pull/1/head:refs/request"], &[], &scene.main);
    for arguments in [&["checkout", "-q", "-B", "main"][..], &["merge", "-q", &head]] {
        sandbox.run(&folder, "git", arguments, &[], b"").expect(0);
    }
    let variables = [
        ("DRONE", "true"),
        ("DRONE_BUILD_EVENT", "pull_request"),
        ("DRONE_TARGET_BRANCH", "main"),
        ("DRONE_COMMIT_SHA", head.as_str()),
    ];
    scene.finds_its_key(&folder, &variables);
}

#[test]
fn woodpecker_takes_the_last_pipeline_only_if_it_was_a_green_push() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let with = |event, status, kind, more: &[(&'static str, &'static str)]| {
        let mut variables = vec![
            ("CI", "woodpecker"),
            ("CI_REPO_DEFAULT_BRANCH", "main"),
            ("CI_COMMIT_SHA", &after),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_PIPELINE_EVENT", event),
            ("CI_PREV_COMMIT_SHA", &scene.main),
            ("CI_PREV_PIPELINE_STATUS", status),
            ("CI_PREV_PIPELINE_EVENT", kind),
        ];
        variables.extend(more);
        scene.found(&folder, &variables)
    };
    assert_eq!(with("push", "success", "push", &[]), set(&["pay.py"]));
    for (status, kind) in [("failure", "push"), ("success", "pull_request")] {
        assert_eq!(with("push", status, kind, &[]), set(&["old.py", "pay.py"]));
    }
    assert_eq!(with("cron", "success", "push", &[]), set(&["old.py", "pay.py"]));
    // Main has it by now: a tag on it brings nothing, nor does a request for it.
    let tag = [("CI_COMMIT_TAG", "v1"), ("CI_COMMIT_BRANCH", "")];
    assert_eq!(with("tag", "success", "push", &tag), set(&[]));
    let target = [("CI_COMMIT_TARGET_BRANCH", "main")];
    assert_eq!(with("pull_request", "success", "push", &target), set(&[]));
    let target = [("CI_COMMIT_TARGET_BRANCH", "other")];
    let all = with("pull_request", "success", "push", &target);
    assert_eq!(all, set(&["pay.py"]));
}

#[test]
fn teamcity_says_it_in_files_of_properties() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.whole(&[], &after);
    let (system, all) = (sandbox.path().join("b u:ild.properties"), sandbox.path().join("all"));
    let found = |parameters: &str| {
        let escaped = all.to_str().unwrap().replace(':', "\\:").replace('=', "\\=");
        let text = format!("#a comment\nteamcity.configuration.properties.file={escaped}\n");
        std::fs::write(&system, text).unwrap();
        std::fs::write(&all, parameters).unwrap();
        let variables = [
            ("TEAMCITY_VERSION", "2025.07 (build 1)"),
            ("TEAMCITY_BUILD_PROPERTIES_FILE", system.to_str().unwrap()),
            ("BUILD_VCS_NUMBER", after.as_str()),
        ];
        let run = scene.ci(&folder, &variables, &["--format", "json", "--default-branch", "main"]);
        paths(&json(&run.expect(1)))
    };
    let work = "teamcity.build.branch=refs/heads/work\nteamcity.build.branch.is_default=false\n";
    assert_eq!(found(work), set(&["pay.py"]));
    assert_eq!(found("teamcity.pullRequest.target.branch=main\n"), set(&["pay.py"]));
    let whole = "teamcity.pullRequest.target.branch=refs/heads/main\n";
    assert_eq!(found(whole), set(&["pay.py"]));
    for default in [
        "teamcity.build.branch=<default>\nteamcity.build.branch.is_default=true\n",
        "teamcity.build.branch=trunk\nteamcity.build.branch.is_default=true\n",
        "",
    ] {
        assert_eq!(found(default), set(&["old.py", "pay.py"]), "{default}");
    }
}
