//! What users, repositories and machines set: own detectors, what is allowed, what blocks.
//!
//! A file that is not there costs one look; one that is there is read whole before anything is
//! judged, so that a fault in it is never found out too late.

mod allowance;
mod fault;
mod file;
mod newly;
mod paths;
mod place;
mod policy;
mod settings;

pub use allowance::line_around;
pub use file::{CONFIG_FILE, Config, Threshold};
pub use newly::newly;
pub use place::{POLICY, also_policy, folder, policies, read, system_file, user_file};
pub use policy::Policy;
pub use settings::{Settings, Word};
