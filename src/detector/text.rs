//! What there is to say about a detector beyond its name: packed, since few runs say any of it.

use std::io::Read;
use std::ops::{Deref, Range};
use std::sync::LazyLock;
use std::{fmt, str};

use serde::{Serialize, Serializer};

use super::table::PACKED;

/// A sentence or more; it reads as a `&'static str`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text(Place);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the binary, as bytes of all texts unpacked.
    Packed { start: u32, end: u32 },
    /// Read at run time. A thin pointer: of the texts in the binary there are thousands.
    Own(&'static &'static str),
}

/// All of them, unpacked by the first run that says one: about a megabyte in a few milliseconds.
static UNPACKED: LazyLock<String> = LazyLock::new(|| {
    let mut texts = String::new();
    // It was packed by the build, and a test reads every text.
    let _ = flate2::read::DeflateDecoder::new(PACKED).read_to_string(&mut texts);
    texts
});

impl Text {
    /// The text at these bytes of all.
    pub(super) const fn packed(start: u32, end: u32) -> Text {
        Text(Place::Packed { start, end })
    }

    /// A text of a detector that no file of ours describes.
    #[must_use]
    pub fn own(text: &'static str) -> Text {
        Text(Place::Own(Box::leak(Box::new(text))))
    }

    /// The text.
    #[must_use]
    pub fn get(self) -> &'static str {
        match self.0 {
            Place::Packed { start, end } => {
                let range: Range<usize> = start as usize..end as usize;
                UNPACKED.get(range).unwrap_or_default()
            }
            Place::Own(text) => text,
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.get()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.get(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.get())
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.get())
    }
}

#[cfg(test)]
mod tests {
    use crate::detector;

    #[test]
    fn every_packed_text_is_there() {
        for detector in detector::all() {
            let about = &detector.remediation;
            let texts = [about.opens, about.risk, about.audit, about.breaks, about.practice];
            for text in texts.iter().chain(about.steps).chain([&detector.provider.about]) {
                assert!(text.len() > 10, "{}: {text:?}", detector.id);
            }
        }
        assert!(detector::all()[0].provider.about.ends_with('.'));
    }
}
