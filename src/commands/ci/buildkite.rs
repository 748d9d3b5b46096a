//! Buildkite: the page "Environment variables". What a branch pointed at before is not among them.

use anyhow::Result;

use super::platform::variable;
use super::started::{Before, Started, Target, branch_ref, tag_ref};

pub(super) fn read() -> Result<Started> {
    // May be a name such as HEAD, which is judged in any case.
    let commit =
        variable("BUILDKITE_COMMIT").filter(|id| id.bytes().all(|b| b.is_ascii_hexdigit()));
    let default_branch = variable("BUILDKITE_PIPELINE_DEFAULT_BRANCH");
    let tag = variable("BUILDKITE_TAG").map(tag_ref);
    let started = if let Some(base) = variable("BUILDKITE_MERGE_QUEUE_BASE_COMMIT") {
        Started { event: "a merge queue", ..Started::push(None, commit, Before::of(Some(base))) }
    } else if tag.is_none()
        && variable("BUILDKITE_PULL_REQUEST").is_some_and(|number| number != "false")
    {
        let branch = variable("BUILDKITE_PULL_REQUEST_BASE_BRANCH");
        Started::request(commit, Target { branch, ..Target::default() })
    } else {
        let ref_name = tag.or_else(|| variable("BUILDKITE_BRANCH").map(branch_ref));
        match variable("BUILDKITE_SOURCE").as_deref() {
            Some("schedule" | "ui" | "api") => Started::unprompted(ref_name, commit),
            _ => Started::push(ref_name, commit, Before::Unsaid),
        }
    };
    Ok(Started { default_branch, ..started })
}
