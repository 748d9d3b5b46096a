//! What lay in the file, as far as it has to be remembered: names, digests, documents, paths.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;

use super::digest::Digest;
use super::manifest::Images;
use super::trail::{Gone, Trail};

/// How often a name may stand for another.
const MOST_ALIASES: usize = 8;

/// What an object turned out to be, whatever its name and media type say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A tar archive, packed or not.
    Layer,
    /// JSON.
    Document,
    /// Anything else.
    Plain,
}

/// One file of the image's file.
#[derive(Debug)]
pub struct Object {
    /// Its name there.
    pub name: String,
    /// What it is.
    pub nature: Nature,
    /// The SHA-256 digest of its bytes.
    pub digest: Digest,
    /// How many they are.
    pub size: u64,
    /// The digest of what it unpacks to, where it is a layer.
    pub diff: Option<Digest>,
    /// Whether its compression is the one a media type would name.
    pub(super) packing: &'static str,
    /// The bytes of a document that is small enough to be one of the image's own.
    pub document: Option<Vec<u8>>,
    pub(super) trail: Trail,
}

/// All that lay in the file.
#[derive(Debug, Default)]
pub struct Contents {
    /// In the order they lay there.
    pub objects: Vec<Object>,
    pub(super) numbers: HashMap<String, usize>,
    pub(super) digests: HashMap<Digest, usize>,
    /// Links from name to name.
    pub(super) aliases: HashMap<String, String>,
    pub(super) state: RandomState,
    /// Whether the file could not be read to its end: what is missing may have been there.
    pub(super) broken: bool,
}

impl Contents {
    /// The images that the manifests name.
    #[must_use]
    pub fn images(&self) -> Images {
        Images::of(self)
    }

    /// What the layer that is object `layer` does to a file of a lower layer.
    #[must_use]
    pub fn fate(&self, layer: usize, path: &[u8]) -> Option<Gone> {
        self.objects.get(layer)?.trail.fate(&self.state, path)
    }

    /// The number of the object of a name, through links.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        let mut name = name;
        for _ in 0..MOST_ALIASES {
            if let Some(&number) = self.numbers.get(name) {
                return Some(number);
            }
            name = self.aliases.get(name)?;
        }
        None
    }

    /// A document by its object's number.
    pub(super) fn document(&self, number: usize) -> Option<&[u8]> {
        self.objects[number].document.as_deref()
    }
}
