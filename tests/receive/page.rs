//! Hosts with rules of their own.

use super::*;

#[test]
fn gitlabs_pages_get_lines_they_show() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    world.commit("pay.py", world.secret(1));
    let push = |protocol| {
        let variables = [("GL_PROTOCOL", protocol), ("GL_REPOSITORY", "project-1")];
        world.work.git_with(&["push", "origin", "main"], &variables).blocked_by(STRIPE)
    };
    let run = push("web");
    run.says("GL-HOOK-ERR: keystop: Stripe live secret key in pay.py:1 (");
    let run = push("ssh");
    assert!(!run.stderr.contains("GL-HOOK-ERR"), "{}", run.stderr);
    world.set("keystop.timeBudget", "0");
    let run = world.work.git_with(&["push", "origin", "main"], &[("GL_PROTOCOL", "web")]);
    run.says("GL-HOOK-ERR: keystop: not judged: the time for judging ran out");
}
