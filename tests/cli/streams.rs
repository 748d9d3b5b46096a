//! What a terminal, a pipe and a stream nobody reads get.

use std::process::{Command, Stdio};

use super::*;

#[test]
fn nothing_that_is_no_terminal_gets_escape_codes() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let colourless: [&[(&str, &str)]; 4] = [
        &[],
        &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
        &[("NO_COLOR", "1"), ("TERM", "xterm")],
        &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1"), ("TERM", "xterm")],
    ];
    for environment in colourless {
        for arguments in [
            &["scan", "a.py"][..],
            &["scan", "missing"],
            &["explain", STRIPE],
            &["explain", "x"],
            &["detectors"],
            &["--help"],
            &["frobnicate"],
            &["scan", "--format", "json", "a.py"],
        ] {
            let run = sandbox.run(sandbox.path(), KEYSTOP, arguments, environment, b"");
            let all = run.stdout + &run.stderr;
            assert!(!all.contains('\x1b'), "{environment:?} {arguments:?}: {}", all.escape_debug());
        }
    }
}

#[test]
fn json_has_no_escape_codes_even_where_colour_is_forced() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let forced = [("CLICOLOR_FORCE", "1"), ("TERM", "xterm")];
    for arguments in [&["scan", "--format", "json", "a.py"][..], &["detectors", "--format", "json"]]
    {
        let run = sandbox.run(sandbox.path(), KEYSTOP, arguments, &forced, b"");
        assert!(!run.stdout.contains('\x1b'));
        json(&run);
    }
}

/// Runs keystop with one stream that nobody reads any more; returns its exit code and the other
/// stream.
fn unread(sandbox: &Sandbox, arguments: &[&str], close_stdout: bool) -> (i32, String) {
    let mut command = Command::new(KEYSTOP);
    command.args(arguments).current_dir(sandbox.path()).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Standard input holds the program back until the other end is gone.
    if close_stdout {
        drop(child.stdout.take());
    } else {
        drop(child.stderr.take());
    }
    let line = secret(sandbox, 9);
    let mut stdin = child.stdin.take().unwrap();
    let _ = std::io::Write::write_all(&mut stdin, line.as_bytes());
    drop(stdin);
    let out = child.wait_with_output().unwrap();
    sandbox.assert_silent(&out.stdout);
    sandbox.assert_silent(&out.stderr);
    let text = [out.stdout, out.stderr].concat();
    (out.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn a_closed_standard_output_is_no_panic() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["scan", "-"][..],
        &["scan", "--format", "json", "-"],
        &["detectors"],
        &["explain", STRIPE],
        &["--help"],
    ] {
        let (code, said) = unread(&sandbox, arguments, true);
        assert!(matches!(code, 0..=2), "{arguments:?} ended with {code}: {said}");
        assert!(
            !said.contains("panicked") && !said.contains("itself failed"),
            "{arguments:?}: {said}"
        );
    }
    // A key that was found is not turned into "clean".
    assert_ne!(unread(&sandbox, &["scan", "-"], true).0, 0);
}

#[test]
fn a_closed_standard_error_does_not_change_the_verdict() {
    let sandbox = Sandbox::new();
    assert_eq!(unread(&sandbox, &["scan", "-"], false).0, 1);
    assert_eq!(unread(&sandbox, &["scan", "missing"], false).0, 2);
    assert_eq!(unread(&sandbox, &["frobnicate"], false).0, 2);
    // A hook, whose report goes there.
    assert_eq!(unread(&sandbox, &["commit-msg", "/dev/stdin"], false).0, 1);
}
