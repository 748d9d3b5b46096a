//! Keys in what an archive holds.

use anyhow::{Error, Result};

use crate::decode::archive::unpack;
use crate::engine::{self, Match};
use crate::finding::{Finding, Source};
use crate::redaction::{Position, visible, without_keys};
use crate::secret::Secret;
use crate::suppress::{Comment, inline_comment};

/// What was found in an archive.
#[derive(Default)]
pub(super) struct Packed {
    pub(super) found: Vec<InMember>,
    /// Why not everything in it was judged.
    pub(super) error: Option<Error>,
}

/// A key in a member of an archive.
pub(super) struct InMember {
    pub(super) finding: Finding,
    pub(super) secret: Secret,
    /// What the comment on its line says.
    pub(super) comment: Option<Comment>,
}

impl Packed {
    /// Judges what `text` holds if it is an archive, up to `limit` bytes, which `option` raises.
    pub(super) fn of(source: &Source, text: &[u8], limit: u64, option: &str) -> Packed {
        let mut found = Vec::new();
        let mut see = |names: &[Vec<u8>], member: &[u8]| look(source, names, member, &mut found);
        let unpacked = unpack(text, limit, &mut see);
        let error = unpacked.err().map(|error| {
            error.context(format!(
                "not everything in this archive was judged; the limit is raised by {option}"
            ))
        });
        Packed { found, error }
    }

    /// Drops the matches that were found in a member too: it says more of the place.
    pub(super) fn without_known(&self, matches: &mut Vec<Match>) {
        matches.retain(|found| {
            let fingerprint = found.secret.fingerprint(found.detector.id);
            !self.found.iter().any(|known| known.finding.fingerprint == fingerprint)
        });
    }
}

/// One member: its name, and its content.
fn look(source: &Source, names: &[Vec<u8>], text: &[u8], found: &mut Vec<InMember>) -> Result<()> {
    let Some(name) = names.last() else { return Ok(()) };
    let mut add = |text: &[u8], path: &[u8]| -> Result<()> {
        let matches = engine::scan(path, text)?;
        let mut position = Position::default();
        // The member's name tells what kind of file it is.
        let member = Source { path: name.clone(), ..source.clone() };
        for one in &matches {
            position.advance(text, one.span.start);
            let mut finding = Finding::new(one, &matches, text, &member, &position);
            finding.source = source.shown();
            let way: Vec<String> = names.iter().map(|name| visible(&without_keys(name))).collect();
            finding.member = Some(way.join(" > "));
            let comment = inline_comment(text, one.span.clone(), one.detector);
            found.push(InMember { finding, secret: one.secret.clone(), comment });
        }
        Ok(())
    };
    add(name, b"")?;
    add(text, name)
}
