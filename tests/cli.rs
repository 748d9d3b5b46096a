//! The command line: usage, exit codes, formats, and what stands on which stream.

mod support;

#[cfg(unix)]
#[path = "cli/completions.rs"]
mod completions;
#[path = "cli/detectors.rs"]
mod detectors;
#[path = "cli/encoded.rs"]
mod encoded;
#[path = "cli/files.rs"]
mod files;
#[path = "cli/history.rs"]
mod history;
#[path = "cli/huge.rs"]
mod huge;
#[path = "cli/packed.rs"]
mod packed;
#[path = "cli/streams.rs"]
mod streams;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use support::{KEYSTOP, Run, Sandbox, keys};

const STRIPE: &str = "stripe-live-secret-key";

fn keystop(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(sandbox.path(), KEYSTOP, arguments, &[], b"")
}

/// A line of Python with a key that is planted.
fn secret(sandbox: &Sandbox, seed: u64) -> String {
    let key = keys::stripe(seed);
    sandbox.plant(&key.body);
    format!("stripe.api_key = '{}'\n", key.value())
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}:\n{}", run.stdout))
}

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|f| format!("{}:{}:{}", f["path"].as_str().unwrap(), f["line"], f["column"]))
        .collect()
}

#[test]
fn help_and_version_go_to_standard_output() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["help"],
        &["help", "scan"],
        &["scan", "--help"],
        &["install", "--help"],
        &["uninstall", "--help"],
        &["detectors", "--help"],
        &["explain", "--help"],
    ] {
        let run = keystop(&sandbox, arguments).expect(0);
        assert!(run.stdout.contains("Usage: keystop"), "{arguments:?}: {}", run.stdout);
        assert_eq!(run.stderr, "");
    }
    for arguments in [["--version"], ["-V"]] {
        assert_eq!(
            keystop(&sandbox, &arguments).expect(0).stdout,
            concat!("keystop ", env!("CARGO_PKG_VERSION"), "\n")
        );
    }
}

#[test]
fn a_hooks_entry_point_has_help_too() {
    let sandbox = Sandbox::new();
    for hook in ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"] {
        let run = keystop(&sandbox, &[hook, "--help"]).expect(0);
        assert!(run.stdout.contains(hook), "{}", run.stdout);
    }
}

#[test]
fn bad_usage_is_2_with_words_on_standard_error() {
    let sandbox = Sandbox::new();
    for arguments in [
        &[][..],
        &["frobnicate"],
        &["--frobnicate"],
        &["scan"],
        &["scan", "--frobnicate", "."],
        &["scan", "--staged", "--range", "A..B"],
        &["scan", "--staged", "."],
        &["scan", "--format", "xml", "."],
        &["detectors", "--format", "xml"],
        &["explain"],
        &["install", "--only"],
        &["install", "now"],
    ] {
        let run = keystop(&sandbox, arguments).expect(2);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(
            run.stderr.contains("Usage: keystop") || run.stderr.contains("--help"),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}

#[test]
fn a_mistyped_command_is_answered_with_the_nearest() {
    let sandbox = Sandbox::new();
    keystop(&sandbox, &["instal"]).expect(2).says("install");
}

#[test]
fn a_clean_scan_is_0_and_silent() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), "pass\n").unwrap();
    let run = keystop(&sandbox, &["scan", "a.py"]).expect(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let run = keystop(&sandbox, &["scan", "-v", "a.py"]).expect(0);
    assert!(run.stdout.contains("1 file"), "{}", run.stdout);
}

#[test]
fn a_key_in_a_file_is_1_and_on_standard_output() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), format!("\n{}", secret(&sandbox, 1))).unwrap();
    let run = keystop(&sandbox, &["scan", "a.py"]).expect(1);
    assert!(run.stdout.contains(STRIPE) && run.stdout.contains("a.py:2:19"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[test]
fn several_paths_and_folders_are_scanned() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path().join("one/deep")).unwrap();
    fs::create_dir_all(sandbox.path().join("one/.git")).unwrap();
    fs::write(sandbox.path().join("one/deep/a.py"), secret(&sandbox, 1)).unwrap();
    fs::write(sandbox.path().join("one/.hidden"), secret(&sandbox, 2)).unwrap();
    fs::write(sandbox.path().join("one/.git/history"), secret(&sandbox, 3)).unwrap();
    fs::write(sandbox.path().join("b.py"), secret(&sandbox, 4)).unwrap();
    let run = keystop(&sandbox, &["scan", "--format", "json", "b.py", "one"]).expect(1);
    assert_eq!(places(&json(&run)), ["b.py:1:19", "one/.hidden:1:19", "one/deep/a.py:1:19"]);
}

#[test]
fn standard_input_is_scanned() {
    let sandbox = Sandbox::new();
    let text = secret(&sandbox, 1);
    let arguments = ["scan", "--format", "json", "-"];
    let run = sandbox.run(sandbox.path(), KEYSTOP, &arguments, &[], text.as_bytes()).expect(1);
    let report = json(&run);
    assert_eq!(report["findings"][0]["place"], "input");
    assert_eq!(report["findings"][0]["line"], 1);
    sandbox.run(sandbox.path(), KEYSTOP, &["scan", "-"], &[], b"pass\n").expect(0);
    sandbox.run(sandbox.path(), KEYSTOP, &["scan", "-"], &[], b"").expect(0);
}

#[test]
fn what_is_staged_is_scanned_and_not_the_work_tree() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    repo.write("unstaged.py", secret(&sandbox, 1));
    repo.keystop(&["scan", "--staged"]).expect(0);
    repo.stage("staged.py", secret(&sandbox, 2));
    repo.write("staged.py", "pass\n");
    let run = repo.keystop(&["scan", "--staged", "--format", "json"]).expect(1);
    assert_eq!(places(&json(&run)), ["staged.py:1:19"]);
    let human = repo.keystop(&["scan", "--staged"]).expect(1);
    assert!(human.stdout.contains("git restore --staged -- staged.py"), "{}", human.stdout);
}

#[test]
fn a_range_is_scanned_commit_by_commit() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    repo.stage("pay.py", secret(&sandbox, 1));
    repo.commit_unasked("leak");
    let leaky = repo.id("HEAD");
    repo.stage("pay.py", "pass\n");
    repo.commit_unasked("hide");
    for range in ["HEAD~2..HEAD", "HEAD~2..", "HEAD"] {
        let run = repo.keystop(&["scan", "--range", range, "--format", "json"]).expect(1);
        let report = json(&run);
        assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{range}");
        assert_eq!(report["findings"][0]["commit"], leaky.as_str(), "{range}");
    }
    repo.keystop(&["scan", "--range", "HEAD~1..HEAD"]).expect(0);
    repo.keystop(&["scan", "--range", "HEAD..HEAD"]).expect(0);
}

#[test]
fn a_range_that_is_none_is_2() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    // `..` is what `"$BASE..$TIP"` becomes where neither variable is set: nothing would be judged.
    for range in ["nowhere..HEAD", "HEAD..nowhere", "nowhere", "HEAD...HEAD", "--all", ".."] {
        let run = repo.keystop(&["scan", &format!("--range={range}"), "--format", "json"]);
        assert_eq!(run.code, 2, "{range:?}: {}{}", run.stdout, run.stderr);
    }
    for scan in [&["scan", "--staged"][..], &["scan", "--range", "A..B"]] {
        let run = keystop(&sandbox, scan).expect(2);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(
            said.contains("opening the repository") && said.contains("not a git repository"),
            "{said}"
        );
    }
}

#[test]
fn the_json_of_a_scan_has_exactly_the_documented_keys() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let report = json(&keystop(&sandbox, &["scan", "--format", "json", "a.py"]).expect(1));
    assert_eq!(
        names(&report),
        BTreeSet::from([
            "schema", "version", "verdict", "findings", "judged", "notes", "closed", "errors"
        ])
    );
    assert_eq!(names(&report["judged"]), BTreeSet::from(["files", "bytes", "commits"]));
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["verdict"], "blocked");
    assert_eq!(
        names(&report["findings"][0]),
        BTreeSet::from([
            "detector",
            "provider",
            "name",
            "confidence",
            "blocks",
            "place",
            "facts",
            "path",
            "line",
            "column",
            "commit",
            "fingerprint",
            "redacted",
            "remediation",
        ])
    );
}

#[test]
fn the_json_of_a_finding_says_what_the_frame_says() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), format!("é = '' ;{}", secret(&sandbox, 1))).unwrap();
    let report = json(&keystop(&sandbox, &["scan", "--format", "json", "a.py"]).expect(1));
    let finding = &report["findings"][0];
    assert_eq!(finding["detector"], STRIPE);
    assert_eq!(finding["provider"], "Stripe");
    assert_eq!(finding["confidence"], "high");
    assert_eq!((&finding["line"], &finding["column"]), (&Value::from(1), &Value::from(27)));
    assert_eq!(finding["commit"], Value::Null);
    assert_eq!(finding["redacted"], "sk_live_…(32 characters)…");
    let fingerprint = finding["fingerprint"].as_str().unwrap();
    assert!(
        fingerprint.len() == 12 && fingerprint.bytes().all(|b| b.is_ascii_hexdigit()),
        "{fingerprint}"
    );
    assert_eq!(report["judged"]["files"], 1);
}

#[test]
fn a_clean_scan_is_json_too() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), "pass\n").unwrap();
    let report = json(&keystop(&sandbox, &["scan", "--format", "json", "a.py"]).expect(0));
    assert_eq!(report["verdict"], "clean");
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    assert_eq!(report["judged"]["bytes"], 5);
}

#[test]
fn what_cannot_be_read_is_2_and_the_rest_is_scanned() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let run = keystop(&sandbox, &["scan", "--format", "json", "missing.py", "a.py"]).expect(2);
    let report = json(&run);
    assert_eq!(report["verdict"], "incomplete");
    assert_eq!(places(&report), ["a.py:1:19"]);
    let errors = report["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].as_str().unwrap().contains("missing.py"), "{errors:?}");
    let run = keystop(&sandbox, &["scan", "missing.py", "a.py"]).expect(2);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("missing.py") && said.contains("No such file"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_2() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let locked = sandbox.path().join("folder/locked.py");
    fs::create_dir(locked.parent().unwrap()).unwrap();
    fs::write(&locked, "pass\n").unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&locked).is_ok() {
        return; // A superuser reads everything.
    }
    let report = json(&keystop(&sandbox, &["scan", "--format", "json", "folder"]).expect(2));
    assert!(report["errors"][0].as_str().unwrap().contains("locked.py"));
}

#[test]
fn a_missing_path_that_holds_a_key_is_not_spelled_out() {
    let sandbox = Sandbox::new();
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    keystop(&sandbox, &["scan", &format!("no/{}.txt", key.value())]).expect(2).says("");
    keystop(&sandbox, &["scan", "--format", "json", &key.value()]).expect(2);
}

#[test]
fn findings_come_in_the_same_order_each_time() {
    let sandbox = Sandbox::new();
    for name in ["z.py", "a.py", "m/z.py", "m/a.py", "b/c/d.py"] {
        let path = sandbox.path().join("tree").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{}{}", secret(&sandbox, 1), secret(&sandbox, 2))).unwrap();
    }
    let scan = || keystop(&sandbox, &["scan", "--format", "json", "tree"]).expect(1);
    let first = scan();
    assert_eq!(scan().stdout, first.stdout);
    let expected: Vec<String> = ["a.py", "b/c/d.py", "m/a.py", "m/z.py", "z.py"]
        .iter()
        .flat_map(|name| [format!("tree/{name}:1:19"), format!("tree/{name}:2:19")])
        .collect();
    assert_eq!(places(&json(&first)), expected);
}

#[test]
fn staged_findings_come_in_the_order_of_their_paths() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    for (seed, name) in ["z.py", "a.py", "m/z.py", "m/a.py", "b/c/d.py", "b.py"].iter().enumerate()
    {
        repo.stage(name, secret(&sandbox, seed as u64));
    }
    let scan = || repo.keystop(&["scan", "--staged", "--format", "json"]).expect(1);
    let first = scan();
    // With a valid cache-tree and without one.
    repo.git(&["write-tree"]).expect(0);
    assert_eq!(places(&json(&scan())), places(&json(&first)));
    assert_eq!(scan().stdout, scan().stdout);
}

#[test]
fn a_fingerprint_is_the_values_and_not_the_places() {
    let sandbox = Sandbox::new();
    let line = secret(&sandbox, 1);
    fs::write(
        sandbox.path().join("a.py"),
        format!("{line}\n\n  x = 1; {line}{}", secret(&sandbox, 2)),
    )
    .unwrap();
    let report = json(&keystop(&sandbox, &["scan", "--format", "json", "a.py"]).expect(1));
    let print = |at: usize| report["findings"][at]["fingerprint"].clone();
    assert_eq!(print(0), print(1));
    assert_ne!(print(0), print(2));
}
