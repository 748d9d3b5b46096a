//! Woodpecker: the page "Environment variables".

use anyhow::Result;

use super::platform::variable;
use super::started::{Before, Started, Target, branch_ref, tag_ref};

pub(super) fn read() -> Result<Started> {
    let commit = variable("CI_COMMIT_SHA");
    let branch = variable("CI_COMMIT_BRANCH");
    let started = match variable("CI_PIPELINE_EVENT").unwrap_or_default().as_str() {
        event if event.starts_with("pull_request") => {
            let branch = variable("CI_COMMIT_TARGET_BRANCH").or(branch);
            Started::request(commit, Target { branch, ..Target::default() })
        }
        "tag" | "release" => {
            Started::push(variable("CI_COMMIT_TAG").map(tag_ref), commit, Before::New)
        }
        "push" => {
            // The commit of the branch's last pipeline. A request's would be another branch's, and
            // one that was not green may not have been judged.
            let is = |name: &str, wanted: &str| variable(name).is_some_and(|is| is == wanted);
            let judged =
                is("CI_PREV_PIPELINE_STATUS", "success") && is("CI_PREV_PIPELINE_EVENT", "push");
            let last = variable("CI_PREV_COMMIT_SHA").filter(|_| judged);
            let before = last.map_or(Before::Unsaid, |id| Before::of(Some(id)));
            Started::push(branch.map(branch_ref), commit, before)
        }
        _ => Started::unprompted(branch.map(branch_ref), commit),
    };
    Ok(Started { default_branch: variable("CI_REPO_DEFAULT_BRANCH"), ..started })
}
