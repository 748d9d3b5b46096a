//! Archives that somebody spoilt, on purpose or not: an error that says what is wrong, and no
//! crash, no endless run, no memory without bound.

use serde_json::{Value, json};

use super::build::{
    Image, Objects, Packed, archive, blob_name, descriptor, digest, ended, folder, index, layer,
    layout, pack, raw,
};
use super::*;

/// Expects exit code 2 and words on what is wrong.
#[track_caller]
fn refused(sandbox: &Sandbox, archive: &[u8], more: &[&str], words: &str) {
    let run = scan(sandbox, "-", more, archive);
    let all = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.code, 2, "no error:\n{all}");
    assert!(all.contains(words), "no {words:?} in:\n{all}");
    assert!(!all.contains("itself failed"), "{all}");
}

/// The same for a layer, in each packing.
#[track_caller]
fn bad_layer(sandbox: &Sandbox, bytes: &[u8], words: &str) {
    for packed in [Packed::Not, Packed::Gzip, Packed::Zstd] {
        let image = Image::of(&[bytes.to_vec()]).packed(packed);
        refused(sandbox, &archive(&image.layout()), &[], words);
    }
}

fn small() -> Image {
    Image::of(&[layer(&[("a", "b\n")])])
}

/// An archive whose blob of these bytes is replaced.
fn replaced(mut objects: Objects, name: &str, content: &[u8]) -> Vec<u8> {
    let object = objects.iter_mut().find(|(one, _)| one == name).expect(name);
    object.1 = content.to_vec();
    archive(&objects)
}

#[test]
fn what_is_no_image_is_an_error() {
    let sandbox = Sandbox::new();
    refused(&sandbox, b"", &[], "nothing was judged");
    refused(&sandbox, b"hello, this is no archive", &[], "it is no tar archive");
    refused(&sandbox, &[0; 4096], &[], "it is no tar archive");
    refused(&sandbox, &layer(&[("etc/passwd", "root\n")]), &[], "no image");
    refused(&sandbox, &pack(Packed::Gzip, b"no tar"), &[], "it is no tar archive");
    refused(&sandbox, &[0x1f, 0x8b, 8, 0, 0], &[], "cut off");
    scan(&sandbox, "absent.tar", &[], b"").expect(2);
    let empty: Objects = vec![("index.json".to_owned(), index(vec![]).to_string().into_bytes())];
    refused(&sandbox, &archive(&empty), &[], "the manifests name none");
}

#[test]
fn an_archive_that_is_cut_off_anywhere_is_an_error() {
    let sandbox = Sandbox::new();
    let whole = archive(&small().packed(Packed::Gzip).saved());
    // The last 1024 bytes are the end mark.
    for length in (1..whole.len() - 1024).step_by(701).chain([whole.len() - 1024]) {
        let run = scan(&sandbox, "-", &[], &whole[..length]);
        assert_eq!(run.code, 2, "cut to {length} of {}:\n{}", whole.len(), run.stdout);
    }
}

#[test]
fn layers_that_are_broken_are_errors() {
    let sandbox = Sandbox::new();
    let good = layer(&[("a", "b\n"), ("c", "d\n")]);
    bad_layer(&sandbox, b"no tar at all, but text", "is no tar archive");
    bad_layer(&sandbox, b"", "is no tar archive");
    bad_layer(&sandbox, &good[..1024 + 100], "cut off");
    let mut miscounted = good.clone();
    miscounted[1024 + 148] ^= 1;
    bad_layer(&sandbox, &miscounted, "checksum is wrong");
    let mut trailing = good.clone();
    trailing.extend(b"something");
    bad_layer(&sandbox, &trailing, "behind the archive's end");
    // Packed data that ends too early, and with something behind it.
    for packed in [Packed::Gzip, Packed::Zstd] {
        let stored = pack(packed, &good);
        let name = blob_name(&stored);
        let layout = || Image::of(std::slice::from_ref(&good)).packed(packed).layout();
        let cut = replaced(layout(), &name, &stored[..stored.len() - 12]);
        refused(&sandbox, &cut, &[], "layer 1 of 1");
        let behind = [&stored[..], b"garbage behind it"].concat();
        refused(&sandbox, &replaced(layout(), &name, &behind), &[], "unpacking");
    }
}

#[test]
fn headers_with_absurd_numbers_are_errors() {
    let sandbox = Sandbox::new();
    let sized = |field: &'static [u8; 12]| {
        raw("a", b"x", move |header| header.as_old_mut().size.copy_from_slice(field))
    };
    bad_layer(&sandbox, &ended(&[sized(&[0xff; 12])]), "negative or absurd size");
    let huge = sized(b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff");
    bad_layer(&sandbox, &ended(&[huge]), "over the limit");
    bad_layer(&sandbox, &ended(&[sized(b"77777777777\0")]), "over the limit");
    bad_layer(&sandbox, &ended(&[sized(b"a number   \0")]), "bad size");
    let folder = raw("a/", b"content", |header| {
        header.set_entry_type(tar::EntryType::Directory);
    });
    bad_layer(&sandbox, &ended(&[folder]), "bytes of content on an entry that has none");
}

#[test]
fn extension_headers_of_any_size_and_form_are_errors() {
    let sandbox = Sandbox::new();
    let extension = |kind, content: &[u8]| {
        raw("PaxHeaders", content, move |header| header.set_entry_type(kind))
    };
    let pax = tar::EntryType::XHeader;
    let large = vec![b'x'; (1 << 20) + 1];
    bad_layer(&sandbox, &ended(&[extension(pax, &large)]), "an extension header of 1048577 bytes");
    let name = extension(tar::EntryType::GNULongName, &large);
    bad_layer(&sandbox, &ended(&[name]), "an extension header of 1048577 bytes");
    for records in ["x", "99 a=b\n", "5 a=b", "1 a=b\n", "6 abcd\n", "12 size=1x2\n"] {
        bad_layer(&sandbox, &ended(&[extension(pax, records.as_bytes())]), "an extended header");
    }
    bad_layer(&sandbox, &ended(&[extension(pax, b"7 a=bc\n")]), "behind an extension header");
    let many: Vec<Vec<u8>> = (0..3)
        .map(|_| extension(pax, format!("500009 a={}\n", "x".repeat(500_009 - 10)).as_bytes()))
        .collect();
    bad_layer(&sandbox, &ended(&many), "of extended attributes");
    // A size in the extended header counts, so that nothing hides behind the header's own.
    let key = secret(&sandbox, 1);
    let record = format!("{} size={}\n", 11, key.len());
    assert_eq!(record.len(), 11);
    let file = raw("a.py", key.as_bytes(), |header| header.set_size(0));
    let image = Image::of(&[ended(&[extension(pax, record.as_bytes()), file])]);
    assert_eq!(found(&sandbox, &archive(&image.layout()), &[], 1), ["a.py:1 1/1"]);
}

#[test]
fn paths_that_lead_out_and_names_that_come_twice_are_errors() {
    let sandbox = Sandbox::new();
    let key = secret(&sandbox, 1);
    let out = ended(&[raw("../../etc/cron.d/x", key.as_bytes(), |_| {})]);
    bad_layer(&sandbox, &out, "../../etc/cron.d/x: the path leads out of the image");
    // What stands there is judged all the same.
    let run = scan(&sandbox, "-", &[], &archive(&Image::of(&[out]).layout())).expect(2);
    assert!(run.stdout.contains("stripe-live-secret-key"), "{}", run.stdout);
    let steering = ended(&[raw("a\x1b[2Jb/..", b"x", |_| {})]);
    let run = scan(&sandbox, "-", &[], &archive(&Image::of(&[steering]).layout())).expect(2);
    assert!(!run.stdout.contains('\x1b') && run.stdout.contains("\\u{1b}"), "{}", run.stdout);
    let twice = layer(&[("a", "b\n"), ("./a", "c\n")]);
    bad_layer(&sandbox, &twice, "a stands in the layer twice");
    // In the file of the image itself.
    let mut objects = small().layout();
    objects.push(objects[0].clone());
    refused(&sandbox, &archive(&objects), &[], "stands in the archive twice");
    let outside = raw("../index.json", b"{}", |_| {});
    let whole = [outside, archive(&small().layout())].concat();
    refused(&sandbox, &whole, &[], "the path leads out of the archive");
    let mut behind = archive(&small().layout());
    behind.extend(b"garbage");
    refused(&sandbox, &behind, &[], "behind the archive's end");
}

#[test]
fn links_in_place_of_blobs_lead_nowhere_else() {
    let sandbox = Sandbox::new();
    let link = |name: &str, target: &str| {
        raw(name, b"", |header| {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_link_name_literal(target).unwrap();
        })
    };
    let without = |objects: &Objects, gone: &str| -> Vec<u8> {
        archive(&objects.iter().filter(|(name, _)| name != gone).cloned().collect())
    };
    let saved = small().saved();
    let layer_tar = format!("{:064x}/layer.tar", 1);
    let rest = without(&saved, &layer_tar);
    for target in ["/etc/passwd", "../../../etc/passwd"] {
        let whole = [link(&layer_tar, target), rest.clone()].concat();
        refused(&sandbox, &whole, &[], "a link that leads out of the archive");
    }
    let circle = [link(&layer_tar, "../other"), link("other", &layer_tar), rest.clone()].concat();
    refused(&sandbox, &circle, &[], "is not in the file");
    // What older versions write where two layers are the same.
    let twin = raw("twin.tar", &layer(&[("a", "b\n")]), |_| {});
    let whole = [twin, link(&layer_tar, "../twin.tar"), rest].concat();
    scan(&sandbox, "-", &[], &whole).expect(0);
    #[cfg(unix)]
    {
        folder(&small().layout(), &sandbox.path().join("layout"));
        std::os::unix::fs::symlink("/etc/hostname", sandbox.path().join("layout/x")).unwrap();
        let run = scan(&sandbox, "layout", &[], b"").expect(2);
        assert!(run.stdout.contains("a symbolic link that leads out"), "{}", run.stdout);
    }
}

#[test]
fn digests_and_sizes_that_do_not_fit_are_errors() {
    let sandbox = Sandbox::new();
    let image = small();
    let other = layer(&[("other", "file\n")]);
    let name = blob_name(&image.layers[0]);
    let objects = replaced(image.layout(), &name, &other);
    refused(&sandbox, &objects, &[], "its content has another digest");
    let saved = image.saved();
    let spoilt = replaced(saved, &format!("{:064x}/layer.tar", 1), &other);
    refused(&sandbox, &spoilt, &[], "but the configuration says");
    let (blobs, mut manifest) = image.blobs();
    manifest["size"] = 7.into();
    refused(&sandbox, &archive(&layout(blobs.clone(), vec![manifest.clone()])), &[], "says 7");
    manifest["size"] = (-1).into();
    refused(&sandbox, &archive(&layout(blobs.clone(), vec![manifest.clone()])), &[], "says -1");
    for wrong in ["md5:abc", "sha256:../../x", "sha256:ABC", ""] {
        manifest["digest"] = wrong.into();
        let objects = layout(blobs.clone(), vec![manifest.clone()]);
        refused(&sandbox, &archive(&objects), &[], "digest");
    }
}

#[test]
fn layers_that_are_not_in_the_file_are_errors() {
    let sandbox = Sandbox::new();
    for objects in [small().layout(), small().saved()] {
        let without: Objects = objects
            .into_iter()
            .filter(|(name, blob)| !name.ends_with("layer.tar") && *blob != small().layers[0])
            .collect();
        refused(&sandbox, &archive(&without), &[], "is not in the file");
    }
    // A foreign layer is kept by somebody else.
    let absent = layer(&[("x", "y\n")]);
    let config = Image::of(std::slice::from_ref(&absent)).config_json();
    let media = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    let mut foreign = descriptor(media, &absent);
    foreign["urls"] = json!(["https://example.com/layer"]);
    let manifest = json!({"schemaVersion": 2, "layers": [foreign],
        "config": descriptor("application/vnd.oci.image.config.v1+json", &config)});
    let manifest = manifest.to_string().into_bytes();
    let named = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
    let blobs = [config, manifest].map(|blob| (blob_name(&blob), blob)).into();
    let whole = archive(&layout(blobs, vec![named]));
    refused(&sandbox, &whole, &[], "but at https://example.com/layer is not in the file");
}

/// A layout whose index names one document.
fn naming(document: &[u8], media: &str) -> Vec<u8> {
    let (mut blobs, _) = small().blobs();
    blobs.push((blob_name(document), document.to_vec()));
    archive(&layout(blobs, vec![descriptor(media, document)]))
}

#[test]
fn documents_that_lie_or_never_end_are_errors() {
    let sandbox = Sandbox::new();
    let image = "application/vnd.oci.image.manifest.v1+json";
    let list = "application/vnd.oci.image.index.v1+json";
    let both = json!({"manifests": [], "layers": [], "config": {}}).to_string();
    refused(&sandbox, &naming(both.as_bytes(), image), &[], "an index and a manifest at once");
    let lying = json!({"mediaType": image, "manifests": []}).to_string();
    refused(&sandbox, &naming(lying.as_bytes(), list), &[], "an index that says it is");
    let lying = json!({"mediaType": list, "layers": [], "config": {}}).to_string();
    refused(&sandbox, &naming(lying.as_bytes(), image), &[], "a manifest that says it is");
    refused(&sandbox, &naming(b"{}", image), &[], "neither an index nor a manifest");
    let deep = format!("{{\"layers\":{}", "[".repeat(100_000));
    refused(&sandbox, &naming(deep.as_bytes(), image), &[], "recursion limit");
    refused(&sandbox, &naming(b"{\"layers\":[],", image), &[], "reading it");
    let twice = format!("{{\"config\":{0},\"config\":{0},\"layers\":[]}}", descriptor("x", b""));
    refused(&sandbox, &naming(twice.as_bytes(), image), &[], "duplicate field");
    let many: Vec<Value> = (0..5000).map(|_| descriptor("x", b"")).collect();
    let many = json!({"layers": many, "config": descriptor("x", b"")}).to_string();
    refused(&sandbox, &naming(many.as_bytes(), image), &[], "more than 4096 layers");
    // Indexes inside each other, and one that names itself.
    let (mut blobs, mut named) = small().blobs();
    for _ in 0..12 {
        let outer = index(vec![named]).to_string().into_bytes();
        named = descriptor(list, &outer);
        blobs.push((blob_name(&outer), outer));
    }
    refused(&sandbox, &archive(&layout(blobs, vec![named])), &[], "indexes inside each other");
    let own = json!({"mediaType": list, "digest": digest(b"own"), "size": 1});
    let circle = index(vec![own.clone()]).to_string().into_bytes();
    let (mut blobs, _) = small().blobs();
    blobs.push((blob_name(b"own"), circle));
    refused(&sandbox, &archive(&layout(blobs, vec![own])), &[], "another digest");
}

#[test]
fn what_unpacks_to_more_than_allowed_is_an_error() {
    let sandbox = Sandbox::new();
    let zeros = "\0".repeat(3 << 20);
    for packed in [Packed::Not, Packed::Gzip, Packed::Zstd] {
        let image = Image::of(&[layer(&[("zeros", &zeros)])]).packed(packed);
        let bomb = archive(&image.layout());
        refused(
            &sandbox,
            &bomb,
            &["--max-image-size", "2m"],
            "raise the limit with --max-image-size",
        );
        refused(&sandbox, &bomb, &["--max-file-size", "1m"], "raise it with --max-file-size");
        scan(&sandbox, "-", &[], &bomb).expect(0);
    }
    // Over all layers together.
    let layers: Vec<Vec<u8>> =
        (0..4).map(|n| layer(&[(&format!("zeros{n}"), &zeros[..1 << 20])])).collect();
    let bomb = archive(&Image::of(&layers).packed(Packed::Gzip).layout());
    refused(&sandbox, &bomb, &["--max-image-size", "3m"], "unpacks to more than 3145728 bytes");
    // A window that would have to be held in memory: 2^41 bytes.
    let window = b"\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00";
    let mut objects = small().layout();
    objects.push((blob_name(window), window.to_vec()));
    refused(&sandbox, &archive(&objects), &[], "unpacking");
}

#[test]
fn ten_thousand_files_take_no_long_time() {
    let sandbox = Sandbox::new();
    let mut files: Vec<Vec<u8>> =
        (0..10_000).map(|n| raw(&format!("d/{n}"), b"", |_| {})).collect();
    files.push(raw("key.py", secret(&sandbox, 1).as_bytes(), |_| {}));
    let image = Image::of(&[ended(&files)]).packed(Packed::Gzip);
    assert_eq!(found(&sandbox, &archive(&image.layout()), &[], 1), ["key.py:1 1/1"]);
}

#[test]
fn a_media_type_that_names_another_packing_is_told_and_the_layer_judged() {
    let sandbox = Sandbox::new();
    let inner = layer(&[("a.py", &secret(&sandbox, 1))]);
    let config = Image::of(std::slice::from_ref(&inner)).config_json();
    let media = "application/vnd.oci.image.layer.v1.tar+gzip";
    let manifest = json!({"schemaVersion": 2, "layers": [descriptor(media, &inner)],
        "config": descriptor("application/vnd.oci.image.config.v1+json", &config)});
    let manifest = manifest.to_string().into_bytes();
    let named = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
    let blobs = [inner, config, manifest].map(|blob| (blob_name(&blob), blob)).into();
    let run = scan(&sandbox, "-", &[], &archive(&layout(blobs, vec![named]))).expect(1);
    assert!(run.stdout.contains("but is not packed"), "{}", run.stdout);
}
