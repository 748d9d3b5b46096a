//! Files and folders, on all cores.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use anyhow::{Result, bail, ensure};

use super::Limits;
use super::content::Content;
use super::listing::{Listed, Listing};
use crate::commands::judge::Judge;
use crate::commands::path_bytes;
use crate::cores;
use crate::finding::{Place, Source};
use crate::redaction::visible;
use crate::report::{Report, Stage};

/// For fewer files than this, one thread is enough: a file's work is short, so that another would cost
/// more than it saves.
const FEW: usize = 64;

/// A file, or a folder with all it holds but git's own folder, whose content is history. All cores
/// share the work, while the files are still being listed; the report has the order of the names.
/// With `gitignore`, what git ignores is left out.
///
/// # Errors
/// A report that is written meanwhile and cannot be.
pub(super) fn tree(judge: &mut Judge, root: &Path, limits: Limits, gitignore: bool) -> Result<()> {
    let is_kept = gitignore && root.is_dir();
    let mut listing = if is_kept { Listing::of_kept(root) } else { Listing::of(root) };
    let first: Vec<Listed> = listing.by_ref().take(FEW).collect();
    let threads = if first.len() < FEW { 1 } else { cores::count() };
    let (settings, is_for_people) = (judge.settings.clone(), judge.excuses.is_for_people);
    let told = Mutex::new(Told { judge, next: 0, early: BTreeMap::new(), outcome: Ok(()) });
    let (list, listed) = mpsc::channel::<(usize, Listed)>();
    let listed = Arc::new(Mutex::new(listed));
    let work = |listed: &Mutex<mpsc::Receiver<_>>| {
        cores::make_room();
        let mut judge = Judge::new(Stage::Files);
        judge.settings = settings.clone();
        judge.excuses.is_for_people = is_for_people;
        let mut room = Vec::new();
        loop {
            // Whoever waits for the next file keeps the others waiting, who want the one behind it.
            let Ok(next) = listed.lock().map(|listed| listed.recv()) else { break };
            let Ok((at, one)) = next else { break };
            if let Err(error) = file(&mut judge, &one, limits, &mut room) {
                judge.failed(&error.context(visible(path_bytes(&one.path))));
            }
            let report = std::mem::replace(&mut judge.report, Report::new(Stage::Files));
            let Ok(mut told) = told.lock() else { break };
            if told.file(at, report).is_err() {
                break;
            }
        }
    };
    // A worker that panics has ended the process already.
    let files = thread::scope(|scope| {
        if threads > 1 {
            for _ in 0..threads {
                let (work, listed) = (&work, Arc::clone(&listed));
                scope.spawn(move || work(&listed));
            }
        }
        // Several workers alone hold it: no more is listed once all of them have stopped.
        let alone = (threads == 1).then_some(listed);
        let mut files = 0;
        for (at, one) in first.into_iter().chain(listing.by_ref()).enumerate() {
            files = at + 1;
            if list.send((at, one)).is_err() {
                break;
            }
        }
        drop(list);
        if let Some(listed) = alone {
            work(&listed);
        }
        files
    });
    let Ok(told) = told.into_inner() else { bail!("not every file was judged") };
    let Told { judge, next, outcome, .. } = told;
    outcome?;
    ensure!(next == files, "not every file was judged");
    listing.errors.iter().for_each(|error| judge.failed(error));
    judge.stream()
}

/// What the workers have told, put into the order of the names.
struct Told<'a> {
    judge: &'a mut Judge,
    /// The file whose turn it is.
    next: usize,
    /// What was told of files before their turn.
    early: BTreeMap<usize, Report>,
    outcome: Result<()>,
}

impl Told<'_> {
    /// Takes what came of a file; an error means that there is no use in going on.
    fn file(&mut self, at: usize, report: Report) -> Result<(), ()> {
        if at != self.next {
            self.early.insert(at, report);
            return self.outcome.as_ref().map_or(Err(()), |()| Ok(()));
        }
        let mut turn = Some(report);
        while let Some(report) = turn {
            self.judge.report.absorb(report);
            self.next += 1;
            turn = self.early.remove(&self.next);
            if self.outcome.is_ok() {
                self.outcome = self.judge.stream();
            }
        }
        self.outcome.as_ref().map_or(Err(()), |()| Ok(()))
    }
}

/// Judges one file and its name; `room` is for its bytes.
fn file(
    judge: &mut Judge,
    Listed { path, is_link }: &Listed,
    limits: Limits,
    room: &mut Vec<u8>,
) -> Result<()> {
    let target;
    let text = if *is_link {
        target = fs::read_link(path)?;
        Content::Read(path_bytes(&target))
    } else {
        Content::of(File::open(path)?, limits.file, room)?
    };
    judge.file_name(path_bytes(path), None)?;
    let source = Source::new(Place::File, path_bytes(path));
    judge.file(&source, &text, limits.archive)
}
