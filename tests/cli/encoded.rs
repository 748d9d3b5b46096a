//! Keys that are encoded or split, and what is said of their place.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::*;
use support::archive::gzip;

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
pub(super) fn scanned(
    name: &str,
    content: &[u8],
    key: &keys::Key,
    options: &[&str],
    code: i32,
) -> Value {
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
pub(super) fn fill_up(length: usize) -> String {
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
