//! The formats of a report: what each says, and that nothing a repository wrote breaks out of it.

#[path = "../support/mod.rs"]
mod support;

mod allowed;
mod hostile;
mod lines;
mod output;
mod verdict;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::{KEYSTOP, Run, Sandbox, keys};

/// Every format, and whether it is for a program that reads standard output.
const FORMATS: &[&str] = &[
    "human",
    "json",
    "jsonl",
    "sarif",
    "gitlab",
    "codequality",
    "junit",
    "csv",
    "markdown",
    "github",
    "azure",
    "html",
];

fn keystop(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(sandbox.path(), KEYSTOP, arguments, &[], b"")
}

/// A line with a key that is planted.
fn secret(sandbox: &Sandbox, seed: u64) -> String {
    let key = keys::stripe(seed);
    sandbox.plant(&key.body);
    format!("stripe.api_key = '{}'\n", key.value())
}

/// What a scan of `paths` writes to a file in a format. No planted key is in it.
fn written(sandbox: &Sandbox, format: &str, paths: &[&str], code: i32) -> String {
    let file = format!("report.{format}");
    let mut arguments = vec!["scan", "--format", format, "--output", &file];
    arguments.extend(paths);
    keystop(sandbox, &arguments).expect(code);
    read(sandbox, &sandbox.path().join(file))
}

fn read(sandbox: &Sandbox, file: &Path) -> String {
    let bytes = fs::read(file).unwrap();
    sandbox.assert_silent(&bytes);
    String::from_utf8(bytes).unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}
