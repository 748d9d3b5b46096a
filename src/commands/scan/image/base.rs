//! The image another one was built on.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use anyhow::{Result, bail};

use super::place::Places;
use crate::finding::Finding;
use crate::image::{Config, Limits, read, sections};

/// What is known of a base image.
#[derive(Default)]
pub(super) struct Base {
    /// The digests of its unpacked layers, for each of its platforms.
    chains: Vec<Vec<String>>,
    /// The lines of its configurations.
    lines: HashSet<String>,
}

impl Base {
    /// Reads an image's configurations; its layers are not looked at.
    pub(super) fn read(file: &Path, limits: Limits) -> Result<Base> {
        let contents = read(Some(file), &mut io::empty(), limits, false, &mut |_| Ok(()))?;
        let images = contents.images();
        let mut base = Base::default();
        for number in images.images.iter().filter_map(|image| image.config) {
            let Some(json) = contents.objects[number].document.as_deref() else { continue };
            base.chains.push(Config::parse(json)?.diff_ids().to_vec());
            for section in sections(json)? {
                base.lines.extend(section.text.lines().map(str::to_owned));
            }
        }
        if base.chains.iter().all(Vec::is_empty) {
            bail!("no configuration of an image in it that names layers");
        }
        Ok(base)
    }

    /// How many of an image's layers, from the lowest on, are the base's.
    pub(super) fn layers(&self, diff_ids: &[String]) -> usize {
        let common = |chain: &Vec<String>| {
            chain.iter().zip(diff_ids).take_while(|(one, other)| one == other).count()
        };
        self.chains.iter().map(common).max().unwrap_or(0)
    }

    /// Whether a line of a configuration stands in the base's too.
    pub(super) fn has(&self, line: &str) -> bool {
        self.lines.contains(line)
    }

    /// What to say of it at the end.
    pub(super) fn told(&self, findings: &[Finding], places: &Places) -> Option<String> {
        if self.chains.is_empty() {
            return None;
        }
        if places.base_layers() == 0 {
            return Some(
                "no layer of the base image is in this image: was it built on another version?"
                    .to_owned(),
            );
        }
        let is_base =
            |finding: &&Finding| finding.source.layer.as_ref().is_some_and(|layer| layer.base);
        let number = findings.iter().filter(is_base).count();
        (number > 0).then(|| format!("{number} of them in layers of the base image"))
    }
}
