//! What ships for the platforms: the pages in `docs/ci`, GitLab's template, GitHub's action.

use std::fs;

use super::*;
use crate::grammar;

/// The repository's own files.
fn own(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pages, with their names.
fn pages() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| format!("docs/ci/{}", name.to_str().unwrap()));
    names.map(|name| (name.clone(), own(&name))).collect()
}

/// The blocks of code in a page, each with its language.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut pieces = page.split("```").skip(1);
    while let (Some(block), _) = (pieces.next(), pieces.next()) {
        let (language, code) = block.split_once('\n').unwrap();
        blocks.push((language.to_owned(), code.to_owned()));
    }
    blocks
}

#[test]
fn each_platform_has_a_page() {
    let pages = pages();
    let help = Sandbox::new();
    let run = help.run(help.path(), KEYSTOP, &["ci", "--help"], &[], b"").expect(0);
    let listed = run.stdout.split_once("[possible values: github").unwrap().1;
    let ids = format!("github{}", listed.split_once(']').unwrap().0);
    assert_eq!(ids.split(", ").count(), 11);
    for id in ids.split(", ") {
        assert!(pages.iter().any(|(name, _)| *name == format!("docs/ci/{id}.md")), "{id}");
    }
}

#[test]
fn each_snippet_parses() {
    let mut snippets = 0;
    for (name, text) in pages().into_iter().chain([("action.yml".to_owned(), own("action.yml"))]) {
        if name.ends_with(".yml") {
            assert_eq!(grammar::fault("yml", &text), None, "{name}");
            snippets += 1;
            continue;
        }
        for (language, code) in blocks(&text) {
            let extension = if language == "yaml" { "yml" } else { language.as_str() };
            assert_eq!(grammar::fault(extension, &code), None, "{name}");
            snippets += 1;
        }
    }
    assert!(snippets >= 14, "{snippets}");
}

#[test]
fn each_command_in_a_page_exists() {
    let sandbox = Sandbox::new();
    let mut commands = BTreeSet::new();
    for (name, text) in pages() {
        // A command may go on in lines that begin with options.
        let text = text.replace("\n      --", " --");
        for line in text.lines() {
            let Some(at) = line.find("keystop ci ") else { continue };
            // In a page's sentences only what stands in backticks.
            let command = line[at..].split(['`', '\'']).next().unwrap();
            if command.starts_with("keystop ci -") {
                commands.insert((name.clone(), command.to_owned()));
            }
        }
    }
    assert!(commands.len() >= 6, "{commands:#?}");
    for (name, command) in commands {
        let script = format!("{} --help", command.replacen("keystop", &format!("'{KEYSTOP}'"), 1));
        let run = sandbox.run(sandbox.path(), "sh", &["-c", &script], &[], b"");
        assert_eq!(run.code, 0, "{name}: {command}\n{}", run.stderr);
    }
}

#[test]
fn the_action_judges_and_passes_its_arguments_on() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let action = own("action.yml");
    let script = action.rsplit_once("      run: |\n").unwrap().1;
    let event = sandbox.path().join("event.json");
    fs::write(&event, format!("{{\"before\": \"{}\"}}", scene.main)).unwrap();
    let output = sandbox.path().join("output");
    let sarif = sandbox.path().join("a b.sarif");
    let arguments = format!("--output\n{}\n", sarif.display());
    for (arguments, code) in [("", 1), (&arguments, 1), ("--no-such-option", 2)] {
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_SHA", &after),
            ("GITHUB_OUTPUT", output.to_str().unwrap()),
            ("BINARY", KEYSTOP),
            ("ARGUMENTS", arguments),
        ];
        // As the runner calls it.
        let bash = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
        sandbox.run(&folder, "bash", &bash, &variables, b"").expect(code);
        let written = fs::read_to_string(&output).unwrap();
        assert!(written.ends_with(&format!("exit-code={code}\n")), "{written}");
    }
    assert!(sarif.exists());
}
