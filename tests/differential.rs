//! Random histories: what a push is blocked for equals a plain reference that walks every object.
//!
//! `KEYSTOP_SEEDS=A..B cargo test --test differential` tries other seeds.

mod support;

#[path = "differential/history.rs"]
mod history;
#[path = "differential/plant.rs"]
mod plant;
#[path = "differential/plumbing.rs"]
mod plumbing;
#[path = "differential/real.rs"]
mod real;
#[path = "differential/reference.rs"]
mod reference;
#[path = "differential/verdict.rs"]
mod verdict;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use support::example::{Random, fill};
use support::{Repo, Sandbox};

/// A commit's files: path to lines.
type Tree = BTreeMap<String, Vec<String>>;

struct Made {
    tree: Tree,
    mark: usize,
}

/// A history as a fast-import stream, and how many of its commits the remote has already.
struct History {
    stream: String,
    random: Random,
    keys: u64,
    seed: u64,
    branches: BTreeMap<String, usize>,
    commits: Vec<Made>,
    tags: usize,
}

impl History {
    fn new(seed: u64) -> History {
        let random = Random::new(seed);
        let branches = BTreeMap::new();
        History {
            stream: String::new(),
            random,
            keys: 0,
            seed,
            branches,
            commits: Vec::new(),
            tags: 0,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.random.next() % bound as u64) as usize
    }

    fn key_line(&mut self) -> String {
        self.keys += 1;
        format!("token = {}", fill("ghp_‹base62-crc 30›", self.seed * 10_000 + self.keys))
    }

    fn line(&mut self) -> String {
        if self.below(5) == 0 { self.key_line() } else { format!("line {}", self.below(1000)) }
    }

    /// One random change to a tree. No value ever stands in two files of one tree.
    fn change(&mut self, tree: &mut Tree) {
        let paths: Vec<String> = tree.keys().cloned().collect();
        let path =
            if paths.is_empty() { String::new() } else { paths[self.below(paths.len())].clone() };
        let fresh = format!("dir{}/file{}.txt", self.below(3), self.below(1000));
        match self.below(7) {
            0 | 1 if !tree.contains_key(&fresh) => {
                let lines = (0..3).map(|_| self.line()).collect();
                tree.insert(fresh, lines);
            }
            _ if path.is_empty() => {}
            2 => {
                tree.remove(&path);
            }
            3 if !tree.contains_key(&fresh) => {
                if let Some(lines) = tree.remove(&path) {
                    tree.insert(fresh, lines);
                }
            }
            4 if !tree.contains_key(&fresh) => {
                let more = self.line();
                if let Some(mut lines) = tree.remove(&path) {
                    lines.push(more);
                    tree.insert(fresh, lines);
                }
            }
            5 => {
                // A version out of the past comes back: a revert.
                let past = self.below(self.commits.len().max(1));
                let Some(old) =
                    self.commits.get(past).and_then(|made| made.tree.get(&path)).cloned()
                else {
                    return;
                };
                let elsewhere =
                    tree.iter().filter(|(other, _)| **other != path).flat_map(|(_, lines)| lines);
                let held: HashSet<&String> =
                    elsewhere.filter(|line| line.starts_with("token")).collect();
                if !old.iter().any(|line| held.contains(line)) {
                    tree.insert(path, old);
                }
            }
            _ => {
                let more = self.line();
                let at = self.below(4);
                if let Some(lines) = tree.get_mut(&path) {
                    if at == 0 && !lines.is_empty() {
                        lines.remove(0);
                    }
                    lines.insert(lines.len().min(at), more);
                }
            }
        }
    }

    fn commit(&mut self, branch: &str, parents: &[usize], tree: Tree) {
        let mark = self.commits.len() + 1;
        let message = if self.below(12) == 0 { self.key_line() } else { format!("commit {mark}") };
        let _ = write!(
            self.stream,
            "commit refs/heads/{branch}\nmark :{mark}\ncommitter C <c@example.com> {} +0000\ndata {}\n{message}\n",
            1_767_323_045 + mark,
            message.len()
        );
        for (number, parent) in parents.iter().enumerate() {
            let word = if number == 0 { "from" } else { "merge" };
            let _ = writeln!(self.stream, "{word} :{}", self.commits[*parent].mark);
        }
        let _ = writeln!(self.stream, "deleteall");
        for (path, lines) in &tree {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let _ = writeln!(self.stream, "M 100644 inline {path}\ndata {}\n{text}", text.len());
        }
        self.commits.push(Made { tree, mark });
        self.branches.insert(branch.to_owned(), self.commits.len() - 1);
    }

    fn grow(&mut self, count: usize) {
        for _ in 0..count {
            let names: Vec<String> = self.branches.keys().cloned().collect();
            if names.is_empty() {
                let mut tree = Tree::new();
                self.change(&mut tree);
                self.commit("main", &[], tree);
                continue;
            }
            let branch = names[self.below(names.len())].clone();
            let tip = self.branches[&branch];
            match self.below(8) {
                0 => {
                    // A new branch begins at any commit.
                    let from = self.below(self.commits.len());
                    let mut tree = self.commits[from].tree.clone();
                    self.change(&mut tree);
                    let name = format!("branch{}", self.branches.len());
                    self.commit(&name, &[from], tree);
                }
                1 | 2 if names.len() > 1 => {
                    let other = self.below(names.len());
                    let other = self.branches[&names[other]];
                    if other != tip {
                        let tree = self.merged(tip, other);
                        self.commit(&branch, &[tip, other], tree);
                    }
                }
                3 => {
                    self.tags += 1;
                    let words =
                        if self.below(3) == 0 { self.key_line() } else { "a tag".to_owned() };
                    let _ = write!(
                        self.stream,
                        "tag tag{}\nfrom :{}\ntagger T <t@example.com> 1767323045 +0000\ndata {}\n{words}\n",
                        self.tags,
                        self.commits[tip].mark,
                        words.len()
                    );
                }
                _ => {
                    let mut tree = self.commits[tip].tree.clone();
                    for _ in 0..=self.below(3) {
                        self.change(&mut tree);
                    }
                    self.commit(&branch, &[tip], tree);
                }
            }
        }
    }

    /// Each path from either side, at times with a line that neither has: an evil merge.
    fn merged(&mut self, one: usize, other: usize) -> Tree {
        let (one, other) = (self.commits[one].tree.clone(), self.commits[other].tree.clone());
        let mut tree = Tree::new();
        let paths: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        for path in paths {
            let side = if self.below(2) == 0 { one.get(path) } else { other.get(path) };
            if let Some(lines) = side.or_else(|| one.get(path)).or_else(|| other.get(path)) {
                tree.insert(path.clone(), lines.clone());
            }
        }
        if self.below(3) == 0 {
            let evil = self.key_line();
            if let Some(lines) = tree.values_mut().next() {
                lines.push(evil);
            }
        }
        tree
    }
}

/// Every object of a repository, as `git cat-file` prints it.
struct Objects(HashMap<String, (String, Vec<u8>)>);

impl Objects {
    fn read(repo: &Repo) -> Objects {
        let out = repo.raw(&["cat-file", "--batch-all-objects", "--batch"]);
        let mut objects = HashMap::new();
        let mut rest = &out[..];
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            let header = String::from_utf8_lossy(&rest[..end]).into_owned();
            let words: Vec<&str> = header.split(' ').collect();
            let size: usize = words[2].parse().unwrap();
            let data = rest[end + 1..end + 1 + size].to_vec();
            objects.insert(words[0].to_owned(), (words[1].to_owned(), data));
            rest = &rest[end + 2 + size..];
        }
        Objects(objects)
    }

    fn header(&self, id: &str, name: &str) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.0[id].1).into_owned();
        let lines = text.lines().take_while(|line| !line.is_empty());
        lines.filter_map(|line| line.strip_prefix(&format!("{name} ")).map(str::to_owned)).collect()
    }

    fn ancestors(&self, tips: &[String]) -> HashSet<String> {
        let mut seen = HashSet::new();
        let mut pending = tips.to_vec();
        while let Some(id) = pending.pop() {
            if seen.insert(id.clone()) {
                match self.0[&id].0.as_str() {
                    "tag" => pending.extend(self.header(&id, "object")),
                    _ => pending.extend(self.header(&id, "parent")),
                }
            }
        }
        seen
    }

    /// The values anywhere in a commit's tree.
    fn values(&self, tree: &str) -> BTreeSet<String> {
        let (kind, data) = &self.0[tree];
        if kind == "blob" {
            return values(data);
        }
        let mut found = BTreeSet::new();
        let mut rest = &data[..];
        while let Some(nul) = rest.iter().position(|&byte| byte == 0) {
            let id: String =
                rest[nul + 1..nul + 21].iter().map(|byte| format!("{byte:02x}")).collect();
            found.extend(self.values(&id));
            rest = &rest[nul + 21..];
        }
        found
    }
}

fn values(text: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(text);
    text.match_indices("ghp_").map(|(at, _)| text[at..at + 40].to_owned()).collect()
}

/// What must block: the values that a new commit has and none of its parents, and those in the
/// texts of new commits and tags.
fn reference(objects: &Objects, tips: &[String], known: &[String]) -> BTreeSet<String> {
    let there = objects.ancestors(known);
    let mut expected = BTreeSet::new();
    for id in objects.ancestors(tips) {
        let is_tag = objects.0[&id].0 == "tag";
        if there.contains(&id) && !is_tag {
            continue;
        }
        let text = &objects.0[&id].1;
        expected.extend(values(text));
        if is_tag {
            continue;
        }
        let before: BTreeSet<String> = objects
            .header(&id, "parent")
            .iter()
            .flat_map(|parent| objects.values(&objects.header(parent, "tree")[0]))
            .collect();
        let now = objects.values(&objects.header(&id, "tree")[0]);
        expected.extend(now.difference(&before).cloned());
    }
    expected
}

/// The values at the places a blocked push names.
fn reported(repo: &Repo, stderr: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for place in stderr.lines().filter_map(|line| line.trim_start().strip_prefix("--> ")) {
        let (place, commit) = place.split_once(" in commit ").unwrap();
        let mut parts = place.rsplitn(3, ':');
        let (_, line, path) = (parts.next(), parts.next().unwrap(), parts.next().unwrap());
        let text = match path {
            "(tag)" | "(commit header)" | "(commit message)" => {
                repo.raw(&["cat-file", "-p", commit])
            }
            path => {
                let text = repo.raw(&["cat-file", "-p", &format!("{commit}:{path}")]);
                let line: usize = line.parse().unwrap();
                text.split(|&byte| byte == b'\n').nth(line - 1).unwrap().to_vec()
            }
        };
        let values = values(&text);
        assert!(!values.is_empty(), "nothing stands at {place} in {commit}");
        found.extend(values);
    }
    found
}

fn try_seed(seed: u64) {
    let sandbox = Sandbox::new();
    let repo = sandbox.hooked("work");
    let remote = sandbox.remote("remote.git");
    repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]).expect(0);

    let mut history = History::new(seed);
    history.grow(6);
    import(&repo, &mut history);
    repo.git(&["push", "-q", "--no-verify", "origin", "main"]).expect(0);
    let known = vec![repo.id("refs/remotes/origin/main")];

    history.grow(14);
    import(&repo, &mut history);
    let objects = Objects::read(&repo);
    let refs =
        repo.git(&["for-each-ref", "--format=%(objectname)", "refs/heads", "refs/tags"]).stdout;
    let tips: Vec<String> = refs.lines().map(str::to_owned).collect();
    let expected = reference(&objects, &tips, &known);

    let run = repo.git(&[
        "push",
        "-q",
        "--force",
        "origin",
        "refs/heads/*:refs/heads/*",
        "refs/tags/*:refs/tags/*",
    ]);
    assert_eq!(run.code != 0, !expected.is_empty(), "seed {seed}:\n{}", run.stderr);
    assert_eq!(reported(&repo, &run.stderr), expected, "seed {seed}:\n{}", run.stderr);
}

fn import(repo: &Repo, history: &mut History) {
    let stream = std::mem::take(&mut history.stream);
    let marks = [
        "fast-import",
        "--quiet",
        "--force",
        "--import-marks-if-exists=.git/marks",
        "--export-marks=.git/marks",
    ];
    repo.git_fed(&marks, stream.as_bytes()).expect(0);
}

fn seeds(share: u64) -> Vec<u64> {
    let range = std::env::var("KEYSTOP_SEEDS").unwrap_or_else(|_| "0..200".to_owned());
    let (from, to) = range.split_once("..").expect("KEYSTOP_SEEDS=A..B");
    (from.parse().unwrap()..to.parse().unwrap()).filter(|seed| seed % 4 == share).collect()
}

/// Four tests, so that they run beside each other.
macro_rules! shares {
    ($($name:ident = $share:literal)*) => {
        $(#[test]
        fn $name() {
            seeds($share).into_iter().for_each(try_seed);
        })*
    };
}

shares! {
    a_push_is_blocked_for_exactly_what_it_brings_first_quarter = 0
    a_push_is_blocked_for_exactly_what_it_brings_second_quarter = 1
    a_push_is_blocked_for_exactly_what_it_brings_third_quarter = 2
    a_push_is_blocked_for_exactly_what_it_brings_fourth_quarter = 3
}
