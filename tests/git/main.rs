//! Real repositories, real `git commit` and `git push`, through the installed hooks.
//!
//! Every case runs three times: as users have it, with libgit2 (and the `git` program where that
//! refuses), and with the `git` program alone. All must agree.

#[path = "../support/mod.rs"]
mod support;

/// Each case is a function over a fresh sandbox; its name states a fact.
macro_rules! cases {
    ($($(#[$attribute:meta])* fn $name:ident($sandbox:ident) $body:block)*) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn case($sandbox: &$crate::support::Sandbox) $body

            $(#[$attribute])*
            #[test]
            fn usual() {
                case(&$crate::support::Sandbox::with_reader($crate::support::Reader::Usual));
            }

            $(#[$attribute])*
            #[test]
            fn libgit2() {
                case(&$crate::support::Sandbox::with_reader($crate::support::Reader::Libgit2));
            }

            $(#[$attribute])*
            #[test]
            fn git() {
                case(&$crate::support::Sandbox::with_reader($crate::support::Reader::Git));
            }
        })*
    };
}

mod attack;
mod binary;
mod commit;
mod content;
mod damage;
mod doctor;
mod environment;
mod merge;
mod message;
mod names;
mod packed;
mod place;
mod push;
mod reader;
mod rebase;
mod repository;
mod tag;
mod usual;
mod verdict;
