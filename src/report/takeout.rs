//! How to take a key out of *this* commit or push.

use super::Stage;
use super::replacement::instead;
use super::shell::quote;
use crate::finding::{Finding, Place};
use crate::git::ObjectId;

/// Lines that say how, the commands in them ready to be pasted.
#[must_use]
pub fn take_out(stage: &Stage, finding: &Finding) -> Vec<String> {
    let path = &finding.source.path;
    let file = if finding.source.masked { "<that file>".to_owned() } else { pathspec(path) };
    let place = finding.source.place;
    let lines = lines(finding);
    let write = instead(path, finding.detector.remediation.env);
    match stage {
        Stage::Message => vec![
            "write the message without it; what you typed is in \"$(git rev-parse --git-path COMMIT_EDITMSG)\"".to_owned(),
        ],
        Stage::Staged { first, merging } => {
            let unstage = if *first { "rm -f --cached" } else { "restore --staged" };
            match place {
                Place::FileName => vec![
                    format!("git {unstage} -- {file}"),
                    "and give the file a name without the key".to_owned(),
                ],
                _ if *merging => {
                    vec![format!("edit {lines}, git add -- {file}, and conclude the merge"), write]
                }
                _ => vec![format!("git {unstage} -- {file}, or edit {lines} and git add -- {file}"), write],
            }
        }
        Stage::Push { head, .. } | Stage::Range { head } => match &finding.source.commit {
            Some(commit) => in_commit(finding, commit, head.as_ref() == Some(commit), &file, write),
            None if place == Place::RefName => vec!["give the branch or tag a name without the key: git branch -m <its name> <new name>".to_owned()],
            None => vec!["delete the tag or ref that points at it, or let it point at something else".to_owned()],
        },
        Stage::Files if matches!(place, Place::Input | Place::FileName) => Vec::new(),
        Stage::Files => vec![write],
    }
}

fn in_commit(
    finding: &Finding,
    commit: &ObjectId,
    is_head: bool,
    file: &str,
    write: String,
) -> Vec<String> {
    let short = commit.short();
    let place = finding.source.place;
    let amend = match place {
        Place::Tag => {
            return vec![format!(
                "make the tag {short} again without it: git tag -d <its name>, git tag -a <its name>"
            )];
        }
        Place::CommitHeader => "git commit --amend --reset-author --no-edit".to_owned(),
        Place::Message => "write the message without it: git commit --amend".to_owned(),
        Place::FileName => {
            "git mv the file to a name without the key, git commit --amend --no-edit".to_owned()
        }
        _ => format!("edit {}, git add -- {file}, git commit --amend --no-edit", lines(finding)),
    };
    let branch = finding.source.branch.as_ref();
    let mut how: Vec<String> = branch
        .map(|branch| format!("git switch {}", quote(branch.as_bytes())))
        .into_iter()
        .collect();
    how.extend(if is_head {
        vec![amend]
    } else {
        let onto = if finding.source.root { "--root".to_owned() } else { format!("{short}^") };
        vec![
            format!("a later commit that deletes it is not enough: {short} is sent all the same"),
            format!("git rebase -i --rebase-merges {onto}   and mark {short} as `edit`; there"),
            format!("{amend}, git rebase --continue"),
        ]
    });
    if place == Place::File {
        how.push(write);
    }
    how
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
