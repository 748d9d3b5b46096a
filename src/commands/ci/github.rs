//! GitHub Actions: the page "Events that trigger workflows" says what the commit is for each event,
//! "Variables reference" names the variables, and "Webhook events and payloads" the event's file.
//! Gitea and Forgejo set the same.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::platform::variable;
use super::started::{Before, Merge, Started, Target};

/// The parts of the event's file that say which commits are meant.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event {
    before: Option<String>,
    after: Option<String>,
    deleted: Option<bool>,
    pull_request: Option<PullRequest>,
    merge_group: Option<MergeGroup>,
    repository: Option<Repository>,
}

#[derive(Debug, Deserialize)]
struct PullRequest {
    base: End,
    head: End,
}

#[derive(Debug, Deserialize)]
struct End {
    #[serde(rename = "ref")]
    name: String,
    sha: String,
}

#[derive(Debug, Deserialize)]
struct MergeGroup {
    base_sha: String,
    head_sha: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Repository {
    default_branch: Option<String>,
}

pub(super) fn read() -> Result<Started> {
    let event = event()?;
    let sha = variable("GITHUB_SHA");
    let ref_name = variable("GITHUB_REF").filter(|name| name.starts_with("refs/"));
    let name = variable("GITHUB_EVENT_NAME").unwrap_or_default();
    let started = if let Some(request) = event.pull_request {
        // Every event about a request has it in its file. The commit of `pull_request_target` is
        // the base's: no merge was made.
        let merge = sha.clone().filter(|_| name != "pull_request_target");
        let merge = merge.map(|commit| Merge { commit, request: Some(request.head.sha.clone()) });
        let target = Target {
            branch: Some(request.base.name),
            commits: vec![request.base.sha],
            merge,
            ..Target::default()
        };
        let made = Vec::from_iter(sha.filter(|_| name != "pull_request_target"));
        Started { made, ..Started::request(Some(request.head.sha), target) }
    } else if let Some(group) = event.merge_group {
        let before = Before::of(Some(group.base_sha));
        Started { event: "a merge group", ..Started::push(None, Some(group.head_sha), before) }
    } else if name == "push" {
        let gone = event.deleted == Some(true);
        let before = if gone { Before::Deleted } else { Before::of(event.before) };
        Started::push(ref_name, event.after.filter(|_| !gone).or(sha), before)
    } else {
        Started::unprompted(ref_name, sha)
    };
    let default_branch = event.repository.and_then(|repository| repository.default_branch);
    Ok(Started { default_branch, ..started })
}

fn event() -> Result<Event> {
    let path = variable("GITHUB_EVENT_PATH")
        .context("GITHUB_EVENT_PATH names no file: what started this run is not known")?;
    let text = std::fs::read(&path).context("reading the event's file (GITHUB_EVENT_PATH)")?;
    // A fault of the file quotes its text, which is not ours to show.
    serde_json::from_slice(&text)
        .ok()
        .context("the event's file (GITHUB_EVENT_PATH) is not of the form GitHub documents")
}
