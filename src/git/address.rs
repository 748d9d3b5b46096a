//! Whether two addresses of a remote name the same repository.

/// Host and path of an address, however it is reached: `https://user@host:443/team/app.git/` and
/// `git@host:team/app` are the same. `None` for the host of a folder on this machine.
fn place(address: &str) -> (Option<String>, String) {
    let (rest, scp) = match address.split_once("://") {
        Some(("file", path)) => return (None, trimmed(path)),
        Some((_, rest)) => (rest, false),
        None => (address, true),
    };
    let end = rest.find(if scp { ':' } else { '/' }).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    // A colon behind a slash is part of a folder's name, and without one it is a folder too.
    if scp && (path.is_empty() || host.contains('/')) {
        return (None, trimmed(address));
    }
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    (Some(host.to_ascii_lowercase()), trimmed(path.trim_start_matches([':', '/'])))
}

fn trimmed(path: &str) -> String {
    let path = path.trim_end_matches('/');
    path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/').to_owned()
}

/// An address that may be shown to everybody, as a URI: no user, no password, no question mark and
/// what follows it. `None` for a folder on this machine.
#[must_use]
pub fn public_address(address: &str) -> Option<String> {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = place(address);
    let host = host.filter(|host| !host.is_empty())?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    if !host.chars().chain(path.chars()).all(fits) {
        return None;
    }
    let scheme = match address.split_once("://") {
        Some((scheme @ ("http" | "https"), _)) => scheme,
        _ => "ssh",
    };
    Some(format!("{scheme}://{host}/{}", path.trim_start_matches('/')))
}

/// Whether what is fetched from `one` is what is pushed to `other`, as far as addresses tell. A
/// host without a dot may be a name of the user's own for any host (`~/.ssh/config`).
pub(super) fn same_repository(one: &str, other: &str) -> bool {
    let ((host, path), (other_host, other_path)) = (place(one), place(other));
    let alias = |host: &Option<String>| host.as_ref().is_some_and(|host| !host.contains('.'));
    path == other_path && (host == other_host || alias(&host) || alias(&other_host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_repository_does_not_matter() {
        let same = [
            ("https://example.com/team/app.git", "git@example.com:team/app.git"),
            ("https://user:x@example.com/team/app/", "ssh://git@EXAMPLE.com:2222/team/app.git"),
            ("git@work:team/app.git", "https://example.com/team/app"),
            ("/srv/git/app.git", "file:///srv/git/app.git"),
            ("../app.git", "../app.git"),
        ];
        for (one, other) in same {
            assert!(same_repository(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_shown_of_an_address_names_nobody() {
        for (address, shown) in [
            (
                "https://user:word@example.com:8443/team/app.git?x=1",
                Some("https://example.com/team/app"),
            ),
            ("git@example.com:team/app.git", Some("ssh://example.com/team/app")),
            ("ssh://git@EXAMPLE.com:2222/team/app.git", Some("ssh://example.com/team/app")),
            ("https://example.com/team/<app>", None),
            ("/srv/git/app.git", None),
            ("file:///srv/git/app.git", None),
            ("../app", None),
        ] {
            assert_eq!(public_address(address).as_deref(), shown, "{address}");
        }
    }

    #[test]
    fn another_host_or_path_is_another_repository() {
        let others = [
            ("https://internal.example.com/team/app", "https://example.com/team/app"),
            ("git@example.com:team/app", "git@example.com:team/public-app"),
            ("/srv/git/app.git", "git@example.com:srv/git/app.git"),
            ("/srv/a.git", "/srv/b.git"),
        ];
        for (one, other) in others {
            assert!(!same_repository(one, other), "{one} {other}");
        }
    }
}
