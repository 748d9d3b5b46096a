//! What is pushed has no word in how it is judged.

use super::*;

/// Commits an allow file for the key that `main` brings, on a branch of its own from the server's.
fn allow(world: &World, print: &str) {
    world.work.keystop(&["scan", "--range", "origin/main..main"]).expect(1);
    world.work.keystop(&["allow", print, "--reason", "printed in our tutorial"]).expect(0);
    world.work.git(&["add", FILE, ".gitattributes"]).expect(0);
}

#[test]
fn an_allow_file_counts_once_it_is_on_the_server() {
    with_both_readers(|world| {
        world.commit("pay.py", world.secret(1));
        let print = fingerprint(&world.finds(&["main"]));
        allow(world, &print);
        world.work.commit_unasked("allow");
        // In the push itself it speaks for nothing, and that is said.
        let run = world.finds(&["main"]);
        run.says("newly allows stripe-live-secret-key").says("the pushed .keystop-allow allows it");
        world.work.git(&["switch", "-q", "-c", "first", "origin/main"]).expect(0);
        world.work.git(&["checkout", "-q", "main", "--", FILE, ".gitattributes"]).expect(0);
        world.work.commit_unasked("allow");
        world.passes(&["first:main"]).says("from the next push on");
        world.work.git(&["rebase", "-q", "first", "main"]).expect(0);
        world.passes(&["main"]);
    });
}

#[test]
fn an_allow_file_of_the_branch_counts_there_and_nowhere_else() {
    with_both_readers(|world| {
        world.commit("pay.py", world.secret(1));
        let print = fingerprint(&world.finds(&["main"]));
        allow(world, &print);
        world.work.git(&["stash", "-q"]).expect(0);
        world.work.git(&["switch", "-q", "-c", "side", "origin/main"]).expect(0);
        world.work.git(&["stash", "pop", "-q"]).expect(0);
        world.work.commit_unasked("allow");
        world.passes(&["side"]);
        world.work.git(&["rebase", "-q", "side", "main"]).expect(0);
        world.finds(&["main"]);
        world.passes(&["main:side"]);
    });
}

#[test]
fn a_pushed_configuration_switches_nothing_off_before_it_is_there() {
    with_both_readers(|world| {
        world.commit(".keystop.toml", "disabled = [\"stripe-*\"]\n");
        let first = world.work.id("HEAD");
        world.commit("pay.py", world.secret(1));
        world.finds(&["main"]).says("newly disables stripe-*");
        world.passes(&[&format!("{first}:refs/heads/main")]).says("from the next push on");
        world.passes(&["main"]);
    });
}

#[test]
fn the_default_branchs_configuration_holds_for_new_branches() {
    with_both_readers(|world| {
        world.commit(".keystop.toml", "disabled = [\"stripe-*\"]\n");
        world.passes(&["main"]);
        world.work.git(&["switch", "-q", "-c", "topic"]).expect(0);
        world.commit("pay.py", world.secret(1));
        world.passes(&["topic"]);
        world.work.git(&["rm", "-q", ".keystop.toml"]).expect(0);
        world.commit("gone.py", world.secret(2));
        world.passes(&["topic"]);
        world.commit("late.py", world.secret(3));
        world.finds(&["topic"]);
    });
}

#[test]
fn a_broken_configuration_is_refused_before_it_is_there() {
    with_both_readers(|world| {
        world.commit(".keystop.toml", "disabeld = []\n");
        world.refuses(&["main"]).says("disabeld");
        world.work.git(&["reset", "-q", "--hard", "origin/main"]).expect(0);
        world.commit(FILE, "no allow file\n");
        world.refuses(&["main"]).says(FILE);
    });
}

#[test]
fn the_users_variable_counts_for_nothing_on_a_server() {
    with_both_readers(|world| {
        world.commit("pay.py", world.secret(1));
        let print = fingerprint(&world.finds(&["main"]));
        let skip = format!("{print}:because");
        // Over a file path the hook gets the pusher's environment.
        let run = world.work.git_with(&["push", "origin", "main"], &[("KEYSTOP_SKIP", &skip)]);
        run.blocked_by(STRIPE);
    });
}
