//! Whether a folder is in no repository at all: git takes some milliseconds to say so.

use std::io::ErrorKind;
use std::path::Path;
use std::{env, fs};

/// Whether git would find no repository from the current folder upwards; in doubt not. It looks for a
/// `.git` in each folder, and at each folder as a repository without a work tree, which has a `HEAD`.
pub(super) fn is_nowhere() -> bool {
    env::var_os("GIT_DIR").is_none()
        && env::current_dir().is_ok_and(|here| here.ancestors().all(is_none))
}

fn is_none(folder: &Path) -> bool {
    [".git", "HEAD"].iter().all(|name| {
        let there = fs::symlink_metadata(folder.join(name));
        there.is_err_and(|error| error.kind() == ErrorKind::NotFound)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_none_unless_it_holds_or_is_a_repository() {
        let folder = tempfile::tempdir().unwrap();
        let inside = |name: &str| folder.path().join(name);
        assert!(is_none(folder.path()));
        fs::write(inside("HEAD"), "ref: refs/heads/main\n").unwrap();
        assert!(!is_none(folder.path()));
        fs::remove_file(inside("HEAD")).unwrap();
        // In a linked work tree or a submodule it is a file.
        fs::write(inside(".git"), "gitdir: elsewhere\n").unwrap();
        assert!(!is_none(folder.path()));
        assert!(!is_none(&inside(".git")), "not even a folder");
    }
}
