//! `keystop review`, on a terminal and without one.

use std::process::{Command, Stdio};

use super::*;

#[test]
fn without_a_terminal_it_says_what_to_use() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.keystop(&["review"]).expect(2).says("keystop allow FINGERPRINT");
}

#[cfg(target_os = "linux")]
#[test]
fn one_key_press_judges_a_finding() {
    use std::io::Write;
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    for seed in 1..6 {
        repo.stage(&format!("{seed}.py"), secret(&sandbox, seed));
    }
    commit(&repo).blocked_by(STRIPE);
    // util-linux's `script` gives the program a terminal.
    let command = format!("'{}' review", support::KEYSTOP);
    let Ok(mut child) = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(&repo.path)
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
    else {
        return;
    };
    // Real, a test key, a slip of the finger, a false alarm, skipped, quit.
    let mut keys = child.stdin.take().unwrap();
    for key in ["r", "t", "x", "f", "s", "q"] {
        std::thread::sleep(std::time::Duration::from_millis(300));
        let _ = keys.write_all(key.as_bytes());
        let _ = keys.flush();
    }
    let out = child.wait_with_output().unwrap();
    drop(keys);
    sandbox.assert_silent(&out.stdout);
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(said.contains("2 allowed, 1 real, 2 left"), "{said}");
    assert!(said.contains("revoke it: https://dashboard.stripe.com"), "{said}");
    let lines = entries(&repo);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("test key, reviewed ")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("false alarm, reviewed ")), "{lines:?}");
    assert_nothing_written(&repo);
}
