//! What a commit brings.

use crate::support::{Sandbox, keys};

#[test]
fn a_staged_key_of_each_kind_is_blocked_by_its_own_detector() {
    let sandbox = Sandbox::new();
    let repo = sandbox.with_commit("work");
    let (aiven, codecov, stripe, github) =
        (keys::aiven(1), keys::codecov(1), keys::stripe(1), keys::github(1));
    for (detector, key, line) in [
        ("aiven-api-token", &aiven, format!("AIVEN_TOKEN = \"{}\"\n", aiven.value())),
        ("codecov-upload-token", &codecov, format!("CODECOV_TOKEN={}\n", codecov.value())),
        ("stripe-live-secret-key", &stripe, format!("stripe.api_key = '{}'\n", stripe.value())),
        ("github-personal-access-token", &github, format!("token: {}\n", github.value())),
    ] {
        sandbox.plant(&key.body);
        repo.stage("settings.txt", line);
        let before = repo.id("HEAD");
        let run = repo.git(&["commit", "-m", "add settings"]).blocked_by(detector);
        assert!(run.stderr.contains("settings.txt:1:"), "{}", run.stderr);
        assert!(run.stderr.contains("git restore --staged -- settings.txt"), "{}", run.stderr);
        assert!(run.stderr.contains("revoke it"), "{}", run.stderr);
        assert_eq!(repo.id("HEAD"), before, "a commit was made");
    }
}
