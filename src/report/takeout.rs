//! How to take a key out of *this* commit or push.

use super::Stage;
use super::replacement::expression;
use super::shell::quote;
use crate::finding::{Finding, Place};

/// Lines that say how, the commands in them ready to be pasted.
#[must_use]
pub fn take_out(stage: &Stage, finding: &Finding) -> Vec<String> {
    let path = &finding.source.path;
    let file = pathspec(path);
    let write = format!("write  {}  in its place", expression(path, finding.detector.remediation.env));
    let line = finding.line;
    match (stage, finding.source.place) {
        (Stage::Message, _) => vec![
            "write the message without it and commit again: git commit -e -F \"$(git rev-parse --git-path COMMIT_EDITMSG)\"".to_owned(),
        ],
        (Stage::Staged { first, .. }, Place::FileName) => vec![
            format!("git {} -- <that file>", if *first { "rm -f --cached" } else { "restore --staged" }),
            "and give the file a name without the key".to_owned(),
        ],
        (Stage::Staged { merging: true, .. }, _) => {
            vec![format!("edit line {line}, then git add -- {file}, and conclude the merge"), write]
        }
        (Stage::Staged { first, .. }, _) => {
            let unstage = if *first { "rm -f --cached" } else { "restore --staged" };
            vec![format!("git {unstage} -- {file}, or edit line {line} and git add -- {file}"), write]
        }
        (Stage::Push { head, .. } | Stage::Range { head }, place) => {
            let Some(commit) = &finding.source.commit else { return vec![write] };
            let short = commit.short();
            if place == Place::Tag {
                return vec![format!("make the tag {short} again without it: git tag -d <its name>, git tag -a <its name>")];
            }
            let in_head = head.as_ref() == Some(commit);
            let amend = match place {
                Place::Commit => "write the message without it: git commit --amend".to_owned(),
                Place::FileName => "git mv the file to a name without the key, git commit --amend --no-edit".to_owned(),
                _ => format!("edit line {line}, git add -- {file}, git commit --amend --no-edit"),
            };
            if in_head {
                return vec![amend, write];
            }
            vec![
                format!("the key is in commit {short}; a later commit that deletes it is not enough, since the push sends both"),
                format!("git rebase -i --rebase-merges {short}^ (or --root, if it is the first commit), mark {short} as `edit`, then"),
                format!("{amend}, git rebase --continue"),
                write,
            ]
        }
        (Stage::Files, Place::Input | Place::FileName) => Vec::new(),
        (Stage::Files, _) => vec![write],
    }
}

/// The path as git takes it from the folder the user stands in: hooks run at the top.
fn pathspec(path: &[u8]) -> String {
    let below_top = std::env::var_os("GIT_PREFIX").is_some_and(|prefix| !prefix.is_empty());
    let magic = below_top || path.starts_with(b":");
    quote(&if magic { [b":/", path].concat() } else { path.to_vec() })
}
