//! A copy of a history in which keys stand that nobody ever had: beside lines, in messages, names
//! and paths. What a line says decides whether a key stands beside it and which, so that keys
//! appear, move, go and merge with the lines of real people.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::plumbing::{Contents, Git, id};
use super::support::example::fill;

/// One line in so many gets a key.
const LINES: u64 = 300;
/// A larger file is left alone.
const LARGEST: usize = 1 << 20;

fn hash(text: &[u8]) -> u64 {
    let fnv = text.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    // The low bits of this sum alone are poor.
    fnv ^ (fnv >> 29)
}

fn key(seed: u64) -> String {
    let form = match seed % 10 {
        0..=4 => "ghp_‹base62-crc 30›",
        5 => "CODECOV_TOKEN=‹uuid›",
        // Nothing, but in a file whose path names a provider.
        6 => "‹uuid›",
        7 => "sk_live_‹base62 24›",
        8 => "AIVEN_TOKEN = \"‹base64 372›\"",
        _ => "api_key = \"‹hex 32›\"",
    };
    fill(form, seed)
}

/// Writes the copy, a bare repository, into `target`.
pub fn plant(source: &Git, target: &Path) {
    let made = Command::new("git").args(["init", "-q", "--bare"]).arg(target).status().unwrap();
    assert!(made.success());
    let mut export = source
        .command(&[
            "fast-export",
            "--all",
            // A clone that was cut down lacks some files, at which a full export gives up.
            "--no-data",
            "--signed-tags=verbatim",
            "--tag-of-filtered-object=drop",
            "--reencode=no",
            "--use-done-feature",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let copy = Git { folder: target.to_path_buf() };
    let mut import = copy
        .command(&[
            "-c",
            "core.compression=1",
            "fast-import",
            "--quiet",
            "--force",
            "--active-branches=200",
        ])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let from = BufReader::with_capacity(1 << 20, export.stdout.take().unwrap());
    let to = BufWriter::with_capacity(1 << 20, import.stdin.take().unwrap());
    Stream { from, to, contents: source.contents() }.rewrite();
    assert!(export.wait().unwrap().success());
    assert!(import.wait().unwrap().success());
}

/// What the next `data` belongs to.
#[derive(Clone, Copy)]
enum Of {
    Commit,
    Tag,
}

struct Stream<R, W> {
    from: R,
    to: W,
    contents: Contents,
}

impl<R: BufRead, W: Write> Stream<R, W> {
    fn rewrite(mut self) {
        let mut of = Of::Commit;
        let mut line = Vec::new();
        loop {
            line.clear();
            if self.from.read_until(b'\n', &mut line).unwrap() == 0 {
                break;
            }
            let bare = line.strip_suffix(b"\n").unwrap_or(&line);
            match bare.split(|&byte| byte == b' ').next().unwrap_or_default() {
                b"commit" => of = Of::Commit,
                b"tag" => of = Of::Tag,
                b"data" => {
                    let size = std::str::from_utf8(&bare[5..]).unwrap().parse().unwrap();
                    let mut data = vec![0; size];
                    self.from.read_exact(&mut data).unwrap();
                    let data = match of {
                        Of::Commit => message(data, 40),
                        Of::Tag => message(data, 3),
                    };
                    writeln!(self.to, "data {}", data.len()).unwrap();
                    self.to.write_all(&data).unwrap();
                    continue;
                }
                b"author" | b"committer" => {
                    let line = person(bare);
                    self.to.write_all(&line).unwrap();
                    self.to.write_all(b"\n").unwrap();
                    continue;
                }
                b"M" => {
                    let words: Vec<&[u8]> = bare.splitn(4, |&byte| byte == b' ').collect();
                    let [_, mode, object, name] = words[..] else { panic!("{line:?}") };
                    if mode == b"160000" {
                        self.to.write_all(&line).unwrap();
                        continue;
                    }
                    let data = content(self.contents.get(&id(object)));
                    self.to
                        .write_all(&[b"M ", mode, b" inline ", &path(name), b"\n"].concat())
                        .unwrap();
                    writeln!(self.to, "data {}", data.len()).unwrap();
                    self.to.write_all(&data).unwrap();
                    self.to.write_all(b"\n").unwrap();
                    continue;
                }
                b"D" => {
                    self.to.write_all(&[b"D ", &path(&bare[2..])[..], b"\n"].concat()).unwrap();
                    continue;
                }
                _ => {}
            }
            self.to.write_all(&line).unwrap();
        }
        self.to.flush().unwrap();
    }
}

fn content(data: &[u8]) -> Vec<u8> {
    if data.len() > LARGEST || data.contains(&0) {
        return data.to_vec();
    }
    let mut made = Vec::with_capacity(data.len() + 256);
    for line in data.split_inclusive(|&byte| byte == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        made.extend_from_slice(bare);
        let words = bare.trim_ascii();
        let sum = hash(words);
        if (16..200).contains(&words.len()) && sum.is_multiple_of(LINES) {
            made.extend_from_slice(b" ");
            made.extend_from_slice(key(sum / LINES).as_bytes());
        }
        made.extend_from_slice(&line[bare.len()..]);
    }
    let first = made.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if made.is_ascii() && hash(first).is_multiple_of(60) {
        let wide = made.iter().flat_map(|&byte| [byte, 0]);
        return b"\xff\xfe".iter().copied().chain(wide).collect();
    }
    made
}

fn message(mut data: Vec<u8>, one_in: u64) -> Vec<u8> {
    let sum = hash(&data);
    if sum.is_multiple_of(one_in) {
        data.extend_from_slice(format!("\n{}\n", key(sum / one_in)).as_bytes());
    }
    data
}

/// `author A U Thor <mail> date`.
fn person(line: &[u8]) -> Vec<u8> {
    let Some(at) = line.iter().position(|&byte| byte == b'<') else { return line.to_vec() };
    let sum = hash(&line[..at]);
    if !sum.is_multiple_of(50) {
        return line.to_vec();
    }
    let key = fill("ghp_‹base62-crc 30›", sum);
    [&line[..at], key.as_bytes(), b" ", &line[at..]].concat()
}

fn path(path: &[u8]) -> Vec<u8> {
    if path.starts_with(b"\"") {
        return path.to_vec();
    }
    let parts: Vec<Vec<u8>> = path
        .split(|&byte| byte == b'/')
        .map(|part| {
            let sum = hash(part);
            match sum % 80 {
                0 => [part, b"-", fill("ghp_‹base62-crc 30›", sum).as_bytes()].concat(),
                1 => [b"codecov-", part].concat(),
                2 => [b"algolia-", part].concat(),
                3 => [part, b".env"].concat(),
                _ => part.to_vec(),
            }
        })
        .collect();
    parts.join(&b'/')
}
