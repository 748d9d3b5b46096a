//! What a fix is going to do, found out before anything is changed.

use std::fmt::Write;
use std::ops::Range;

use anyhow::{Result, bail};

use super::declare::{declare, declared_in_work};
use super::env_file::{self, ENV, EXAMPLE};
use super::import::import;
use super::record::Change;
use super::rewrite::{Edit, Refusal, apply, fixed_name, rewrite};
use super::source::{Opened, at_place, open};
use super::{files, hcl};
use crate::engine::{self, Match};
use crate::finding::Finding;
use crate::git::{Entry, Store, WorkTree};
use crate::redaction;
use crate::report::Language;

/// The whole of it.
pub(super) struct Plan {
    pub(super) variables: Vec<Variable>,
    pub(super) files: Vec<FilePlan>,
    /// The line `.gitignore` needs, if it needs one.
    pub(super) ignore: Option<Vec<u8>>,
    /// How many keys stay where they are.
    pub(super) refused: usize,
    /// All of it for a person, without a key.
    pub(super) shown: String,
}

/// A variable that a program will read.
pub(super) struct Variable {
    pub(super) name: String,
    value: Vec<u8>,
    /// Its line in `.env`.
    pub(super) line: Vec<u8>,
    /// Whether `.env` does not have it yet.
    pub(super) is_new: bool,
}

/// What happens to a file.
pub(super) struct FilePlan {
    pub(super) path: String,
    pub(super) language: Language,
    /// In the index now.
    pub(super) entry: Entry,
    pub(super) staged: Text,
    /// In the work tree, where the key stands there too.
    pub(super) work: Option<Text>,
}

/// A content, and the changes to it in their order, each with the variable it is about.
pub(super) struct Text {
    pub(super) old: Vec<u8>,
    pub(super) edits: Vec<(Edit, String)>,
}

/// What a place says about its variable's name.
struct Naming {
    /// The name it has already.
    fixed: Option<String>,
    /// For Terraform, the texts beside it that declare variables.
    declared: Option<Vec<Vec<u8>>>,
}

impl Naming {
    fn is_declared(&self, name: &str) -> bool {
        let name = name.strip_prefix(hcl::PREFIX).unwrap_or(name);
        self.declared.iter().flatten().any(|text| hcl::declares(text, name))
    }
}

impl Text {
    fn of(language: Language, old: Vec<u8>, mut edits: Vec<(Edit, String)>) -> Text {
        let first = edits.iter().map(|(edit, _)| edit.range.start).min().unwrap_or(0);
        edits.extend(import(language, &old, first).map(|edit| (edit, String::new())));
        edits.sort_by_key(|(edit, _)| (edit.range.start, edit.range.end));
        // Two keys of one command both ask for what stands around it.
        edits.dedup();
        Text { old, edits }
    }

    pub(super) fn fixed(&self) -> Vec<u8> {
        self.applied().0
    }

    pub(super) fn change(&self) -> Change {
        Change::new(&self.old, &self.edits)
    }

    fn applied(&self) -> (Vec<u8>, Vec<Range<usize>>) {
        let edits: Vec<Edit> = self.edits.iter().map(|(edit, _)| edit.clone()).collect();
        apply(&self.old, &edits)
    }
}

impl Plan {
    /// Looks at each finding, which are in the order of their places.
    pub(super) fn make(store: &mut Store, tree: &WorkTree, findings: &[Finding]) -> Result<Plan> {
        let env = files::read(&tree.place(ENV))?.unwrap_or_default();
        let mut plan = Plan {
            variables: Vec::new(),
            files: Vec::new(),
            ignore: None,
            refused: 0,
            shown: String::new(),
        };
        for group in findings.chunk_by(|one, other| one.source.path == other.source.path) {
            plan.file(store, tree, &env, group)?;
        }
        if plan.files.is_empty() {
            return Ok(plan);
        }
        declare(&mut plan, store, tree)?;
        if tree.entry(ENV)?.is_some() {
            bail!(
                "git tracks {ENV}, which must hold the values: git rm --cached -- {ENV}, and try again"
            );
        }
        if !tree.ignores(ENV)? {
            plan.ignore = Some(format!("/{ENV}").into_bytes());
            let _ = writeln!(plan.shown, "\n.gitignore\n+ /{ENV}");
        }
        let _ = writeln!(plan.shown, "\n{ENV} (mode 600, ignored by git)");
        for variable in &plan.variables {
            let (mark, note) = if variable.is_new { ("+", "") } else { (" ", " is there") };
            let length = variable.value.len();
            let _ = writeln!(plan.shown, "{mark} {}=…({length} characters)…{note}", variable.name);
        }
        let _ = writeln!(plan.shown, "\n{EXAMPLE}");
        for variable in &plan.variables {
            let _ = writeln!(plan.shown, "+ {}=", variable.name);
        }
        Ok(plan)
    }

    fn refuse(&mut self, finding: &Finding, why: &str) {
        self.refused += 1;
        let why = why.replace("explain ID", &format!("explain {}", finding.detector.id));
        let place = format!("{}:{}:{}", finding.shown_path(), finding.line, finding.column);
        let _ = writeln!(self.shown, "\n{place}\n  {} stays: {why}", finding.detector.name);
    }

    fn file(
        &mut self,
        store: &mut Store,
        tree: &WorkTree,
        env: &[u8],
        findings: &[Finding],
    ) -> Result<()> {
        // A file that is an archive holds nothing else.
        if findings.iter().any(|finding| finding.member.is_some()) {
            for finding in findings {
                self.refuse(finding, "it stands in an archive, which has to be packed anew");
            }
            return Ok(());
        }
        let opened = match open(store, tree, &findings[0])? {
            Ok(opened) => opened,
            Err(why) => {
                findings.iter().for_each(|finding| self.refuse(finding, why));
                return Ok(());
            }
        };
        let Opened { path, language, entry, text, work } = opened;
        let matches = engine::scan(path.as_bytes(), &text)?;
        let elsewhere = match &work {
            Some(work) if *work != text => engine::scan(path.as_bytes(), work)?,
            _ => Vec::new(),
        };
        let mut staged_edits = Vec::new();
        let mut work_edits = Vec::new();
        for finding in findings {
            let Some(found) = at_place(&matches, &text, finding) else {
                self.refuse(finding, "it is no longer there");
                continue;
            };
            if let Some(wrap) = found.inside.last() {
                self.refuse(finding, &format!("it stands inside {wrap}: take it out by hand"));
                continue;
            }
            let value = text[found.span.clone()].to_vec();
            let times = matches.iter().filter(|other| text[other.span.clone()] == value).count();
            if memchr::memmem::find_iter(&text, &value).count() != times {
                self.refuse(finding, "it also stands where keystop cannot replace it");
                continue;
            }
            let naming = Naming {
                fixed: fixed_name(language, &text, &found.span),
                declared: match language {
                    Language::Terraform => Some(declared_in_work(tree, &path)?),
                    _ => None,
                },
            };
            let edits = self.variable(finding, &value, env, &naming).and_then(|variable| {
                let staged = rewrite(language, &text, &found.span, &variable)?;
                let mut unstaged = Vec::new();
                if let Some(work) = work.as_ref().filter(|work| **work != text) {
                    let there = elsewhere.iter().filter(|other| work[other.span.clone()] == value);
                    let mut times = 0;
                    for other in there {
                        times += 1;
                        unstaged.extend(rewrite(language, work, &other.span, &variable)?);
                    }
                    if memchr::memmem::find_iter(work, &value).count() != times {
                        return Err(
                            "it also stands in the work tree where keystop cannot replace it",
                        );
                    }
                }
                Ok((variable, staged, unstaged))
            });
            match edits {
                Ok((variable, staged, unstaged)) => {
                    staged_edits.extend(staged.into_iter().map(|edit| (edit, variable.clone())));
                    for edit in unstaged {
                        let edit = (edit, variable.clone());
                        // Two staged places of one value find the same places here.
                        if !work_edits.contains(&edit) {
                            work_edits.push(edit);
                        }
                    }
                }
                Err(why) => self.refuse(finding, why),
            }
        }
        // A variable whose key was refused after all is not needed.
        let used = |name: &String| staged_edits.iter().any(|(_, used)| used == name);
        let before: Vec<String> = self.files.iter().flat_map(FilePlan::variables).collect();
        self.variables.retain(|variable| before.contains(&variable.name) || used(&variable.name));
        if staged_edits.is_empty() {
            return Ok(());
        }
        let staged = Text::of(language, text.clone(), staged_edits.clone());
        let work = work.and_then(|work| {
            let edits = if work == text { staged_edits } else { work_edits };
            (!edits.is_empty()).then(|| Text::of(language, work, edits))
        });
        self.show(&path, &staged, &matches);
        if work.is_none() {
            self.shown.push_str("  (staged only: the work tree has another version)\n");
        }
        self.files.push(FilePlan { path, language, entry, staged, work });
        Ok(())
    }

    /// The variable that gets the value.
    fn variable(
        &mut self,
        finding: &Finding,
        value: &[u8],
        env: &[u8],
        naming: &Naming,
    ) -> Result<String, Refusal> {
        let base = finding.detector.remediation.env;
        if base.ends_with("_FILE") {
            return Err(
                "it belongs in a file outside the repository, whose path the program reads",
            );
        }
        let fits = |name: &str| match &naming.fixed {
            Some(fixed) => name == fixed,
            None => name.starts_with(hcl::PREFIX) == naming.declared.is_some(),
        };
        let known = self.variables.iter().find(|known| known.value == value && fits(&known.name));
        if let Some(known) = known {
            return Ok(known.name.clone());
        }
        let base = match (&naming.fixed, &naming.declared) {
            (Some(fixed), _) => fixed.clone(),
            (None, Some(_)) => format!("{}{}", hcl::PREFIX, base.to_ascii_lowercase()),
            (None, None) => base.to_owned(),
        };
        let mut number = 1;
        let (name, there) = loop {
            let name = if number == 1 { base.clone() } else { format!("{base}_{number}") };
            let there = env_file::value(env, &name);
            let free = match &there {
                Some(there) => there == value,
                None => naming.fixed.is_some() || !naming.is_declared(&name),
            };
            if free && self.variables.iter().all(|known| known.name != name) {
                break (name, there.is_some());
            }
            if naming.fixed.is_some() {
                return Err("its variable has another value already, in .env or above");
            }
            number += 1;
        };
        let line = env_file::line(&name, value)?;
        self.variables.push(Variable {
            name: name.clone(),
            value: value.to_vec(),
            line,
            is_new: !there,
        });
        Ok(name)
    }

    /// The changed lines, with every key masked.
    fn show(&mut self, path: &str, text: &Text, matches: &[Match]) {
        let masks: Vec<(&[u8], String)> = matches
            .iter()
            .map(|found| (&text.old[found.span.clone()], redaction::mask(found, &text.old)))
            .collect();
        let masked = |line: &[u8]| {
            let mut line = String::from_utf8_lossy(line).into_owned();
            for (value, mask) in &masks {
                line = line.replace(String::from_utf8_lossy(value).as_ref(), mask);
            }
            redaction::visible(line.trim_end().as_bytes())
        };
        let (new, places) = text.applied();
        let mut last = None;
        let _ = writeln!(self.shown, "\n{}", redaction::visible(path.as_bytes()));
        for ((edit, variable), place) in text.edits.iter().zip(places) {
            if variable.is_empty() {
                let _ = writeln!(self.shown, "+ {}", edit.new.trim());
                continue;
            }
            let line = line_around(&text.old, edit.range.start);
            if last == Some(line.start) {
                continue;
            }
            last = Some(line.start);
            let key = edit.key.as_ref().map_or(edit.range.start, |key| key.start);
            let old: Vec<String> = text.old[line.start..line_around(&text.old, key).end]
                .split(|&byte| byte == b'\n')
                .map(masked)
                .collect();
            // Where a line goes as a whole, the next one is not news.
            let gone = edit.new.is_empty() && edit.range.start == line.start;
            let around = line_around(&new, place.start).start..line_around(&new, place.end).end;
            let new: Vec<String> = match gone {
                true => Vec::new(),
                false => new[around].split(|&byte| byte == b'\n').map(masked).collect(),
            };
            let (first, second) = (old.first(), new.first());
            let pairs = first.into_iter().flat_map(|old| old.chars());
            let same = pairs
                .zip(second.into_iter().flat_map(|new| new.chars()))
                .take_while(|(one, other)| one == other)
                .count();
            let cut = |line: &str| -> String {
                line.chars().skip(same.saturating_sub(60)).take(160).collect()
            };
            for (mark, lines) in [("-", &old), ("+", &new)] {
                for line in lines {
                    let _ = writeln!(self.shown, "{mark} {}", cut(line));
                }
            }
        }
    }
}

impl FilePlan {
    pub(super) fn variables(&self) -> Vec<String> {
        self.staged.edits.iter().map(|(_, variable)| variable.clone()).collect()
    }
}

fn line_around(text: &[u8], at: usize) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
    start..memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline)
}
