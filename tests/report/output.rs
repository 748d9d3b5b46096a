//! Where reports go.

use super::*;

#[test]
fn several_reports_of_one_run() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let run = keystop(
        &sandbox,
        &[
            "scan", "a.py", "--output", "a.sarif", "--format", "gitlab", "--output", "b.json",
            "--output", "c.json", "--format", "csv",
        ],
    )
    .expect(1);
    assert!(run.stdout.starts_with("detector,"), "{}", run.stdout);
    let file = |name: &str| json(&read(&sandbox, &sandbox.path().join(name)));
    assert_eq!(file("a.sarif")["version"], "2.1.0");
    assert_eq!(file("b.json")["scan"]["type"], "secret_detection");
    assert_eq!(file("c.json")["verdict"], "blocked");
}

#[test]
fn people_get_theirs_where_every_report_goes_to_a_file() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let run = keystop(&sandbox, &["scan", "a.py", "--output", "a.sarif"]).expect(1);
    assert!(run.stdout.contains("take it out:"), "{}", run.stdout);
}

#[test]
fn what_is_not_understood_is_bad_usage() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), "pass\n").unwrap();
    for arguments in [
        &["--output", "a"][..],
        &["--output", "a.foo"],
        &["--format", "json", "--format", "sarif"],
        &["--format", "json", "--output", "-", "--format", "sarif"],
        &["--format", "xml"],
        &["--output"],
    ] {
        let run = keystop(&sandbox, &[&["scan", "a.py"], arguments].concat()).expect(2);
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
    assert_eq!(fs::read_dir(sandbox.path()).unwrap().count(), 2);
}

#[test]
fn a_report_that_cannot_be_written_is_2_before_anything_is_judged() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let run = keystop(&sandbox, &["scan", "a.py", "--output", "no/a.json"]).expect(2);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("no/a.json"), "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_2_and_the_other_reports_are_there() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), "pass\n").unwrap();
    let full = ["--format", "json", "--output", "/dev/full", "--output", "b.json"];
    keystop(&sandbox, &[&["scan", "a.py"][..], &full].concat()).expect(2).says("/dev/full");
    assert_eq!(json(&read(&sandbox, &sandbox.path().join("b.json")))["verdict"], "clean");
}

#[cfg(unix)]
#[test]
fn a_device_stays_one_and_a_file_is_replaced_in_one_step() {
    use std::os::unix::fs::FileTypeExt;
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), "pass\n").unwrap();
    let to = |place: &str| {
        keystop(&sandbox, &["scan", "a.py", "--format", "json", "--output", place]).expect(0);
    };
    to("/dev/null");
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    // Whoever has the old one open keeps it whole.
    let (report, old) = (sandbox.path().join("r.json"), sandbox.path().join("old.json"));
    fs::write(&report, "old").unwrap();
    fs::hard_link(&report, &old).unwrap();
    to("r.json");
    assert_eq!(fs::read_to_string(&old).unwrap(), "old");
    assert_eq!(json(&read(&sandbox, &report))["verdict"], "clean");
    // A link is followed.
    std::os::unix::fs::symlink("r.json", sandbox.path().join("link.json")).unwrap();
    fs::write(&report, "old").unwrap();
    to("link.json");
    assert_eq!(json(&read(&sandbox, &report))["verdict"], "clean");
    let names = fs::read_dir(sandbox.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains(".new")));
}

#[test]
fn no_format_has_escape_codes_even_where_colour_is_forced() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path().join("a.py"), secret(&sandbox, 1)).unwrap();
    let forced = [("CLICOLOR_FORCE", "1"), ("TERM", "xterm")];
    for format in FORMATS {
        let arguments = ["scan", "--format", format, "--output", "report", "a.py"];
        sandbox.run(sandbox.path(), KEYSTOP, &arguments, &forced, b"").expect(1);
        let text = read(&sandbox, &sandbox.path().join("report"));
        assert!(!text.contains('\x1b'), "{format}");
    }
}
