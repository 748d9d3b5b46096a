//! What the index says of a file at the top, asked without opening the repository.
//!
//! Format: gitformat-index(5). Entries are sorted by path, so that a name that begins with a dot
//! stands near the beginning, and little is read.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use super::object::ObjectId;
use super::store::Store;

/// The stat data that each entry begins with, in bytes.
const STAT: usize = 40;
/// The flags: whether two more bytes of them follow, and the path's length.
const EXTENDED: u16 = 0x4000;
const LENGTH: u16 = 0x0fff;

/// Whether the index in the file `index` may hold a file of this name at the top, also as one with
/// a conflict. `false` is sure; whatever is not understood may hold everything.
#[must_use]
pub fn may_be_in_index(index: &Path, name: &str) -> bool {
    // A split index keeps most entries in another file beside it.
    let Some(folder) = index.parent().filter(|folder| folder.join("HEAD").is_file()) else {
        return true;
    };
    let Ok(mut others) = folder.read_dir() else { return true };
    if others.any(|other| {
        other.map_or(true, |other| other.file_name().as_encoded_bytes().starts_with(b"sharedindex"))
    }) {
        return true;
    }
    match File::open(index) {
        // Nothing was ever added.
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(_) => true,
        // Ids of the other length put the names elsewhere, where none of theirs fits its length.
        Ok(file) => look(BufReader::new(file), 20, name)
            .or_else(|| look(BufReader::new(File::open(index).ok()?), 32, name))
            .is_none_or(|found| found.is_some()),
    }
}

/// The work tree's file at the top, where git takes it for the blob `id`: the index holds that one,
/// and what it noted of the file then is still so. Reading it costs less than inflating the blob.
#[cfg(unix)]
#[must_use]
pub fn work_tree_copy(store: &Store, name: &str, id: &ObjectId) -> Option<Vec<u8>> {
    use std::os::unix::fs::MetadataExt;
    let index = File::open(store.index_file()).ok()?;
    let written = index.metadata().ok()?;
    let noted = look(BufReader::new(index), id.as_bytes().len(), name)??;
    let path = store.work_tree()?.join(name);
    if noted.id != id.as_bytes() || !path.symlink_metadata().ok()?.is_file() {
        return None;
    }
    let mut file = File::open(&path).ok()?;
    let mut text = Vec::new();
    text.try_reserve_exact(usize::try_from(file.metadata().ok()?.len()).ok()? + 1).ok()?;
    file.read_to_end(&mut text).ok()?;
    // Only now, so that a change while it was read shows.
    let about = file.metadata().ok()?;
    // The index has the low 32 bits of each.
    let now = [
        about.ctime() as u32,
        about.ctime_nsec() as u32,
        about.mtime() as u32,
        about.mtime_nsec() as u32,
        about.ino() as u32,
        about.size() as u32,
    ];
    // What changed in the moment the index was written may look as it did before.
    let is_settled = (about.mtime(), about.mtime_nsec()) < (written.mtime(), written.mtime_nsec());
    (noted.stat == now && is_settled && text.len() as u64 == about.size()).then_some(text)
}

/// The work tree's file at the top, where git takes it for the blob `id`.
#[cfg(not(unix))]
#[must_use]
pub fn work_tree_copy(_: &Store, _: &str, _: &ObjectId) -> Option<Vec<u8>> {
    None
}

/// What an entry says of its file.
#[derive(Debug, PartialEq, Eq)]
struct Noted {
    /// The seconds and nanoseconds of its last two changes (ctime, mtime), inode, size.
    stat: [u32; 6],
    id: Vec<u8>,
}

/// The first entry of this name; `None` where the bytes are no index with ids of `hash` bytes.
fn look(mut index: impl BufRead, hash: usize, wanted: &str) -> Option<Option<Noted>> {
    let mut header = [0; 12];
    index.read_exact(&mut header).ok()?;
    let version = word(&header, 4);
    (&header[..4] == b"DIRC" && (2..=4).contains(&version)).then_some(())?;
    let mut fixed = vec![0; STAT + hash + 2];
    let (mut name, mut before) = (Vec::new(), Vec::new());
    for _ in 0..word(&header, 8) {
        index.read_exact(&mut fixed).ok()?;
        let flags = u16::from_be_bytes([fixed[STAT + hash], fixed[STAT + hash + 1]]);
        let mut size = fixed.len();
        if flags & EXTENDED != 0 && version > 2 {
            index.read_exact(&mut [0; 2]).ok()?;
            size += 2;
        }
        std::mem::swap(&mut name, &mut before);
        name.clear();
        if version == 4 {
            // Says how much of the path before it does not begin with.
            let kept = before.len().checked_sub(dropped(&mut index)?)?;
            name.extend_from_slice(&before[..kept]);
        }
        index.read_until(0, &mut name).ok()?;
        let length = usize::from(flags & LENGTH);
        let is_path = name.pop() == Some(0)
            && name >= before
            && length > 0
            && length == name.len().min(usize::from(LENGTH));
        is_path.then_some(())?;
        if name.as_slice() >= wanted.as_bytes() {
            let stat = [0, 4, 8, 12, 20, 36].map(|at| word(&fixed, at));
            let noted = || Noted { stat, id: fixed[STAT..STAT + hash].to_vec() };
            return Some((name == wanted.as_bytes()).then(noted));
        }
        if version < 4 {
            // One to eight NULs; one was read.
            let padding = 7 - (size + name.len()) % 8;
            index.read_exact(&mut [0; 8][..padding]).ok()?;
        }
    }
    Some(None)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// How many bytes of the path before are dropped at its end: a number of seven bits a byte.
fn dropped(index: &mut impl Read) -> Option<usize> {
    let mut number = 0usize;
    for at in 0..5 {
        let mut byte = [0];
        index.read_exact(&mut byte).ok()?;
        number = (number + usize::from(at > 0)) << 7 | usize::from(byte[0] & 0x7f);
        if byte[0] < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index with these paths and ids of so many bytes.
    fn index(version: u32, hash: usize, paths: &[&str]) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend((paths.len() as u32).to_be_bytes());
        let mut before = "";
        for path in paths {
            let start = bytes.len();
            bytes.extend(vec![0xa5; STAT + hash]);
            let extended = if version == 2 { 0 } else { EXTENDED };
            bytes.extend((extended | path.len() as u16).to_be_bytes());
            bytes.extend(if version == 2 { &[][..] } else { &[0, 0] });
            let same = path.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
            if version == 4 {
                bytes.push((before.len() - same) as u8);
                bytes.extend(path[same..].bytes().chain([0]));
            } else {
                bytes.extend(path.bytes());
                bytes.extend(vec![0; 8 - (bytes.len() - start) % 8]);
            }
            before = path;
        }
        bytes
    }

    #[test]
    fn a_name_is_found_in_every_version_of_the_format() {
        for version in 2..=4 {
            for hash in [20, 32] {
                let paths = ["-a", ".github/x", ".keystop-allow", ".keystop.toml", "a/.keystop.b"];
                let bytes = index(version, hash, &paths);
                for (name, there) in
                    [(".keystop.toml", true), (".keystop.b", false), ("-", false), ("z", false)]
                {
                    let found = look(&*bytes, hash, name).map(|found| found.is_some());
                    assert_eq!(found, Some(there), "{version} {hash} {name}");
                    assert_eq!(look(&*bytes, 52 - hash, name), None, "{version} {hash} {name}");
                }
                assert_eq!(look(&bytes[..bytes.len() - 20], hash, "z"), None);
            }
        }
        assert_eq!(look(&b"DIRC\0\0\0\x05\0\0\0\0"[..], 20, "a"), None);
        assert_eq!(look(&*index(2, 20, &["b", "a"]), 20, "z"), None);
    }

    #[test]
    fn what_was_dropped_of_a_path_may_be_long() {
        assert_eq!(dropped(&mut &[0x7f][..]), Some(127));
        assert_eq!(dropped(&mut &[0x80, 0][..]), Some(128));
        assert_eq!(dropped(&mut &[0xff, 0x7f][..]), Some(16511));
        assert_eq!(dropped(&mut &[0xff; 9][..]), None);
    }
}
