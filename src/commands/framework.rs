//! Hook managers that keep git's list of refs to themselves. Then every local branch is judged: an
//! empty list may mean that nothing is pushed, or anything.
//!
//! pre-commit and prek read the list and name of a push the first ref alone, in variables. lefthook
//! gives it to commands that ask for it (`use_stdin`).

use std::env;

use anyhow::{Context, Result, bail};

use crate::git::{ObjectId, Ref, Store, Update};

/// Our own hook says with this that the list it gives is git's.
const WHOLE: &str = "KEYSTOP_REFS";

/// What is said where a finding may be on a branch that is not pushed.
pub(super) fn why_all() -> &'static str {
    if runs_this() {
        "pre-commit names only the first ref of a push, so every local branch was judged; \
         `keystop install --only pre-push` beside it is told which ones are pushed"
    } else {
        "git's list of refs was empty, so every local branch was judged: if this push is of others, \
         let what runs this hook pass its standard input (lefthook: use_stdin: true)"
    }
}

/// A push as far as they tell.
pub(super) struct Told {
    pub(super) updates: Vec<Update>,
    /// The remote's name; empty where a range was asked for by hand.
    pub(super) remote: String,
    pub(super) url: String,
}

/// Whether an empty list may come from somebody who read it before.
pub(super) fn may_keep_list() -> bool {
    env::var_os(WHOLE).is_none()
}

/// Whether pre-commit or prek runs this hook.
pub(super) fn runs_this() -> bool {
    env::var_os("PRE_COMMIT").is_some()
}

/// What may be pushed to a remote: every local branch, and what is checked out.
///
/// # Errors
/// Branches that cannot be listed.
pub(super) fn anything(store: &mut Store, remote: String, url: String) -> Result<Told> {
    let updates = branches(store)?;
    Ok(Told { updates, remote, url })
}

/// The push: the ref they name, and, since others may be pushed with it, every local branch.
///
/// # Errors
/// Variables that name nothing, or what is not here.
pub(super) fn told(store: &mut Store) -> Result<Told> {
    let read = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let id = |store: &mut Store, name: &str| {
        let revision = read(name);
        let id = revision.map(|revision| store.resolve(&revision));
        id.transpose().with_context(|| format!("finding what {name} names"))
    };
    let remote = read("PRE_COMMIT_REMOTE_NAME").unwrap_or_default();
    let url = read("PRE_COMMIT_REMOTE_URL").unwrap_or_default();
    let (from, to) = (id(store, "PRE_COMMIT_FROM_REF")?, id(store, "PRE_COMMIT_TO_REF")?);
    let local_ref = read("PRE_COMMIT_LOCAL_BRANCH").unwrap_or_else(|| "HEAD".to_owned());
    let local = match to {
        Some(to) => to,
        // A first push: only the branch's name is told.
        None if !remote.is_empty() => store.resolve(&local_ref)?,
        None => bail!(
            "pre-commit names no push, so nothing was judged: give it --from-ref and --to-ref, or \
             run keystop scan"
        ),
    };
    let zero = zero(&local)?;
    let mut updates = vec![Update {
        remote_ref: read("PRE_COMMIT_REMOTE_BRANCH").unwrap_or_default().into_bytes(),
        local_ref: local_ref.into_bytes(),
        local,
        remote: from.unwrap_or(zero),
    }];
    if !remote.is_empty() {
        updates.extend(branches(store)?);
    }
    Ok(Told { updates, remote, url })
}

/// Every local branch and what is checked out, as if pushed to where nothing is.
fn branches(store: &mut Store) -> Result<Vec<Update>> {
    let is_branch = |one: &Ref| one.name.starts_with(b"refs/heads/");
    let refs = store.refs()?.into_iter().filter(is_branch);
    let mut tips: Vec<(ObjectId, Vec<u8>)> = refs.map(|one| (one.tip, one.name)).collect();
    if let Some(head) = store.head()?.filter(|head| tips.iter().all(|(tip, _)| tip != head)) {
        tips.push((head, b"HEAD".to_vec()));
    }
    let update = |(local, name): (ObjectId, Vec<u8>)| {
        let remote = zero(&local)?;
        Ok(Update { local_ref: name.clone(), local, remote_ref: name, remote })
    };
    tips.into_iter().map(update).collect()
}

/// Git's id of nothing.
fn zero(like: &ObjectId) -> Result<ObjectId> {
    let digits = "0".repeat(like.to_string().len());
    ObjectId::from_hex(digits.as_bytes()).context("an id of unknown length")
}
