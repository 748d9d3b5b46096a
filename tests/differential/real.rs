//! Real histories of tens of thousands of commits, judged by keystop and by a reference that
//! shares its detection and nothing else. Run by hand, over any repository:
//!
//! `KEYSTOP_REPOSITORY=/path cargo test --release --test differential -- --ignored real_history`
//!
//! `KEYSTOP_PLANTED=/new/folder` beside it makes a copy there with keys planted all over, and
//! judges that. `KEYSTOP_READER=git` lets the `git` program read.

use std::collections::BTreeSet;
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

#[test]
#[ignore = "takes minutes and wants KEYSTOP_REPOSITORY"]
fn a_real_history_is_judged_as_the_reference_judges_it() {
    let git = repository();
    let begin = Instant::now();
    let history = History::read(&git);
    let reference = Reference::judge(&git, &history);
    println!(
        "reference: {} commits ({} merges), {} tags, {:#?} in {:.0?}",
        history.commits.len(),
        history.commits.iter().filter(|commit| commit.parents.len() > 1).count(),
        history.tags.len(),
        reference.counts,
        begin.elapsed()
    );
    let reader = match std::env::var("KEYSTOP_READER") {
        Ok(reader) if reader == "git" => Reader::Git,
        _ => Reader::Usual,
    };
    let borrowed = Borrowed::new(&objects(&git.folder), reader);
    let mut differing = 0;

    // Everything, as one range.
    let begin = Instant::now();
    let mut commits: Vec<Id> = history.tips.clone();
    commits.retain(|id| history.numbers.contains_key(id));
    commits.extend(history.tags.iter().filter_map(|tag| Some(history.commits[tag.commit?].id)));
    let over = borrowed.commit_over(&commits);
    let answer = borrowed.range(&over);
    println!(
        "keystop: {} commits, {} kinds of findings in {:.0?}",
        answer.commits,
        answer.told.len(),
        begin.elapsed()
    );
    let mut expected = Told::new();
    for told in &reference.told {
        expected.extend(told.iter().map(|(named, count)| (named.clone(), *count)));
    }
    println!("reference: {} kinds of findings", expected.len());
    let missing: usize = reference.errors.iter().sum();
    assert_eq!(answer.errors.len(), missing, "{:#?}", answer.errors);
    println!("files that are not here, each an error: {missing}");
    // The commit above them all is one more.
    assert_eq!(answer.commits, history.commits.len() as u64 + 1);
    differing += compare("everything", &expected, &answer.told);
    let mut blocking = answer.blocking;

    // Each tag's own text.
    let mut found = 0;
    for tag in &history.tags {
        let id = String::from_utf8_lossy(&tag.id).into_owned();
        let range = match tag.commit {
            Some(commit) => {
                format!("{}..{id}", String::from_utf8_lossy(&history.commits[commit].id))
            }
            None => id.clone(),
        };
        let mut answer = borrowed.range(&range);
        answer.told.retain(|named, _| named.commit == id);
        let expected = Reference::of_tag(&tag.id, &tag.text);
        found += expected.len();
        differing += compare("tag", &expected, &answer.told);
        blocking.extend(answer.blocking);
    }
    println!("tags: {found} findings");

    // Ranges and pushes between commits picked by chance.
    let mut random = Random::new(7);
    let mut pick = |below: usize| (random.next() % below.max(1) as u64) as usize;
    let count = history.commits.len();
    let mut sizes = Vec::new();
    for _ in 0..40 {
        let to = pick(count);
        let from = (to + 1 + pick(3000)).min(count - 1);
        let between = history.between(&[from], &[to]);
        let [a, b] = [from, to].map(|at| String::from_utf8_lossy(&history.commits[at].id));
        let answer = borrowed.range(&format!("{a}..{b}"));
        assert_eq!(answer.commits, between.len() as u64, "{a}..{b}");
        let missing: usize = between.iter().map(|&number| reference.errors[number]).sum();
        assert_eq!(answer.errors.len(), missing, "{a}..{b}: {:#?}", answer.errors);
        differing += compare("range", &reference.of_commits(&between), &answer.told);
        sizes.push(between.len());
    }
    println!("ranges: {sizes:?} commits");

    let blocks = |told: &Told| {
        let blocking = told.iter().filter(|(named, _)| blocking.contains(named));
        blocking.map(|(_, count)| count).sum::<usize>()
    };
    let mut pushes = Vec::new();
    for round in 0..21 {
        let (mut new, mut old, mut tracked) = (Vec::new(), Vec::new(), Vec::new());
        if round > 0 {
            for _ in 0..=pick(8) {
                new.push(pick(count));
                old.push(new[new.len() - 1] + 1 + pick(2000));
            }
            for _ in 0..=pick(8) {
                tracked.push((new[0] + pick(4000)).min(count - 1));
            }
        }
        let id = |at: &usize| history.commits.get(*at).map_or(NONE, |commit| commit.id);
        let (updates, between, tags): (Vec<(Id, Id)>, _, &[_]) = if round == 0 {
            // All refs into an empty remote.
            let updates = history.tips.iter().map(|tip| (*tip, NONE)).collect();
            (updates, (0..count).collect(), &history.tags)
        } else {
            let updates = new.iter().zip(&old).map(|(new, old)| (id(new), id(old))).collect();
            let mut known = tracked.clone();
            known.extend(old.iter().filter(|old| **old < count));
            (updates, history.between(&known, &new), &[])
        };
        let tracked: Vec<Id> = tracked.iter().map(id).collect();
        let run = borrowed.push(&updates, &tracked);
        let mut expected = reference.of_commits(&between);
        for tag in tags {
            expected.extend(Reference::of_tag(&tag.id, &tag.text));
        }
        let keys = blocks(&expected);
        let judged = between.len() + tags.len();
        pushes.push((judged, keys));
        let said = run.stderr.lines().find(|line| line.starts_with("keystop: ")).unwrap_or("");
        let number = |words: &str, noun: &str| -> Option<usize> {
            words.trim_end_matches('s').strip_suffix(noun)?.trim().parse().ok()
        };
        let numbers = said.strip_prefix("keystop: ").and_then(|said| {
            let (keys, rest) = said.split_once(" in ")?;
            Some((number(keys, "key")?, number(rest.split_once('.')?.0, "commit")?))
        });
        let wanted = (keys > 0).then_some((keys, judged));
        let missing = between.iter().any(|&number| reference.errors[number] > 0);
        let code = if missing { 2 } else { i32::from(keys > 0) };
        if numbers != wanted || run.code != code {
            differing += 1;
            println!("push {round}: wanted {wanted:?}, exit {}: {said}", run.code);
        }
    }
    println!("pushes (commits and tags, keys): {pushes:?}");
    println!("refs and tags that name no commit: {:?}", history.others);
    assert_eq!(differing, 0);
}
