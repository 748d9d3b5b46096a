//! Bitbucket Pipelines: the page "Variables and secrets". What a branch pointed at before is not
//! among them; for a pull request the clone has merged the target branch in.

use anyhow::Result;

use super::platform::variable;
use super::started::{Before, Started, Target, branch_ref, tag_ref};

pub(super) fn read() -> Result<Started> {
    let commit = variable("BITBUCKET_COMMIT");
    if variable("BITBUCKET_PR_ID").is_some() {
        let target = Target {
            branch: variable("BITBUCKET_PR_DESTINATION_BRANCH"),
            commits: Vec::from_iter(variable("BITBUCKET_PR_DESTINATION_COMMIT")),
            ..Target::default()
        };
        return Ok(Started::request(commit, target));
    }
    let tag = variable("BITBUCKET_TAG").map(tag_ref);
    let ref_name = tag.or_else(|| variable("BITBUCKET_BRANCH").map(branch_ref));
    Ok(Started::push(ref_name, commit, Before::Unsaid))
}
