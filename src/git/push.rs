//! What git is about to send.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};

use super::address::same_repository;
use super::object::{Kind, ObjectId, Tag};
use super::program::answer;
use super::store::Store;

/// One line of a pre-push hook's input.
#[derive(Debug)]
pub struct Update {
    /// The local ref, or an expression such as `HEAD~1`; `(delete)` for a deletion.
    pub local_ref: Vec<u8>,
    /// What the remote ref will point at; zero for a deletion.
    pub local: ObjectId,
    /// The ref on the remote.
    pub remote_ref: Vec<u8>,
    /// What it points at now; zero for a new one.
    pub remote: ObjectId,
}

/// Reads every line git gives the hook.
///
/// # Errors
/// A line of another form: guessing would mean not looking.
pub fn parse_updates(input: &[u8]) -> Result<Vec<Update>> {
    input
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
            // The local side may be an expression with spaces (`HEAD@{2 days ago}`).
            let [local_ref @ .., local, remote_ref, remote] = &words[..] else {
                bail!("git gave the pre-push hook a line of another form")
            };
            let id = |hex| {
                ObjectId::from_hex(hex)
                    .context("git gave the pre-push hook a line without an object id")
            };
            Ok(Update {
                local_ref: local_ref.join(&b' '),
                local: id(local)?,
                remote_ref: remote_ref.to_vec(),
                remote: id(remote)?,
            })
        })
        .collect()
}

/// Everything a push sends that the remote does not have.
#[derive(Debug, Default)]
pub struct Plan {
    /// Commits, parents before children.
    pub commits: Vec<ObjectId>,
    /// Commits that nothing reaches, for whoever judges these too; parts of them may be missing.
    pub aside: Vec<ObjectId>,
    /// Annotated tags.
    pub tags: Vec<ObjectId>,
    /// Trees and blobs that a tag or ref points at directly.
    pub loose: Vec<(ObjectId, Kind)>,
}

/// Finds out what a push sends to the remote called `remote` at `url`; either may be empty.
///
/// # Errors
/// Objects or refs that cannot be read.
pub fn plan(store: &mut Store, updates: &[Update], remote: &str, url: &str) -> Result<Plan> {
    let mut known = Vec::new();
    for update in updates {
        // An old id that is not here (a forced push over somebody else's work) excludes nothing:
        // more is judged, never less.
        if !update.remote.is_zero() && store.read_if_there(&update.remote)?.is_some() {
            known.push(update.remote);
        }
    }
    // A push to a bare URL has no remote-tracking refs, and then none are found.
    // And where a remote is pushed to another place than it is fetched from (its `pushurl`), they
    // say nothing of that place.
    let fetched = store.fetch_urls(remote)?;
    if url.is_empty() || fetched.iter().any(|fetched| same_repository(fetched, url)) {
        known.extend(store.remote_tips(remote)?);
    }
    let tips: Vec<ObjectId> =
        updates.iter().map(|update| update.local).filter(|id| !id.is_zero()).collect();
    plan_between(store, &tips, &known)
}

/// The same for the commits of a range `A..B` or of everything up to `B`.
///
/// # Errors
/// A revision git does not know; objects that cannot be read.
pub fn plan_range(store: &mut Store, range: &str) -> Result<Plan> {
    let (tip, known) = range_ends(store, range)?;
    plan_between(store, &[tip], &known)
}

/// What a range `A..B` names: `B`, and `A` where it has one.
///
/// # Errors
/// A revision git does not know.
pub fn range_ends(store: &mut Store, range: &str) -> Result<(ObjectId, Vec<ObjectId>)> {
    if range.contains("...") {
        bail!(
            "{range:?}: a range is A..B; A...B (the symmetric difference) is not one that is pushed"
        );
    }
    if matches!(range, "" | "..") {
        bail!("{range:?} names no commits: a range is A..B (is a variable of yours empty?)");
    }
    let (from, to) = range.split_once("..").unwrap_or(("", range));
    let to = if to.is_empty() { "HEAD" } else { to };
    let tip = store.resolve(to)?;
    let known = match from {
        "" if range.starts_with("..") => vec![store.resolve("HEAD")?],
        "" => Vec::new(),
        from => vec![store.resolve(from)?],
    };
    Ok((tip, known))
}

/// The same for everything that any ref of the repository reaches, and `HEAD`.
///
/// # Errors
/// Refs or objects that cannot be read.
pub(super) fn plan_history(store: &mut Store) -> Result<Plan> {
    let mut tips: Vec<ObjectId> = store.refs()?.iter().map(|one| one.tip).collect();
    tips.extend(store.head()?);
    tips.sort_unstable();
    tips.dedup();
    plan_between(store, &tips, &[])
}

/// The same for the commits of the local branches and of `HEAD` that no remote-tracking ref reaches.
///
/// # Errors
/// Refs or objects that cannot be read.
pub fn plan_unsent(store: &mut Store) -> Result<Plan> {
    let tips_of = |refs: &str| -> Result<Vec<ObjectId>> {
        let out = answer(&["for-each-ref", "--format=%(objectname)", refs])?;
        let lines = out.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|hex| ObjectId::from_hex(hex).context("git printed no object id")).collect()
    };
    let mut tips = tips_of("refs/heads")?;
    tips.extend(store.head()?);
    let known = tips_of("refs/remotes")?;
    plan_between(store, &tips, &known)
}

/// Everything that some objects reach and others do not.
///
/// # Errors
/// Objects that cannot be read.
pub fn plan_between(store: &mut Store, tips: &[ObjectId], known: &[ObjectId]) -> Result<Plan> {
    let mut plan = Plan::default();
    let known: HashSet<&ObjectId> = known.iter().collect();
    let mut seen = HashSet::new();
    let mut commits = Vec::new();
    let mut pending = tips.to_vec();
    while let Some(id) = pending.pop() {
        // What a ref there points at is there, tags too.
        if known.contains(&id) || !seen.insert(id) {
            continue;
        }
        if store.graph().holds(&id) {
            commits.push(id);
            continue;
        }
        let object = store.read(&id)?;
        match object.kind {
            Kind::Commit => commits.push(id),
            Kind::Tag => {
                plan.tags.push(id);
                // A tag may point at a tag, a tree or a blob.
                pending.push(Tag::parse(&object.data)?.target);
            }
            kind => plan.loose.push((id, kind)),
        }
    }
    if commits.is_empty() {
        return Ok(plan);
    }
    let mut hidden = Vec::new();
    for id in known {
        hidden.extend(peel_to_commit(store, *id)?);
    }
    // The order must not depend on a hash: a run twice is a run twice.
    hidden.sort_unstable();
    hidden.dedup();
    plan.commits = store.commits_between(&commits, &hidden)?;
    Ok(plan)
}

/// The commit behind any number of tags; `None` where there is none, or not here.
pub(super) fn peel_to_commit(store: &mut Store, mut id: ObjectId) -> Result<Option<ObjectId>> {
    loop {
        if store.graph().holds(&id) {
            return Ok(Some(id));
        }
        let Some(object) = store.read_if_there(&id)? else { return Ok(None) };
        match object.kind {
            Kind::Commit => return Ok(Some(id)),
            Kind::Tag => id = Tag::parse(&object.data)?.target,
            _ => return Ok(None),
        }
    }
}
