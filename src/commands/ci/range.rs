//! From what a platform says to commits of this clone: which are judged, and whose configuration
//! holds.

use anyhow::{Context, Result, bail};

use super::started::{Before, Merge, Started, Target};
use crate::git::{Commit, Kind, ObjectId, Store};

/// What is judged: everything that the tips reach and the known commits do not.
#[derive(Debug, Default)]
pub(super) struct Range {
    pub tips: Vec<ObjectId>,
    pub known: Vec<ObjectId>,
    pub base: Base,
    /// A commit of the run that this clone lacks.
    pub missing: Option<String>,
    /// How the known commits were found, in words that follow "judged".
    pub since: String,
}

/// Whose configuration and allow file hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Base {
    /// This commit's.
    Commit(ObjectId),
    /// There is nothing before: what is judged brings its own.
    #[default]
    Own,
    /// There is a version before, but it is not here: nobody's.
    Missing,
}

impl Range {
    /// Finds the run's commits in the clone.
    ///
    /// # Errors
    /// A repository that cannot be read.
    pub(super) fn of(store: &mut Store, started: &Started) -> Result<Range> {
        let mut range = Range::default();
        range.tips.extend(store.head()?);
        for id in &started.tips {
            match here(store, id)? {
                Some(commit) => range.tips.push(commit),
                None => range.missing = Some(id.clone()),
            }
        }
        for id in &started.made {
            range.tips.extend(here(store, id)?);
        }
        // A tag's own message travels with it.
        if let Some(tag) = started.ref_name.as_ref().filter(|name| name.starts_with("refs/tags/")) {
            range.tips.extend(named(store, tag));
        }
        range.tips.sort_unstable();
        range.tips.dedup();
        range.look_before(store, started)?;
        Ok(range)
    }

    /// The user's word: everything since `base`.
    ///
    /// # Errors
    /// A revision git does not know, unless it is an id.
    pub(super) fn since(store: &mut Store, started: &Started, base: &str) -> Result<Range> {
        let mut range = Range::of(store, &Started { before: Before::New, ..started.clone() })?;
        let is_id = base.len() >= 7 && base.bytes().all(|byte| byte.is_ascii_hexdigit());
        let known = if is_id {
            here(store, base)?
        } else {
            let commit = store.resolve(&format!("{base}^{{commit}}"));
            Some(commit.with_context(|| format!("--base {base:?} names no commit here"))?)
        };
        match known {
            Some(known) => {
                range.known = vec![known];
                range.base = Base::Commit(known);
                range.since = format!("since {}", known.short());
            }
            None => range.since = format!("{} (--base {base} is not here)", range.since),
        }
        Ok(range)
    }

    /// Whether the checked out commit has all files of the run's: it is one of its commits, was
    /// made of one by the platform, or reaches one.
    pub(super) fn is_checked_out(&self, store: &mut Store, started: &Started) -> Result<bool> {
        let Some(head) = store.head()? else { return Ok(false) };
        for id in &started.tips {
            let Some(tip) = here(store, id)? else { continue };
            if store.commits_between(&[tip], &[head]).is_ok_and(|above| above.is_empty()) {
                return Ok(true);
            }
        }
        for id in &started.made {
            if here(store, id)? == Some(head) {
                return Ok(true);
            }
        }
        Ok(started.tips.is_empty())
    }

    fn look_before(&mut self, store: &mut Store, started: &Started) -> Result<()> {
        match &started.before {
            Before::Deleted => bail!("the ref was deleted"),
            Before::Commit(id) => match here(store, id)? {
                Some(commit) => {
                    self.known.push(commit);
                    self.base = Base::Commit(commit);
                    self.since = format!("since {}", commit.short());
                }
                None => {
                    self.look_at_default(store, started);
                    self.since = format!(
                        "{} ({}, which was there before, is not here)",
                        self.since,
                        id.get(..12).unwrap_or(id)
                    );
                }
            },
            Before::Target(target) => self.look_at_target(store, target)?,
            Before::New | Before::Unsaid => self.look_at_default(store, started),
        }
        Ok(())
    }

    /// A request's commits are those that its target does not have.
    fn look_at_target(&mut self, store: &mut Store, target: &Target) -> Result<()> {
        let merged = match &target.merge {
            Some(merge) => first_parent(store, merge)?,
            None => None,
        };
        let mut versions = Vec::from_iter(merged);
        for id in &target.commits {
            versions.extend(here(store, id)?);
        }
        let branch = target.branch.as_deref();
        versions.extend(branch.and_then(|branch| tracked(store, branch)));
        if let Some(id) = &target.fork_point {
            versions.extend(here(store, id)?);
        }
        // The latest version of the target: others may be older.
        match versions.first() {
            Some(base) => {
                self.base = Base::Commit(*base);
                self.since = format!("not in the target ({})", base.short());
            }
            None => {
                self.base = Base::Missing;
                self.since = "reached at all: the target branch is not in this clone".to_owned();
            }
        }
        self.known = versions;
        Ok(())
    }

    /// What is new, or of unknown age, is compared with the default branch, unless it may be that.
    fn look_at_default(&mut self, store: &mut Store, started: &Started) {
        let branch = started.default_branch.as_deref();
        let default = match branch {
            Some(branch) => tracked(store, branch),
            None => named(store, "refs/remotes/origin/HEAD"),
        };
        let is_other = !started.on_default
            && started.ref_name.as_deref().is_some_and(|name| {
                let own = name.strip_prefix("refs/heads/");
                match (own, branch) {
                    (None, _) => name.starts_with("refs/tags/"),
                    (Some(own), Some(branch)) => own != branch,
                    // By what git noted at the clone.
                    (Some(own), None) => default_name(store).is_some_and(|name| name != own),
                }
            });
        if let Some(default) = default.filter(|_| is_other) {
            self.known.push(default);
            self.base = Base::Commit(default);
            self.since = format!("not in the default branch ({})", default.short());
        } else {
            self.base = Base::Own;
            let why = if is_other || started.ref_name.is_none() {
                ": nothing says which were there before"
            } else if matches!(started.before, Before::Unsaid) {
                ": nothing says which were there before on the default branch"
            } else {
                ""
            };
            self.since = format!("reached at all{why}");
        }
    }
}

/// The commit of an id, whole or abbreviated, if it is here.
///
/// # Errors
/// An object that cannot be read.
fn here(store: &mut Store, id: &str) -> Result<Option<ObjectId>> {
    if let Some(id) = ObjectId::from_hex(id.as_bytes()) {
        return Ok(if id.is_zero() { None } else { store.read_if_there(&id)?.map(|_| id) });
    }
    let is_short = id.len() >= 7 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let found = is_short.then(|| store.resolve(&format!("{id}^{{commit}}")).ok()).flatten();
    // Not a branch that is called like it.
    Ok(found.filter(|found| found.to_string().starts_with(&id.to_ascii_lowercase())))
}

/// What a ref points at, if it is here.
fn named(store: &mut Store, name: &str) -> Option<ObjectId> {
    // What is no ref's name could be an expression.
    let is_name = |name: &str| {
        !name.contains("..")
            && !name.contains("@{")
            && !name.contains(|c: char| c.is_control() || " ~^:?*[\\".contains(c))
    };
    is_name(name).then(|| store.resolve(name).ok()).flatten()
}

/// The remote's branch as it was fetched.
fn tracked(store: &mut Store, branch: &str) -> Option<ObjectId> {
    let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    named(store, &format!("refs/remotes/origin/{branch}"))
}

/// The name of the default branch, as a clone notes it.
fn default_name(store: &Store) -> Option<String> {
    let text = std::fs::read_to_string(store.common_dir().join("refs/remotes/origin/HEAD")).ok()?;
    let name = text.trim_end().strip_prefix("ref: refs/remotes/origin/")?;
    Some(name.to_owned())
}

/// The target's side of a merge that the platform made.
fn first_parent(store: &mut Store, merge: &Merge) -> Result<Option<ObjectId>> {
    let Some(id) = here(store, &merge.commit)? else { return Ok(None) };
    let object = store.read(&id)?;
    if object.kind != Kind::Commit {
        return Ok(None);
    }
    let parents = Commit::parse(&object.data)?.parents;
    let [target, request] = parents[..] else { return Ok(None) };
    let is_requests = match &merge.request {
        Some(wanted) => request.to_string() == *wanted,
        None => true,
    };
    // A shallow clone has the merge and not its parents.
    let is_here = is_requests && store.read_if_there(&target)?.is_some();
    Ok(is_here.then_some(target))
}
