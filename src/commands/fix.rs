//! `keystop fix`: writes a read of the environment in the place of each staged key, in the index
//! and in the work tree; the value goes to `.env`, which git ignores.
//!
//! The value is in `.env` before it leaves a program, and each file is replaced as a whole, so that
//! a death at any moment loses nothing; a second run completes what the first began.

mod afterwards;
mod declare;
mod dockerfile;
mod env_file;
mod files;
mod hcl;
mod import;
mod jenkins;
mod kubernetes;
mod lexer;
mod pipeline;
mod plan;
mod record;
mod rewrite;
mod source;
mod yaml;

use std::io::{BufRead, IsTerminal, Write};

use anyhow::{Context, Result, bail};

use self::env_file::{ENV, EXAMPLE};
use self::plan::Plan;
use self::record::{FileRecord, Record};
use super::judge::Judge;
use super::{print, print_report};
use crate::cli::FixArgs;
use crate::finding::Finding;
use crate::git::{Entry, Staged, WorkTree};
use crate::report::Stage;

/// Replaces the staged keys, or undoes that.
///
/// # Errors
/// What cannot be read or written, and a `.env` that git tracks.
pub fn fix(arguments: &FixArgs) -> Result<u8> {
    let tree = WorkTree::find().context("finding the work tree")?;
    if arguments.undo {
        return undo(&tree);
    }
    let mut judge = Judge::new(Stage::Staged { first: false, merging: false });
    let mut store = judge.open()?;
    let staged = Staged::find(&mut store, &[])?;
    judge.report.stage = Stage::Staged { first: staged.is_first(), merging: staged.merging };
    judge.configure(&mut store, Some(&staged))?;
    judge.staged(&mut store, &staged)?;
    if !judge.report.errors.is_empty() {
        print_report(&judge.report, false, false)?;
        return Ok(judge.report.exit_code());
    }
    let findings: Vec<Finding> =
        judge.report.findings.into_iter().filter(|finding| finding.blocks).collect();
    if findings.is_empty() {
        print("keystop: nothing that is staged holds a key.\n")?;
        return Ok(0);
    }
    let plan = Plan::make(&mut store, &tree, &findings)?;
    print(&plan.shown)?;
    let left = plan.refused > 0;
    if plan.files.is_empty() {
        print("\nkeystop: nothing was changed.\n")?;
        return Ok(1);
    }
    if !arguments.yes && !agreed()? {
        print("keystop: nothing was changed.\n")?;
        return Ok(1);
    }
    carry_out(&plan, &tree)?;
    print(&afterwards::afterwards(&plan))?;
    Ok(u8::from(left))
}

/// Asks on a terminal; where there is none nobody has agreed.
fn agreed() -> Result<bool> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        print("\nNo terminal to ask on: `keystop fix --yes` does it.\n")?;
        return Ok(false);
    }
    let mut out = std::io::stdout();
    write!(out, "\nDo it? [y/N] ").and_then(|()| out.flush()).context("asking")?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer).context("reading the answer")?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes"))
}

fn carry_out(plan: &Plan, tree: &WorkTree) -> Result<()> {
    let folder = &tree.private;
    let mut record =
        Record { files: Vec::new(), env: Vec::new(), example: Vec::new(), ignore: Vec::new() };
    let text = |lines: Vec<Vec<u8>>| -> Vec<String> {
        lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    };
    if let Some(line) = &plan.ignore {
        let file = tree.place(".gitignore");
        let (content, added) = files::with_lines(&file, std::slice::from_ref(line))?;
        files::replace(&file, &content, folder, false)?;
        record.ignore = text(added);
    }
    // A file that git would commit must not get the values, whatever the line above came to.
    if !tree.ignores(ENV)? || tree.entry(ENV)?.is_some() {
        bail!("git does not ignore {ENV}; nothing else was changed");
    }
    let new = || plan.variables.iter().filter(|variable| variable.is_new);
    let lines: Vec<Vec<u8>> = new().map(|variable| variable.line.clone()).collect();
    if !lines.is_empty() {
        let file = tree.place(ENV);
        let (content, _) = files::with_lines(&file, &lines)?;
        files::replace(&file, &content, folder, true)?;
        record.env = new().map(|variable| variable.name.clone()).collect();
    }
    let names: Vec<Vec<u8>> =
        plan.variables.iter().map(|variable| format!("{}=", variable.name).into_bytes()).collect();
    let example = tree.place(EXAMPLE);
    let (content, added) = files::with_lines(&example, &names)?;
    if !added.is_empty() {
        files::replace(&example, &content, folder, false)?;
        record.example = text(added);
    }
    for file in &plan.files {
        record.files.push(FileRecord {
            path: file.path.clone(),
            staged: file.staged.change(),
            work: file.work.as_ref().map(|work| work.change()),
        });
    }
    record.write(tree)?;
    for file in &plan.files {
        let Some(work) = &file.work else { continue };
        let place = tree.place(&file.path);
        if files::read(&place)?.as_deref() != Some(&work.old) {
            bail!("{} was changed meanwhile; run keystop fix again", file.path);
        }
        files::replace(&place, &work.fixed(), folder, false)?;
    }
    let mut entries = Vec::new();
    for file in &plan.files {
        if tree.entry(&file.path)?.as_ref() != Some(&file.entry) {
            bail!("{} was staged again meanwhile; run keystop fix again", file.path);
        }
        let id = tree.store(&file.staged.fixed())?;
        entries.push((file.path.clone(), Entry { id, ..file.entry.clone() }));
    }
    files::step();
    tree.stage(&entries)?;
    files::step();
    Ok(())
}

/// Puts back what the last fix changed. The values leave `.env` last.
fn undo(tree: &WorkTree) -> Result<u8> {
    let record = Record::read(tree)?;
    let folder = &tree.private;
    let env = files::read(&tree.place(ENV))?.unwrap_or_default();
    let value = |name: &str| env_file::value(&env, name);
    let mut left = Vec::new();
    let mut entries = Vec::new();
    let mut store = crate::git::Store::open()?;
    for file in &record.files {
        if let Some(change) = &file.work {
            let place = tree.place(&file.path);
            let content = files::read(&place)?.unwrap_or_default();
            match change.back(&content, &value)? {
                Some(old) => files::replace(&place, &old, folder, false)?,
                None if change.is_back(&content, &value) => {}
                None => left.push(format!("{} was changed since", file.path)),
            }
        }
        let entry = tree.entry(&file.path)?;
        let content = entry.as_ref().map(|entry| store.read_file(&entry.id)).transpose()?;
        let (entry, content) = (entry, content.unwrap_or_default());
        match (entry, file.staged.back(&content, &value)?) {
            (Some(entry), Some(old)) => {
                let id = tree.store(&old)?;
                entries.push((file.path.clone(), Entry { id, ..entry }));
            }
            _ if file.staged.is_back(&content, &value) => {}
            _ => left.push(format!("{} was staged or committed since", file.path)),
        }
    }
    files::step();
    tree.stage(&entries)?;
    files::step();
    if !left.is_empty() {
        let left = left.join("\n  ");
        print(&format!("keystop: the rest was put back, and {ENV} keeps the values:\n  {left}\n"))?;
        return Ok(1);
    }
    let lines = |lines: &[String]| -> Vec<Vec<u8>> {
        lines.iter().map(|line| line.clone().into_bytes()).collect()
    };
    files::without_lines(&tree.place(EXAMPLE), &lines(&record.example), folder, false)?;
    let values: Vec<Vec<u8>> =
        record.env.iter().filter_map(|name| env_file::line(name, &value(name)?).ok()).collect();
    files::without_lines(&tree.place(ENV), &values, folder, true)?;
    files::without_lines(&tree.place(".gitignore"), &lines(&record.ignore), folder, false)?;
    record.remove(tree)?;
    print("keystop: the last fix is undone; the keys stand where they stood, staged.\n")?;
    Ok(0)
}
