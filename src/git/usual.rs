//! A repository that lies as git makes one: `.git` in the current folder, and nothing that moves a part
//! of it elsewhere. Where its parts are is then known, and opening it with libgit2, which took a
//! third of a one-line commit's time, waits until something is asked that only settings or history tell.

use std::env;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::object::ObjectId;

/// Variables that move a part of the repository, or name another one.
const MOVERS: [&str; 5] = [
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_WORK_TREE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
];

/// A longer list of refs, in bytes, is sooner searched by libgit2, and longer settings are not looked at.
const LONGEST: u64 = 128 << 10;

/// The parts of such a repository that a commit needs.
pub(super) struct Usual {
    /// The top of its work tree, an absolute path.
    pub top: PathBuf,
    /// Its `.git`.
    pub git_dir: PathBuf,
    /// What HEAD holds.
    head: Vec<u8>,
}

impl Usual {
    /// The repository of the current folder, if it is one of these; `None` says nothing of it.
    pub(super) fn find() -> Option<Usual> {
        if MOVERS.iter().any(|name| env::var_os(name).is_some()) {
            return None;
        }
        let top = env::current_dir().ok()?;
        let git_dir = top.join(".git");
        // Git refuses a repository of somebody else, unless settings say otherwise.
        if !is_own_folder(&top) || !is_own_folder(&git_dir) {
            return None;
        }
        // What git itself asks of a folder that is to be a repository. Where one of these fails, git
        // looks further up.
        let is_folder = |name| fs::metadata(git_dir.join(name)).is_ok_and(|about| about.is_dir());
        if !is_folder("objects") || !is_folder("refs") || git_dir.join("commondir").exists() {
            return None;
        }
        let head = fs::read(git_dir.join("HEAD")).ok()?;
        if moves_nothing(&short(&git_dir.join("config"))?)? {
            let own = git_dir.join("config.worktree");
            if own.exists() && moves_nothing(&short(&own)?)? {
                return None;
            }
        }
        Some(Usual { top, git_dir, head })
    }

    /// The commit HEAD points at; `None` where that takes more than to read a file or two.
    pub(super) fn head(&self) -> Option<ObjectId> {
        let head = self.head.strip_suffix(b"\n")?;
        let Some(name) = head.strip_prefix(b"ref: ") else { return ObjectId::from_hex(head) };
        let name = std::str::from_utf8(name).ok().filter(|name| is_plain(name))?;
        match fs::read(self.git_dir.join(name)) {
            Ok(id) => ObjectId::from_hex(id.strip_suffix(b"\n")?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let packed = short(&self.git_dir.join("packed-refs"))?;
                packed.split(|&byte| byte == b'\n').find_map(|line| {
                    let (id, rest) = line.split_at_checked(40)?;
                    (rest.strip_prefix(b" ")? == name.as_bytes()).then(|| ObjectId::from_hex(id))?
                })
            }
            Err(_) => None,
        }
    }
}

/// A branch's name without anything that a path or git could take for something else.
fn is_plain(name: &str) -> bool {
    name.starts_with("refs/heads/")
        && !name.ends_with('/')
        && !name.contains("..")
        && !name.contains("//")
        && !name.contains(|sign: char| sign.is_ascii_control() || sign == '\\')
}

/// Whether settings name no other work tree and no format in which things lie elsewhere; if so, whether
/// `config.worktree` has more of them. `None` in doubt.
fn moves_nothing(config: &[u8]) -> Option<bool> {
    let (mut in_extensions, mut has_more) = (false, false);
    for line in config.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii().to_ascii_lowercase();
        let has = |word: &[u8]| line.windows(word.len()).any(|piece| piece == word);
        let says = |name: &[u8], value: &[u8]| {
            let rest = line.strip_prefix(name).map(<[u8]>::trim_ascii_start);
            rest.and_then(|rest| rest.strip_prefix(b"=")).map(<[u8]>::trim_ascii_start)
                == Some(value)
        };
        let known = if line.starts_with(b"[") {
            in_extensions = line == b"[extensions]";
            // A heading alone in its line, as git reads one.
            line.ends_with(b"]")
                && (in_extensions || !has(b"extensions"))
                && ![&b"worktree"[..], b"bare", b"repositoryformatversion"].into_iter().any(has)
        } else if in_extensions && !line.is_empty() {
            // What a sparse checkout sets.
            let more = says(b"worktreeconfig", b"true");
            has_more |= more;
            more || says(b"worktreeconfig", b"false")
        } else {
            !has(b"extensions")
                && !has(b"worktree")
                && (!has(b"bare") || says(b"bare", b"false"))
                && (!has(b"repositoryformatversion")
                    || says(b"repositoryformatversion", b"0")
                    || says(b"repositoryformatversion", b"1"))
        };
        if !known {
            return None;
        }
    }
    Some(has_more)
}

/// The content of a file that is not long.
fn short(path: &Path) -> Option<Vec<u8>> {
    let mut content = Vec::with_capacity(4096);
    fs::File::open(path).ok()?.take(LONGEST + 1).read_to_end(&mut content).ok()?;
    (content.len() as u64 <= LONGEST).then_some(content)
}

#[cfg(unix)]
fn is_own_folder(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(path).is_ok_and(|about| about.is_dir() && about.uid() == user)
}

#[cfg(not(unix))]
fn is_own_folder(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_as_git_writes_them_move_nothing() {
        let usual = b"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\
            \tlogallrefupdates = true\n[remote \"origin\"]\n\turl = ../remote.git\n";
        assert_eq!(moves_nothing(usual), Some(false));
        assert_eq!(moves_nothing(b""), Some(false));
        let sparse = b"[core]\n\trepositoryformatversion = 1\n\tbare = false\n\
            [extensions]\n\tworktreeConfig = true\n[branch \"main\"]\n\tremote = origin\n";
        assert_eq!(moves_nothing(sparse), Some(true));
    }

    #[test]
    fn settings_that_move_something_or_may_do_so_are_seen() {
        for moving in [
            "[extensions]\n\tobjectformat = sha256",
            "[extensions]\n\tworktreeConfig = true\n\tobjectformat = sha256",
            "[extensions]\n\tworktreeConfig",
            "[Extensions]\n\tRefStorage = reftable",
            "[extensions \"x\"]\n\ty = z",
            "[extensions] objectformat = sha256 ; ]",
            "extensions.worktreeConfig = true",
            "[core]\n\trepositoryformatversion = 2",
            "[core]\n\tRepositoryFormatVersion=99",
            "[core] repositoryformatversion = 0",
            "[core]\n\tworktree = ../other",
            "[core] WorkTree = ../other",
            "[core] WorkTree = [other]",
            "[core]\n\tbare = true",
            "[core]\n\tbare",
            "[core]\n\tbare = false ; or not",
            "[core] bare = false",
            "[core]\n\tbare = false\n[broken",
        ] {
            assert_eq!(moves_nothing(moving.as_bytes()), None, "{moving}");
        }
    }

    #[test]
    fn only_a_branch_s_plain_name_is_read_as_a_path() {
        assert!(is_plain("refs/heads/main") && is_plain("refs/heads/a/b-c.d"));
        for name in ["HEAD", "refs/heads/", "refs/heads/../../x", "refs/heads/a\tb", "refs/tags/x"]
        {
            assert!(!is_plain(name), "{name}");
        }
    }
}
