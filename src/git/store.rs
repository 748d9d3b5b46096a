//! One repository: read in process, and by the `git` program where libgit2 refuses it.

mod files;
mod folders;
mod limits;

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};

pub use files::Opened;
pub use limits::{LARGEST_FILE, within};

use super::graph::Graph;
use super::id_map::IdMap;
use super::libgit::Libgit;
use super::nowhere::is_nowhere;
use super::object::{Commit, Kind, Object, ObjectId, Tag};
use super::packs::Packs;
use super::program::Program;
use super::reach;
use super::reaching::Ref;
use super::recent::Recent;
use super::unpack::{AtHand, Unpacker};

/// With more starting points than this, git is quicker.
const MANY_REFS: usize = 1000;

/// After so many objects of a history, most of which lie in packs, those are opened for all of it.
const MANY_READ: usize = 64;

/// The repository that git runs us in.
pub struct Store {
    libgit: Option<Libgit>,
    program: Option<Program>,
    git_dir: PathBuf,
    largest_file: Option<u64>,
    /// What holds where git's settings say nothing.
    usual_largest: u64,
    recent: Recent<ObjectId>,
    /// How many trees and commits were read one by one.
    read: usize,
    at_hand: Option<AtHand>,
    unpacker: Option<Unpacker>,
    graph: Graph,
    /// Whether the graph is kept for the next run, so that the walk is worth its while.
    keeps_graph: bool,
    /// Once it was asked for: what is set, if something is.
    archive_limit: Option<Option<u64>>,
    /// What holds where git's settings say nothing.
    usual_archive: Option<u64>,
}

impl Store {
    /// Opens the repository that the environment git gave the hook points at, or the one around
    /// the current folder.
    ///
    /// # Errors
    /// Neither libgit2 nor the `git` program opens it; the error has git's words.
    pub fn open() -> Result<Store> {
        // For the tests that prove that all readers give the same verdict.
        let reader = env::var_os("KEYSTOP_READER").unwrap_or_default();
        let libgit = match reader.to_str() {
            Some("git") => None,
            // Refs that git is told to read from elsewhere are git's to read.
            _ if env::var_os("GIT_REFERENCE_BACKEND").is_some() => None,
            Some("libgit2") => Libgit::open_whole().ok(),
            _ => Libgit::open().ok(),
        };
        let (git_dir, program) = match &libgit {
            Some(libgit) => (libgit.git_dir().to_path_buf(), None),
            // SHA-256, reftable, an unknown extension, an owner that only git's own settings accept.
            None => {
                let program = Program::open()?;
                (program.git_dir()?, Some(program))
            }
        };
        Ok(Store {
            libgit,
            program,
            git_dir,
            largest_file: None,
            usual_largest: LARGEST_FILE,
            archive_limit: None,
            usual_archive: None,
            recent: Recent::default(),
            read: 0,
            at_hand: None,
            unpacker: None,
            graph: Graph::default(),
            keeps_graph: false,
        })
    }

    /// The same; `None` where git would find no repository.
    ///
    /// # Errors
    /// A repository that cannot be opened.
    pub fn find() -> Result<Option<Store>> {
        if is_nowhere() { Ok(None) } else { Store::open().map(Some) }
    }

    /// What a store of another thread is to begin with. The packs are opened when first asked for:
    /// where very many objects are read, each base of theirs is then inflated about once.
    pub fn at_hand(&mut self) -> AtHand {
        if self.at_hand.is_none() {
            let packs = Arc::new(Packs::open(self.object_folders()));
            self.share(&AtHand { packs, ..AtHand::default() });
        }
        self.at_hand.clone().unwrap_or_default()
    }

    /// The same with the commits of these packs, for a whole history: to read them all on all cores is
    /// sooner done than one after the other, as a walk comes to them.
    pub fn commits_at_hand(&mut self) {
        let packs = self.at_hand().packs;
        let objects = Arc::new(packs.commits(reach::KEPT));
        self.share(&AtHand { packs, objects });
    }

    /// Whether commits were read before a walk comes to them.
    pub(super) fn has_commits_at_hand(&self) -> bool {
        self.at_hand.as_ref().is_some_and(|at_hand| !at_hand.objects.is_empty())
    }

    /// From now on has these at hand, in place of the commits.
    pub fn files_at_hand(&mut self, files: IdMap<ObjectId, Arc<Object>>) {
        if let Some(at_hand) = self.at_hand.clone() {
            self.share(&AtHand { objects: Arc::new(files), ..at_hand });
        }
    }

    /// From now on reads what it can out of what another store has at hand.
    pub fn share(&mut self, at_hand: &AtHand) {
        // Where libgit2 refuses, every object is git's to read.
        self.unpacker = self.libgit.is_some().then(|| Unpacker::new(at_hand.clone()));
        self.at_hand = Some(at_hand.clone());
    }

    /// Which reader opened the repository: `keystop`, `libgit2` or `git`.
    #[must_use]
    pub fn reader(&self) -> &'static str {
        self.libgit.as_ref().map_or("git", Libgit::reader)
    }

    /// The folder of this work tree's `HEAD` and `index`.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The index git will commit from: a temporary one for `commit -a` and `commit -- path`.
    #[must_use]
    pub fn index_file(&self) -> PathBuf {
        env::var_os("GIT_INDEX_FILE").map_or_else(|| self.git_dir.join("index"), PathBuf::from)
    }

    /// The `git` program, started when first needed.
    pub(super) fn program(&mut self) -> Result<&mut Program> {
        if self.program.is_none() {
            self.program = Some(Program::open()?);
        }
        self.program.as_mut().ok_or_else(|| anyhow!("the git program did not start"))
    }

    /// Asks what reads in process, and git where that has no answer.
    fn either<T>(
        &mut self,
        mut libgit: impl FnMut(&mut Libgit) -> Result<T>,
        program: impl FnOnce(&mut Program) -> Result<T>,
    ) -> Result<T> {
        if let Some(reader) = &mut self.libgit
            && let Ok(answer) = libgit(reader)
        {
            return Ok(answer);
        }
        program(self.program()?)
    }

    /// The object, or `None` where git says it is missing (a partial or shallow clone).
    ///
    /// # Errors
    /// An object that is there and cannot be read.
    pub fn read_if_there(&mut self, id: &ObjectId) -> Result<Option<Object>> {
        if let Some(object) = self.unpacked(id) {
            return Ok(Some(Object { kind: object.kind, data: object.data.clone() }));
        }
        self.either(|libgit| libgit.read(id).map(Some), |program| program.read(id))
            .with_context(|| format!("reading object {id}"))
    }

    /// The object.
    ///
    /// # Errors
    /// An object that is missing or cannot be read.
    pub fn read(&mut self, id: &ObjectId) -> Result<Object> {
        if let Some(object) = self.read_if_there(id)? {
            return Ok(object);
        }
        // Git calls a broken object missing too, but says more when asked for it alone.
        let words = self.program()?.words_about(id)?;
        bail!(
            "object {id} is missing from this repository or broken (try `git fsck`; in a partial clone fetch it first): {words}"
        )
    }

    /// A tree or commit, as [`Store::read_if_there`], kept for a while: it is asked for again when
    /// the next commit is compared with it.
    ///
    /// # Errors
    /// An object that is there and cannot be read.
    pub fn read_shared(&mut self, id: &ObjectId) -> Result<Option<Arc<Object>>> {
        if let Some(object) = self.unpacked(id).or_else(|| self.recent.get(id)) {
            return Ok(Some(object));
        }
        self.read += 1;
        if self.read == MANY_READ {
            self.at_hand();
        }
        let Some(object) = self.read_if_there(id)?.map(Arc::new) else { return Ok(None) };
        self.recent.put(*id, Arc::clone(&object));
        Ok(Some(object))
    }

    /// The object's content.
    ///
    /// # Errors
    /// An object that is missing, cannot be read, or is of another kind.
    pub fn read_as(&mut self, id: &ObjectId, kind: Kind) -> Result<Vec<u8>> {
        let object = self.read(id)?;
        if object.kind != kind {
            bail!("object {id} is a {:?}, not a {kind:?}", object.kind);
        }
        Ok(object.data)
    }

    fn unpacked(&mut self, id: &ObjectId) -> Option<Arc<Object>> {
        self.unpacker.as_mut()?.read(id)
    }

    /// How long an object is, in bytes; `None` where it is missing.
    ///
    /// # Errors
    /// An object that is there and cannot be read.
    pub fn size(&mut self, id: &ObjectId) -> Result<Option<u64>> {
        if let Some(object) = self.unpacked(id) {
            return Ok(Some(object.data.len() as u64));
        }
        self.either(|libgit| libgit.size(id).map(Some), |program| program.size(id))
    }

    /// One of git's settings, as text.
    ///
    /// # Errors
    /// Settings that cannot be read.
    pub fn setting(&mut self, name: &str) -> Result<Option<String>> {
        self.either(|libgit| libgit.setting(name), |program| program.setting(name))
            .with_context(|| format!("reading git's setting {name}"))
    }

    /// The commit `HEAD` points at; `None` on a branch without a commit.
    ///
    /// # Errors
    /// A `HEAD` that cannot be read.
    pub fn head(&mut self) -> Result<Option<ObjectId>> {
        self.either(Libgit::head, Program::head).context("reading HEAD")
    }

    /// The object a revision names.
    ///
    /// # Errors
    /// A revision git does not know.
    pub fn resolve(&mut self, revision: &str) -> Result<ObjectId> {
        self.either(|libgit| libgit.resolve(revision), |program| program.resolve(revision))
    }

    /// Where `remote` is fetched from; nothing for a bare URL.
    ///
    /// # Errors
    /// Settings that cannot be read.
    pub fn fetch_urls(&mut self, remote: &str) -> Result<Vec<String>> {
        self.either(|libgit| libgit.fetch_urls(remote), |program| program.fetch_urls(remote))
            .with_context(|| format!("reading where {remote} is fetched from"))
    }

    /// What the remote-tracking refs of `remote` point at.
    ///
    /// # Errors
    /// Refs that cannot be read.
    pub fn remote_tips(&mut self, remote: &str) -> Result<Vec<ObjectId>> {
        self.either(|libgit| libgit.remote_tips(remote), |program| program.remote_tips(remote))
            .with_context(|| format!("reading the remote-tracking refs of {remote}"))
    }

    /// Every ref, by name. One that names another is left out: that one is listed.
    ///
    /// # Errors
    /// Refs that cannot be read.
    pub fn refs(&mut self) -> Result<Vec<Ref>> {
        let mut refs = self.either(Libgit::refs, Program::refs).context("reading the refs")?;
        refs.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(refs)
    }

    /// Every object that lies here, reached or not.
    ///
    /// # Errors
    /// One that cannot be read, and a `git` that does not start: this one only asks git.
    pub fn all_objects(&mut self) -> Result<Vec<(ObjectId, Kind)>> {
        self.program()?.all_objects().context("listing all objects")
    }

    /// The commits reachable from `tips` and not from `known`, parents before children.
    ///
    /// # Errors
    /// A history that cannot be walked.
    pub fn commits_between(
        &mut self,
        tips: &[ObjectId],
        known: &[ObjectId],
    ) -> Result<Vec<ObjectId>> {
        if self.libgit.is_some()
            && (self.keeps_graph || tips.len() + known.len() <= MANY_REFS)
            && let Ok(listed) =
                self.with_graph(|store, graph| reach::commits_between(store, graph, tips, known))
        {
            if let Some(at_hand) = &self.at_hand
                && !listed.read.is_empty()
            {
                let at_hand = AtHand { objects: Arc::new(listed.read), ..at_hand.clone() };
                self.share(&at_hand);
            }
            return Ok(listed.ids);
        }
        self.program()?.commits_between(tips, known).context("listing the commits to judge")
    }

    /// Starts with what another run knows of the commits here, and lists them all by walking.
    pub fn begin_with(&mut self, graph: Graph) {
        (self.graph, self.keeps_graph) = (graph, true);
    }

    /// What is known of the commits here.
    pub fn graph(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// Walks over the commits, as far as history is not cut off.
    pub(super) fn with_graph<T>(
        &mut self,
        walk: impl FnOnce(&mut Store, &mut Graph) -> Result<T>,
    ) -> Result<T> {
        let mut graph = std::mem::take(&mut self.graph);
        graph.cut_off(&self.shallow());
        let walked = walk(self, &mut graph);
        self.graph = graph;
        walked
    }

    /// The top of the work tree; `None` in a bare repository.
    #[must_use]
    pub fn work_tree(&self) -> Option<PathBuf> {
        match (&self.libgit, &self.program) {
            (Some(libgit), _) => libgit.work_tree(),
            (None, Some(program)) => program.work_tree(),
            (None, None) => None,
        }
    }

    /// The tree of a commit, or of what a tag names; `None` for what is neither.
    ///
    /// # Errors
    /// An object that cannot be read.
    pub fn tree_of(&mut self, id: &ObjectId) -> Result<Option<ObjectId>> {
        let mut id = *id;
        loop {
            let object = self.read(&id)?;
            match object.kind {
                Kind::Commit => return Ok(Some(Commit::parse(&object.data)?.tree)),
                Kind::Tag => id = Tag::parse(&object.data)?.target,
                _ => return Ok(None),
            }
        }
    }
}
