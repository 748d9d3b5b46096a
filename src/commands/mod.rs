//! One file a verb: each wires input to engine, suppression and report.

mod allow;
mod allowing;
mod amend;
mod archive;
mod audit;
mod baseline;
mod blob;
mod cache;
mod ci;
mod configure;
mod deadline;
mod detectors;
mod doctor;
mod draft;
mod excuse;
mod explain;
mod fix;
mod found;
mod framework;
mod history;
mod hook;
mod hook_file;
mod import;
mod install;
mod judge;
mod judged;
mod late;
mod merge;
mod output;
mod pieces;
mod prescan;
mod progress;
mod push_option;
mod receive;
mod record;
mod review;
mod scan;
mod shard;
mod since;
mod trailer;
mod versions;
mod whole_file;

use std::io::Write;

use anyhow::{Context, Result};

use crate::report::{Report, render};

pub use allow::allow;
pub use amend::amend;
pub use baseline::baseline;
pub use ci::{PLATFORMS, Platform, ci};
pub use detectors::{check_detectors, detectors};
pub use doctor::doctor;
pub use explain::explain;
pub use fix::fix;
pub use hook::{Hook, run_hook};
pub use import::{ImportFormat, import};
pub use install::{install, uninstall};
pub use merge::merge;
pub use review::review;
pub use scan::scan;
pub use shard::Shard;

/// A terminal holds no more of a hook's words than these.
const MOST_IN_A_HOOK: usize = 50;

/// Prints an error with what led to it.
pub fn print_error(error: &anyhow::Error) {
    let text = crate::redaction::error_text(error);
    let style = anstyle::AnsiColor::Red.on_default().bold();
    let _ = writeln!(anstream::stderr(), "{style}error{style:#}: {text}");
}

/// Prints a report for people: a scan's findings go to standard output, a hook's to standard error.
fn print_report(report: &Report, verbose: bool, hook: bool) -> Result<()> {
    if hook {
        // A closed standard error must not turn a block into a crash.
        let text = render(report, verbose, MOST_IN_A_HOOK);
        let _ = anstream::stderr().lock().write_all(text.as_bytes());
        return Ok(());
    }
    print(&render(report, verbose, usize::MAX))
}

/// Prints to standard output; colours where that is a terminal.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("writing to standard output")
}

/// Whether an input is a device, such as `/dev/null` or a terminal; a closed one reads as the former.
#[cfg(unix)]
fn is_device(input: &std::io::Stdin) -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let file = input.as_fd().try_clone_to_owned().map(std::fs::File::from);
    file.and_then(|file| file.metadata()).is_ok_and(|about| about.file_type().is_char_device())
}

#[cfg(not(unix))]
fn is_device(_: &std::io::Stdin) -> bool {
    false
}

/// A path's bytes, as git has them.
#[cfg(unix)]
fn path_bytes(path: &std::path::Path) -> &[u8] {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str())
}

#[cfg(not(unix))]
fn path_bytes(path: &std::path::Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The path that git's bytes name.
#[cfg(unix)]
fn path_of(bytes: &[u8]) -> std::path::PathBuf {
    <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> std::path::PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
