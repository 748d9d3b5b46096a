//! What git is about to commit.

use std::cell::OnceCell;
use std::fs;

use anyhow::{Context, Result, bail};

use super::cache_tree;
use super::object::{Commit, Kind, ObjectId};
use super::store::Store;
use super::tree::{Change, Removed, file_at_top, has_at_top, removed, walk};

/// The staged tree and what it is compared with.
#[derive(Debug)]
pub struct Staged {
    /// The parents' trees: HEAD's, and at a merge the other branches'. Empty for a first commit.
    pub bases: Vec<ObjectId>,
    /// Whether a merge is being concluded.
    pub merging: bool,
    /// The tree git will commit, where the index names it.
    tree: Option<ObjectId>,
    /// What git said where the index names no tree: asked once.
    raw: OnceCell<Vec<u8>>,
}

impl Staged {
    /// Finds out what will be committed. `merge_heads` are parents that git has not written down
    /// yet (a merge that makes its commit without stopping).
    ///
    /// # Errors
    /// A HEAD, a merge head or an index that cannot be read.
    pub fn find(store: &mut Store, merge_heads: &[ObjectId]) -> Result<Staged> {
        let mut parents = Vec::new();
        let head = store.head()?;
        parents.extend(head);
        let written = merge_heads_in(store)?;
        let merging = !written.is_empty() || !merge_heads.is_empty();
        for id in written.iter().chain(merge_heads) {
            if !parents.contains(id) {
                parents.push(*id);
            }
        }
        let mut bases = Vec::with_capacity(parents.len());
        for parent in &parents {
            bases.push(Commit::parse(&store.read_as(parent, Kind::Commit)?)?.tree);
        }
        let hash = match head {
            Some(head) => head.as_bytes().len(),
            None => 20,
        };
        let index = store.index_file();
        let tree = cache_tree::root(&index, hash)
            .with_context(|| format!("reading the index {}", index.display()))?;
        Ok(Staged { bases, merging, tree, raw: OnceCell::new() })
    }

    /// Whether this will be the first commit of its branch.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.bases.is_empty()
    }

    /// Calls `judge` for every file that the commit brings.
    ///
    /// # Errors
    /// Anything that cannot be read, an unresolved conflict, and whatever `judge` fails with.
    pub fn for_each_change(
        &self,
        store: &mut Store,
        mut judge: impl FnMut(&mut Store, Change) -> Result<()>,
    ) -> Result<()> {
        if let Some(tree) = self.tree {
            return walk(store, tree, &self.bases, judge);
        }
        // No valid cache-tree: `commit -- path`, intent-to-add, a run by hand after `git add`.
        for record in self.ask_git(store)? {
            if let Record::Changed(mut change) = record {
                for base in self.bases.iter().skip(1) {
                    change.old.extend(file_at(store, *base, &change.path)?);
                }
                if !change.old.contains(&change.new) {
                    judge(store, change)?;
                }
            }
        }
        Ok(())
    }

    /// What stands in a base and is deleted or changed by the commit.
    ///
    /// # Errors
    /// Anything that cannot be read.
    pub fn removed(&self, store: &mut Store) -> Result<Vec<Removed>> {
        if let Some(tree) = self.tree {
            return removed(store, &self.bases, tree);
        }
        let records = self.ask_git(store)?.into_iter();
        Ok(records
            .filter_map(|record| match record {
                Record::Removed(old) => Some(Removed { old, now: None }),
                Record::Changed(change) => {
                    change.old.first().map(|&old| Removed { old, now: Some(change.new) })
                }
            })
            .collect())
    }

    /// The plain file that will stand at the top under this name, if anything will.
    ///
    /// # Errors
    /// Something else of this name: a link, a folder.
    pub fn file_at_top(&self, store: &mut Store, name: &str) -> Result<Option<ObjectId>> {
        match self.tree {
            Some(tree) => file_at_top(store, tree, name),
            None => store.program()?.file_in_index(name),
        }
    }

    /// Whether something may stand at the top under this name: asks nobody who is not asked anyway.
    ///
    /// # Errors
    /// Anything that cannot be read.
    pub fn may_have_at_top(&self, store: &mut Store, name: &str) -> Result<bool> {
        if let Some(tree) = self.tree {
            return has_at_top(store, tree, name);
        }
        let field = [b"\0", name.as_bytes()].concat();
        let raw = self.raw(store)?;
        // Nor may a folder stand there; whoever reads the file then says so.
        let is_end = |at: usize| matches!(raw.get(at + field.len()), Some(0 | b'/'));
        if memchr::memmem::find_iter(raw, &field).any(is_end) {
            return Ok(true);
        }
        self.bases.first().map_or(Ok(false), |base| has_at_top(store, *base, name))
    }

    /// The same content as if it were all new.
    #[must_use]
    pub fn whole(self) -> Staged {
        Staged { bases: Vec::new(), raw: OnceCell::new(), ..self }
    }

    fn ask_git(&self, store: &mut Store) -> Result<Vec<Record>> {
        parse_raw(self.raw(store)?)
    }

    fn raw(&self, store: &mut Store) -> Result<&[u8]> {
        if self.raw.get().is_none() {
            let program = store.program()?;
            let hash = program.hash_length()?;
            let base = match self.bases.first() {
                Some(base) => *base,
                None => empty_tree(hash)?,
            };
            let raw = program.diff_index(&base)?;
            // Nobody set it meanwhile.
            let _ = self.raw.set(raw);
        }
        Ok(self.raw.get().map_or(&[], Vec::as_slice))
    }
}

/// A line of `diff-index --raw -z`.
enum Record {
    Changed(Change),
    Removed(ObjectId),
}

fn parse_raw(raw: &[u8]) -> Result<Vec<Record>> {
    let mut fields = raw.split(|&byte| byte == 0);
    let mut records = Vec::new();
    while let Some(header) = fields.next().filter(|header| !header.is_empty()) {
        let path = fields.next().context("git's raw difference ends without a path")?;
        let words: Vec<&[u8]> = header.split(|&byte| byte == b' ').collect();
        let [old_mode, new_mode, old, new, status] = words[..] else {
            bail!("git's raw difference has a line of another form")
        };
        let id = |hex| ObjectId::from_hex(hex).context("git's raw difference has no object id");
        let submodule = new_mode == b"160000";
        match status {
            b"U" => bail!("{} has an unresolved conflict", path.escape_ascii()),
            b"D" if old_mode == b":160000" => {}
            b"D" => records.push(Record::Removed(id(old)?)),
            _ if submodule => {}
            _ => {
                let had_file = old_mode != b":000000" && old_mode != b":160000";
                let old = if had_file { vec![id(old)?] } else { Vec::new() };
                let change = Change { path: path.to_vec(), new: id(new)?, old };
                records.push(Record::Changed(change));
            }
        }
    }
    Ok(records)
}

/// The blob at `path` in a tree, if one is there.
///
/// # Errors
/// A tree that cannot be read.
pub fn file_at(store: &mut Store, tree: ObjectId, path: &[u8]) -> Result<Option<ObjectId>> {
    let mut at = tree;
    let mut parts = path.split(|&byte| byte == b'/').peekable();
    while let Some(name) = parts.next() {
        let Some(data) = store.read_if_there(&at)? else { return Ok(None) };
        let hash = at.as_bytes().len();
        let found = super::object::entries(&data.data, hash)
            .find(|entry| entry.as_ref().map_or(true, |entry| entry.name == name))
            .transpose()?;
        match found {
            Some(entry) if parts.peek().is_none() => return Ok(Some(entry.id)),
            Some(entry) => at = entry.id,
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// The other parents of a merge that stopped, as git wrote them down.
fn merge_heads_in(store: &Store) -> Result<Vec<ObjectId>> {
    let file = store.git_dir().join("MERGE_HEAD");
    match fs::read(&file) {
        Ok(text) => text
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| ObjectId::from_hex(line).context("MERGE_HEAD holds no object id"))
            .collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(|| format!("reading {}", file.display())),
    }
}

/// The id of the tree without entries, which every repository knows.
fn empty_tree(hash: usize) -> Result<ObjectId> {
    let hex: &[u8] = if hash == 32 {
        b"6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
    } else {
        b"4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    };
    ObjectId::from_hex(hex).context("the empty tree's id")
}
