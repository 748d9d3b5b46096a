//! Real repositories, real `git commit` and `git push`, through the installed hooks.

#[path = "../support/mod.rs"]
mod support;

mod commit;
