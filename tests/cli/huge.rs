//! Files so large that they are looked through in pieces; those of tests need not be so very large.

use super::*;
use support::{Reader, Repo};

/// A megabyte and a little of lines.
fn lines(number: u64) -> String {
    format!("line {number}: call(of, nothing);\n").repeat(45_000)
}

/// Line, column, detector and redacted form of every finding.
fn found(run: &support::Run) -> BTreeSet<String> {
    let report = json(run);
    let findings = report["findings"].as_array().unwrap();
    let shown = |found: &Value| {
        let [line, column, redacted] = ["line", "column", "redacted"].map(|name| &found[name]);
        format!("{line} {column} {} {redacted}", found["detector"])
    };
    findings.iter().map(shown).collect()
}

/// A text of five megabytes with a key at its beginning, at its end, and at equal distances between.
fn huge(sandbox: &Sandbox, keys: usize) -> String {
    let mut text = String::new();
    for number in 0..keys as u64 {
        text += &secret(sandbox, number);
        let lines = lines(number);
        text += &lines[..(5 << 20) / keys / 37 * 37];
        text += "\n";
    }
    text + &secret(sandbox, keys as u64)
}

fn commit(repo: &Repo, text: &str) {
    repo.stage("huge.py", text);
    repo.commit_unasked("huge");
}

#[test]
fn the_findings_of_a_huge_file_are_those_of_its_text() {
    for reader in [Reader::Usual, Reader::Git] {
        let sandbox = Sandbox::with_reader(reader);
        let repo = sandbox.bare_of_hooks("work");
        let mut text = huge(&sandbox, 15);
        // Where a piece of two megabytes ends a value is cut; it is one without its end too.
        let [key, more] = [7, 8].map(keys::stripe);
        sandbox.plant(&key.body);
        let value = format!("\nsecret_token: {}{}", key.body, more.body);
        text.replace_range((2 << 20) - value.len() + 5.., "");
        text += &format!("{value}\n{}", huge(&sandbox, 15));
        repo.write("apart.py", &text);
        let whole = found(&repo.keystop(&["scan", "apart.py", "--format", "json"]).expect(1));
        assert!(whole.len() >= 23, "{whole:?}");
        repo.stage("huge.py", &text);
        let staged = repo.keystop(&["scan", "--staged", "--format", "json"]).expect(1);
        assert_eq!(found(&staged), whole);
        commit(&repo, &text);
        let history = ["scan", "--history", "--no-cache", "--format", "json"];
        assert_eq!(found(&repo.keystop(&history).expect(1)), whole);
        // Stored as a whole in a pack.
        repo.git(&["-c", "core.bigFileThreshold=1m", "repack", "-q", "-a", "-d"]).expect(0);
        assert_eq!(found(&repo.keystop(&history).expect(1)), whole);
    }
}

#[test]
fn a_huge_file_brings_what_its_old_version_did_not_hold() {
    let sandbox = Sandbox::new();
    let repo = sandbox.hooked("work");
    let text = huge(&sandbox, 5);
    commit(&repo, &text);
    repo.stage("huge.py", text.replace("line 3:", "line 7:"));
    repo.git(&["commit", "-q", "-m", "the same keys"]).expect(0);
    repo.stage("huge.py", format!("{text}\n{}", secret(&sandbox, 99)));
    let run = repo.git(&["commit", "-q", "-m", "one more"]).expect(1);
    assert!(run.stderr.contains("1 key"), "{}", run.stderr);
}

#[test]
fn a_huge_file_that_is_stored_as_a_difference_is_read_as_any_other() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let text = huge(&sandbox, 5);
    let (start, end) = (secret(&sandbox, 98), secret(&sandbox, 99));
    for text in [text.clone(), format!("{start}{text}"), text.replace("line 3:", "line 7:") + &end]
    {
        commit(&repo, &text);
    }
    let history = ["scan", "--history", "--no-cache", "--format", "json"];
    let loose = found(&repo.keystop(&history).expect(1));
    assert_eq!(loose.len(), 7, "{loose:?}");
    repo.git(&["repack", "-q", "-a", "-d", "-f"]).expect(0);
    let listed = repo.git(&["cat-file", "--batch-all-objects", "--batch-check=%(deltabase)"]);
    let differences = listed.stdout.lines().filter(|base| !base.bytes().all(|byte| byte == b'0'));
    assert_eq!(differences.count(), 2);
    assert_eq!(found(&repo.keystop(&history).expect(1)), loose);
}

#[test]
fn a_huge_file_that_is_cut_off_blocks() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    let text: String = (0..5).map(lines).collect();
    commit(&repo, &text);
    repo.keystop(&["scan", "--history", "--no-cache"]).expect(0);
    let id = repo.id("HEAD:huge.py");
    let object = repo.path.join(".git/objects").join(&id[..2]).join(&id[2..]);
    let bytes = std::fs::read(&object).unwrap();
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, &bytes[..bytes.len() - 9]).unwrap();
    let run = repo.keystop(&["scan", "--history", "--no-cache"]).expect(2);
    assert!(run.stdout.contains("huge.py"), "{}{}", run.stdout, run.stderr);
}
