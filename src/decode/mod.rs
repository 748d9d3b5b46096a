//! Reading what a text hides: encodings inside it, and what archives hold.
//!
//! Nothing here knows what a key is. An encoding is read only where a cheap look says that text
//! comes out of it; [`archive`] reads whole files.

pub mod archive;
mod escape;
mod joined;
mod run;
mod utf16;
mod view;

use anyhow::Result;

pub use view::View;

/// As many encodings inside each other are read.
pub const DEPTH: usize = 4;

/// A piece of a text, decoded.
#[derive(Debug)]
pub struct Layer {
    /// What the piece stood in, for a person; `None` where that tells nothing.
    pub name: Option<&'static str>,
    /// The decoded text and the way back.
    pub view: View<'static>,
    /// Whether only what reaches over a seam is new: the rest stands just so in the outer text.
    pub seams_only: bool,
}

/// The encodings in `text`. `outer` is the view that `text` is of, if it was decoded itself: what
/// it holds unchanged has been decoded where it stood.
///
/// # Errors
/// Something packed inside that is larger than what is read.
pub fn layers(text: &[u8], outer: Option<&View>) -> Result<Vec<Layer>> {
    let mut layers = Vec::new();
    // UTF-16 has a NUL beside every ASCII character; a plain walk sees nothing in it.
    if memchr::memchr(0, text).is_some()
        && let Some(view) = utf16::read(text)
    {
        layers.push(Layer { name: None, view, seams_only: false });
    }
    run::read(text, outer, &mut layers)?;
    if let Some(view) = escape::read(text) {
        layers.push(Layer { name: Some("escapes"), view, seams_only: false });
    }
    if let Some(view) = joined::read(text) {
        layers.push(Layer { name: Some("joined strings"), view, seams_only: true });
    }
    Ok(layers)
}

/// Calls `see` with `text`, with every text encoded in it, and with all that is packed in it, up to
/// `limit` bytes; what cannot be read is left out.
pub fn every_text(text: &[u8], limit: u64, see: &mut dyn FnMut(&[u8])) {
    every_layer(text, None, DEPTH, see);
    let _ = archive::unpack(text, limit, &mut |_, text| {
        every_layer(text, None, DEPTH, see);
        Ok(())
    });
}

fn every_layer(text: &[u8], outer: Option<&View>, depth: usize, see: &mut dyn FnMut(&[u8])) {
    see(text);
    if depth == 0 {
        return;
    }
    for layer in layers(text, outer).unwrap_or_default() {
        every_layer(layer.view.text(), Some(&layer.view), depth - 1, see);
    }
}
