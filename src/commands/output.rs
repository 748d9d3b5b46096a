//! The reports of a run, each in its format and at its place.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::check::date;
use crate::cli::output::{Format, Output, OutputArgs, Target};
use crate::redaction::visible;
use crate::report::{
    Report, Stream, render, write_azure, write_codequality, write_csv, write_github, write_gitlab,
    write_html, write_json, write_jsonl, write_junit, write_markdown, write_sarif,
};

/// Reports whose places were found to be writable.
pub(super) struct Reports {
    reports: Vec<Open>,
    /// Whether any goes to standard output.
    on_stdout: bool,
    /// When the run began, in seconds since 1970.
    started: i64,
}

/// What is written.
#[derive(Clone, Copy)]
struct Run<'a> {
    report: &'a Report,
    verbose: bool,
    started: i64,
}

/// One of them.
struct Open {
    format: Format,
    place: Place,
}

enum Place {
    Stdout,
    /// Written beside its place first, so that whoever reads that finds a whole report.
    Beside(Beside),
    /// Written to as it is: a device, a pipe, a file that others write to as well.
    Through(File, PathBuf),
}

impl Reports {
    /// Opens each place before anything is judged: a long run should not end in a folder that is
    /// not there.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub(super) fn open(arguments: &OutputArgs) -> Result<Reports> {
        let open = |output: &Output| -> Result<Open> {
            let place = match &output.target {
                Target::Stdout => Place::Stdout,
                Target::File(path) => at(path).with_context(|| writing(path))?,
                Target::Append(path) => {
                    let file = OpenOptions::new().append(true).create(true).open(path);
                    Place::Through(file.with_context(|| writing(path))?, path.clone())
                }
            };
            Ok(Open { format: output.format, place })
        };
        let reports = arguments.outputs.iter().map(open).collect::<Result<Vec<Open>>>()?;
        let on_stdout = reports.iter().any(|one| matches!(one.place, Place::Stdout));
        Ok(Reports { reports, on_stdout, started: date::now() })
    }

    /// Whether people read all of them, in the form made for them.
    pub(super) fn are_for_people(&self) -> bool {
        self.reports.iter().all(|one| one.format == Format::Human)
    }

    /// Takes out the report that goes to standard output line by line, if there is one.
    pub(super) fn stream(&mut self) -> Option<Stream> {
        let is_stream =
            |one: &Open| one.format == Format::Jsonl && matches!(one.place, Place::Stdout);
        let at = self.reports.iter().position(is_stream)?;
        self.reports.remove(at);
        Some(Stream::new(Box::new(std::io::stdout()), !self.reports.is_empty()))
    }

    /// Writes every one; where none was asked for on standard output, people get theirs there, so
    /// that no verdict comes without its reason.
    ///
    /// # Errors
    /// A report that cannot be written. The others are written all the same.
    pub(super) fn write(self, report: &Report, verbose: bool) -> Result<()> {
        let run = Run { report, verbose, started: self.started };
        let mut outcome = Ok(());
        for one in self.reports {
            outcome = outcome.and(one.write(run));
        }
        if !self.on_stdout {
            outcome = outcome.and(print(Format::Human, run));
        }
        outcome
    }
}

impl Open {
    fn write(self, run: Run) -> Result<()> {
        match self.place {
            Place::Stdout => print(self.format, run),
            Place::Through(mut file, path) => {
                write(&mut file, self.format, run).with_context(|| writing(&path))
            }
            Place::Beside(beside) => {
                let path = beside.path.clone();
                beside.fill(|file| write(file, self.format, run)).with_context(|| writing(&path))
            }
        }
    }
}

fn print(format: Format, run: Run) -> Result<()> {
    if format == Format::Human {
        return super::print_report(run.report, run.verbose, false);
    }
    if format == Format::Csv {
        // A table has no place for them.
        for error in &run.report.errors {
            let _ = writeln!(anstream::stderr(), "error: {error}");
        }
    }
    write(&mut std::io::stdout().lock(), format, run).context("writing the report")
}

/// Writes a report without colours.
fn write(
    out: &mut dyn Write,
    format: Format,
    Run { report, verbose, started }: Run,
) -> std::io::Result<()> {
    let mut out = BufWriter::new(out);
    match format {
        Format::Human => {
            let text = render(report, verbose, usize::MAX);
            out.write_all(anstream::adapter::strip_str(&text).to_string().as_bytes())?;
        }
        Format::Json => write_json(&mut out, report)?,
        Format::Jsonl => write_jsonl(&mut out, report)?,
        Format::Sarif => write_sarif(&mut out, report)?,
        Format::Gitlab => write_gitlab(&mut out, report, started)?,
        Format::Codequality => write_codequality(&mut out, report)?,
        Format::Junit => write_junit(&mut out, report)?,
        Format::Csv => write_csv(&mut out, report)?,
        Format::Markdown => write_markdown(&mut out, report)?,
        Format::Github => write_github(&mut out, report, verbose)?,
        Format::Azure => write_azure(&mut out, report, verbose)?,
        Format::Html => write_html(&mut out, report, started)?,
    }
    out.flush()
}

fn writing(path: &Path) -> String {
    format!("writing the report to {}", visible(super::path_bytes(path)))
}

/// A place for a report. Only a file is replaced: `/dev/null` must stay what it is.
fn at(path: &Path) -> Result<Place> {
    match fs::metadata(path) {
        Ok(about) if about.is_file() => Ok(Place::Beside(Beside::of(fs::canonicalize(path)?)?)),
        Ok(_) => Ok(Place::Through(OpenOptions::new().write(true).open(path)?, path.to_owned())),
        Err(_) => Ok(Place::Beside(Beside::of(path.to_owned())?)),
    }
}

/// A file that takes another's place once it is whole.
struct Beside {
    path: PathBuf,
    /// Beside it, so that the move is one step.
    new: PathBuf,
    file: Option<File>,
}

impl Beside {
    fn of(path: PathBuf) -> Result<Beside> {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().context("this names no file")?);
        name.push(format!(".{}.new", std::process::id()));
        let new = path.with_file_name(name);
        // What a killed run of the same number left.
        let _ = fs::remove_file(&new);
        let file = OpenOptions::new().write(true).create_new(true).open(&new)?;
        Ok(Beside { path, new, file: Some(file) })
    }

    fn fill(mut self, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
        if let Some(mut file) = self.file.take() {
            write(&mut file)?;
            file.sync_all()?;
        }
        fs::rename(&self.new, &self.path)?;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Gone already where all went well.
        let _ = fs::remove_file(&self.new);
    }
}
