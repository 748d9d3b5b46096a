//! A text that is looked for again and again: making a search ready takes longer than most searches.

use std::sync::OnceLock;

use memchr::memmem::{Finder, FinderRev};

/// A literal, and the searches for it once they are needed.
pub(crate) struct Literal {
    text: &'static str,
    forward: OnceLock<Finder<'static>>,
    backward: OnceLock<FinderRev<'static>>,
}

impl Literal {
    /// The literal `text`.
    pub(crate) const fn new(text: &'static str) -> Literal {
        Literal { text, forward: OnceLock::new(), backward: OnceLock::new() }
    }

    /// How long it is.
    pub(crate) const fn len(&self) -> usize {
        self.text.len()
    }

    /// Where it first stands in `text`.
    pub(crate) fn first_in(&self, text: &[u8]) -> Option<usize> {
        self.forward.get_or_init(|| Finder::new(self.text)).find(text)
    }

    /// Where it stands last in `text`.
    pub(crate) fn last_in(&self, text: &[u8]) -> Option<usize> {
        self.backward.get_or_init(|| FinderRev::new(self.text)).rfind(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_place_are_found() {
        static AB: Literal = Literal::new("ab");
        assert_eq!((AB.first_in(b"xabab"), AB.last_in(b"xabab")), (Some(1), Some(3)));
        assert_eq!((AB.first_in(b"ba"), AB.last_in(b"")), (None, None));
    }
}
