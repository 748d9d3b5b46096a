//! Which bytes git is about to commit or to send.
//!
//! A [`Store`] reads objects: itself, through libgit2 or through the `git` program; everything else
//! here is the same for all of them.

mod address;
mod batch;
mod cache_tree;
mod content;
mod delta;
mod descent;
mod graph;
mod id_map;
mod index;
mod index_entry;
mod libgit;
mod loose;
mod nowhere;
mod object;
mod packs;
mod person;
mod program;
mod push;
mod reach;
mod reaching;
mod receive;
mod recent;
mod remotes;
mod selection;
mod size;
mod staged;
mod standing;
mod store;
mod tracked;
mod tree;
mod unpack;
mod usual;

pub use address::public_address;
pub use content::Content;
pub use descent::Before;
pub use graph::Graph;
pub use id_map::{IdMap, IdSet};
pub use index::{Entry, WorkTree};
pub use index_entry::{may_be_in_index, work_tree_copy};
pub use object::{Commit, Kind, Mode, Object, ObjectId, Tag, entries};
pub use packs::Packs;
pub use person::Person;
pub use program::{answer, kept_files};
pub use push::{
    Plan, Update, parse_updates, plan, plan_between, plan_range, plan_unsent, range_ends,
};
pub use reaching::{Ref, reaching};
pub use receive::{parse_received, plan_received};
pub use remotes::Remotes;
pub use selection::{Selection, plan_selection};
pub use size::size;
pub use staged::{Staged, file_at};
pub use standing::file_in;
pub use store::{LARGEST_FILE, Opened, Store, within};
pub use tree::{Change, Removed, file_at_top, has_at_top, removed, walk};
pub use unpack::AtHand;
