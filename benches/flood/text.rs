//! Texts that say something over and over.

/// A text of any length.
pub struct Text {
    /// What it says, for a person.
    pub name: String,
    /// Whether it tells nothing when it is short.
    pub is_whole: bool,
    make: Make,
}

enum Make {
    /// Each piece has a number of its own, so that none need be as the one before.
    Piece(Box<dyn Fn(u64) -> Vec<u8>>),
    Whole(Box<dyn Fn(usize) -> Vec<u8>>),
}

impl Text {
    /// Always the same.
    pub fn repeated(name: String, piece: Vec<u8>) -> Text {
        Text::of_pieces(name, move |_| piece.clone())
    }

    /// Pieces that differ.
    pub fn of_pieces(name: String, piece: impl Fn(u64) -> Vec<u8> + 'static) -> Text {
        Text { name, is_whole: false, make: Make::Piece(Box::new(piece)) }
    }

    /// A text that depends on its length.
    pub fn whole(name: String, make: impl Fn(usize) -> Vec<u8> + 'static) -> Text {
        Text { name, is_whole: true, make: Make::Whole(Box::new(make)) }
    }

    /// About so many bytes of it.
    pub fn of(&self, length: usize) -> Vec<u8> {
        let piece = match &self.make {
            Make::Piece(piece) => piece,
            Make::Whole(make) => return make(length),
        };
        let mut text = Vec::with_capacity(length + 1024);
        for number in 0.. {
            let before = text.len();
            text.extend(piece(number));
            if text.len() >= length || text.len() == before {
                break;
            }
        }
        text
    }
}
