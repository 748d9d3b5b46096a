//! Reading what a text hides: encodings inside it, and what archives hold.
//!
//! Nothing here knows what a key is. An encoding is read only where a cheap look says that text
//! comes out of it; [`archive`] reads whole files.

mod allowance;
pub mod archive;
mod base64;
mod escape;
mod hex;
mod joined;
mod look;
mod marks;
mod masks;
mod run;
mod sixteen;
#[cfg(target_arch = "x86_64")]
mod thirty_two;
mod utf16;
mod view;

use anyhow::{Result, bail};

pub use allowance::{Allowance, LARGEST_ARCHIVE, TooMuch};
use escape::Escapes;
use joined::Joined;
use look::Mark;
pub use marks::Marks;
use run::Runs;
pub use view::View;

/// As many encodings inside each other are read. The coats of an escape are taken off at once.
const DEPTH: usize = 8;

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

/// The encodings in `text`, which `depth` others lead to, `outer` the last of them: what it holds
/// unchanged has been decoded where it stood.
///
/// # Errors
/// More packed inside than `allowance`, or encodings inside each other without end.
pub fn layers(
    text: &[u8],
    outer: Option<&Layer>,
    depth: usize,
    allowance: &mut Allowance,
) -> Result<Vec<Layer>> {
    layers_at(text, true, outer, depth, allowance, |see| {
        look::over(text, |mark, at| {
            see(mark, at);
        });
    })
}

/// The same of a text that was looked through for `marks`; forgets those of which nothing comes.
///
/// # Errors
/// Those of [`layers`].
pub fn layers_marked(
    text: &[u8],
    marks: &mut Marks,
    outer: Option<&Layer>,
    depth: usize,
    allowance: &mut Allowance,
) -> Result<Vec<Layer>> {
    layers_at(text, marks.may_be_wide(), outer, depth, allowance, |see| marks.sift(see))
}

#[inline(always)]
fn layers_at(
    text: &[u8],
    may_be_wide: bool,
    outer: Option<&Layer>,
    depth: usize,
    allowance: &mut Allowance,
    look: impl FnOnce(&mut dyn FnMut(Mark, usize) -> bool),
) -> Result<Vec<Layer>> {
    let mut layers = Vec::new();
    // UTF-16 has a NUL beside every ASCII character; a plain walk sees nothing in it.
    if may_be_wide
        && memchr::memchr(0, text).is_some()
        && let Some(view) = utf16::read(text)
    {
        layers.push(Layer { name: None, view, seams_only: false });
    }
    // The escapes and literals of lines that were joined were read where the lines stood.
    let was_joined = outer.is_some_and(|layer| layer.seams_only);
    let (mut runs, mut escapes, mut joined) =
        (Runs::default(), Escapes::default(), Joined::default());
    let mut failed = None;
    look(&mut |mark, at| match mark {
        Mark::Digits if failed.is_none() => {
            let seen = runs.see(text, at, outer.map(|layer| &layer.view), allowance);
            seen.unwrap_or_else(|error| {
                failed = Some(error);
                false
            })
        }
        Mark::Quote if !was_joined => joined.see(text, at),
        Mark::Escape if !was_joined => {
            escapes.see(text, at);
            false
        }
        _ => false,
    });
    if let Some(error) = failed {
        return Err(error);
    }
    runs.add_to(&mut layers);
    if let Some(view) = escapes.view(text) {
        layers.push(Layer { name: Some("escapes"), view, seams_only: false });
    }
    if let Some(view) = joined.view(text) {
        layers.push(Layer { name: Some("joined strings"), view, seams_only: true });
    }
    if depth >= DEPTH && !layers.is_empty() {
        bail!("not judged: encodings inside each other, more than {DEPTH} deep");
    }
    Ok(layers)
}

/// Calls `see` with `text`, with every text encoded in it, and with all that is packed in it;
/// what cannot be read is left out.
pub fn every_text(text: &[u8], allowance: &mut Allowance, see: &mut dyn FnMut(&[u8])) {
    every_layer(text, None, 0, allowance, see);
    let _ = archive::unpack(text, allowance, &mut |_, text, allowance| {
        every_layer(text, None, 0, allowance, see);
        Ok(())
    });
}

fn every_layer(
    text: &[u8],
    outer: Option<&Layer>,
    depth: usize,
    allowance: &mut Allowance,
    see: &mut dyn FnMut(&[u8]),
) {
    see(text);
    for layer in layers(text, outer, depth, allowance).unwrap_or_default() {
        every_layer(layer.view.text(), Some(&layer), depth + 1, allowance, see);
    }
}
