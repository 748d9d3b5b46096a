//! What each format says of a clean run, of one with errors, and of a finding that does not block.

use super::*;

#[test]
fn a_clean_run_is_said_in_every_format() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), "pass\n").unwrap();
    let of = |format: &str| written(&sandbox, format, &["a.py"], 0);
    assert_eq!(of("human"), "");
    assert_eq!(json(&of("json"))["verdict"], "clean");
    assert_eq!(of("jsonl").lines().count(), 2);
    let run = &json(&of("sarif"))["runs"][0];
    assert_eq!(run["results"], Value::Array(Vec::new()));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    let gitlab = json(&of("gitlab"));
    assert_eq!(gitlab["vulnerabilities"], Value::Array(Vec::new()));
    assert_eq!(gitlab["scan"]["status"], "success");
    assert_eq!(json(&of("codequality")), Value::Array(Vec::new()));
    assert!(of("junit").contains("tests=\"1\" failures=\"0\" errors=\"0\""));
    assert_eq!(of("csv").lines().count(), 1);
    assert!(of("markdown").starts_with("## keystop: no key found\n"));
    assert_eq!((of("github"), of("azure")), (String::new(), String::new()));
    assert!(of("html").contains("No key found."));
}

#[test]
fn what_was_not_judged_is_said_in_every_format() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), "pass\n").unwrap();
    for format in FORMATS {
        let run = keystop(&sandbox, &["scan", "--format", format, "a.py", "missing.py"]).expect(2);
        let said = run.stdout + &run.stderr;
        let plain = said.replace("&#46;", ".");
        assert!(plain.contains("missing.py"), "{format}: {said}");
    }
    let of = |format: &str| written(&sandbox, format, &["a.py", "missing.py"], 2);
    let run = &json(&of("sarif"))["runs"][0]["invocations"][0];
    assert_eq!(run["executionSuccessful"], false);
    assert_eq!(run["toolExecutionNotifications"][0]["level"], "error");
    assert_eq!(json(&of("gitlab"))["scan"]["status"], "failure");
    assert_eq!(json(&of("codequality"))[0]["severity"], "blocker");
    assert!(of("junit").contains("errors=\"1\""));
    assert!(of("html").contains("not everything was judged"));
}

#[test]
fn a_finding_that_does_not_block_is_a_warning() {
    let sandbox = Sandbox::new();
    let password = support::example::fill("‹base62 20›", 7);
    sandbox.plant(&password);
    fs::write(sandbox.path().join("a.py"), format!("password = '{password}'\n")).unwrap();
    let of = |format: &str| written(&sandbox, format, &["a.py"], 0);
    let result = &json(&of("sarif"))["runs"][0]["results"][0];
    assert_eq!(result["level"], "warning");
    assert!(of("github").starts_with("::warning "));
    assert!(of("azure").starts_with("##vso[task.logissue type=warning;"));
    assert!(of("junit").contains("skipped=\"1\""));
    assert_eq!(json(&of("codequality"))[0]["severity"], "minor");
    assert_eq!(json(&of("gitlab"))["vulnerabilities"][0]["severity"], "Low");
    assert!(of("html").contains("1 match that does not block."));
}

#[test]
fn a_rule_tells_what_to_do() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let log = json(&written(&sandbox, "sarif", &["a.py"], 1));
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    let help = rule["help"]["markdown"].as_str().unwrap();
    for part in ["What a leak risks", "Was it used?", "Revoke and rotate", "Write instead"] {
        assert!(help.contains(part), "{help}");
    }
    let page = written(&sandbox, "html", &["a.py"], 1);
    for part in ["Take it out", "What a leak risks", "Was it used?", "What stops working"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_history_is_told_by_state_age_and_author() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    repo.stage("a.py", secret(&sandbox, 1));
    repo.commit_unasked("leak");
    let file = sandbox.path().join("audit.html");
    repo.keystop(&["scan", "--history", "--output", file.to_str().unwrap()]).expect(1);
    let page = read(&sandbox, &file);
    for part in [
        "Live in HEAD, not pushed",
        "<td>A U Thor &lt;author@example.com&gt;</td>",
        "<span>2026</span>",
        "<span>A U Thor</span>",
        "branch main",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}
