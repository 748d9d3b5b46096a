//! The reader in process: git2 over libgit2, and less than that where a repository lies as usual.

use std::cell::OnceCell;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use git2::{ErrorCode, ObjectType, Oid, Repository};

use super::content::Content;
use super::loose::Loose;
use super::object::{Kind, Object, ObjectId};
use super::packs::Packs;
use super::reaching::Ref;
use super::tracked::Tracked;
use super::unpack::{AtHand, Unpacker};
use super::usual::Usual;

/// More packs than this are left to libgit2, which opens one after the other until an object is found.
const FEW_PACKS: usize = 8;

/// What is read of the repository in this process.
pub(super) struct Libgit {
    git_dir: PathBuf,
    work_tree: Option<PathBuf>,
    /// Where the repository lies as usual: what that tells of it.
    usual: Option<Usual>,
    /// Opened once it is needed. Nothing is given back at the end, here and below, which took a
    /// commit 4 % of its time: a command opens few of these.
    repository: OnceCell<ManuallyDrop<Repository>>,
    loose: Loose,
    /// The packs of a usual repository, if those are few; asked once something is no loose object.
    packs: OnceCell<Option<ManuallyDrop<Unpacker>>>,
}

impl Libgit {
    /// The repository of the environment or around the current folder.
    pub(super) fn open() -> Result<Libgit> {
        let Some(usual) = Usual::find() else { return Libgit::open_whole() };
        let (git_dir, work_tree) = (usual.git_dir.clone(), Some(usual.top.clone()));
        let loose = Loose::new(git_dir.join("objects"));
        let (repository, packs) = (OnceCell::new(), OnceCell::new());
        Ok(Libgit { git_dir, work_tree, usual: Some(usual), repository, loose, packs })
    }

    /// The same, with libgit2 from the start.
    pub(super) fn open_whole() -> Result<Libgit> {
        let opened = open()?;
        let git_dir = opened.path().to_path_buf();
        let work_tree = opened.workdir().map(Path::to_path_buf);
        let objects = std::env::var_os("GIT_OBJECT_DIRECTORY")
            .map_or_else(|| opened.commondir().join("objects"), PathBuf::from);
        let (repository, loose) = (OnceCell::from(ManuallyDrop::new(opened)), Loose::new(objects));
        Ok(Libgit { git_dir, work_tree, usual: None, repository, loose, packs: OnceCell::new() })
    }

    /// Who reads: keystop itself, as far as it can, or libgit2.
    pub(super) fn reader(&self) -> &'static str {
        if self.usual.is_some() { "keystop" } else { "libgit2" }
    }

    pub(super) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    pub(super) fn work_tree(&self) -> Option<PathBuf> {
        self.work_tree.clone()
    }

    fn repository(&self) -> Result<&Repository> {
        if let Some(repository) = self.repository.get() {
            return Ok(repository);
        }
        let opened = open()?;
        Ok(self.repository.get_or_init(|| ManuallyDrop::new(opened)))
    }

    pub(super) fn read(&mut self, id: &ObjectId) -> Result<Object> {
        // Where packs were opened already, most of what is asked for lies there.
        let open = self.packs.get().is_some();
        if open && let Some(object) = self.unpack(id) {
            return Ok(object);
        }
        if let Some(object) = self.loose.read(id)? {
            return Ok(object);
        }
        if !open && let Some(object) = self.unpack(id) {
            return Ok(object);
        }
        let odb = self.repository()?.odb()?;
        let object = odb.read(oid(id)?)?;
        let kind = match object.kind() {
            ObjectType::Commit => Kind::Commit,
            ObjectType::Tree => Kind::Tree,
            ObjectType::Tag => Kind::Tag,
            _ => Kind::Blob,
        };
        Ok(Object { kind, data: copied(object.data())? })
    }

    /// The object, if it lies in one of few packs and is not large.
    fn unpack(&mut self, id: &ObjectId) -> Option<Object> {
        self.usual.as_ref()?;
        self.packs.get_or_init(|| {
            let packs = Packs::open_few(self.git_dir.join("objects"), FEW_PACKS)?;
            let at_hand = AtHand { packs: packs.into(), ..AtHand::default() };
            Some(ManuallyDrop::new(Unpacker::new(at_hand)))
        });
        let object = self.packs.get_mut()?.as_mut()?.read(id)?;
        Some(Object { kind: object.kind, data: copied(&object.data).ok()? })
    }

    pub(super) fn size(&mut self, id: &ObjectId) -> Result<u64> {
        if let Some(size) = self.loose.size(id)? {
            return Ok(size);
        }
        let (size, _) = self.repository()?.odb()?.read_header(oid(id)?)?;
        Ok(size as u64)
    }

    /// A file as it is inflated, if it lies in a file of its own.
    pub(super) fn content(&mut self, id: &ObjectId) -> Result<Option<Content>> {
        self.loose.content(id)
    }

    /// A number among the settings, if it is set.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<i64>> {
        match self.repository()?.config()?.get_i64(name) {
            Ok(limit) => Ok(Some(limit)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// One of git's settings, as text.
    pub(super) fn setting(&mut self, name: &str) -> Result<Option<String>> {
        match self.repository()?.config()?.get_string(name) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn head(&mut self) -> Result<Option<ObjectId>> {
        if let Some(head) = self.usual.as_ref().and_then(Usual::head) {
            return Ok(Some(head));
        }
        match self.repository()?.refname_to_id("HEAD") {
            Ok(id) => Ok(ObjectId::from_bytes(id.as_bytes())),
            // A symbolic HEAD whose branch has no commit yet.
            Err(error) if error.code() == ErrorCode::NotFound => {
                let head = self.repository()?.find_reference("HEAD")?;
                head.symbolic_target().ok().flatten().context("HEAD points nowhere")?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn resolve(&mut self, revision: &str) -> Result<ObjectId> {
        let object = self.repository()?.revparse_single(revision)?;
        ObjectId::from_bytes(object.id().as_bytes()).context("an id of unknown length")
    }

    pub(super) fn remote_tips(&mut self, remote: &str) -> Result<Vec<ObjectId>> {
        let remotes = self.repository()?.remotes()?;
        let names: Vec<&[u8]> = remotes.iter_bytes().collect();
        let tracked = Tracked::of(remote, &names);
        let mut tips = Vec::new();
        for reference in self.repository()?.references()? {
            let reference = reference?;
            if tracked.holds(reference.name_bytes())
                && let Some(target) = reference.target()
            {
                tips.extend(ObjectId::from_bytes(target.as_bytes()));
            }
        }
        Ok(tips)
    }

    pub(super) fn fetch_urls(&mut self, remote: &str) -> Result<Vec<String>> {
        match self.repository()?.find_remote(remote) {
            // As the settings have it (`insteadOf` applied), which may be no Unicode.
            Ok(remote) => Ok(vec![String::from_utf8_lossy(remote.url_bytes()).into_owned()]),
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => {
                Ok(Vec::new())
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn refs(&mut self) -> Result<Vec<Ref>> {
        let mut refs = Vec::new();
        for reference in self.repository()?.references()? {
            let reference = reference?;
            if let Some(target) = reference.target() {
                let tip = ObjectId::from_bytes(target.as_bytes()).context("an id of no length")?;
                refs.push(Ref { name: reference.name_bytes().to_vec(), tip });
            }
        }
        Ok(refs)
    }
}

fn open() -> Result<Repository> {
    // Half of a long history's time went into proving that each object has the name it lies
    // under. Git does not ask that either when it reads: zlib's checksum finds damage, and the
    // other side of a push computes every name anew.
    git2::opts::strict_hash_verification(false);
    // What is asked for again is kept by the store; libgit2 would hold up to 256 MB more.
    git2::opts::enable_caching(false);
    Ok(Repository::open_from_env()?)
}

/// A copy, if there is memory for it: running out must end in an error that blocks and says so.
fn copied(data: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(data.len())?;
    copy.extend_from_slice(data);
    Ok(copy)
}

fn oid(id: &ObjectId) -> Result<Oid> {
    Ok(Oid::from_bytes(id.as_bytes())?)
}
