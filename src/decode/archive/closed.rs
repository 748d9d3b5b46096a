//! What was left closed of what was unpacked.

/// Why a file or member was judged by the bytes that stand there, or not to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nobody without the password reads it.
    Encrypted,
    /// It is compressed in a way that is not opened here.
    Unknown,
    /// It does not unpack to its end: what comes before the damage was judged.
    Damaged,
    /// It looks like an archive, but no program opens it.
    NoArchive,
    /// The user has said that nothing is unpacked.
    Unwanted,
}

impl Why {
    /// In words, behind the name.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Why::Encrypted => "encrypted: judged by the bytes that stand there",
            Why::Unknown => {
                "of a compression that is not opened: judged by the bytes that stand there"
            }
            Why::Damaged => "damaged: judged as far as it unpacks",
            Why::NoArchive => {
                "begins like an archive but is none: judged by the bytes that stand there"
            }
            Why::Unwanted => {
                "not unpacked, since the limit for archives is 0: judged by the bytes that stand there"
            }
        }
    }
}

/// One of those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The names that lead to it; none for the file itself.
    pub way: Vec<Vec<u8>>,
    /// Why.
    pub why: Why,
    /// How many more of the same archive share this fate.
    pub more: u64,
}
