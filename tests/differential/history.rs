//! The commits, tags and refs of a repository, as git lists them.

use std::collections::{HashMap, HashSet};

use super::plumbing::{Git, Id, id};

pub struct Commit {
    pub id: Id,
    pub tree: Id,
    pub parents: Vec<usize>,
}

pub struct History {
    /// The youngest first.
    pub commits: Vec<Commit>,
    pub numbers: HashMap<Id, usize>,
    /// What each ref points at: commits, tags, and the odd blob.
    pub tips: Vec<Id>,
    pub tags: Vec<Tag>,
    /// The kinds of what a ref or tag points at that is no commit.
    pub others: Vec<String>,
}

pub struct Tag {
    pub id: Id,
    /// The commit behind any number of tags, if there is one.
    pub commit: Option<usize>,
    /// Everything but the header that names the tagged object.
    pub text: Vec<u8>,
}

impl History {
    pub fn read(git: &Git) -> History {
        let list = git.run(&["rev-list", "--all", "--no-commit-header", "--format=%H %T %P"]);
        let lines: Vec<Vec<Id>> = list
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| {
                let words = line.split(|&byte| byte == b' ');
                words.filter(|word| !word.is_empty()).map(id).collect()
            })
            .collect();
        let numbers: HashMap<Id, usize> =
            lines.iter().enumerate().map(|(number, line)| (line[0], number)).collect();
        let commits = lines
            .iter()
            .map(|line| {
                let parents = line[2..].iter().map(|parent| numbers[parent]).collect();
                Commit { id: line[0], tree: line[1], parents }
            })
            .collect();
        let mut history =
            History { commits, numbers, tips: Vec::new(), tags: Vec::new(), others: Vec::new() };
        history.read_refs(git);
        history
    }

    fn read_refs(&mut self, git: &Git) {
        let refs = git.run(&["for-each-ref", "--format=%(objectname)"]);
        let mut seen = HashSet::new();
        let lines = refs.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        self.tips = lines.map(id).filter(|id| seen.insert(*id)).collect();
        let mut pending: Vec<Id> = self.tips.clone();
        let mut seen = HashSet::new();
        let mut targets = HashMap::new();
        while !pending.is_empty() {
            pending.retain(|id| !self.numbers.contains_key(id) && seen.insert(*id));
            let asked = std::mem::take(&mut pending);
            git.each(&asked, |number, found| {
                let (kind, data) = found.expect("a ref or tag points at what is not here");
                if kind != "tag" {
                    self.others.push(kind);
                    return;
                }
                let mut lines = data.splitn(3, |&byte| byte == b'\n');
                let target = id(&lines.next().unwrap()[b"object ".len()..]);
                let _ = lines.next();
                targets.insert(asked[number], target);
                pending.push(target);
                let text = lines.next().unwrap_or_default().to_vec();
                self.tags.push(Tag { id: asked[number], commit: None, text });
            });
        }
        for tag in &mut self.tags {
            let mut at = tag.id;
            while let Some(target) = targets.get(&at) {
                at = *target;
            }
            tag.commit = self.numbers.get(&at).copied();
        }
    }

    /// The commits that some can reach, themselves included.
    pub fn reachable(&self, from: &[usize]) -> HashSet<usize> {
        let mut seen = HashSet::new();
        let mut pending = from.to_vec();
        while let Some(number) = pending.pop() {
            if seen.insert(number) {
                pending.extend(&self.commits[number].parents);
            }
        }
        seen
    }

    pub fn between(&self, from: &[usize], to: &[usize]) -> HashSet<usize> {
        let there = self.reachable(from);
        self.reachable(to).difference(&there).copied().collect()
    }
}
