//! Servers of every kind, and hooks that are broken.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use super::*;

#[test]
fn the_objects_are_read_out_of_the_quarantine() {
    with_both_readers(|world| {
        // Runs after keystop's: the objects are nowhere else while a hook runs.
        let hook = world.server.join("hooks/pre-receive");
        let keystop = world.server.join("hooks/keystop");
        fs::rename(&hook, &keystop).unwrap();
        let script = "#!/bin/sh\nread -r old new ref\nenv -u GIT_QUARANTINE_PATH -u GIT_OBJECT_DIRECTORY \
                      -u GIT_ALTERNATE_OBJECT_DIRECTORIES git cat-file -e $new 2>/dev/null && exit 9\n\
                      [ -n \"$GIT_QUARANTINE_PATH\" ] || exit 8\n\
                      echo \"$old $new $ref\" | hooks/keystop\n";
        fs::write(&hook, script).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
        world.commit("pay.py", world.secret(1));
        world.finds(&["main"]);
        // As a pack, and as loose objects.
        world.set("receive.unpackLimit", "1");
        world.finds(&["main"]);
        world.set("receive.unpackLimit", "1000");
        world.finds(&["main"]);
        world.work.git(&["reset", "-q", "--hard", "origin/main"]).expect(0);
        world.commit("clean.py", "pass\n");
        world.passes(&["main"]);
    });
}

#[test]
fn a_thin_pack_against_what_the_server_has_is_read() {
    with_both_readers(|world| {
        let lines: Vec<String> = (0..3000).map(|n| format!("line {n}\n")).collect();
        world.commit("long.py", lines.concat());
        world.passes(&["main"]);
        world.set("receive.unpackLimit", "1");
        world.sandbox.run(&world.server, "git", &["gc", "-q"], &[], b"").expect(0);
        world.commit("long.py", lines.concat() + &world.secret(1));
        world.finds(&["main"]);
        for n in 0..80 {
            world.commit("long.py", lines.concat() + &format!("more {n}\n"));
        }
        world.finds(&["main"]).says("in 81 commits");
    });
}

#[test]
fn a_server_of_sha_256_objects_is_guarded() {
    let sandbox = Sandbox::new();
    let world = World::empty(&sandbox, &["--object-format=sha256"]);
    world.commit("README.md", "a project\n");
    world.passes(&["main"]);
    world.commit("pay.py", world.secret(1));
    world.finds(&["main"]);
}

#[test]
fn a_server_of_reftables_is_guarded() {
    let sandbox = Sandbox::new();
    let world = World::empty(&sandbox, &["--ref-format=reftable"]);
    world.commit("README.md", "a project\n");
    world.passes(&["main"]);
    world.commit("pay.py", world.secret(1));
    world.finds(&["main"]);
}

#[test]
fn a_server_that_borrows_objects_of_another_is_guarded() {
    with_both_readers(|world| {
        let clone = ["clone", "-q", "--bare", "--shared", "server.git", "fork.git"];
        world.sandbox.run(world.sandbox.path(), "git", &clone, &[], b"").expect(0);
        let fork = world.sandbox.path().join("fork.git");
        world
            .sandbox
            .run(&fork, KEYSTOP, &["install", "--only", "pre-receive"], &[], b"")
            .expect(0);
        world.commit("clean.py", "pass\n");
        world.work.git(&["push", "-q", "../fork.git", "main"]).expect(0);
        world.commit("pay.py", world.secret(1));
        world.work.git(&["push", "../fork.git", "main"]).blocked_by(STRIPE);
    });
}

#[test]
fn a_server_that_denies_other_things_still_does() {
    with_both_readers(|world| {
        world.set("receive.denyNonFastForwards", "true");
        world.commit("one.py", "pass\n");
        world.passes(&["main"]);
        world.work.git(&["reset", "-q", "--hard", "HEAD~1"]).expect(0);
        world.commit("two.py", "pass\n");
        let run = world.push(&["--force", "main"]);
        assert_ne!(run.code, 0);
        run.says("non-fast-forward");
        world.commit("pay.py", world.secret(1));
        world.finds(&["--force", "main"]);
    });
}

#[test]
fn a_work_tree_that_is_pushed_to_is_guarded() {
    with_both_readers(|world| {
        let other = world.sandbox.bare_of_hooks("other");
        other.keystop(&["install", "--only", "pre-receive"]).expect(0);
        other.git(&["config", "receive.denyCurrentBranch", "ignore"]).expect(0);
        world.work.git(&["push", "-q", "../other", "main"]).expect(0);
        world.commit("pay.py", world.secret(1));
        world.work.git(&["push", "../other", "main"]).blocked_by(STRIPE);
    });
}

#[test]
fn pushes_at_the_same_time_are_judged_each_for_itself() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    let mut pushes = Vec::new();
    for number in 0..6 {
        let branch = format!("topic-{number}");
        world.work.git(&["switch", "-q", "-c", &branch, "main"]).expect(0);
        let text = if number % 2 == 0 { "pass\n".to_owned() } else { world.secret(number) };
        world.commit("pay.py", text + &format!("# {number}\n"));
        pushes.push(branch);
    }
    let children: Vec<_> = pushes
        .iter()
        .map(|branch| {
            Command::new("git")
                .args(["push", "-q", "origin", branch])
                .current_dir(&world.work.path)
                .env("HOME", sandbox.path().join("home"))
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for (number, child) in children.into_iter().enumerate() {
        let out = child.wait_with_output().unwrap();
        sandbox.assert_silent(&out.stderr);
        assert_eq!(out.status.success(), number % 2 == 0, "{number}");
    }
    let refs = world.refs();
    for number in 0..6 {
        let there = refs.contains(&format!("refs/heads/topic-{number} "));
        assert_eq!(there, number % 2 == 0, "{number}:\n{refs}");
    }
}

#[test]
fn nothing_is_written_to_the_server() {
    with_both_readers(|world| {
        world.commit("pay.py", world.secret(1));
        world.finds(&["main"]);
        assert!(!world.server.join("keystop").exists());
    });
}

#[test]
fn a_hook_that_was_there_runs_with_the_same_list() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    let hook = world.server.join("hooks/pre-receive");
    fs::remove_file(&hook).unwrap();
    fs::write(&hook, "#!/bin/sh\ncat > seen\ngrep -q refuse-me seen && exit 1\nexit 0\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.run(&world.server, KEYSTOP, &["install", "--only", "pre-receive"], &[], b"").expect(0);
    world.commit("a.py", "pass\n");
    world.passes(&["main"]);
    let seen = fs::read_to_string(world.server.join("seen")).unwrap();
    assert!(seen.ends_with("refs/heads/main\n"), "{seen}");
    world.commit("b.py", "pass\n");
    let run = world.push(&["main:refs/heads/refuse-me"]);
    assert_ne!(run.code, 0);
    sandbox.run(&world.server, KEYSTOP, &["uninstall"], &[], b"").expect(0);
    assert!(fs::read_to_string(&hook).unwrap().contains("refuse-me"));
}

#[test]
fn a_keystop_that_is_gone_or_broken_refuses() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    world.commit("a.py", "pass\n");
    let hook = world.server.join("hooks/pre-receive");
    let text = fs::read_to_string(&hook).unwrap();
    let written = |program: &str| {
        let text = text.replace(KEYSTOP, program);
        fs::write(&hook, text).unwrap();
    };
    written("/no/such/keystop");
    world.refuses(&["main"]).says("missing on this server");
    let broken = sandbox.path().join("broken");
    fs::write(&broken, "#!/no/such/program\n").unwrap();
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).unwrap();
    written(broken.to_str().unwrap());
    world.refuses(&["main"]);
    fs::write(&hook, &text).unwrap();
    world.passes(&["main"]);
}

#[test]
fn the_binary_is_the_hook_by_its_name() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    let hook = world.server.join("hooks/pre-receive");
    fs::remove_file(&hook).unwrap();
    std::os::unix::fs::symlink(KEYSTOP, &hook).unwrap();
    world.commit("pay.py", world.secret(1));
    world.finds(&["main"]);
}

#[test]
fn a_missing_object_is_refused() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    let line = format!("{} {} refs/heads/a\n", "0".repeat(40), "12".repeat(20));
    let run = sandbox.run(&world.server, KEYSTOP, &["pre-receive"], &[], line.as_bytes());
    run.expect(2).says("missing from this repository");
}

#[test]
fn a_bare_repository_is_told_of_the_hook_for_servers() {
    let sandbox = Sandbox::new();
    let server = sandbox.remote("one.git");
    let run = sandbox.run(&server, KEYSTOP, &["install"], &[], b"").expect(0);
    assert!(run.stdout.contains("keystop install --only pre-receive"), "{}", run.stdout);
    assert!(!server.join("hooks/pre-receive").exists());
}
