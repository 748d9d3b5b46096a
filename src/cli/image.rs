//! What `scan --image` takes.

use std::path::PathBuf;

use clap::Args;

use crate::git::size;

/// Which image to scan.
#[derive(Debug, Args)]
pub struct ImageArgs {
    /// A container image: what `docker save` writes, or an OCI layout as archive or folder; - for
    /// standard input
    #[arg(long, value_name = "FILE")]
    pub image: Option<PathBuf>,
    /// The image it was built on, saved the same way: tells its layers apart
    #[arg(long, value_name = "FILE", requires = "image")]
    pub base: Option<PathBuf>,
    /// How much may be unpacked of an image, in bytes or with k, m or g [default: 64g]
    #[arg(long, value_name = "SIZE", value_parser = size, requires = "image")]
    pub max_image_size: Option<u64>,
}
