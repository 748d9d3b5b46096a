//! Reads and writes single entries of the index, through the `git` program: `keystop fix` alone
//! changes anything.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::object::ObjectId;
use super::program::{command, run};

/// The work tree of the environment or the current folder.
#[derive(Debug)]
pub struct WorkTree {
    /// Its top.
    pub top: PathBuf,
    /// A folder of its own in git's, which nothing is committed from.
    pub private: PathBuf,
}

/// A file of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `100644`, `100755`, `120000`.
    pub mode: String,
    /// Its content.
    pub id: ObjectId,
}

impl WorkTree {
    /// Finds it.
    ///
    /// # Errors
    /// A folder in no work tree, or one whose name is no Unicode.
    pub fn find() -> Result<WorkTree> {
        let top = text(run(&["rev-parse", "--show-toplevel"], None)?)?;
        let private = text(run(&["-C", &top, "rev-parse", "--git-path", "keystop"], None)?)?;
        let top = PathBuf::from(top);
        let private = top.join(private);
        Ok(WorkTree { top, private })
    }

    /// The entry at a path from the top, if it is no conflict.
    ///
    /// # Errors
    /// What git says.
    pub fn entry(&self, path: &str) -> Result<Option<Entry>> {
        let list = ["--literal-pathspecs", "ls-files", "--stage", "-z", "--", path];
        let out = self.run(&list, None)?;
        let Some(line) = out.split(|&byte| byte == 0).find(|line| !line.is_empty()) else {
            return Ok(None);
        };
        let about = line.split(|&byte| byte == b'\t').next().unwrap_or_default();
        let mut words = about.split(|&byte| byte == b' ');
        let (Some(mode), Some(id), Some(b"0")) = (words.next(), words.next(), words.next()) else {
            bail!("{path} has a conflict");
        };
        let id = ObjectId::from_hex(id).context("git printed no object id")?;
        Ok(Some(Entry { mode: String::from_utf8_lossy(mode).into_owned(), id }))
    }

    /// The paths from the top of the files in a folder itself that end so.
    ///
    /// # Errors
    /// What git says.
    pub fn files_in(&self, folder: &str, extension: &str) -> Result<Vec<String>> {
        let folder = if folder.is_empty() { "." } else { folder };
        let out = self.run(&["--literal-pathspecs", "ls-files", "-z", "--", folder], None)?;
        let below = if folder == "." { 0 } else { folder.len() + 1 };
        Ok(out
            .split(|&byte| byte == 0)
            .filter_map(|path| std::str::from_utf8(path).ok())
            .filter(|path| path.ends_with(extension) && !path[below..].contains('/'))
            .map(str::to_owned)
            .collect())
    }

    /// Whether git ignores a path.
    ///
    /// # Errors
    /// A git that cannot be started.
    pub fn ignores(&self, path: &str) -> Result<bool> {
        let top = self.top.to_str().context("a folder whose name is no Unicode")?;
        let out = command(&["-C", top, "check-ignore", "-q", "--no-index", "--", path]).output();
        match out.context("starting git")?.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => bail!("git does not say whether it ignores {path}"),
        }
    }

    /// Stores a file's content as it is, without any filter.
    ///
    /// # Errors
    /// What git says.
    pub fn store(&self, content: &[u8]) -> Result<ObjectId> {
        let out = self.run(&["hash-object", "-w", "--stdin"], Some(content))?;
        ObjectId::from_hex(out.trim_ascii()).context("git printed no object id")
    }

    /// Stages contents at once: all of them or none.
    ///
    /// # Errors
    /// What git says.
    pub fn stage(&self, entries: &[(String, Entry)]) -> Result<()> {
        let mut input = Vec::new();
        for (path, Entry { mode, id }) in entries {
            input.extend_from_slice(format!("{mode} {id}\t{path}\0").as_bytes());
        }
        self.run(&["update-index", "-z", "--index-info"], Some(&input)).map(drop)
    }

    /// Where a path from the top lies.
    #[must_use]
    pub fn place(&self, path: &str) -> PathBuf {
        self.top.join(Path::new(path))
    }

    fn run(&self, arguments: &[&str], input: Option<&[u8]>) -> Result<Vec<u8>> {
        let top = self.top.to_str().context("a folder whose name is no Unicode")?;
        let mut all = vec!["-C", top];
        all.extend(arguments);
        run(&all, input).with_context(|| format!("git {}", arguments[0]))
    }
}

fn text(out: Vec<u8>) -> Result<String> {
    let line = out.strip_suffix(b"\n").unwrap_or(&out).to_vec();
    String::from_utf8(line).context("a folder whose name is no Unicode")
}
