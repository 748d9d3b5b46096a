//! `keystop scan --image`: images that the tests build themselves, without any daemon.

#[path = "../support/mod.rs"]
mod support;

mod build;
mod hostile;
mod kinds;
mod places;

use serde_json::Value;
use support::{KEYSTOP, Run, Sandbox, keys};

/// Scans `file`, or standard input where it is `-`.
fn scan(sandbox: &Sandbox, file: &str, more: &[&str], input: &[u8]) -> Run {
    let arguments = [&["scan", "--image", file][..], more].concat();
    sandbox.run(sandbox.path(), KEYSTOP, &arguments, &[], input)
}

/// The findings of an archive, each as `path:line layer/of`, in the report's order.
fn found(sandbox: &Sandbox, archive: &[u8], more: &[&str], code: i32) -> Vec<String> {
    let run = scan(sandbox, "-", &[&["--format", "json"][..], more].concat(), archive).expect(code);
    places(&json(&run))
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}:\n{}", run.stdout))
}

fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let place = |found: &Value| {
        let layer = match &found["layer"] {
            Value::Null => "-".to_owned(),
            layer => format!("{}/{}", layer["number"], layer["of"]),
        };
        format!("{}:{} {layer}", found["path"].as_str().unwrap(), found["line"])
    };
    findings.iter().map(place).collect()
}

/// A line of Python with a key that is planted.
fn secret(sandbox: &Sandbox, seed: u64) -> String {
    let key = keys::stripe(seed);
    sandbox.plant(&key.body);
    format!("stripe.api_key = '{}'\n", key.value())
}

/// The key alone.
fn value(sandbox: &Sandbox, seed: u64) -> String {
    let key = keys::stripe(seed);
    sandbox.plant(&key.body);
    key.value()
}
