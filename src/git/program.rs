//! The reader outside: the `git` program, with an environment and options of our own.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

use super::object::{Kind, Object, ObjectId};

/// Variables that say which repository this is, and that git may need to accept it. Every other
/// `GIT_*` could steer what the child prints or runs, and is not passed on.
const KEPT: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    // `git -c safe.directory=… commit` reaches a hook in these.
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
];

/// A `git cat-file --batch` that answers one id after another.
struct Batch {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// The `git` program in the repository of the environment.
pub(super) struct Program {
    batch: Option<Batch>,
    format: OnceFormat,
}

#[derive(Default)]
struct OnceFormat(Option<usize>);

impl Program {
    pub(super) fn open() -> Result<Program> {
        Ok(Program { batch: None, format: OnceFormat::default() })
    }

    pub(super) fn git_dir(&self) -> Result<PathBuf> {
        let out = run(&["rev-parse", "--absolute-git-dir"], None)?;
        Ok(PathBuf::from(os_string(out.trim_ascii_end())))
    }

    /// Length of this repository's object ids in bytes.
    pub(super) fn hash_length(&mut self) -> Result<usize> {
        if let Some(length) = self.format.0 {
            return Ok(length);
        }
        let out = run(&["rev-parse", "--show-object-format"], None)?;
        let length = if out.trim_ascii() == b"sha256" { 32 } else { 20 };
        self.format.0 = Some(length);
        Ok(length)
    }

    pub(super) fn head(&mut self) -> Result<Option<ObjectId>> {
        let out = command(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).output();
        let out = out.context("starting git")?;
        if out.status.success() {
            return Ok(ObjectId::from_hex(out.stdout.trim_ascii()));
        }
        // No commit: fine if HEAD names a branch that does not exist, an error if it is broken.
        let branch = run(&["symbolic-ref", "HEAD"], None)?;
        let branch = String::from_utf8_lossy(branch.trim_ascii()).into_owned();
        let there = run(&["for-each-ref", "--format=%(objectname)", &branch], None)?;
        if !there.trim_ascii().is_empty() {
            bail!("HEAD's branch points at an object that is not there");
        }
        Ok(None)
    }

    pub(super) fn resolve(&mut self, revision: &str) -> Result<ObjectId> {
        let out = run(&["rev-parse", "--verify", "--end-of-options", revision], None)?;
        ObjectId::from_hex(out.trim_ascii()).context("git printed no object id")
    }

    pub(super) fn remote_tips(&mut self, remote: &str) -> Result<Vec<ObjectId>> {
        let prefix = format!("refs/remotes/{remote}/");
        ids(&run(&["for-each-ref", "--format=%(objectname)", &prefix], None)?)
    }

    pub(super) fn commits_between(
        &mut self,
        tips: &[ObjectId],
        known: &[ObjectId],
    ) -> Result<Vec<ObjectId>> {
        let mut input = String::new();
        for tip in tips {
            input.push_str(&format!("{tip}\n"));
        }
        for id in known {
            input.push_str(&format!("^{id}\n"));
        }
        ids(&run(&["rev-list", "--topo-order", "--reverse", "--stdin"], Some(input.as_bytes()))?)
    }

    /// `git diff-index --cached` against a commit or tree: raw records, NUL-terminated.
    pub(super) fn diff_index(&mut self, base: &ObjectId) -> Result<Vec<u8>> {
        let base = base.to_string();
        run(
            &[
                "diff-index",
                "--cached",
                "--raw",
                "-r",
                "-z",
                "--no-abbrev",
                "--no-renames",
                "--no-ext-diff",
                "--no-textconv",
                "--no-relative",
                "--no-color",
                "--ignore-submodules=none",
                "--ita-invisible-in-index",
                &base,
                "--",
            ],
            None,
        )
    }

    /// The object, or `None` where git says it is missing.
    pub(super) fn read(&mut self, id: &ObjectId) -> Result<Option<Object>> {
        if self.batch.is_none() {
            self.batch = Some(Batch::start()?);
        }
        let answer = match &mut self.batch {
            Some(batch) => batch.ask(id),
            None => bail!("git cat-file did not start"),
        };
        if answer.is_err()
            && let Some(batch) = self.batch.take()
        {
            let words = batch.last_words();
            return answer.with_context(|| format!("git cat-file: {words}"));
        }
        answer
    }
}

impl Batch {
    fn start() -> Result<Batch> {
        let mut child = command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("starting git")?;
        let questions = child.stdin.take().context("git's input")?;
        let answers = BufReader::new(child.stdout.take().context("git's output")?);
        Ok(Batch { child, questions, answers })
    }

    fn ask(&mut self, id: &ObjectId) -> Result<Option<Object>> {
        writeln!(self.questions, "{id}")?;
        self.questions.flush()?;
        let mut header = Vec::new();
        self.answers.read_until(b'\n', &mut header)?;
        let mut words = header.trim_ascii_end().split(|&byte| byte == b' ');
        let (_, kind, size) = (words.next(), words.next(), words.next());
        if kind == Some(b"missing") {
            return Ok(None);
        }
        let kind = kind.and_then(Kind::named).context("git ended without an answer")?;
        let size = size.and_then(|size| std::str::from_utf8(size).ok()?.parse().ok());
        let size: usize = size.context("git gave no size")?;
        let mut data = Vec::new();
        (&mut self.answers).take(size as u64 + 1).read_to_end(&mut data)?;
        if data.pop() != Some(b'\n') || data.len() != size {
            bail!("git ended in the middle of an object");
        }
        Ok(Some(Object { kind, data }))
    }

    /// What git said when it gave up.
    fn last_words(mut self) -> String {
        drop(self.questions);
        let mut words = String::new();
        if let Some(stderr) = self.child.stderr.take() {
            let _ = stderr.take(4096).read_to_string(&mut words);
        }
        let _ = self.child.wait();
        words.trim_end().to_owned()
    }
}

/// Runs git to its end; a failure carries what git printed.
fn run(arguments: &[&str], input: Option<&[u8]>) -> Result<Vec<u8>> {
    let mut child = command(arguments)
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting git")?;
    // Git reads all of its input before it prints, so writing first cannot stall; should git end
    // early, its own words say why.
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        let _ = stdin.write_all(input);
    }
    let out = child.wait_with_output().context("waiting for git")?;
    if !out.status.success() {
        bail!("git {}: {}", arguments[0], String::from_utf8_lossy(out.stderr.trim_ascii_end()));
    }
    Ok(out.stdout)
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let numbered = name.starts_with("GIT_CONFIG_KEY_") || name.starts_with("GIT_CONFIG_VALUE_");
        if name.starts_with("GIT_") && !KEPT.contains(&name.as_str()) && !numbered {
            command.env_remove(name);
        }
    }
    command
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_GRAFT_FILE", "/dev/null")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .args(["-c", "core.fsmonitor=false", "--no-pager"])
        .args(arguments)
        .stdin(Stdio::null());
    command
}

fn ids(lines: &[u8]) -> Result<Vec<ObjectId>> {
    lines
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| ObjectId::from_hex(line).context("git printed no object id"))
        .collect()
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}
