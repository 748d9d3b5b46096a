//! Repositories that know nothing of the developer's own: HOME, git's configuration, dates and
//! every `GIT_*` are the test's.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The binary under test.
pub const KEYSTOP: &str = env!("CARGO_BIN_EXE_keystop");

/// A folder with a home of its own, and the keys planted in it.
pub struct Sandbox {
    folder: TempDir,
    planted: RefCell<Vec<Vec<u8>>>,
    /// Which of keystop's two readers serves the hooks.
    reader: Reader,
}

/// Which of keystop's readers is to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Keystop itself, libgit2, and `git` where that refuses: what users have.
    Usual,
    /// libgit2, and `git` where that refuses.
    Libgit2,
    /// The `git` program alone.
    Git,
}

impl Reader {
    fn name(self) -> Option<&'static str> {
        match self {
            Reader::Usual => None,
            Reader::Libgit2 => Some("libgit2"),
            Reader::Git => Some("git"),
        }
    }
}

/// How a command ended. Every planted key is known not to be in it.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Sandbox {
    pub fn new() -> Sandbox {
        Sandbox::with_reader(Reader::Usual)
    }

    pub fn with_reader(reader: Reader) -> Sandbox {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        Sandbox { folder, planted: RefCell::default(), reader }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A repository with keystop's hooks, on branch `main`, without a commit.
    pub fn hooked(&self, name: &str) -> Repo<'_> {
        let repo = self.bare_of_hooks(name);
        repo.keystop(&["install"]).expect(0);
        repo
    }

    /// The same with one clean commit.
    pub fn with_commit(&self, name: &str) -> Repo<'_> {
        let repo = self.hooked(name);
        repo.write("README.md", "a project\n");
        repo.git(&["add", "."]).expect(0);
        repo.git(&["commit", "-q", "-m", "begin"]).expect(0);
        repo
    }

    /// A repository without hooks.
    pub fn bare_of_hooks(&self, name: &str) -> Repo<'_> {
        let repo = Repo { sandbox: self, path: self.path().join(name) };
        self.run(self.path(), "git", &["init", "-q", "-b", "main", name], &[], b"").expect(0);
        repo
    }

    /// A bare repository to push to; returns its path.
    pub fn remote(&self, name: &str) -> PathBuf {
        self.run(self.path(), "git", &["init", "-q", "--bare", "-b", "main", name], &[], b"")
            .expect(0);
        self.path().join(name)
    }

    /// From now on no 8 bytes of `secret` in a row may show up on any stream. Give the secret
    /// without the prefix that is public anyway.
    pub fn plant(&self, secret: &str) {
        self.planted.borrow_mut().push(secret.as_bytes().to_vec());
    }

    /// Runs a program in this sandbox.
    pub fn run(
        &self,
        folder: &Path,
        program: &str,
        arguments: &[impl AsRef<OsStr>],
        environment: &[(&str, &str)],
        input: &[u8],
    ) -> Run {
        let home = self.path().join("home");
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A U Thor")
            .env("GIT_AUTHOR_EMAIL", "author@example.com")
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_COMMITTER_NAME", "C O Mitter")
            .env("GIT_COMMITTER_EMAIL", "committer@example.com")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_EDITOR", "true")
            .env("LC_ALL", "C.UTF-8")
            .envs(self.reader.name().map(|name| ("KEYSTOP_READER", name)))
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || {
            use std::io::Write;
            // A program that does not read its input is no fault of the test.
            let _ = stdin.write_all(&input);
        });
        let out = child.wait_with_output().unwrap();
        writer.join().unwrap();
        self.assert_silent(&out.stdout);
        self.assert_silent(&out.stderr);
        Run {
            code: out.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&out.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&out.stderr).into_owned(),
        }
    }

    /// Asserts that no planted key shows through in `output`.
    pub fn assert_silent(&self, output: &[u8]) {
        for secret in self.planted.borrow().iter() {
            for window in secret.windows(8.min(secret.len())) {
                assert!(
                    !output.windows(window.len()).any(|piece| piece == window),
                    "a planted key shows in:\n{}",
                    String::from_utf8_lossy(output)
                );
            }
        }
    }
}

/// A work tree in a sandbox.
pub struct Repo<'a> {
    pub sandbox: &'a Sandbox,
    pub path: PathBuf,
}

impl Repo<'_> {
    pub fn git(&self, arguments: &[&str]) -> Run {
        self.sandbox.run(&self.path, "git", arguments, &[], b"")
    }

    /// Git with something on its standard input.
    pub fn git_fed(&self, arguments: &[&str], input: &[u8]) -> Run {
        self.sandbox.run(&self.path, "git", arguments, &[], input)
    }

    /// Git's output as bytes, for what is read and not shown.
    pub fn raw(&self, arguments: &[&str]) -> Vec<u8> {
        let out = Command::new("git").args(arguments).current_dir(&self.path).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    }

    pub fn git_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        self.sandbox.run(&self.path, "git", arguments, environment, b"")
    }

    pub fn keystop(&self, arguments: &[&str]) -> Run {
        self.sandbox.run(&self.path, KEYSTOP, arguments, &[], b"")
    }

    /// Writes a file, and the folders it needs.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Writes and stages a file.
    pub fn stage(&self, name: &str, content: impl AsRef<[u8]>) {
        self.write(name, content);
        self.git(&["add", "--", name]).expect(0);
    }

    /// Commits without asking any hook: how a key gets into history in the first place.
    pub fn commit_unasked(&self, message: &str) {
        self.git(&[
            "-c",
            "core.hooksPath=/dev/null",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            message,
        ])
        .expect(0);
    }

    /// The id a revision names; empty where there is none.
    pub fn id(&self, revision: &str) -> String {
        self.git(&["rev-parse", "-q", "--verify", revision]).stdout.trim().to_owned()
    }
}

impl Run {
    /// Asserts the exit code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Run {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that git was stopped by a finding of this detector.
    #[track_caller]
    pub fn blocked_by(self, detector: &str) -> Run {
        assert_ne!(self.code, 0, "it passed\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        assert!(self.stderr.contains(detector), "no {detector} in:\n{}", self.stderr);
        self
    }

    /// Asserts that a text is on standard error, also where it goes on in the next line.
    #[track_caller]
    pub fn says(self, text: &str) -> Run {
        let is_there = self.stderr.contains(text) || self.unwrapped().contains(text);
        assert!(is_there, "no {text:?} in:\n{}", self.stderr);
        self
    }

    /// Standard error, with what was broken for the width of a terminal in one line again.
    pub fn unwrapped(&self) -> String {
        self.stderr.replace("\n                ", " ")
    }
}
