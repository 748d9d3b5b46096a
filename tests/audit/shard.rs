//! An audit that several runs share, none of which hears of the others.

use super::*;

/// Keys in files, messages, names, a tag, a side branch and a file that moved.
fn mixed(sandbox: &Sandbox) -> Repo<'_> {
    let repo = sandbox.bare_of_hooks("work");
    for number in 0..12 {
        let name = format!("dir{}/file{number}.py", number % 3);
        let content = format!("x = {number}\n{}", secret(sandbox, 100 + number));
        commit(&repo, &name, &content, &format!("2024-01-{:02}T00:00:00Z", number + 1));
        commit(&repo, &format!("clean{number}.txt"), "clean\n", "2024-02-01T00:00:00Z");
    }
    repo.git(&["mv", "dir0/file0.py", "moved.py"]).expect(0);
    commit(&repo, "a.txt", "a\n", "2024-03-01T00:00:00Z");
    // The same file under two names, the same key in two files.
    let again = fs::read_to_string(repo.path.join("dir1/file1.py")).unwrap();
    repo.write("copy.py", &again);
    commit(&repo, "more.py", &format!("more = 1\n{again}"), "2024-03-02T00:00:00Z");
    commit(&repo, &format!("{}.txt", keys::stripe(5).value()), "b\n", "2024-03-03T00:00:00Z");
    sandbox.plant(&keys::stripe(5).body);
    repo.commit_unasked(&secret(sandbox, 6));
    repo.git(&["tag", "-a", "v1", "-m", &secret(sandbox, 7)]).expect(0);
    repo.git(&["switch", "-q", "-c", "aside", "HEAD~3"]).expect(0);
    let allowed = secret(sandbox, 9).trim_end().to_owned()
        + "  # keystop:allow stripe-live-secret-key a sample\n";
    commit(&repo, "aside.py", &(secret(sandbox, 8) + &allowed), "2024-04-01T00:00:00Z");
    repo.git(&["switch", "-q", "main"]).expect(0);
    repo
}

/// Runs every shard and returns the files of their reports.
fn shards(repo: &Repo, of: usize, more: &[&str]) -> Vec<String> {
    (1..=of)
        .map(|number| {
            let (shard, file) = (format!("{number}/{of}"), format!("../{number}-of-{of}.jsonl"));
            let scan = ["scan", "--history", "--shard", &shard, "--output", &file];
            let run = repo.keystop(&[&scan[..], more].concat());
            assert!(run.code < 2, "{}{}", run.stdout, run.stderr);
            file
        })
        .collect()
}

fn merged(repo: &Repo, files: &[String], more: &[&str]) -> Run {
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    repo.keystop(&[&["merge"], &files[..], more].concat())
}

#[test]
fn the_shards_merge_to_exactly_the_report_of_one_run() {
    let sandbox = Sandbox::new();
    let repo = mixed(&sandbox);
    let formats = ["jsonl", "json", "human", "sarif", "markdown"];
    // The first run makes the salt that all name in their lines.
    repo.keystop(&["scan", "--history", "--no-cache"]).expect(1);
    let whole = formats.map(|format| {
        let scan = ["scan", "--history", "--no-cache", "--verbose", "--format", format];
        repo.keystop(&scan).expect(1).stdout
    });
    assert!(whole[0].lines().count() > 18, "{}", whole[0]);
    for of in [1, 3, 7] {
        let files = shards(&repo, of, &["--no-cache"]);
        for (format, whole) in formats.iter().zip(&whole) {
            let run = merged(&repo, &files, &["--verbose", "--format", format]).expect(1);
            assert_eq!(run.stdout, *whole, "{of} shards, {format}");
        }
    }
}

#[test]
fn what_a_shard_remembers_speaks_for_no_other() {
    let sandbox = Sandbox::new();
    let repo = mixed(&sandbox);
    let findings = |run: Run| json(&run)["findings"].clone();
    let scan = ["scan", "--history", "--format", "json", "--no-cache"];
    let whole = findings(repo.keystop(&scan).expect(1));
    for _ in 0..2 {
        for of in [2, 3] {
            let files = shards(&repo, of, &[]);
            assert_eq!(findings(merged(&repo, &files, &["--format", "json"]).expect(1)), whole);
        }
    }
    assert_eq!(findings(repo.keystop(&scan[..4]).expect(1)), whole);
}

#[test]
fn shards_that_do_not_belong_together_are_2() {
    let sandbox = Sandbox::new();
    let repo = mixed(&sandbox);
    let three = shards(&repo, 3, &[]);
    let refused = |files: &[String], why: &str| {
        let run = merged(&repo, files, &[]).expect(2);
        assert!(run.stderr.contains(why), "no {why:?} in {}", run.stderr);
    };
    refused(&three[..2], "these are missing: 3");
    let twice = [&three[..], &three[..1]].concat();
    refused(&twice, "1/3 is there twice");
    let two = shards(&repo, 2, &[]);
    refused(&[three[0].clone(), two[1].clone()], "it is one of 2 shards");
    // A report of no shard, one that was cut off, and none at all.
    repo.keystop(&["scan", "--history", "--output", "../whole.jsonl"]).expect(1);
    refused(&["../whole.jsonl".to_owned()], "this is no shard's report");
    let text = fs::read_to_string(repo.path.join(&three[2])).unwrap();
    fs::write(repo.path.join("../cut.jsonl"), &text[..text.len() * 2 / 3]).unwrap();
    refused(&[three[0].clone(), three[1].clone(), "../cut.jsonl".to_owned()], "cut.jsonl");
    refused(&["../none.jsonl".to_owned()], "none.jsonl");
    // Another option, another configuration, another commit.
    let other = shards(&repo, 3, &["--since", "2024-01-05"]);
    let kept = fs::read_to_string(repo.path.join(&other[2])).unwrap();
    let three = shards(&repo, 3, &[]);
    fs::write(repo.path.join("../other.jsonl"), kept).unwrap();
    let mixed = [three[0].clone(), three[1].clone(), "../other.jsonl".to_owned()];
    refused(&mixed, "another state of the repository");
    repo.write(".keystop.toml", "[[allow]]\npaths = [\"a/\"]\nreason = \"nobody's keys\"\n");
    let configured = shards(&repo, 3, &[]);
    fs::rename(repo.path.join(&configured[2]), repo.path.join("../other.jsonl")).unwrap();
    fs::remove_file(repo.path.join(".keystop.toml")).unwrap();
    let three = shards(&repo, 3, &[]);
    let mixed = [three[0].clone(), three[1].clone(), "../other.jsonl".to_owned()];
    refused(&mixed, "another configuration");
}

#[test]
fn an_error_in_one_shard_is_2_in_the_whole() {
    let sandbox = Sandbox::new();
    let repo = mixed(&sandbox);
    let large = "line\n".repeat(400_000);
    commit(&repo, "large.txt", &large, "2024-05-01T00:00:00Z");
    let codes: Vec<i32> = (1..=3)
        .map(|number| {
            let (shard, file) = (format!("{number}/3"), format!("../{number}.jsonl"));
            let limit = ["--max-file-size", "1m"];
            let scan = ["scan", "--history", "--shard", &shard, "--output", &file];
            repo.keystop(&[&scan[..], &limit].concat()).code
        })
        .collect();
    assert_eq!(codes.iter().filter(|&&code| code == 2).count(), 1, "{codes:?}");
    let files = ["../1.jsonl", "../2.jsonl", "../3.jsonl"].map(str::to_owned);
    let run = merged(&repo, &files, &["--format", "json"]).expect(2);
    assert_eq!(json(&run)["errors"].as_array().unwrap().len(), 1);
}
