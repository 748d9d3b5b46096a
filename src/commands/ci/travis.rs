//! Travis CI: the page "Environment Variables".

use anyhow::Result;

use super::platform::variable;
use super::started::{Before, Merge, Started, Target, branch_ref, tag_ref};

pub(super) fn read() -> Result<Started> {
    let commit = variable("TRAVIS_COMMIT");
    let branch = variable("TRAVIS_BRANCH");
    // `A...B`, abbreviated: what was pushed to, or the target branch, and the last commit.
    let range = variable("TRAVIS_COMMIT_RANGE");
    let first = range.and_then(|range| Some(range.split_once("..")?.0.to_owned()));
    if variable("TRAVIS_PULL_REQUEST").is_some_and(|number| number != "false") {
        let request = variable("TRAVIS_PULL_REQUEST_SHA");
        let merge = commit.clone().zip(Some(request.clone()).filter(Option::is_some));
        let target = Target {
            branch,
            commits: Vec::from_iter(first),
            merge: merge.map(|(commit, request)| Merge { commit, request }),
            ..Target::default()
        };
        let made = Vec::from_iter(commit.clone());
        return Ok(Started { made, ..Started::request(request.or(commit), target) });
    }
    if let Some(tag) = variable("TRAVIS_TAG") {
        return Ok(Started::push(Some(tag_ref(tag)), commit, Before::New));
    }
    let ref_name = branch.map(branch_ref);
    if variable("TRAVIS_EVENT_TYPE").is_none_or(|kind| kind == "push") {
        return Ok(Started::push(ref_name, commit, Before::of(first)));
    }
    Ok(Started::unprompted(ref_name, commit))
}
