//! How much may be unpacked.

use std::fmt;

use anyhow::Result;

/// What may come out of one file's archives unless the user says otherwise, in bytes: a member is
/// held in memory as a whole, and a few bytes can unpack to gigabytes.
pub const LARGEST_ARCHIVE: u64 = 256 << 20;

/// What may still be unpacked out of one file, wherever in it the archives stand.
pub struct Allowance<'a> {
    /// The limit, and what is left of it, once somebody asked.
    known: Option<(u64, u64)>,
    ask: &'a mut dyn FnMut() -> Result<u64>,
}

impl<'a> Allowance<'a> {
    /// The limit is asked for when the first archive is met: most files hold none, and the answer
    /// may stand in git's settings.
    pub fn asking(ask: &'a mut dyn FnMut() -> Result<u64>) -> Allowance<'a> {
        Allowance { known: None, ask }
    }

    fn known(&mut self) -> Result<&mut (u64, u64)> {
        let known = match self.known {
            Some(known) => known,
            None => {
                let limit = (self.ask)()?;
                (limit, limit)
            }
        };
        Ok(self.known.insert(known))
    }

    /// Whether archives are opened at all.
    pub(super) fn opens(&mut self) -> Result<bool> {
        Ok(self.known()?.0 > 0)
    }

    /// How many bytes may still come.
    pub(super) fn left(&mut self) -> Result<u64> {
        Ok(self.known()?.1)
    }

    /// Takes what has come.
    ///
    /// # Errors
    /// [`TooMuch`] where it is more than was left.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<()> {
        let (limit, left) = self.known()?;
        match left.checked_sub(bytes as u64) {
            Some(rest) => *left = rest,
            None => {
                *left = 0;
                return Err(TooMuch { limit: *limit }.into());
            }
        }
        Ok(())
    }
}

/// More comes out of a file's archives than is unpacked.
#[derive(Debug)]
pub struct TooMuch {
    limit: u64,
}

impl std::error::Error for TooMuch {}

impl fmt::Display for TooMuch {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "what is packed in it takes more than {} bytes", self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_asked_for_once_and_spent_once() {
        let mut asked = 0;
        let mut ask = || {
            asked += 1;
            Ok(10)
        };
        let mut allowance = Allowance::asking(&mut ask);
        assert!(allowance.opens().unwrap());
        allowance.spend(6).unwrap();
        assert_eq!(allowance.left().unwrap(), 4);
        assert!(allowance.spend(5).unwrap_err().is::<TooMuch>());
        assert_eq!((allowance.left().unwrap(), asked), (0, 1));
    }
}
