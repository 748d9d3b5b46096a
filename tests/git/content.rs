//! What a commit's files hold: which values are keys, and which of them the commit brings.

use std::path::Path;

use crate::support::{KEYSTOP, example::fill, keys};
use crate::verdict::{STRIPE, adopt, key_line, passes, refused};

/// A private key of this tool's making, if it is installed.
fn made_by(sandbox: &crate::support::Sandbox, program: &str, arguments: &[&str]) -> Option<String> {
    let found = std::env::split_paths(&std::env::var_os("PATH")?)
        .any(|folder| folder.join(program).is_file());
    if !found {
        return None;
    }
    sandbox.run(sandbox.path(), program, arguments, &[], b"").expect(0);
    Some(std::fs::read_to_string(sandbox.path().join("made")).unwrap())
}

/// The body of a PEM block is the secret; its first line is the same for all keys of a kind.
fn plant_pem(sandbox: &crate::support::Sandbox, pem: &str) {
    let body: Vec<&str> = pem.lines().filter(|line| !line.starts_with("---")).collect();
    body.iter().skip(usize::from(body.len() > 1)).for_each(|line| sandbox.plant(line));
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

cases! {
fn an_aws_pair_is_blocked_by_the_ids_of_its_halves(sandbox) {
    let repo = sandbox.with_commit("work");
    let (id, secret) = (keys::aws_id(1), keys::aws_secret(1));
    sandbox.plant(&id.body);
    sandbox.plant(&secret.body);
    repo.stage("credentials", format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n", id.value(), secret.value()
    ));
    let run = repo.git(&["commit", "-q", "-m", "aws"]).blocked_by("aws-access-key-id");
    assert!(run.stderr.contains("aws-secret-access-key"), "{}", run.stderr);
}

fn private_keys_are_blocked_by_the_ids_of_their_formats(sandbox) {
    let repo = sandbox.with_commit("work");
    let file: toml::Table =
        toml::from_str(include_str!("../../detectors/private-key.toml")).unwrap();
    for detector in file["detector"].as_array().unwrap() {
        for example in detector.get("examples").and_then(|list| list.as_array()).into_iter().flatten() {
            let text = fill(example.as_str().unwrap(), 1);
            repo.stage("some.txt", text);
            repo.git(&["commit", "-q", "-m", "pem"]).blocked_by(detector["id"].as_str().unwrap());
        }
    }
}

fn freshly_made_private_keys_are_blocked(sandbox) {
    let repo = sandbox.with_commit("work");
    for (id, program, arguments) in [
        ("openssh-private-key", "ssh-keygen", "-q -t ed25519 -N  -f made"),
        ("openssh-private-key", "ssh-keygen", "-q -t ecdsa -N  -f made"),
        ("ec-private-key", "ssh-keygen", "-q -t ecdsa -m PEM -N  -f made"),
        ("rsa-private-key", "ssh-keygen", "-q -t rsa -b 2048 -m PEM -N  -f made"),
        ("pkcs8-private-key", "openssl", "genpkey -algorithm ed25519 -out made"),
        ("pkcs8-private-key", "openssl", "genpkey -algorithm rsa -out made"),
    ] {
        let _ = std::fs::remove_file(sandbox.path().join("made"));
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let Some(pem) = made_by(sandbox, program, &arguments) else { continue };
        plant_pem(sandbox, &pem);
        repo.stage("id_key", &pem);
        repo.git(&["commit", "-q", "-m", "pem"]).blocked_by(id);
        // The same in a program, and in a file with the other line ends.
        repo.stage("id_key", format!("KEY = \"{}\"\n", pem.replace('\n', "\\n")));
        repo.git(&["commit", "-q", "-m", "pem"]).blocked_by(id);
        repo.stage("id_key", pem.replace('\n', "\r\n"));
        repo.git(&["commit", "-q", "-m", "pem"]).blocked_by(id);
    }
}

fn an_encrypted_private_key_is_told_and_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    let Some(pem) = made_by(sandbox, "ssh-keygen", &["-q", "-t", "ed25519", "-N", "a passphrase", "-f", "made"])
    else { return };
    repo.stage("id_key", pem);
    let run = repo.git(&["commit", "-q", "-m", "encrypted"]).expect(0);
    run.says("encrypted-private-key").says("reported, not blocked");
}

fn placeholders_pass(sandbox) {
    let repo = sandbox.with_commit("work");
    for (at, text) in [
        "AIVEN_TOKEN = \"your-aiven-token-here\"\n",
        "CODECOV_TOKEN=00000000-0000-0000-0000-000000000000\n",
        "stripe.api_key = 'sk_live_xxxxxxxxxxxxxxxxxxxxxxxx'\n",
        "token: ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
        "aws_access_key_id = AKIAIOSFODNN7EXA¦MPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG¦/bPxRfiCYEXAMPLEKEY\n",
        "-----BEGIN RSA PRI¦VATE KEY-----\nMIIEowIBAAKCAQEA...\n-----END RSA PRI¦VATE KEY-----\n",
        "AIVEN_TOKEN = os.environ['AIVEN_TOKEN']\n",
        "CODECOV_TOKEN: ${{ secrets.CODECOV_TOKEN }}\n",
    ].iter().enumerate() {
        repo.stage(&format!("example-{at}.env"), fill(text, 0));
        passes(&repo, &["commit", "-q", "-m", "placeholder"]);
    }
}

fn a_token_with_a_broken_checksum_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    for seed in 0..5 {
        repo.stage("a.txt", format!("first: {}\n", keys::github_miscounted(seed).value()));
        passes(&repo, &["commit", "-q", "-m", "miscounted"]);
    }
}

fn a_uuid_without_codecov_around_it_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    let id = keys::codecov(1).value();
    repo.stage("a.txt", format!("request_id = \"{id}\"\nuuid: {id}\n"));
    passes(&repo, &["commit", "-q", "-m", "ids"]);
    repo.stage("codecov.yml", format!("codecov:\n  token: {id}\n"));
    repo.git(&["commit", "-q", "-m", "context"]).blocked_by("codecov-upload-token");
}

fn a_value_that_stood_there_before_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.stage("config.py", format!("a = 1\n{line}"));
    repo.commit_unasked("a key");
    repo.stage("config.py", format!("a = 2\n{line}"));
    passes(&repo, &["commit", "-q", "-m", "another line"]);
    repo.stage("config.py", format!("{line}\n\na = 2\n"));
    passes(&repo, &["commit", "-q", "-m", "moved"]);
    repo.stage("config.py", format!("if a:\n    {line}"));
    passes(&repo, &["commit", "-q", "-m", "indented"]);
    repo.stage("config.py", format!("if b:\n    {line}{}", key_line(sandbox, 2)));
    refused(&repo, &["commit", "-q", "-m", "a second one"]).says("1 key in 1 staged file");
    repo.stage("config.py", "if a:\n");
    passes(&repo, &["commit", "-q", "-m", "deleted"]);
    repo.stage("config.py", format!("if a:\n    {line}"));
    refused(&repo, &["commit", "-q", "-m", "added again"]);
}

fn renames_and_copies_bring_nothing_new(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    let text = format!("{}{line}", "a line\n".repeat(30));
    repo.stage("old.py", &text);
    repo.commit_unasked("a key");
    repo.git(&["mv", "old.py", "new.py"]).expect(0);
    passes(&repo, &["commit", "-q", "-m", "renamed"]);
    repo.git(&["mv", "new.py", "newer.py"]).expect(0);
    repo.stage("newer.py", format!("{text}more\n"));
    passes(&repo, &["commit", "-q", "-m", "renamed and edited"]);
    repo.stage("folder/copy.py", format!("{text}more\n"));
    passes(&repo, &["commit", "-q", "-m", "copied"]);
    repo.git(&["mv", "folder", "other"]).expect(0);
    passes(&repo, &["commit", "-q", "-m", "a folder renamed"]);
}

fn a_copy_over_another_file_brings_nothing_new(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.stage("old.py", &line);
    repo.stage("other.py", "other\n");
    repo.commit_unasked("a key");
    repo.stage("other.py", &line);
    passes(&repo, &["commit", "-q", "-m", "copied over"]);
}

fn a_file_that_means_nothing_under_one_name_is_judged_under_another(sandbox) {
    let repo = sandbox.with_commit("work");
    // Under Algolia's name this is a search key, which is public.
    let line = fill("api_key = \"‹hex 32›\"\n", 1);
    sandbox.plant(&line[11..43]);
    repo.stage("algolia.env", &line);
    passes(&repo, &["commit", "-q", "-m", "public"]);
    repo.stage("algolia-other.env", format!("\n{line}"));
    repo.stage("settings.env", format!("\n{line}"));
    repo.git(&["commit", "-q", "-m", "both"]).blocked_by("generic-secret").says("settings.env:2:");
}

fn a_key_carried_into_another_file_is_new_there(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    repo.stage("old.py", &line);
    repo.commit_unasked("a key");
    repo.stage("other.py", format!("# other\n{line}"));
    refused(&repo, &["commit", "-q", "-m", "spread"]).says("other.py:2:");
}

fn a_changed_mode_brings_nothing_new(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("run.sh", key_line(sandbox, 1));
    repo.commit_unasked("a key");
    repo.git(&["update-index", "--chmod=+x", "run.sh"]).expect(0);
    passes(&repo, &["commit", "-q", "-m", "executable"]);
}

fn a_deleted_key_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    repo.commit_unasked("a key");
    repo.git(&["rm", "-q", "config.py"]).expect(0);
    passes(&repo, &["commit", "-q", "-m", "gone"]);
}

fn a_symlinks_target_is_content(sandbox) {
    let repo = sandbox.with_commit("work");
    let key = key_line(sandbox, 1);
    let target = format!("https://api.example.com/?key={}", key.split('\'').nth(1).unwrap());
    std::os::unix::fs::symlink(target, repo.path.join("link")).unwrap();
    repo.git(&["add", "link"]).expect(0);
    refused(&repo, &["commit", "-q", "-m", "a link"]).says("link:1:");
    std::fs::remove_file(repo.path.join("link")).unwrap();
    // What it points at is not followed.
    std::fs::write(sandbox.path().join("outside"), key).unwrap();
    std::os::unix::fs::symlink("../outside", repo.path.join("link")).unwrap();
    repo.git(&["add", "link"]).expect(0);
    passes(&repo, &["commit", "-q", "-m", "a link"]);
}

fn a_file_that_becomes_a_folder_or_a_link_is_judged(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.git(&["rm", "-q", "README.md"]).expect(0);
    repo.stage("README.md/config.py", key_line(sandbox, 1));
    refused(&repo, &["commit", "-q", "-m", "a folder"]).says("README.md/config.py:1:");
}

fn a_submodules_pointer_is_not_content(sandbox) {
    let inner = sandbox.bare_of_hooks("inner");
    inner.stage("config.py", key_line(sandbox, 1));
    inner.commit_unasked("a key");
    let repo = sandbox.with_commit("work");
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", "../inner", "inner"]).expect(0);
    passes(&repo, &["commit", "-q", "-m", "a submodule"]);
    let checked_out = adopt(sandbox, &repo.path.join("inner"));
    checked_out.git(&["commit", "-q", "--allow-empty", "-m", "on"]).expect(0);
    passes(&repo, &["commit", "-q", "-a", "-m", "its next commit"]);
    repo.stage("config.py", key_line(sandbox, 2));
    refused(&repo, &["commit", "-q", "-m", "beside it"]);
}

fn a_comment_with_a_reason_allows(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    let line = line.trim_end();
    repo.stage("config.py", format!("{line}  # keystop:allow {STRIPE} revoked in May\n"));
    passes(&repo, &["commit", "-q", "-m", "allowed"]);
}

fn a_comment_without_a_reason_or_for_another_detector_allows_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1);
    let line = line.trim_end();
    repo.stage("config.py", format!("{line}  # keystop:allow {STRIPE}\n"));
    refused(&repo, &["commit", "-q", "-m", "no reason"]).says("gives no reason");
    for comment in ["keystop:allow github-oauth-token a reason", "keystop:allow a reason", "keystop:allow"] {
        repo.stage("config.py", format!("{line}  # {comment}\n"));
        refused(&repo, &["commit", "-q", "-m", "another"]);
    }
    repo.stage("config.py", format!("# keystop:allow {STRIPE} on another line\n{line}\n"));
    refused(&repo, &["commit", "-q", "-m", "another line"]);
}

fn no_path_is_spared(sandbox) {
    let repo = sandbox.with_commit("work");
    let key = key_line(sandbox, 1);
    let key = key.split('\'').nth(1).unwrap();
    for (path, text) in [
        (".env", format!("STRIPE_KEY={key}\n")),
        ("package-lock.json", format!("{{\"resolved\": \"https://x.example/?k={key}\"}}\n")),
        ("go.sum", format!("example.com/x v1.0.0 {key}\n")),
        ("Cargo.lock", format!("source = \"{key}\"\n")),
        ("logo.svg", format!("<svg><!-- {key} --></svg>\n")),
        ("node_modules/x/index.js", format!("const k = '{key}';\n")),
        ("vendor/x/x.go", format!("var k = \"{key}\"\n")),
        ("test/fixtures/data.txt", format!("{key}\n")),
        ("app.min.js", format!("var a=1;b(\"{key}\");c()\n")),
        ("picture.png", format!("\u{89}PNG\r\n\u{1a}\n{key}\n")),
        (".gitignore", format!("# {key}\n")),
        (".gitattributes", format!("# {key}\n")),
        ("noend", key.to_owned()),
        ("crlf.txt", format!("a\r\nb = {key}\r\nc\r\n")),
        ("cr.txt", format!("a\rb = {key}\rc\r")),
    ] {
        repo.write(path, text);
        repo.git(&["add", "-f", "--", path]).expect(0);
        refused(&repo, &["commit", "-q", "-m", "a key"]).says(path);
        repo.git(&["rm", "-q", "-f", "--", path]).expect(0);
    }
}

fn utf16_is_read_in_both_orders_with_and_without_a_mark(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = format!("# a file\r\n{}", key_line(sandbox, 1));
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        for mark in ["", "\u{feff}"] {
            repo.stage("config.txt", utf16(&format!("{mark}{line}"), bytes));
            refused(&repo, &["commit", "-q", "-m", "utf-16"]).says("config.txt:2:");
            repo.stage("config.txt", utf16(&format!("{mark}{bytes:?} clean\n"), bytes));
            passes(&repo, &["commit", "-q", "-m", "utf-16"]);
        }
    }
}

fn nul_bytes_and_binary_files_hide_nothing(sandbox) {
    let repo = sandbox.with_commit("work");
    let line = key_line(sandbox, 1).into_bytes();
    let noise: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    for content in [
        [b"\0", &line[..]].concat(),
        [&line[..], b"\0"].concat(),
        [&noise[..], &line, &noise].concat(),
        [b"\0\0\0\0"[..].to_vec(), line.clone(), b"\0\0".to_vec()].concat(),
        [&[0xef, 0xbb, 0xbf][..], &line].concat(),
        [&[0xff, 0xfe][..], &line].concat(),
    ] {
        repo.stage("data.bin", content);
        refused(&repo, &["commit", "-q", "-m", "binary"]).says("data.bin:");
    }
    repo.stage("data.bin", noise);
    passes(&repo, &["commit", "-q", "-m", "binary"]);
}

fn one_line_of_two_megabytes_is_read_to_its_end(sandbox) {
    let repo = sandbox.with_commit("work");
    let long = "var a = 1; ".repeat(200_000);
    let run = {
        repo.stage("bundle.js", format!("{long}{}", key_line(sandbox, 1)));
        refused(&repo, &["commit", "-q", "-m", "long"])
    };
    assert!(run.stderr.len() < 4000, "the whole line is shown");
    repo.stage("bundle.js", long);
    passes(&repo, &["commit", "-q", "-m", "long"]);
}

fn an_empty_file_passes(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("empty", "");
    passes(&repo, &["commit", "-q", "-m", "empty"]);
}

fn every_key_of_every_file_is_told_at_once(sandbox) {
    let repo = sandbox.with_commit("work");
    for seed in 0..5 {
        repo.stage(&format!("{seed}.py"), format!("{}{}", key_line(sandbox, seed), key_line(sandbox, seed + 10)));
    }
    refused(&repo, &["commit", "-q", "-m", "many"]).says("10 keys in 5 staged files");
}

fn the_hook_leaves_the_repository_as_it_was(sandbox) {
    let repo = sandbox.with_commit("work");
    repo.stage("config.py", key_line(sandbox, 1));
    let before = repo.git(&["count-objects", "-v"]).stdout + &listing(&repo.path);
    sandbox.run(&repo.path, KEYSTOP, &["pre-commit"], &[], b"").blocked_by(STRIPE);
    // All it leaves is its note of what it found, for `keystop allow`; without the value.
    std::fs::remove_dir_all(repo.path.join(".git/keystop")).unwrap();
    assert_eq!(repo.git(&["count-objects", "-v"]).stdout + &listing(&repo.path), before);
}
}

/// Every path below a folder, sorted.
fn listing(folder: &Path) -> String {
    let mut paths = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                pending.push(entry.path());
            }
            paths.push(format!("{:?}\n", entry.path()));
        }
    }
    paths.sort();
    paths.concat()
}
