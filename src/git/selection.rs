//! What of a repository an audit judges: all that any ref reaches, less on request, or more.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};

use super::id_map::IdSet;
use super::object::{Commit, Kind, Mode, ObjectId, entries};
use super::push::{Plan, plan_between, plan_history};
use super::store::Store;

/// What of a repository is judged.
#[derive(Debug, Default)]
pub struct Selection {
    /// Only what these branches reach, named as `git branch -a` names them; none means every ref.
    pub branches: Vec<String>,
    /// Only commits that were made at this time or later, in seconds since 1970.
    pub since: Option<i64>,
    /// Also what no ref reaches: reflogs, stashes, and all that lies there until git removes it.
    pub unreachable: bool,
}

/// Finds out what an audit judges.
///
/// # Errors
/// A branch that is not there; refs or objects that cannot be read.
pub fn plan_selection(store: &mut Store, selection: &Selection) -> Result<Plan> {
    let mut plan = if selection.branches.is_empty() {
        plan_history(store)?
    } else {
        let tips = branches(store, &selection.branches)?;
        plan_between(store, &tips, &[])?
    };
    if selection.unreachable {
        add_unreachable(store, &mut plan).context("looking for what no ref reaches")?;
    }
    if let Some(since) = selection.since {
        for commits in [&mut plan.commits, &mut plan.aside] {
            let mut kept = Vec::new();
            for id in commits.iter() {
                if date(store, id)? >= since {
                    kept.push(*id);
                }
            }
            *commits = kept;
        }
    }
    Ok(plan)
}

fn branches(store: &mut Store, names: &[String]) -> Result<Vec<ObjectId>> {
    let refs = store.refs()?;
    let mut tips = Vec::new();
    for name in names {
        let named = ["refs/heads/", "refs/remotes/", "refs/", ""]
            .map(|folder| format!("{folder}{name}").into_bytes());
        let found = named.iter().find_map(|name| refs.iter().find(|one| one.name == *name));
        let Some(found) = found else { bail!("no branch is called {name:?}") };
        tips.push(found.tip);
    }
    tips.sort_unstable();
    tips.dedup();
    Ok(tips)
}

/// When a commit was made: not when it was written, which a rebase leaves as it was.
fn date(store: &mut Store, id: &ObjectId) -> Result<i64> {
    let object = store.read_shared(id)?;
    Ok(object.map_or(i64::MAX, |commit| Commit::date(&commit.data)))
}

/// Adds every object of the repository that is not part of what the plan judges already.
fn add_unreachable(store: &mut Store, plan: &mut Plan) -> Result<()> {
    let mut trees = Vec::new();
    let mut blobs = Vec::new();
    let commits: IdSet<ObjectId> = plan.commits.iter().copied().collect();
    let tags: HashSet<ObjectId> = plan.tags.iter().copied().collect();
    let mut aside = Vec::new();
    for (id, kind) in store.all_objects()? {
        match kind {
            Kind::Commit if !commits.contains(&id) => aside.push((date(store, &id)?, id)),
            Kind::Tag if !tags.contains(&id) => plan.tags.push(id),
            Kind::Tree => trees.push(id),
            Kind::Blob => blobs.push(id),
            Kind::Commit | Kind::Tag => {}
        }
    }
    aside.sort_unstable();
    plan.aside = aside.into_iter().map(|(_, id)| id).collect();
    let mut held = Held::default();
    for id in plan.commits.iter().chain(&plan.aside) {
        let tree = store.read_shared(id)?.map(|commit| Commit::parse(&commit.data)).transpose()?;
        if let Some(Commit { tree, .. }) = tree {
            held.add(store, tree)?;
        }
    }
    for (id, kind) in &plan.loose {
        match kind {
            Kind::Tree => held.add(store, *id)?,
            _ => drop(held.blobs.insert(*id)),
        }
    }
    // Of what is left the trees that no other one holds, and the files that none holds.
    trees.retain(|tree| !held.trees.contains(tree));
    let mut inner = Held::default();
    for tree in &trees {
        inner.add_below(store, *tree)?;
    }
    trees.retain(|tree| !inner.trees.contains(tree));
    held.blobs.extend(inner.blobs);
    blobs.retain(|blob| !held.blobs.contains(blob));
    trees.sort_unstable();
    blobs.sort_unstable();
    plan.loose.extend(trees.into_iter().map(|id| (id, Kind::Tree)));
    plan.loose.extend(blobs.into_iter().map(|id| (id, Kind::Blob)));
    plan.tags.sort_unstable();
    Ok(())
}

/// Trees, and the files in them.
#[derive(Default)]
struct Held {
    trees: IdSet<ObjectId>,
    blobs: IdSet<ObjectId>,
}

impl Held {
    /// Adds a tree with all it holds.
    fn add(&mut self, store: &mut Store, tree: ObjectId) -> Result<()> {
        if self.trees.insert(tree) { self.add_below(store, tree) } else { Ok(()) }
    }

    /// Adds all that a tree holds. What is missing is an error of whoever judges it.
    fn add_below(&mut self, store: &mut Store, tree: ObjectId) -> Result<()> {
        let mut pending = vec![tree];
        while let Some(tree) = pending.pop() {
            let Some(object) = store.read_shared(&tree)?.filter(|it| it.kind == Kind::Tree) else {
                continue;
            };
            for entry in entries(&object.data, tree.as_bytes().len()) {
                let entry = entry?;
                match entry.mode {
                    Mode::Tree if self.trees.insert(entry.id) => pending.push(entry.id),
                    Mode::Blob => drop(self.blobs.insert(entry.id)),
                    Mode::Tree | Mode::Submodule => {}
                }
            }
        }
        Ok(())
    }
}
