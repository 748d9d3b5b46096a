//! TeamCity: the page "List of Predefined Build Parameters". Most are no variables: a file that a
//! variable names holds the system properties, and one of these names the file of all parameters.

use std::collections::HashMap;

use anyhow::{Context, Result};

use super::platform::variable;
use super::started::{Before, Started, Target, branch_ref, short_branch};

/// What the page calls the branch of a build that has only one.
const DEFAULT: &str = "<default>";

pub(super) fn read() -> Result<Started> {
    let parameters = parameters()?;
    let parameter = |name: &str| parameters.get(name).filter(|value| !value.is_empty()).cloned();
    let commit = variable("BUILD_VCS_NUMBER").or_else(|| parameter("build.vcs.number"));
    if let Some(branch) = parameter("teamcity.pullRequest.target.branch") {
        let target = Target { branch: Some(short_branch(branch)), ..Target::default() };
        return Ok(Started::request(commit, target));
    }
    let branch = parameter("teamcity.build.branch");
    let on_default = branch.as_deref() == Some(DEFAULT)
        || parameter("teamcity.build.branch.is_default").is_some_and(|is| is == "true");
    let ref_name = branch.filter(|name| name != DEFAULT).map(branch_ref);
    Ok(Started { on_default, ..Started::push(ref_name, commit, Before::Unsaid) })
}

/// The parameters, where their files are there.
fn parameters() -> Result<HashMap<String, String>> {
    let Some(path) = variable("TEAMCITY_BUILD_PROPERTIES_FILE") else {
        return Ok(HashMap::new());
    };
    let read = |path: &str| {
        let text = std::fs::read(path).context("reading the file of the build's parameters")?;
        Ok::<_, anyhow::Error>(properties(&String::from_utf8_lossy(&text)))
    };
    let mut parameters = read(&path)?;
    if let Some(path) = parameters.get("teamcity.configuration.properties.file") {
        parameters.extend(read(&path.clone())?);
    }
    Ok(parameters)
}

/// Java's properties: `name=value`, with a backslash before what else would mean something.
fn properties(text: &str) -> HashMap<String, String> {
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with(['#', '!']));
    let plain = |text: &str| {
        let mut escaped = false;
        let mut plain = String::new();
        for c in text.trim().chars() {
            escaped = c == '\\' && !escaped;
            if !escaped {
                plain.push(c);
            }
        }
        plain
    };
    lines
        .filter_map(|line| {
            let mut escaped = false;
            let end = line.find(|c| {
                let ends = matches!(c, '=' | ':') && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            })?;
            Some((plain(&line[..end]), plain(&line[end + 1..])))
        })
        .collect()
}
