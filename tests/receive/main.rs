//! A server's pre-receive hook: real bare repositories, real `git push`. The pusher has no hooks.
//!
//! Every case runs with each of keystop's two readers: they must agree.

#[path = "../support/mod.rs"]
mod support;

mod budget;
mod configuration;
mod option;
mod page;
mod push;
mod server;

use std::path::{Path, PathBuf};

use support::{KEYSTOP, Reader, Repo, Run, Sandbox, keys};

const STRIPE: &str = "stripe-live-secret-key";
const FILE: &str = ".keystop-allow";

/// A server with keystop's hook, and a clone of it that has pushed a clean `main`.
struct World<'a> {
    sandbox: &'a Sandbox,
    server: PathBuf,
    work: Repo<'a>,
}

/// Runs a case with each reader.
fn with_both_readers(case: impl Fn(&World)) {
    for reader in [Reader::Usual, Reader::Git] {
        let sandbox = Sandbox::with_reader(reader);
        case(&World::new(&sandbox));
    }
}

impl World<'_> {
    fn new(sandbox: &Sandbox) -> World<'_> {
        let world = World::empty(sandbox, &[]);
        world.commit("README.md", "a project\n");
        world.passes(&["main"]);
        world
    }

    /// The same before anything was pushed; both repositories are made with these options.
    fn empty<'a>(sandbox: &'a Sandbox, options: &[&str]) -> World<'a> {
        let init = |more: &[&str]| {
            let arguments = [&["init", "-q", "-b", "main"], options, more].concat();
            sandbox.run(sandbox.path(), "git", &arguments, &[], b"").expect(0);
        };
        init(&["--bare", "server.git"]);
        init(&["work"]);
        let server = sandbox.path().join("server.git");
        let install = ["install", "--only", "pre-receive"];
        sandbox.run(&server, KEYSTOP, &install, &[], b"").expect(0);
        let work = Repo { sandbox, path: sandbox.path().join("work") };
        work.git(&["remote", "add", "origin", "../server.git"]).expect(0);
        World { sandbox, server, work }
    }

    /// Commits a file and returns the commit's id.
    fn commit(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        self.work.stage(name, content);
        self.work.commit_unasked("change");
        self.work.id("HEAD")
    }

    /// A line of Python with a key that is planted from now on.
    fn secret(&self, seed: u64) -> String {
        let key = keys::stripe(seed);
        self.sandbox.plant(&key.body);
        format!("stripe.api_key = '{}'\n", key.value())
    }

    fn push(&self, arguments: &[&str]) -> Run {
        self.work.git(&[&["push", "origin"], arguments].concat())
    }

    /// Asserts that a push is accepted.
    #[track_caller]
    fn passes(&self, arguments: &[&str]) -> Run {
        self.push(arguments).expect(0)
    }

    /// Asserts that the hook refuses a push and that the server is as it was.
    #[track_caller]
    fn refuses(&self, arguments: &[&str]) -> Run {
        let before = (self.refs(), files(&self.server));
        let run = self.push(arguments);
        assert_ne!(run.code, 0, "it passed:\n{}", run.stderr);
        assert_eq!((self.refs(), files(&self.server)), before, "the server changed");
        run.says("(pre-receive hook declined)")
    }

    /// The same for a key.
    #[track_caller]
    fn finds(&self, arguments: &[&str]) -> Run {
        self.refuses(arguments).says(STRIPE).says("Nothing was accepted.")
    }

    fn refs(&self) -> String {
        let format = "--format=%(refname) %(objectname)";
        self.sandbox.run(&self.server, "git", &["for-each-ref", format], &[], b"").expect(0).stdout
    }

    fn set(&self, name: &str, value: &str) {
        self.sandbox.run(&self.server, "git", &["config", name, value], &[], b"").expect(0);
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        found.extend(files(&path));
        if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The one fingerprint that a refusal names.
#[track_caller]
fn fingerprint(run: &Run) -> String {
    let all: Vec<&str> =
        run.stderr.lines().filter_map(|line| line.split("keystop allow ").nth(1)).collect();
    assert_eq!(all.len(), 1, "{}", run.stderr);
    all[0].split(' ').next().unwrap().to_owned()
}
