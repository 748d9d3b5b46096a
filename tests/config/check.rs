//! `keystop detectors check FILE`.

use super::*;

#[test]
fn good_examples_are_good() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("a");
    repo.write(FILE, ACME_DETECTOR);
    let run = repo.keystop(&["detectors", "check", FILE]).expect(0);
    assert_eq!(
        run.stdout,
        "good   acme-build-token  (2 examples, 1 counter-examples)\n1 detectors, all good\n"
    );
    assert!(repo.keystop(&["detectors"]).expect(0).stdout.contains("acme-build-token"));
}

#[test]
fn what_is_not_found_or_found_too_much_is_named() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("a");
    let wrong = r#"[[detector]]
id = "acme-build-token"
name = "Acme build token"
keywords = ["acme_build_"]
pattern = 'acme_build_[0-9A-Za-z]{32}'
examples = ['acme_build_‹base62 30›', 'k = "sk_¦live_‹base62 24›"', 'acme_build_‹base62 32› sk_¦live_‹base62 24›']
counter_examples = ['acme_build_‹base62 32›']
[[detector]]
id = "other"
name = "Other"
keywords = ["other_"]
pattern = 'other_[0-9]{9}'
"#;
    repo.write("own.toml", wrong);
    let run = repo.keystop(&["detectors", "check", "own.toml"]).expect(1);
    for line in [
        "wrong  acme-build-token  (3 examples, 1 counter-examples)",
        "example 1: acme_build_‹base62 30›: nothing is found",
        "found as stripe-live-secret-key already",
        "more is found: acme-build-token, stripe-live-secret-key",
        "counter-example 1: acme_build_‹base62 32›: found as acme-build-token",
        "wrong  other  (0 examples, 0 counter-examples)",
        "field `examples`: at least two",
        "2 of 2 detectors wrong",
    ] {
        assert!(run.stdout.contains(line), "no {line:?} in\n{}", run.stdout);
    }
}

#[test]
fn what_cannot_be_checked_is_an_error() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("a");
    repo.keystop(&["detectors", "check", "none.toml"]).expect(2).says("not there");
    repo.write("none.toml", "block = 'low'\n");
    repo.keystop(&["detectors", "check", "none.toml"]).expect(2).says("has no [[detector]]");
    repo.write("none.toml", ACME_DETECTOR.replace("‹base62 32›", "‹base99 32›"));
    repo.keystop(&["detectors", "check", "none.toml"]).expect(2).says("no such alphabet");
}
