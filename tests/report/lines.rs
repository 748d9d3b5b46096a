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
