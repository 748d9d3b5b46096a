//! Comments on the key's line that were written for another scanner.

use super::*;

#[test]
fn a_mark_of_another_scanner_is_read_and_counted() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    for (seed, mark) in [
        "gitleaks:allow",
        "betterleaks:allow",
        "pragma: allowlist secret",
        "trufflehog:ignore",
        "ggignore",
    ]
    .iter()
    .enumerate()
    {
        let line = secret(&sandbox, seed as u64);
        repo.stage(&format!("{seed}.py"), format!("{}  # {mark}\n", line.trim_end()));
    }
    let run = repo.keystop(&["scan", "--staged", "-v"]).expect(0);
    assert!(run.stdout.contains("5 of them by another scanner's comment"), "{}", run.stdout);
    commit(&repo).expect(0);
    // On the line above it says nothing.
    repo.stage("b.py", format!("# gitleaks:allow\n{}", secret(&sandbox, 9)));
    commit(&repo).blocked_by(STRIPE);
}
