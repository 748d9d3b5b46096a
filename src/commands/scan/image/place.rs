//! Which layer of which image an object of the file is.

use std::collections::HashMap;
use std::sync::Arc;

use super::base::Base;
use crate::finding::{Finding, Layer, Place};
use crate::image::{Config, Contents, Gone, Image, Nature};
use crate::redaction::{visible, without_keys};

/// More images that hold the same layer are not named.
const MOST: usize = 3;

/// The layers of all images.
pub(super) struct Places {
    /// Of each image, its layers from the lowest on, with the objects they are.
    images: Vec<Vec<(Option<usize>, Arc<Layer>)>>,
    /// Where each object is a layer: image and layer, both from 0.
    of: HashMap<usize, Vec<(usize, usize)>>,
}

impl Places {
    pub(super) fn of(contents: &Contents, images: &[Image], base: &Base) -> Places {
        let mut places = Places { images: Vec::new(), of: HashMap::new() };
        let is_image =
            |image: &&Image| image.layers.iter().any(|one| is_layer(contents, one.object));
        let several = images.iter().filter(is_image).count() > 1;
        let platforms = images.iter().filter(is_image).map(|image| &image.platform);
        let mut platforms: Vec<_> = platforms.collect();
        platforms.dedup();
        let several_platforms = platforms.len() > 1;
        for (at, image) in images.iter().enumerate() {
            let json = image.config.and_then(|number| contents.objects[number].document.as_deref());
            let config = json.and_then(|json| Config::parse(json).ok()).unwrap_or_default();
            let based = base.layers(config.diff_ids());
            let instructions = config.instructions(image.layers.len());
            let platform = image.platform.as_deref().filter(|_| several_platforms).map(safe);
            let name = image.names.first().filter(|_| several).map(|name| safe(name));
            let mut layers = Vec::new();
            for (number, (one, instruction)) in image.layers.iter().zip(instructions).enumerate() {
                if let Some(object) = one.object {
                    places.of.entry(object).or_default().push((at, number));
                }
                let layer = Layer {
                    digest: visible(one.digest.as_bytes()),
                    number: number + 1,
                    of: image.layers.len(),
                    instruction: safe(&instruction),
                    platform: platform.clone(),
                    image: name.clone(),
                    base: number < based,
                    gone_in: None,
                };
                layers.push((one.object, Arc::new(layer)));
            }
            places.images.push(layers);
        }
        places
    }

    /// A layer of an image, both from 0.
    pub(super) fn layer(&self, image: usize, number: usize) -> Option<&Arc<Layer>> {
        self.images.get(image)?.get(number).map(|(_, layer)| layer)
    }

    /// How many layers come from a base image.
    pub(super) fn base_layers(&self) -> usize {
        self.images.iter().flatten().filter(|(_, layer)| layer.base).count()
    }

    /// `layer 3 of 7`, where an object is one.
    pub(super) fn label(&self, object: usize) -> Option<String> {
        let &(image, number) = self.of.get(&object)?.first()?;
        let layer = self.layer(image, number)?;
        Some(format!("layer {} of {}", layer.number, layer.of))
    }

    /// Says in a finding of an object where that stands.
    pub(super) fn attribute(&self, contents: &Contents, object: usize, finding: &mut Finding) {
        let found = &contents.objects[object];
        let Some(places) = self.of.get(&object) else {
            let what = if found.nature == Nature::Layer { "layer" } else { "object" };
            finding.facts.push(format!("{what} {}, which no manifest names", safe(&found.name)));
            return;
        };
        let (image, number) = places[0];
        let Some((_, layer)) = self.images[image].get(number) else { return };
        let mut layer = Arc::clone(layer);
        let path = if finding.source.masked { &[][..] } else { &finding.source.path[..] };
        let above = self.images[image].iter().skip(number + 1);
        let fate = above
            .filter_map(|(object, above)| Some((contents.fate((*object)?, path)?, above)))
            .next()
            .filter(|_| !path.is_empty() && finding.source.place != Place::ImageConfig);
        if let Some((gone, above)) = fate {
            let what = match gone {
                Gone::Deleted => "deletes the file",
                Gone::Replaced => "puts another in the file's place",
            };
            finding.facts.push(format!(
                "layer {} {what}, but the key stays in layer {}",
                above.number, layer.number
            ));
            Arc::make_mut(&mut layer).gone_in = Some(above.number);
        }
        let others = places.iter().skip(1).filter_map(|&(image, number)| self.layer(image, number));
        for other in others.take(MOST) {
            let names = [other.image.as_deref(), other.platform.as_deref()];
            let names: Vec<&str> = names.into_iter().flatten().collect();
            let of =
                if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
            finding.facts.push(format!("also layer {} of {}{of}", other.number, other.of));
        }
        finding.source.layer = Some(layer);
    }
}

fn is_layer(contents: &Contents, object: Option<usize>) -> bool {
    object.is_some_and(|number| contents.objects[number].nature == Nature::Layer)
}

/// Words of the image, as they may be shown.
fn safe(words: &str) -> String {
    visible(&without_keys(words.as_bytes()))
}
