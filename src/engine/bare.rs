//! The characters of a value without quotes. The build script reads this file too: it measures how
//! many of them every match of a pattern begins with.

/// How many such characters tell a value from most words.
pub const LEAD: usize = 12;

/// A character of a value without quotes.
#[inline(always)]
pub fn is_bare(byte: u8) -> bool {
    KINDS[byte as usize] != 0
}

/// What kind of character it is, as a bit: 0 for one that ends a value without quotes.
#[inline(always)]
pub fn kind(byte: u8) -> u8 {
    KINDS[byte as usize]
}

static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut at = 0;
    while at < 256 {
        kinds[at] = match at as u8 {
            b'0'..=b'9' => 1,
            b'a'..=b'f' => 2,
            b'g'..=b'z' => 4,
            b'A'..=b'F' => 8,
            b'G'..=b'Z' => 16,
            b'-' | b'_' => 32,
            b'+' | b'/' => 64,
            b'!' | b'#' | b'$' | b'%' | b'*' | b'.' | b'@' | b'^' | b'~' => 128,
            _ => 0,
        };
        at += 1;
    }
    kinds
};
