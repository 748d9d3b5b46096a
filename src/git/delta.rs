//! A pack's differences: how an object is made out of another.

use anyhow::{Result, bail, ensure};

use crate::kept::Kept;

/// The object that `delta` makes out of `base`; none over `limit` bytes.
///
/// # Errors
/// A difference that is to another object, or is broken.
pub(super) fn apply(base: &[u8], delta: &[u8], limit: u64) -> Result<Vec<u8>> {
    let mut made = Vec::new();
    make(base, delta, limit, &mut made, &mut Vec::new())?;
    Ok(made)
}

/// The same in memory that is there, with what was taken over from `base`.
///
/// # Errors
/// Those of [`apply`].
pub(super) fn make(
    base: &[u8],
    delta: &[u8],
    limit: u64,
    made: &mut Vec<u8>,
    kept: &mut Vec<Kept>,
) -> Result<()> {
    let mut rest = delta;
    ensure!(length(&mut rest)? == base.len() as u64, "a difference to another object");
    let size = length(&mut rest)?;
    ensure!(size <= limit, "a large object");
    let size = usize::try_from(size)?;
    made.clear();
    made.reserve_exact(size);
    while !rest.is_empty() {
        let piece = match command(&mut rest)? {
            Command::Insert(literal) => literal,
            Command::Copy { from, length } => {
                let Some(piece) = base.get(from..).and_then(|rest| rest.get(..length)) else {
                    bail!("a difference that copies beyond its base")
                };
                Kept { before: from, now: made.len(), length }.add(kept);
                piece
            }
        };
        ensure!(piece.len() <= size - made.len(), "an object longer than its difference says");
        made.extend_from_slice(piece);
    }
    ensure!(made.len() == size, "an object shorter than its difference says");
    Ok(())
}

/// How long the base is and what is made of it, and the commands that follow.
///
/// # Errors
/// A difference that is broken.
pub(super) fn begin(mut delta: &[u8]) -> Result<(u64, u64, &[u8])> {
    Ok((length(&mut delta)?, length(&mut delta)?, delta))
}

/// What comes next in the object that is made.
pub(super) enum Command<'d> {
    /// These bytes.
    Insert(&'d [u8]),
    /// So many bytes of the base, from a place on.
    Copy { from: usize, length: usize },
}

/// The first of the commands that are left.
///
/// # Errors
/// One that is broken.
#[inline(always)]
pub(super) fn command<'d>(rest: &mut &'d [u8]) -> Result<Command<'d>> {
    match next(rest)? {
        0 => bail!("a difference with a reserved command"),
        literal @ 1..0x80 => {
            let Some((piece, behind)) = rest.split_at_checked(usize::from(literal)) else {
                bail!("a difference that was cut off")
            };
            *rest = behind;
            Ok(Command::Insert(piece))
        }
        copy => {
            let from = number(rest, copy, 4)?;
            let length = match number(rest, copy >> 4, 3)? {
                0 => 0x10000,
                length => length,
            };
            Ok(Command::Copy { from, length })
        }
    }
}

/// A length: seven bits a byte, the lowest first.
fn length(rest: &mut &[u8]) -> Result<u64> {
    let mut length = 0;
    for shift in (0..63).step_by(7) {
        let byte = next(rest)?;
        length |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(length);
        }
    }
    bail!("a difference whose length has too many digits")
}

/// A number of up to `most` bytes, the lowest first, of which those are there that `which` has a
/// bit for.
fn number(rest: &mut &[u8], which: u8, most: u32) -> Result<usize> {
    let mut number = 0;
    for place in 0..most {
        if which >> place & 1 == 1 {
            number |= usize::from(next(rest)?) << (8 * place);
        }
    }
    Ok(number)
}

#[inline(always)]
fn next(rest: &mut &[u8]) -> Result<u8> {
    // No call for each byte, of which a history has a hundred million.
    let Some((&byte, behind)) = rest.split_first() else { bail!("a difference that was cut off") };
    *rest = behind;
    Ok(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &[u8] = b"one two three";

    fn made(commands: &[u8], size: u8) -> Result<Vec<u8>> {
        apply(BASE, &[&[BASE.len() as u8, size], commands].concat(), 100)
    }

    #[test]
    fn copies_and_literals_make_the_object() {
        // Copy 4 from 4; insert "a"; copy 5 from 8.
        let commands = [&[0x91, 4, 4, 1, b'a'][..], &[0x91, 8, 5]].concat();
        assert_eq!(made(&commands, 10).unwrap(), b"two athree");
        assert_eq!(made(&[], 0).unwrap(), b"");
    }

    #[test]
    fn a_length_of_zero_copies_64_kilobytes() {
        let base = vec![b'x'; 0x10000];
        let delta = [0x80, 0x80, 4, 0x80, 0x80, 4, 0x80];
        assert_eq!(apply(&base, &delta, 0x10000).unwrap(), base);
        assert!(apply(&base, &delta, 0xffff).is_err());
    }

    #[test]
    fn a_broken_difference_is_an_error() {
        for (commands, size) in [
            (&[0x91, 4][..], 4),
            (&[0x91, 10, 4], 4),
            (&[0x91, 4, 4], 5),
            (&[0x91, 4, 4], 3),
            (&[3, b'a'], 3),
            (&[0], 0),
            (&[0x9f, 0xff, 0xff, 0xff, 0xff, 4], 4),
        ] {
            assert!(made(commands, size).is_err(), "{commands:?}");
        }
        assert!(apply(b"another", &[BASE.len() as u8, 0], 100).is_err());
        assert!(apply(BASE, &[0x80; 20], 100).is_err());
        assert!(apply(BASE, &[], 100).is_err());
    }
}
