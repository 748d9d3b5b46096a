//! What the pieces of a run cost: `cargo bench`. The engine reads text that is already in memory;
//! the last one finds what is staged in a repository that benches/repository.sh makes.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use keystop::git::{Staged, Store};
use keystop::{detector, engine};

fn main() {
    divan::main();
}

/// What is read. Every kind of text is about as long as the source of keystop itself.
const TEXTS: [&str; 2] = ["own source, full of keywords", "source without any"];

fn text(kind: &str) -> Vec<u8> {
    let own = own_source();
    if kind == TEXTS[0] { own } else { plain_source(own.len()) }
}

fn own_source() -> Vec<u8> {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files.sort_unstable();
    files.iter().flat_map(|file| fs::read(file).unwrap()).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

fn plain_source(length: usize) -> Vec<u8> {
    let lines =
        (0..).flat_map(|at| format!("def row_{at}(table): return {}\n", at * 7).into_bytes());
    lines.take(length).collect()
}

#[divan::bench(args = TEXTS)]
fn keyword_walk(bencher: Bencher, kind: &str) {
    let text = text(kind);
    bencher.counter(BytesCount::of_slice(&text)).bench(|| {
        let mut hits = 0;
        detector::keyword_hits(black_box(&text), |_, _| hits += 1);
        hits
    });
}

/// A short text is walked in one stream, a long one in four.
#[divan::bench(args = [1, 4, 12, 20, 64])]
fn keyword_walk_by_kilobytes(bencher: Bencher, kilobytes: usize) {
    let text = plain_source(kilobytes << 10);
    bencher.counter(BytesCount::of_slice(&text)).bench(|| {
        let mut hits = 0;
        detector::keyword_hits(black_box(&text), |_, _| hits += 1);
        hits
    });
}

#[divan::bench(args = TEXTS)]
fn scan(bencher: Bencher, kind: &str) {
    let text = text(kind);
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| engine::scan(b"src/text", black_box(&text)).unwrap());
}

/// What a commit brings most of the time.
#[divan::bench]
fn scan_of_a_small_clean_file(bencher: Bencher) {
    let text = plain_source(400);
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| engine::scan(b"src/text", black_box(&text)).unwrap());
}

/// Opening the repository, the index's tail and the walk over the trees, with one file staged.
#[divan::bench(args = [200, 10_000])]
fn find_what_is_staged(bencher: Bencher, files: usize) {
    let work = tempfile::tempdir().unwrap();
    let repository = work.path().join("repository");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/repository.sh");
    let made = Command::new(script)
        .arg(&repository)
        .args([files.to_string(), (files / 20).to_string()])
        .status()
        .unwrap();
    assert!(made.success());
    std::env::set_current_dir(&repository).unwrap();
    bencher.counter(ItemsCount::new(files)).bench(|| {
        let mut store = Store::open().unwrap();
        let staged = Staged::find(&mut store, &[]).unwrap();
        let mut found = 0;
        let count = |_: &mut Store, _| {
            found += 1;
            Ok(())
        };
        staged.for_each_change(&mut store, count).unwrap();
        assert_eq!(found, 1);
    });
    // The folder goes with `work`.
    std::env::set_current_dir("/").unwrap();
}
