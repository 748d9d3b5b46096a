//! How to take a key out of *this* commit or push.
//!
//! A line is words, or a command, or words that end in `: ` and a command: so that a person can
//! paste it, and the tests can run it, as it stands.

use super::language::Language;
use super::rebuild::rebuild;
use super::replacement::instead;
use super::shell::quote;
use super::{Report, Stage};
use crate::finding::{Finding, Now, Place};
use crate::git::ObjectId;

/// From so many commits on one rewrite of them all is told too.
const MANY: usize = 4;

/// Lines that say how, the commands in them ready to be pasted.
#[must_use]
pub fn take_out(stage: &Stage, finding: &Finding) -> Vec<String> {
    match stage {
        Stage::Message => vec![
            "write the message without it; what you typed is kept:".to_owned(),
            "git commit -e -F \"$(git rev-parse --git-path COMMIT_EDITMSG)\"".to_owned(),
        ],
        Stage::Staged { first, merging } => in_index(finding, *first, *merging),
        Stage::Push { head, .. } | Stage::Range { head } | Stage::History { head } => {
            in_history(finding, head.as_ref(), Tool::Keystop)
        }
        Stage::Receive => in_history(finding, None, Tool::Git),
        Stage::Files if matches!(finding.source.place, Place::Input | Place::FileName) => {
            Vec::new()
        }
        Stage::Files => vec![write(finding)],
        Stage::Image => rebuild(finding),
    }
}

/// What whoever reads the advice is known to have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    /// Who pushes to a server that runs keystop need not have it.
    Git,
    /// Git, and keystop where its hook or command has just run.
    Keystop,
}

fn in_history(finding: &Finding, head: Option<&ObjectId>, tool: Tool) -> Vec<String> {
    match &finding.source.commit {
        Some(commit) => {
            let last = finding.source.since.last || head == Some(commit);
            in_commit(finding, commit, last, tool)
        }
        None if finding.source.place == Place::RefName => vec![
            "give the branch or tag a name without the key: git branch -m <its name> <new name>"
                .to_owned(),
        ],
        None => {
            vec![
                "delete the tag or ref that points at it, or let it point at something else"
                    .to_owned(),
            ]
        }
    }
}

/// What takes out all keys at once, where they stand in many commits.
#[must_use]
pub fn take_out_all(report: &Report) -> Vec<String> {
    let blocking = report.findings.iter().filter(|finding| finding.blocks);
    let mut commits: Vec<&ObjectId> =
        blocking.filter_map(|finding| finding.source.commit.as_ref()).collect();
    commits.sort_unstable();
    commits.dedup();
    if commits.len() < MANY {
        return Vec::new();
    }
    vec![
        format!(
            "to take keys out of {} commits in one run, put each key on a line of ../keys.txt, then:",
            commits.len()
        ),
        "git filter-repo --force --refs HEAD --replace-text ../keys.txt".to_owned(),
        "each commit of this branch gets a new id from the first with a key on; in their files"
            .to_owned(),
        "***REMOVED*** stands in the key's place. Delete ../keys.txt afterwards".to_owned(),
    ]
}

fn in_index(finding: &Finding, first: bool, merging: bool) -> Vec<String> {
    let file = file(finding);
    let unstage = if first { "rm -f --cached" } else { "restore --staged" };
    if finding.source.place == Place::FileName {
        return vec![
            format!("git {unstage} -- {file}"),
            "and give the file a name without the key".to_owned(),
        ];
    }
    let mut how = Vec::new();
    if Language::of(&finding.source.path).is_some() && finding.last_line == finding.line {
        how.push("let keystop write what belongs there: keystop fix".to_owned());
    }
    how.push(format!("{}, then: git add -- {file}", write(finding)));
    if merging {
        how.push("and conclude the merge: git commit --no-edit".to_owned());
        return how;
    }
    how.push(format!("or leave the file for later: git {unstage} -- {file}"));
    if !first {
        how.push(format!("or only some hunks of it: git restore --staged -p -- {file}"));
    }
    how
}

fn in_commit(finding: &Finding, commit: &ObjectId, last: bool, tool: Tool) -> Vec<String> {
    let short = commit.short();
    if finding.source.place == Place::Tag {
        return vec![format!(
            "make the tag {short} again without it: git tag -d <its name>, git tag -a <its name>"
        )];
    }
    let mut how = Vec::new();
    if let Some(remote) = &finding.source.since.remote {
        how.push(format!(
            "{short} is on {remote} already: revoke the key first. Rewriting does not call it"
        ));
        how.push(
            "back from clones, forks and caches; to clean the history all the same:".to_owned(),
        );
    } else if !last {
        how.push(format!(
            "a later commit that deletes it is not enough: {short} is sent all the same"
        ));
    }
    if let Some(branch) = &finding.source.branch {
        how.push(format!("git switch {}", quote(branch.as_bytes())));
    }
    let file = file(finding);
    let is_file = finding.source.place == Place::File;
    let now = finding.source.since.file;
    if is_file && !last && now == Now::Same {
        how.push(format!("{}, then: git add -- {file}", write(finding)));
        match tool {
            Tool::Keystop => {
                how.push(format!("and put it into that commit: keystop amend {short}"))
            }
            Tool::Git => {
                // By its id: another commit may have the same subject.
                how.push(format!("git commit -qm 'fixup! {short}'"));
                how.push(format!(
                    "git rebase -i --autosquash --rebase-merges {}",
                    onto(finding, &short)
                ));
            }
        }
    } else {
        if !last {
            how.push(match tool {
                Tool::Keystop => format!("stop at that commit: keystop amend --stop {short}"),
                Tool::Git => format!(
                    "stop at that commit (write edit in place of pick before it): git rebase -i --rebase-merges {}",
                    onto(finding, &short)
                ),
            });
        }
        how.extend(match finding.source.place {
            Place::CommitHeader => vec!["git commit --amend --reset-author --no-edit".to_owned()],
            Place::Message => vec!["write the message without it: git commit --amend".to_owned()],
            Place::FileName => vec![
                "give the file a name without the key (git mv), then: git commit --amend --no-edit"
                    .to_owned(),
            ],
            _ if now == Now::Deleted => vec![
                format!("git rm -q -- {file}"),
                "git commit --amend --no-edit --allow-empty".to_owned(),
            ],
            _ => {
                let how = if now == Now::Changed { " (or as a later commit has it)" } else { "" };
                vec![
                    format!("{}{how}, then: git add -- {file}", write(finding)),
                    "git commit --amend --no-edit".to_owned(),
                ]
            }
        });
        if !last {
            how.push("git rebase --continue".to_owned());
        }
    }
    if let Some(remote) = &finding.source.since.remote {
        // The current branch under its own name, and no other's.
        let remote = quote(remote.split('/').next().unwrap_or_default().as_bytes());
        how.push(format!(
            "then, and everybody else resets to it: git push --force-with-lease {remote} HEAD"
        ));
    }
    how
}

fn onto(finding: &Finding, short: &str) -> String {
    if finding.source.root { "--root".to_owned() } else { format!("{short}^") }
}

/// `write  os.environ["X"]  in line 3`.
fn write(finding: &Finding) -> String {
    instead(&finding.source.path, finding.detector.remediation.env, &lines(finding))
}

fn lines(finding: &Finding) -> String {
    if let Some(member) = &finding.member {
        format!("{member} in it")
    } else if finding.last_line > finding.line {
        format!("lines {} to {}", finding.line, finding.last_line)
    } else {
        format!("line {}", finding.line)
    }
}

/// The finding's file as git takes it.
fn file(finding: &Finding) -> String {
    if finding.source.masked { "<that file>".to_owned() } else { pathspec(&finding.source.path) }
}

/// The path as git takes it from the folder the user stands in: hooks run at the top. Git reads
/// patterns and a leading colon as more than a name, so those are marked as literal.
fn pathspec(path: &[u8]) -> String {
    let below_top = std::env::var_os("GIT_PREFIX").is_some_and(|prefix| !prefix.is_empty());
    let pattern = path.iter().any(|byte| b"*?[\\".contains(byte));
    let plain_start =
        path.first().is_some_and(|&byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte));
    let magic: &[u8] = match (below_top, pattern) {
        (false, false) if !path.starts_with(b":") => b"",
        (false, _) => b":(literal)",
        (true, false) if plain_start => b":/",
        (true, _) => b":(top,literal)",
    };
    quote(&[magic, path].concat())
}
