//! Which refs say what a remote has.

use anyhow::{Context, Result};

use super::program::command;

/// The remotes of a repository, and the refs that are fetched from them.
#[derive(Debug, Default)]
pub struct Remotes {
    names: Vec<String>,
    /// A remote and the refs that follow its own: `refs/remotes/origin/*`.
    followed: Vec<(String, Vec<u8>)>,
    bare: bool,
}

impl Remotes {
    /// Those in git's settings; `bare` says whether the repository has no work tree.
    ///
    /// # Errors
    /// Settings that cannot be read.
    pub fn read(bare: bool) -> Result<Remotes> {
        let asked = ["config", "-z", "--get-regexp", r"^remote\..*\.(url|fetch)$"];
        let out = command(&asked).output().context("starting git")?;
        // 1 says that there is no such setting.
        let told = out.status.success() || out.status.code() == Some(1);
        anyhow::ensure!(told, "git config: {}", String::from_utf8_lossy(&out.stderr));
        Ok(Remotes::parse(&out.stdout, bare))
    }

    /// `settings` are `NAME LF VALUE NUL` each.
    fn parse(settings: &[u8], bare: bool) -> Remotes {
        let mut remotes = Remotes { bare, ..Remotes::default() };
        for setting in settings.split(|&byte| byte == 0) {
            let newline = memchr::memchr(b'\n', setting).unwrap_or(setting.len());
            let (name, value) = setting.split_at(newline);
            let name = String::from_utf8_lossy(name);
            let Some((name, what)) =
                name.strip_prefix("remote.").and_then(|it| it.rsplit_once('.'))
            else {
                continue;
            };
            if !remotes.names.iter().any(|known| known == name) {
                remotes.names.push(name.to_owned());
            }
            if what == "fetch"
                && let Some(colon) = memchr::memchr(b':', value)
            {
                remotes.followed.push((name.to_owned(), value[colon + 1..].to_vec()));
            }
        }
        remotes
    }

    /// The remotes that have what a ref points at, as far as is known here; `.`, git's own name for
    /// it, is this repository itself, where it is one that others fetch from.
    #[must_use]
    pub fn having(&self, reference: &[u8]) -> Vec<String> {
        let follows = |(_, pattern): &&(String, Vec<u8>)| matches(pattern, reference);
        let mut having: Vec<String> =
            self.followed.iter().filter(follows).map(|(name, _)| name.clone()).collect();
        if having.is_empty() {
            if let Some(rest) = reference.strip_prefix(b"refs/remotes/") {
                // Its remote is gone, or is fetched by hand.
                let end = memchr::memchr(b'/', rest).unwrap_or(rest.len());
                having.push(String::from_utf8_lossy(&rest[..end]).into_owned());
            } else if self.bare && self.followed.is_empty() {
                let shared = [&b"refs/heads/"[..], b"refs/tags/"];
                if shared.iter().any(|folder| reference.starts_with(folder)) {
                    // A bare clone copies its origin's; without any, others push to this one.
                    having.extend(self.names.iter().cloned());
                    if having.is_empty() {
                        having.push(".".to_owned());
                    }
                }
            }
        }
        having.sort_unstable();
        having.dedup();
        having
    }
}

/// Whether a ref is what the right side of a refspec stands for; it has one star at most.
fn matches(pattern: &[u8], reference: &[u8]) -> bool {
    match memchr::memchr(b'*', pattern) {
        Some(star) => {
            reference.len() >= pattern.len() - 1
                && reference.starts_with(&pattern[..star])
                && reference.ends_with(&pattern[star + 1..])
        }
        None => pattern == reference,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn having(settings: &str, bare: bool, reference: &str) -> Vec<String> {
        Remotes::parse(settings.replace('|', "\0").as_bytes(), bare).having(reference.as_bytes())
    }

    #[test]
    fn a_tracking_ref_is_its_remotes() {
        let clone = "remote.origin.url\nx|remote.origin.fetch\n+refs/heads/*:refs/remotes/origin/*|remote.a.b.fetch\n+refs/heads/*:refs/remotes/a.b/*|";
        assert_eq!(having(clone, false, "refs/remotes/origin/main"), ["origin"]);
        assert_eq!(having(clone, false, "refs/remotes/a.b/x/y"), ["a.b"]);
        assert_eq!(having(clone, false, "refs/remotes/gone/x"), ["gone"]);
        assert!(having(clone, false, "refs/heads/main").is_empty());
        assert!(having(clone, false, "refs/tags/v1").is_empty());
    }

    #[test]
    fn what_a_bare_repository_has_others_have() {
        let mirror = "remote.origin.fetch\n+refs/*:refs/*|";
        assert_eq!(having(mirror, true, "refs/heads/main"), ["origin"]);
        assert_eq!(having(mirror, true, "refs/pull/1/head"), ["origin"]);
        assert_eq!(having("remote.origin.url\nx|", true, "refs/tags/v1"), ["origin"]);
        assert_eq!(having("", true, "refs/heads/main"), ["."]);
        assert!(having("", true, "refs/notes/x").is_empty());
        assert!(having("", false, "refs/heads/main").is_empty());
    }
}
