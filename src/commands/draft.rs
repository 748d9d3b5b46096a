//! The work tree's allow file while a command changes it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::excuse::work_tree_file;
use super::whole_file::replace;
use crate::fingerprint::Salt;
use crate::git::{Store, answer};
use crate::suppress::{ALLOW_FILE, AllowFile, Entry};

/// Both sides of a merge keep their lines.
const ATTRIBUTE: &str = "/.keystop-allow merge=union\n";

/// What will be written.
pub(super) struct Draft {
    top: PathBuf,
    before: Option<Vec<u8>>,
    file: AllowFile,
    /// Its entries, to be changed.
    pub(super) entries: Vec<Entry<'static>>,
    /// A salt it needs.
    pub(super) salt: Option<Salt>,
}

impl Draft {
    /// Reads the file, if there is one.
    ///
    /// # Errors
    /// No work tree here; a file with a bad line.
    pub(super) fn open(store: &Store) -> Result<Draft> {
        let top = store.work_tree();
        let top = top.with_context(|| format!("a bare repository has no {ALLOW_FILE} to write"))?;
        let before = work_tree_file(&top)?;
        let file = AllowFile::parse(before.clone().unwrap_or_default())?;
        let entries = file.entries().map(Entry::into_owned).collect();
        Ok(Draft { top, before, file, entries, salt: None })
    }

    /// The work tree's top.
    pub(super) fn top(&self) -> &Path {
        &self.top
    }

    /// Puts an entry in, in place of one for the same value at the same path.
    pub(super) fn add(&mut self, entry: Entry<'static>) {
        self.entries.retain(|old| {
            (old.fingerprint, &old.detector, &old.path)
                != (entry.fingerprint, &entry.detector, &entry.path)
        });
        self.entries.push(entry);
    }

    /// Writes the file in one step, and says what was written and what to do with it.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub(super) fn save(&self) -> Result<String> {
        let text = self.file.written(self.entries.iter().cloned(), self.salt);
        // What was written must be read again by every hook.
        AllowFile::parse(text.clone().into_bytes())?;
        if self.before.as_deref() == Some(text.as_bytes()) {
            return Ok(format!("{ALLOW_FILE} says so already\n"));
        }
        replace(&self.top.join(ALLOW_FILE), text.as_bytes())
            .with_context(|| format!("writing {ALLOW_FILE}"))?;
        let mut said = format!("{ALLOW_FILE} written\n");
        let mut files = ALLOW_FILE.to_owned();
        if !self.is_merged_by_lines() {
            match self.add_attribute() {
                Ok(()) => {
                    said +=
                        ".gitattributes: a line added, so that git merges two branches' entries\n";
                    files += " .gitattributes";
                }
                Err(error) => {
                    said += &format!(
                        ".gitattributes left alone ({error:#}): where two branches add entries, \
                         the line `{}` in it spares you a conflict\n",
                        ATTRIBUTE.trim_end()
                    );
                }
            }
        }
        let top = match std::env::current_dir().and_then(|here| here.canonicalize()) {
            Ok(here) if self.top.canonicalize().is_ok_and(|top| top == here) => "",
            _ => " -C \"$(git rev-parse --show-toplevel)\"",
        };
        Ok(said + &format!("now: git{top} add {files}\n"))
    }

    fn is_merged_by_lines(&self) -> bool {
        let Some(top) = self.top.to_str() else { return true };
        let said = answer(&["-C", top, "check-attr", "merge", "--", ALLOW_FILE]);
        said.is_ok_and(|said| said.trim_ascii_end().ends_with(b": union"))
    }

    fn add_attribute(&self) -> Result<()> {
        let path = self.top.join(".gitattributes");
        let before = match fs::symlink_metadata(&path) {
            Ok(about) => {
                ensure!(about.is_file(), "it is no plain file");
                fs::read(&path)?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let gap: &[u8] = if before.is_empty() || before.ends_with(b"\n") { b"" } else { b"\n" };
        let mut file = fs::OpenOptions::new().append(true).create(true).open(&path)?;
        Ok(file.write_all(&[gap, ATTRIBUTE.as_bytes()].concat())?)
    }
}
