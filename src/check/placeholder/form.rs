//! A value as the lists are asked about it.

use super::{ANY, Room};

/// A value, and what a first look at all of it says.
#[derive(Clone, Copy)]
pub(in crate::check) struct Form<'a> {
    /// As it is written.
    pub value: &'a [u8],
    /// The same in small letters.
    pub lower: &'a [u8],
    /// Whether a word or mark of one of the lists may stand in it.
    pub marked: bool,
    /// Whether it is of letters and digits alone, so that no mark stands in it.
    pub plain: bool,
}

impl<'a> Form<'a> {
    /// The form of `value`, which is made in `room`.
    pub(in crate::check) fn of(value: &'a [u8], room: &'a mut Room) -> Form<'a> {
        let lower = room.lower(value);
        // Not ended early, so that many are looked at with each instruction.
        let plain = lower.iter().fold(true, |plain, byte| plain & byte.is_ascii_alphanumeric());
        Form { value, lower, marked: ANY.stands_in(lower), plain }
    }
}
