//! A server's hook has only so much time, and what was not judged in it is refused.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn a_push_is_refused_where_the_time_runs_out() {
    with_both_readers(|world| {
        world.commit("a.py", "pass\n");
        for budget in ["0", "1ms"] {
            world.set("keystop.timeBudget", budget);
            world
                .refuses(&["main"])
                .says("the time for judging ran out")
                .says("push fewer commits at a time")
                .says("Nothing was accepted.");
        }
        world.set("keystop.timeBudget", "none");
        world.passes(&["main"]);
    });
}

#[test]
fn a_budget_that_cannot_be_read_refuses() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    world.commit("a.py", "pass\n");
    world.set("keystop.timeBudget", "soon");
    world.refuses(&["main"]).says("a time budget is a number");
}

#[test]
fn an_argument_goes_before_the_setting() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    world.commit("a.py", "pass\n");
    let hidden = ["push", "-q", "origin", "main:refs/hidden/a"];
    world.work.git(&hidden).expect(0);
    world.sandbox.run(&world.server, "git", &["update-ref", "-d", "refs/hidden/a"], &[], b"");
    world.set("keystop.timeBudget", "50s");
    let line = format!("{} {} refs/heads/a\n", "0".repeat(40), world.work.id("HEAD"));
    for (arguments, code) in [
        (&["pre-receive"][..], 0),
        (&["pre-receive", "--time-budget", "0"], 2),
        (&["pre-receive", "--time-budget=0s"], 2),
        (&["pre-receive", "--time-budget=soon"], 2),
    ] {
        sandbox.run(&world.server, KEYSTOP, arguments, &[], line.as_bytes()).expect(code);
    }
}

#[test]
fn one_large_file_ends_in_time_too() {
    let sandbox = Sandbox::new();
    let world = World::new(&sandbox);
    // Nothing a detector is quick with: a name and a value on each line.
    let lines: String = (0..200_000u32)
        .map(|n| {
            format!("api_secret_{n} = \"{:x}\"\n", u64::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15))
        })
        .collect();
    world.commit("large.env", lines);
    world.set("keystop.timeBudget", "10ms");
    let before = Instant::now();
    world.refuses(&["main"]).says("the time for judging ran out");
    // Without a watchdog it takes this build a minute, on a machine that does nothing else.
    assert!(before.elapsed() < Duration::from_secs(30), "{:?}", before.elapsed());
}
