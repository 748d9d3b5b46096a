//! GitLab CI: the page "Predefined CI/CD variables reference".

use anyhow::Result;

use super::platform::variable;
use super::started::{Before, Started, Target, branch_ref, tag_ref};

pub(super) fn read() -> Result<Started> {
    let commit = variable("CI_COMMIT_SHA");
    let request = |prefix: &str| {
        let of = |name: &str| variable(&format!("{prefix}_{name}"));
        of("IID")?;
        let target = Target {
            branch: of("TARGET_BRANCH_NAME"),
            // Set in pipelines for merged results and external requests only.
            commits: Vec::from_iter(of("TARGET_BRANCH_SHA")),
            fork_point: of("DIFF_BASE_SHA"),
            ..Target::default()
        };
        // In a pipeline for merged results the commit is the merge, made by GitLab.
        let tip = of("SOURCE_BRANCH_SHA").or_else(|| commit.clone());
        let made = Vec::from_iter(commit.clone());
        Some(Started { event: "a merge request", made, ..Started::request(tip, target) })
    };
    let started = request("CI_MERGE_REQUEST").or_else(|| request("CI_EXTERNAL_PULL_REQUEST"));
    let started = started.unwrap_or_else(|| {
        let tag = variable("CI_COMMIT_TAG").map(tag_ref);
        let ref_name = tag.or_else(|| variable("CI_COMMIT_BRANCH").map(branch_ref));
        // Zeros for a new ref, and for a run that no push started.
        let before = Before::of(variable("CI_COMMIT_BEFORE_SHA"));
        let is_push = variable("CI_PIPELINE_SOURCE").is_none_or(|source| source == "push");
        if is_push || matches!(before, Before::Commit(_)) {
            Started::push(ref_name, commit.clone(), before)
        } else {
            Started::unprompted(ref_name, commit.clone())
        }
    });
    Ok(Started { default_branch: variable("CI_DEFAULT_BRANCH"), ..started })
}
