//! The documents that name an image's parts, as their specifications have them.

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::config::platform;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    pub(super) manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub(super) config: Descriptor,
    pub(super) layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    #[serde(default)]
    pub(super) media_type: Option<String>,
    pub(super) digest: String,
    #[serde(default)]
    pub(super) size: Option<i64>,
    #[serde(default)]
    platform: Option<Platform>,
    #[serde(default)]
    pub(super) annotations: Option<HashMap<String, String>>,
    #[serde(default)]
    pub(super) urls: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Platform {
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
}

/// An image as `manifest.json` of `docker save` has it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Saved {
    pub(super) config: String,
    #[serde(default)]
    pub(super) repo_tags: Option<Vec<String>>,
    pub(super) layers: Vec<String>,
}

/// What a document is by its keys.
pub(super) enum Shape {
    Index(Index),
    Manifest(Box<Manifest>),
}

impl Descriptor {
    fn annotation(&self, key: &str) -> Option<&str> {
        Some(self.annotations.as_ref()?.get(key)?.as_str())
    }

    /// The name an image was saved under.
    pub(super) fn name(&self) -> Option<&str> {
        self.annotation("io.containerd.image.name")
            .or_else(|| self.annotation("org.opencontainers.image.ref.name"))
    }

    /// The platform it is for, where it says.
    pub(super) fn platform(&self) -> Option<String> {
        let one = self.platform.as_ref()?;
        platform(one.os.as_deref(), one.architecture.as_deref(), one.variant.as_deref())
    }

    /// What it is, for people.
    pub(super) fn label(&self) -> String {
        match (self.platform(), self.annotation("vnd.docker.reference.type")) {
            (Some(platform), _) => format!("the image for {platform}"),
            (None, Some(kind)) => format!("the {kind} {}", self.digest),
            (None, None) => format!("the manifest {}", self.digest),
        }
    }
}

/// An index or a manifest: which it is must not be left to who reads it.
pub(super) fn shape(json: &[u8]) -> Result<Shape> {
    let value: Value = serde_json::from_slice(json).context("reading it")?;
    let has = |key: &str| value.get(key).is_some();
    let media = value.get("mediaType").and_then(Value::as_str).unwrap_or_default().to_owned();
    let says_index = media.contains("index") || media.contains("manifest.list");
    match (has("manifests"), has("layers") || has("config")) {
        (true, true) => bail!("it is an index and a manifest at once"),
        (true, false) => {
            ensure!(media.is_empty() || says_index, "an index that says it is {media}");
            // From the text again: a key that comes twice is an error there.
            Ok(Shape::Index(serde_json::from_slice(json).context("reading the index")?))
        }
        (false, true) => {
            ensure!(!says_index, "a manifest that says it is {media}");
            let manifest = serde_json::from_slice(json).context("reading the manifest")?;
            Ok(Shape::Manifest(Box::new(manifest)))
        }
        (false, false) => bail!("it is neither an index nor a manifest"),
    }
}

/// Whether a media type is that of a layer of an image.
pub(super) fn is_layer(media: &str) -> bool {
    media.contains(".image.layer.") || media.contains(".image.rootfs.")
}
