//! How far a long run has come, on a terminal only.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Nothing is shown before.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How often the line is written anew.
const TICK: Duration = Duration::from_millis(250);
/// Fewer commits than this never take long.
const MANY: usize = 256;
/// The part of a commit's work that reading it is, in thousandths; the rest is scanning.
const READING: u64 = 350;

/// A line on standard error that says how far it is, and takes itself away at the end.
pub(super) struct Progress {
    /// Thousandths of commits.
    done: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    writer: Option<JoinHandle<()>>,
}

impl Progress {
    /// Over so many commits; silent where standard error is no terminal.
    pub(super) fn over(commits: usize) -> Progress {
        let done = Arc::new(AtomicU64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let writer = (commits >= MANY && std::io::stderr().is_terminal()).then(|| {
            let (done, stop) = (Arc::clone(&done), Arc::clone(&stop));
            thread::spawn(move || write(commits as u64, &done, &stop))
        });
        Progress { done, stop, writer }
    }

    /// So many commits were read.
    pub(super) fn read(&self, commits: usize) {
        self.done.fetch_add(commits as u64 * READING, Ordering::Relaxed);
    }

    /// What to call after each of `steps`, in which so many commits are scanned.
    pub(super) fn stepping(&self, commits: usize, steps: usize) -> impl Fn() + Sync {
        let all = commits as u64 * (1000 - READING);
        let (done, taken, steps) = (Arc::clone(&self.done), AtomicU64::new(0), steps as u64);
        move || {
            let step = taken.fetch_add(1, Ordering::Relaxed);
            let part = |step: u64| all * step.min(steps) / steps.max(1);
            done.fetch_add(part(step + 1) - part(step), Ordering::Relaxed);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(writer) = self.writer.take() {
            writer.thread().unpark();
            let _ = writer.join();
        }
    }
}

fn write(commits: u64, done: &AtomicU64, stop: &AtomicBool) {
    let start = Instant::now();
    let mut shown = false;
    while !stop.load(Ordering::Relaxed) {
        thread::park_timeout(TICK);
        let elapsed = start.elapsed();
        if elapsed < PATIENCE || stop.load(Ordering::Relaxed) {
            continue;
        }
        shown = true;
        let line = line(commits, done.load(Ordering::Relaxed), elapsed);
        let _ = write!(std::io::stderr(), "\r\x1b[K{line}");
    }
    if shown {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

/// `done` is in thousandths of commits.
fn line(commits: u64, done: u64, elapsed: Duration) -> String {
    let all = commits * 1000;
    let share = done.min(all) as f64 / all.max(1) as f64;
    let mut line = format!("keystop: judging {commits} commits, {:.0} %", share * 100.0);
    if share > 0.02 {
        let left = elapsed.as_secs_f64() * (1.0 - share) / share;
        line += &format!(", about {:.0} s left", left.ceil());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_follows_from_what_is_done() {
        let five = Duration::from_secs(5);
        assert_eq!(
            line(1000, 250_000, five),
            "keystop: judging 1000 commits, 25 %, about 15 s left"
        );
        assert_eq!(line(1000, 0, five), "keystop: judging 1000 commits, 0 %");
        assert_eq!(
            line(1000, 2_000_000, five),
            "keystop: judging 1000 commits, 100 %, about 0 s left"
        );
    }

    #[test]
    fn the_steps_of_a_chunk_add_up_to_its_commits() {
        let progress = Progress::over(10);
        progress.read(10);
        let step = progress.stepping(10, 7);
        (0..7).for_each(|_| step());
        assert_eq!(progress.done.load(Ordering::Relaxed), 10_000);
    }
}
