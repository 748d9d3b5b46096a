//! Configurations that are none.

use super::*;

#[test]
fn a_fault_is_told_with_its_line_and_the_nearest_right_name() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    for (text, words) in [
        ("blok = 'low'\n", &["line 1", "did you mean `block`?"][..]),
        ("\n\nblock = 'lo'\n", &["line 3", "did you mean `low`?"]),
        ("[limit]\n", &["line 1", "did you mean `limits`?"]),
        ("[limits]\nmax_file_size = '1x'\n", &["line 2", "a size is"]),
        ("[limits]\nmax_archive_size = 'all'\n", &["line 2", "a size is"]),
        ("[limits]\nmax_size = '1x'\n", &["line 2", "did you mean `max_file_size`?"]),
        (
            "disabled = ['stripe-live-secret-kee']\n",
            &["line 1", "did you mean \"stripe-live-secret-key\"?"],
        ),
        ("disabled = [\n  'aws-*',\n  'aws-[',\n]\n", &["line 3"]),
        ("\n[[allow]]\npaths = ['a[']\nreason = 'x'\n", &["line 2", "is no glob"]),
        ("\n[[allow]]\npaths = ['/etc/']\nreason = 'x'\n", &["line 2", "repository's root"]),
        ("\n[[allow]]\nvalues = ['(']\nreason = 'x'\n", &["line 2", "is no pattern"]),
        ("\n[[allow]]\npaths = ['a']\nreason = ' '\n", &["line 2", "`reason`"]),
        ("\n[[allow]]\npaths = ['a']\n", &["line 2", "reason"]),
        ("\n[[allow]]\nreason = 'x'\n", &["line 2", "names none of"]),
        ("\n[[allow]]\npath = 'a'\nreason = 'x'\n", &["line 3", "did you mean `paths`?"]),
        ("\n[[allow]]\ncommits = ['abc']\nreason = 'x'\n", &["line 2", "whole ids"]),
        ("[[allow]]\npaths = ['a']\nreason = \"x\\u001b[2J\"\n", &["line 1", "one line"]),
        ("a = [", &["line 1"]),
        ("block = 'low'\nblock = 'low'\n", &["line 2"]),
    ] {
        repo.stage(FILE, text);
        let run = repo.keystop(&["pre-commit"]).expect(2).says(FILE);
        for word in words {
            assert!(run.stderr.contains(word), "{text}: no {word:?} in {}", run.stderr);
        }
        assert!(!run.stderr.contains('\u{1b}') && run.stderr.len() < 1500, "{}", run.stderr);
        commit(&repo).says(FILE);
    }
    assert_eq!(repo.git(&["rev-list", "--count", "HEAD"]).stdout.trim(), "1");
}

#[test]
fn a_faulty_detector_is_told_with_its_line() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    for (from, to, words) in [
        (
            "acme_build_[0-9A-Za-z]{32}'",
            "acme_build_('",
            &["line 2", "acme-build-token", "`pattern`"][..],
        ),
        ("{32}'", "+'", &["bound the repetitions"]),
        ("acme_build_[0-9A-Za-z]{32}'", "(acme)?'", &["the empty text"]),
        (
            "id = \"acme-build-token\"",
            "id = \"stripe-live-secret-key\"",
            &["another detector has it"],
        ),
        ("id = \"acme-build-token\"", "id = \"Acme\"", &["field `id`"]),
        ("name = \"Acme build token\"", "name = \"\\u001b[31mAcme\"", &["control character"]),
        ("name = \"Acme build token\"", "name = \"a\\u202eb\"", &["control character"]),
        ("keywords = [\"acme_build_\"]", "keywords = []", &["`keywords`"]),
        (
            "keywords = [\"acme_build_\"]",
            "keyword = [\"a\"]",
            &["line 5", "did you mean `keywords`?"],
        ),
        (
            "keywords = [\"acme_build_\"]",
            "keywords = [\"acme\"]\nchecks = ['jvt']",
            &["did you mean `jwt`?"],
        ),
        ("keywords = [\"acme_build_\"]", "keywords = [\"acme\"]\nneeds = 'x'", &["`needs`"]),
        (
            "keywords = [\"acme_build_\"]",
            "keywords = [\"acme\"]\nremediation.env = '\"]; x'",
            &["is no name"],
        ),
    ] {
        repo.stage(FILE, format!("\n{}", ACME_DETECTOR.replace(from, to)));
        let run = repo.keystop(&["pre-commit"]).expect(2).says(FILE);
        for word in words {
            assert!(run.stderr.contains(word), "{to}: no {word:?} in {}", run.stderr);
        }
        assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']), "{}", run.stderr);
    }
}

#[test]
fn a_file_that_is_none_or_is_too_much_is_refused() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        let long = "x".repeat(1 << 20);
        let deep = format!("a = {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
        let nul = "block = 'low'\0\n".to_owned();
        for text in [
            format!("block = '{long}'\n"),
            format!("# {long}\n"),
            format!("block = '{}'\n", &long[1000..]),
            deep,
            nul,
        ] {
            repo.stage(FILE, text);
            let run = repo.keystop(&["pre-commit"]).expect(2).says(FILE);
            assert!(run.stderr.len() < 2000, "{}", run.stderr.len());
        }
        repo.stage(FILE, b"block = '\xff'\n");
        repo.keystop(&["pre-commit"]).expect(2).says("line 1: not UTF-8");
        // A pasted key is not quoted.
        repo.stage(FILE, format!("block = \"{}\"\n", secret(sandbox, 1).trim().replace('\'', "")));
        repo.keystop(&["pre-commit"]).expect(2);
    });
}

#[cfg(unix)]
#[test]
fn a_link_or_a_folder_in_its_place_is_refused() {
    with_both_readers(|sandbox| {
        let repo = sandbox.with_commit("a");
        repo.write("elsewhere", ALLOW_TESTS);
        std::os::unix::fs::symlink("elsewhere", repo.path.join(FILE)).unwrap();
        repo.keystop(&["scan", "elsewhere"]).expect(2);
        repo.git(&["add", FILE]).expect(0);
        repo.keystop(&["pre-commit"]).expect(2).says("not a link or a folder");
        repo.git(&["rm", "-qf", FILE]).expect(0);
        repo.stage(".keystop.toml/x", "block = 'low'\n");
        repo.keystop(&["pre-commit"]).expect(2).says("not a link or a folder");
        // A user may keep theirs elsewhere, but not as a folder.
        user_file(sandbox, "block = 'low'\n");
        let own = sandbox.path().join("home/.config/keystop/config.toml");
        std::fs::remove_file(&own).unwrap();
        std::fs::create_dir(&own).unwrap();
        let other = sandbox.bare_of_hooks("b");
        other.keystop(&["pre-commit"]).expect(2).says("config.toml is no file");
    });
}

#[test]
fn a_users_faulty_file_blocks_too() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    user_file(&sandbox, "blocks = 'low'\n");
    repo.stage("a.txt", "clean\n");
    commit(&repo).says("config.toml, line 1").says("did you mean `block`?");
    assert_eq!(repo.git(&["rev-list", "--count", "HEAD"]).stdout.trim(), "1");
}
