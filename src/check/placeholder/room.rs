//! Room for what is made of a value, without asking for memory where it is short.

/// So many bytes have room where no memory is asked for.
pub(super) const FEW: usize = 128;

/// Room for what is made of a value: most are short, and there are many.
pub(in crate::check) struct Room {
    few: [u8; FEW],
    many: Vec<u8>,
}

impl Default for Room {
    fn default() -> Room {
        Room { few: [0; FEW], many: Vec::new() }
    }
}

impl Room {
    /// `value` in small letters.
    pub(super) fn lower(&mut self, value: &[u8]) -> &[u8] {
        let room = match self.few.get_mut(..value.len()) {
            Some(few) => few,
            None => {
                self.many.resize(value.len(), 0);
                &mut self.many[..]
            }
        };
        room.copy_from_slice(value);
        room.make_ascii_lowercase();
        room
    }

    /// The letters and digits of `value`.
    pub(super) fn letters_and_digits(&mut self, value: &[u8]) -> &[u8] {
        if value.len() > FEW {
            self.many = value.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
            return &self.many;
        }
        // Each is written where the next one belongs, and some are written over.
        let mut length = 0;
        for &byte in value {
            self.few[length % FEW] = byte;
            length += usize::from(byte.is_ascii_alphanumeric());
        }
        &self.few[..length]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_room_holds_what_was_put_there(value in "[a-zA-Z._]{0,300}") {
            let value = value.as_bytes();
            let (mut one, mut other) = (Room::default(), Room::default());
            let mut letters = value.to_vec();
            letters.retain(u8::is_ascii_alphanumeric);
            prop_assert_eq!(one.letters_and_digits(value), letters);
            prop_assert_eq!(other.lower(value), &value.to_ascii_lowercase()[..]);
        }
    }
}
