//! The tree git will commit, as the index's own cache-tree (`TREE` extension) names it.
//!
//! Format: gitformat-index(5). When the root entry is valid, git commits exactly that tree.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::object::ObjectId;

/// What is read from the file's end at first; a cache-tree of some thousand folders fits.
const TAIL: u64 = 256 * 1024;

/// The id of the root tree, if the index in `path` holds a cache-tree whose root is valid.
/// `None` sends the caller to git: nothing was decided.
///
/// # Errors
/// A file that cannot be read, or that is no index.
pub(super) fn root(path: &Path, hash: usize) -> Result<Option<ObjectId>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        // A repository in which nothing was ever added.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).context(format!("opening {}", path.display())),
    };
    let size = file.metadata()?.len();
    let mut header = [0; 12];
    file.read_exact(&mut header).context("the index ends within its header")?;
    ensure!(&header[..4] == b"DIRC", "the index has no signature");
    let version = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
    if !(2..=4).contains(&version) {
        // Of no version known here: git may know better, or says what is wrong.
        return Ok(None);
    }
    let entries = u32::from_be_bytes([header[8], header[9], header[10], header[11]]);

    let mut length = TAIL.min(size);
    loop {
        file.seek(SeekFrom::Start(size - length))?;
        let mut tail = vec![0; length as usize];
        file.read_exact(&mut tail)?;
        if let Some(root) = find(&tail, entries, hash) {
            return Ok(Some(root));
        }
        if length == size {
            return Ok(None);
        }
        length = (length * 8).min(size);
    }
}

/// Looks for the extension from the end. Its root must claim every entry of the index, and the
/// extensions from there must end exactly where the trailing checksum begins: no file name can
/// imitate that, since names hold no NUL.
fn find(tail: &[u8], entries: u32, hash: usize) -> Option<ObjectId> {
    let end = tail.len().checked_sub(hash)?;
    let claim = format!("\0{entries} ");
    memchr::memmem::rfind_iter(&tail[..end], b"TREE").find_map(|at| {
        let body = at + 8;
        if !tail.get(body..)?.starts_with(claim.as_bytes()) || !chain_ends_at(tail, at, end) {
            return None;
        }
        let line_end = body + memchr::memchr(b'\n', &tail[body..])?;
        ObjectId::from_bytes(tail.get(line_end + 1..line_end + 1 + hash)?)
    })
}

fn chain_ends_at(tail: &[u8], mut at: usize, end: usize) -> bool {
    while at < end {
        let Some(&[a, b, c, d]) = tail.get(at + 4..at + 8) else { return false };
        at += 8 + u32::from_be_bytes([a, b, c, d]) as usize;
    }
    at == end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extension(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&name[..], &(body.len() as u32).to_be_bytes(), body].concat()
    }

    fn tree(entries: &str) -> Vec<u8> {
        let mut body = format!("\0{entries} 0\n").into_bytes();
        body.extend([7; 20]);
        extension(b"TREE", &body)
    }

    #[test]
    fn a_valid_root_is_found_before_other_extensions() {
        let tail = [&b"entries"[..], &tree("3"), &extension(b"REUC", b"xyz"), &[0; 20]].concat();
        assert_eq!(find(&tail, 3, 20), ObjectId::from_bytes(&[7; 20]));
    }

    #[test]
    fn an_invalid_root_is_not_believed() {
        let mut body = b"\0-1 0\n".to_vec();
        body.extend([7; 20]);
        let tail = [&b"entries"[..], &extension(b"TREE", &body), &[0; 20]].concat();
        assert_eq!(find(&tail, 3, 20), None);
        // A root that covers fewer entries than there are.
        assert_eq!(find(&[&tree("2")[..], &[0; 20]].concat(), 3, 20), None);
    }

    #[test]
    fn a_chain_that_misses_the_checksum_is_not_believed() {
        assert_eq!(find(&[&tree("3")[..], b"x", &[0; 20]].concat(), 3, 20), None);
    }
}
