//! `keystop detectors` and `keystop explain`.

use super::*;

#[test]
fn the_detectors_are_listed_for_people() {
    let sandbox = Sandbox::new();
    let run = keystop(&sandbox, &["detectors"]).expect(0);
    assert!(
        run.stdout
            .lines()
            .any(|line| line.starts_with(STRIPE) && line.ends_with("Stripe live secret key"))
    );
    assert_eq!(run.stderr, "");
}

#[test]
fn the_detectors_are_listed_as_json() {
    let sandbox = Sandbox::new();
    let run = keystop(&sandbox, &["detectors", "--format", "json"]).expect(0);
    let list = json(&run);
    let list = list.as_array().unwrap();
    let documented =
        BTreeSet::from(["id", "provider", "name", "confidence", "keywords", "revoke", "docs"]);
    let mut ids = BTreeSet::new();
    for detector in list {
        let extra: BTreeSet<&str> =
            names(detector).symmetric_difference(&documented).copied().collect();
        // Only what is no key at all says why.
        assert!(
            extra.is_empty() || extra == BTreeSet::from(["public"]),
            "{extra:?} of {}",
            detector["id"]
        );
        // Key stores are known by their content, without a keyword.
        assert!(detector["keywords"].is_array(), "{}", detector["id"]);
        assert!(ids.insert(detector["id"].as_str().unwrap()), "{} twice", detector["id"]);
    }
    assert_eq!(keystop(&sandbox, &["detectors"]).stdout.lines().count(), list.len());
}

#[test]
fn each_detector_is_explained() {
    let sandbox = Sandbox::new();
    let list = json(&keystop(&sandbox, &["detectors", "--format", "json"]));
    for detector in list.as_array().unwrap().iter().step_by(7) {
        let run = keystop(&sandbox, &["explain", detector["id"].as_str().unwrap()]).expect(0);
        for text in [
            detector["name"].as_str().unwrap(),
            detector["revoke"].as_str().unwrap(),
            "What a leak risks",
        ] {
            // Wrapped, but with each word.
            let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(said.contains(text), "no {text:?} in:\n{}", run.stdout);
        }
    }
}

#[test]
fn what_is_no_finding_by_design_is_explained() {
    let sandbox = Sandbox::new();
    for (id, says) in [
        ("json-web-token", "Not reported: expired tokens"),
        ("stripe-live-publishable-key", "made to stand in web pages"),
        ("firebase-web-api-key", "Restrict it to the Firebase APIs"),
        ("sentry-dsn", "it only sends events in"),
        ("mapbox-public-token", "made to stand in web pages"),
    ] {
        let run = keystop(&sandbox, &["explain", id]).expect(0);
        let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(says), "no {says:?} in:\n{}", run.stdout);
        let public = run.stdout.contains("No finding");
        assert!(public || id == "json-web-token", "{}", run.stdout);
    }
}

#[test]
fn an_unknown_detector_is_answered_with_the_nearest() {
    let sandbox = Sandbox::new();
    let run = keystop(&sandbox, &["explain", "stripe-live-secret-keys"]).expect(2);
    assert_eq!(run.stdout, "");
    run.says("stripe-live-secret-key").says("keystop detectors");
    keystop(&sandbox, &["explain", "githb-personal-acess-token"])
        .expect(2)
        .says("github-personal-access-token");
}

#[test]
fn more_than_a_thousand_types_of_seven_hundred_providers_are_counted() {
    let sandbox = Sandbox::new();
    let said = keystop(&sandbox, &["detectors", "--count"]).expect(0).stdout;
    let numbers: Vec<usize> = said.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert!(numbers[0] >= 1000 && numbers[1] >= 700, "{said}");
}
