//! JSON Lines hold all that the other formats need.

use keystop::report::{Report, read_jsonl, write_json, write_jsonl, write_sarif};

use super::*;

fn bytes(
    write: impl Fn(&mut dyn std::io::Write, &Report) -> std::io::Result<()>,
    report: &Report,
) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, report).unwrap();
    out
}

#[test]
fn a_report_that_is_read_back_is_the_same() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let comment = "# keystop:allow stripe-live-secret-key a sample";
    repo.stage("a.py", secret(&sandbox, 1) + &secret(&sandbox, 2).replace('\n', comment));
    repo.stage("a\tb <&>.py", secret(&sandbox, 3));
    repo.commit_unasked("leak");
    for scan in [
        &["scan", "--history", "--no-cache"][..],
        &["scan", "--range", "HEAD~1..HEAD"],
        &["scan", "."],
    ] {
        let of =
            |format: &str| repo.keystop(&[scan, &["--format", format]].concat()).expect(1).stdout;
        let report = read_jsonl(of("jsonl").as_bytes()).unwrap();
        assert_eq!(report.findings.len(), 2);
        assert_eq!(String::from_utf8(bytes(write_jsonl, &report)).unwrap(), of("jsonl"));
        assert_eq!(String::from_utf8(bytes(write_json, &report)).unwrap(), of("json"));
        assert_eq!(String::from_utf8(bytes(write_sarif, &report)).unwrap(), of("sarif"));
    }
}

#[test]
fn a_finding_is_written_before_the_rest_is_read() {
    use std::io::{BufRead, BufReader, Write};
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let mut command = std::process::Command::new(KEYSTOP);
    command.args(["scan", "--format", "jsonl", "a.py", "-"]).current_dir(sandbox.path());
    let pipe = std::process::Stdio::piped;
    let mut child = command.stdin(pipe()).stdout(pipe()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    // Standard input is still open.
    let first: Vec<String> = lines.by_ref().take(2).collect();
    assert!(first[0].contains("\"start\"") && first[1].contains("a.py"), "{first:?}");
    let mut input = child.stdin.take().unwrap();
    input.write_all(secret(&sandbox, 2).as_bytes()).unwrap();
    drop(input);
    let text = [first, lines.collect()].concat().join("\n");
    sandbox.assert_silent(text.as_bytes());
    assert_eq!(read_jsonl(text.as_bytes()).unwrap().findings.len(), 2);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn lines_have_the_order_of_the_names_and_hold_all_however_many() {
    let sandbox = Sandbox::new();
    let line = secret(&sandbox, 1);
    for number in 0..90 {
        let folder = sandbox.path().join(format!("tree/{:02}", number / 9));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{number:02}.py")), line.repeat(50)).unwrap();
    }
    let streamed = keystop(&sandbox, &["scan", "--format", "jsonl", "tree"]).expect(1).stdout;
    let report = read_jsonl(streamed.as_bytes()).unwrap();
    assert_eq!(report.findings.len(), 90 * 50);
    assert!(report.findings.is_sorted_by_key(|it| (it.source.path.clone(), it.line)));
    assert_eq!(streamed, written(&sandbox, "jsonl", &["tree"], 1));
}

#[test]
fn an_audit_tells_what_it_finds_at_once_where_that_was_asked_for() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    for seed in 1..4 {
        repo.stage(&format!("{seed}.py"), secret(&sandbox, seed));
        repo.commit_unasked("leak");
    }
    let scan = ["scan", "--history", "--no-cache", "--order", "found"];
    let run = repo.keystop(&[&scan[..], &["--format", "jsonl"]].concat()).expect(1);
    let report = read_jsonl(run.stdout.as_bytes()).unwrap();
    let paths: Vec<&[u8]> = report.findings.iter().map(|it| &it.source.path[..]).collect();
    assert_eq!(paths, [b"1.py", b"2.py", b"3.py"]);
    assert!(report.findings.iter().all(|it| it.audit.is_none() && it.source.commit.is_some()));
    repo.keystop(&scan).expect(2).says("--order found needs --format jsonl");
}

#[test]
fn every_line_is_an_object_that_says_what_it_is() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let text = written(&sandbox, "jsonl", &["a.py", "missing.py"], 2);
    let kinds: Vec<String> =
        text.lines().map(|line| json(line)["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["start", "finding", "error", "summary"]);
}

#[test]
fn a_report_that_was_cut_off_or_changed_is_refused() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let text = written(&sandbox, "jsonl", &["a.py", "missing.py"], 2);
    read_jsonl(text.as_bytes()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let without = |skipped: usize| {
        let kept = lines.iter().enumerate().filter(|(at, _)| *at != skipped);
        kept.map(|(_, line)| format!("{line}\n")).collect::<String>()
    };
    for skipped in 0..lines.len() {
        assert!(read_jsonl(without(skipped).as_bytes()).is_err(), "{skipped}");
    }
    for (from, to) in [
        ("\"schema\":1", "\"schema\":2"),
        ("\"type\":\"error\"", "\"type\":\"other\""),
        ("stripe-live-secret-key", "no-such-detector"),
        ("\"mark\":[", "\"mark\":[999,"),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(read_jsonl(text.replacen(from, to, 1).as_bytes()).is_err(), "{from}");
    }
    assert!(read_jsonl(format!("{text}{text}").as_bytes()).is_err());
}
