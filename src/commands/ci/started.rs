//! What a platform says of the run it started.

/// What a platform says. Ids are hex digits, possibly fewer than all; an empty or zero one is none.
#[derive(Debug, Default, Clone)]
pub(super) struct Started {
    /// What happened, in words that follow "for".
    pub event: &'static str,
    /// The commits that were brought: each must be here.
    pub tips: Vec<String>,
    /// Commits that the platform made of these, such as a merge with the target branch: judged
    /// where they are here.
    pub made: Vec<String>,
    /// What was there before.
    pub before: Before,
    /// The ref that was pushed, whole: `refs/heads/main`.
    pub ref_name: Option<String>,
    /// The repository's default branch, without `refs/heads/`.
    pub default_branch: Option<String>,
    /// Whether the ref is known to be the default branch, where the name does not tell.
    pub on_default: bool,
}

/// What was there before the run's commits.
#[derive(Debug, Default, Clone)]
pub(super) enum Before {
    /// Nobody says: a platform that does not tell, a run by the clock or by hand.
    #[default]
    Unsaid,
    /// Nothing: the ref is new.
    New,
    /// The ref pointed at this commit, or this commit was judged before.
    Commit(String),
    /// What the commits are to be merged into.
    Target(Target),
    /// The ref was deleted, so that nothing was brought.
    Deleted,
}

/// What a pull request is to be merged into.
#[derive(Debug, Default, Clone)]
pub(super) struct Target {
    /// The branch.
    pub branch: Option<String>,
    /// Commits it pointed at, the latest first.
    pub commits: Vec<String>,
    /// Where the request's branch left it.
    pub fork_point: Option<String>,
    /// A merge that the platform made: its first parent is the target branch's.
    pub merge: Option<Merge>,
}

/// A merge commit that the platform made of a request.
#[derive(Debug, Clone)]
pub(super) struct Merge {
    /// The merge.
    pub commit: String,
    /// The request's commit, where the platform says it: the second parent.
    pub request: Option<String>,
}

impl Started {
    /// A push to a ref that pointed at `before`, which is empty or zero for a new one.
    pub(super) fn push(ref_name: Option<String>, tip: Option<String>, before: Before) -> Started {
        let is_tag = ref_name.as_ref().is_some_and(|name| name.starts_with("refs/tags/"));
        let event = if is_tag { "a tag" } else { "a push" };
        let tips = Vec::from_iter(tip);
        Started { event, tips, before, ref_name, ..Started::default() }
    }

    /// A run that no commits started: by the clock, by hand, by another program.
    pub(super) fn unprompted(ref_name: Option<String>, tip: Option<String>) -> Started {
        let event = "a run that no push started";
        let tips = Vec::from_iter(tip);
        Started { event, tips, ref_name, ..Started::default() }
    }

    /// A request to merge `tip` into `target`.
    pub(super) fn request(tip: Option<String>, target: Target) -> Started {
        Started {
            event: "a pull request",
            tips: Vec::from_iter(tip),
            before: Before::Target(target),
            ..Started::default()
        }
    }
}

impl Before {
    /// What a platform says that writes zeros, or nothing, for a new ref.
    pub(super) fn of(id: Option<String>) -> Before {
        match id {
            Some(id) if id.bytes().any(|digit| digit != b'0') => Before::Commit(id),
            _ => Before::New,
        }
    }
}

/// `refs/heads/…` of a branch, or the ref itself.
pub(super) fn branch_ref(name: String) -> String {
    if name.starts_with("refs/") { name } else { format!("refs/heads/{name}") }
}

/// `refs/tags/…` of a tag.
pub(super) fn tag_ref(name: String) -> String {
    if name.starts_with("refs/") { name } else { format!("refs/tags/{name}") }
}

/// A branch's name without `refs/heads/`.
pub(super) fn short_branch(name: String) -> String {
    name.strip_prefix("refs/heads/").map(str::to_owned).unwrap_or(name)
}
