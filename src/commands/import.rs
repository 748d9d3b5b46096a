//! `keystop import FILE…`: another scanner's settings, turned into ours.

mod detect_secrets;
mod gitleaks;
mod ignored;
mod pattern;
mod place;
mod secretlint;
mod talisman;
mod translation;
mod yaml;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;

use super::draft::Draft;
use super::judge::Judge;
use super::print;
use super::whole_file::replace;
use crate::cli::ImportArgs;
use crate::config::{CONFIG_FILE, Config, Settings, read};
use crate::redaction::{visible, without_keys};
use crate::report::Stage;
use translation::Translation;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// .gitleaks.toml
    Gitleaks,
    /// .gitleaksignore: fingerprints, one a line
    Gitleaksignore,
    /// .secrets.baseline of detect-secrets
    DetectSecrets,
    /// .secretlintrc.json or .secretlintrc.yml
    Secretlint,
    /// .talismanrc
    Talisman,
    /// Paths as git ignores them, one a line
    Globs,
    /// Regular expressions over paths, one a line
    PathPatterns,
}

/// Runs the command and returns the exit code.
///
/// # Errors
/// A file that cannot be read, or that is not what it is taken for; a file of ours in the way.
pub fn import(arguments: &ImportArgs) -> Result<u8> {
    let mut translation = Translation::default();
    for file in &arguments.files {
        let name = visible(file.as_os_str().as_encoded_bytes());
        let format = match arguments.from {
            Some(format) => format,
            None => told_by_name(file).with_context(|| {
                format!("{name}: say with --from what it is (its name does not)")
            })?,
        };
        let text = read(file)?.with_context(|| format!("{name} is not there"))?;
        let text = String::from_utf8(text).with_context(|| format!("{name} is not UTF-8"))?;
        translation.origin = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let read = match format {
            ImportFormat::Gitleaks => gitleaks::config,
            ImportFormat::Gitleaksignore => gitleaks::ignored,
            ImportFormat::DetectSecrets => detect_secrets::baseline,
            ImportFormat::Secretlint => secretlint::config,
            ImportFormat::Talisman => talisman::config,
            ImportFormat::Globs => ignored::globs,
            ImportFormat::PathPatterns => ignored::patterns,
        };
        read(&text, &mut translation).with_context(|| name)?;
    }
    write(arguments, translation)
}

fn told_by_name(file: &Path) -> Option<ImportFormat> {
    let name = file.file_name()?.to_string_lossy().to_ascii_lowercase();
    let format = match &name[..] {
        ".gitleaksignore" => ImportFormat::Gitleaksignore,
        ".talismanrc" => ImportFormat::Talisman,
        ".secretlintignore" => ImportFormat::Globs,
        ".trufflehogignore" => ImportFormat::PathPatterns,
        name if name.ends_with("gitleaks.toml") => ImportFormat::Gitleaks,
        name if name.ends_with(".secrets.baseline") => ImportFormat::DetectSecrets,
        name if name.starts_with(".secretlintrc") => ImportFormat::Secretlint,
        _ => return None,
    };
    Some(format)
}

fn write(arguments: &ImportArgs, mut translation: Translation) -> Result<u8> {
    let text = translation.text()?;
    let mut judge = Judge::new(Stage::Range { head: None });
    let mut store = judge.open()?;
    let top = store.work_tree().context("a bare repository has no configuration to write")?;
    let path = top.join(CONFIG_FILE);
    let is_there = fs::symlink_metadata(&path).is_ok();
    if !text.is_empty() && is_there && !arguments.force && !arguments.dry_run {
        bail!("{CONFIG_FILE} is there: --force writes over it, --dry-run shows what would be");
    }
    // Places are judged by what will hold.
    if text.is_empty() {
        judge.configure(&mut store, None)?;
    } else {
        judge.settings =
            Settings::load(vec![Config::parse(CONFIG_FILE, text.clone().into_bytes())?])?;
    }
    let mut draft = Draft::open(&store)?;
    let entries = place::entries(&mut judge, &mut store, &top, &mut translation)?;
    let count = entries.len();
    entries.into_iter().for_each(|entry| draft.add(entry));
    let stage = judge.report.stage.clone();
    draft.salt = judge.excuses.record(&stage).and_then(|(_, salt)| salt);
    let mut out = String::new();
    if arguments.dry_run {
        out += &text;
        let _ = writeln!(out, "# {count} findings would be entered in .keystop-allow");
    } else {
        if !text.is_empty() {
            ensure!(
                !fs::symlink_metadata(&path).is_ok_and(|about| !about.is_file()),
                "{CONFIG_FILE} must be a file, not a link or a folder"
            );
            replace(&path, text.as_bytes()).with_context(|| format!("writing {CONFIG_FILE}"))?;
            let _ = writeln!(out, "{CONFIG_FILE} written: now git add {CONFIG_FILE}");
        }
        if count > 0 {
            let findings = if count == 1 { "finding" } else { "findings" };
            let _ = writeln!(out, "{count} {findings} entered in .keystop-allow");
            out += &draft.save()?;
        }
        if text.is_empty() && count == 0 {
            out += "nothing was written\n";
        }
    }
    if !translation.lost.is_empty() {
        let mark = if arguments.dry_run { "# " } else { "" };
        let _ = writeln!(out, "{mark}without a counterpart:");
        for lost in &translation.lost {
            // Somebody may have written a key into the other scanner's settings.
            let shown = visible(&without_keys(lost.as_bytes()));
            let _ = writeln!(out, "{mark}  {shown}");
        }
    }
    print(&out)?;
    Ok(0)
}
