//! Real histories of tens of thousands of commits, judged by keystop and by a reference that
//! shares its detection and nothing else. Run by hand, over any repository:
//!
//! `KEYSTOP_REPOSITORY=/path cargo test --release --test differential -- --ignored real_history`
//!
//! `KEYSTOP_PLANTED=/new/folder` beside it makes a copy there with keys planted all over, and
//! judges that. `KEYSTOP_READER=git` or `=usual` asks one of the two readers alone.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::time::Instant;

use super::history::History;
use super::plant::plant;
use super::plumbing::{Git, Id, NONE, objects};
use super::reference::{Named, Reference, Told};
use super::support::Reader;
use super::support::example::Random;
use super::verdict::Borrowed;

/// Says where two answers differ; how often they do.
fn compare(what: &str, expected: &Told, told: &Told) -> usize {
    let names: BTreeSet<&Named> = expected.keys().chain(told.keys()).collect();
    let mut differing = 0;
    for named in names {
        let [ours, theirs] =
            [told, expected].map(|told| told.get(named).copied().unwrap_or_default());
        if ours != theirs {
            differing += 1;
            if differing <= 40 {
                println!("{what}: keystop {ours}, reference {theirs}: {named:?}");
            }
        }
    }
    if differing > 0 {
        println!("{what}: {differing} disagreements");
    }
    differing
}

fn repository() -> Git {
    let source = std::env::var("KEYSTOP_REPOSITORY").expect("KEYSTOP_REPOSITORY=/path");
    let source = objects(&PathBuf::from(source)).parent().unwrap().to_path_buf();
    let source = Git { folder: source };
    let Some(target) = std::env::var_os("KEYSTOP_PLANTED").map(PathBuf::from) else {
        return source;
    };
    if !target.exists() {
        let begin = Instant::now();
        plant(&source, &target);
        println!("planted in {:.0?}", begin.elapsed());
    }
    Git { folder: target }
}

fn hex(id: &Id) -> String {
    String::from_utf8_lossy(id).into_owned()
}

/// What git tells a pre-push hook, and what comes of it.
struct Push {
    /// New and old ids.
    updates: Vec<(Id, Id)>,
    tracked: Vec<Id>,
    brings: HashSet<usize>,
    /// Whether every tag is pushed.
    tags: bool,
}

/// One reader against the reference.
struct Trial<'a> {
    history: &'a History,
    reference: &'a Reference<'a>,
    borrowed: Borrowed,
    differing: usize,
    /// The findings that block, as keystop's own JSON says.
    blocking: BTreeSet<Named>,
}

impl Trial<'_> {
    /// How many files that some commits bring are not here: each is an error.
    fn missing(&self, commits: &HashSet<usize>) -> usize {
        commits.iter().map(|&number| self.reference.errors[number]).sum()
    }

    fn differ(&mut self, what: &str) {
        self.differing += 1;
        println!("{what}");
    }

    /// Asks for a range that holds these commits, and a number of texts beside them.
    fn range(&mut self, range: &str, commits: &HashSet<usize>, beside: usize) {
        let answer = self.borrowed.range(range);
        let expected = self.reference.of_commits(commits);
        self.differing += compare(range, &expected, &answer.told);
        let judged = (answer.commits as usize, answer.errors.len());
        let wanted = (commits.len() + beside, self.missing(commits));
        if judged != wanted {
            let errors = &answer.errors[..answer.errors.len().min(5)];
            self.differ(&format!(
                "{range}: commits and errors {judged:?}, not {wanted:?}: {errors:?}"
            ));
        }
        self.blocking.extend(answer.blocking);
    }

    /// Every commit, below one that has them all for parents.
    fn everything(&mut self) {
        let begin = Instant::now();
        let mut tips = self.history.tips.clone();
        tips.retain(|id| self.history.numbers.contains_key(id));
        let tagged = self.history.tags.iter().filter_map(|tag| tag.commit);
        tips.extend(tagged.map(|number| self.history.commits[number].id));
        let over = self.borrowed.commit_over(&tips);
        let all: HashSet<usize> = (0..self.history.commits.len()).collect();
        self.range(&over, &all, 1);
        println!(
            "everything: {} commits, {} findings, {} missing files, {} disagreements in {:.0?}",
            all.len(),
            self.reference.of_commits(&all).len(),
            self.missing(&all),
            self.differing,
            begin.elapsed()
        );
    }

    /// Each tag's own text.
    fn tags(&mut self) {
        let mut found = 0;
        for tag in &self.history.tags {
            let id = hex(&tag.id);
            let range = match tag.commit {
                Some(commit) => format!("{}..{id}", hex(&self.history.commits[commit].id)),
                None => id.clone(),
            };
            let mut answer = self.borrowed.range(&range);
            answer.told.retain(|named, _| named.commit == id);
            let expected = Reference::of_tag(&tag.id, &tag.text);
            found += expected.len();
            self.differing += compare("tag", &expected, &answer.told);
            self.blocking.extend(answer.blocking);
        }
        println!("tags: {}, {found} findings", self.history.tags.len());
    }

    /// Ranges between commits picked by chance.
    fn ranges(&mut self, random: &mut Random) {
        let count = self.history.commits.len();
        let mut sizes = Vec::new();
        for _ in 0..40 {
            let to = pick(random, count);
            let from = (to + 1 + pick(random, 3000)).min(count - 1);
            let between = self.history.between(&[from], &[to]);
            let [from, to] = [from, to].map(|number| hex(&self.history.commits[number].id));
            self.range(&format!("{from}..{to}"), &between, 0);
            sizes.push(between.len());
        }
        println!("ranges of {sizes:?} commits");
    }

    /// Pushes of commits picked by chance to a remote that has some; the first, of all refs to an
    /// empty one.
    fn pushes(&mut self, random: &mut Random) {
        let count = self.history.commits.len();
        let id = |at: usize| self.history.commits.get(at).map_or(NONE, |commit| commit.id);
        let all = Push {
            updates: self.history.tips.iter().map(|tip| (*tip, NONE)).collect(),
            tracked: Vec::new(),
            brings: (0..count).collect(),
            tags: true,
        };
        let mut pushes = vec![all];
        for _ in 0..20 {
            let new: Vec<usize> = (0..=pick(random, 8)).map(|_| pick(random, count)).collect();
            // One that is not here excludes nothing.
            let old: Vec<usize> = new.iter().map(|new| new + 1 + pick(random, 2000)).collect();
            let tracked: Vec<usize> = (0..=pick(random, 8))
                .map(|_| (new[0] + pick(random, 4000)).min(count - 1))
                .collect();
            let known: Vec<usize> =
                old.iter().chain(&tracked).copied().filter(|&known| known < count).collect();
            pushes.push(Push {
                updates: new.iter().zip(&old).map(|(&new, &old)| (id(new), id(old))).collect(),
                tracked: tracked.into_iter().map(id).collect(),
                brings: self.history.between(&known, &new),
                tags: false,
            });
        }
        let mut sizes = Vec::new();
        for Push { updates, tracked, brings, tags } in pushes {
            let tags = if tags { &self.history.tags[..] } else { &[] };
            let run = self.borrowed.push(&updates, &tracked);
            let mut expected = self.reference.of_commits(&brings);
            for tag in tags {
                expected.extend(Reference::of_tag(&tag.id, &tag.text));
            }
            expected.retain(|named, _| self.blocking.contains(named));
            let keys: usize = expected.values().sum();
            let judged = brings.len() + tags.len();
            sizes.push((judged, keys));
            let code = match self.missing(&brings) {
                0 => i32::from(keys > 0),
                _ => 2,
            };
            let said = summary(&run.stderr);
            let wanted = (keys > 0).then_some((keys, judged));
            if (said, run.code) != (wanted, code) {
                self.differ(&format!(
                    "push of {} commits: {said:?} and exit {}, not {wanted:?} and {code}",
                    brings.len(),
                    run.code
                ));
            }
        }
        println!("pushes (commits and tags, keys): {sizes:?}");
    }
}

fn pick(random: &mut Random, below: usize) -> usize {
    (random.next() % below as u64) as usize
}

/// The numbers in `keystop: 3 keys in 2 commits.`
fn summary(stderr: &str) -> Option<(usize, usize)> {
    let said = stderr.lines().filter_map(|line| line.strip_prefix("keystop: "));
    let number = |words: &str, noun: &str| -> Option<usize> {
        words.trim_end_matches('s').strip_suffix(noun)?.trim().parse().ok()
    };
    said.filter_map(|said| {
        let (keys, rest) = said.split_once(" in ")?;
        Some((number(keys, "key")?, number(rest.split_once('.')?.0, "commit")?))
    })
    .next()
}

#[test]
#[ignore = "takes minutes and wants KEYSTOP_REPOSITORY"]
fn a_real_history_is_judged_as_the_reference_judges_it() {
    let git = repository();
    let begin = Instant::now();
    let history = History::read(&git);
    let reference = Reference::judge(&git, &history);
    println!(
        "reference: {} commits ({} merges), {} tags, refs and tags that name no commit: {:?}, {:#?} in {:.0?}",
        history.commits.len(),
        history.commits.iter().filter(|commit| commit.parents.len() > 1).count(),
        history.tags.len(),
        history.others,
        reference.counts,
        begin.elapsed()
    );
    let readers = match std::env::var("KEYSTOP_READER").as_deref() {
        Ok("git") => vec![Reader::Git],
        Ok("usual") => vec![Reader::Usual],
        _ => vec![Reader::Usual, Reader::Git],
    };
    let mut differing = 0;
    for reader in readers {
        println!("reader: {reader:?}");
        let borrowed = Borrowed::new(&objects(&git.folder), reader);
        let mut trial = Trial {
            history: &history,
            reference: &reference,
            borrowed,
            differing: 0,
            blocking: BTreeSet::new(),
        };
        let mut random = Random::new(7);
        trial.everything();
        trial.tags();
        trial.ranges(&mut random);
        trial.pushes(&mut random);
        differing += trial.differing;
    }
    assert_eq!(differing, 0);
}
