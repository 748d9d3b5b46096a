//! What shells complete, and the manual.

use std::process::Command;

use super::*;

/// What the shell `name` says of a script, if it is here.
fn checked(sandbox: &Sandbox, name: &str, arguments: &[&str]) {
    if Command::new(name).arg("--version").output().is_ok() {
        sandbox.run(sandbox.path(), name, arguments, &[], b"").expect(0);
    }
}

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = sandbox.run(sandbox.path(), KEYSTOP, &["completions", shell], &[], b"");
        let script = run.expect(0).stdout;
        for word in ["install", "scan", "pre-receive", "max-archive-size", "completions"] {
            assert!(script.contains(word), "{shell}: no {word}");
        }
        let name = format!("keystop.{shell}");
        fs::write(sandbox.path().join(&name), script).unwrap();
        match shell {
            "bash" | "zsh" => checked(&sandbox, shell, &["-n", &name]),
            "fish" => checked(&sandbox, shell, &["--no-execute", &name]),
            _ => {}
        }
    }
    sandbox.run(sandbox.path(), KEYSTOP, &["completions", "tcsh"], &[], b"").expect(2);
}

#[test]
fn bash_offers_commands_options_and_their_values() {
    let sandbox = Sandbox::new();
    let offered = |words: &[&str]| {
        let count = words.len();
        let line = format!(
            "eval \"$('{KEYSTOP}' completions bash)\"; COMP_WORDS=({}); COMP_CWORD={}; \
             _keystop keystop '{}' '{}'; echo \"${{COMPREPLY[*]}}\"",
            words.iter().map(|word| format!("'{word}' ")).collect::<String>(),
            count - 1,
            words[count - 1],
            words[count - 2],
        );
        sandbox.run(sandbox.path(), "bash", &["-c", &line], &[], b"").expect(0).stdout
    };
    assert!(offered(&["keystop", "comp"]).contains("completions"));
    assert!(offered(&["keystop", "scan", "--hist"]).contains("--history"));
    assert!(offered(&["keystop", "scan", "--format", "sa"]).contains("sarif"));
}

#[test]
fn each_command_has_a_page_of_the_manual() {
    let sandbox = Sandbox::new();
    sandbox.run(sandbox.path(), KEYSTOP, &["man", "man/man1"], &[], b"").expect(0);
    for page in ["keystop.1", "keystop-scan.1", "keystop-pre-push.1"] {
        let text = fs::read_to_string(sandbox.path().join("man/man1").join(page)).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
    }
    fs::write(sandbox.path().join("file"), "").unwrap();
    let run = sandbox.run(sandbox.path(), KEYSTOP, &["man", "file"], &[], b"");
    assert!(run.expect(2).stderr.contains("writing the man pages to file"));
}
