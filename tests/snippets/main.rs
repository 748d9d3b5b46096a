//! Code that `keystop explain ID --lang L --store S` shows, read by its language's grammar and by
//! the language's own tool where the machine has it. `tests/snippets/check.sh` has the clients'
//! packages too, and checks types.

#[path = "../support/grammar.rs"]
mod grammar;

use std::fs;
use std::path::Path;
use std::process::Command;

use clap::ValueEnum;
use keystop::report::{Language, Store, snippet};

/// As detectors name them: usual, and of a provider whose name begins with a digit.
const VARIABLES: [&str; 2] = ["STRIPE_SECRET_KEY", "_1PASSWORD_TOKEN"];

/// Each language with each store and each variable.
fn all() -> impl Iterator<Item = (Language, Store, &'static str, String)> {
    VARIABLES.into_iter().flat_map(|variable| {
        Language::value_variants().iter().flat_map(move |&language| {
            Store::value_variants()
                .iter()
                .map(move |&store| (language, store, variable, snippet(language, store, variable)))
        })
    })
}

/// How files of a language end.
fn extension(language: Language) -> &'static str {
    match language {
        Language::Python => "py",
        Language::Javascript => "mjs",
        Language::Typescript => "mts",
        Language::Go => "go",
        Language::Java => "java",
        Language::Kotlin => "kt",
        Language::Ruby => "rb",
        Language::Php => "php",
        Language::Csharp => "cs",
        Language::Rust => "rs",
        Language::Shell => "sh",
        Language::Terraform => "tf",
        Language::Dockerfile => "Dockerfile",
        Language::Jenkins => "groovy",
        _ => "yml",
    }
}

#[test]
fn each_snippet_parses() {
    let mut faults = String::new();
    for (language, store, _, code) in all() {
        if let Some(fault) = grammar::fault(extension(language), &code) {
            faults += &format!("{language:?} from {store:?}: {fault}\n");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn each_snippet_names_the_secret_and_fits_a_terminal() {
    for (language, store, variable, code) in all() {
        assert!(
            code.contains(variable)
                || code.contains(&variable.to_ascii_lowercase())
                || code.contains(
                    variable
                        .trim_start_matches('_')
                        .to_ascii_lowercase()
                        .replace('_', "-")
                        .as_str()
                ),
            "{language:?} from {store:?} does not name {variable}:\n{code}"
        );
        let widest = code.lines().map(str::len).max().unwrap_or(0);
        assert!(widest <= 110, "{language:?} from {store:?} is {widest} columns wide");
        assert!(code.lines().count() <= 48, "{language:?} from {store:?} is too long");
    }
}

/// A language's own tool, with what it wants to only parse a file.
const TOOLS: &[(&str, &str, &[&str])] = &[
    (
        "py",
        "python3",
        &["-W", "error", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())"],
    ),
    ("mjs", "node", &["--check"]),
    ("go", "gofmt", &["-l", "-e"]),
    ("java", "javac", &["-proc:none", "-d", "."]),
    ("rb", "ruby", &["-wc"]),
    ("php", "php", &["-l"]),
    ("rs", "rustfmt", &["--check", "--edition", "2024", "--config", "use_small_heuristics=Max"]),
    ("sh", "bash", &["-n"]),
    ("tf", "terraform", &["fmt", "-check"]),
];

#[test]
fn each_snippet_passes_its_language_s_own_tool_where_it_is_installed() {
    let mut missing = Vec::new();
    for &(extension_of, tool, arguments) in TOOLS {
        if Command::new(tool).arg("--help").output().is_err() {
            missing.push(tool);
            continue;
        }
        for (language, store, _, code) in all()
            .filter(|(_, _, variable, _)| *variable == VARIABLES[0])
            .filter(|(one, ..)| extension(*one) == extension_of)
        {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(format!("Secrets.{extension_of}"));
            fs::write(&file, &code).unwrap();
            if let Some(said) = refusal(tool, arguments, &file) {
                panic!("{tool} on {language:?} from {store:?}: {said}\n{code}");
            }
        }
    }
    println!("not installed here: {}", missing.join(", "));
}

/// What a tool has against a file.
fn refusal(tool: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let mut command = Command::new(tool);
    command.args(arguments).arg(file).current_dir(file.parent().unwrap());
    let out = command.env("LC_ALL", "C").output().unwrap();
    let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
    if tool == "javac" {
        // Without the clients' packages names are unknown; it gets that far only if all parses.
        let unknown =
            |line: &&str| !line.contains("does not exist") && !line.contains("cannot find symbol");
        let errors: Vec<&str> =
            said.lines().filter(|line| line.contains("error:")).filter(unknown).collect();
        return (!errors.is_empty()).then(|| errors.join("\n"));
    }
    // gofmt lists what it would write differently and ends with 0.
    let silent = !matches!(tool, "gofmt") || said.is_empty();
    (!out.status.success() || !silent).then_some(said)
}
