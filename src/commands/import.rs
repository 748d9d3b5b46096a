//! `keystop import`.
use crate::cli::ImportArgs;
use anyhow::Result;
/// x
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ImportFormat {
    /// x
    Gitleaks,
}
/// x
///
/// # Errors
/// x
pub fn import(_: &ImportArgs) -> Result<u8> {
    Ok(0)
}
