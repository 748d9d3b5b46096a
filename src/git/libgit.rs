//! The reader in process: git2 over libgit2.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use git2::{ErrorCode, ObjectType, Odb, Oid, Repository};

use super::content::Content;
use super::loose::Loose;
use super::object::{Kind, Object, ObjectId};
use super::reaching::Ref;
use super::tracked::Tracked;

/// libgit2's view of the repository.
pub(super) struct Libgit {
    repository: Repository,
    loose: Loose,
}

impl Libgit {
    pub(super) fn open() -> Result<Libgit> {
        // Half of a long history's time went into proving that each object has the name it lies
        // under. Git does not ask that either when it reads: zlib's checksum finds damage, and the
        // other side of a push computes every name anew.
        git2::opts::strict_hash_verification(false);
        // What is asked for again is kept by the store; libgit2 would hold up to 256 MB more.
        git2::opts::enable_caching(false);
        let repository = Repository::open_from_env()?;
        let objects = std::env::var_os("GIT_OBJECT_DIRECTORY")
            .map_or_else(|| repository.commondir().join("objects"), PathBuf::from);
        Ok(Libgit { repository, loose: Loose::new(objects) })
    }

    pub(super) fn git_dir(&self) -> &Path {
        self.repository.path()
    }

    pub(super) fn work_tree(&self) -> Option<PathBuf> {
        self.repository.workdir().map(Path::to_path_buf)
    }

    fn odb(&self) -> Result<Odb<'_>> {
        Ok(self.repository.odb()?)
    }

    pub(super) fn read(&mut self, id: &ObjectId) -> Result<Object> {
        if let Some(object) = self.loose.read(id)? {
            return Ok(object);
        }
        let odb = self.odb()?;
        let object = odb.read(oid(id)?)?;
        let kind = match object.kind() {
            ObjectType::Commit => Kind::Commit,
            ObjectType::Tree => Kind::Tree,
            ObjectType::Tag => Kind::Tag,
            _ => Kind::Blob,
        };
        Ok(Object { kind, data: copied(object.data())? })
    }

    pub(super) fn size(&mut self, id: &ObjectId) -> Result<u64> {
        if let Some(size) = self.loose.size(id)? {
            return Ok(size);
        }
        let (size, _) = self.odb()?.read_header(oid(id)?)?;
        Ok(size as u64)
    }

    /// A file as it is inflated, if it lies in a file of its own.
    pub(super) fn content(&mut self, id: &ObjectId) -> Result<Option<Content>> {
        self.loose.content(id)
    }

    /// A number among the settings, if it is set.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<i64>> {
        match self.repository.config()?.get_i64(name) {
            Ok(limit) => Ok(Some(limit)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// One of git's settings, as text.
    pub(super) fn setting(&mut self, name: &str) -> Result<Option<String>> {
        match self.repository.config()?.get_string(name) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn head(&mut self) -> Result<Option<ObjectId>> {
        match self.repository.refname_to_id("HEAD") {
            Ok(id) => Ok(ObjectId::from_bytes(id.as_bytes())),
            // A symbolic HEAD whose branch has no commit yet.
            Err(error) if error.code() == ErrorCode::NotFound => {
                let head = self.repository.find_reference("HEAD")?;
                head.symbolic_target().ok().flatten().context("HEAD points nowhere")?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn resolve(&mut self, revision: &str) -> Result<ObjectId> {
        let object = self.repository.revparse_single(revision)?;
        ObjectId::from_bytes(object.id().as_bytes()).context("an id of unknown length")
    }

    pub(super) fn remote_tips(&mut self, remote: &str) -> Result<Vec<ObjectId>> {
        let remotes = self.repository.remotes()?;
        let names: Vec<&[u8]> = remotes.iter_bytes().collect();
        let tracked = Tracked::of(remote, &names);
        let mut tips = Vec::new();
        for reference in self.repository.references()? {
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
        match self.repository.find_remote(remote) {
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
        for reference in self.repository.references()? {
            let reference = reference?;
            if let Some(target) = reference.target() {
                let tip = ObjectId::from_bytes(target.as_bytes()).context("an id of no length")?;
                refs.push(Ref { name: reference.name_bytes().to_vec(), tip });
            }
        }
        Ok(refs)
    }
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
