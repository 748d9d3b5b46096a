//! Which images a file holds, and of which layers each is made.

use std::collections::HashSet;

use anyhow::{Context, Error, Result, anyhow, ensure};

use super::config::Config;
use super::contents::{Contents, Nature};
use super::descriptor::{Descriptor, Index, Manifest, Saved, Shape, is_layer, shape};
use super::digest::Digest;

/// Indexes inside indexes.
const DEEPEST: usize = 8;
/// Images of a file, and layers of an image.
const MOST: usize = 4096;

/// What the manifests of a file say.
#[derive(Default)]
pub struct Images {
    /// The images, in the order they are named.
    pub images: Vec<Image>,
    /// Where the file is not as it says, or not all is in it.
    pub faults: Vec<Error>,
    /// What a person should know all the same.
    pub notes: Vec<String>,
}

/// An image of one platform.
#[derive(Debug, Default)]
pub struct Image {
    /// The names it is saved under.
    pub names: Vec<String>,
    /// `linux/arm64`.
    pub platform: Option<String>,
    /// The number of the object that is its configuration.
    pub config: Option<usize>,
    /// Its layers, the lowest first.
    pub layers: Vec<Stratum>,
}

/// A layer of an image.
#[derive(Debug)]
pub struct Stratum {
    /// The object it is; none where it is not in the file.
    pub object: Option<usize>,
    /// Its digest: the stored bytes', as the manifest names it.
    pub digest: String,
}

impl Images {
    pub(super) fn of(contents: &Contents) -> Images {
        let mut images = Images::default();
        let mut any = false;
        if let Some(number) = contents.number("index.json") {
            any = true;
            let mut walk = Walk { contents, images: &mut images, seen: HashSet::new() };
            if let Err(error) = walk.document(number, None, None, 0) {
                images.faults.push(error.context("index.json"));
            }
        }
        if let Some(number) = contents.number("manifest.json") {
            any = true;
            if let Err(error) = images.saved(contents, number) {
                images.faults.push(error.context("manifest.json"));
            }
        }
        if !any && !contents.broken {
            images.faults.push(anyhow!(
                "no image: it has neither an index.json nor a manifest.json (a file system, as `docker export` writes it, is for `keystop scan PATH` once it is unpacked)"
            ));
        } else if images.images.is_empty() && images.faults.is_empty() {
            images.faults.push(anyhow!("no image: the manifests name none"));
        }
        images
    }

    /// The images of `docker save`'s own manifest; newer versions write it beside an OCI layout, of
    /// which the images are known already.
    fn saved(&mut self, contents: &Contents, number: usize) -> Result<()> {
        let json = contents.document(number).context("it is no JSON, or too large")?;
        let list: Vec<Saved> = serde_json::from_slice(json).context("reading it")?;
        ensure!(list.len() <= MOST, "more than {MOST} images");
        for saved in list {
            ensure!(saved.layers.len() <= MOST, "an image of more than {MOST} layers");
            let names = saved.repo_tags.unwrap_or_default();
            let config = contents.number(&plain(&saved.config));
            if config.is_none() {
                self.absent(contents, &format!("the configuration {}", saved.config));
            }
            let mut layers = Vec::new();
            for (at, name) in saved.layers.iter().enumerate() {
                let object = contents.number(&plain(name));
                if object.is_none() {
                    self.absent(contents, &format!("layer {} ({name})", at + 1));
                }
                let digest = object.map(|object| contents.objects[object].digest.to_string());
                layers.push(Stratum { object, digest: digest.unwrap_or_default() });
            }
            let media = vec![None; layers.len()];
            self.add(contents, Image { names, platform: None, config, layers }, &media);
        }
        Ok(())
    }

    fn absent(&mut self, contents: &Contents, what: &str) {
        // Where the file was cut off, that has been told.
        if !contents.broken {
            self.faults.push(anyhow!("not judged: {what} is not in the file"));
        }
    }

    /// Adds an image and looks whether its parts fit together.
    fn add(&mut self, contents: &Contents, mut image: Image, media: &[Option<String>]) {
        let same = |other: &&mut Image| {
            let objects =
                |image: &Image| image.layers.iter().map(|one| one.object).collect::<Vec<_>>();
            other.config == image.config
                && image.config.is_some()
                && objects(other) == objects(&image)
        };
        if let Some(other) = self.images.iter_mut().find(same) {
            for name in image.names {
                if !other.names.contains(&name) {
                    other.names.push(name);
                }
            }
            return;
        }
        let config = match image.config.map(|number| config(contents, number)) {
            Some(Ok(config)) => config,
            Some(Err(error)) => {
                self.faults.push(error);
                Config::default()
            }
            None => Config::default(),
        };
        image.platform = image.platform.or_else(|| config.platform());
        for (at, (layer, media)) in image.layers.iter().zip(media).enumerate() {
            let Some(object) = layer.object.map(|number| &contents.objects[number]) else {
                continue;
            };
            let number = at + 1;
            let is_layer = media.as_deref().is_none_or(is_layer);
            if is_layer && object.nature != Nature::Layer {
                self.faults.push(anyhow!(
                    "layer {number} ({}) is no tar archive, packed with gzip, zstd or not at all",
                    object.name
                ));
            }
            if let Some(media) = media
                && is_layer
                && object.nature == Nature::Layer
            {
                let said = ["gzip", "zstd"].into_iter().find(|one| media.ends_with(one));
                if said.unwrap_or_default() != object.packing {
                    let packing =
                        if object.packing.is_empty() { "not packed" } else { object.packing };
                    self.notes.push(format!(
                        "layer {number} says it is {}, but is {packing}; judged as what it is",
                        crate::redaction::visible(media.as_bytes()),
                    ));
                }
            }
            let diff = object.diff.as_ref().unwrap_or(&object.digest);
            if let Some(said) = config.diff_ids().get(at)
                && *said != diff.to_string()
                && (object.diff.is_some() || object.nature != Nature::Layer)
            {
                self.faults.push(anyhow!(
                    "layer {number} ({}) unpacks to {}, but the configuration says {said}",
                    object.name,
                    diff.short()
                ));
            }
        }
        let layers = image.layers.len();
        if config.rootfs.is_some() && config.diff_ids().len() != layers {
            self.faults.push(anyhow!(
                "the manifest names {layers} layers, the configuration {}",
                config.diff_ids().len()
            ));
        }
        self.images.push(image);
    }
}

/// Follows an index.
struct Walk<'a> {
    contents: &'a Contents,
    images: &'a mut Images,
    /// Documents that were followed.
    seen: HashSet<usize>,
}

impl Walk<'_> {
    /// An index or a manifest; `from` is what names it.
    fn document(
        &mut self,
        number: usize,
        from: Option<&Descriptor>,
        name: Option<&str>,
        depth: usize,
    ) -> Result<()> {
        ensure!(depth <= DEEPEST, "indexes inside each other, more than {DEEPEST} deep");
        if !self.seen.insert(number) {
            return Ok(());
        }
        ensure!(self.seen.len() <= MOST, "more than {MOST} manifests");
        let object = &self.contents.objects[number];
        let json = object.document.as_deref().context("it is no JSON, or too large")?;
        match shape(json)? {
            Shape::Index(index) => self.index(&index, name, depth),
            Shape::Manifest(manifest) => self.manifest(&manifest, from, name),
        }
    }

    fn index(&mut self, index: &Index, name: Option<&str>, depth: usize) -> Result<()> {
        ensure!(index.manifests.len() <= MOST, "an index of more than {MOST} manifests");
        let mut absent = Vec::new();
        let mut there = 0;
        for descriptor in &index.manifests {
            let Some(number) = self.find(descriptor)? else {
                absent.push(descriptor.label());
                continue;
            };
            there += 1;
            let own = descriptor.name();
            let outcome = self.document(number, Some(descriptor), own.or(name), depth + 1);
            outcome.with_context(|| descriptor.digest.clone())?;
        }
        if absent.is_empty() {
            return Ok(());
        }
        let list = absent.join(", ");
        // What was saved for one platform names the others all the same.
        if there > 0 && depth > 0 {
            self.images.notes.push(crate::redaction::visible(
                format!("not in the file, and so not judged: {list}").as_bytes(),
            ));
        } else {
            self.images.absent(self.contents, &list);
        }
        Ok(())
    }

    fn manifest(
        &mut self,
        manifest: &Manifest,
        from: Option<&Descriptor>,
        name: Option<&str>,
    ) -> Result<()> {
        ensure!(manifest.layers.len() <= MOST, "an image of more than {MOST} layers");
        let config = self.find(&manifest.config)?;
        if config.is_none() {
            self.images
                .absent(self.contents, &format!("the configuration {}", manifest.config.digest));
        }
        let mut layers = Vec::new();
        for (at, descriptor) in manifest.layers.iter().enumerate() {
            let object = self.find(descriptor)?;
            if object.is_none() {
                let elsewhere = match descriptor.urls.as_deref() {
                    Some([url, ..]) => format!(" but at {url}"),
                    _ => String::new(),
                };
                let what = format!("layer {} ({}){elsewhere}", at + 1, descriptor.digest);
                self.images.absent(self.contents, &what);
            }
            layers.push(Stratum { object, digest: descriptor.digest.clone() });
        }
        let media: Vec<_> = manifest.layers.iter().map(|one| one.media_type.clone()).collect();
        let platform = from.and_then(Descriptor::platform);
        let names = name.map(str::to_owned).into_iter().collect();
        self.images.add(self.contents, Image { names, platform, config, layers }, &media);
        Ok(())
    }

    /// The object a descriptor names, if it is in the file.
    fn find(&mut self, descriptor: &Descriptor) -> Result<Option<usize>> {
        let digest = Digest::parse(&descriptor.digest)?;
        let Some(number) = self.contents.number(&digest.blob()) else { return Ok(None) };
        let object = &self.contents.objects[number];
        if let Some(size) = descriptor.size
            && u64::try_from(size).ok() != Some(object.size)
        {
            self.images.faults.push(anyhow!(
                "{} has {} bytes, but its manifest says {size}",
                object.name,
                object.size
            ));
        }
        Ok(Some(number))
    }
}

fn config(contents: &Contents, number: usize) -> Result<Config> {
    let object = &contents.objects[number];
    let json = object
        .document
        .as_deref()
        .with_context(|| format!("the configuration {} is no JSON, or too large", object.name))?;
    Config::parse(json).with_context(|| object.name.clone())
}

/// A name as objects have it.
fn plain(name: &str) -> String {
    String::from_utf8_lossy(&super::trail::plain(name.as_bytes())).into_owned()
}
