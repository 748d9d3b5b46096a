//! File names that try to be markup, formulas, commands and escape codes.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::*;

const NAMES: &[&[u8]] = &[
    b"=1+1.py",
    b"-x.py",
    b"+x.py",
    b"@all.py",
    b"a,b;c.py",
    b"a\"b'c.py",
    b"a|b`c`.py",
    b"a\n::error::forged.py",
    b"::set-output name=x::y.py",
    b"a\r\n##vso[task.setvariable variable=x]y.py",
    b"##[error]x.py",
    b"a%0A::error::x.py",
    b"<img src=x onerror=alert(1)>.py",
    b"<!--.py",
    b"]]>.py",
    b"](https:example.com).py",
    b"\x1b[31mred.py",
    b"caf\xe9.py",
    "rtl\u{202e}yp.exe.py".as_bytes(),
    "\u{ffff}.py".as_bytes(),
    b"a b#c?d.py",
    b"c:d.py",
];

/// A folder with a key in a file of each name.
fn folder(sandbox: &Sandbox) {
    let folder = sandbox.path().join("tree");
    fs::create_dir(&folder).unwrap();
    for (seed, name) in NAMES.iter().enumerate() {
        fs::write(folder.join(OsStr::from_bytes(name)), secret(sandbox, seed as u64)).unwrap();
    }
}

#[test]
fn no_name_adds_a_workflow_command() {
    let sandbox = Sandbox::new();
    folder(&sandbox);
    let text = written(&sandbox, "github", &["tree", "missing"], 2);
    let stop = text.lines().find(|line| line.starts_with("::stop-commands::")).unwrap();
    let word = stop.strip_prefix("::stop-commands::").unwrap();
    let (commands, rest) = text.split_once(&format!("{stop}\n")).unwrap();
    assert!(commands.lines().all(|line| line.starts_with("::error ")), "{commands}");
    assert_eq!(commands.lines().count(), NAMES.len() + 1);
    assert!(word.len() > 30, "{word}");
    // The word that ends the pause stands once, at the end.
    assert!(rest.ends_with(&format!("\n::{word}::\n")), "{rest}");
    assert_eq!(rest.matches(word).count(), 1);
    assert!(!text.contains('\x1b') && !text.contains('\r'));
    // A property has as many commas as it was given.
    for line in commands.lines() {
        let properties = line.strip_prefix("::error ").unwrap().split_once("::").unwrap().0;
        let names: Vec<&str> =
            properties.split(',').map(|one| one.split_once('=').unwrap().0).collect();
        assert!(
            names == ["file", "line", "endLine", "col", "title"] || names == ["title"],
            "{line}"
        );
    }
}

#[test]
fn no_name_adds_a_logging_command() {
    let sandbox = Sandbox::new();
    folder(&sandbox);
    let text = written(&sandbox, "azure", &["tree", "missing"], 2);
    let commands: Vec<&str> = text.lines().filter(|line| line.contains("##")).collect();
    assert_eq!(commands.len(), NAMES.len() + 1);
    for line in commands {
        assert_eq!(line.matches("##").count(), 1, "{line}");
        let rest = line.strip_prefix("##vso[task.logissue ").unwrap();
        let (properties, message) = rest.split_once(']').unwrap();
        assert!(!message.contains(']'), "{line}");
        let count = properties.matches(';').count();
        assert!(count == 5 || count == 1, "{line}");
    }
}

/// The cells of each row, by RFC 4180.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                row.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {
                assert_eq!(letters.next(), Some('\n'));
                rows.push(vec![String::new()]);
            }
            c => row.last_mut().unwrap().push(c),
        }
    }
    assert!(!quoted);
    assert_eq!(rows.pop().unwrap(), [""]);
    rows
}

#[test]
fn no_name_is_a_formula_or_another_cell() {
    let sandbox = Sandbox::new();
    folder(&sandbox);
    // From inside the folder, so that the names come first in their cells.
    let tree = sandbox.path().join("tree");
    let run = sandbox.run(&tree, KEYSTOP, &["scan", "--format", "csv", "."], &[], b"").expect(1);
    let rows = rows(&run.stdout);
    assert_eq!(rows.len(), NAMES.len() + 1);
    for row in &rows {
        assert_eq!(row.len(), rows[0].len(), "{row:?}");
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
    }
    let path = rows[0].iter().position(|name| name == "path").unwrap();
    let paths: BTreeSet<&str> = rows.iter().map(|row| row[path].as_str()).collect();
    for name in ["'=1+1.py", "'-x.py", "'@all.py", "a,b;c.py", "a\"b'c.py"] {
        assert!(paths.contains(name), "{name}: {paths:?}");
    }
}

#[test]
fn no_name_is_markup_in_a_summary() {
    let sandbox = Sandbox::new();
    folder(&sandbox);
    let text = written(&sandbox, "markdown", &["tree", "missing"], 2);
    let mut bare = text.clone();
    for ours in ["code", "details", "summary"] {
        bare = bare.replace(&format!("<{ours}>"), "").replace(&format!("</{ours}>"), "");
    }
    assert!(!bare.contains(['<', '>', '`', '\x1b', '\\']), "{bare}");
    let rows = text.lines().filter(|line| line.starts_with("| blocks"));
    let rows: Vec<&str> = rows.collect();
    assert_eq!(rows.len(), NAMES.len());
    assert!(rows.iter().all(|row| row.matches('|').count() == 6));
    // Only our own links.
    for line in text.lines().filter(|line| line.contains("://")) {
        assert!(line.contains("https://dashboard.stripe.com/"), "{line}");
    }
    assert!(!text.contains("@all"));
}

#[test]
fn no_name_is_markup_in_a_page_or_a_suite() {
    let sandbox = Sandbox::new();
    folder(&sandbox);
    for format in ["html", "junit"] {
        let text = written(&sandbox, format, &["tree", "missing"], 2);
        assert!(!text.contains("<img") && !text.contains("<!--"), "{text}");
        assert!(text.contains("&lt;img src=x onerror=alert(1)&gt;"), "{text}");
        assert!(!text.contains(['\x1b', '\u{202e}', '\u{ffff}']));
    }
    let page = written(&sandbox, "html", &["tree"], 1);
    assert_eq!((page.matches("<script").count(), page.matches("<style").count()), (1, 1));
    assert!(!page.contains(" style=") && !page.contains(" onclick"));
}

/// The bytes that a percent-encoded text stands for.
fn decoded(uri: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            assert!(byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte), "{uri}");
            bytes.push(byte);
        }
    }
    bytes
}

#[test]
fn a_uri_is_the_name_byte_for_byte() {
    let sandbox = Sandbox::new();
    folder(&sandbox);
    let log = json(&written(&sandbox, "sarif", &["./tree"], 1));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let uris: BTreeSet<Vec<u8>> = results
        .iter()
        .map(|one| {
            let place = &one["locations"][0]["physicalLocation"]["artifactLocation"];
            decoded(place["uri"].as_str().unwrap())
        })
        .collect();
    let names: BTreeSet<Vec<u8>> =
        NAMES.iter().map(|name| [b"tree/".as_slice(), name].concat()).collect();
    assert_eq!(uris, names);
}

#[test]
fn every_finding_has_an_identity_that_stays_while_lines_move() {
    let sandbox = Sandbox::new();
    folder(&sandbox);
    let line = secret(&sandbox, 50);
    let twice = sandbox.path().join("tree/twice.py");
    fs::write(&twice, format!("{line}{line}")).unwrap();
    let identities = |format: &str| -> Vec<String> {
        let report = json(&written(&sandbox, format, &["tree"], 1));
        let (list, field) = match format {
            "gitlab" => (&report["vulnerabilities"], "id"),
            _ => (&report, "fingerprint"),
        };
        let list = list.as_array().unwrap();
        list.iter().map(|one| one[field].as_str().unwrap().to_owned()).collect()
    };
    for format in ["gitlab", "codequality"] {
        let before = identities(format);
        assert_eq!(before.len(), NAMES.len() + 2);
        assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), before.len());
        fs::write(&twice, format!("\n\npass\n{line}{line}")).unwrap();
        assert_eq!(identities(format), before);
    }
}

#[test]
fn a_key_in_a_name_is_masked_in_every_format() {
    let sandbox = Sandbox::new();
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    fs::create_dir(sandbox.path().join("tree")).unwrap();
    fs::write(sandbox.path().join("tree").join(format!("{}.txt", key.value())), "x\n").unwrap();
    for format in FORMATS {
        let text = written(&sandbox, format, &["tree"], 1);
        assert!(text.contains("sk_live_") || *format == "markdown", "{format}: {text}");
    }
}
