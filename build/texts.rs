//! Packs what there is to say about detectors.

use std::collections::HashMap;
use std::io::Write;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::DeflateEncoder;

/// The texts so far, each once.
#[derive(Default)]
pub struct Texts {
    all: String,
    known: HashMap<String, (usize, usize)>,
}

impl Texts {
    /// Adds a text, and returns the Rust expression that names it.
    pub fn add(&mut self, text: &str) -> String {
        let all = &mut self.all;
        let (start, end) = *self.known.entry(text.to_owned()).or_insert_with(|| {
            let start = all.len();
            all.push_str(text);
            (start, all.len())
        });
        format!("Text::packed({start}, {end})")
    }

    /// All of them, packed.
    pub fn packed(&self) -> Result<Vec<u8>> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(self.all.as_bytes()).context("packing the texts")?;
        encoder.finish().context("packing the texts")
    }
}
