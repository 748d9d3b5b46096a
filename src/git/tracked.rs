//! Which refs show what a remote has.

/// The remote-tracking refs of one remote.
pub(super) struct Tracked {
    prefix: Vec<u8>,
    /// Remotes whose names begin with this one's (`team` and `team/alice`): their refs lie below
    /// ours and say nothing of us.
    others: Vec<Vec<u8>>,
}

impl Tracked {
    /// The refs of `remote`, one of the remotes called `names` (or a bare URL, which has none).
    pub(super) fn of(remote: &str, names: &[&[u8]]) -> Tracked {
        let folder = |name: &[u8]| [b"refs/remotes/", name, b"/"].concat();
        let prefix = folder(remote.as_bytes());
        let others = names
            .iter()
            .map(|name| folder(name))
            .filter(|other| *other != prefix && other.starts_with(&prefix))
            .collect();
        Tracked { prefix, others }
    }

    /// Whether a ref is one of them.
    pub(super) fn holds(&self, reference: &[u8]) -> bool {
        reference.starts_with(&self.prefix)
            && !self.others.iter().any(|other| reference.starts_with(other))
    }
}
