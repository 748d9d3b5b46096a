//! What a megabyte of source costs.

use std::fs;
use std::path::{Path, PathBuf};

use keystop::engine;

/// So many pieces are measured.
const PIECES: usize = 48;

/// Seconds for each byte of source, the median of many megabytes. Without a folder, the source of
/// the crates that keystop is built of.
pub fn cost_per_byte(folder: Option<&Path>) -> f64 {
    let mut costs: Vec<f64> = pieces(folder).iter().map(|piece| cost_of(piece)).collect();
    costs.sort_unstable_by(f64::total_cmp);
    costs[costs.len() / 2]
}

/// About a megabyte of source in one text that costs about as much.
pub fn sample(folder: Option<&Path>, base: f64) -> Vec<u8> {
    let joined = |piece: Vec<File>| piece.into_iter().flat_map(|(_, text)| text).collect();
    let texts: Vec<Vec<u8>> = pieces(folder).into_iter().step_by(4).map(joined).collect();
    let away = |text: &Vec<u8>| {
        super::measure(text, base);
        (super::measure(text, base).0 - 1.0).abs()
    };
    let aways: Vec<f64> = texts.iter().map(away).collect();
    let nearest = (0..texts.len()).min_by(|&one, &other| aways[one].total_cmp(&aways[other]));
    texts.into_iter().nth(nearest.unwrap_or(0)).unwrap_or_default()
}

/// A path and what stands there.
type File = (Vec<u8>, Vec<u8>);

/// Megabytes of source from all over the folder.
fn pieces(folder: Option<&Path>) -> Vec<Vec<File>> {
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
    (0..PIECES).map(|piece| megabyte(&files[files.len() * piece / PIECES..])).collect()
}

/// The first megabyte of some files.
fn megabyte(files: &[PathBuf]) -> Vec<File> {
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
    texts
}

/// The cost of some files, for each byte.
fn cost_of(texts: &[File]) -> f64 {
    let scan = || {
        for (path, text) in texts {
            let _ = engine::scan(path, text);
        }
    };
    scan();
    let before = super::spent();
    scan();
    let length: usize = texts.iter().map(|(_, text)| text.len()).sum();
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
