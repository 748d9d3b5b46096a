//! Texts that are made to keep the engine busy: what is looked at stays in proportion to their length.
//! `benches/flood` measures many more, in time.

use super::scan;
use crate::check::effort;
use crate::detector::{self, Context};

/// The effort of a text that says the same over and over, in bytes looked at for each byte.
fn effort_of(unit: &str) -> usize {
    let text = unit.repeat(8192 / unit.len() + 1);
    effort::of(|| drop(scan(b"x", text.as_bytes()))) / text.len()
}

#[test]
fn no_repeated_keyword_is_looked_at_over_and_over() {
    let random = "zQ4kT9xW¦v7Lp2mRb".replace('¦', "");
    let with_checks = detector::all()
        .iter()
        .filter(|detector| !detector.checks.is_empty() && detector.context != Context::Label);
    let some_labels = detector::all().iter().filter(|detector| detector.context == Context::Label);
    let mut keywords: Vec<&str> = with_checks
        .chain(some_labels.take(8))
        .flat_map(|detector| detector.keywords.iter().take(6))
        .copied()
        .collect();
    keywords.sort_unstable();
    keywords.dedup();
    for keyword in keywords {
        for tail in ["", "\n", "=", "=\"", &format!(": '{random}', ")] {
            let unit = format!("{keyword}{tail}");
            let effort = effort_of(&unit);
            assert!(effort <= 32, "{unit:?} repeated: each byte is looked at {effort} times");
        }
    }
}

#[test]
fn no_mix_of_keywords_is_looked_at_over_and_over() {
    let keywords: Vec<&str> = detector::all()
        .iter()
        .filter(|detector| detector.context == Context::Label)
        .flat_map(|detector| detector.keywords.iter().take(1))
        .copied()
        .collect();
    for glue in ["=", "\n", ": "] {
        let mix: Vec<&str> = keywords.iter().step_by(3).copied().collect();
        let text = mix.join(glue);
        let effort = effort::of(|| drop(scan(b"x", text.as_bytes()))) / text.len();
        assert!(effort <= 48, "glue {glue:?}: each byte is looked at {effort} times");
    }
}

#[test]
fn no_header_of_a_key_or_manifest_is_looked_at_over_and_over() {
    let header = ["-----BEGIN ", "PRIVATE KEY-----"].concat();
    for unit in [&header[..], "kind: Secret\n", "\"kind\":\"Secret\",", "jdbc:a:b?password="] {
        let effort = effort_of(unit);
        assert!(effort <= 24, "{unit:?} repeated: each byte is looked at {effort} times");
    }
}

/// Each keyword's pattern could read on to the same end.
#[test]
fn no_pattern_is_run_over_the_same_bytes_for_each_keyword_of_a_row() {
    for unit in ["jdbc:", "jdbc:a:b?", "eyJ", "curl ", "sk-", "amqp://", "mongodb://a", "JQQJ9"] {
        let effort = effort_of(unit);
        assert!(effort <= 24, "{unit:?} repeated: each byte is looked at {effort} times");
    }
}

#[test]
fn a_key_behind_a_row_of_its_keywords_is_found() {
    let password = "blue-¦sky-42".replace('¦', "");
    for (keyword, rest) in [
        ("curl ", format!("-u deploy:{password} https://files.acme.net/x\n")),
        ("jdbc:", format!("mysql://db.acme.net/app?user=app&password={password}\n")),
    ] {
        for count in [1, 11, 12, 13, 40] {
            let text = format!("{}{rest}", keyword.repeat(count));
            let found = scan(b"x", text.as_bytes()).unwrap();
            let is_it = found.iter().any(|found| found.secret.is(password.as_bytes()));
            assert!(is_it, "{count} times {keyword:?}");
        }
    }
}

#[test]
fn a_text_that_repeats_a_key_has_each_of_them() {
    let key = "zQ4kT9xW¦v7Lp2mRb8sYd5".replace('¦', "");
    for line in [
        format!("password = '{key}'\n"),
        format!("x: redis://app:{key}@cache.acme.net:6379/0 "),
        format!("Server=sql.acme.net;User Id=app;Password={key};\n"),
    ] {
        let found = scan(b"x", line.repeat(300).as_bytes()).unwrap();
        let places: Vec<usize> = found.iter().map(|found| found.span.start).collect();
        let first = line.find(&key).unwrap();
        let each: Vec<usize> = (0..300).map(|number| number * line.len() + first).collect();
        assert_eq!(places, each, "{line}");
        assert!(found.iter().all(|found| found.secret.is(key.as_bytes())));
    }
}

#[test]
fn a_key_is_seen_behind_what_only_begins_like_one() {
    let key = "sk_live_9aKq3Zx7¦Lm2Wp5Rt8Yv4Bn6C".replace('¦', "");
    for before in ["sk_live_", "sk_live_\n", "sk_live_9aKq3Zx7\n", "x = 'sk_live_…' # and more\n"]
    {
        for times in [1, 2, 3, 11, 12, 13, 40] {
            let text = before.repeat(times) + "key = '" + &key + "'" + &" and so on".repeat(99);
            let found = scan(b"x", text.as_bytes()).unwrap();
            let starts: Vec<_> = found.iter().map(|found| found.span.start).collect();
            assert_eq!(starts, [text.find(&key).unwrap()], "{times} times {before:?}");
        }
    }
}
