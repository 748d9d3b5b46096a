//! The process dies at any moment.

use super::*;

const NAMES: [&str; 3] = ["one.py", "two.go", "tri.tf"];

/// Three files, of which the second has changes that are not staged, and the third needs a change
/// of a fourth.
fn prepared(sandbox: &Sandbox, name: &str) -> (PathBuf, [String; 3]) {
    let repo = sandbox.with_commit(name);
    let values = [1, 2, 3].map(|seed| key(sandbox, seed));
    repo.stage("one.py", format!("key = '{}'\n", values[0]));
    repo.stage("two.go", format!("package two\n\nvar key = \"{}\"\n", values[1]));
    repo.write("two.go", read(&repo, "two.go") + "\nvar more = 1\n");
    repo.stage("tri.tf", format!("locals {{\n  key = \"{}\"\n}}\n", values[2]));
    repo.stage("variables.tf", "variable \"a\" {}\n");
    (repo.path, values)
}

#[test]
fn no_value_is_lost_and_a_second_run_completes_the_first() {
    let sandbox = Sandbox::new();
    let mut deaths = 0;
    for moment in 1.. {
        let (path, values) = prepared(&sandbox, &format!("work{moment}"));
        let repo = Repo { sandbox: &sandbox, path };
        let before = (work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout);
        let die = [("KEYSTOP_DIE_AT", moment.to_string())];
        let die: Vec<(&str, &str)> = die.iter().map(|(name, at)| (*name, at.as_str())).collect();
        let run = sandbox.run(&repo.path, support::KEYSTOP, &["fix", "--yes"], &die, b"");
        if run.code == 0 {
            break;
        }
        assert_eq!(run.code, 137, "{}{}", run.stdout, run.stderr);
        deaths += 1;
        // What a program lost, `.env` has; each file is the old one or the new one.
        let env = read(&repo, ".env");
        for (name, value) in NAMES.iter().zip(&values) {
            let text = read(&repo, name);
            assert!(
                text.contains(value.as_str()) || env.contains(value.as_str()),
                "{moment}: {name}"
            );
            assert_eq!(grammar::fault(&name[4..], &text), None, "{moment}: {text}");
        }
        assert!(read(&repo, "two.go").ends_with("\nvar more = 1\n"), "{moment}");
        assert!(!repo.git(&["status", "--porcelain"]).stdout.contains(" .env\n"), "{moment}");
        repo.keystop(&["fix", "--yes"]).expect(0);
        let declared = staged(&repo, "variables.tf");
        assert_eq!(declared, read(&repo, "variables.tf"), "{moment}");
        assert_eq!(declared.matches("\"stripe_secret_key\"").count(), 1, "{moment}: {declared}");
        repo.git(&["commit", "-q", "-m", "passes"]).expect(0);
        repo.git(&["reset", "-q", "--soft", "HEAD^"]).expect(0);
        // Back to the start, one fix after the other.
        while repo.keystop(&["fix", "--undo"]).code == 0 {}
        let after = (work_tree(&repo.path), repo.git(&["ls-files", "--stage"]).stdout);
        assert_eq!(after.1, before.1, "{moment}");
        for (name, content) in &before.0 {
            assert_eq!(fs::read(name).unwrap(), *content, "{moment}: {}", name.display());
        }
    }
    // Each of the eight files is written in two moments, the index in two more.
    assert!(deaths >= 18, "died {deaths} times: is this no build for tests?");
}

#[test]
fn an_undo_that_dies_is_completed_by_the_next() {
    let sandbox = Sandbox::new();
    for moment in 1.. {
        let (path, values) = prepared(&sandbox, &format!("back{moment}"));
        let repo = Repo { sandbox: &sandbox, path };
        let before = repo.git(&["ls-files", "--stage"]).stdout;
        repo.keystop(&["fix", "--yes"]).expect(0);
        let moment = moment.to_string();
        let die = [("KEYSTOP_DIE_AT", moment.as_str())];
        let run = sandbox.run(&repo.path, support::KEYSTOP, &["fix", "--undo"], &die, b"");
        if run.code == 0 {
            break;
        }
        let env = read(&repo, ".env");
        for (name, value) in NAMES.iter().zip(&values) {
            let text = read(&repo, name);
            assert!(
                text.contains(value.as_str()) || env.contains(value.as_str()),
                "{moment}: {name}"
            );
        }
        repo.keystop(&["fix", "--undo"]).expect(0);
        assert_eq!(repo.git(&["ls-files", "--stage"]).stdout, before, "{moment}");
        assert!(!repo.path.join(".env").exists(), "{moment}");
    }
}
