//! The scripts of docs/fleet.md, run as they stand.

use std::path::Path;

use super::*;

/// Runs a script of the folder with keystop on PATH.
fn script(sandbox: &Sandbox, name: &str, arguments: &[&str]) -> Run {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fleet").join(name);
    let folder = Path::new(KEYSTOP).parent().unwrap().to_str().unwrap();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap());
    let arguments = [&[script.to_str().unwrap()], arguments].concat();
    sandbox.run(sandbox.path(), "sh", &arguments, &[("PATH", &path)], b"")
}

#[test]
fn a_list_of_repositories_is_audited_in_parts_and_each_once() {
    let sandbox = Sandbox::new();
    let mut list = String::new();
    for number in 0..5u32 {
        let repo = sandbox.bare_of_hooks(&format!("repository {number}"));
        let text = if number < 2 { secret(&sandbox, number.into()) } else { "clean\n".to_owned() };
        commit(&repo, "a.py", &text, "2024-01-01T00:00:00Z");
        list += &format!("{}\n", repo.path.display());
    }
    fs::write(sandbox.path().join("list.txt"), &list).unwrap();
    for index in ["0", "1", "1"] {
        script(&sandbox, "audit.sh", &["list.txt", index, "2", "work"]).expect(0);
    }
    let folder = sandbox.path().join("work/reports");
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let (done, reports): (Vec<_>, Vec<_>) =
        names.partition(|path| path.extension().is_some_and(|it| it == "txt"));
    assert_eq!((done.len(), reports.len()), (2, 5));
    let mut told: Vec<String> = { done.iter() }
        .flat_map(|path| {
            fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    told.sort();
    assert_eq!(told, list.lines().collect::<Vec<_>>());
    let blocked = |path: &&std::path::PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        sandbox.assert_silent(text.as_bytes());
        text.contains("\"verdict\":\"blocked\"")
    };
    assert_eq!(reports.iter().filter(blocked).count(), 2);
    // What is no repository is not taken for judged, and those behind it are judged all the same.
    let broken = format!("/nowhere\n{list}");
    fs::write(sandbox.path().join("list.txt"), broken).unwrap();
    script(&sandbox, "audit.sh", &["list.txt", "0", "1", "other"]).expect(2).says("/nowhere");
    let done = fs::read_to_string(sandbox.path().join("other/reports/done-0.txt")).unwrap();
    assert_eq!(done, list);
}

#[test]
fn one_repository_is_audited_in_parts() {
    let sandbox = Sandbox::new();
    let repo = sandbox.bare_of_hooks("work");
    for number in 0..4 {
        commit(&repo, &format!("{number}.py"), &secret(&sandbox, number), "2024-01-01T00:00:00Z");
    }
    let run = script(&sandbox, "one.sh", &["work", "3", "parts"]).expect(1);
    assert_eq!(run.stdout, repo.keystop(&["scan", "--history"]).expect(1).stdout);
}
