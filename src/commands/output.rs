//! The reports of a run, each in its format and at its place.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cli::output::{Format, Output, OutputArgs, Target};
use crate::redaction::visible;
use crate::report::{
    Report, render, write_github, write_json, write_jsonl, write_markdown, write_sarif,
};

/// Reports whose places were found to be writable.
pub(super) struct Reports {
    reports: Vec<Open>,
    /// Whether any goes to standard output.
    on_stdout: bool,
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
        Ok(Reports { reports, on_stdout })
    }

    /// Writes every one; where none was asked for on standard output, people get theirs there, so
    /// that no verdict comes without its reason.
    ///
    /// # Errors
    /// A report that cannot be written. The others are written all the same.
    pub(super) fn write(self, report: &Report, verbose: bool) -> Result<()> {
        let mut outcome = Ok(());
        for one in self.reports {
            outcome = outcome.and(one.write(report, verbose));
        }
        if !self.on_stdout {
            outcome = outcome.and(print(Format::Human, report, verbose));
        }
        outcome
    }
}

impl Open {
    fn write(self, report: &Report, verbose: bool) -> Result<()> {
        match self.place {
            Place::Stdout => print(self.format, report, verbose),
            Place::Through(mut file, path) => {
                write(&mut file, self.format, report, verbose).with_context(|| writing(&path))
            }
            Place::Beside(beside) => {
                let path = beside.path.clone();
                beside
                    .fill(|file| write(file, self.format, report, verbose))
                    .with_context(|| writing(&path))
            }
        }
    }
}

fn print(format: Format, report: &Report, verbose: bool) -> Result<()> {
    let written = if format == Format::Human {
        let mut out = anstream::stdout().lock();
        out.write_all(render(report, verbose, usize::MAX).as_bytes()).and_then(|()| out.flush())
    } else {
        write(&mut std::io::stdout().lock(), format, report, verbose)
    };
    written.context("writing the report")
}

/// Writes a report without colours.
fn write(
    out: &mut dyn Write,
    format: Format,
    report: &Report,
    verbose: bool,
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
        Format::Github => write_github(&mut out, report, verbose)?,
        Format::Markdown => write_markdown(&mut out, report)?,
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
