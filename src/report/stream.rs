//! A report in JSON Lines that is written as it comes to be: whoever reads it need not wait for the
//! end, and what was written need not be held.

use std::io::{self, BufWriter, Write};

use super::Report;
use super::jsonl::{write_since, write_start, write_summary};

/// So many findings, and so many of everything else, stay in a report whose lines are all written:
/// as many as a run is remembered with.
const KEPT: usize = 2000;

/// How much of a report was written.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) findings: usize,
    pub(super) allowed: usize,
    pub(super) waived: usize,
    pub(super) passed: usize,
    pub(super) errors: usize,
    pub(super) notes: usize,
    pub(super) closed: usize,
}

impl Written {
    fn all_of(report: &Report) -> Written {
        Written {
            findings: report.findings.len(),
            allowed: report.allowed.len(),
            waived: report.waived.len(),
            passed: report.passed.len(),
            errors: report.errors.len(),
            notes: report.notes.len(),
            closed: report.closed.len(),
        }
    }
}

/// Where the lines go.
pub struct Stream {
    out: Box<dyn Write + Send + Sync>,
    is_begun: bool,
    written: Written,
    /// Whether somebody else reads the whole report in the end.
    keeps: bool,
}

impl Stream {
    /// With `keeps`, what was written stays in the report.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send + Sync>, keeps: bool) -> Stream {
        Stream { out, is_begun: false, written: Written::default(), keeps }
    }

    /// How many of the report's findings are written and still in it.
    #[must_use]
    pub fn findings(&self) -> usize {
        self.written.findings
    }

    /// Writes what came to the report since the last call, which must be final: nothing of it
    /// changes, or moves, any more.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub fn tell(&mut self, report: &mut Report) -> io::Result<()> {
        if self.written == Written::all_of(report) {
            return Ok(());
        }
        let mut out = BufWriter::new(&mut self.out);
        if !std::mem::replace(&mut self.is_begun, true) {
            write_start(&mut out, report)?;
        }
        write_since(&mut out, report, &self.written)?;
        out.flush()?;
        drop(out);
        if !self.keeps {
            drop_written(report);
        }
        self.written = Written::all_of(report);
        Ok(())
    }

    /// Writes the rest of the report.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub fn finish(mut self, report: &Report) -> io::Result<()> {
        let mut out = BufWriter::new(&mut self.out);
        if !self.is_begun {
            write_start(&mut out, report)?;
        }
        write_since(&mut out, report, &self.written)?;
        write_summary(&mut out, report)?;
        out.flush()
    }
}

fn drop_written(report: &mut Report) {
    let Report { findings, errors, dropped, .. } = report;
    if findings.len() > KEPT {
        for finding in findings.drain(KEPT..) {
            dropped.findings += 1;
            dropped.blocking |= finding.blocks;
        }
    }
    dropped.errors += errors.len().saturating_sub(KEPT);
    errors.truncate(KEPT);
    report.allowed.truncate(KEPT);
    report.waived.truncate(KEPT);
    report.passed.truncate(KEPT);
    report.notes.truncate(KEPT);
    report.closed.truncate(KEPT);
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::report::{Stage, read_jsonl};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_was_written_is_not_held_and_counts() {
        let lines = Lines::default();
        let mut stream = Stream::new(Box::new(lines.clone()), false);
        let mut report = Report::new(Stage::Files);
        for round in 0..10 {
            report.errors.extend((0..KEPT).map(|at| format!("{round} {at}")));
            report.notes.push(format!("{round}"));
            stream.tell(&mut report).unwrap();
            assert_eq!(report.errors.len(), KEPT);
        }
        assert_eq!(report.exit_code(), 2);
        stream.finish(&report).unwrap();
        let text = lines.0.lock().unwrap().clone();
        let read = read_jsonl(&text[..]).unwrap();
        assert_eq!((read.errors.len(), read.notes.len()), (10 * KEPT, 10));
        assert_eq!(read.errors[KEPT], "1 0");
    }
}
