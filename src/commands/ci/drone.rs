//! Drone: the pages below "Environment Variables, Reference".

use anyhow::Result;

use super::platform::variable;
use super::started::{Before, Started, Target, branch_ref, tag_ref};

pub(super) fn read() -> Result<Started> {
    let commit = variable("DRONE_COMMIT_SHA").or_else(|| variable("DRONE_COMMIT"));
    let branch = variable("DRONE_BRANCH").or_else(|| variable("DRONE_COMMIT_BRANCH"));
    let started = match variable("DRONE_BUILD_EVENT").as_deref() {
        Some("pull_request") => {
            // `DRONE_COMMIT_BEFORE` may be the request's own last commit here.
            let branch = variable("DRONE_TARGET_BRANCH").or(branch);
            Started::request(commit, Target { branch, ..Target::default() })
        }
        Some("tag") => {
            let name = variable("DRONE_COMMIT_REF").or_else(|| variable("DRONE_TAG").map(tag_ref));
            Started::push(name, commit, Before::New)
        }
        Some("push") => {
            let before = Before::of(variable("DRONE_COMMIT_BEFORE"));
            Started::push(branch.map(branch_ref), commit, before)
        }
        _ => Started::unprompted(branch.map(branch_ref), commit),
    };
    Ok(Started { default_branch: variable("DRONE_REPO_BRANCH"), ..started })
}
