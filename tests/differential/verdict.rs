//! What keystop itself says of a repository's history.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::plumbing::{Id, text};
use super::reference::{Named, Told};
use super::support::{KEYSTOP, Reader, Run, Sandbox};

/// Where the remote is that is pushed to. Nobody goes there.
const URL: &str = "https://example.com/origin.git";

/// A repository without refs that borrows another's objects, so that nothing is written there.
pub struct Borrowed {
    sandbox: Sandbox,
}

/// The answer of one run.
pub struct Answer {
    pub told: Told,
    /// The findings that block; the others are only reported.
    pub blocking: BTreeSet<Named>,
    pub commits: u64,
    pub errors: Vec<String>,
}

impl Borrowed {
    pub fn new(objects: &Path, reader: Reader) -> Borrowed {
        let sandbox = Sandbox::with_reader(reader);
        let folder = sandbox.remote("borrowed");
        fs::write(folder.join("objects/info/alternates"), objects.to_str().unwrap()).unwrap();
        let borrowed = Borrowed { sandbox };
        borrowed.run("git", &["config", "remote.origin.url", URL], b"").expect(0);
        borrowed
    }

    fn run(&self, program: &str, arguments: &[&str], input: &[u8]) -> Run {
        let folder = self.sandbox.path().join("borrowed");
        self.sandbox.run(&folder, program, arguments, &[], input)
    }

    /// A commit of nothing whose parents are all of `tips`.
    pub fn commit_over(&self, tips: &[Id]) -> String {
        let parents: String = tips.iter().map(|tip| format!("parent {}\n", text(tip))).collect();
        let people = "author A <a@example.com> 1767323045 +0000\ncommitter A <a@example.com> 1767323045 +0000\n";
        let empty = self.run("git", &["hash-object", "-t", "tree", "-w", "--stdin"], b"").expect(0);
        let commit = format!("tree {}\n{parents}{people}\nall\n", empty.stdout.trim());
        let arguments = ["hash-object", "-t", "commit", "-w", "--stdin"];
        self.run("git", &arguments, commit.as_bytes()).expect(0).stdout.trim().to_owned()
    }

    pub fn range(&self, range: &str) -> Answer {
        let run = self.run(KEYSTOP, &["scan", "--range", range, "--format", "json"], b"");
        let json: serde_json::Value = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("{range}: {error}\n{}", run.stderr));
        let mut told = Told::new();
        let mut blocking = BTreeSet::new();
        for finding in json["findings"].as_array().unwrap() {
            let word = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            let named = Named {
                commit: word("commit"),
                place: word("place"),
                path: word("path"),
                detector: word("detector"),
                fingerprint: word("fingerprint"),
            };
            if finding["blocks"] == true {
                blocking.insert(named.clone());
            }
            *told.entry(named).or_default() += 1;
        }
        let errors = json["errors"].as_array().unwrap();
        Answer {
            told,
            blocking,
            commits: json["judged"]["commits"].as_u64().unwrap(),
            errors: errors.iter().map(|error| error.as_str().unwrap().to_owned()).collect(),
        }
    }

    /// The pre-push hook, told what git tells it; `tracked` are the remote-tracking refs.
    pub fn push(&self, tips: &[(Id, Id)], tracked: &[Id]) -> Run {
        let packed: String = tracked
            .iter()
            .enumerate()
            .map(|(number, id)| format!("{} refs/remotes/origin/b{number:06}\n", text(id)))
            .collect();
        let folder = self.sandbox.path().join("borrowed");
        fs::write(folder.join("packed-refs"), packed).unwrap();
        let lines: String = tips
            .iter()
            .enumerate()
            .map(|(number, (new, old))| {
                format!("refs/heads/b{number} {} refs/heads/b{number} {}\n", text(new), text(old))
            })
            .collect();
        let run = self.run(KEYSTOP, &["pre-push", "origin", URL], lines.as_bytes());
        fs::write(folder.join("packed-refs"), "").unwrap();
        run
    }
}
