//! A container image: every layer, also where a later one deletes what stands in it, and the
//! configuration.

mod base;
mod crew;
mod place;
mod settings;

use std::io::{self, Read};
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, bail};

use super::LIMIT;
use crate::cli::ScanArgs;
use crate::commands::judge::Judge;
use crate::finding::{Place, Source};
use crate::git::{LARGEST_FILE, within};
use crate::image::{self, Contents, Entry, Limits, Part, What};
use crate::redaction::visible;
use crate::report::Stage;
use base::Base;
use crew::{Crew, Job};

/// What came of one object of the image's file.
#[derive(Default)]
struct Share {
    /// Its findings, by their numbers in the report.
    findings: std::ops::Range<usize>,
    /// What could not be judged.
    errors: Vec<String>,
}

/// Judges an image.
///
/// # Errors
/// A file that cannot be opened, or a configuration with a fault.
pub(super) fn image(judge: &mut Judge, arguments: &ScanArgs, file: &Path) -> Result<()> {
    judge.report.stage = Stage::Image;
    judge.configure_anywhere()?;
    let set = arguments.max_file_size.or(judge.settings.largest_file());
    let limit = super::Limits {
        file: set.unwrap_or(LARGEST_FILE),
        archive: judge.settings.largest_archive(arguments.max_archive_size)?,
    };
    let limits = Limits::of(arguments.image.max_image_size);
    let base = match &arguments.image.base {
        Some(base) => Base::read(base, limits).with_context(|| shown(base))?,
        None => Base::default(),
    };
    let crew = Crew::default();
    let settings = judge.settings.clone();
    let judge_one = |judge: &mut Judge, job: &Job| entry(judge, job, limit);
    let (contents, shares) = thread::scope(|scope| {
        crew.start(scope, &settings, &judge_one);
        let read = read(judge, &crew, file, limits, limit);
        // What was read before an error counts.
        crew.report_to(&mut judge.report);
        crew.dismiss();
        read
    })?;
    finish(judge, &contents, &base, shares);
    Ok(())
}

/// Reads the file, and leaves what stands in layers to the crew.
fn read(
    judge: &mut Judge,
    crew: &Crew,
    file: &Path,
    limits: Limits,
    limit: super::Limits,
) -> Result<(Contents, Vec<Share>)> {
    let mut shares: Vec<Share> = Vec::new();
    let mut since = (0, 0);
    let mut see = |part: Part| {
        match part {
            Part::Inside { path, entry, content } => {
                return inside(crew, path, entry, content, limit);
            }
            Part::Plain { name, content } => return plain(judge, name, content, limit),
            Part::Fault(error) => judge.failed(&error),
            Part::Begin => since = (judge.report.findings.len(), judge.report.errors.len()),
            Part::End { name, again } => {
                crew.report_to(&mut judge.report);
                if again {
                    judge.report.findings.truncate(since.0);
                }
                tell(judge.file_name(name.as_bytes(), None), judge, name.as_bytes());
                if again {
                    return Ok(());
                }
                let findings = since.0..judge.report.findings.len();
                let errors = judge.report.errors.split_off(since.1);
                shares.push(Share { findings, errors });
            }
        }
        Ok(())
    };
    let contents = open(file, limits, &mut see).with_context(|| shown(file))?;
    Ok((contents, shares))
}

fn open(file: &Path, limits: Limits, see: image::See) -> Result<Contents> {
    if file.as_os_str() != "-" {
        return image::read(Some(file), &mut io::empty(), limits, true, see);
    }
    if crate::commands::is_device(&io::stdin()) {
        bail!("standard input is closed or empty: nothing was judged");
    }
    image::read(None, &mut io::stdin().lock(), limits, true, see)
}

fn shown(file: &Path) -> String {
    if file.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        visible(crate::commands::path_bytes(file))
    }
}

/// What the manifests say, and where each finding stands.
fn finish(judge: &mut Judge, contents: &Contents, base: &Base, shares: Vec<Share>) {
    let images = contents.images();
    let places = place::Places::of(contents, &images.images, base);
    for (object, share) in shares.iter().enumerate() {
        for finding in &mut judge.report.findings[share.findings.clone()] {
            places.attribute(contents, object, finding);
        }
        let label = places.label(object);
        let told = share.errors.iter().map(|error| match &label {
            Some(label) => format!("{label}: {error}"),
            None => error.clone(),
        });
        judge.report.errors.extend(told);
    }
    settings::judge_all(judge, contents, &images.images, &places, base);
    for fault in &images.faults {
        judge.failed(fault);
    }
    judge.report.notes.extend(images.notes);
    judge.report.notes.extend(base.told(&judge.report.findings, &places));
    judge
        .report
        .findings
        .sort_by_key(|finding| finding.source.layer.as_ref().map_or(0, |layer| layer.number));
}

/// Reads a file, folder or link of a layer. An error is one of reading it.
fn inside(
    crew: &Crew,
    path: &[u8],
    entry: &Entry,
    content: &mut dyn Read,
    limit: super::Limits,
) -> Result<()> {
    crew.make_room(entry);
    let mut bytes = Vec::new();
    if entry.what == What::File && entry.size <= limit.file {
        // One byte more, so that the end is seen without asking for more room. Nothing of it is
        // touched before it is read.
        bytes.try_reserve_exact(entry.size as usize + 1)?;
        content.read_to_end(&mut bytes)?;
    }
    crew.take(Job { path: path.to_vec(), entry: entry.clone(), bytes });
    Ok(())
}

/// Judges an entry of a layer.
fn entry(judge: &mut Judge, job: &Job, limit: super::Limits) {
    let Job { path, entry, bytes } = job;
    tell(judge.file_name(path, None), judge, path);
    if !entry.attributes.is_empty() {
        let name = [path, &b" (attributes)"[..]].concat();
        text(judge, &name, &entry.attributes);
    }
    match entry.what {
        What::Folder | What::Special => {}
        What::Link | What::HardLink => {
            judge.report.judged.files += 1;
            text(judge, path, &entry.target);
        }
        What::File => match within(entry.size, limit.file, LIMIT) {
            Err(error) => judge.failed(&error.context(visible(path))),
            Ok(()) => whole(judge, path, bytes, limit),
        },
    }
}

/// Bytes of the image's file that are no layer.
fn plain(
    judge: &mut Judge,
    name: &str,
    content: &mut dyn Read,
    limit: super::Limits,
) -> Result<()> {
    let mut bytes = Vec::new();
    content.take(limit.file.saturating_add(1)).read_to_end(&mut bytes)?;
    match within(bytes.len() as u64, limit.file, LIMIT) {
        Ok(()) => whole(judge, name.as_bytes(), &bytes, limit),
        Err(error) => judge.failed(&error.context(visible(name.as_bytes()))),
    }
    Ok(())
}

/// A file, and what is packed in it.
fn whole(judge: &mut Judge, path: &[u8], bytes: &[u8], limit: super::Limits) {
    let source = Source::new(Place::File, path);
    tell(judge.file(&source, bytes, limit.archive), judge, path);
}

fn text(judge: &mut Judge, path: &[u8], bytes: &[u8]) {
    let source = Source::new(Place::File, path);
    tell(judge.text(&source, bytes, &mut |_| Ok(false)), judge, path);
}

fn tell(outcome: Result<()>, judge: &mut Judge, path: &[u8]) {
    if let Err(error) = outcome {
        judge.failed(&error.context(visible(path)));
    }
}
