//! Every form an image comes in gives the same findings.

use serde_json::json;

use super::build::{
    Image, Objects, Packed, archive, blob_name, descriptor, folder, index, layer, layout, pack,
};
use super::*;

/// A key in a file that the second layer deletes, one in the environment.
fn image(sandbox: &Sandbox) -> Image {
    let first =
        layer(&[("srv/", ""), ("srv/app.py", &secret(sandbox, 1)), ("etc/motd", "hello\n")]);
    let second = layer(&[("srv/.wh.app.py", ""), ("srv/other.py", "print(1)\n")]);
    let variable = format!("STRIPE_KEY={}", value(sandbox, 2));
    Image::of(&[first, second]).with(json!({
        "config": {"Env": ["PATH=/bin", variable], "Cmd": ["python", "/srv/app.py"]},
        "history": [
            {"created_by": "COPY app.py /srv/ # buildkit"},
            {"created_by": format!("ENV {variable}"), "empty_layer": true},
            {"created_by": "RUN /bin/sh -c rm /srv/app.py # buildkit"},
        ],
    }))
}

const EXPECTED: [&str; 2] = ["(ENV):2 -", "srv/app.py:1 1/2"];

#[test]
fn every_form_and_packing_gives_the_same_findings() {
    let sandbox = Sandbox::new();
    for packed in [Packed::Not, Packed::Gzip, Packed::Zstd] {
        let image = image(&sandbox).packed(packed);
        for objects in [image.layout(), image.saved(), image.saved_newly()] {
            assert_eq!(found(&sandbox, &archive(&objects), &[], 1), EXPECTED, "{packed:?}");
        }
        // The manifest may stand first or last.
        let backwards: Objects = image.saved_newly().into_iter().rev().collect();
        assert_eq!(found(&sandbox, &archive(&backwards), &[], 1), EXPECTED, "{packed:?}");
    }
}

#[test]
fn a_layout_may_be_a_folder_and_an_archive_may_be_packed_as_a_whole() {
    let sandbox = Sandbox::new();
    let objects = image(&sandbox).packed(Packed::Gzip).saved_newly();
    folder(&objects, &sandbox.path().join("layout"));
    let run = scan(&sandbox, "layout", &["--format", "json"], b"").expect(1);
    assert_eq!(places(&json(&run)), EXPECTED);
    for packed in [Packed::Gzip, Packed::Zstd] {
        let whole = pack(packed, &archive(&objects));
        assert_eq!(found(&sandbox, &whole, &[], 1), EXPECTED);
        std::fs::write(sandbox.path().join("image"), whole).unwrap();
        let run = scan(&sandbox, "image", &["--format", "json"], b"").expect(1);
        assert_eq!(places(&json(&run)), EXPECTED);
    }
}

#[test]
fn a_finding_names_layer_instruction_path_and_what_became_of_the_file() {
    let sandbox = Sandbox::new();
    let run = scan(&sandbox, "-", &[], &archive(&image(&sandbox).saved())).expect(1);
    for words in [
        "--> srv/app.py:1:19 in layer 1 of 2 (COPY app.py /srv/)",
        "layer 2 deletes the file, but the key stays in layer 1",
        "--> (ENV):2:12 in the image's configuration",
        "also in (history, step 2)",
        "Then revoke the key first",
        "--mount=type=secret",
        "keystop: 2 keys in ",
    ] {
        assert!(run.stdout.contains(words), "no {words:?} in:\n{}", run.stdout);
    }
}

#[test]
fn a_clean_image_of_several_platforms_with_its_attestation_is_clean() {
    let sandbox = Sandbox::new();
    let one = Image::of(&[layer(&[("a", "x\n")])]).packed(Packed::Gzip);
    let other = Image { platform: ("linux", "arm64"), ..Image::of(&[layer(&[("b", "y\n")])]) };
    let (mut blobs, first) = one.blobs();
    let (more, second) = other.blobs();
    blobs.extend(more);
    let statement = br#"{"_type":"https://in-toto.io/Statement/v0.1","predicate":{}}"#.to_vec();
    let config = json!({"os": "unknown", "architecture": "unknown", "config": {},
        "rootfs": {"type": "layers", "diff_ids": [super::build::digest(&statement)]}});
    let config = config.to_string().into_bytes();
    let manifest = json!({"schemaVersion": 2,
        "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
        "layers": [descriptor("application/vnd.in-toto+json", &statement)]});
    let manifest = manifest.to_string().into_bytes();
    let mut attestation = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
    attestation["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    attestation["annotations"] = json!({"vnd.docker.reference.type": "attestation-manifest"});
    let inner = index(vec![first.clone(), second.clone(), attestation.clone()]).to_string();
    let inner = inner.into_bytes();
    let named = descriptor("application/vnd.oci.image.index.v1+json", &inner);
    for blob in [statement, config, manifest, inner] {
        blobs.push((blob_name(&blob), blob));
    }
    let flat = layout(blobs.clone(), vec![first, second, attestation]);
    let nested = layout(blobs, vec![named]);
    for objects in [flat, nested] {
        let run = scan(&sandbox, "-", &["-v"], &archive(&objects)).expect(0);
        assert!(run.stdout.contains("0 not judged"), "{}", run.stdout);
    }
}

#[test]
fn each_platform_of_an_index_is_judged_and_named() {
    let sandbox = Sandbox::new();
    let shared = layer(&[("etc/shared.py", &secret(&sandbox, 1))]);
    let one = Image::of(&[shared.clone(), layer(&[("a.py", &secret(&sandbox, 2))])]);
    let other = Image::of(&[shared, layer(&[("b.py", &secret(&sandbox, 3))])]);
    let other = Image { platform: ("linux", "arm64"), ..other.packed(Packed::Zstd) };
    let (mut blobs, first) = one.packed(Packed::Zstd).blobs();
    let (more, second) = other.blobs();
    // A blob that both have is stored once.
    blobs.extend(
        more.into_iter()
            .filter(|(name, _)| !blobs.iter().any(|(one, _)| one == name))
            .collect::<Vec<_>>(),
    );
    let inner = index(vec![first, second]).to_string().into_bytes();
    let named = descriptor("application/vnd.oci.image.index.v1+json", &inner);
    blobs.push((blob_name(&inner), inner));
    let objects = layout(blobs, vec![named]);
    let run = scan(&sandbox, "-", &["--format", "json"], &archive(&objects)).expect(1);
    let report = json(&run);
    assert_eq!(places(&report), ["etc/shared.py:1 1/2", "a.py:1 2/2", "b.py:1 2/2"]);
    let platforms: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["layer"]["platform"])
        .collect();
    assert_eq!(platforms, ["linux/amd64", "linux/amd64", "linux/arm64"]);
    assert!(run.stdout.contains("also layer 1 of 2 (linux/arm64)"), "{}", run.stdout);
}

#[test]
fn what_an_index_names_of_other_platforms_need_not_be_in_the_file() {
    let sandbox = Sandbox::new();
    let (mut blobs, there) = Image::of(&[layer(&[("a", "x\n")])]).blobs();
    let (_, mut absent) = Image::of(&[layer(&[("b", "y\n")])]).blobs();
    absent["platform"] = json!({"os": "linux", "architecture": "s390x"});
    let inner = index(vec![there, absent]).to_string().into_bytes();
    let named = descriptor("application/vnd.oci.image.index.v1+json", &inner);
    blobs.push((blob_name(&inner), inner));
    let run = scan(&sandbox, "-", &[], &archive(&layout(blobs, vec![named]))).expect(0);
    assert!(run.stdout.contains("not in the file, and so not judged: the image for linux/s390x"));
}

#[test]
fn the_same_layer_under_two_names_is_told_once() {
    let sandbox = Sandbox::new();
    let twice = layer(&[("a.py", &secret(&sandbox, 1))]);
    let image = Image::of(&[twice.clone(), layer(&[("b", "c\n")]), twice]);
    assert_eq!(found(&sandbox, &archive(&image.saved()), &[], 1), ["a.py:1 1/3"]);
    let run = scan(&sandbox, "-", &[], &archive(&image.saved())).expect(1);
    assert!(run.stdout.contains("also layer 3 of 3"), "{}", run.stdout);
}

#[test]
fn what_zstd_readers_skip_is_judged() {
    let sandbox = Sandbox::new();
    let inner = layer(&[("a", "b\n")]);
    let key = secret(&sandbox, 1);
    let mut stored = pack(Packed::Zstd, &inner);
    stored.extend(b"\x51\x2a\x4d\x18");
    stored.extend((key.len() as u32).to_le_bytes());
    stored.extend(key.as_bytes());
    let name = blob_name(&stored);
    let objects = vec![(name.clone(), stored)];
    let run = scan(&sandbox, "-", &["--format", "json"], &archive(&objects)).expect(2);
    assert_eq!(places(&json(&run)), [format!("{name} (frames that readers skip):1 -")]);
}
