//! What a saved container image holds: the files of its layers, its configuration.
//!
//! `docker save` archives, OCI layouts as archives or folders, from a file or a pipe. Everything is
//! looked at once, as it comes, in the order it lies there: nothing is unpacked to disk, and what
//! the manifest says of it (it may come last) is put beside it afterwards. [`read`] hands out the
//! parts; [`Contents::images`] then says which image each belongs to.

mod archive;
mod config;
mod contents;
mod descriptor;
mod digest;
mod document;
mod layer;
mod manifest;
mod packing;
mod reader;
mod trail;

pub use archive::{Entry, What};
pub use config::{Config, Section, sections};
pub use contents::{Contents, Nature, Object};
pub use digest::Digest;
pub use manifest::{Image, Images, Stratum};
pub use reader::{Part, See, read};
pub use trail::Gone;

/// How much may be unpacked of one image, where nobody says so.
pub const LARGEST_IMAGE: u64 = 64 << 30;

/// How much may be unpacked.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the whole image.
    pub bytes: u64,
    /// From so many bytes on a layer must not be [`Limits::ratio`] times as large as it is packed.
    pub suspicious: u64,
    /// See [`Limits::suspicious`].
    pub ratio: u64,
    /// Files, folders and links in all layers.
    pub entries: u64,
}

impl Limits {
    /// What holds where nobody says anything, and where somebody names a number of bytes: who does
    /// knows of images that are packed very well.
    #[must_use]
    pub fn of(bytes: Option<u64>) -> Limits {
        Limits {
            bytes: bytes.unwrap_or(LARGEST_IMAGE),
            suspicious: 512 << 20,
            ratio: if bytes.is_some() { u64::MAX } else { 200 },
            entries: 10_000_000,
        }
    }
}
