//! Azure Pipelines: the page "Use predefined variables". What a branch pointed at before is not
//! among them.

use anyhow::Result;

use super::platform::variable;
use super::started::{Before, Merge, Started, Target, branch_ref, short_branch};

pub(super) fn read() -> Result<Started> {
    let commit = variable("BUILD_SOURCEVERSION");
    // A branch, a tag, or the merge of a request: refs/pull/1/merge.
    let ref_name = variable("BUILD_SOURCEBRANCH").map(branch_ref);
    let reason = variable("BUILD_REASON").unwrap_or_default();
    if let Some(branch) = variable("SYSTEM_PULLREQUEST_TARGETBRANCH") {
        let request = variable("SYSTEM_PULLREQUEST_SOURCECOMMITID");
        let is_merge =
            ref_name.is_some_and(|name| name.starts_with("refs/pull/") && name.ends_with("/merge"));
        let merge = commit.clone().filter(|_| is_merge);
        let target = Target {
            branch: Some(short_branch(branch)),
            merge: merge.map(|commit| Merge { commit, request: request.clone() }),
            ..Target::default()
        };
        let made = Vec::from_iter(commit.clone());
        return Ok(Started { made, ..Started::request(request.or(commit), target) });
    }
    Ok(match reason.as_str() {
        "IndividualCI" | "BatchedCI" => Started::push(ref_name, commit, Before::Unsaid),
        _ => Started::unprompted(ref_name, commit),
    })
}
