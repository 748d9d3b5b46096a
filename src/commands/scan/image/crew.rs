//! The entries of an image's layers, judged on all cores while the next ones are read.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Scope;

use crate::commands::judge::Judge;
use crate::config::Settings;
use crate::cores;
use crate::image::Entry;
use crate::report::{Report, Stage};

/// So many bytes wait to be judged; one larger file waits alone.
const MOST: u64 = 64 << 20;

/// One entry of a layer.
pub(super) struct Job {
    pub(super) path: Vec<u8>,
    pub(super) entry: Entry,
    /// A file's content, unless it is over the limit.
    pub(super) bytes: Vec<u8>,
}

impl Job {
    /// What it takes in memory, and a little for what it is.
    pub(super) fn size(entry: &Entry) -> u64 {
        entry.size.saturating_add(1024)
    }
}

/// Threads that judge, and what they have to do.
#[derive(Default)]
pub(super) struct Crew {
    state: Mutex<State>,
    /// There is something to do, or nothing will come any more.
    work: Condvar,
    /// Something was done.
    done: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(usize, Job)>,
    /// How many jobs were taken in, and how many of them are done.
    taken: usize,
    finished: usize,
    /// Bytes of those that are not.
    held: u64,
    reports: Vec<(usize, Report)>,
    is_over: bool,
}

impl Crew {
    /// Starts a thread for each core; they end with [`Crew::dismiss`].
    pub(super) fn start<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        settings: &'scope Settings,
        judge_one: &'scope (impl Fn(&mut Judge, &Job) + Sync),
    ) {
        for _ in 0..cores::count() {
            scope.spawn(move || self.serve(settings, judge_one));
        }
    }

    fn serve(&self, settings: &Settings, judge_one: &impl Fn(&mut Judge, &Job)) {
        let mut judge = Judge::new(Stage::Image);
        judge.settings = settings.clone();
        loop {
            let mut state = self.lock();
            let (number, job) = loop {
                if let Some(job) = state.waiting.pop_front() {
                    break job;
                }
                if state.is_over {
                    return;
                }
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            };
            drop(state);
            judge_one(&mut judge, &job);
            let size = Job::size(&job.entry);
            drop(job);
            let report = std::mem::replace(&mut judge.report, Report::new(Stage::Image));
            let mut state = self.lock();
            state.reports.push((number, report));
            state.finished += 1;
            state.held -= size;
            self.done.notify_all();
        }
    }

    /// Waits until there is memory for an entry.
    pub(super) fn make_room(&self, entry: &Entry) {
        let size = Job::size(entry);
        let mut state = self.lock();
        while state.held > 0 && state.held.saturating_add(size) > MOST {
            state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes in an entry.
    pub(super) fn take(&self, job: Job) {
        let mut state = self.lock();
        state.held = state.held.saturating_add(Job::size(&job.entry));
        let number = state.taken;
        state.taken += 1;
        state.waiting.push_back((number, job));
        self.work.notify_one();
    }

    /// Waits until all is judged, and adds it to the report in the order in which it was taken in.
    pub(super) fn report_to(&self, report: &mut Report) {
        let mut state = self.lock();
        while state.finished < state.taken {
            state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let mut reports = std::mem::take(&mut state.reports);
        drop(state);
        reports.sort_unstable_by_key(|(number, _)| *number);
        reports.into_iter().for_each(|(_, one)| report.absorb(one));
    }

    /// Lets the threads go.
    pub(super) fn dismiss(&self) {
        self.lock().is_over = true;
        self.work.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A worker that panics has ended the process already.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
