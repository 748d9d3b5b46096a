//! Where keys stand in an image.

use serde_json::json;

use super::build::{Image, Packed, archive, ended, layer, raw};
use super::*;

fn one(sandbox: &Sandbox, entries: Vec<u8>, code: i32) -> Vec<String> {
    found(sandbox, &archive(&Image::of(&[entries]).layout()), &[], code)
}

#[test]
fn names_links_and_attributes_are_judged() {
    let sandbox = Sandbox::new();
    let name = format!("srv/{}", value(&sandbox, 1));
    let link = format!("srv/link -> {}", value(&sandbox, 2));
    let places = one(&sandbox, layer(&[(&name, ""), (&link, "")]), 1);
    assert_eq!(places.len(), 2, "{places:?}");
    assert_eq!(places[1], "srv/link:1 1/1");

    // A binary attribute may hold a newline.
    let record = |key: &str, value: &str| {
        let rest = format!(" {key}={value}\n");
        let length = rest.len() + 2;
        assert!((10..99).contains(&length));
        format!("{length}{rest}")
    };
    let records = record("SCHILY.xattr.security.capability", "\u{1}\n\u{2}\n")
        + &record("SCHILY.xattr.user.k", &value(&sandbox, 3))
        + &record("path", "long/name.py");
    let extended = raw("PaxHeaders", records.as_bytes(), |header| {
        header.set_entry_type(tar::EntryType::XHeader);
    });
    let file = raw("short", secret(&sandbox, 4).as_bytes(), |_| {});
    let places = one(&sandbox, ended(&[extended, file]), 1);
    assert_eq!(places, ["long/name.py (attributes):4 1/1", "long/name.py:1 1/1"]);
}

#[test]
fn build_arguments_labels_and_commands_are_judged_and_masked() {
    let sandbox = Sandbox::new();
    let [argument, label, command, other] = [1, 2, 3, 4].map(|seed| value(&sandbox, seed));
    let image = Image::of(&[layer(&[("app.py", &secret(&sandbox, 5))])]).with(json!({
        "author": format!("me {other}"),
        "config": {
            "Labels": {"build": "7", "token": label},
            "Entrypoint": ["pay", "--key", command],
        },
        "history": [
            {"created_by": "CMD [\"sh\"]", "empty_layer": true},
            {"created_by": format!("|1 KEY={argument} /bin/sh -c make KEY={argument} && true")},
        ],
    }));
    let run = scan(&sandbox, "-", &["--format", "json"], &archive(&image.saved())).expect(1);
    assert_eq!(
        places(&json(&run)),
        [
            "(LABEL):2 -",
            "(ENTRYPOINT, CMD and the like):2 -",
            "(other settings):2 -",
            "app.py:1 1/1",
            "(history, step 2):1 1/1",
        ]
    );
    assert!(run.stdout.contains("RUN make KEY=sk_live_…(32 characters)… && true"));
}

#[test]
fn layers_of_the_base_image_are_told_apart() {
    let sandbox = Sandbox::new();
    let below = layer(&[("base.py", &secret(&sandbox, 1))]);
    let variable = format!("KEY={}", value(&sandbox, 2));
    let config = json!({"config": {"Env": [variable]}});
    let base = Image::of(std::slice::from_ref(&below)).with(config.clone());
    std::fs::write(sandbox.path().join("base.tar"), archive(&base.saved())).unwrap();
    let above = layer(&[("app.py", &secret(&sandbox, 3))]);
    let image = Image::of(&[below, above]).with(config).packed(Packed::Gzip);
    let all = archive(&image.layout());
    let run = scan(&sandbox, "-", &["--base", "base.tar", "--format", "json"], &all).expect(1);
    let report = json(&run);
    assert_eq!(places(&report), ["(ENV):1 -", "base.py:1 1/2", "app.py:1 2/2"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings[1]["layer"]["base"], true);
    assert_eq!(findings[2]["layer"]["base"], false);
    assert!(findings[0]["facts"].to_string().contains("the base image's configuration has it too"));
    let run = scan(&sandbox, "-", &["--base", "base.tar"], &all).expect(1);
    assert!(run.stdout.contains("base.py:1:19 in layer 1 of 2 (base image)"), "{}", run.stdout);
    assert!(run.stdout.contains("1 of them in layers of the base image"), "{}", run.stdout);

    let stranger = Image::of(&[layer(&[("x", "y\n")])]);
    std::fs::write(sandbox.path().join("other.tar"), archive(&stranger.saved())).unwrap();
    let run = scan(&sandbox, "-", &["--base", "other.tar"], &all).expect(1);
    assert!(run.stdout.contains("no layer of the base image is in this image"), "{}", run.stdout);
    scan(&sandbox, "-", &["--base", "absent.tar"], &all).expect(2);
}

#[test]
fn a_layer_that_no_manifest_names_is_judged_all_the_same() {
    let sandbox = Sandbox::new();
    let stray = layer(&[("left.py", &secret(&sandbox, 1))]);
    let mut objects = Image::of(&[layer(&[("a", "b\n")])]).layout();
    objects.push((super::build::blob_name(&stray), stray));
    objects.push(("notes.txt".to_owned(), secret(&sandbox, 2).into_bytes()));
    let run = scan(&sandbox, "-", &["--format", "json"], &archive(&objects)).expect(1);
    assert_eq!(places(&json(&run)), ["left.py:1 -", "notes.txt:1 -"]);
    assert!(run.stdout.contains("which no manifest names"));
}

#[test]
fn the_stored_parts_of_sparse_files_are_judged() {
    let sandbox = Sandbox::new();
    let key = secret(&sandbox, 1);
    // GNU's old form: the size in the map is absurd, what is stored is not.
    let sparse = raw("disk.img", key.as_bytes(), |header| {
        header.set_entry_type(tar::EntryType::GNUSparse);
        let gnu = header.as_gnu_mut().unwrap();
        gnu.realsize.copy_from_slice(b"777777777777");
        gnu.isextended = [1];
    });
    let (head, content) = sparse.split_at(512);
    let map = [0; 512];
    assert_eq!(one(&sandbox, ended(&[[head, &map, content].concat()]), 1), ["disk.img:1 1/1"]);
    // The newer form: the map stands in front of the content.
    let records = "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n30 GNU.sparse.name=disk.img\n"
        .to_owned()
        + "39 GNU.sparse.realsize=999999999999999\n";
    let fix = |line: &str| {
        let rest = &line[line.find(' ').unwrap()..];
        format!("{}{rest}\n", rest.len() + 3)
    };
    let records: String = records.lines().map(fix).collect();
    let extended = raw("PaxHeaders", records.as_bytes(), |header| {
        header.set_entry_type(tar::EntryType::XHeader);
    });
    let file = raw("GNUSparseFile.0/disk.img", format!("1\n0\n50\n{key}").as_bytes(), |_| {});
    assert_eq!(one(&sandbox, ended(&[extended, file]), 1), ["disk.img:4 1/1"]);
}

#[test]
fn a_repository_s_allow_comment_holds_in_a_layer_too() {
    let sandbox = Sandbox::new();
    let line = secret(&sandbox, 1);
    let line = format!("{}  # keystop:allow stripe-live-secret-key in our docs\n", line.trim_end());
    assert!(one(&sandbox, layer(&[("a.py", &line)]), 0).is_empty());
}
