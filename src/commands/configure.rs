//! Which versions of the configuration hold in a run, and what they newly allow.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::excuse::Version;
use super::judge::Judge;
use crate::config::{CONFIG_FILE, Config, Settings, newly, read};
use crate::git::{
    Change, ObjectId, Staged, Store, Update, file_at_top, has_at_top, may_be_in_index,
};
use crate::redaction;
use crate::report::Stage;

/// Findings that a new configuration lets pass are listed up to this number.
const MOST: usize = 10;

/// The versions that what is judged brings, and those they replace.
#[derive(Debug, Default)]
pub(super) struct Configuring {
    new: Vec<ObjectId>,
    old: Vec<ObjectId>,
    /// What a configuration let pass, as `ID in PLACE`.
    pub(super) let_pass: Vec<String>,
}

impl Configuring {
    /// Notes a change of the configuration; every other is none of this.
    pub(super) fn look(&mut self, change: &Change) {
        if change.path == CONFIG_FILE.as_bytes() {
            self.new.push(change.new);
            self.old.extend(&change.old);
        }
    }
}

impl Judge {
    /// Reads the configuration that holds: the staged one, the pushed commits', the work tree's, or
    /// that of the base where a server or CI judges and has said so in [`Excuses::version`].
    ///
    /// [`Excuses::version`]: super::excuse::Excuses
    ///
    /// # Errors
    /// A file with a fault.
    pub(super) fn configure(&mut self, store: &mut Store, staged: Option<&Staged>) -> Result<()> {
        let version = self.excuses.version.clone().unwrap_or(match self.report.stage {
            Stage::Staged { .. } | Stage::Message => Version::Staged,
            _ => Version::WorkTree,
        });
        let configs = match (version, staged) {
            (Version::Staged, Some(staged)) => of_index(store, staged)?,
            (Version::Staged, None) => {
                let staged = Staged::find(store, &[])?;
                of_index(store, &staged)?
            }
            (Version::Commits(ids), _) => of_commits(store, &ids)?,
            (Version::WorkTree, _) => of_work_tree(store)?,
        };
        self.settings = Settings::load(configs)?;
        if let Some(largest) = self.settings.largest_file() {
            store.usually_limit_files(largest);
        }
        if let Some(most) = self.settings.set_archive() {
            store.usually_limit_archives(most);
        }
        Ok(())
    }

    /// The same for a message, which needs no repository otherwise: git runs the hook at the work
    /// tree's top, and opening the repository for nothing would be felt at every commit.
    ///
    /// # Errors
    /// A file with a fault.
    pub(super) fn configure_message(&mut self) -> Result<()> {
        if std::fs::symlink_metadata(CONFIG_FILE).is_ok() || is_staged() {
            let mut store = Store::open().context("opening the repository")?;
            return self.configure(&mut store, None);
        }
        self.settings = Settings::load(Vec::new())?;
        Ok(())
    }

    /// The same where no repository may be: what users and machines have set holds in any case.
    ///
    /// # Errors
    /// A file with a fault.
    pub(super) fn configure_anywhere(&mut self) -> Result<()> {
        match Store::find() {
            Ok(Some(mut store)) => self.configure(&mut store, None),
            Ok(None) | Err(_) => {
                self.settings = Settings::load(Vec::new())?;
                Ok(())
            }
        }
    }

    /// Says what a commit's configuration allows that its parents' did not.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(super) fn tell_staged_configuration(
        &mut self,
        store: &mut Store,
        staged: &Staged,
    ) -> Result<()> {
        let mut before = Vec::new();
        for base in &staged.bases {
            before.extend(at_top(store, *base)?);
        }
        if before.is_empty() && self.configuring.new.is_empty() {
            return Ok(());
        }
        let now = if staged.may_have_at_top(store, CONFIG_FILE)? {
            staged.file_at_top(store, CONFIG_FILE)?
        } else {
            None
        };
        self.tell_configuration(store, now, &before)
    }

    /// The same of a push: against what the remote has, or had before its commits.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(super) fn tell_pushed_configuration(
        &mut self,
        store: &mut Store,
        updates: &[Update],
    ) -> Result<()> {
        let mut told = Vec::new();
        for update in updates.iter().filter(|update| !update.local.is_zero()) {
            let now = of_commit(store, &update.local)?;
            let remote = Some(update.remote).filter(|id| !id.is_zero());
            let remote = match remote {
                Some(id) if store.read_if_there(&id)?.is_some() => Some(id),
                _ => None,
            };
            let before = match remote {
                Some(remote) => Vec::from_iter(of_commit(store, &remote)?),
                // A new branch: what its commits did not change is known there.
                None if now.is_none_or(|now| !self.configuring.new.contains(&now)) => continue,
                None => {
                    let is_old = |id: &&ObjectId| !self.configuring.new.contains(id);
                    self.configuring.old.iter().filter(is_old).copied().collect()
                }
            };
            if !told.contains(&(now, before.clone())) {
                self.tell_configuration(store, now, &before)?;
                told.push((now, before));
            }
        }
        Ok(())
    }

    fn tell_configuration(
        &mut self,
        store: &mut Store,
        now: Option<ObjectId>,
        before: &[ObjectId],
    ) -> Result<()> {
        if now.is_some_and(|now| before.contains(&now)) {
            return Ok(());
        }
        let now = match now {
            Some(id) => Config::parse(CONFIG_FILE, store.read_file(&id)?)?,
            None => Config::default(),
        };
        let mut old = Vec::new();
        for id in before {
            // What was no configuration allowed nothing.
            let text = store.read_old(id)?;
            old.extend(text.and_then(|text| Config::parse(CONFIG_FILE, text).ok()));
        }
        let Some(mut said) = newly(CONFIG_FILE, &now, &old) else { return Ok(()) };
        let passed = std::mem::take(&mut self.configuring.let_pass);
        if !passed.is_empty() {
            let keys = if passed.len() == 1 { "1 key passes" } else { "keys pass" };
            let number =
                if passed.len() == 1 { String::new() } else { format!("{} ", passed.len()) };
            let more = if passed.len() > MOST { ", …" } else { "" };
            let listed = passed[..passed.len().min(MOST)].join(", ");
            said += &format!(". {number}{keys} by it now: {listed}{more}");
        }
        // A reason, a path or a pattern of it may hold a key.
        self.report.notes.push(redaction::quoted(said.as_bytes()));
        Ok(())
    }
}

/// Whether the index that git commits from may hold a configuration.
fn is_staged() -> bool {
    let index = match std::env::var_os("GIT_INDEX_FILE") {
        Some(index) => PathBuf::from(index),
        // Run by hand at the top, or somewhere that belongs to no repository.
        None if Path::new(".git").exists() => PathBuf::from(".git/index"),
        None => return false,
    };
    may_be_in_index(&index, CONFIG_FILE)
}

fn parse(store: &mut Store, ids: &[ObjectId]) -> Result<Vec<Config>> {
    ids.iter().map(|id| Config::parse(CONFIG_FILE, store.read_file(id)?)).collect()
}

fn of_index(store: &mut Store, staged: &Staged) -> Result<Vec<Config>> {
    if !staged.may_have_at_top(store, CONFIG_FILE)? {
        return Ok(Vec::new());
    }
    let id = staged.file_at_top(store, CONFIG_FILE)?;
    parse(store, &Vec::from_iter(id))
}

fn of_commits(store: &mut Store, commits: &[ObjectId]) -> Result<Vec<Config>> {
    let mut ids = Vec::new();
    for commit in commits {
        ids.extend(of_commit(store, commit)?);
    }
    ids.sort_unstable();
    ids.dedup();
    parse(store, &ids)
}

fn of_commit(store: &mut Store, commit: &ObjectId) -> Result<Option<ObjectId>> {
    match store.tree_of(commit)? {
        Some(tree) => at_top(store, tree),
        None => Ok(None),
    }
}

fn at_top(store: &mut Store, tree: ObjectId) -> Result<Option<ObjectId>> {
    if !has_at_top(store, tree, CONFIG_FILE)? {
        return Ok(None);
    }
    file_at_top(store, tree, CONFIG_FILE)
}

fn of_work_tree(store: &mut Store) -> Result<Vec<Config>> {
    let Some(top) = store.work_tree() else {
        let head = store.head()?;
        return of_commits(store, &Vec::from_iter(head));
    };
    let path = top.join(CONFIG_FILE);
    match std::fs::symlink_metadata(&path) {
        Ok(about) if about.is_file() => {
            let text = read(&path)?;
            text.map(|text| Config::parse(CONFIG_FILE, text)).transpose().map(Vec::from_iter)
        }
        Ok(_) => bail!("{CONFIG_FILE} must be a file, not a link or a folder"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).context(format!("reading {CONFIG_FILE}")),
    }
}

/// Adds the detectors of the work tree's configuration to those that commands know.
///
/// # Errors
/// A file with a fault.
pub(super) fn know_own_detectors() -> Result<Settings> {
    let mut judge = Judge::new(Stage::Files);
    judge.configure_anywhere()?;
    Ok(judge.settings)
}
