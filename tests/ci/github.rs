//! GitHub Actions.

use std::fs;

use serde_json::{Value, json};

use super::*;

/// The runner's variables for an event, whose file is written.
struct Event {
    name: &'static str,
    reference: String,
    sha: String,
    path: String,
}

impl Event {
    fn new(scene: &Scene, name: &'static str, reference: &str, sha: &str, event: Value) -> Event {
        let mut event = event;
        event["repository"] = json!({"default_branch": "main", "full_name": "o/r"});
        let path = scene.sandbox.path().join("event.json");
        fs::write(&path, event.to_string()).unwrap();
        let path = path.to_str().unwrap().to_owned();
        Event { name, reference: reference.to_owned(), sha: sha.to_owned(), path }
    }

    fn variables(&self) -> [(&str, &str); 6] {
        [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", self.name),
            ("GITHUB_EVENT_PATH", &self.path),
            ("GITHUB_REF", &self.reference),
            ("GITHUB_SHA", &self.sha),
        ]
    }
}

fn push(scene: &Scene, reference: &str, before: &str, after: &str) -> Event {
    let event = json!({"ref": reference, "before": before, "after": after, "deleted": false});
    Event::new(scene, "push", reference, after, event)
}

/// A request of `head` for `main`; the merge is the runner's commit.
fn request(scene: &Scene, name: &'static str, base: &str, head: &str, merge: &str) -> Event {
    let event = json!({
        "action": "synchronize",
        "number": 1,
        "pull_request": {
            "base": {"ref": "main", "sha": base},
            "head": {"ref": "work", "sha": head},
        },
    });
    Event::new(scene, name, "refs/pull/1/merge", merge, event)
}

const MERGE: &str = "+refs/pull/1/merge:refs/remotes/pull/1/merge";

#[test]
fn a_push_is_what_came_since_the_commit_before() {
    for reader in [support::Reader::Usual, support::Reader::Git] {
        let sandbox = Sandbox::with_reader(reader);
        let scene = Scene::new(&sandbox);
        let after = scene.brought();
        scene.push("main");
        let folder = scene.whole(&[], &after);
        let event = push(&scene, "refs/heads/main", &scene.main, &after);
        scene.finds_its_key(&folder, &event.variables());
    }
}

#[test]
fn a_new_branch_is_what_the_default_branch_does_not_have() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.whole(&[], &after);
    let event = push(&scene, "refs/heads/work", ZERO, &after);
    scene.finds_its_key(&folder, &event.variables());
}

#[test]
fn the_first_push_of_the_default_branch_is_all_of_it() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let event = push(&scene, "refs/heads/main", ZERO, &after);
    assert_eq!(scene.found(&folder, &event.variables()), set(&["old.py", "pay.py"]));
}

#[test]
fn a_forced_push_over_a_commit_that_is_gone_is_judged_against_the_default_branch() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.whole(&[], &after);
    let gone = "1234567890123456789012345678901234567890";
    let event = push(&scene, "refs/heads/work", gone, &after);
    scene.finds_its_key(&folder, &event.variables());
    // Of the default branch itself everything is judged.
    let event = push(&scene, "refs/heads/main", gone, &after);
    assert_eq!(scene.found(&folder, &event.variables()), set(&["old.py", "pay.py"]));
}

#[test]
fn a_forced_push_over_a_commit_that_is_here_is_what_that_one_does_not_reach() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let before = scene.commit("first.py", "pass\n");
    scene.push("refs/heads/backup");
    scene.dev.git(&["reset", "-q", "--hard", "main"]).expect(0);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.whole(&[], &after);
    let event = push(&scene, "refs/heads/work", &before, &after);
    scene.finds_its_key(&folder, &event.variables());
}

#[test]
fn a_merge_commit_that_is_pushed_brings_its_branch() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let request = scene.brought();
    scene.dev.git(&["switch", "-q", "main"]).expect(0);
    let after = scene.merge(&request, "refs/heads/main");
    let folder = scene.whole(&[], &after);
    let event = push(&scene, "refs/heads/main", &scene.main, &after);
    scene.finds_its_key(&folder, &event.variables());
}

#[test]
fn a_tag_is_judged_with_its_message_and_with_what_no_branch_has() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    let words = secret(&sandbox, 4);
    scene.dev.git(&["tag", "-a", "-m", words.trim(), "v1"]).expect(0);
    scene.dev.git(&["push", "-q", "origin", "v1"]).expect(0);
    let folder = scene.whole(&[], &after);
    let event = push(&scene, "refs/tags/v1", ZERO, &after);
    assert_eq!(scene.found(&folder, &event.variables()), set(&["pay.py", "(tag)"]));
}

#[test]
fn an_annotated_tag_is_judged_also_where_the_checkout_made_a_plain_one_of_it() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let words = secret(&sandbox, 4);
    scene.dev.git(&["tag", "-a", "-m", words.trim(), "v1", "main"]).expect(0);
    scene.dev.git(&["push", "-q", "origin", "v1"]).expect(0);
    let tag = scene.dev.id("v1");
    let folder = scene.whole(&[], &scene.main);
    // The event names the tag, the runner's variable its commit; the checkout moves the ref there.
    let gone = json!({"ref": "refs/tags/v1", "before": ZERO, "after": tag, "deleted": false});
    let event = Event::new(&scene, "push", "refs/tags/v1", &scene.main, gone);
    let plain = ["update-ref", "refs/tags/v1", &scene.main];
    sandbox.run(&folder, "git", &plain, &[], b"").expect(0);
    assert_eq!(scene.found(&folder, &event.variables()), set(&["(tag)"]));
    // A clone without the tag's object was not judged.
    let folder = scene.fetched(&["+refs/heads/main:refs/remotes/origin/main"], &[], &scene.main);
    scene.ci(&folder, &event.variables(), &[]).expect(2);
}

#[test]
fn a_deleted_branch_brings_nothing() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let folder = scene.whole(&[], &scene.main);
    let gone = json!({"ref": "refs/heads/x", "before": scene.main, "after": ZERO, "deleted": true});
    let event = Event::new(&scene, "push", "refs/heads/main", &scene.main, gone);
    assert_eq!(scene.found(&folder, &event.variables()), set(&[]));
}

#[test]
fn a_pull_request_is_what_its_target_does_not_have() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.brought();
    scene.push("refs/pull/1/head");
    let merge = scene.merge(&head, "refs/pull/1/merge");
    let folder = scene.whole(&[MERGE], &merge);
    let event = request(&scene, "pull_request", &scene.main, &head, &merge);
    scene.finds_its_key(&folder, &event.variables());
    // The request's own commit in place of the merge.
    let folder = scene.whole(&["+refs/pull/1/head:refs/remotes/pull/1/head"], &head);
    scene.finds_its_key(&folder, &event.variables());
}

#[test]
fn what_the_target_got_meanwhile_is_not_the_requests() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.brought();
    scene.push("refs/pull/1/head");
    scene.dev.git(&["switch", "-q", "main"]).expect(0);
    scene.commit("meanwhile.py", secret(&sandbox, 5));
    scene.push("main");
    let merge = scene.merge(&head, "refs/pull/1/merge");
    // The event's base is the one the request was opened on.
    let event = request(&scene, "pull_request", &scene.main, &head, &merge);
    let folder = scene.whole(&[MERGE], &merge);
    scene.finds_its_key(&folder, &event.variables());
    // Also where only the merge was fetched: its first parent is the target.
    let folder = scene.fetched(&[MERGE], &[], &merge);
    scene.finds_its_key(&folder, &event.variables());
}

#[test]
fn a_key_that_only_the_merge_holds_is_found() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.commit("clean.py", "pass\n");
    scene.dev.git(&["switch", "-q", "--detach", "main"]).expect(0);
    scene.dev.git(&["merge", "-q", "--no-ff", "--no-commit", &head]).expect(0);
    let merge = scene.commit("pay.py", secret(&sandbox, 3));
    scene.push("refs/pull/1/merge");
    let folder = scene.whole(&[MERGE], &merge);
    let event = request(&scene, "pull_request", &scene.main, &head, &merge);
    scene.finds_its_key(&folder, &event.variables());
}

#[test]
fn a_request_from_a_fork_is_judged_by_the_targets_configuration() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    scene.commit(".keystop.toml", "disabled = [\"*\"]\n");
    let head = scene.brought();
    scene.push("refs/pull/1/head");
    let merge = scene.merge(&head, "refs/pull/1/merge");
    let folder = scene.whole(&[MERGE], &merge);
    let event = request(&scene, "pull_request", &scene.main, &head, &merge);
    scene.finds_its_key(&folder, &event.variables());
}

#[test]
fn pull_request_target_is_about_the_request_which_must_be_checked_out() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.brought();
    scene.push("refs/pull/1/head");
    // Its commit is the target branch's.
    let event = request(&scene, "pull_request_target", &scene.main, &head, &scene.main);
    let folder = scene.whole(&[], &scene.main);
    let run = scene.ci(&folder, &event.variables(), &["--format", "json"]).expect(2);
    assert!(said(&run).contains("not in this clone: check out that commit"), "{}", run.stdout);
    scene.ci(&folder, &event.variables(), &["--fallback", "tree"]).expect(2);
    let folder = scene.whole(&["+refs/pull/1/head:refs/remotes/pull/1/head"], &head);
    scene.finds_its_key(&folder, &event.variables());
}

#[test]
fn a_merge_group_is_what_came_since_its_base() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let head = scene.brought();
    let group = "refs/heads/gh-readonly-queue/main/pr-1";
    let merge = scene.merge(&head, group);
    let event = json!({
        "action": "checks_requested",
        "merge_group": {
            "base_ref": "refs/heads/main", "base_sha": scene.main,
            "head_ref": group, "head_sha": merge,
        },
    });
    let event = Event::new(&scene, "merge_group", group, &merge, event);
    let folder = scene.whole(&[], &merge);
    scene.finds_its_key(&folder, &event.variables());
}

#[test]
fn a_run_by_hand_or_by_the_clock_is_all_that_the_default_branch_does_not_have() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("work");
    let folder = scene.whole(&[], &after);
    let event =
        Event::new(&scene, "workflow_dispatch", "refs/heads/work", &after, json!({"inputs": {}}));
    scene.finds_its_key(&folder, &event.variables());
    // On the default branch it is all that this has.
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let event =
        Event::new(&scene, "schedule", "refs/heads/main", &after, json!({"schedule": "0 4 * * *"}));
    assert_eq!(scene.found(&folder, &event.variables()), set(&["old.py", "pay.py"]));
}

#[test]
fn an_event_that_cannot_be_read_is_2() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let folder = scene.whole(&[], &scene.main);
    let event = push(&scene, "refs/heads/main", ZERO, &scene.main);
    let key = keys::stripe(9);
    sandbox.plant(&key.body);
    for text in ["", "[", "{\"pull_request\": 3}", &format!("{{\"before\": {}}}", key.value())] {
        fs::write(&event.path, text).unwrap();
        scene.ci(&folder, &event.variables(), &[]).expect(2);
    }
    fs::remove_file(&event.path).unwrap();
    scene.ci(&folder, &event.variables(), &[]).expect(2);
    let mut without = event.variables();
    without[3].1 = "";
    scene.ci(&folder, &without, &[]).expect(2);
}

#[test]
fn findings_are_annotations_and_a_summary_that_no_text_can_forge() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let key = secret(&sandbox, 3);
    let name = "a\n::set-output name=x::1\n,file=b%0A::add-mask::x.py";
    let words = "::error::forged\n##[error]forged\n::stop-commands::x\n";
    scene.dev.stage(name, format!("{words}{}  # ::warning::forged\n", key.trim()));
    scene.dev.commit_unasked("::error::forged\n\n::error::forged\n");
    let after = scene.dev.id("HEAD");
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let event = push(&scene, "refs/heads/main", &scene.main, &after);
    let summary = sandbox.path().join("summary.md");
    fs::write(&summary, "# of the step before\n").unwrap();
    let variables = event.variables();
    let mine = [("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    let run = scene.ci(&folder, &[&variables[..], &mine].concat(), &[]).expect(1);
    let mut word = None;
    let mut errors = 0;
    for line in run.stdout.lines().chain(run.stderr.lines()) {
        let line = line.trim_start();
        if let Some(stop) = &word {
            // Between these nothing is a command, and nobody could know the word.
            if line == format!("::{stop}::") {
                word = None;
            }
        } else if line.starts_with("::error ") {
            errors += 1;
            assert!(line.contains("file=a\\n%3A%3Aset-output name=x%3A%3A1\\n%2Cfile=b%250A"));
        } else if let Some(stop) = line.strip_prefix("::stop-commands::") {
            word = Some(stop.to_owned());
        } else {
            assert!(!line.starts_with("::") && !line.contains("##["), "{}", run.stdout);
        }
    }
    assert_eq!((errors, word), (1, None), "{}", run.stdout);
    let summary = fs::read_to_string(summary).unwrap();
    assert!(summary.starts_with("# of the step before\n"), "{summary}");
    assert!(summary.contains("stripe-live-secret-key") || summary.contains("Stripe"), "{summary}");
    sandbox.assert_silent(summary.as_bytes());
}

#[test]
fn what_was_asked_for_goes_before_the_platforms_own_way() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let after = scene.brought();
    scene.push("main");
    let folder = scene.whole(&[], &after);
    let event = push(&scene, "refs/heads/main", &scene.main, &after);
    let summary = sandbox.path().join("summary.md");
    let mine = [("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    let variables = [&event.variables()[..], &mine].concat();
    let run = scene.ci(&folder, &variables, &["--format", "json"]).expect(1);
    json(&run);
    assert!(!summary.exists());
    // A file beside it changes nothing of what is shown.
    let sarif = sandbox.path().join("keystop.sarif");
    let run = scene.ci(&folder, &variables, &["--output", sarif.to_str().unwrap()]).expect(1);
    assert!(run.stdout.starts_with("::error "), "{}", run.stdout);
    assert!(summary.exists() && sarif.exists());
}

#[test]
fn the_name_of_a_branch_is_judged_and_not_shown() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox);
    let key = keys::github(6);
    sandbox.plant(&key.body);
    let after = scene.commit("clean.py", "pass\n");
    let branch = format!("refs/heads/{}", key.value());
    scene.push(&branch);
    let folder = scene.whole(&[], &after);
    let event = push(&scene, &branch, ZERO, &after);
    assert_eq!(scene.found(&folder, &event.variables()), set(&["(ref name)"]));
}
