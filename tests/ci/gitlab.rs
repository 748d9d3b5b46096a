//! GitLab CI.

use super::*;

/// The variables of every job, and those of this one.
fn job<'a>(
    source: &'a str,
    commit: &'a str,
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let every = [
        ("CI", "true"),
        ("GITLAB_CI", "true"),
        ("CI_DEFAULT_BRANCH", "main"),
        ("CI_PIPELINE_SOURCE", source),
        ("CI_COMMIT_SHA", commit),
    ];
    [&every, more].concat()
}

#[test]
fn a_branch_is_what_came_since_the_commit_before() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let branch = ("CI_COMMIT_BRANCH", "main");
    let before = ("CI_COMMIT_BEFORE_SHA", scene.main.as_str());
    scene.finds_its_key(&folder, &job("push", &after, &[branch, before]));
    // A run by hand or by the clock has zeros.
    let zeros = ("CI_COMMIT_BEFORE_SHA", ZERO);
    let all = scene.found(&folder, &job("schedule", &after, &[branch, zeros]));
    assert_eq!(all, set(&["old.py", "pay.py"]));
}

#[test]
fn a_new_branch_and_a_tag_are_what_the_default_branch_does_not_have() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    scene.dev.git(&["tag", "v1"]).expect(0);
    scene.dev.git(&["push", "-q", "origin", "v1"]).expect(0);
    let folder = scene.whole(&[], &after);
    let zeros = ("CI_COMMIT_BEFORE_SHA", ZERO);
    for of in [("CI_COMMIT_BRANCH", "work"), ("CI_COMMIT_TAG", "v1")] {
        scene.finds_its_key(&folder, &job("push", &after, &[of, zeros]));
    }
}

#[test]
fn a_merge_request_is_what_its_target_does_not_have() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.brought();
    scene.push("refs/merge-requests/1/head");
    scene.dev.git(&["switch", "-q", "main"]).expect(0);
    let target = scene.commit("meanwhile.py", secret(&sandbox, 5));
    scene.push("main");
    let of = [
        ("CI_MERGE_REQUEST_IID", "1"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", scene.main.as_str()),
        ("CI_COMMIT_BEFORE_SHA", ZERO),
    ];
    let refs = ["+refs/merge-requests/1/head:refs/pipelines/7"];
    let folder = scene.whole(&refs, &head);
    scene.finds_its_key(&folder, &job("merge_request_event", &head, &of));
    // Where only the request's ref was fetched, by the commit they have in common.
    let folder = scene.fetched(&refs, &[], &head);
    scene.finds_its_key(&folder, &job("merge_request_event", &head, &of));
    // Merged results: the commit is a merge that GitLab made.
    let merge = scene.merge(&head, "refs/merge-requests/1/merge");
    let refs = ["+refs/merge-requests/1/merge:refs/pipelines/8"];
    let folder = scene.fetched(&refs, &[], &merge);
    let ends = [
        ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", target.as_str()),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", head.as_str()),
    ];
    let variables = job("merge_request_event", &merge, &[&of[..], &ends].concat());
    scene.finds_its_key(&folder, &variables);
}

#[test]
fn a_request_at_another_platform_is_what_its_target_does_not_have() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.brought();
    scene.push("work");
    let folder = scene.whole(&[], &head);
    let of = [
        ("CI_EXTERNAL_PULL_REQUEST_IID", "1"),
        ("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA", head.as_str()),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA", scene.main.as_str()),
    ];
    scene.finds_its_key(&folder, &job("external_pull_request_event", &head, &of));
}
