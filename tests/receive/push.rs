//! What a server is sent: every ref of every form.

use super::*;

#[test]
fn a_clean_push_passes_without_a_word() {
    with_both_readers(|world| {
        world.commit("a.py", "pass\n");
        let run = world.passes(&["-q", "main"]);
        assert_eq!(run.stderr, "");
    });
}

#[test]
fn a_key_is_refused_on_the_default_branch_and_on_a_new_one() {
    with_both_readers(|world| {
        world.commit("pay.py", world.secret(1));
        world.finds(&["main"]);
        world.finds(&["main:refs/heads/new"]);
        world.finds(&["main:refs/for/review"]);
    });
}

#[test]
fn a_key_that_a_later_commit_removes_is_refused() {
    with_both_readers(|world| {
        world.commit("pay.py", world.secret(1));
        world.commit("pay.py", "pass\n");
        world.finds(&["main"]).says("in 2 commits");
    });
}

#[test]
fn a_first_push_into_an_empty_server_is_judged_from_the_root() {
    for reader in [Reader::Usual, Reader::Git] {
        let sandbox = Sandbox::with_reader(reader);
        let world = World::empty(&sandbox, &[]);
        let first = world.commit("README.md", "a project\n");
        world.commit("pay.py", world.secret(1));
        world.finds(&["main"]);
        world.passes(&[&format!("{first}:refs/heads/main")]);
    }
}

#[test]
fn one_of_several_refs_refuses_them_all() {
    with_both_readers(|world| {
        for branch in ["one", "two"] {
            world.work.git(&["switch", "-q", "-c", branch, "main"]).expect(0);
            world.commit(branch, "clean\n");
        }
        world.work.git(&["switch", "-q", "-c", "three", "main"]).expect(0);
        world.commit("pay.py", world.secret(1));
        world.finds(&["one", "two", "three"]).says("git switch three");
        world.passes(&["one", "two"]);
    });
}

#[test]
fn a_tag_is_judged_with_its_message_and_all_it_reaches() {
    with_both_readers(|world| {
        let text = world.secret(1);
        world.work.git(&["tag", "-a", "-m", &text, "v1"]).expect(0);
        world.finds(&["v1"]);
        world.commit("pay.py", world.secret(2));
        world.work.git(&["tag", "v2"]).expect(0);
        world.finds(&["v2"]);
        world.work.git(&["tag", "-a", "-m", "fine", "v3", "origin/main"]).expect(0);
        world.passes(&["v3"]);
        // It is there: under another name it brings nothing.
        world.passes(&["v3:refs/tags/v4"]);
    });
}

#[test]
fn a_blob_and_a_tree_that_a_ref_points_at_are_judged() {
    with_both_readers(|world| {
        world.work.stage("pay.py", world.secret(1));
        let tree = world.work.git(&["write-tree"]).expect(0).stdout.trim().to_owned();
        let blob = world.work.id(":pay.py");
        world.finds(&[&format!("{tree}:refs/trees/one")]);
        world.finds(&[&format!("{blob}:refs/blobs/one")]);
    });
}

#[test]
fn messages_names_and_new_refs_are_judged() {
    with_both_readers(|world| {
        let key = keys::stripe(1);
        world.sandbox.plant(&key.body);
        world.work.git(&["commit", "-q", "--allow-empty", "-m", &key.value()]).expect(0);
        world.finds(&["main"]);
        world.work.git(&["reset", "-q", "--hard", "origin/main"]).expect(0);
        world.commit(&key.value(), "clean\n");
        world.finds(&["main"]);
        world.work.git(&["reset", "-q", "--hard", "origin/main"]).expect(0);
        // The pusher's own git prints the name, so the hook is asked alone.
        let line =
            format!("{} {} refs/heads/{}\n", "0".repeat(40), world.work.id("HEAD"), key.value());
        let run = world.sandbox.run(&world.server, KEYSTOP, &["pre-receive"], &[], line.as_bytes());
        run.expect(1).says(STRIPE);
    });
}

#[test]
fn a_forced_push_is_judged_and_a_deletion_is_not() {
    with_both_readers(|world| {
        world.commit("clean.py", "pass\n");
        world.passes(&["main", "main:refs/heads/old"]);
        world.work.git(&["reset", "-q", "--hard", "HEAD~1"]).expect(0);
        world.commit("pay.py", world.secret(1));
        world.finds(&["--force", "main"]);
        world.finds(&["--force", "main", ":old"]);
        world.passes(&[":old"]);
    });
}

#[test]
fn what_any_ref_of_the_server_reaches_is_not_judged_again() {
    with_both_readers(|world| {
        world.commit("pay.py", world.secret(1));
        let hook = world.server.join("hooks/pre-receive");
        let aside = world.server.join("aside");
        std::fs::rename(&hook, &aside).unwrap();
        world.passes(&["main:refs/hidden/kept"]);
        std::fs::rename(&aside, &hook).unwrap();
        world.passes(&["main:refs/heads/late"]);
        world.commit("clean.py", "pass\n");
        world.passes(&["main"]);
    });
}

#[test]
fn an_old_id_that_the_pusher_made_up_hides_nothing() {
    with_both_readers(|world| {
        let key = world.commit("pay.py", world.secret(1));
        let hook = world.server.join("hooks/pre-receive");
        let aside = world.server.join("aside");
        std::fs::rename(&hook, &aside).unwrap();
        world.passes(&["main:refs/heads/gone"]);
        world.passes(&[":gone"]);
        std::fs::rename(&aside, &hook).unwrap();
        // The objects lie on the server still, but no ref holds them.
        let line = format!("{key} {key} refs/heads/main\n");
        let run = world.sandbox.run(&world.server, KEYSTOP, &["pre-receive"], &[], line.as_bytes());
        run.expect(1).says(STRIPE);
    });
}

#[test]
fn a_list_that_is_missing_or_of_another_form_is_refused() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    for input in ["", "garbage\n", "refs/heads/main abc refs/heads/main def\n"] {
        let run = sandbox.run(&world.server, KEYSTOP, &["pre-receive"], &[], input.as_bytes());
        run.expect(2).says("Nothing was accepted.");
    }
    let run = sandbox.run(&world.server, KEYSTOP, &["pre-receive", "x"], &[], b"");
    run.expect(2).says("--time-budget");
}

#[test]
fn the_advice_fits_behind_gits_remote_prefix_and_has_no_colour() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    world.commit("pay.py", world.secret(1));
    world.commit("b.py", "pass\n");
    let run = world.finds(&["main"]);
    assert!(!run.stderr.contains("\x1b["), "{}", run.stderr);
    for line in run.stderr.lines().filter(|line| line.starts_with("remote: ")) {
        let line = line.trim_end();
        let command = line.contains(" git ");
        assert!(command || line.chars().count() <= 79, "{line}");
    }
}

#[test]
fn the_advice_takes_the_key_out() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    world.commit("pay.py", world.secret(1));
    world.commit("b.py", "pass\n");
    let run = world.finds(&["main"]);
    world.work.stage("pay.py", "stripe.api_key = os.environ['STRIPE_SECRET_KEY']\n");
    let commands = run.stderr.lines().filter_map(|line| {
        let line = line.strip_prefix("remote: ")?.trim();
        line.starts_with("git ").then(|| line.to_owned())
    });
    let commands: Vec<String> = commands.collect();
    assert!(commands.len() >= 3, "{commands:?}");
    for command in commands {
        sandbox.run(&world.work.path, "sh", &["-c", &command], &[], b"").expect(0);
    }
    world.passes(&["main"]);
}
