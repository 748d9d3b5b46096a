//! Why a match is not reported.

mod earlier;
mod inline;

pub use earlier::Earlier;
pub use inline::{Comment, inline_comment};
