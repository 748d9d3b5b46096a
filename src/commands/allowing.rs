//! What a commit or push newly allows: it is said aloud, and a bad line stops it at once.

use std::sync::Arc;

use anyhow::Result;

use super::versions::Versions;
use crate::git::{Change, ObjectId, Store};
use crate::redaction::quoted;
use crate::suppress::{ALLOW_FILE, AllowFile, Entry};

/// More are counted, not listed: a baseline may be long.
const MOST: usize = 20;

/// The versions of the allow file that what is judged brings, and those it replaces.
#[derive(Debug, Default)]
pub(super) struct Allowing {
    new: Vec<ObjectId>,
    old: Vec<ObjectId>,
}

impl Allowing {
    /// Notes a change of the allow file; every other is none of this.
    pub(super) fn look(&mut self, change: &Change) {
        if change.path == ALLOW_FILE.as_bytes() {
            self.new.push(change.new);
            self.old.extend(&change.old);
        }
    }

    /// What the last version allows that none before did, a line each.
    ///
    /// # Errors
    /// A last version that is no allow file.
    pub(super) fn told(&self, store: &mut Store, versions: &mut Versions) -> Result<Vec<String>> {
        let mut before = Vec::new();
        for id in self.old.iter().filter(|id| !self.new.contains(id)) {
            // What was no allow file allowed nothing.
            before.extend(versions.read_old(store, id)?);
        }
        let none = Arc::new(AllowFile::default());
        let (first, others) = before.split_first().unwrap_or((&none, &[]));
        let mut told = Vec::new();
        let mut more = 0;
        for id in self.new.iter().filter(|id| !self.old.contains(id)) {
            let file = versions.read(store, id)?.file;
            let is_new = |entry: &Entry| {
                !others.iter().any(|old| old.with(entry.fingerprint).any(|old| old == *entry))
            };
            for entry in file.entries_without(first).filter(is_new) {
                if told.len() < MOST {
                    told.push(line(&entry));
                } else {
                    more += 1;
                }
            }
        }
        if more > 0 {
            told.push(format!("{ALLOW_FILE} newly allows {more} findings more"));
        }
        Ok(told)
    }
}

fn line(entry: &Entry) -> String {
    let place = match &*entry.path {
        b"*" => "everywhere".to_owned(),
        path => format!("in {}", quoted(path)),
    };
    let until = entry.until.as_ref().map(|day| format!(" until {day}")).unwrap_or_default();
    let (detector, reason) = (quoted(entry.detector.as_bytes()), quoted(entry.reason.as_bytes()));
    format!("{ALLOW_FILE} newly allows {detector} {place}{until}: {reason}")
}
