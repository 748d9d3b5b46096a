//! The findings of one value, together, and how urgent they are.

use std::collections::HashMap;

use crate::finding::{Audit, State};
use crate::report::Report;
use crate::report::view::View;

/// What can be said of where a key is today; the order is that in which to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// As an audit found.
    Audited(State),
    /// No audit was made.
    Found,
    /// The same, and it does not block.
    Noted,
}

impl Standing {
    pub(super) const ALL: [Standing; 6] = [
        Standing::Audited(State::LiveAndPushed),
        Standing::Audited(State::Pushed),
        Standing::Audited(State::Live),
        Standing::Audited(State::Local),
        Standing::Found,
        Standing::Noted,
    ];

    /// What people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Standing::Audited(state) => state.name(),
            Standing::Found => "found",
            Standing::Noted => "reported, not blocked",
        }
    }

    /// What to do first.
    pub(super) fn advice(self) -> &'static str {
        match self {
            Standing::Audited(State::LiveAndPushed) => {
                "Others can read these, and they still stand in the files. Revoke first, then replace."
            }
            Standing::Audited(State::Pushed) => {
                "A later commit took these out; whoever fetched an older one has them. Revoke them."
            }
            Standing::Audited(State::Live) => {
                "No remote that this clone knows of has these. Take them out before the next push."
            }
            Standing::Audited(State::Local) => {
                "No remote that this clone knows of has these commits. Rewrite them before a push."
            }
            Standing::Found => "Revoke what was ever shared; take out what was not.",
            Standing::Noted => {
                "Low confidence, or below what the configuration blocks. Have a look."
            }
        }
    }
}

/// One value of one kind, wherever it stands.
pub(super) struct Key<'a> {
    pub(super) standing: Standing,
    /// In the report's order; never empty.
    pub(super) views: Vec<View<'a>>,
}

impl<'a> Key<'a> {
    /// The finding that stands for it.
    pub(super) fn first(&self) -> &View<'a> {
        &self.views[0]
    }

    pub(super) fn blocks(&self) -> bool {
        self.views.iter().any(|view| view.finding.blocks)
    }

    /// What is known of the commit that brought it first.
    pub(super) fn oldest(&self) -> Option<&'a Audit> {
        self.audits().min_by_key(|audit| audit.date)
    }

    fn audits(&self) -> impl Iterator<Item = &'a Audit> {
        self.views.iter().filter_map(|view| view.finding.audit.as_deref())
    }

    fn judged(mut self) -> Key<'a> {
        self.standing = match self.audits().map(Audit::state).min() {
            Some(state) => Standing::Audited(state),
            None if self.blocks() => Standing::Found,
            None => Standing::Noted,
        };
        self
    }
}

/// All keys, the most urgent first; equals in the report's order.
pub(super) fn keys(report: &Report) -> Vec<Key<'_>> {
    let mut keys: Vec<Key> = Vec::new();
    let mut known: HashMap<(&str, String), usize> = HashMap::new();
    for finding in &report.findings {
        let view = View::new(&report.stage, finding);
        let at = view
            .fingerprint()
            .map(|print| *known.entry((finding.detector.id, print)).or_insert(keys.len()));
        match at.and_then(|at| keys.get_mut(at)) {
            Some(key) => key.views.push(view),
            None => keys.push(Key { standing: Standing::Found, views: vec![view] }),
        }
    }
    let mut keys: Vec<Key> = keys.into_iter().map(Key::judged).collect();
    keys.sort_by_key(|key| (key.standing, !key.blocks()));
    keys
}
