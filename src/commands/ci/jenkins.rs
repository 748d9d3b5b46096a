//! Jenkins: a server's own page `env-vars.html` for the variables of multibranch projects, and the
//! page of the Git plugin for those of the checkout.

use anyhow::Result;

use super::platform::variable;
use super::started::{Before, Started, Target, branch_ref, tag_ref};

pub(super) fn read() -> Result<Started> {
    // Set by the checkout; a pipeline has them in its environment, or passes them on.
    let commit = variable("GIT_COMMIT");
    if let Some(branch) = variable("CHANGE_TARGET") {
        let target = Target { branch: Some(branch), ..Target::default() };
        return Ok(Started::request(commit, target));
    }
    if let Some(tag) = variable("TAG_NAME") {
        return Ok(Started::push(Some(tag_ref(tag)), commit, Before::New));
    }
    let tracked = variable("GIT_BRANCH");
    let local = tracked.map(|name| match name.strip_prefix("origin/") {
        Some(name) => name.to_owned(),
        None => name,
    });
    let branch = variable("BRANCH_NAME").or(local).filter(|name| name != "detached");
    // The last build may have been red, or may have died before keystop ran; the last green one
    // was judged.
    let judged = variable("GIT_PREVIOUS_SUCCESSFUL_COMMIT");
    let before = judged.map_or(Before::Unsaid, Before::Commit);
    let started = Started::push(branch.map(branch_ref), commit, before);
    Ok(Started { on_default: variable("BRANCH_IS_PRIMARY").is_some(), ..started })
}
