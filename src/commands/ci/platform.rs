//! The platforms that run checks, and how each is known by its variables.

use anyhow::{Result, bail};

use super::started::Started;
use super::{
    azure, bitbucket, buildkite, circleci, drone, github, gitlab, jenkins, teamcity, travis,
    woodpecker,
};
use crate::cli::output::Format;

/// A platform.
pub struct Platform {
    /// What `--platform` calls it.
    pub id: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// The variable it sets, and the value where that matters.
    mark: (&'static str, Option<&'static str>),
    /// How it is told to clone everything.
    pub(super) whole: &'static str,
    /// What it shows a person best.
    pub(super) format: Format,
    /// Reads what it says.
    pub(super) read: fn() -> Result<Started>,
}

/// All of them.
pub const PLATFORMS: &[Platform] = &[
    Platform {
        id: "github",
        name: "GitHub Actions",
        mark: ("GITHUB_ACTIONS", Some("true")),
        whole: "give actions/checkout `fetch-depth: 0` and no `filter`",
        format: Format::Github,
        read: github::read,
    },
    Platform {
        id: "gitlab",
        name: "GitLab CI",
        mark: ("GITLAB_CI", None),
        whole: "set `GIT_DEPTH: \"0\"` in the job's variables",
        format: Format::Human,
        read: gitlab::read,
    },
    Platform {
        id: "bitbucket",
        name: "Bitbucket Pipelines",
        mark: ("BITBUCKET_BUILD_NUMBER", None),
        whole: "write `clone: depth: full` in bitbucket-pipelines.yml",
        format: Format::Human,
        read: bitbucket::read,
    },
    Platform {
        id: "circleci",
        name: "CircleCI",
        mark: ("CIRCLECI", Some("true")),
        whole: "give the checkout step `method: full`",
        format: Format::Human,
        read: circleci::read,
    },
    Platform {
        id: "travis",
        name: "Travis CI",
        mark: ("TRAVIS", Some("true")),
        whole: "write `git: depth: false` in .travis.yml",
        format: Format::Human,
        read: travis::read,
    },
    Platform {
        id: "jenkins",
        name: "Jenkins",
        mark: ("JENKINS_URL", None),
        whole: "turn off \"shallow clone\" among the clone behaviours of the checkout",
        format: Format::Human,
        read: jenkins::read,
    },
    Platform {
        id: "azure",
        name: "Azure Pipelines",
        mark: ("TF_BUILD", None),
        whole: "give the checkout step `fetchDepth: 0` and no `fetchFilter`",
        format: Format::Azure,
        read: azure::read,
    },
    Platform {
        id: "buildkite",
        name: "Buildkite",
        mark: ("BUILDKITE", Some("true")),
        whole: "take --depth and --filter out of BUILDKITE_GIT_CLONE_FLAGS and BUILDKITE_GIT_FETCH_FLAGS",
        format: Format::Human,
        read: buildkite::read,
    },
    Platform {
        id: "drone",
        name: "Drone",
        mark: ("DRONE", Some("true")),
        whole: "take `depth` out of the pipeline's `clone`",
        format: Format::Human,
        read: drone::read,
    },
    Platform {
        id: "woodpecker",
        name: "Woodpecker",
        mark: ("CI", Some("woodpecker")),
        whole: "give the clone step `partial: false` and no `depth` in its settings",
        format: Format::Human,
        read: woodpecker::read,
    },
    Platform {
        id: "teamcity",
        name: "TeamCity",
        mark: ("TEAMCITY_VERSION", None),
        whole: "set the parameter teamcity.git.shallowClone to false, and check out on the agent",
        format: Format::Human,
        read: teamcity::read,
    },
];

impl Platform {
    /// The platform that runs this process; `named` is the user's word.
    ///
    /// # Errors
    /// Several that seem to.
    pub(super) fn of_this_run(named: Option<&str>) -> Result<Option<&'static Platform>> {
        if let Some(id) = named {
            return Ok(PLATFORMS.iter().find(|platform| platform.id == id));
        }
        let running: Vec<_> = PLATFORMS.iter().filter(|platform| platform.runs_this()).collect();
        if let [one, other, ..] = running[..] {
            bail!(
                "both {} and {} seem to run this: say which one with --platform {} or {}",
                one.name,
                other.name,
                one.id,
                other.id
            );
        }
        Ok(running.first().copied())
    }

    fn runs_this(&self) -> bool {
        let (name, wanted) = self.mark;
        variable(name)
            .is_some_and(|value| wanted.is_none_or(|wanted| value.eq_ignore_ascii_case(wanted)))
    }
}

/// A variable's value; an empty one is none.
pub(super) fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?.to_string_lossy().into_owned();
    (!value.is_empty()).then_some(value)
}

/// The names of all of them, for people.
pub(super) fn names() -> String {
    let names: Vec<&str> = PLATFORMS.iter().map(|platform| platform.name).collect();
    names.join(", ")
}
