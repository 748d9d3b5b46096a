//! Images as builders and `docker save` write them.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

/// The files of an image's file, by name.
pub type Objects = Vec<(String, Vec<u8>)>;

/// How a layer is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packed {
    Not,
    Gzip,
    Zstd,
}

/// An image that is going to be written.
#[derive(Clone)]
pub struct Image {
    pub layers: Vec<Vec<u8>>,
    pub packed: Packed,
    /// What is set in its configuration, beside the layers.
    pub config: Value,
    pub platform: (&'static str, &'static str),
}

impl Image {
    pub fn of(layers: &[Vec<u8>]) -> Image {
        let platform = ("linux", "amd64");
        Image { layers: layers.to_vec(), packed: Packed::Not, config: json!({}), platform }
    }

    pub fn packed(self, packed: Packed) -> Image {
        Image { packed, ..self }
    }

    pub fn with(self, config: Value) -> Image {
        Image { config, ..self }
    }

    pub fn config_json(&self) -> Vec<u8> {
        let mut config = self.config.clone();
        config["os"] = self.platform.0.into();
        config["architecture"] = self.platform.1.into();
        let ids: Vec<String> = self.layers.iter().map(|layer| digest(layer)).collect();
        config["rootfs"] = json!({"type": "layers", "diff_ids": ids});
        config.to_string().into_bytes()
    }

    fn stored(&self) -> Vec<Vec<u8>> {
        self.layers.iter().map(|layer| pack(self.packed, layer)).collect()
    }

    /// Its blobs, and the descriptor of its manifest.
    pub fn blobs(&self) -> (Objects, Value) {
        let ending = match self.packed {
            Packed::Not => "",
            Packed::Gzip => "+gzip",
            Packed::Zstd => "+zstd",
        };
        let media = format!("application/vnd.oci.image.layer.v1.tar{ending}");
        let config = self.config_json();
        let stored = self.stored();
        let layers: Vec<Value> = stored.iter().map(|one| descriptor(&media, one)).collect();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
            "layers": layers,
        });
        let manifest = manifest.to_string().into_bytes();
        let mut named = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
        named["platform"] = json!({"os": self.platform.0, "architecture": self.platform.1});
        let all = stored.into_iter().chain([config, manifest]);
        (all.map(|blob| (blob_name(&blob), blob)).collect(), named)
    }

    /// An OCI layout.
    pub fn layout(&self) -> Objects {
        let (blobs, manifest) = self.blobs();
        layout(blobs, vec![manifest])
    }

    /// What `docker save` wrote before version 25, the manifest last.
    pub fn saved(&self) -> Objects {
        let mut objects = Objects::new();
        let mut names = Vec::new();
        for (at, layer) in self.stored().into_iter().enumerate() {
            let folder = format!("{:064x}", at + 1);
            objects.push((format!("{folder}/VERSION"), b"1.0".to_vec()));
            objects.push((format!("{folder}/json"), format!("{{\"id\":\"{folder}\"}}").into()));
            objects.push((format!("{folder}/layer.tar"), layer));
            names.push(format!("{folder}/layer.tar"));
        }
        let config = self.config_json();
        let name = format!("{}.json", &digest(&config)[7..]);
        objects.push((name.clone(), config));
        let manifest = json!([{"Config": name, "RepoTags": ["app:1"], "Layers": names}]);
        objects.push(("manifest.json".to_owned(), manifest.to_string().into_bytes()));
        objects.push(("repositories".to_owned(), b"{\"app\":{\"1\":\"x\"}}".to_vec()));
        objects
    }

    /// What it writes since: an OCI layout and the old manifest beside it.
    pub fn saved_newly(&self) -> Objects {
        let mut objects = self.layout();
        let layers = self.stored().iter().map(|one| blob_name(one)).collect::<Vec<_>>();
        let config = blob_name(&self.config_json());
        let manifest = json!([{"Config": config, "RepoTags": ["app:1"], "Layers": layers}]);
        objects.push(("manifest.json".to_owned(), manifest.to_string().into_bytes()));
        objects
    }
}

/// A layout of these blobs, whose index names these manifests.
pub fn layout(mut blobs: Objects, manifests: Vec<Value>) -> Objects {
    blobs.push(("oci-layout".to_owned(), b"{\"imageLayoutVersion\":\"1.0.0\"}".to_vec()));
    blobs.push(("index.json".to_owned(), index(manifests).to_string().into_bytes()));
    blobs
}

pub fn index(manifests: Vec<Value>) -> Value {
    json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": manifests,
    })
}

pub fn descriptor(media: &str, blob: &[u8]) -> Value {
    json!({"mediaType": media, "digest": digest(blob), "size": blob.len()})
}

pub fn digest(blob: &[u8]) -> String {
    let digits: String = Sha256::digest(blob).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

pub fn blob_name(blob: &[u8]) -> String {
    format!("blobs/{}", digest(blob).replace(':', "/"))
}

pub fn pack(packed: Packed, bytes: &[u8]) -> Vec<u8> {
    match packed {
        Packed::Not => bytes.to_vec(),
        Packed::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Packed::Zstd => {
            ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
        }
    }
}

/// A layer of files; a name that ends in `/` is a folder, `NAME -> TARGET` a link.
pub fn layer(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = Header::new_ustar();
        header.set_mode(0o644);
        if let Some((name, target)) = name.split_once(" -> ") {
            header.set_entry_type(EntryType::Symlink);
            header.set_size(0);
            builder.append_link(&mut header, name, target).unwrap();
        } else if name.ends_with('/') {
            header.set_entry_type(EntryType::Directory);
            header.set_size(0);
            builder.append_data(&mut header, name, &b""[..]).unwrap();
        } else {
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, name, content.as_bytes()).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

/// An archive of an image's files, in their order.
pub fn archive(objects: &Objects) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, content) in objects {
        let mut header = Header::new_ustar();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, &content[..]).unwrap();
    }
    builder.into_inner().unwrap()
}

/// The same as a folder.
pub fn folder(objects: &Objects, path: &Path) {
    for (name, content) in objects {
        let file = path.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }
}

/// One entry as raw as it gets: a header whose fields a test spoils, its checksum right.
pub fn raw(name: &str, content: &[u8], spoil: impl FnOnce(&mut Header)) -> Vec<u8> {
    let mut header = Header::new_gnu();
    let field = &mut header.as_old_mut().name;
    field[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_size(content.len() as u64);
    spoil(&mut header);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// Entries and the end mark behind them.
pub fn ended(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = entries.concat();
    bytes.extend([0; 1024]);
    bytes
}
