//! Turns `detectors/*.toml` into read-only tables, so that a hook parses and compiles nothing.
//!
//! Writes four files to OUT_DIR: `detectors.rs` (providers, detectors, keywords as statics),
//! `automaton.bin` (the keyword automaton, little-endian `u16`) and `texts.bin` (what there is to say
//! about detectors, packed), `version.txt` (a digest of all on which a verdict depends). Any fault in a detector's file is
//! a build error that names the file, the detector and the field.

#[path = "build/automaton.rs"]
mod automaton;
#[path = "src/engine/bare.rs"]
mod bare;
#[path = "src/check/random/bigrams.rs"]
#[allow(dead_code)]
mod bigrams;
#[path = "src/detector/derive.rs"]
mod derive;
#[path = "build/fragment.rs"]
mod fragment;
#[path = "src/check/kind.rs"]
#[allow(dead_code)]
mod kind;
#[path = "build/lead.rs"]
mod lead;
#[path = "build/opening.rs"]
mod opening;
#[path = "src/detector/schema.rs"]
mod schema;
#[path = "src/detector/sound.rs"]
mod sound;
#[path = "src/detector/spelling.rs"]
mod spelling;
#[path = "build/tables.rs"]
mod tables;
#[path = "build/texts.rs"]
mod texts;
#[path = "build/validate.rs"]
mod validate;
#[path = "build/version.rs"]
mod version;

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};
use kind::Check;
use schema::ProviderFile;

fn main() {
    if let Err(error) = run() {
        // Cargo shows what the build script prints; a panic would bury it in a backtrace.
        eprintln!("error: {error:#}");
        std::process::exit(1);
    }
}

fn run() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    for watched in version::covered()? {
        println!("cargo::rerun-if-changed={}", watched.display());
    }
    let files = read_all(Path::new("detectors"))?;
    validate::all(&files)?;
    let out = PathBuf::from(env::var("OUT_DIR").context("OUT_DIR is not set")?);
    let keywords = tables::keywords(&files);
    let automaton = automaton::build(&keywords)?;
    fs::write(out.join("automaton.bin"), &automaton.table).context("writing automaton.bin")?;
    let mut texts = texts::Texts::default();
    let source = tables::source(&files, &keywords, &automaton, &mut texts);
    fs::write(out.join("texts.bin"), texts.packed()?).context("writing texts.bin")?;
    fs::write(out.join("detectors.rs"), source).context("writing detectors.rs")?;
    fs::write(out.join("version.txt"), version::digest()?).context("writing version.txt")
}

fn read_all(folder: &Path) -> Result<Vec<(String, ProviderFile)>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let mut file = toml::from_str(&text).with_context(|| path.display().to_string())?;
            let slug = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            derive::fill(&slug, &mut file);
            spelling::spread(&mut file);
            Ok((slug, file))
        })
        .collect()
}
