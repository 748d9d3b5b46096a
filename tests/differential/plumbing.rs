//! Git's own plumbing, asked by the reference; none of keystop's reading of git takes part.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

/// The id of an object, in hex.
pub type Id = [u8; 40];

pub const NONE: Id = [b'0'; 40];
/// The tree without an entry, which git knows without having it.
pub const EMPTY: Id = *b"4b825dc642cb6eb9a060e54bf8d69288fbee4904";

pub fn id(hex: &[u8]) -> Id {
    hex.try_into().unwrap_or_else(|_| panic!("no id: {}", hex.escape_ascii()))
}

fn hex(raw: &[u8]) -> Id {
    let mut id = NONE;
    for (digits, byte) in id.chunks_mut(2).zip(raw) {
        digits[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
        digits[1] = b"0123456789abcdef"[usize::from(byte & 15)];
    }
    id
}

pub fn text(id: &Id) -> String {
    String::from_utf8_lossy(id).into_owned()
}

/// A repository that is read and never written.
pub struct Git {
    pub folder: PathBuf,
}

impl Git {
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .arg("-c")
            .arg("safe.directory=*")
            .arg("--git-dir")
            .arg(&self.folder)
            .args(arguments)
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::null());
        command
    }

    /// What a command prints, all of it.
    pub fn run(&self, arguments: &[&str]) -> Vec<u8> {
        let out = self.command(arguments).stderr(Stdio::inherit()).output().unwrap();
        assert!(out.status.success(), "git {arguments:?}");
        out.stdout
    }

    /// How two trees differ, for each pair in turn: no renames, no folders, nothing left out.
    pub fn differences(&self, pairs: Vec<(Id, Id)>) -> Differences {
        let arguments =
            ["diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev", "--no-renames"];
        let mut child =
            self.command(&arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = BufWriter::new(child.stdin.take().unwrap());
        thread::spawn(move || {
            for (old, new) in pairs {
                stdin.write_all(&[&old[..], b" ", &new, b"\n"].concat()).unwrap();
            }
        });
        let out = BufReader::with_capacity(1 << 16, child.stdout.take().unwrap());
        Differences { child, out }
    }

    /// The kinds and contents of `ids`, in turn; `None` for what is not here.
    pub fn each(&self, ids: &[Id], mut see: impl FnMut(usize, Option<(String, Vec<u8>)>)) {
        let mut child = self
            .command(&["cat-file", "--batch", "--buffer"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = BufWriter::new(child.stdin.take().unwrap());
        let questions = ids.to_vec();
        let asking = thread::spawn(move || {
            for id in questions {
                stdin.write_all(&[&id[..], b"\n"].concat()).unwrap();
            }
        });
        let mut out = BufReader::with_capacity(1 << 16, child.stdout.take().unwrap());
        for (number, id) in ids.iter().enumerate() {
            see(number, answer(&mut out, id));
        }
        asking.join().unwrap();
        child.wait().unwrap();
    }

    /// Contents that are asked for one at a time.
    pub fn contents(&self) -> Contents {
        let mut child = self
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let questions = child.stdin.take();
        let out = BufReader::with_capacity(1 << 16, child.stdout.take().unwrap());
        Contents { child, questions, out, read: HashMap::new(), bytes: 0 }
    }
}

/// One path that differs between two trees.
#[derive(Debug, Clone)]
pub struct Record {
    pub path: Vec<u8>,
    /// What stood there; `None` where nothing did. A submodule is not content, but it stood there.
    pub old: Option<Standing>,
    pub new: Option<Standing>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Blob(Id),
    Submodule,
}

impl Standing {
    fn read(mode: &[u8], object: &[u8]) -> Option<Standing> {
        match mode {
            b"000000" => None,
            b"160000" => Some(Standing::Submodule),
            _ => Some(Standing::Blob(id(object))),
        }
    }

    pub fn blob(self) -> Option<Id> {
        match self {
            Standing::Blob(id) => Some(id),
            Standing::Submodule => None,
        }
    }
}

/// The output of `git diff-tree --stdin`.
pub struct Differences {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Differences {
    /// The differences of the next pair.
    pub fn next(&mut self) -> Vec<Record> {
        let mut line = Vec::new();
        self.out.read_until(b'\n', &mut line).unwrap();
        assert_eq!(line.len(), 82, "no header: {}", line.escape_ascii());
        let mut records = Vec::new();
        while self.out.fill_buf().unwrap().first() == Some(&b':') {
            line.clear();
            self.out.read_until(0, &mut line).unwrap();
            let mut path = Vec::new();
            self.out.read_until(0, &mut path).unwrap();
            path.pop();
            let words: Vec<&[u8]> = line[1..].split(|&byte| byte == b' ').collect();
            let old = Standing::read(words[0], words[2]);
            let new = Standing::read(words[1], words[3]);
            records.push(Record { path, old, new });
        }
        records
    }
}

impl Drop for Differences {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `git cat-file --batch`, and what it said lately.
pub struct Contents {
    child: Child,
    questions: Option<ChildStdin>,
    out: BufReader<ChildStdout>,
    read: HashMap<Id, Vec<u8>>,
    bytes: usize,
}

impl Contents {
    const MOST: usize = 256 << 20;

    pub fn get(&mut self, id: &Id) -> &[u8] {
        if !self.read.contains_key(id) {
            let stdin = self.questions.as_mut().unwrap();
            stdin.write_all(&[&id[..], b"\n"].concat()).unwrap();
            // What is not here holds nothing.
            let data = answer(&mut self.out, id).map_or_else(Vec::new, |(_, data)| data);
            if self.bytes + data.len() > Self::MOST {
                self.read.clear();
                self.bytes = 0;
            }
            self.bytes += data.len();
            self.read.insert(*id, data);
        }
        &self.read[id]
    }

    /// Whether a blob stands anywhere in a tree.
    pub fn stands_in_tree(&mut self, blob: &Id, tree: &Id) -> bool {
        let mut folders = Vec::new();
        let mut rest = self.get(tree);
        while let Some(nul) = rest.iter().position(|&byte| byte == 0) {
            let entry = hex(&rest[nul + 1..nul + 21]);
            if entry == *blob {
                return true;
            }
            if rest.starts_with(b"40000 ") {
                folders.push(entry);
            }
            rest = &rest[nul + 21..];
        }
        folders.iter().any(|folder| self.stands_in_tree(blob, folder))
    }
}

impl Drop for Contents {
    fn drop(&mut self) {
        self.questions = None;
        let _ = self.child.wait();
    }
}

fn answer(out: &mut impl BufRead, id: &Id) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let words: Vec<&str> = line.trim_end().split(' ').collect();
    assert_eq!(words.first(), Some(&text(id).as_str()), "{line}");
    if words[1] == "missing" {
        return None;
    }
    let size: usize = words.get(2).and_then(|size| size.parse().ok()).expect(&line);
    let mut data = vec![0; size + 1];
    out.read_exact(&mut data).unwrap();
    data.pop();
    Some((words[1].to_owned(), data))
}

/// The folder of the objects, for another repository to borrow.
pub fn objects(repository: &Path) -> PathBuf {
    let inner = repository.join(".git/objects");
    if inner.is_dir() { inner } else { repository.join("objects") }.canonicalize().unwrap()
}
