//! Room for what is made of a value, without asking for memory where it is short.

/// So many bytes have room where no memory is asked for.
pub(super) const FEW: usize = 128;

/// Room for what is made of a value: most are short, and there are many.
pub(super) struct Room {
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

    /// These bytes.
    pub(super) fn of(&mut self, bytes: impl Iterator<Item = u8>) -> &[u8] {
        let mut length = 0;
        for byte in bytes {
            if length == FEW {
                self.many.extend_from_slice(&self.few);
            }
            match self.few.get_mut(length) {
                Some(few) => *few = byte,
                None => self.many.push(byte),
            }
            length += 1;
        }
        if length <= FEW { &self.few[..length] } else { &self.many }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_room_holds_what_was_put_there(value in "[a-zA-Z]{0,300}") {
            let value = value.as_bytes();
            let (mut one, mut other) = (Room::default(), Room::default());
            prop_assert_eq!(one.of(value.iter().copied()), value);
            prop_assert_eq!(other.lower(value), &value.to_ascii_lowercase()[..]);
        }
    }
}
