//! Variables and programs around the hook. None of them may steer what is judged.

use crate::support::{KEYSTOP, Repo, Run};
use crate::verdict::{STRIPE, key_line, passes, script};

/// A repository in which `config.py` holds a staged key.
fn with_key<'a>(sandbox: &'a crate::support::Sandbox) -> Repo<'a> {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo
}

/// Asserts that a commit, also of a path, is refused under these variables.
#[track_caller]
fn refused_under(repo: &Repo, variables: &[(&str, &str)]) {
    let before = repo.id("HEAD");
    for form in [&["commit", "-q", "-m", "x"][..], &["commit", "-q", "-m", "x", "--", "config.py"]]
    {
        repo.git_with(form, variables).blocked_by(STRIPE);
    }
    repo.sandbox.run(&repo.path, KEYSTOP, &["pre-commit"], variables, b"").expect(1).says(STRIPE);
    assert_eq!(repo.id("HEAD"), before, "{variables:?}");
}

/// Where the real git is.
fn git_program() -> String {
    let path = std::env::var_os("PATH").unwrap();
    let found =
        std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.is_file());
    found.unwrap().to_str().unwrap().to_owned()
}

/// PATH with a folder put first.
fn path_with(folder: &str) -> String {
    format!("{folder}:{}", std::env::var("PATH").unwrap())
}

cases! {
fn variables_that_steer_a_difference_hide_nothing(sandbox) {
    let repo = with_key(sandbox);
    let external = script(&repo, "../external", "echo run >>../ran");
    for variables in [
        ("GIT_EXTERNAL_DIFF", &*external), ("GIT_DIFF_OPTS", "--unified=0"), ("GIT_DIFF_OPTS", "-u0 --quiet"),
        ("GIT_PAGER", "false"), ("PAGER", "false"), ("GIT_PAGER_IN_USE", "true"), ("GIT_ATTR_NOSYSTEM", "1"),
        ("GIT_ATTR_SOURCE", "HEAD"), ("GIT_LITERAL_PATHSPECS", "1"), ("GIT_DEFAULT_HASH", "sha256"),
        ("GIT_ICASE_PATHSPECS", "1"), ("GIT_NO_REPLACE_OBJECTS", "0"), ("GIT_FLUSH", "0"),
        ("GIT_OPTIONAL_LOCKS", "1"), ("GIT_REFLOG_ACTION", "rebase"), ("GIT_MERGE_VERBOSITY", "5"),
        ("GIT_PREFIX", "no/such/folder/"), ("GIT_REDIRECT_STDOUT", "off"), ("TERM", "dumb"), ("TZ", "Asia/Kolkata"),
        ("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1"), ("RUST_BACKTRACE", "full"), ("RUST_LOG", "trace"),
        ("GIT_TEST_SPLIT_INDEX", "1"), ("GIT_TEST_DEFAULT_REF_FORMAT", "reftable"), ("GIT_REF_PARANOIA", "0"),
    ] {
        refused_under(&repo, &[variables]);
    }
    assert!(!repo.path.join("../ran").exists(), "the external difference ran");
}

fn tracing_hides_nothing_and_shows_nothing(sandbox) {
    let repo = with_key(sandbox);
    for name in [
        "GIT_TRACE", "GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE2_PERF", "GIT_TRACE_SETUP", "GIT_TRACE_PACKET",
        "GIT_TRACE_PACK_ACCESS", "GIT_TRACE_PERFORMANCE", "GIT_TRACE_REFS", "GIT_TRACE_SHALLOW",
    ] {
        refused_under(&repo, &[(name, "1")]);
        refused_under(&repo, &[(name, "2"), ("GIT_TRACE2_EVENT_NESTING", "10")]);
    }
}

fn tracing_to_a_file_is_not_passed_on(sandbox) {
    let repo = with_key(sandbox);
    let trace = repo.path.join("../trace");
    for name in ["GIT_TRACE", "GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE_SETUP"] {
        // Just added, so that there is no cache-tree and git must be asked.
        let variables = [(name, trace.to_str().unwrap())];
        sandbox.run(&repo.path, KEYSTOP, &["pre-commit"], &variables, b"").expect(1);
        assert!(!trace.exists(), "git wrote what {name} asks for");
    }
}

fn configuration_from_the_environment_hides_nothing(sandbox) {
    let repo = with_key(sandbox);
    for (name, value) in [
        ("color.ui", "always"), ("diff.external", "true"), ("diff.noprefix", "true"), ("core.fsmonitor", "true"),
        ("core.attributesFile", "/dev/null"), ("diff.orderFile", "no-such-file"), ("core.pager", "false"),
        ("alias.diff-index", "!true"), ("diff.relative", "true"), ("core.bare", "false"),
    ] {
        refused_under(&repo, &[("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", name), ("GIT_CONFIG_VALUE_0", value)]);
        refused_under(&repo, &[("GIT_CONFIG_PARAMETERS", &format!("'{name}'='{value}'"))]);
        let before = repo.id("HEAD");
        repo.git(&["-c", &format!("{name}={value}"), "commit", "-q", "-m", "x"]).blocked_by(STRIPE);
        assert_eq!(repo.id("HEAD"), before);
    }
    repo.write("../global", "[color]\nui = always\n[diff]\nexternal = true\nnoprefix = true\n");
    let global = repo.path.join("../global");
    refused_under(&repo, &[("GIT_CONFIG_GLOBAL", global.to_str().unwrap())]);
    refused_under(&repo, &[("GIT_CONFIG_SYSTEM", global.to_str().unwrap()), ("GIT_CONFIG_NOSYSTEM", "0")]);
}

fn a_broken_configuration_in_the_environment_blocks(sandbox) {
    let repo = with_key(sandbox);
    for variables in [[("GIT_CONFIG_COUNT", "x")], [("GIT_CONFIG_PARAMETERS", "broken")]] {
        let before = repo.id("HEAD");
        assert_ne!(repo.git_with(&["commit", "-q", "-m", "x"], &variables).code, 0);
        assert_eq!(repo.id("HEAD"), before);
        let run = sandbox.run(&repo.path, KEYSTOP, &["pre-commit"], &variables, b"");
        assert_ne!(run.code, 0, "{variables:?}");
    }
}

fn a_git_in_the_work_tree_first_on_the_path_is_not_asked(sandbox) {
    let repo = with_key(sandbox);
    script(&repo, "git", "echo run >>../ran; exit 0");
    let path = path_with(repo.path.to_str().unwrap());
    let before = repo.id("HEAD");
    // Git puts its own folder first for its hooks.
    for form in [&["commit", "-q", "-m", "x"][..], &["commit", "-q", "-m", "x", "--", "config.py"]] {
        sandbox.run(&repo.path, &git_program(), form, &[("PATH", &path)], b"").blocked_by(STRIPE);
    }
    assert_eq!(repo.id("HEAD"), before);
    assert!(!repo.path.join("../ran").exists(), "the git of the work tree ran");
}

fn a_git_that_prints_nothing_is_not_believed(sandbox) {
    // By hand the user's own PATH decides; a git that answers nothing must not mean clean.
    let repo = with_key(sandbox);
    script(&repo, "../bin/git", "exit 0");
    let path = path_with(repo.path.join("../bin").to_str().unwrap());
    let run = sandbox.run(&repo.path, KEYSTOP, &["pre-commit"], &[("PATH", &path)], b"");
    assert_ne!(run.code, 0, "{}", run.stderr);
}

fn without_any_git_on_the_path_the_verdict_is_right_or_2(sandbox) {
    let repo = with_key(sandbox);
    let run = sandbox.run(&repo.path, KEYSTOP, &["pre-commit"], &[("PATH", "/nonexistent")], b"");
    assert_ne!(run.code, 0, "{}", run.stderr);
    repo.git(&["reset", "-q"]).expect(0);
    repo.git(&["add", "-N", "config.py"]).expect(0);
    repo.stage("other.py", key_line(sandbox, 2));
    sandbox.run(&repo.path, KEYSTOP, &["pre-commit"], &[("PATH", "/nonexistent")], b"").expect(2).says("git");
}

fn a_keystop_in_the_work_tree_first_on_the_path_is_not_asked(sandbox) {
    let repo = with_key(sandbox);
    script(&repo, "keystop", "exit 0");
    refused_under(&repo, &[("PATH", &path_with(repo.path.to_str().unwrap()))]);
}

fn a_locale_hides_nothing(sandbox) {
    let repo = with_key(sandbox);
    for locale in ["C", "POSIX", "de_DE.UTF-8", "ja_JP.eucJP", "tr_TR.UTF-8", "ar_EG", "no such locale"] {
        refused_under(&repo, &[("LC_ALL", locale), ("LANG", locale), ("LANGUAGE", locale)]);
    }
}

fn a_home_that_is_missing_hides_nothing(sandbox) {
    let repo = with_key(sandbox);
    refused_under(&repo, &[("HOME", "/nonexistent"), ("XDG_CONFIG_HOME", "/nonexistent")]);
    refused_under(&repo, &[("HOME", "")]);
}

fn another_temporary_folder_hides_nothing(sandbox) {
    let repo = with_key(sandbox);
    refused_under(&repo, &[("TMPDIR", "/nonexistent")]);
}

fn an_unknown_reader_is_the_usual_one(sandbox) {
    let repo = with_key(sandbox);
    for reader in ["", "none", "off", "libgit", "0"] {
        refused_under(&repo, &[("KEYSTOP_READER", reader)]);
    }
}

fn closed_streams_change_no_verdict(sandbox) {
    let repo = with_key(sandbox);
    let shell = |text: &str| -> Run {
        sandbox.run(&repo.path, "sh", &["-c", text, "sh", KEYSTOP], &[], b"")
    };
    for streams in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full", ">/dev/full", "2>&1 | true; exit 1"] {
        shell(&format!("\"$1\" pre-commit {streams}")).expect(1);
    }
    let before = repo.id("HEAD");
    for streams in ["<&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"] {
        assert_ne!(shell(&format!("git commit -q -m x {streams}")).code, 0, "{streams}");
        assert_ne!(shell(&format!("git commit -q -m x -- config.py {streams}")).code, 0, "{streams}");
    }
    assert_eq!(repo.id("HEAD"), before);
    repo.stage("config.py", "clean\n");
    passes(&repo, &["commit", "-q", "-m", "clean"]);
}
}
