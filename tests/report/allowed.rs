//! What is let pass, and who said so.

use super::*;

#[test]
fn what_is_allowed_is_a_suppressed_result_with_its_reason() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let line = secret(&sandbox, 1);
    let comment = "# keystop:allow stripe-live-secret-key a documented sample";
    repo.write("inline.py", line.replace('\n', &format!("  {comment}\n")));
    repo.write("filed.py", secret(&sandbox, 2));
    let run = repo.keystop(&["scan", "--format", "json", "filed.py"]).expect(1);
    let print = json(&run.stdout)["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    repo.keystop(&["allow", &print, "--reason", "revoked <b>last</b> year"]).expect(0);
    let run = repo.keystop(&["scan", "--format", "sarif", "inline.py", "filed.py"]).expect(0);
    let log = json(&run.stdout);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let said: Vec<(&Value, &Value)> = results
        .iter()
        .map(|one| &one["suppressions"][0])
        .map(|one| (&one["kind"], &one["justification"]))
        .collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said.contains(&(&"inSource".into(), &"a documented sample".into())), "{said:?}");
    assert!(said.contains(&(&"external".into(), &"revoked <b>last</b> year".into())), "{said:?}");
    let page = repo.keystop(&["scan", "--format", "html", "inline.py", "filed.py"]).expect(0);
    assert!(page.stdout.contains("Allowed (2)"));
    assert!(page.stdout.contains("revoked &lt;b&gt;last&lt;/b&gt; year"));
}

#[test]
fn a_reason_that_holds_a_key_is_masked() {
    let sandbox = Sandbox::new();
    let other = keys::github(3);
    sandbox.plant(&other.body);
    let line = secret(&sandbox, 1);
    let comment = format!("# keystop:allow stripe-live-secret-key not {}", other.value());
    let text = line.replace('\n', &format!("  {comment}\n"));
    fs::write(sandbox.path().join("a.py"), text).unwrap();
    for format in FORMATS {
        written(&sandbox, format, &["a.py"], 1);
    }
}
