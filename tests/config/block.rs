//! What blocks.

use super::*;

/// A key that no provider's detector knows.
fn generic(sandbox: &Sandbox, seed: u64) -> String {
    let body = fill("‹base62 40›", seed);
    sandbox.plant(&body);
    format!("internal_api_secret = '{body}'\n")
}

#[test]
fn the_threshold_says_which_findings_block() {
    for (threshold, in_code, in_settings, certain) in [
        ("", false, true, true),
        ("block = 'usual'\n", false, true, true),
        ("block = 'low'\n", true, true, true),
        ("block = 'medium'\n", false, false, true),
        ("block = 'high'\n", false, false, true),
    ] {
        let sandbox = Sandbox::new();
        let repo = sandbox.with_commit("a");
        repo.stage(FILE, threshold);
        for (name, line, blocks) in [
            ("a.py", generic(&sandbox, 1), in_code),
            ("a.ini", generic(&sandbox, 2), in_settings),
            ("b.py", secret(&sandbox, 3), certain),
        ] {
            repo.stage(name, line);
            let run = repo.keystop(&["pre-commit"]);
            assert_eq!(run.code == 1, blocks, "{threshold}{name}\n{}", run.stderr);
            assert!(run.stderr.contains(&format!("--> {name}")), "{}", run.stderr);
            repo.git(&["rm", "-q", "-f", name]).expect(0);
        }
    }
}

#[test]
fn a_repositorys_threshold_goes_before_the_users() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    user_file(&sandbox, "block = 'low'\n");
    repo.stage("a.py", generic(&sandbox, 1));
    repo.keystop(&["pre-commit"]).expect(1);
    repo.stage(FILE, "block = 'usual'\n");
    repo.keystop(&["pre-commit"]).expect(0);
}
