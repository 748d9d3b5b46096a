//! `git push -o keystop.skip=FINGERPRINT:reason`.

use super::*;

/// A key that is refused, and the option that would let it pass.
fn refused(world: &World) -> String {
    world.set("receive.advertisePushOptions", "true");
    world.commit("pay.py", world.secret(1));
    let print = fingerprint(&world.finds(&["main"]));
    format!("keystop.skip={print}:a test key, ours")
}

#[test]
fn an_option_counts_for_nothing_unless_the_server_says_so() {
    with_both_readers(|world| {
        let option = refused(world);
        world.finds(&["-o", &option, "main"]).says("counts for nothing on this server");
        world.set("keystop.allowPushSkip", "false");
        world.finds(&["-o", &option, "main"]);
        world.set("keystop.allowPushSkip", "perhaps");
        world.refuses(&["-o", &option, "main"]).says("keystop.allowPushSkip");
    });
}

#[test]
fn an_option_lets_its_finding_pass_aloud_where_the_server_says_so() {
    with_both_readers(|world| {
        let option = refused(world);
        world.set("keystop.allowPushSkip", "true");
        world.finds(&["main"]).says("git push -o 'keystop.skip=");
        world.finds(&["-o", "keystop.skip=0123456789ab:why", "main"]);
        world.finds(&["-o", "other", "main"]);
        world
            .passes(&["-o", "other", "-o", &option, "main"])
            .says("keystop.skip lets stripe-live-secret-key pass")
            .says("test key, ours");
        world.commit("two.py", world.secret(2));
        world.finds(&["-o", &option, "main"]);
    });
}

#[test]
fn an_option_of_another_form_is_refused_and_not_quoted() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    refused(&world);
    world.set("keystop.allowPushSkip", "true");
    for option in ["keystop.skip", "keystop.skip=", "keystop.skip=all", "keystop.skip=x:y"] {
        world.refuses(&["-o", option, "main"]).says("keystop.skip");
    }
}

#[test]
fn a_policy_has_the_last_word() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    let option = refused(&world);
    let policy = sandbox.path().join("policy.toml");
    let push = |text: &str| {
        std::fs::write(&policy, text).unwrap();
        let variables = [("KEYSTOP_POLICY", policy.to_str().unwrap())];
        world.work.git_with(&["push", "--dry-run", "origin", "main"], &variables).expect(0);
        world.work.git_with(&["push", "-o", &option, "origin", "main"], &variables)
    };
    world.set("keystop.allowPushSkip", "true");
    push("allow_push_skip = false\n").blocked_by(STRIPE);
    push("enforced = [\"stripe-*\"]\n").blocked_by(STRIPE).says("policy refuses keystop.skip");
    world.set("keystop.allowPushSkip", "false");
    push("allow_skip = false\nallow_push_skip = true\n").expect(0);
}
