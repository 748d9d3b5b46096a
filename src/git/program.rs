//! The reader outside: the `git` program, with an environment and options of our own.

use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::batch::{Batch, explain};
use super::object::{Kind, Object, ObjectId};
use super::reaching::Ref;
use super::tracked::Tracked;

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

/// The `git` program in the repository of the environment.
pub(super) struct Program {
    contents: Option<Batch>,
    sizes: Option<Batch>,
    hash_length: Option<usize>,
    asked_alone: usize,
}

impl Program {
    pub(super) fn open() -> Result<Program> {
        Ok(Program { contents: None, sizes: None, hash_length: None, asked_alone: 0 })
    }

    pub(super) fn git_dir(&self) -> Result<PathBuf> {
        let out = run(&["rev-parse", "--absolute-git-dir"], None)?;
        Ok(PathBuf::from(os_string(out.trim_ascii_end())))
    }

    /// The top of the work tree, if there is one.
    pub(super) fn work_tree(&self) -> Option<PathBuf> {
        let out = run(&["rev-parse", "--show-toplevel"], None).ok()?;
        let line = out.strip_suffix(b"\n").unwrap_or(&out);
        (!line.is_empty()).then(|| PathBuf::from(os_string(line)))
    }

    /// Length of this repository's object ids in bytes.
    pub(super) fn hash_length(&mut self) -> Result<usize> {
        if let Some(length) = self.hash_length {
            return Ok(length);
        }
        let out = run(&["rev-parse", "--show-object-format"], None)?;
        let length = match out.trim_ascii() {
            b"sha1" => 20,
            b"sha256" => 32,
            // A `git` that says nothing would call every commit clean.
            other => bail!(
                "git names no object format it could use: {:?}",
                other.escape_ascii().to_string()
            ),
        };
        self.hash_length = Some(length);
        Ok(length)
    }

    /// The object's size, or `None` where git says it is missing.
    pub(super) fn size(&mut self, id: &ObjectId) -> Result<Option<u64>> {
        let answer = Batch::of(&mut self.sizes, "--batch-check")?.header(id);
        let answer = answer.map(|header| header.map(|(_, size)| size));
        explain(&mut self.sizes, answer)
    }

    /// A number among the settings, if it is set.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<i64>> {
        let out =
            command(&["config", "--type=int", "--get", name]).output().context("starting git")?;
        match out.status.code() {
            Some(1) => Ok(None),
            Some(0) => {
                let text = String::from_utf8_lossy(out.stdout.trim_ascii()).into_owned();
                Ok(Some(text.parse().with_context(|| format!("{name} is no number"))?))
            }
            _ => bail!("git config: {}", String::from_utf8_lossy(out.stderr.trim_ascii_end())),
        }
    }

    /// One of git's settings, as text.
    pub(super) fn setting(&mut self, name: &str) -> Result<Option<String>> {
        let out = command(&["config", "--get", name]).output().context("starting git")?;
        match out.status.code() {
            Some(1) => Ok(None),
            Some(0) => Ok(Some(String::from_utf8_lossy(out.stdout.trim_ascii()).into_owned())),
            _ => bail!("git config: {}", String::from_utf8_lossy(out.stderr.trim_ascii_end())),
        }
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
        let remotes = run(&["remote"], None)?;
        let names: Vec<&[u8]> = remotes.split(|&byte| byte == b'\n').collect();
        let tracked = Tracked::of(remote, &names);
        let refs =
            run(&["for-each-ref", "--format=%(objectname) %(refname)", "refs/remotes/"], None)?;
        refs.split(|&byte| byte == b'\n')
            .filter_map(|line| {
                let space = memchr::memchr(b' ', line)?;
                tracked.holds(&line[space + 1..]).then_some(&line[..space])
            })
            .map(|hex| ObjectId::from_hex(hex).context("git printed no object id"))
            .collect()
    }

    pub(super) fn fetch_urls(&mut self, remote: &str) -> Result<Vec<String>> {
        let out = command(&["remote", "get-url", "--all", "--", remote]).output();
        let out = out.context("starting git")?;
        match out.status.code() {
            Some(0) => {
                let text = String::from_utf8_lossy(&out.stdout).into_owned();
                Ok(text.lines().map(str::to_owned).collect())
            }
            // No remote of this name.
            Some(2) => Ok(Vec::new()),
            _ => bail!("git remote: {}", String::from_utf8_lossy(out.stderr.trim_ascii_end())),
        }
    }

    pub(super) fn refs(&mut self) -> Result<Vec<Ref>> {
        let out = run(&["for-each-ref", "--format=%(objectname) %(symref) %(refname)"], None)?;
        let lines = out.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        let parsed = lines.map(|line| {
            let mut words = line.splitn(3, |&byte| byte == b' ');
            let (hex, of, name) = (words.next(), words.next(), words.next());
            let tip = hex.and_then(ObjectId::from_hex).context("git printed no object id")?;
            let name = name.context("git printed no name of a ref")?.to_vec();
            let is_listed = of.is_some_and(|of| of.starts_with(b"refs/"));
            Ok((!is_listed).then_some(Ref { name, tip }))
        });
        parsed.filter_map(Result::transpose).collect()
    }

    pub(super) fn all_objects(&mut self) -> Result<Vec<(ObjectId, Kind)>> {
        let format = "--batch-check=%(objectname) %(objecttype)";
        let out = run(&["cat-file", "--batch-all-objects", "--unordered", format], None)?;
        let lines = out.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        lines
            .map(|line| {
                let space = memchr::memchr(b' ', line).context("git printed no kind")?;
                let id = ObjectId::from_hex(&line[..space]).context("git printed no object id")?;
                let kind = Kind::named(&line[space + 1..]);
                Ok((id, kind.with_context(|| format!("object {id} is broken (try `git fsck`)"))?))
            })
            .collect()
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

    /// The plain file at the top of the index under this name.
    pub(super) fn file_in_index(&mut self, name: &str) -> Result<Option<ObjectId>> {
        let path = format!(":(top,literal){name}");
        let out = run(&["ls-files", "--stage", "-z", "--full-name", "--", &path], None)?;
        let Some(line) = out.split(|&byte| byte == 0).find(|line| !line.is_empty()) else {
            return Ok(None);
        };
        let words: Vec<&[u8]> = line.split(|byte| b" \t".contains(byte)).collect();
        let [mode, id, _, path, ..] = words[..] else {
            bail!("git listed an entry of another form")
        };
        if !mode.starts_with(b"100") || path != name.as_bytes() {
            bail!("{name} must be a file, not a link or a folder");
        }
        ObjectId::from_hex(id).context("git printed no object id").map(Some)
    }

    /// What git says of an object it cannot give.
    pub(super) fn words_about(&mut self, id: &ObjectId) -> Result<String> {
        // Each costs a process; where very many objects are broken, the first tell what is wrong.
        self.asked_alone += 1;
        if self.asked_alone > 20 {
            return Ok("as above".to_owned());
        }
        let out = command(&["cat-file", "-p", &id.to_string()])
            .stdout(Stdio::null())
            .output()
            .context("starting git")?;
        Ok(String::from_utf8_lossy(out.stderr.trim_ascii_end()).into_owned())
    }

    /// The object, or `None` where git says it is missing.
    pub(super) fn read(&mut self, id: &ObjectId) -> Result<Option<Object>> {
        let answer = Batch::of(&mut self.contents, "--batch")?.object(id);
        explain(&mut self.contents, answer)
    }
}

/// The files below a folder of a work tree that git tracks, or neither tracks nor ignores, in the
/// order of their names. A submodule is named by its folder.
///
/// # Errors
/// A folder that is in no work tree.
pub fn kept_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let folder_argument = folder.to_str().context("a folder whose name is no Unicode")?;
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
    let out = run(&[&["-C", folder_argument], &list[..]].concat(), None)?;
    let mut names: Vec<&[u8]> =
        out.split(|&byte| byte == 0).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    Ok(names.into_iter().map(|name| folder.join(os_string(name))).collect())
}

/// What the `git` program prints when it is asked this, in an environment and with options of ours.
///
/// # Errors
/// A git that fails; the error has its words.
pub fn answer(arguments: &[&str]) -> Result<Vec<u8>> {
    run(arguments, None)
}

/// Runs git to its end; a failure carries what git printed.
pub(super) fn run(arguments: &[&str], input: Option<&[u8]>) -> Result<Vec<u8>> {
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

/// The first `git` on PATH that does not lie in the folder a hook runs in, the work tree's top: a
/// `git` that came with the repository must not judge it. Relative entries of PATH are such too.
fn git_program() -> OsString {
    let name = format!("git{}", env::consts::EXE_SUFFIX);
    let here = env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .filter(|folder| folder.canonicalize().is_ok_and(|folder| !folder.starts_with(&here)))
        .map(|folder| folder.join(&name))
        .find(|program| program.is_file())
        // Nothing found: let the system say that there is no git.
        .map_or_else(|| "git".into(), PathBuf::into_os_string)
}

/// A `git` with an environment and options of our own.
pub(super) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(git_program());
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
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "advice.graftFileDeprecated=false",
            "--no-pager",
        ])
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
