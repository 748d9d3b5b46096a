//! `keystop fix` in real repositories: programs go on parsing, values are not lost, and all of it
//! can be undone.

#[path = "../support/grammar.rs"]
mod grammar;
#[path = "../support/mod.rs"]
mod support;

mod death;
mod kinds;
mod places;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use support::{Repo, Sandbox, keys};

/// A key that is planted from now on.
fn key(sandbox: &Sandbox, seed: u64) -> String {
    let key = keys::stripe(seed);
    sandbox.plant(&key.body);
    key.value()
}

/// A file's content in the index. Not through the sandbox, which lets no key pass.
fn staged(repo: &Repo, name: &str) -> String {
    String::from_utf8(repo.raw(&["cat-file", "blob", &format!(":{name}")])).unwrap()
}

fn read(repo: &Repo, name: &str) -> String {
    fs::read_to_string(repo.path.join(name)).unwrap_or_default()
}

/// Every file of the work tree with its content.
fn work_tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != ".git" {
            files.extend(work_tree(&path));
        } else if path.is_file() {
            let content = fs::read(&path).unwrap();
            files.push((path, content));
        }
    }
    files.sort();
    files
}

#[test]
fn a_staged_key_moves_to_the_environment_and_the_commit_passes() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let value = key(&sandbox, 1);
    repo.stage("pay.py", format!("import stripe\n\nstripe.api_key = \"{value}\"\n"));
    let run = repo.keystop(&["fix", "--yes"]).expect(0);
    for line in [
        "- stripe.api_key = \"sk_live_…(32 characters)…\"",
        "+ stripe.api_key = os.environ[\"STRIPE_SECRET_KEY\"]",
        "+ import os",
        "+ STRIPE_SECRET_KEY=…(32 characters)…",
        "+ /.env",
    ] {
        assert!(run.stdout.lines().any(|one| one == line), "no {line:?} in:\n{}", run.stdout);
    }
    let program =
        "import os\nimport stripe\n\nstripe.api_key = os.environ[\"STRIPE_SECRET_KEY\"]\n";
    assert_eq!(staged(&repo, "pay.py"), program);
    assert_eq!(read(&repo, "pay.py"), program);
    assert_eq!(read(&repo, ".env"), format!("STRIPE_SECRET_KEY={value}\n"));
    assert_eq!(read(&repo, ".env.example"), "STRIPE_SECRET_KEY=\n");
    let mode = fs::metadata(repo.path.join(".env")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // All that git would take now.
    repo.git(&["add", "--all"]).expect(0);
    repo.git(&["commit", "-q", "-m", "pay"]).expect(0);
    assert!(!repo.git(&["ls-files"]).stdout.lines().any(|name| name == ".env"));
}

#[test]
fn nothing_is_changed_without_a_yes() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let value = key(&sandbox, 1);
    repo.stage("pay.py", format!("stripe.api_key = \"{value}\"\n"));
    let before = (work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout);
    let run = repo.keystop(&["fix"]).expect(1);
    assert!(run.stdout.contains("+ stripe.api_key = os.environ["), "{}", run.stdout);
    assert!(run.stdout.contains("nothing was changed"), "{}", run.stdout);
    assert_eq!((work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout), before);
}

#[test]
fn a_fix_is_undone_to_the_byte() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let (one, two) = (key(&sandbox, 1), key(&sandbox, 2));
    repo.write(".gitignore", "target");
    repo.write(".env", "OTHER=1");
    repo.stage("pay.py", format!("KEYS = ['{one}', 'Bearer {two}']\n"));
    repo.stage("deep/run.sh", format!("curl -u {one}: x\n"));
    let before = (work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout);
    repo.keystop(&["fix", "--yes"]).expect(0);
    let python = read(&repo, "pay.py");
    // Files are taken in the order of their names, so that `deep/run.sh` named the first.
    assert!(
        python.starts_with("import os\nKEYS = [os.environ[\"STRIPE_SECRET_KEY\"], ("),
        "{python}"
    );
    assert!(python.contains("'Bearer ' + os.environ[\"STRIPE_SECRET_KEY_2\"] + ''"), "{python}");
    assert_eq!(read(&repo, "deep/run.sh"), "curl -u \"${STRIPE_SECRET_KEY:?}\": x\n");
    repo.keystop(&["fix", "--undo"]).expect(0);
    let after = (work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout);
    assert_eq!(after.1, before.1);
    // A last line without an end keeps the one it got.
    let ended = |files: &[(PathBuf, Vec<u8>)]| -> Vec<(PathBuf, Vec<u8>)> {
        files.iter().map(|(path, text)| (path.clone(), text.trim_ascii_end().to_vec())).collect()
    };
    assert_eq!(ended(&after.0), ended(&before.0));
    repo.keystop(&["fix", "--undo"]).expect(2).says("no fix to undo");
}

#[test]
fn what_was_changed_since_is_not_undone_and_keeps_its_value() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let value = key(&sandbox, 1);
    repo.stage("pay.py", format!("stripe.api_key = \"{value}\"\n"));
    repo.keystop(&["fix", "--yes"]).expect(0);
    repo.write("pay.py", read(&repo, "pay.py") + "more = 1\n");
    let run = repo.keystop(&["fix", "--undo"]).expect(1);
    assert!(run.stdout.contains("pay.py was changed since"), "{}", run.stdout);
    assert!(read(&repo, "pay.py").ends_with("more = 1\n"));
    assert!(read(&repo, ".env").contains(&value));
}

#[test]
fn the_value_stands_nowhere_but_in_env_afterwards() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let value = key(&sandbox, 1);
    repo.stage("pay.py", format!("stripe.api_key = \"{value}\"\n"));
    repo.keystop(&["fix", "--yes"]).expect(0);
    for (path, content) in work_tree(&repo.path) {
        let holds = String::from_utf8_lossy(&content).contains(&value);
        assert_eq!(holds, path.ends_with(".env"), "{}", path.display());
    }
    for (path, content) in work_tree(&repo.path.join(".git")) {
        sandbox.assert_silent(&content);
        assert!(!path.ends_with("next"), "{} was left", path.display());
    }
}

#[test]
fn changes_that_are_not_staged_stay_so() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let value = key(&sandbox, 1);
    let program = format!("import os\nkey = \"{value}\"\n");
    repo.stage("pay.py", &program);
    repo.write("pay.py", format!("# not staged\n{program}"));
    repo.keystop(&["fix", "--yes"]).expect(0);
    let fixed = "import os\nkey = os.environ[\"STRIPE_SECRET_KEY\"]\n";
    assert_eq!(staged(&repo, "pay.py"), fixed);
    assert_eq!(read(&repo, "pay.py"), format!("# not staged\n{fixed}"));
}

#[test]
fn a_value_that_the_variable_has_already_gets_another_name_only_if_it_differs() {
    for (there, name) in [(1, "STRIPE_SECRET_KEY"), (2, "STRIPE_SECRET_KEY_2")] {
        let sandbox = Sandbox::new();
        let repo = sandbox.with_commit("work");
        let value = key(&sandbox, 1);
        repo.write(".env", format!("STRIPE_SECRET_KEY={}\n", key(&sandbox, there)));
        repo.stage("pay.rb", format!("Stripe.api_key = '{value}'\n"));
        repo.keystop(&["fix", "--yes"]).expect(0);
        assert_eq!(staged(&repo, "pay.rb"), format!("Stripe.api_key = ENV.fetch(\"{name}\")\n"));
        assert_eq!(read(&repo, ".env").matches(&value).count(), 1);
    }
}

#[test]
fn an_env_file_that_git_tracks_is_not_written_to() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    repo.stage(".env", "MODE=test\n");
    repo.stage("pay.py", format!("key = \"{}\"\n", key(&sandbox, 1)));
    let before = (work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout);
    repo.keystop(&["fix", "--yes"]).expect(2).says("git rm --cached -- .env");
    assert_eq!((work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout), before);
}

#[test]
fn a_fix_from_a_subdirectory_is_the_same() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    repo.stage("below/pay.py", format!("key = \"{}\"\n", key(&sandbox, 1)));
    let below = Repo { sandbox: &sandbox, path: repo.path.join("below") };
    below.keystop(&["fix", "--yes"]).expect(0);
    assert!(repo.path.join(".env").exists() && !below.path.join(".env").exists());
    repo.git(&["commit", "-q", "-m", "pay"]).expect(0);
    below.keystop(&["fix", "--undo"]).expect(0);
}

/// The commands of a block's advice, and what they do to the index.
#[test]
fn each_command_that_a_block_shows_leaves_no_key_in_the_index() {
    let mut seen = Vec::new();
    for number in 0.. {
        let sandbox = Sandbox::new();
        let repo = sandbox.with_commit("work");
        repo.stage("it's.py", "one = 1\n\n\n\n\n\n\n\n\ntwo = 2\n");
        repo.commit_unasked("a file");
        let value = key(&sandbox, 1);
        repo.stage("it's.py", format!("one = '{value}'\n\n\n\n\n\n\n\n\ntwo = 22\n"));
        let said =
            repo.git(&["commit", "-q", "-m", "x"]).blocked_by("stripe-live-secret-key").unwrapped();
        let commands: Vec<&str> = said
            .lines()
            .map(|line| line.trim_start_matches("take it out:"))
            .filter_map(|line| Some(line.split_once(": ")?.1))
            .filter(|command| command.starts_with("git ") || *command == "keystop fix")
            .collect();
        let Some(command) = commands.get(number) else { break };
        seen.push((*command).to_owned());
        if command.contains("git add") {
            repo.write("it's.py", "one = os.environ['X']\n");
        }
        let command = command.replace("keystop fix", &format!("'{}' fix --yes", support::KEYSTOP));
        // Of the hunks the first goes, the second stays; git itself shows them.
        let quiet = format!("{command} > ../said");
        sandbox.run(&repo.path, "sh", &["-c", &quiet], &[], b"y\nn\n");
        repo.keystop(&["scan", "--staged"]).expect(0);
        if command.contains(" -p ") {
            assert_eq!(staged(&repo, "it's.py").lines().last(), Some("two = 22"));
        }
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}
