//! Keys in archives, whole and broken.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::encoded::{fill_up, scanned};
use super::*;
use support::archive::{gzip, tar, xz, zip, zip_stored, zstd};

/// What the report says was left closed.
fn closed(report: &Value) -> Vec<&str> {
    report["closed"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

/// The ways to the members something was found in.
fn members(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|one| one["member"].as_str().unwrap_or("-")).collect()
}

/// Where the first of `mark` stands.
fn place(archive: &[u8], mark: &[u8]) -> usize {
    memchr::memmem::find(archive, mark).unwrap()
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
fn what_is_damaged_is_judged_as_far_as_it_goes_and_told() {
    let key = keys::stripe(8);
    let text = format!("key = {}\n{}", key.value(), fill_up(40_000));
    let whole = gzip(text.as_bytes());
    let report = scanned("cut.gz", &whole[..whole.len() / 2], &key, &[], 1);
    assert_eq!(members(&report), ["gzip"]);
    assert_eq!(closed(&report), ["cut.gz > gzip: damaged: judged as far as it unpacks"]);
    // One member is broken, the others are read.
    let mut archive = zip(&[("a.txt", fill_up(9000).as_bytes()), ("b.env", text.as_bytes())]);
    archive[60..200].fill(0xff);
    let report = scanned("broken.zip", &archive, &key, &[], 1);
    assert_eq!(members(&report), ["b.env"]);
    assert_eq!(closed(&report), ["broken.zip > a.txt: damaged: judged as far as it unpacks"]);
    let report = scanned("broken.zip", &archive, &key, &["--max-archive-size", "0"], 0);
    let said =
        "not unpacked, since the limit for archives is 0: judged by the bytes that stand there";
    assert_eq!(closed(&report), [format!("broken.zip: {said}")]);
    // Behind a broken header tar goes on with the next that is whole.
    let packed = gzip(text.as_bytes());
    let mut archive = tar(&[("a", &b"one"[..]), ("b", b"two"), ("c.gz", &packed)]);
    archive[1024 + 150] = b'x';
    let report = scanned("broken.tar", &archive, &key, &[], 1);
    assert_eq!(members(&report), ["c.gz > gzip"]);
    assert_eq!(closed(&report), ["broken.tar: damaged: judged as far as it unpacks"]);
    let cut = tar(&[("c.gz", &packed[..])]);
    let report = scanned("cut.tar", &cut[..512 + packed.len() / 2], &key, &[], 1);
    assert_eq!(members(&report), ["c.gz > gzip"]);
    assert_eq!(closed(&report)[0], "cut.tar > c.gz: damaged: judged as far as it unpacks");
    // A sample that was cut short stands in many a text.
    let sample = format!("data: {}\n", &BASE64_STANDARD.encode(&whole)[..400]);
    scanned("page.md", sample.as_bytes(), &key, &[], 1);
}

#[test]
fn what_only_begins_like_an_archive_is_judged_by_its_bytes_and_told() {
    let key = keys::stripe(14);
    let text = format!("\nkey = {}\n", key.value());
    for magic in [
        &b"PK\x03\x04"[..],
        b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0a\xff\xff\xff",
        b"\x1f\x8b\x08 is what gzip begins with",
        b"\x28\xb5\x2f\xfd is what zstd begins with",
        b"\xfd7zXZ\0 is what xz begins with",
    ] {
        let report = scanned("sample", &[magic, text.as_bytes()].concat(), &key, &[], 1);
        assert_eq!(members(&report), ["-"]);
        assert_eq!(closed(&report).len(), 1, "{report:#}");
        assert!(closed(&report)[0].starts_with("sample: begins like an archive but is none"));
        let sandbox = Sandbox::new();
        fs::write(sandbox.path().join("sample"), magic).unwrap();
        let run = keystop(&sandbox, &["scan", "sample"]).expect(0);
        assert!(run.stdout.contains("sample: begins like an archive but is none"));
    }
    // An archive without members is one; so is one inside another, whose directory is its own.
    let empty = zip(&[]);
    let stored = BASE64_STANDARD.encode(fill_up(60)).repeat(3);
    let inner = zip(&[("a/", b""), ("a/b.txt", stored.as_bytes())]);
    for archive in [empty, zip_stored("lib/inner.jar", &inner)] {
        let sandbox = Sandbox::new();
        fs::write(sandbox.path().join("some.jar"), archive).unwrap();
        let run = keystop(&sandbox, &["scan", "some.jar"]).expect(0);
        assert!(!run.stdout.contains("some.jar"), "{}", run.stdout);
    }
    // In the middle of a file nothing of it is one.
    let report = scanned("sample", &[text.as_bytes(), b"PK\x03\x04 x"].concat(), &key, &[], 1);
    assert!(closed(&report).is_empty());
}

#[test]
fn what_nobody_can_open_is_told_and_judged_by_its_own_bytes() {
    let key = keys::stripe(11);
    let text = format!("key = {}\n", key.value());
    // Bit 0 of a member's flags says that it is encrypted; 97 is a compression of another program.
    for (offset, directory, value, why) in
        [(6, 8, 1, "encrypted"), (8, 10, 97, "of a compression that is not opened")]
    {
        let members = [("a.env", &b"no text for us"[..]), ("b.env", text.as_bytes())];
        let mut archive = zip(&members);
        let at = place(&archive, b"PK\x01\x02");
        archive[offset] = value;
        archive[at + directory] = value;
        let report = scanned("some.zip", &archive, &key, &[], 1);
        assert_eq!(self::members(&report), ["b.env"]);
        let told = format!("some.zip > a.env: {why}: judged by the bytes that stand there");
        assert_eq!(closed(&report), [told]);
    }
}

#[test]
fn whatever_any_program_takes_out_of_a_zip_is_judged() {
    let key = keys::stripe(15);
    let text = format!("key = {}\n", key.value());
    let filler = fill_up(text.len());
    let (good, bad) = (("a.env", filler.as_bytes()), ("b.env", text.as_bytes()));
    // A name twice: the first or the last member wins, as the program likes.
    for both in [[good, bad], [bad, good]] {
        let mut archive = zip(&both);
        while let Some(at) = memchr::memmem::find(&archive, b"b.env") {
            archive[at] = b'a';
        }
        assert_eq!(members(&scanned("x.zip", &archive, &key, &[], 1)), ["a.env"]);
    }
    // The directory lists one of two members; or none, where it was cut off.
    for both in [[good, bad], [bad, good]] {
        let archive = zip(&both);
        let first = place(&archive, b"PK\x01\x02");
        let second = first + 4 + place(&archive[first + 4..], b"PK\x01\x02");
        let unlisted = [&archive[..first], &archive[second..]].concat();
        for archive in [&unlisted[..], &archive[..first]] {
            assert_eq!(members(&scanned("x.zip", archive, &key, &[], 1)), ["b.env"]);
        }
    }
    // Header and directory disagree about compression, length, place and name.
    let whole = zip(&[bad]);
    let at = place(&whole, b"PK\x01\x02");
    for change in [(8, 97), (at + 10, 97), (18, 1), (at + 20, 1), (22, 1), (6, 1), (at + 8, 1)] {
        let mut archive = whole.clone();
        archive[change.0] = change.1;
        assert_eq!(members(&scanned("x.zip", &archive, &key, &[], 1)), ["b.env"], "{change:?}");
    }
    // Something in front of the archive, a comment behind it.
    let mut commented = [b"#!/bin/sh\n".as_slice(), &whole, b"a comment"].concat();
    let end = place(&commented, b"PK\x05\x06");
    commented[end + 20] = 9;
    assert_eq!(members(&scanned("x.run", &commented, &key, &[], 1)), ["b.env"]);
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
