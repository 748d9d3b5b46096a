//! A child that answers one object id after another.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Stdio};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, bail};

use super::object::{Kind, Object, ObjectId};
use super::program::command;

/// A `git cat-file --batch` that answers one id after another.
pub(super) struct Batch {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Gathers what git says of broken objects: a pipe that nobody reads would stall it.
    complaints: JoinHandle<Vec<u8>>,
}

/// Adds git's own words to a failed answer, and ends the child that gave it.
pub(super) fn explain<T>(batch: &mut Option<Batch>, answer: Result<T>) -> Result<T> {
    match (answer, batch) {
        (Err(error), batch @ Some(_)) => {
            let words = batch.take().map(Batch::last_words).unwrap_or_default();
            Err(error.context(format!("git cat-file: {words}")))
        }
        (answer, _) => answer,
    }
}

impl Batch {
    /// The child in `slot`, started when first needed.
    pub(super) fn of<'a>(slot: &'a mut Option<Batch>, mode: &str) -> Result<&'a mut Batch> {
        if slot.is_none() {
            let mut child = command(&["cat-file", mode])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .context("starting git")?;
            let questions = child.stdin.take().context("git's input")?;
            let answers = BufReader::new(child.stdout.take().context("git's output")?);
            let stderr = child.stderr.take().context("git's errors")?;
            let complaints = thread::spawn(move || first_words(stderr));
            *slot = Some(Batch { child, questions, answers, complaints });
        }
        slot.as_mut().context("git cat-file did not start")
    }

    pub(super) fn header(&mut self, id: &ObjectId) -> Result<Option<(Kind, u64)>> {
        writeln!(self.questions, "{id}")?;
        self.questions.flush()?;
        let mut header = Vec::new();
        self.answers.read_until(b'\n', &mut header)?;
        let mut words = header.trim_ascii_end().split(|&byte| byte == b' ');
        let (_, kind, size) = (words.next(), words.next(), words.next());
        if kind == Some(b"missing") {
            return Ok(None);
        }
        let kind = kind.and_then(Kind::named).context("git ended without an answer")?;
        let size = size.and_then(|size| std::str::from_utf8(size).ok()?.parse().ok());
        Ok(Some((kind, size.context("git gave no size")?)))
    }

    pub(super) fn object(&mut self, id: &ObjectId) -> Result<Option<Object>> {
        let Some((kind, size)) = self.header(id)? else { return Ok(None) };
        let mut data = Vec::new();
        data.try_reserve_exact(usize::try_from(size)? + 1)?;
        (&mut self.answers).take(size + 1).read_to_end(&mut data)?;
        if data.pop() != Some(b'\n') || data.len() as u64 != size {
            bail!("git ended in the middle of an object");
        }
        Ok(Some(Object { kind, data }))
    }

    /// What git said before it gave up.
    fn last_words(mut self) -> String {
        drop(self.questions);
        drop(self.answers);
        let _ = self.child.wait();
        let words = self.complaints.join().unwrap_or_default();
        String::from_utf8_lossy(words.trim_ascii_end()).into_owned()
    }
}

/// Reads to the end and keeps the beginning.
fn first_words(mut stderr: ChildStderr) -> Vec<u8> {
    const KEPT: usize = 4096;
    let mut kept = Vec::new();
    let mut piece = [0; 1024];
    while let Ok(length @ 1..) = stderr.read(&mut piece) {
        kept.extend_from_slice(&piece[..length.min(KEPT.saturating_sub(kept.len()))]);
    }
    kept
}
