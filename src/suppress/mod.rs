//! Why a match is not reported.

mod allow_file;
mod earlier;
mod entry;
mod fresh;
mod inline;
mod places;
mod waiver;

pub use allow_file::{ALLOW_FILE, AllowFile};
pub use earlier::Earlier;
pub use entry::{Entry, is_reason, os_path, pattern, today};
pub use inline::{Comment, inline_comment, inline_reason};
pub use places::Places;
pub use waiver::{PUSH_SKIP, SKIP, Waiver, waivers};
