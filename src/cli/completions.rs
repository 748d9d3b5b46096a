//! `keystop completions` and `keystop man`: both follow from the command line's own definition.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Command};
use clap_complete::Shell;

use crate::commands::print;
use crate::redaction::visible;

/// For which shell.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Where to.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder, such as ~/.local/share/man/man1
    folder: PathBuf,
}

impl CompletionsArgs {
    /// Prints the script.
    ///
    /// # Errors
    /// A standard output that is closed.
    pub(super) fn run(&self, command: &mut Command) -> Result<u8> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "keystop", &mut script);
        print(&String::from_utf8_lossy(&script))?;
        Ok(0)
    }
}

impl ManArgs {
    /// Writes a page for each command.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub(super) fn run(&self, command: Command) -> Result<u8> {
        let shown = || {
            let folder = self.folder.as_os_str().as_encoded_bytes();
            format!("writing the man pages to {}", visible(folder))
        };
        std::fs::create_dir_all(&self.folder).with_context(shown)?;
        clap_mangen::generate_to(command, &self.folder).with_context(shown)?;
        Ok(0)
    }
}
