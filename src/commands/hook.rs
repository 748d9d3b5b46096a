//! The hook entry points: what git runs.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::excuse::Version;
use super::history::judge_plan;
use super::judge::Judge;
use super::receive::receive;
use super::trailer::sign;
use super::{MOST_IN_A_HOOK, framework, is_device, print_error, print_report, since};
use crate::finding::{Place, Source};
use crate::git::{ObjectId, Staged, Store, Update, parse_updates, plan};
use crate::report::Stage;
use crate::secret::Secret;

const SCISSORS: &[u8] = b"------------------------ >8 ------------------------\n";

/// A hook git runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// Before a commit's message is asked for.
    PreCommit,
    /// Before a merge that needed nobody's help makes its commit.
    PreMergeCommit,
    /// Once the message is written.
    CommitMsg,
    /// Before anything is sent.
    PrePush,
    /// On a server, before anything that was sent is accepted.
    PreReceive,
}

impl Hook {
    /// Every hook keystop serves, by git's name.
    pub const ALL: &'static [(&'static str, Hook)] = &[
        ("pre-commit", Hook::PreCommit),
        ("pre-merge-commit", Hook::PreMergeCommit),
        ("commit-msg", Hook::CommitMsg),
        ("pre-push", Hook::PrePush),
        ("pre-receive", Hook::PreReceive),
    ];

    /// The hook this process was called as: `keystop pre-commit …`, or by a file of the hook's
    /// name, which may also be a text that names keystop as what runs it: the kernel then gives the
    /// file's path as the first argument. What is left of `arguments` then are the hook's own.
    #[must_use]
    pub fn called(arguments: &mut Vec<OsString>) -> Option<Hook> {
        let named = |name: &OsStr| Hook::ALL.iter().find(|(known, _)| name == *known);
        let own = Path::new(arguments.first()?).file_name()?;
        if let Some((_, hook)) = named(own) {
            arguments.drain(..1);
            return Some(*hook);
        }
        let (_, hook) = named(Path::new(arguments.get(1)?).file_name()?)?;
        let asks_help = |argument: &OsString| argument == "--help" || argument == "-h";
        if arguments[2..].iter().any(asks_help) {
            return None;
        }
        arguments.drain(..2);
        Some(*hook)
    }
}

/// Judges what the hook is about, and returns the exit code: anything but 0 stops git.
#[must_use]
pub fn run_hook(hook: Hook, arguments: &[OsString]) -> u8 {
    let (judge, outcome) = match hook {
        Hook::PreCommit => commit(&[]),
        Hook::PreMergeCommit => commit(&merge_heads()),
        Hook::CommitMsg => message(arguments),
        Hook::PrePush => push(arguments),
        Hook::PreReceive => return receive(arguments),
    };
    let mut judge = judge;
    if let Err(error) = outcome {
        judge.failed(&error);
    }
    judge.name_idle_waivers();
    if hook == Hook::CommitMsg
        && judge.report.exit_code() == 0
        && let Err(error) = sign(&judge.report, arguments)
    {
        judge.failed(&error);
    }
    judge.settle(MOST_IN_A_HOOK);
    judge.record();
    // The report of a hook goes to standard error, whose loss must not change the verdict.
    if let Err(error) = print_report(&judge.report, false, true) {
        print_error(&error);
    }
    judge.report.exit_code()
}

/// What was judged so far, and how it ended.
type Verdict = (Judge, Result<()>);

/// Here the user's own word counts: their variable, and the allow file they are about to bring.
fn on_workstation(stage: Stage) -> Judge {
    let mut judge = Judge::new(stage);
    judge.excuses.heeds_skip = true;
    judge.excuses.is_late = true;
    judge
}

fn commit(merge_heads: &[ObjectId]) -> Verdict {
    let mut judge = on_workstation(Stage::Staged { first: false, merging: false });
    let outcome = (|| {
        let mut store = judge.open()?;
        let staged = Staged::find(&mut store, merge_heads)?;
        judge.report.stage = Stage::Staged { first: staged.is_first(), merging: staged.merging };
        judge.configure(&mut store, Some(&staged))?;
        judge.staged(&mut store, &staged)?;
        judge.tell_staged_configuration(&mut store, &staged)?;
        judge.tell_allowing(&mut store)
    })();
    (judge, outcome)
}

/// A merge that runs through has not written MERGE_HEAD when it runs its hook; git names the other
/// parents in variables called `GITHEAD_<id>`.
fn merge_heads() -> Vec<ObjectId> {
    std::env::vars_os()
        .filter_map(|(name, _)| {
            let name = name.to_str()?.strip_prefix("GITHEAD_")?.to_owned();
            ObjectId::from_hex(name.as_bytes())
        })
        .collect()
}

fn message(arguments: &[OsString]) -> Verdict {
    let mut judge = on_workstation(Stage::Message);
    let outcome = (|| {
        let [file] = arguments else {
            bail!("commit-msg wants the message's file, as git gives it");
        };
        let text = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        judge.configure_message()?;
        let source = Source::new(Place::Message, b"(commit message)");
        judge.report.judged.commits += 1;
        // Below the scissors line stands the diff of `commit --verbose`. Git cuts it off, but only
        // in some modes: so it is judged too, and a value that the staged files or their old
        // versions hold is pre-commit's business.
        let cut = memchr::memmem::find(&text, SCISSORS).unwrap_or(text.len());
        judge.text(&source, &text, &mut |found| {
            Ok(is_in_diff(&text, cut, found.span.start) && staged_holds(&found.secret)?)
        })
    })();
    (judge, outcome)
}

/// Whether `at` is in a line of the diff below the scissors, and not in text made to look like it.
fn is_in_diff(text: &[u8], scissors: usize, at: usize) -> bool {
    let line = memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
    scissors < line
        && matches!(text[line], b'-' | b'+' | b' ')
        && memchr::memmem::find(&text[scissors..line], b"\ndiff --").is_some()
}

/// Whether a file the commit changes holds the value, before or after.
fn staged_holds(secret: &Secret) -> Result<bool> {
    let mut store = Store::open().context("opening the repository")?;
    let staged = Staged::find(&mut store, &[])?;
    let mut holds = false;
    staged.for_each_change(&mut store, |store, change| {
        for id in change.old.iter().chain([&change.new]) {
            let blob = store.read_if_there(id)?;
            holds |= blob.is_some_and(|blob| secret.stands_in(&blob.data));
        }
        Ok(())
    })?;
    for removed in staged.removed(&mut store)? {
        let blob = store.read_if_there(&removed.old)?;
        holds |= blob.is_some_and(|blob| secret.stands_in(&blob.data));
    }
    Ok(holds)
}

fn push(arguments: &[OsString]) -> Verdict {
    let argument = |at: usize| {
        arguments.get(at).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let (mut remote, mut url) = (argument(0), argument(1));
    let mut judge = on_workstation(Stage::Push { remote: remote.clone(), head: None });
    let outcome = (|| {
        let mut input = Vec::new();
        std::io::stdin().lock().read_to_end(&mut input).context("reading git's list of refs")?;
        if input.is_empty() && is_device(&std::io::stdin()) && !framework::runs_this() {
            // Git gives a pipe, also when there is nothing to push. A closed or redirected input
            // means that whoever ran the hook swallowed the list, and that nothing would be judged.
            bail!(
                "git's list of refs did not reach keystop: let what runs this hook pass its standard input"
            );
        }
        let mut updates = parse_updates(&input)?;
        let untold = updates.is_empty() && framework::may_keep_list();
        if untold {
            let mut store = judge.open()?;
            let told = if framework::runs_this() {
                framework::told(&mut store)?
            } else {
                framework::anything(&mut store, remote, url)?
            };
            (updates, remote, url) = (told.updates, told.remote, told.url);
        }
        if updates.iter().all(|update| update.local.is_zero()) {
            // Nothing is sent: deletions only, or nothing to push.
            return Ok(());
        }
        let mut store = judge.open()?;
        let head = store.head()?;
        judge.report.stage = Stage::Push { remote: remote.clone(), head };
        // What the refs will show has the last word on what their commits hold.
        let tips = updates.iter().map(|update| update.local).filter(|id| !id.is_zero());
        judge.excuses.version = Some(Version::Commits(tips.collect()));
        judge.configure(&mut store, None)?;
        let plan = plan(&mut store, &updates, &remote, &url)?;
        judge_plan(&mut judge, &mut store, &plan)?;
        judge.tell_pushed_configuration(&mut store, &updates)?;
        judge.tell_allowing(&mut store)?;
        name_branches(&mut judge, &mut store, &updates, head)?;
        since::complete(&mut judge, &mut store, head);
        // The names of refs travel too.
        for update in &updates {
            let source = Source::new(Place::RefName, b"(ref name)");
            judge.text(&source, &update.remote_ref, &mut |_| Ok(false))?;
        }
        if untold && updates.len() > 1 && judge.report.exit_code() == 1 {
            judge.report.notes.push(framework::why_all().to_owned());
        }
        Ok(())
    })();
    (judge, outcome)
}

/// A commit that HEAD does not reach is changed on its own branch: says which.
fn name_branches(
    judge: &mut Judge,
    store: &mut Store,
    updates: &[Update],
    head: Option<ObjectId>,
) -> Result<()> {
    let mut branches: HashMap<ObjectId, Option<String>> = HashMap::new();
    // Each answer walks the history, and no more findings are shown.
    let blocking = judge.report.findings.iter_mut().filter(|finding| finding.blocks);
    for finding in blocking.take(MOST_IN_A_HOOK) {
        let Some(commit) = finding.source.commit.filter(|_| finding.source.place != Place::Tag)
        else {
            continue;
        };
        if let Entry::Vacant(unknown) = branches.entry(commit) {
            unknown.insert(branch_of(store, commit, updates, head)?);
        }
        finding.source.branch = branches.get(&commit).cloned().flatten();
    }
    Ok(())
}

/// The pushed branch that holds `commit`, if HEAD does not.
fn branch_of(
    store: &mut Store,
    commit: ObjectId,
    updates: &[Update],
    head: Option<ObjectId>,
) -> Result<Option<String>> {
    // Nothing lies between a commit and a tip that reaches it.
    let mut reaches = |tip: ObjectId| Ok(store.commits_between(&[commit], &[tip])?.is_empty());
    let from_head: Result<bool> = head.map_or(Ok(false), &mut reaches);
    if from_head? {
        return Ok(None);
    }
    for update in updates.iter().filter(|update| !update.local.is_zero()).take(MOST_IN_A_HOOK) {
        let Some(branch) = update.local_ref.strip_prefix(b"refs/heads/") else { continue };
        if reaches(update.local)? {
            return Ok(Some(String::from_utf8_lossy(branch).into_owned()));
        }
    }
    Ok(None)
}
