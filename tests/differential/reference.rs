//! README's "What is judged, exactly", done naively: what each commit brings.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use keystop::engine;
use keystop::finding::{Place, Source};
use keystop::redaction;
use keystop::secret::Secret;

use super::history::History;
use super::plumbing::{Contents, EMPTY, Git, Id, Record, Standing, text};

/// What a finding is known by: commit or tag, place, path, detector, fingerprint, and whether it
/// blocks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    pub commit: String,
    pub place: String,
    pub path: String,
    pub detector: String,
    pub fingerprint: String,
}

/// How often each value counts: one that stands twice in a file is told twice.
pub type Told = BTreeMap<Named, usize>;

/// A value and what speaks of it.
struct Value {
    secret: Secret,
    detector: &'static str,
    fingerprint: String,
}

fn scan(path: &[u8], text: &[u8]) -> Vec<Value> {
    let found = engine::scan(path, text).unwrap();
    found
        .into_iter()
        .map(|found| Value {
            fingerprint: found.secret.fingerprint(found.detector, None).to_string(),
            detector: found.detector.id,
            secret: found.secret,
        })
        .collect()
}

/// A path of a commit where no parent has the same content.
struct Candidate {
    path: Vec<u8>,
    blob: Id,
    /// What the parents have there.
    old: Vec<Standing>,
}

pub struct Reference<'a> {
    git: &'a Git,
    history: &'a History,
    candidates: Vec<Vec<Candidate>>,
    values: HashMap<Id, HashMap<Rc<[u8]>, Vec<Value>>>,
    /// New blobs that are not here.
    missing: HashSet<Id>,
    pub told: Vec<Told>,
    /// How many new files of each commit are not here: each is an error.
    pub errors: Vec<usize>,
    pub counts: Counts,
}

#[derive(Debug, Default)]
pub struct Counts {
    pub blobs: usize,
    pub bytes: usize,
    pub candidates: usize,
    /// Values in new blobs, before any is excused.
    pub met: usize,
    pub stood: usize,
    pub moved: usize,
    pub copied: usize,
    /// Values that count, in files.
    pub brought: usize,
    /// Of these, in merges.
    pub merged: usize,
    pub texts: usize,
    pub names: usize,
}

impl<'a> Reference<'a> {
    pub fn judge(git: &'a Git, history: &'a History) -> Reference<'a> {
        let told = history.commits.iter().map(|_| Told::new()).collect();
        let mut reference = Reference {
            git,
            history,
            candidates: Vec::new(),
            values: HashMap::new(),
            missing: HashSet::new(),
            told,
            errors: Vec::new(),
            counts: Counts::default(),
        };
        reference.find_candidates();
        reference.scan_blobs();
        reference.judge_files();
        reference.judge_texts();
        reference
    }

    fn parent_trees(&self, number: usize) -> Vec<Id> {
        let commit = &self.history.commits[number];
        commit.parents.iter().map(|&parent| self.history.commits[parent].tree).collect()
    }

    /// The pairs of trees to compare for some commits; a first commit's parent is the empty tree.
    fn pairs(&self, commits: &[usize]) -> Vec<(Id, Id)> {
        let mut pairs = Vec::new();
        for &number in commits {
            let tree = self.history.commits[number].tree;
            let parents = self.parent_trees(number);
            if parents.is_empty() {
                pairs.push((EMPTY, tree));
            }
            pairs.extend(parents.into_iter().map(|parent| (parent, tree)));
        }
        pairs
    }

    fn find_candidates(&mut self) {
        let all: Vec<usize> = (0..self.history.commits.len()).collect();
        let mut differences = self.git.differences(self.pairs(&all));
        for commit in &self.history.commits {
            let mut shared: Option<HashMap<Vec<u8>, Candidate>> = None;
            for _ in 0..commit.parents.len().max(1) {
                let mut here = HashMap::new();
                for Record { path, old, new } in differences.next() {
                    let Some(blob) = new.and_then(Standing::blob) else { continue };
                    if old == new {
                        continue;
                    }
                    let before = match &mut shared {
                        None => Some(Vec::new()),
                        Some(shared) => shared.remove(&path).map(|candidate| candidate.old),
                    };
                    if let Some(mut before) = before {
                        before.extend(old);
                        here.insert(path.clone(), Candidate { path, blob, old: before });
                    }
                }
                shared = Some(here);
            }
            let candidates: Vec<Candidate> = shared.unwrap_or_default().into_values().collect();
            self.counts.candidates += candidates.len();
            self.candidates.push(candidates);
        }
    }

    /// Finds the values of every blob under every path it is new at.
    fn scan_blobs(&mut self) {
        let mut order = Vec::new();
        let mut paths: HashMap<Id, HashSet<Rc<[u8]>>> = HashMap::new();
        let mut known: HashSet<Rc<[u8]>> = HashSet::new();
        // The oldest first, as the packs like it.
        for candidate in self.candidates.iter().rev().flatten() {
            let path = known.get(&candidate.path[..]).cloned().unwrap_or_else(|| {
                let path: Rc<[u8]> = candidate.path.clone().into();
                known.insert(path.clone());
                path
            });
            let of_blob = paths.entry(candidate.blob).or_insert_with(|| {
                order.push(candidate.blob);
                HashSet::new()
            });
            of_blob.insert(path);
        }
        self.counts.blobs = order.len();
        self.git.each(&order, |number, found| {
            let Some((_, data)) = found else {
                self.missing.insert(order[number]);
                return;
            };
            self.counts.bytes += data.len();
            for path in &paths[&order[number]] {
                let values = scan(path, &data);
                if !values.is_empty() {
                    self.values.entry(order[number]).or_default().insert(path.clone(), values);
                }
            }
        });
    }

    fn judge_files(&mut self) {
        let candidates = std::mem::take(&mut self.candidates);
        let holds_values = |candidate: &Candidate| {
            let values = self.values.get(&candidate.blob);
            values.is_some_and(|values| values.contains_key(&candidate.path[..]))
        };
        let numbers: Vec<usize> = (0..candidates.len())
            .filter(|&number| candidates[number].iter().any(holds_values))
            .collect();
        let mut differences = self.git.differences(self.pairs(&numbers));
        let mut contents = self.git.contents();
        let values = std::mem::take(&mut self.values);
        for candidates in &candidates {
            let missing = candidates.iter().filter(|one| self.missing.contains(&one.blob));
            self.errors.push(missing.count());
        }
        for number in numbers {
            let parents = self.history.commits[number].parents.len();
            let changed: Vec<Record> =
                (0..parents.max(1)).flat_map(|_| differences.next()).collect();
            for candidate in &candidates[number] {
                let found =
                    values.get(&candidate.blob).and_then(|found| found.get(&candidate.path[..]));
                for value in found.into_iter().flatten() {
                    self.counts.met += 1;
                    if self.is_brought(number, candidate, value, &changed, &mut contents) {
                        self.counts.brought += 1;
                        self.counts.merged += usize::from(parents > 1);
                        self.tell(number, Place::File, &candidate.path, value);
                    }
                }
            }
        }
        for (number, candidates) in candidates.iter().enumerate() {
            for candidate in candidates.iter().filter(|candidate| candidate.old.is_empty()) {
                for value in scan(b"", &candidate.path) {
                    self.counts.names += 1;
                    self.tell(number, Place::FileName, &candidate.path, &value);
                }
            }
        }
    }

    /// Whether a value counts for a commit.
    fn is_brought(
        &mut self,
        number: usize,
        candidate: &Candidate,
        value: &Value,
        changed: &[Record],
        contents: &mut Contents,
    ) -> bool {
        // What was encoded or joined stands in no text as it is: whether it did before is told by what
        // was found there.
        let is_plain = stands_in(&value.secret, contents.get(&candidate.blob));
        let mut holds = |standing: Option<Standing>| {
            let Some(blob) = standing.and_then(Standing::blob) else { return false };
            let text = contents.get(&blob);
            let same = |other: &Value| other.fingerprint == value.fingerprint;
            stands_in(&value.secret, text)
                || !is_plain && scan(&candidate.path, text).iter().any(same)
        };
        if candidate.old.iter().any(|&old| holds(Some(old))) {
            self.counts.stood += 1;
            return false;
        }
        if changed.iter().any(|record| holds(record.old) && !holds(record.new)) {
            self.counts.moved += 1;
            return false;
        }
        let trees = self.parent_trees(number);
        if trees.iter().any(|tree| contents.stands_in_tree(&candidate.blob, tree)) {
            self.counts.copied += 1;
            return false;
        }
        true
    }

    /// Messages and the header lines in which people speak.
    fn judge_texts(&mut self) {
        let ids: Vec<Id> = self.history.commits.iter().map(|commit| commit.id).collect();
        self.git.each(&ids, |number, found| {
            let (_, data) = found.expect("a commit is not here");
            let end =
                data.windows(2).position(|pair| pair == b"\n\n").map_or(data.len(), |at| at + 1);
            let message = data.get(end + 1..).unwrap_or_default();
            let header: Vec<&[u8]> = data[..end]
                .split_inclusive(|&byte| byte == b'\n')
                .skip_while(|line| line.starts_with(b"tree ") || line.starts_with(b"parent "))
                .collect();
            let header = header.concat();
            for (place, path, text) in [
                (Place::CommitHeader, &b"(commit header)"[..], &header[..]),
                (Place::Message, b"(commit message)", message),
            ] {
                for value in scan(path, text) {
                    self.counts.texts += 1;
                    self.tell(number, place, path, &value);
                }
            }
        });
    }

    fn tell(&mut self, number: usize, place: Place, path: &[u8], value: &Value) {
        let named = named(&text(&self.history.commits[number].id), place, path, value);
        *self.told[number].entry(named).or_default() += 1;
    }

    /// What a tag's own text tells.
    pub fn of_tag(id: &Id, words: &[u8]) -> Told {
        let mut told = Told::new();
        for value in scan(b"(tag)", words) {
            *told.entry(named(&text(id), Place::Tag, b"(tag)", &value)).or_default() += 1;
        }
        told
    }

    /// What some commits tell together.
    pub fn of_commits(&self, commits: &HashSet<usize>) -> Told {
        let mut told = Told::new();
        for &number in commits {
            told.extend(self.told[number].iter().map(|(named, count)| (named.clone(), *count)));
        }
        told
    }
}

fn named(commit: &str, place: Place, path: &[u8], value: &Value) -> Named {
    let place_name = serde_json::to_value(place).unwrap().as_str().unwrap().to_owned();
    Named {
        commit: commit.to_owned(),
        place: place_name,
        path: redaction::visible(&Source::new(place, path).shown().path),
        detector: value.detector.to_owned(),
        fingerprint: value.fingerprint.clone(),
    }
}

/// Whether a text holds a value, in bytes or as UTF-16.
fn stands_in(secret: &Secret, text: &[u8]) -> bool {
    if secret.stands_in(text) {
        return true;
    }
    if !text.contains(&0) {
        return false;
    }
    let narrow: Vec<u8> = text.iter().copied().filter(|&byte| byte != 0).collect();
    secret.stands_in(&narrow)
}
