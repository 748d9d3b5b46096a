//! Keys that are encoded, split or packed, and what is said of their place.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::*;
use support::archive::{gzip, tar, xz, zip, zstd};

/// The one finding in `content`: its line, its column, the first fact.
fn found(content: impl AsRef<[u8]>, key: &keys::Key) -> (u64, u64, String) {
    let report = scanned("some.txt", content.as_ref(), key, &[], 1);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{report:#}");
    let finding = &findings[0];
    assert_eq!(finding["detector"], STRIPE);
    let fact = finding["facts"][0].as_str().unwrap_or_default().to_owned();
    (finding["line"].as_u64().unwrap(), finding["column"].as_u64().unwrap(), fact)
}

/// The report on a file, in JSON; the human one must be as silent about the key.
fn scanned(name: &str, content: &[u8], key: &keys::Key, options: &[&str], code: i32) -> Value {
    let sandbox = Sandbox::new();
    sandbox.plant(&key.body);
    sandbox.plant(&BASE64_STANDARD.encode(key.value())[12..]);
    fs::write(sandbox.path().join(name), content).unwrap();
    keystop(&sandbox, &[&["scan", name], options].concat()).expect(code);
    json(&keystop(&sandbox, &[&["scan", "--format", "json", name], options].concat()).expect(code))
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn an_encoded_key_is_found_where_it_stands() {
    let key = keys::stripe(1);
    let value = key.value();
    let line = format!("{{\"user\": \"alice\", \"key\": \"{value}\"}}");
    let place = |line, column, fact: &str| (line, column, fact.to_owned());
    let base64 = BASE64_STANDARD.encode(&line);
    assert_eq!(found(format!("\nx = '{base64}'\n"), &key), place(2, 38, "inside base64"));
    let base64 = BASE64_URL_SAFE_NO_PAD.encode(&value);
    assert_eq!(found(format!("{base64}\n"), &key), place(1, 1, "inside base64"));
    assert_eq!(found(format!("x {}", hex(&line)), &key), place(1, 55, "inside hex"));
    let percent: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
    assert_eq!(found(format!("?key={percent}&x=1"), &key), place(1, 6, "inside escapes"));
    let unicode: String = value.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    assert_eq!(found(format!("{{\"k\": \"{unicode}\"}}"), &key), place(1, 8, "inside escapes"));
    let backslash: String = value.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
    assert_eq!(found(format!("k = b'{backslash}'"), &key), place(1, 7, "inside escapes"));
    let continued = format!("key = \"{}\\\n{}\"\n", &value[..15], &value[15..]);
    assert_eq!(found(continued, &key), place(1, 8, "inside escapes"));
}

#[test]
fn base64_in_lines_is_one_text() {
    let key = keys::stripe(2);
    let text = format!("{}key = {}\n{}", "filling\n".repeat(10), key.value(), "more\n".repeat(9));
    let base64 = BASE64_STANDARD.encode(text);
    let lines: Vec<&str> =
        base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let (line, _, fact) = found(format!("data: |\n  {}\n", lines.join("\n  ")), &key);
    assert_eq!((line, fact.as_str()), (3, "inside base64"));
}

#[test]
fn encodings_inside_each_other_are_named_from_the_outside() {
    let key = keys::stripe(3);
    let once = BASE64_STANDARD.encode(format!("token: {}\n", key.value()));
    let twice = BASE64_STANDARD.encode(format!("data: {once}\n"));
    let (.., fact) = found(format!("secret: {twice}"), &key);
    assert_eq!(fact, "inside base64, inside it base64");
    let escaped = format!("{{\"body\": \"{}\"}}", once.replace('9', "\\u0039"));
    assert_eq!(found(escaped, &key).2, "inside escapes, inside it base64");
    let packed = gzip(format!("token: {}\n", key.value()).as_bytes());
    let (line, column, fact) = found(format!("release: {}", BASE64_STANDARD.encode(packed)), &key);
    assert_eq!((line, column, fact.as_str()), (1, 10, "inside an archive in base64"));
}

#[test]
fn a_split_key_is_found_over_its_seams() {
    let key = keys::stripe(4);
    let value = key.value();
    let (one, rest) = value.split_at(5);
    let (two, three) = rest.split_at(10);
    for text in [
        format!("key = '{one}' + '{two}' + \"{three}\"\n"),
        format!("$key = '{one}' . '{two}'\n  . '{three}';\n"),
        format!("key = \"{one}\" .. \"{two}\" .. \"{three}\"\n"),
        format!("key = \"{one}\" & \"{two}\" & \"{three}\"\n"),
        format!("key = ('{one}'\n       '{two}'\n       f'{three}')\n"),
        format!("key = '{one}' \\\n    '{two}' \\\n    '{three}'\n"),
    ] {
        let (line, _, fact) = found(&text, &key);
        assert_eq!((line, fact.as_str()), (1, "inside joined strings"), "{text}");
    }
    let list = format!("keys = ['{one}', '{two}', '{three}']\n");
    scanned("some.txt", list.as_bytes(), &key, &[], 0);
}

#[test]
fn a_notebooks_cell_is_read() {
    let key = keys::stripe(5);
    let cell = |line: &str| format!("    \"{}\\n\",\n", line.replace('"', "\\\""));
    let value = key.value();
    let (one, two) = value.split_at(12);
    let source = cell(&format!("key = \"{one}\" + \"{two}\""));
    let notebook =
        format!("{{\n \"cells\": [{{\n   \"source\": [\n{source}    \"x\"\n   ]\n }}]\n}}\n");
    assert_eq!(found(notebook, &key), (4, 14, "inside joined strings".to_owned()));
}

#[test]
fn what_is_packed_is_judged_and_named() {
    let key = keys::stripe(6);
    let text = format!("# settings\nkey = {}\n", key.value());
    let member = [("readme.txt", &b"nothing"[..]), ("etc/app.properties", text.as_bytes())];
    let nested = zip(&[("lib/inner.jar", &zip(&member)[..])]);
    for (name, content, way) in [
        ("app.jar", zip(&member), "etc/app.properties"),
        ("app.tar", tar(&member), "etc/app.properties"),
        ("app.tgz", gzip(&tar(&member)), "etc/app.properties"),
        ("app.tar.zst", zstd(&tar(&member)), "etc/app.properties"),
        ("app.tar.xz", xz(&tar(&member)), "etc/app.properties"),
        ("dump.gz", gzip(text.as_bytes()), "gzip"),
        ("no-name", nested, "lib/inner.jar > etc/app.properties"),
        ("image.tar", tar(&[("blobs/1", &tar(&member)[..])]), "blobs/1 > etc/app.properties"),
        ("app.run", [b"#!/bin/sh\nexec java\n", &zip(&member)[..]].concat(), "etc/app.properties"),
    ] {
        let report = scanned(name, &content, &key, &[], 1);
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{name}: {report:#}");
        let finding = &findings[0];
        assert_eq!((finding["path"].as_str(), finding["member"].as_str()), (Some(name), Some(way)));
        assert_eq!(
            (finding["line"].as_u64(), finding["column"].as_u64()),
            (Some(2), Some(7)),
            "{name}"
        );
    }
}

#[test]
fn an_archive_over_the_limit_is_2_and_names_the_option() {
    let key = keys::stripe(7);
    let text = format!("key = {}\n", key.value());
    let large = vec![b' '; 3 << 20];
    let members = [("a.env", text.as_bytes()), ("large", &large), ("z", b"never reached")];
    let wrapped = format!("data: {}\n", BASE64_STANDARD.encode(gzip(&large)));
    let twice = format!("{wrapped}{wrapped}");
    for (name, content, code) in [
        ("bomb.zip", zip(&members), 1),
        ("bomb.tgz", gzip(&tar(&members)), 1),
        ("bomb.zst", zstd(&large), 0),
        ("bomb.xz", xz(&large), 0),
        // One allowance for all that stands in a file.
        ("bomb.yml", twice.clone().into_bytes(), 0),
        ("bomb.jar", zip(&[("a.yml", wrapped.as_bytes())]), 0),
    ] {
        let report = scanned(name, &content, &key, &["--max-archive-size", "1m"], 2);
        let error = report["errors"][0].as_str().unwrap();
        for word in ["--max-archive-size", "keystop.maxArchiveSize", name] {
            assert!(error.contains(word), "{error}");
        }
        scanned(name, &content, &key, &["--max-archive-size", "7m"], code);
        scanned(name, &content, &key, &["--max-archive-size", "0"], 0);
    }
    scanned("bomb.yml", twice.as_bytes(), &key, &["--max-archive-size", "5m"], 2);
    let mut deep = gzip(b"the end");
    for _ in 0..20 {
        deep = zip(&[("deeper", &deep)]);
    }
    let report = scanned("deep.zip", &deep, &key, &[], 2);
    assert!(report["errors"][0].as_str().unwrap().contains("more than 16"), "{report:#}");
}

#[test]
fn what_is_damaged_is_judged_as_far_as_it_goes_and_is_2() {
    let key = keys::stripe(8);
    let text = format!("key = {}\n{}", key.value(), fill_up(40_000));
    let whole = gzip(text.as_bytes());
    let report = scanned("cut.gz", &whole[..whole.len() / 2], &key, &[], 2);
    assert_eq!(report["findings"][0]["member"], "gzip");
    let error = report["errors"][0].as_str().unwrap();
    assert!(error.contains("cut.gz: gzip: damaged") && error.contains("unopened"), "{error}");
    // One member is broken, the others are read.
    let mut archive = zip(&[("a.txt", fill_up(9000).as_bytes()), ("b.env", text.as_bytes())]);
    archive[60..200].fill(0xff);
    let report = scanned("broken.zip", &archive, &key, &[], 2);
    assert_eq!(report["findings"][0]["member"], "b.env");
    assert!(report["errors"][0].as_str().unwrap().contains("a.txt: damaged"), "{report:#}");
    scanned("broken.zip", &archive, &key, &["--max-archive-size", "0"], 0);
    // A sample that was cut short stands in many a text.
    let sample = format!("data: {}\n", &BASE64_STANDARD.encode(&whole)[..400]);
    scanned("page.md", sample.as_bytes(), &key, &[], 1);
}

#[test]
fn what_nobody_can_open_is_told_and_judged_by_its_own_bytes() {
    let key = keys::stripe(11);
    let text = format!("key = {}\n", key.value());
    // Bit 0 of a member's flags says that it is encrypted; 97 is a compression of another program.
    for (offset, directory, value) in [(6, 8, 1), (8, 10, 97)] {
        let members = [("a.env", &b"no text for us"[..]), ("b.env", text.as_bytes())];
        let mut archive = zip(&members);
        let at = memchr::memmem::find(&archive, b"PK\x01\x02").unwrap();
        archive[offset] = value;
        archive[at + directory] = value;
        let report = scanned("some.zip", &archive, &key, &[], 1);
        assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{report:#}");
        assert_eq!(report["judged"]["unopened"], 1);
    }
    let sandbox = Sandbox::new();
    let mut archive = zip(&[("a.env", b"no text for us")]);
    let at = memchr::memmem::find(&archive, b"PK\x01\x02").unwrap();
    archive[6] = 1;
    archive[at + 8] = 1;
    fs::write(sandbox.path().join("some.zip"), archive).unwrap();
    let run = keystop(&sandbox, &["scan", "some.zip"]).expect(0);
    assert!(run.stdout.contains("1 packed file judged by the packed bytes"), "{}", run.stdout);
}

#[test]
fn every_piece_of_a_compressed_file_is_read() {
    let key = keys::stripe(12);
    let text = format!("key = {}\n", key.value());
    let skipped = [b"\x5a\x2a\x4d\x18\x03\0\0\0abc".to_vec(), zstd(b"one")].concat();
    for (name, first, second) in [
        ("log.gz", gzip(b"one\n"), gzip(text.as_bytes())),
        ("log.zst", skipped, zstd(text.as_bytes())),
        ("log.xz", xz(b"one\n"), xz(text.as_bytes())),
    ] {
        scanned(name, &[first, second].concat(), &key, &[], 1);
    }
    // What stands behind the last piece is judged as it is.
    scanned("log.gz", &[gzip(b"one\n"), text.into_bytes()].concat(), &key, &[], 1);
}

#[test]
fn a_members_name_steers_nothing() {
    let key = keys::stripe(13);
    let text = format!("key = {}\n", key.value());
    let name = "../../etc/\x1b[31mpasswd";
    let report = scanned("some.zip", &zip(&[(name, text.as_bytes())]), &key, &[], 1);
    let member = report["findings"][0]["member"].as_str().unwrap();
    assert!(member.starts_with("../../etc/") && !member.contains('\x1b'), "{member}");
}

#[test]
fn texts_that_only_look_encoded_cost_no_more_than_others() {
    let sandbox = Sandbox::new();
    for (name, unit) in [
        ("base64", "ZGF0YSBvZiBubyB3b3J0aCBhdCBhbGwg"),
        ("lines", "ZGF0YSBvZiBubyB3b3J0aCBhdCBhbGwgZGF0YSBvZiBubyB3b3J0aCBh\n"),
        ("marks", "/"),
        ("lines of marks", "------------------------------------------------\n"),
        ("brackets", "("),
        ("hex", "6162636465666768"),
        ("percent", "%41"),
        ("percent of percent", "%25"),
        ("backslashes", "\\"),
        ("unicode", "\\u0061"),
        ("seams", "'abcdefghijklmnop' + "),
        ("characters", "'a'+"),
        ("quotes", "a' "),
    ] {
        fs::write(sandbox.path().join("flood"), unit.repeat((1 << 19) / unit.len())).unwrap();
        let started = std::time::Instant::now();
        let run = keystop(&sandbox, &["scan", "flood"]);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        // Whatever takes the square of the length takes hours.
        assert!(started.elapsed().as_secs() < 120, "{name}: {:?}", started.elapsed());
    }
}

/// Text that does not compress to nothing.
fn fill_up(length: usize) -> String {
    let mut random = support::example::Random::new(9);
    (0..length).map(|_| char::from(b'a' + (random.next() % 26) as u8)).collect()
}

#[test]
fn noise_is_silent() {
    let key = keys::stripe(9);
    let mut random = support::example::Random::new(10);
    let noise: Vec<u8> = (0..60_000).map(|_| random.next() as u8).collect();
    let picture = BASE64_STANDARD.encode(&noise);
    scanned(
        "page.html",
        format!("<img src=\"data:image/png;base64,{picture}\">").as_bytes(),
        &key,
        &[],
        0,
    );
    scanned("noise", &noise, &key, &[], 0);
}
