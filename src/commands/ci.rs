//! `keystop ci`: the commits that started this run of a CI platform.

mod azure;
mod bitbucket;
mod buildkite;
mod circleci;
mod drone;
mod github;
mod gitlab;
mod jenkins;
mod platform;
mod range;
mod started;
mod teamcity;
mod travis;
mod woodpecker;

use std::io::Write;

use anyhow::{Context, Result, anyhow, bail};

use super::excuse::Version;
use super::history::judge_plan;
use super::judge::Judge;
use super::output::Reports;
use super::since;
use crate::cli::output::{Format, Output, OutputArgs, Target};
use crate::cli::{CiArgs, Fallback};
use crate::config::also_policy;
use crate::finding::{Place, Source};
use crate::git::{ObjectId, Plan, Store, plan_between, range_ends};
use crate::redaction::{visible, without_keys};
use crate::report::Stage;

use platform::variable;
pub use platform::{PLATFORMS, Platform};
use range::{Base, Range};
use started::{Before, Started};

/// Judges the run's commits and returns the exit code.
///
/// # Errors
/// A report that cannot be written. What could not be judged is in the report.
pub fn ci(arguments: &CiArgs) -> Result<u8> {
    let found = Platform::of_this_run(arguments.platform.as_deref());
    let platform = found.as_ref().ok().copied().flatten();
    let reports = Reports::open(&outputs(&arguments.output, platform))?;
    let mut judge = Judge::new(Stage::Range { head: None });
    let outcome = found.and_then(|platform| run(&mut judge, platform, arguments));
    if let Err(error) = outcome {
        judge.failed(&error);
    }
    reports.write(&judge.report, arguments.verbose)?;
    Ok(judge.report.exit_code())
}

/// What was asked for, and the platform's own way where nothing was for standard output.
fn outputs(asked: &OutputArgs, platform: Option<&Platform>) -> OutputArgs {
    let mut outputs = asked.clone();
    if outputs.outputs.iter().any(|output| output.target == Target::Stdout) {
        return outputs;
    }
    let format = platform.map_or(Format::Human, |platform| platform.format);
    outputs.outputs.push(Output { format, target: Target::Stdout });
    if format == Format::Github
        && let Some(summary) = variable("GITHUB_STEP_SUMMARY")
    {
        let target = Target::Append(summary.into());
        outputs.outputs.push(Output { format: Format::Markdown, target });
    }
    outputs
}

fn run(judge: &mut Judge, platform: Option<&'static Platform>, arguments: &CiArgs) -> Result<()> {
    if let Some(policy) = &arguments.policy {
        also_policy(policy.clone());
    }
    let base = arguments.base.as_deref().map(str::trim).filter(|base| !is_nothing(base));
    let started = match platform {
        Some(platform) => {
            let mut started = (platform.read)()?;
            if arguments.default_branch.is_some() {
                started.default_branch.clone_from(&arguments.default_branch);
            }
            started
        }
        None if base.is_some() || arguments.range.is_some() => Started::default(),
        None => bail!(
            "which CI platform runs this is not known (known are: {}): name the commits with --base REV or --range A..B, or the platform with --platform",
            platform::names()
        ),
    };
    if base.is_none() && arguments.range.is_none() && matches!(started.before, Before::Deleted) {
        judge.report.notes.push("a ref was deleted: the run brought no commits".to_owned());
        return Ok(());
    }
    let mut store = judge.open()?;
    if let Some(limit) = arguments.max_file_size {
        store.limit_files(limit);
    }
    let head = store.head()?.context("no commit is checked out")?;
    judge.report.stage = Stage::Range { head: Some(head) };
    let range = match (&arguments.range, base) {
        (Some(range), _) => given(&mut store, range)?,
        (None, Some(base)) => Range::since(&mut store, &started, base)?,
        (None, None) => Range::of(&mut store, &started)?,
    };
    let run = Run { platform, started: &started, range };
    run.judge(judge, &mut store, arguments, head)?;
    if judge.report.errors.is_empty() || !is_partial(&store) {
        return Ok(());
    }
    let whole = platform.map_or("clone without --filter", |platform| platform.whole);
    bail!("this clone is partial, and what was brought may be left out of it: {whole}")
}

/// What a pipeline passes for a base that does not exist.
fn is_nothing(base: &str) -> bool {
    base.bytes().all(|byte| byte == b'0')
}

/// The user's range.
fn given(store: &mut Store, range: &str) -> Result<Range> {
    let (tip, known) = range_ends(store, range)?;
    let base = known.first().map_or(Base::Own, |base| Base::Commit(*base));
    let since = range.to_owned();
    Ok(Range { tips: vec![tip], known, base, since, missing: None })
}

/// A run that is to be judged.
struct Run<'a> {
    platform: Option<&'static Platform>,
    started: &'a Started,
    range: Range,
}

impl Run<'_> {
    fn judge(
        &self,
        judge: &mut Judge,
        store: &mut Store,
        arguments: &CiArgs,
        head: ObjectId,
    ) -> Result<()> {
        let plan = match self.plan(store)? {
            Ok(plan) => plan,
            Err(lack) if arguments.fallback == Some(Fallback::Tree) => {
                let is_checked_out = match &arguments.range {
                    Some(_) => self.range.tips.contains(&head),
                    None => self.range.is_checked_out(store, self.started)?,
                };
                if !is_checked_out {
                    return Err(lack.context("the run's commits are not what is checked out"));
                }
                return self.judge_tree(judge, store, head, &lack);
            }
            Err(lack) => return Err(lack),
        };
        self.configure(judge, store, head)?;
        judge_plan(judge, store, &plan)?;
        since::complete(judge, store, Some(head));
        // Whatever CI sees is out already.
        for finding in &mut judge.report.findings {
            finding.source.since.remote.get_or_insert_with(|| "origin".to_owned());
        }
        if let Some(name) = &self.started.ref_name {
            let source = Source::new(Place::RefName, b"(ref name)");
            judge.text(&source, name.as_bytes(), &mut |_| Ok(false))?;
        }
        let commits = match plan.commits.len() {
            1 => "1 commit".to_owned(),
            n => format!("{n} commits"),
        };
        self.receipt(&format!("judged {commits} {}", self.range.since));
        Ok(())
    }

    /// The commits, or what of them is not here.
    ///
    /// # Errors
    /// Objects that cannot be read, in whose place nothing else may be judged.
    fn plan(&self, store: &mut Store) -> Result<Result<Plan>> {
        let shallow = store.shallow();
        if let Some(missing) = &self.range.missing {
            let short = missing.get(..12).unwrap_or(missing);
            return Ok(Err(if shallow.is_empty() {
                anyhow!(
                    "the run is about {short}, which is not in this clone: check out that commit{}",
                    self.advice("")
                )
            } else {
                anyhow!(
                    "the run is about {short}, which is not in this shallow clone{}",
                    self.advice(": ")
                )
            }));
        }
        let plan = plan_between(store, &self.range.tips, &self.range.known)?;
        if let Some(cut) = plan.commits.iter().find(|commit| shallow.contains(commit)) {
            return Ok(Err(anyhow!(
                "this clone is shallow: it ends at {}, and older commits were brought too{}",
                cut.short(),
                self.advice(": ")
            )));
        }
        Ok(Ok(plan))
    }

    fn advice(&self, before: &str) -> String {
        let Some(platform) = self.platform else {
            return format!("{before}fetch everything (git fetch --unshallow)");
        };
        let or = ", or judge only what is checked out with --fallback tree";
        match before {
            // Nothing was cut off, so the checkout is of something else.
            "" => String::new(),
            before => format!("{before}{}{or}", platform.whole),
        }
    }

    /// Reads the configuration that holds.
    fn configure(&self, judge: &mut Judge, store: &mut Store, head: ObjectId) -> Result<()> {
        let commits = match self.range.base {
            Base::Commit(base) => vec![base],
            Base::Own => vec![head],
            Base::Missing => Vec::new(),
        };
        judge.excuses.version = Some(Version::Commits(commits));
        judge.report.notes.extend(match self.range.base {
            Base::Commit(_) => None,
            Base::Own => Some("no version before the run's is known here, so the configuration and allow file that it brings hold".to_owned()),
            Base::Missing => Some("the target branch is not in this clone, so neither configuration nor allow file of the repository hold".to_owned()),
        });
        judge.configure(store, None)?;
        // One that cannot be read must not be found out at the first finding only.
        judge.settings.policy().map(|_| ())
    }

    fn judge_tree(
        &self,
        judge: &mut Judge,
        store: &mut Store,
        head: ObjectId,
        why: &anyhow::Error,
    ) -> Result<()> {
        self.configure(judge, store, head)?;
        let tree = store.tree_of(&head)?.ok_or_else(|| anyhow!("HEAD is no commit"))?;
        judge.tree(store, tree)?;
        // What is found stands in a file, whichever commit brought it.
        judge.report.stage = Stage::Files;
        let words = format!("only the files of {} were judged, no commits: {why:#}", head.short());
        judge.report.notes.push(safe(&words));
        self.receipt(&format!("judged the files of {}", head.short()));
        Ok(())
    }

    /// Says what was judged, by whose word; beside the report, since it holds no news.
    fn receipt(&self, judged: &str) {
        let name = self.platform.map_or("no CI platform known", |platform| platform.name);
        let event = self.started.event;
        let event = if event.is_empty() { String::new() } else { format!(", {event}") };
        let whose = match self.range.base {
            Base::Commit(base) => format!("; the configuration of {} holds", base.short()),
            Base::Own | Base::Missing => String::new(),
        };
        let said = safe(&format!("{name}{event}: {judged}{whose}"));
        let _ = writeln!(std::io::stderr(), "keystop: {said}");
    }
}

/// One line that cannot hold a key.
fn safe(words: &str) -> String {
    visible(&without_keys(words.as_bytes()))
}

/// Whether objects were left out when this was cloned.
fn is_partial(store: &Store) -> bool {
    let packs = std::fs::read_dir(store.objects_dir().join("pack"));
    packs.is_ok_and(|mut packs| {
        packs.any(|file| {
            file.is_ok_and(|file| file.path().extension().is_some_and(|kind| kind == "promisor"))
        })
    })
}
