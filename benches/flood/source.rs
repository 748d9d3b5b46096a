//! What a megabyte of source costs.

use std::fs;
use std::path::{Path, PathBuf};

use keystop::engine;

/// So many pieces are measured.
const PIECES: usize = 48;

/// Seconds for each byte of source, the median of many megabytes. Without a folder, the source of
/// the crates that keystop is built of.
pub fn cost_per_byte(folder: Option<&Path>) -> f64 {
    let crates = || {
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
        home.expect("neither CARGO_HOME nor HOME is set").join("registry/src")
    };
    let folder = folder.map_or_else(crates, Path::to_owned);
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort_unstable();
    assert!(files.len() > PIECES, "{}: too little source", folder.display());
    let mut costs: Vec<f64> = (0..PIECES)
        .map(|piece| cost_of(&files[files.len() * piece / PIECES..]))
        .collect();
    costs.sort_unstable_by(f64::total_cmp);
    costs[PIECES / 2]
}

/// The cost of the first megabyte of some files, for each byte.
fn cost_of(files: &[PathBuf]) -> f64 {
    let (mut texts, mut length) = (Vec::new(), 0);
    for file in files {
        let Ok(text) = fs::read(file) else { continue };
        if text.is_empty() || text.len() > 1 << 20 || text.contains(&0) {
            continue;
        }
        length += text.len();
        texts.push((file.to_string_lossy().into_owned().into_bytes(), text));
        if length >= 1 << 20 {
            break;
        }
    }
    let scan = || {
        for (path, text) in &texts {
            let _ = engine::scan(path, text);
        }
    };
    scan();
    let before = super::spent();
    scan();
    (super::spent() - before).as_secs_f64() / length as f64
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&path, files),
            Ok(kind) if kind.is_file() => files.push(path),
            _ => {}
        }
    }
}
