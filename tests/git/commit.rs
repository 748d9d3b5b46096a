//! The ways git makes a commit.

use crate::support::{Repo, keys};
use crate::verdict::{STRIPE, key_line, passes, refused, shown_key_line};

cases! {
fn a_staged_key_of_each_kind_is_blocked_by_its_own_detector(sandbox) {
    let repo = sandbox.with_commit("work");
    let (aiven, codecov, stripe, github) =
        (keys::aiven(1), keys::codecov(1), keys::stripe(1), keys::github(1));
    for (detector, key, line) in [
        ("aiven-api-token", &aiven, format!("AIVEN_TOKEN = \"{}\"\n", aiven.value())),
        ("codecov-upload-token", &codecov, format!("CODECOV_TOKEN={}\n", codecov.value())),
        ("stripe-live-secret-key", &stripe, format!("stripe.api_key = '{}'\n", stripe.value())),
        ("github-personal-access-token", &github, format!("token: {}\n", github.value())),
    ] {
        sandbox.plant(&key.body);
        repo.stage("settings.txt", line);
        let before = repo.id("HEAD");
        let run = repo.git(&["commit", "-m", "add settings"]).blocked_by(detector);
        assert!(run.stderr.contains("settings.txt:1:"), "{}", run.stderr);
        assert!(run.stderr.contains("git restore --staged -- settings.txt"), "{}", run.stderr);
        assert!(run.stderr.contains("revoke it"), "{}", run.stderr);
        assert_eq!(repo.id("HEAD"), before, "a commit was made");
    }
}

fn commit_a_judges_what_was_not_staged_before(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.write("README.md", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "-a", "-m", "all"]);
    repo.write("README.md", "clean\n");
    passes(&repo, &["commit", "-q", "-a", "-m", "all"]);
}

fn commit_i_judges_the_named_file_and_the_staged_ones(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("staged.py", key_line(sandbox, 1));
    repo.write("README.md", "clean\n");
    refused(&repo, &["commit", "-q", "-m", "include", "-i", "README.md"]);
    repo.stage("staged.py", "clean\n");
    repo.write("README.md", key_line(sandbox, 2));
    refused(&repo, &["commit", "-q", "-m", "include", "-i", "README.md"]);
    repo.write("README.md", "clean\n");
    passes(&repo, &["commit", "-q", "-m", "include", "-i", "README.md"]);
}

fn commit_of_a_path_judges_that_path_in_the_work_tree(sandbox) {
    let repo = sandbox.with_commit("work");
    for form in [&["-o", "README.md"][..], &["--", "README.md"]] {
        repo.write("README.md", key_line(sandbox, 1));
        refused(&repo, &[&["commit", "-q", "-m", "only"], form].concat());
        repo.write("README.md", format!("clean {form:?}\n"));
        passes(&repo, &[&["commit", "-q", "-m", "only"], form].concat());
    }
}

fn commit_of_a_path_leaves_another_files_staged_key_alone(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("staged.py", key_line(sandbox, 1));
    repo.write("README.md", "clean\n");
    passes(&repo, &["commit", "-q", "-m", "only", "--", "README.md"]);
    refused(&repo, &["commit", "-q", "-m", "the rest"]);
}

fn commit_p_judges_the_chosen_hunks(sandbox) {
    // Git itself prints the hunks here, so the key is not planted.
    let repo = sandbox.with_commit("work");
    let middle = "a line\n".repeat(20);
    repo.stage("two.py", format!("first\n{middle}last\n"));
    repo.git(&["commit", "-q", "-m", "two ends"]).expect(0);
    repo.write("two.py", format!("FIRST\n{middle}{}", shown_key_line(1)));
    let before = repo.id("HEAD");
    let patch = |answers: &[u8]| {
        sandbox.run(&repo.path, "git", &["commit", "-q", "-p", "-m", "hunks"], &[], answers)
    };
    patch(b"n\ny\n").blocked_by(STRIPE);
    assert_eq!(repo.id("HEAD"), before);
    patch(b"y\nn\n").expect(0);
    assert_ne!(repo.id("HEAD"), before);
}

fn amend_judges_what_it_adds(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "--amend", "--no-edit"]);
    repo.stage("config.py", "clean\n");
    passes(&repo, &["commit", "-q", "--amend", "--no-edit"]);
}

fn amend_may_take_a_key_out(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.commit_unasked("a key");
    repo.stage("config.py", "clean\n");
    passes(&repo, &["commit", "-q", "--amend", "--no-edit"]);
}

fn fixup_and_squash_judge_like_any_commit(sandbox) {
    let repo = sandbox.with_commit("work");
    for form in ["--fixup=HEAD", "--squash=HEAD", "--fixup=amend:HEAD"] {
        repo.stage("config.py", key_line(sandbox, 1));
        refused(&repo, &["commit", "-q", form]);
        repo.stage("config.py", format!("clean {form}\n"));
        passes(&repo, &["commit", "-q", form]);
    }
}

fn an_empty_commit_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    passes(&repo, &["commit", "-q", "--allow-empty", "-m", "nothing"]);
}

fn a_first_empty_commit_passes(sandbox) {
    let repo = sandbox.hooked("work");
    passes(&repo, &["commit", "-q", "--allow-empty", "-m", "nothing"]);
}

fn the_first_commit_is_judged_and_its_way_out_works(sandbox) {
    let repo = sandbox.hooked("work");
    repo.stage("clean.txt", "clean\n");
    repo.stage("config.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "-m", "begin"]).says("git rm -f --cached -- config.py");
    repo.git(&["rm", "-q", "-f", "--cached", "--", "config.py"]).expect(0);
    passes(&repo, &["commit", "-q", "-m", "begin"]);
}

fn an_orphan_branch_brings_everything_anew(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.commit_unasked("a key");
    repo.git(&["checkout", "-q", "--orphan", "fresh"]).expect(0);
    refused(&repo, &["commit", "-q", "-m", "begin again"]);
    repo.git(&["rm", "-q", "--cached", "config.py"]).expect(0);
    passes(&repo, &["commit", "-q", "-m", "begin again"]);
}

fn a_detached_head_is_judged(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["checkout", "-q", "--detach"]).expect(0);
    repo.stage("config.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "-m", "detached"]);
    repo.stage("config.py", "clean\n");
    passes(&repo, &["commit", "-q", "-m", "detached"]);
}

fn no_verify_is_gits_own_way_round(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "-m", "asked"]);
    passes(&repo, &["commit", "-q", "-n", "-m", "not asked"]);
}

fn a_commit_from_a_subdirectory_is_judged_as_a_whole(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("top.py", key_line(sandbox, 1));
    repo.stage("below/clean.txt", "clean\n");
    let below = Repo { sandbox, path: repo.path.join("below") };
    refused(&below, &["commit", "-q", "-m", "from below"]).says("top.py:1:");
    below.write("config.py", key_line(sandbox, 2));
    below.git(&["add", "config.py"]).expect(0);
    refused(&below, &["commit", "-q", "-m", "only", "--", "clean.txt", "config.py"])
        .says("below/config.py:1:");
    repo.stage("top.py", "clean\n");
    below.write("config.py", "clean\n");
    passes(&below, &["commit", "-q", "-a", "-m", "from below"]);
}

fn the_way_out_of_a_block_works_where_the_user_stands(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("below/config.py", key_line(sandbox, 1));
    for folder in [repo.path.clone(), repo.path.join("below")] {
        let place = Repo { sandbox, path: folder };
        let said = refused(&place, &["commit", "-q", "-m", "a key"]).unwrapped();
        let command = said.lines().find_map(|line| line.split_once("for later: ")).unwrap().1;
        sandbox.run(&place.path, "sh", &["-c", command], &[], b"").expect(0);
        assert_eq!(repo.git(&["diff", "--cached", "--name-only"]).stdout, "", "{command}");
        repo.git(&["add", "below/config.py"]).expect(0);
    }
}

fn git_dash_c_is_judged(sandbox) {
    let repo = sandbox.with_commit("work");
    let outside = Repo { sandbox, path: sandbox.path().to_path_buf() };
    repo.stage("config.py", key_line(sandbox, 1));
    outside.git(&["-C", "work", "commit", "-q", "-m", "from outside"]).blocked_by(STRIPE);
    repo.stage("config.py", "clean\n");
    outside.git(&["-C", "work", "commit", "-q", "-m", "from outside"]).expect(0);
}

fn git_dir_and_work_tree_variables_are_followed(sandbox) {
    let repo = sandbox.with_commit("work");
    let outside = Repo { sandbox, path: sandbox.path().join("home") };
    let git_dir = repo.path.join(".git");
    let variables =
        [("GIT_DIR", git_dir.to_str().unwrap()), ("GIT_WORK_TREE", repo.path.to_str().unwrap())];
    repo.stage("config.py", key_line(sandbox, 1));
    for form in [&["commit", "-q", "-m", "x"][..], &["commit", "-q", "-a", "-m", "x"]] {
        outside.git_with(form, &variables).blocked_by(STRIPE);
    }
    repo.stage("config.py", "clean\n");
    outside.git_with(&["commit", "-q", "-m", "x"], &variables).expect(0);
}

fn a_bare_repository_with_a_work_tree_elsewhere_is_judged(sandbox) {
    sandbox.remote("dots.git");
    let bare = Repo { sandbox, path: sandbox.path().join("dots.git") };
    bare.keystop(&["install"]).expect(0);
    let home = Repo { sandbox, path: sandbox.path().join("home") };
    let git = |rest: &[&str]| home.git(&[&["--git-dir=../dots.git", "--work-tree=."], rest].concat());
    home.write(".profile", key_line(sandbox, 1));
    git(&["add", ".profile"]).expect(0);
    git(&["commit", "-q", "-m", "dots"]).blocked_by(STRIPE);
    home.write(".profile", "clean\n");
    git(&["add", ".profile"]).expect(0);
    git(&["commit", "-q", "-m", "dots"]).expect(0);
    home.write(".profile", key_line(sandbox, 2));
    git(&["commit", "-q", "-m", "dots", "--", ".profile"]).blocked_by(STRIPE);
}

fn another_index_file_is_the_one_that_is_judged(sandbox) {
    let repo = sandbox.with_commit("work");
    let variables = [("GIT_INDEX_FILE", ".git/other-index")];
    repo.git_with(&["read-tree", "HEAD"], &variables).expect(0);
    repo.write("config.py", key_line(sandbox, 1));
    repo.git_with(&["add", "config.py"], &variables).expect(0);
    passes(&repo, &["commit", "-q", "--allow-empty", "-m", "the usual index"]);
    repo.git_with(&["commit", "-q", "-m", "the other"], &variables).blocked_by(STRIPE);
}

fn a_key_in_the_work_tree_only_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", "clean\n");
    repo.write("config.py", key_line(sandbox, 1));
    passes(&repo, &["commit", "-q", "-m", "the staged half"]);
}

fn a_key_in_the_index_only_is_blocked(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.write("config.py", "clean\n");
    refused(&repo, &["commit", "-q", "-m", "the staged half"]);
    std::fs::remove_file(repo.path.join("config.py")).unwrap();
    refused(&repo, &["commit", "-q", "-m", "the staged half"]);
}

fn a_file_meant_to_be_added_is_judged_once_it_is(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.write("config.py", key_line(sandbox, 1));
    repo.git(&["add", "-N", "config.py"]).expect(0);
    repo.stage("clean.txt", "clean\n");
    passes(&repo, &["commit", "-q", "-m", "without it"]);
    repo.stage("staged.py", key_line(sandbox, 2));
    refused(&repo, &["commit", "-q", "-m", "beside it"]).says("staged.py:1:");
    repo.git(&["rm", "-q", "-f", "--cached", "staged.py"]).expect(0);
    refused(&repo, &["commit", "-q", "-a", "-m", "with it"]).says("config.py:1:");
}

fn an_unresolved_conflict_is_named(sandbox) {
    let repo = sandbox.with_commit("work");
    conflict(&repo);
    // Git itself refuses before it asks a hook; keystop by hand must not pass it either.
    assert_ne!(repo.git(&["commit", "-q", "-m", "too early"]).code, 0);
    repo.keystop(&["pre-commit"]).expect(2).says("both.txt has an unresolved conflict");
}
}

/// Leaves `both.txt` in conflict.
fn conflict(repo: &Repo) {
    repo.git(&["checkout", "-q", "-b", "side"]).expect(0);
    repo.stage("both.txt", "theirs\n");
    repo.commit_unasked("theirs");
    repo.git(&["checkout", "-q", "main"]).expect(0);
    repo.stage("both.txt", "ours\n");
    repo.commit_unasked("ours");
    assert_ne!(repo.git(&["merge", "-q", "side"]).code, 0);
}
