//! Which bytes git is about to commit or to send.
//!
//! A [`Store`] reads objects, through libgit2 or through the `git` program; everything else here
//! is the same for both.

mod address;
mod batch;
mod cache_tree;
mod libgit;
mod loose;
mod object;
mod packs;
mod program;
mod push;
mod recent;
mod staged;
mod store;
mod tracked;
mod tree;

pub use object::{Commit, Kind, Mode, Object, ObjectId, Tag, entries};
pub use packs::Packs;
pub use program::kept_files;
pub use push::{Plan, Update, parse_updates, plan, plan_history, plan_range};
pub use staged::Staged;
pub use store::{LARGEST_FILE, Store, within};
pub use tree::{Change, Removed, removed, walk};
