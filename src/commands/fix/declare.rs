//! The declarations of Terraform's new variables.

use std::fmt::Write;

use anyhow::Result;

use super::plan::{FilePlan, Plan, Text};
use super::rewrite::Edit;
use super::{files, hcl};
use crate::git::{Store, WorkTree};
use crate::redaction;
use crate::report::Language;

const EXTENSION: &str = ".tf";

/// Adds what declares the variables that Terraform files read now: in the folder's `variables.tf`,
/// where git has one, else at the end of the file that reads the variable.
pub(super) fn declare(plan: &mut Plan, store: &mut Store, tree: &WorkTree) -> Result<()> {
    for number in 0..plan.files.len() {
        let file = &plan.files[number];
        if file.language != Language::Terraform {
            continue;
        }
        let path = file.path.clone();
        let mut names: Vec<String> = reads(file);
        names.sort_unstable();
        names.dedup();
        for name in names {
            add(plan, number, &path, &name, store, tree)?;
        }
    }
    Ok(())
}

/// The texts of a folder's Terraform files in the work tree.
pub(super) fn declared_in_work(tree: &WorkTree, path: &str) -> Result<Vec<Vec<u8>>> {
    let place = tree.place(folder(path));
    let Ok(entries) = std::fs::read_dir(place) else { return Ok(Vec::new()) };
    let mut texts = Vec::new();
    for entry in entries.flatten() {
        let plain = entry.file_type().is_ok_and(|kind| kind.is_file());
        if plain && entry.file_name().to_string_lossy().ends_with(EXTENSION) {
            texts.extend(files::read(&entry.path())?);
        }
    }
    Ok(texts)
}

/// The variables, without their prefix, that the changed lines of a file read.
fn reads(file: &FilePlan) -> Vec<String> {
    let texts = [Some(&file.staged), file.work.as_ref()];
    let edits = texts.into_iter().flatten().flat_map(|text| &text.edits);
    edits
        .filter_map(|(edit, variable)| {
            let name = variable.strip_prefix(hcl::PREFIX)?;
            edit.new.contains("var.").then(|| name.to_owned())
        })
        .collect()
}

fn add(
    plan: &mut Plan,
    number: usize,
    path: &str,
    name: &str,
    store: &mut Store,
    tree: &WorkTree,
) -> Result<()> {
    let folder = folder(path);
    let mut staged = plan.declares(folder, name, |file| Some(&file.staged));
    for path in tree.files_in(folder, EXTENSION)? {
        let Some(entry) = tree.entry(&path)?.filter(|entry| entry.mode.starts_with("100")) else {
            continue;
        };
        staged |= hcl::declares(&store.read_file(&entry.id)?, name);
    }
    let mut work = plan.declares(folder, name, |file| file.work.as_ref());
    work |= declared_in_work(tree, path)?.iter().any(|text| hcl::declares(text, name));
    if staged && work {
        return Ok(());
    }
    let usual = format!("{folder}{}variables.tf", if folder.is_empty() { "" } else { "/" });
    let there = plan.files.iter().position(|file| file.path == usual);
    let at = match there {
        Some(at) => at,
        None => match plan_for(&usual, store, tree)? {
            Some(file) => {
                plan.files.push(file);
                plan.files.len() - 1
            }
            None => number,
        },
    };
    let file = &mut plan.files[at];
    if !staged {
        let edit = hcl::declaration(&file.staged.old, name);
        let _ = writeln!(plan.shown, "\n{}", redaction::visible(file.path.as_bytes()));
        for line in edit.new.trim().lines() {
            let _ = writeln!(plan.shown, "+ {line}");
        }
        file.staged.edits.push((edit, String::new()));
    }
    if let Some(text) = file.work.as_mut().filter(|_| !work) {
        text.edits.push((hcl::declaration(&text.old, name), String::new()));
    }
    Ok(())
}

/// A plan without changes yet for a file that holds no key.
fn plan_for(path: &str, store: &mut Store, tree: &WorkTree) -> Result<Option<FilePlan>> {
    let Some(entry) = tree.entry(path)?.filter(|entry| entry.mode.starts_with("100")) else {
        return Ok(None);
    };
    let text = |old: Vec<u8>| Text { old, edits: Vec::new() };
    let Ok(work) = files::read(&tree.place(path)) else { return Ok(None) };
    let staged = text(store.read_file(&entry.id)?);
    let language = Language::Terraform;
    Ok(Some(FilePlan { path: path.to_owned(), language, entry, staged, work: work.map(text) }))
}

impl Plan {
    /// Whether a change that is planned in a folder declares the variable.
    fn declares<'a>(
        &'a self,
        folder_of: &str,
        name: &str,
        text: impl Fn(&'a FilePlan) -> Option<&'a Text>,
    ) -> bool {
        let declares = |edit: &Edit| hcl::declares(edit.new.as_bytes(), name);
        self.files
            .iter()
            .filter(|file| folder(&file.path) == folder_of)
            .filter_map(text)
            .any(|text| text.edits.iter().any(|(edit, _)| declares(edit)))
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
