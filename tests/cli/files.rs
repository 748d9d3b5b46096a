//! Files of every size, and what is no file.

use super::*;

#[test]
fn a_key_at_the_end_of_a_file_is_found_whatever_its_size() {
    let sandbox = Sandbox::new();
    let tree = sandbox.path().join("tree");
    fs::create_dir(&tree).unwrap();
    // What is read at once, twice as much, and what is mapped.
    let sizes = [1 << 18, 1 << 19, 1 << 20, 4 << 20].map(|size| [size - 1, size, size + 1]);
    for (number, size) in sizes.into_iter().flatten().enumerate() {
        let line = secret(&sandbox, number as u64);
        let mut text = "# nothing\n".repeat(size / 10);
        text.truncate(size - line.len() - 1);
        fs::write(tree.join(format!("{size:08}.py")), text + "\n" + &line).unwrap();
    }
    let run = keystop(&sandbox, &["scan", "--format", "json", "tree"]).expect(1);
    let mut named: Vec<String> = places(&json(&run));
    named.dedup_by_key(|place| place.split(':').next().unwrap().to_owned());
    assert_eq!(named.len(), 12, "{named:?}");
    for file in fs::read_dir(&tree).unwrap() {
        keystop(&sandbox, &["scan", file.unwrap().path().to_str().unwrap()]).expect(1);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_read_to_its_end_or_to_the_limit() {
    let sandbox = Sandbox::new();
    let text = "# nothing\n".repeat(100_000) + &secret(&sandbox, 1);
    let scan = |arguments: &[&str]| {
        let arguments = [&["scan"], arguments, &["/dev/stdin"]].concat();
        sandbox.run(sandbox.path(), KEYSTOP, &arguments, &[], text.as_bytes())
    };
    scan(&[]).expect(1);
    scan(&["--max-file-size", "2m"]).expect(1);
    scan(&["--max-file-size", "900k"]).expect(2);
    // It has no end.
    let zero = keystop(&sandbox, &["scan", "--max-file-size", "2m", "/dev/zero"]).expect(2);
    assert!((zero.stdout + &zero.stderr).contains("over the limit of 2097152"));
}

#[test]
fn a_report_for_people_says_the_same_where_no_fingerprint_is_made() {
    let sandbox = Sandbox::new();
    // People chose it, so that its fingerprint would take long.
    let password = "zQ4kT9xW¦v7Lp".replace('¦', "");
    sandbox.plant(&password);
    let line = format!("url = 'postgresql://admin:{password}@db.internal/x'\n");
    fs::write(sandbox.path().join("a.py"), line).unwrap();
    let people = keystop(&sandbox, &["scan", "a.py"]).expect(1);
    assert!(people.stdout.contains("keystop:allow"), "{}", people.stdout);
    let both = ["scan", "a.py", "--output", "report.json"];
    assert_eq!(keystop(&sandbox, &both).expect(1).stdout, people.stdout);
    let report = fs::read_to_string(sandbox.path().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert!(report["findings"][0]["fingerprint"].as_str().unwrap().starts_with('p'));
}

#[cfg(unix)]
#[test]
fn git_is_asked_only_where_a_repository_may_be() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let (folder, git) = (sandbox.path().join("folder"), sandbox.path().join("bin/git"));
    fs::create_dir(&folder).unwrap();
    fs::create_dir_all(git.parent().unwrap()).unwrap();
    fs::write(folder.join("a.py"), secret(&sandbox, 1)).unwrap();
    let asked = sandbox.path().join("asked");
    let script = format!("#!/bin/sh\n: >'{}'\nexit 128\n", asked.display());
    fs::write(&git, script).unwrap();
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).unwrap();
    let path = git.parent().unwrap().to_str().unwrap();
    let scan = |environment: &[(&str, &str)]| {
        let environment = [&[("PATH", path)], environment].concat();
        sandbox.run(&folder, KEYSTOP, &["scan", "a.py"], &environment, b"").expect(1);
        asked.exists() && fs::remove_file(&asked).is_ok()
    };
    assert!(!scan(&[]));
    assert!(scan(&[("GIT_DIR", "/nowhere")]));
    fs::write(sandbox.path().join(".git"), "gitdir: of-no-known-form\n").unwrap();
    assert!(scan(&[]));
}
