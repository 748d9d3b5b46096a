//! `keystop amend`: puts what is staged into a commit that is not the last one, or stops at it.
//!
//! Git does all of it, by the same rebase that a person would type; this only spares the typing,
//! and says first what it comes to and how it is undone.

use std::fmt::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::print;
use crate::cli::AmendArgs;
use crate::redaction::visible;

/// Changes an older commit of the branch.
///
/// # Errors
/// A commit that is not in the branch, a rebase or merge under way, nothing staged, and what git
/// says.
pub fn amend(arguments: &AmendArgs) -> Result<u8> {
    let top = answer(&["rev-parse", "--show-toplevel"])?;
    std::env::set_current_dir(&top).context("going to the top of the work tree")?;
    for (state, what) in
        [("rebase-merge", "rebase"), ("rebase-apply", "rebase"), ("MERGE_HEAD", "merge")]
    {
        if std::path::Path::new(&answer(&["rev-parse", "--git-path", state])?).exists() {
            bail!(
                "a {what} is under way: finish it with git {what} --continue, or git {what} --abort"
            );
        }
    }
    let named = format!("{}^{{commit}}", arguments.commit);
    let commit = answer(&["rev-parse", "--verify", "--quiet", "--end-of-options", &named])
        .ok()
        .with_context(|| format!("no commit is called {}", visible(arguments.commit.as_bytes())))?;
    let short = commit.get(..12).unwrap_or(&commit).to_owned();
    let head = answer(&["rev-parse", "HEAD"])?;
    if !succeeds(&["merge-base", "--is-ancestor", &commit, "HEAD"])? {
        bail!("{short} is not in the branch that is checked out: git switch to its branch first");
    }
    let staged = !succeeds(&["diff", "--cached", "--quiet"])?;
    if !arguments.stop && !staged {
        bail!(
            "nothing is staged: change the file and git add it, or use keystop amend --stop {short}"
        );
    }
    if commit == head {
        if arguments.stop {
            bail!("{short} is the last commit: change it with git commit --amend");
        }
        print(&format!("keystop: {short} is the last commit: git commit --amend --no-edit\n"))?;
        return code(&["commit", "-q", "--amend", "--no-edit"]);
    }
    let root = !succeeds(&["rev-parse", "--verify", "--quiet", &format!("{commit}^")])?;
    let onto = if root { "--root".to_owned() } else { format!("{commit}^") };
    print(&announce(&commit, &short, root)?)?;
    if arguments.stop {
        // Twelve digits in the list of steps whatever the repository's setting, and a `break`
        // behind the line that has them, in words that every sed takes.
        let editor = format!("sequence.editor=sed -i.bak -e \"/ {short}/a\\\\\" -e break");
        let rebase = ["-c", "core.abbrev=12", "-c", &editor, "rebase", "-q", "-i", "--empty=drop"];
        let code = code(&[&rebase[..], &["--rebase-merges", "--autostash", &onto]].concat())?;
        if code == 0 {
            print(&format!(
                "keystop: stopped at {short}. Change it, git add, git commit --amend, then git rebase --continue\n  \
                 back again: git rebase --abort, or when it is finished: git reset --keep {}\n",
                &head[..12]
            ))?;
            return Ok(0);
        }
        return interrupted(&format!("git reset --keep {}", &head[..12]));
    }
    // By its id: another commit may have the same subject.
    if code(&["commit", "-q", "-m", &format!("fixup! {commit}")])? != 0 {
        print("keystop: git did not commit what is staged; nothing was changed.\n")?;
        return Ok(1);
    }
    let fixed = answer(&["rev-parse", "HEAD"])?;
    let back = format!("git reset --keep {} && git reset --soft HEAD^", &fixed[..12]);
    let rebase = ["-c", "sequence.editor=:", "rebase", "-q", "-i", "--autosquash"];
    match code(&[&rebase[..], &["--rebase-merges", "--autostash", &onto]].concat())? {
        0 => {
            print(&format!("keystop: done.\n  back again: {back}\n"))?;
            Ok(0)
        }
        _ => interrupted(&back),
    }
}

/// What the rewrite comes to.
fn announce(commit: &str, short: &str, root: bool) -> Result<String> {
    let range = if root { "HEAD".to_owned() } else { format!("{commit}^..HEAD") };
    let count = answer(&["rev-list", "--count", &range])?;
    let mut said = format!("keystop: {count} commits from {short} on get new ids.\n");
    let headers = answer(&["rev-list", "--header", &range])?;
    let signed = headers.lines().filter(|line| line.starts_with("gpgsig")).count();
    let signs = answer(&["config", "--type=bool", "commit.gpgSign"]).is_ok_and(|on| on == "true");
    if signed > 0 && !signs {
        let _ =
            writeln!(said, "  {signed} of them are signed, and will not be: commit.gpgSign is off");
    }
    let this = answer(&["symbolic-ref", "-q", "HEAD"]).unwrap_or_default();
    let holders = answer(&["for-each-ref", "--format=%(refname)", "--contains", commit])?;
    for name in holders.lines().filter(|name| *name != this && !name.ends_with("/HEAD")) {
        let name = crate::redaction::without_keys(name.as_bytes());
        let _ = writeln!(said, "  {} keeps the old ones", visible(&name));
    }
    Ok(said)
}

/// A rebase that stopped: at a conflict, or since it could not begin.
fn interrupted(back: &str) -> Result<u8> {
    let stopped = ["rebase-merge", "rebase-apply"].iter().any(|state| {
        answer(&["rev-parse", "--git-path", state])
            .is_ok_and(|path| std::path::Path::new(&path).exists())
    });
    print(&if stopped {
        format!(
            "keystop: git stopped: mend the files it names, git add them, then git rebase --continue\n  \
             back again: git rebase --abort && {back}\n"
        )
    } else {
        format!("keystop: git did not rewrite the branch.\n  back again: {back}\n")
    })?;
    Ok(1)
}

/// Git as the user would run it, its words on the terminal.
fn git(arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.args(arguments).stdin(Stdio::null());
    git
}

fn code(arguments: &[&str]) -> Result<u8> {
    let status = git(arguments).stdin(Stdio::inherit()).status().context("starting git")?;
    Ok(u8::from(!status.success()))
}

fn succeeds(arguments: &[&str]) -> Result<bool> {
    let out = git(arguments).output().context("starting git")?;
    Ok(out.status.success())
}

fn answer(arguments: &[&str]) -> Result<String> {
    let out = git(arguments).output().context("starting git")?;
    if !out.status.success() {
        let said = visible(&crate::redaction::without_keys(out.stderr.trim_ascii()));
        bail!("git {}: {said}", arguments[0]);
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim_end().to_owned())
}
