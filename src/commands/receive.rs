//! `keystop pre-receive`: what a server was sent and has not accepted yet.
//!
//! Nothing of what is pushed has a word in it: configuration and allow file are those the server
//! has already.

use std::env;
use std::ffi::OsString;
use std::io::Read;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::deadline::{Deadline, OVER, Watchdog, duration};
use super::excuse::Version;
use super::history::judge_plan;
use super::judge::Judge;
use super::{MOST_IN_A_HOOK, print_error, print_report, push_option, since};
use crate::finding::{Finding, Place, Source};
use crate::git::{ObjectId, Store, Update, parse_received, plan_received};
use crate::report::Stage;
use crate::suppress::PUSH_SKIP;

/// Git's setting on the server.
const SETTING: &str = "keystop.timeBudget";
/// How long judging may take: less than what servers and those who push wait.
const USUAL: Duration = Duration::from_secs(50);
/// GitHub Enterprise Server gives all its pre-receive hooks together five seconds.
const ON_GITHUB: Duration = Duration::from_secs(4);
/// GitLab shows people on its pages only lines that begin so.
const GITLAB_MARK: &str = "GL-HOOK-ERR: keystop:";
/// And this many of them can be read there.
const MOST_ON_A_PAGE: usize = 5;

/// Judges what the server was sent, and returns the exit code: anything but 0 refuses all of it.
pub(super) fn receive(arguments: &[OsString]) -> u8 {
    let mut run = Run {
        start: Instant::now(),
        judge: Judge::new(Stage::Receive),
        budget: None,
        watchdog: None,
        skip_counts: false,
    };
    if let Err(error) = run.judge(arguments) {
        run.judge.failed(&error);
    }
    if let Some(watchdog) = run.watchdog.take() {
        watchdog.call_off();
    }
    run.judge.name_idle_waivers();
    run.judge.settle(MOST_IN_A_HOOK);
    run.advise();
    let report = &run.judge.report;
    // Its loss must not change the verdict.
    if let Err(error) = print_report(report, false, true) {
        print_error(&error);
    }
    if env::var_os("GL_PROTOCOL").is_some_and(|protocol| protocol == "web") {
        run.tell_page();
    }
    run.judge.report.exit_code()
}

/// One run of the hook.
struct Run {
    start: Instant,
    judge: Judge,
    /// How long it may take.
    budget: Option<Duration>,
    watchdog: Option<Watchdog>,
    /// Whether a push option may let a finding pass.
    skip_counts: bool,
}

impl Run {
    fn judge(&mut self, arguments: &[OsString]) -> Result<()> {
        let given = budget_of(arguments)?;
        let mut input = Vec::new();
        std::io::stdin().lock().read_to_end(&mut input).context("reading git's list of refs")?;
        let mut updates = parse_received(&input)?;
        // Of a deletion there is nothing to judge.
        updates.retain(|update| !update.local.is_zero());
        if updates.is_empty() {
            return Ok(());
        }
        let mut store = self.judge.open()?;
        let store = &mut store;
        self.limit(given, store)?;
        let judge = &mut self.judge;
        judge.excuses.version = Some(Version::Commits(bases(store, &updates)?));
        judge.excuses.is_late = true;
        judge.excuses.pushed = updates.iter().map(|update| update.local).collect();
        judge.configure(store, None)?;
        self.skip_counts = push_option::heed(judge, store)?;
        let plan = plan_received(store, &updates)?;
        judge_plan(judge, store, &plan)?;
        // The names of refs that are there already have been judged.
        for update in updates.iter().filter(|update| update.remote.is_zero()) {
            let source = Source::new(Place::RefName, b"(ref name)");
            judge.text(&source, &update.remote_ref, &mut |_| Ok(false))?;
        }
        if judge.is_out_of_time() {
            return Ok(());
        }
        tell_newly_allowed(judge, store, &updates)?;
        let branches: Vec<&Update> =
            updates.iter().filter(|update| update.local_ref.starts_with(HEADS)).collect();
        since::complete_received(judge, store, &mut |store, commit| {
            branches.iter().find_map(|update| {
                let reached = store.commits_between(&[commit], &[update.local]).ok()?.is_empty();
                // Whoever pushes one branch is most likely on it.
                let name = (branches.len() > 1).then(|| {
                    String::from_utf8_lossy(&update.local_ref[HEADS.len()..]).into_owned()
                });
                reached.then_some(since::Pushed { tip: update.local, name })
            })
        });
        Ok(())
    }

    /// Sets the time by which the verdict has to be there.
    fn limit(&mut self, given: Option<Option<Duration>>, store: &mut Store) -> Result<()> {
        self.budget = match given {
            Some(budget) => budget,
            None => match store.setting(SETTING)? {
                Some(text) => {
                    duration(&text).with_context(|| format!("git's setting {SETTING}"))?
                }
                None if env::var_os("GITHUB_REPO_NAME").is_some() => Some(ON_GITHUB),
                None => Some(USUAL),
            },
        };
        let Some(budget) = self.budget else { return Ok(()) };
        let moment = self.start.checked_add(budget);
        self.judge.deadline = Deadline::at(moment);
        let grace = (budget / 8).clamp(Duration::from_millis(100), Duration::from_secs(2));
        if let Some(moment) = moment.and_then(|moment| moment.checked_add(grace)) {
            let advice: String =
                out_of_time(budget).map(|line| format!("keystop: {line}\n")).concat();
            let verdict = "keystop: not everything could be judged. Nothing was accepted.\n";
            let words = format!("error: {OVER}\n{advice}{verdict}");
            self.watchdog = Some(Watchdog::start(moment, words));
        }
        Ok(())
    }

    /// Says what else there is to do for somebody whose push was refused.
    fn advise(&mut self) {
        let notes = &mut self.judge.report.notes;
        if let Some(budget) = self.budget
            && self.judge.report.errors.iter().any(|error| error == OVER)
        {
            notes.extend(out_of_time(budget));
        }
        let blocking = |finding: &&Finding| finding.blocks && !finding.enforced;
        if let Some(finding) = self.judge.report.findings.iter().find(blocking)
            && self.skip_counts
            && let Some(prints) = finding.prints
        {
            let print = prints.shown;
            notes.push("this server lets a finding pass that a push names:".to_owned());
            notes.push(format!("  git push -o '{PUSH_SKIP}={print}:REASON' …"));
        }
    }

    /// The verdict for people who changed something on GitLab's pages.
    fn tell_page(&self) {
        let report = &self.judge.report;
        for finding in report.findings.iter().filter(|one| one.blocks).take(MOST_ON_A_PAGE) {
            let (name, place, line) = (finding.detector.name, finding.shown_path(), finding.line);
            let print = finding.prints.map(|prints| format!(" ({})", prints.shown));
            eprintln!("{GITLAB_MARK} {name} in {place}:{line}{}", print.unwrap_or_default());
        }
        for error in report.errors.iter().take(MOST_ON_A_PAGE) {
            eprintln!("{GITLAB_MARK} not judged: {error}");
        }
        if report.exit_code() != 0 {
            eprintln!("{GITLAB_MARK} nothing was accepted");
        }
    }
}

const HEADS: &[u8] = b"refs/heads/";

/// The budget among the hook's arguments.
fn budget_of(arguments: &[OsString]) -> Result<Option<Option<Duration>>> {
    let texts: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let words: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    match words[..] {
        [] => Ok(None),
        ["--time-budget", time] => duration(time).map(Some),
        [one] if one.starts_with("--time-budget=") => {
            duration(&one["--time-budget=".len()..]).map(Some)
        }
        _ => bail!("pre-receive takes no arguments but --time-budget TIME"),
    }
}

/// What to do where the time was too short.
fn out_of_time(budget: Duration) -> [String; 4] {
    [
        format!("this server gives the judging of a push {budget:?}"),
        "push fewer commits at a time:".to_owned(),
        "  git push REMOTE OLDER-COMMIT:BRANCH".to_owned(),
        format!("or ask who keeps it for more: git's {SETTING} there"),
    ]
}

/// The commits whose configuration and allow file hold: what each pushed branch points at so far;
/// for what is new or no branch, the server's default branch.
fn bases(store: &mut Store, updates: &[Update]) -> Result<Vec<ObjectId>> {
    let mut bases = Vec::new();
    for update in updates {
        let is_branch = update.remote_ref.starts_with(HEADS) && !update.remote.is_zero();
        if is_branch && store.read_if_there(&update.remote)?.is_some() {
            bases.push(update.remote);
        } else {
            bases.extend(store.head()?);
        }
    }
    bases.sort_unstable();
    bases.dedup();
    Ok(bases)
}

/// Says what the pushed commits would allow, which does not hold yet.
fn tell_newly_allowed(judge: &mut Judge, store: &mut Store, updates: &[Update]) -> Result<()> {
    let told = judge.report.notes.len();
    // These passed by what the server has.
    judge.configuring.let_pass.clear();
    judge.tell_pushed_configuration(store, updates)?;
    judge.tell_allowing(store)?;
    if judge.report.notes.len() > told {
        let when = "what this push newly allows speaks from the next push on:";
        judge.report.notes.insert(told, when.to_owned());
    }
    Ok(())
}
