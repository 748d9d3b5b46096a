//! Messages: what git will write into the commit.

use crate::support::{Repo, Run};
use crate::verdict::{STRIPE, key_line, passes, refused, script};

/// Commits with an editor that puts `text` in place of what git prepared.
fn with_editor(repo: &Repo, arguments: &[&str], text: &str) -> Run {
    repo.write("../typed", text);
    repo.git_with(&[&["commit", "-q"], arguments].concat(), &[("GIT_EDITOR", "cp ../typed")])
}

/// The line below which git cuts a verbose message off.
const SCISSORS: &str = "# ------------------------ >8 ------------------------\n";

cases! {
fn a_key_given_with_m_is_refused(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    let empty = ["commit", "-q", "--allow-empty"];
    for form in [&["-m", &*line][..], &["-m", "subject", "-m", &line], &["-m", &format!("subject\n\n{line}")]] {
        refused(&repo, &[&empty[..], form].concat()).says("(commit message)");
    }
    passes(&repo, &[&empty[..], &["-m", "subject"]].concat());
}

fn what_was_typed_is_kept_and_can_be_mended(sandbox) {
    let repo = sandbox.with_commit("work");
    let run = refused(&repo, &["commit", "-q", "--allow-empty", "-m", "subject", "-m", &key_line(sandbox, 1)]);
    let command = run.stderr.lines().map(str::trim).find(|line| line.starts_with("git commit -e")).unwrap();
    let again = format!("{command} -q --allow-empty");
    sandbox.run(&repo.path, "sh", &["-c", &again], &[("GIT_EDITOR", "sed -i -e '3,$d'")], b"").expect(0);
    assert_eq!(repo.git(&["log", "-1", "--format=%B"]).stdout.trim(), "subject");
}

fn a_key_read_from_a_file_is_refused(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.write("../message", format!("subject\n\n{}", key_line(sandbox, 1)));
    refused(&repo, &["commit", "-q", "--allow-empty", "-F", "../message"]).says("(commit message):3:");
    repo.write("../message", "subject\n");
    passes(&repo, &["commit", "-q", "--allow-empty", "-F", "../message"]);
}

fn a_key_typed_into_the_editor_is_refused(sandbox) {
    let repo = sandbox.with_commit("work");
    let before = repo.id("HEAD");
    with_editor(&repo, &["--allow-empty"], &format!("subject\n\n{}", key_line(sandbox, 1))).blocked_by(STRIPE);
    assert_eq!(repo.id("HEAD"), before);
    with_editor(&repo, &["--allow-empty"], "subject\n").expect(0);
    assert_ne!(repo.id("HEAD"), before);
}

fn a_key_in_a_trailer_is_refused(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    let trailer = format!("Key: {}", line.split('\'').nth(1).unwrap());
    refused(&repo, &["commit", "-q", "--allow-empty", "-m", "x", "--trailer", &trailer]);
}

fn amending_the_message_only_is_judged(sandbox) {
    let repo = sandbox.with_commit("work");
    refused(&repo, &["commit", "-q", "--amend", "-m", &key_line(sandbox, 1)]);
    passes(&repo, &["commit", "-q", "--amend", "-m", "better"]);
}

fn an_old_message_with_a_key_can_be_amended_away(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.commit_unasked(&key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "--amend", "--allow-empty", "--no-edit"]);
    passes(&repo, &["commit", "-q", "--amend", "--allow-empty", "-m", "better"]);
}

fn a_message_taken_from_another_commit_is_judged(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.commit_unasked(&key_line(sandbox, 1));
    for form in ["-CHEAD", "-cHEAD"] {
        refused(&repo, &["commit", "-q", "--allow-empty", form]);
    }
}

fn a_template_with_a_key_is_judged(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.write("../template", key_line(sandbox, 1));
    let before = repo.id("HEAD");
    repo.git_with(
        &["commit", "-q", "--allow-empty", "-t", "../template"],
        &[("GIT_EDITOR", "sed -i -e 1isubject")],
    )
    .blocked_by(STRIPE);
    assert_eq!(repo.id("HEAD"), before);
}

fn a_key_put_there_by_prepare_commit_msg_is_judged(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.write("../line", key_line(sandbox, 1));
    script(&repo, ".git/hooks/prepare-commit-msg", "cat ../line >>\"$1\"");
    refused(&repo, &["commit", "-q", "--allow-empty", "-m", "subject"]).says("(commit message)");
}

fn the_difference_shown_by_a_verbose_commit_is_not_the_message(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.stage("config.py", format!("a = 1\n{line}"));
    repo.stage("kept.py", format!("a = 1\n{line}"));
    repo.commit_unasked("a key");
    // Removed in one file, a neighbour in the other.
    repo.stage("config.py", "a = 1\n");
    repo.stage("kept.py", format!("a = 2\n{line}"));
    let typed = |arguments: &[&str]| {
        repo.git_with(&[&["commit", "-q"], arguments].concat(), &[("GIT_EDITOR", "sed -i -e 1isubject")])
    };
    let before = repo.id("HEAD");
    typed(&["-v"]).expect(0);
    assert_ne!(repo.id("HEAD"), before);
    assert!(!repo.git(&["log", "-1", "--format=%B"]).stdout.contains("stripe"));
    repo.git(&["rm", "-q", "kept.py"]).expect(0);
    typed(&["-v", "-v"]).expect(0);
}

fn a_verbose_commit_of_a_path_passes_too(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.stage("config.py", format!("a = 1\n{line}"));
    repo.commit_unasked("a key");
    repo.write("config.py", "a = 1\n");
    repo.git_with(&["commit", "-q", "-v", "--", "config.py"], &[("GIT_EDITOR", "sed -i -e 1isubject")]).expect(0);
}

fn a_key_above_the_scissors_is_refused(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("a.txt", "clean\n");
    repo.write("../line", key_line(sandbox, 1));
    let before = repo.id("HEAD");
    repo.git_with(&["commit", "-q", "-v"], &[("GIT_EDITOR", "sed -i -e 1r../line -e 1isubject")]).blocked_by(STRIPE);
    assert_eq!(repo.id("HEAD"), before);
}

fn false_scissors_hide_nothing(sandbox) {
    // With -m or -F git keeps what stands below such a line.
    let repo = sandbox.with_commit("work");
    let text = format!("subject\n\n{SCISSORS}{}", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "--allow-empty", "-m", &text]);
    repo.write("../message", &text);
    refused(&repo, &["commit", "-q", "--allow-empty", "-F", "../message"]);
    let before = repo.id("HEAD");
    with_editor(&repo, &["--allow-empty"], &text).blocked_by(STRIPE);
    assert_eq!(repo.id("HEAD"), before);
}

fn a_key_that_moves_from_a_file_into_the_message_is_refused(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.stage("config.py", &line);
    repo.commit_unasked("a key");
    repo.stage("config.py", "clean\n");
    refused(&repo, &["commit", "-q", "-m", &format!("remove {line}")]);
    let before = repo.id("HEAD");
    repo.write("../line", &line);
    repo.git_with(&["commit", "-q", "-v"], &[("GIT_EDITOR", "sed -i -e 1r../line -e 1isubject")])
        .blocked_by(STRIPE);
    assert_eq!(repo.id("HEAD"), before);
}

fn false_scissors_do_not_hide_a_key_that_the_commit_deletes(sandbox) {
    // The value leaves the file and moves into the message, where it would stay for good.
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.stage("config.py", &line);
    repo.commit_unasked("a key");
    repo.stage("config.py", "clean\n");
    refused(&repo, &["commit", "-q", "-m", &format!("subject\n\n{SCISSORS}{line}")]);
}

fn a_key_in_a_merges_message_is_refused(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["checkout", "-q", "-b", "side"]).expect(0);
    repo.commit_unasked("on side");
    repo.git(&["checkout", "-q", "main"]).expect(0);
    repo.commit_unasked("on main");
    refused(&repo, &["merge", "-q", "side", "-m", &key_line(sandbox, 1)]).says("(commit message)");
    repo.git(&["merge", "--abort"]).expect(0);
    passes(&repo, &["merge", "-q", "side", "-m", "both"]);
}

fn a_key_in_a_fixups_message_is_refused(sandbox) {
    let repo = sandbox.with_commit("work");
    refused(&repo, &["commit", "-q", "--allow-empty", "--squash=HEAD", "-m", &key_line(sandbox, 1)]);
}

fn a_refused_message_is_not_lost_and_its_place_is_told(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    let said = refused(&repo, &["commit", "-q", "--allow-empty", "-m", &line]).stderr;
    let place = &said[said.find("\"$(").unwrap()..said.find(")\"").unwrap() + 2];
    let count = sandbox.run(&repo.path, "sh", &["-c", &format!("grep -c stripe {place}")], &[], b"");
    assert_eq!(count.stdout, "1\n", "{place}");
}

fn words_about_keys_pass(sandbox) {
    let repo = sandbox.with_commit("work");
    for text in ["rotate the sk_live_ key", "password = secret is refused", "see ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"] {
        passes(&repo, &["commit", "-q", "--allow-empty", "-m", text]);
    }
}

fn a_missing_message_file_is_an_error(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.keystop(&["commit-msg", "no-such-file"]).expect(2).says("No such file or directory");
    repo.keystop(&["commit-msg", ".git"]).expect(2).says("Is a directory");
    repo.keystop(&["commit-msg"]).expect(2).says("commit-msg wants");
}
}
