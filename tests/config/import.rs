//! `keystop import`: each file is read, written as ours, and then holds for real commits.

use super::*;

fn written(repo: &Repo) -> String {
    std::fs::read_to_string(repo.path.join(FILE)).unwrap()
}

/// Imports, and stages what was written.
fn imported(repo: &Repo, files: &[&str]) -> Run {
    let run = repo.keystop(&[&["import"], files].concat()).expect(0);
    repo.git(&["add", "-A"]).expect(0);
    run
}

const GITLEAKS: &str = r#"
title = "Acme's rules"

[extend]
useDefault = true
disabledRules = ["generic-api-key", "some-other-rule"]

[[rules]]
id = "Acme_Build"
description = "Acme build token"
regex = '''(acme|ACME)_build_(?P<key>[0-9A-Za-z]{32})\b'''
secretGroup = 2
entropy = 3.1
keywords = ["acme_build_"]

  [[rules.allowlists]]
  description = "sample tokens"
  stopwords = ["sample"]

[[rules]]
id = "by-path"
path = '''\.p12$'''

[[rules]]
id = "too-open"
regex = '''[0-9a-f]{32}'''

[allowlist]
description = "what is generated"
paths = ['''(^|/)fixtures/''', '''(.*?)\.(svg|lock)$''']
regexes = ['''^sk_live_0000''']
commits = ["0123456789abcdef0123456789abcdef01234567", "abc1234"]
stopwords = ["notasecret"]

[[allowlists]]
description = "one test's keys"
targetRules = ["Acme_Build"]
condition = "AND"
regexTarget = "line"
regexes = ['''# not real$''']
paths = ['''^test\.py$''']
"#;

#[test]
fn gitleaks_rules_and_what_they_allow() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.write(".gitleaks.toml", GITLEAKS);
    let run = imported(&repo, &[".gitleaks.toml"]);
    for lost in [
        "some-other-rule",
        "the rule by-path: it finds files by their path",
        "the rule too-open: no word of three letters",
        "the commit abc1234",
    ] {
        assert!(run.stdout.contains(lost), "no {lost:?} in\n{}", run.stdout);
    }
    assert_eq!(run.stdout.lines().skip_while(|line| !line.contains("without")).count(), 5);
    let text = written(&repo);
    for part in ["disabled = ['generic-*']", "id = 'acme-build'", "min_entropy = 3.1"] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    commit(&repo).expect(0).says("allows every key in paths like (^|/)fixtures/");
    repo.stage("a.py", acme(&sandbox, 1));
    commit(&repo).blocked_by("acme-build").says("a.py:1:17");
    repo.git(&["rm", "-qf", "a.py"]).expect(0);
    repo.stage("deep/fixtures/a.py", acme(&sandbox, 1));
    repo.stage("a.lock", secret(&sandbox, 1));
    repo.stage("test.py", format!("{} # not real\n", acme(&sandbox, 2).trim_end()));
    commit(&repo).expect(0);
    repo.stage("other.py", format!("{} # not real\n", acme(&sandbox, 3).trim_end()));
    commit(&repo).blocked_by("acme-build");
}

#[test]
fn gitleaks_ignored_findings_are_entered_by_their_values() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.stage("old.py", secret(&sandbox, 1));
    repo.commit_unasked("a key");
    let id = repo.id("HEAD");
    repo.stage("old.py", "gone\n");
    repo.stage("b.py", format!("\n\n{}{}", secret(&sandbox, 2), secret(&sandbox, 3)));
    repo.commit_unasked("more");
    repo.write(
        ".gitleaksignore",
        format!(
            "# judged\n{id}:old.py:stripe-access-token:1\nb.py:stripe-access-token:3\n\
             b.py:generic-api-key:1\nnone.py:x:1\n../b.py:x:1\nwhat is this\n"
        ),
    );
    let run = imported(&repo, &[".gitleaksignore"]);
    for part in [
        "2 findings entered",
        "1 place at which keystop finds nothing",
        "none.py, line 1: it cannot be read",
        "../b.py, line 1: it cannot be read",
        "\"what is this\"",
    ] {
        assert!(run.stdout.contains(part), "no {part:?} in\n{}", run.stdout);
    }
    assert!(!repo.path.join(FILE).exists());
    let own = std::fs::read(repo.path.join(".keystop-allow")).unwrap();
    sandbox.assert_silent(&own);
    assert!(String::from_utf8(own).unwrap().contains("from .gitleaksignore: stripe-access-token"));
    repo.stage("b.py", format!("x\n{}", secret(&sandbox, 2)));
    repo.stage("old.py", format!("x\n{}", secret(&sandbox, 1)));
    commit(&repo).expect(0);
    // The one beside it was not named.
    repo.stage("c.py", secret(&sandbox, 3));
    commit(&repo).blocked_by(STRIPE);
}

#[test]
fn a_baseline_of_detect_secrets() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.write("src/a.py", format!("x = 1\n{}", secret(&sandbox, 1)));
    repo.write(
        ".secrets.baseline",
        r#"{
  "version": "1.5.0",
  "plugins_used": [{"name": "StripeDetector"}, {"name": "Acme", "path": "file://acme.py"}],
  "filters_used": [
    {"path": "detect_secrets.filters.heuristic.is_sequential_string"},
    {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^vendored/"]},
    {"path": "detect_secrets.filters.wordlist.should_exclude_secret_by_words"}
  ],
  "results": {
    "src/a.py": [{"type": "Stripe Access Key", "filename": "src/a.py",
      "hashed_secret": "0000000000000000000000000000000000000000",
      "is_verified": false, "line_number": 2, "is_secret": false}]
  },
  "generated_at": "2026-01-02T03:04:05Z"
}"#,
    );
    let run = imported(&repo, &[".secrets.baseline"]);
    assert!(run.stdout.contains("the plugin Acme"), "{}", run.stdout);
    assert!(run.stdout.contains("wordlist"), "{}", run.stdout);
    assert!(!run.stdout.contains("is_sequential"), "{}", run.stdout);
    repo.stage("vendored/b.py", secret(&sandbox, 2));
    commit(&repo).expect(0).says("no secret, says its audit");
    repo.stage("src/b.py", secret(&sandbox, 3));
    commit(&repo).blocked_by(STRIPE);
}

#[test]
fn secretlints_rules() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.write(
        ".secretlintrc.json",
        r#"{"rules": [
  {"id": "@secretlint/secretlint-rule-preset-recommend", "rules": [
    {"id": "@secretlint/secretlint-rule-slack", "disabled": true},
    {"id": "@secretlint/secretlint-rule-aws", "options": {"allows": ["/EXAMPLE/i"], "enableIDScanRule": true},
     "allowMessageIds": ["AWSAccountID"]}]},
  {"id": "@secretlint/secretlint-rule-pattern", "options": {"patterns": [
    {"name": "Acme build token", "pattern": "/acme_build_[0-9a-z]{32}/i"},
    {"name": "looks back", "pattern": "/(?<=x)acme_[0-9]+/"}]}}
]}"#,
    );
    repo.write(".secretlintignore", "# generated\n/dist/\n*.snap\n!keep.snap\n");
    let run = imported(&repo, &[".secretlintrc.json", ".secretlintignore"]);
    for lost in ["AWSAccountID", "enableIDScanRule", "looks back", "!keep.snap"] {
        assert!(run.stdout.contains(lost), "no {lost:?} in\n{}", run.stdout);
    }
    let text = written(&repo);
    assert!(text.contains("disabled = ['slack-*']"), "{text}");
    assert!(text.contains("values = ['(?i)EXAMPLE']"), "{text}");
    commit(&repo).expect(0);
    repo.stage("dist/a.js", secret(&sandbox, 1));
    repo.stage("deep/a.snap", secret(&sandbox, 2));
    commit(&repo).expect(0);
    repo.stage("src/dist/a.js", acme(&sandbox, 3));
    commit(&repo).blocked_by("acme-build-token");
    // The same in YAML.
    repo.write(
        ".secretlintrc.yml",
        "rules:\n  - id: \"@secretlint/secretlint-rule-slack\"\n    disabled: true\n",
    );
    repo.keystop(&["import", "--force", ".secretlintrc.yml"]).expect(0);
    assert!(written(&repo).contains("disabled = ['slack-*']"));
}

#[test]
fn talismans_ignored_files() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.write("judged.py", secret(&sandbox, 1));
    repo.write(
        ".talismanrc",
        "fileignoreconfig:\n- filename: judged.py\n  checksum: 0f0f\n  ignore_detectors: []\n\
         - filename: keys/*.pem\n  ignore_detectors: [filecontent]\n\
         - filename: env.sh\n  ignore_detectors:\n  - filename\n\
         scopeconfig:\n- scope: node\nallowed_patterns:\n- not_a_key\ncustom_patterns:\n\
         - acme_build_[0-9A-Za-z]{32}\nthreshold: medium\nversion: \"1.0\"\n",
    );
    let run = imported(&repo, &[".talismanrc"]);
    for part in ["1 finding entered", "env.sh", "the scope node"] {
        assert!(run.stdout.contains(part), "no {part:?} in\n{}", run.stdout);
    }
    assert!(written(&repo).contains("block = 'medium'"));
    commit(&repo).expect(0);
    repo.stage("keys/a.pem", secret(&sandbox, 2));
    repo.stage("b.py", format!("not_a_key {}", secret(&sandbox, 3)));
    commit(&repo).expect(0);
    repo.stage("judged.py", format!("{}{}", secret(&sandbox, 1), acme(&sandbox, 4)));
    commit(&repo).blocked_by("talisman-pattern-1").says("1 key in");
}

#[test]
fn paths_as_patterns() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.write(".trufflehogignore", "# paths\n^testdata/\n(\n\\.snap$\n");
    let run = imported(&repo, &[".trufflehogignore"]);
    assert!(run.stdout.contains("no pattern that keystop reads"), "{}", run.stdout);
    repo.stage("testdata/a.py", secret(&sandbox, 1));
    commit(&repo).expect(0);
    repo.stage("a/testdata/a.py", secret(&sandbox, 2));
    commit(&repo).blocked_by(STRIPE);
    repo.write("exclude.txt", "^testdata/\n");
    repo.keystop(&["import", "exclude.txt"]).expect(2).says("--from");
    repo.keystop(&["import", "--from", "path-patterns", "--dry-run", "exclude.txt"]).expect(0);
}

#[test]
fn nothing_is_written_over_unasked() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    repo.write(".gitleaks.toml", GITLEAKS);
    let run = repo.keystop(&["import", "--dry-run", ".gitleaks.toml"]).expect(0);
    assert!(run.stdout.contains("[[detector]]") && !repo.path.join(FILE).exists());
    // What is shown is what would be read.
    repo.write("shown.toml", &run.stdout);
    repo.keystop(&["detectors", "check", "shown.toml"]).expect(1);
    repo.write(FILE, "block = 'low'\n");
    repo.keystop(&["import", ".gitleaks.toml"]).expect(2).says("--force");
    assert_eq!(written(&repo), "block = 'low'\n");
    repo.keystop(&["import", "--dry-run", ".gitleaks.toml"]).expect(0);
    assert_eq!(written(&repo), "block = 'low'\n");
    repo.keystop(&["import", "--force", ".gitleaks.toml"]).expect(0);
    assert!(written(&repo).contains("acme-build"));
}

#[test]
fn a_key_in_anothers_settings_is_neither_shown_nor_written() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    let key = keys::stripe(1);
    sandbox.plant(&key.body);
    let value = key.value();
    repo.write(
        ".gitleaks.toml",
        format!("[allowlist]\ndescription = \"x\"\nregexes = ['{value}', 'abc']\n"),
    );
    repo.write(".gitleaksignore", format!("{value}\n"));
    repo.write(".trufflehogignore", format!("{value}\n"));
    let run = imported(&repo, &[".gitleaks.toml", ".gitleaksignore", ".trufflehogignore"]);
    assert!(run.stdout.contains("it holds a key, which is not written down"), "{}", run.stdout);
    sandbox.assert_silent(&std::fs::read(repo.path.join(FILE)).unwrap_or_default());
    sandbox.assert_silent(&std::fs::read(repo.path.join(".keystop-allow")).unwrap_or_default());
}

#[test]
fn hostile_files_are_refused_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("a");
    let long = "x".repeat(2 << 20);
    let deep = "[".repeat(100_000);
    let aliases = "a: &a [x, x]\nb: &b [*a, *a]\nrules: [*b]\n";
    for (name, text) in [
        (".talismanrc", long.as_str()),
        (".talismanrc", &deep),
        (".talismanrc", &format!("{}x", "- ".repeat(50_000))),
        (".talismanrc", aliases),
        (".talismanrc", "fileignoreconfig: 3\n"),
        (".talismanrc", ""),
        (".secrets.baseline", &format!("{{\"results\": {deep}")),
        (".secrets.baseline", "[]"),
        (".gitleaks.toml", &format!("a = {deep}")),
        (".gitleaks.toml", "rules = 3\n"),
        (".secretlintrc.json", "{\"rules\": 3}"),
    ] {
        repo.write(name, text);
        let run = repo.keystop(&["import", name]).expect(2).says(name);
        assert!(run.stderr.len() < 3000, "{}", run.stderr.len());
        std::fs::remove_file(repo.path.join(name)).unwrap();
    }
    repo.write(".gitleaksignore", "a\u{1b}[2J.py:rule\u{1b}[2J:1\n");
    let run = repo.keystop(&["import", ".gitleaksignore"]).expect(0);
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    repo.keystop(&["import", ".talismanrc"]).expect(2).says("not there");
    std::fs::create_dir(repo.path.join(".talismanrc")).unwrap();
    repo.keystop(&["import", ".talismanrc"]).expect(2).says("is no file");
    assert!(!repo.path.join(FILE).exists() && !repo.path.join(".keystop-allow").exists());
}
