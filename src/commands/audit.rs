//! What an audit adds to the findings of a history: who brought each, whether it stands in HEAD
//! still, who else has it, and in which order to act.

mod head;

use std::cmp::Reverse;
use std::collections::HashMap;

use anyhow::{Context, Result};

use self::head::Head;
use super::judge::Judge;
use crate::finding::{Audit, Finding, Now, Place, Since};
use crate::git::{IdMap, IdSet, Kind, ObjectId, Person, Plan, Ref, Remotes, Store, Tag, reaching};
use crate::redaction::{visible, without_keys};
use crate::report::{By, Passed, Report};
use crate::secret::Secret;

/// So many names of tags and of branches are kept for a finding.
const MOST: usize = 10;

/// A value, by the detector that found it.
type Value = (u16, Secret);

/// Completes what was found, and puts first what is to be done first.
pub(super) fn complete(
    judge: &mut Judge,
    store: &mut Store,
    head: Option<ObjectId>,
    plan: &Plan,
) -> Result<()> {
    order(&mut judge.report);
    if judge.report.findings.is_empty() {
        return Ok(());
    }
    let values: HashMap<(u16, String), Value> = { judge.excuses.values() }
        .map(|(detector, secret, prints)| {
            ((detector, prints.shown.to_string()), (detector, secret.clone()))
        })
        .collect();
    let standing = Head::look(store, head, &|key| judge.is_clean(key), values.values())
        .context("looking into HEAD")?;
    let reach = Reach::find(store, &judge.report.findings, &plan.aside)
        .context("asking which refs reach it")?;
    let mut authors = HashMap::new();
    for finding in &mut judge.report.findings {
        let value = finding
            .prints
            .and_then(|prints| values.get(&(finding.detector.index, prints.shown.to_string())));
        let refs = finding.source.commit.or(finding.source.blob);
        let refs = refs.and_then(|id| reach.refs.get(&id)).map_or(&[][..], Vec::as_slice);
        finding.source.since = since(finding, head, &standing, value, &reach, refs);
        let person = match finding.source.commit {
            Some(id) => authors.entry(id).or_insert_with(|| author(store, &id)).clone(),
            None => None,
        };
        let (author, date) = person.unwrap_or_default();
        let in_head = value.is_some_and(|value| standing.has(value))
            || finding.source.blob.is_some_and(|blob| standing.holds(&blob));
        let mut audit = Audit {
            author,
            date,
            in_head,
            remotes: Vec::new(),
            tags: Vec::new(),
            branches: Vec::new(),
        };
        for &place in refs {
            reach.names[place].add_to(&mut audit);
        }
        audit.remotes.sort_unstable();
        audit.remotes.dedup();
        finding.audit = Some(Box::new(audit));
    }
    judge.report.findings.sort_by_cached_key(urgency);
    Ok(())
}

/// Sorts by state, then the newest first, which is the likeliest to work still. Nothing depends on
/// the order in which they were found, so that the shards of a history merge to one list.
pub(super) fn urgency(finding: &Finding) -> impl Ord + use<> {
    let audit = finding.audit.as_deref();
    let source = &finding.source;
    (
        audit.map(Audit::state),
        Reverse(audit.map(|audit| audit.date)),
        source.commit,
        (source.path.clone(), finding.line, finding.column),
        (finding.detector.id, source.blob),
    )
}

/// What passes, in one list and an order that does not depend on how it was met.
pub(super) fn order(report: &mut Report) {
    let allowed = report.allowed.drain(..).map(|(finding, entry)| {
        let reason = entry.reason.into_owned();
        Passed { finding, by: By::AllowFile, reason }
    });
    report.passed.extend(allowed);
    report.passed.sort_by_cached_key(|passed| urgency(&passed.finding));
}

fn since(
    finding: &Finding,
    head: Option<ObjectId>,
    standing: &Head,
    value: Option<&Value>,
    reach: &Reach,
    refs: &[usize],
) -> Since {
    let source = &finding.source;
    let Some(commit) = source.commit.filter(|_| source.place != Place::Tag) else {
        return source.since.clone();
    };
    let last = head == Some(commit);
    let is_file = source.place == Place::File && !source.masked && !last;
    let file = match value {
        Some(value) if is_file && head.is_some() => standing.at(&source.path, value),
        _ => Now::default(),
    };
    let remote = refs.iter().find_map(|&place| reach.names[place].remote.clone());
    Since { last, file, remote }
}

/// Who wrote a commit or tag, safe to show, and when.
fn author(store: &mut Store, id: &ObjectId) -> Option<(String, i64)> {
    let object = store.read_shared(id).ok()??;
    let person = Person::of(&object)?;
    Some((visible(&without_keys(&person.name)), person.date))
}

/// Which refs reach what was found.
struct Reach {
    names: Vec<Names>,
    /// For a commit, tag or loose file the places of its refs in `names`.
    refs: IdMap<ObjectId, Vec<usize>>,
}

/// What a ref is called.
struct Names {
    tag: Option<String>,
    branch: Option<String>,
    /// A remote-tracking ref, such as `origin/main`.
    remote: Option<String>,
    /// The remotes that have what it points at.
    had_by: Vec<String>,
}

impl Reach {
    /// Nothing reaches those `aside`.
    fn find(store: &mut Store, findings: &[Finding], aside: &[ObjectId]) -> Result<Reach> {
        let refs = store.refs()?;
        let remotes = Remotes::read(store.work_tree().is_none())?;
        let mut commits: Vec<ObjectId> = findings
            .iter()
            .filter(|finding| finding.source.place != Place::Tag)
            .filter_map(|finding| finding.source.commit)
            .collect();
        commits.sort_unstable();
        commits.dedup();
        let aside: IdSet<ObjectId> = aside.iter().copied().collect();
        commits.retain(|commit| !aside.contains(commit));
        let mut reached = reaching(store, &commits, &refs)?;
        for (place, one) in refs.iter().enumerate() {
            for id in pointed_at(store, one)? {
                reached.entry(id).or_default().push(place);
            }
        }
        let names = refs.iter().map(|one| Names::of(one, &remotes)).collect();
        Ok(Reach { names, refs: reached })
    }
}

/// The tags that a ref points at, one by the other, and the file behind them, if it is one.
fn pointed_at(store: &mut Store, reference: &Ref) -> Result<Vec<ObjectId>> {
    let mut ids = Vec::new();
    let mut id = reference.tip;
    if store.graph().holds(&id) {
        return Ok(ids);
    }
    while let Some(object) = store.read_shared(&id)? {
        match object.kind {
            Kind::Tag => {
                ids.push(id);
                id = Tag::parse(&object.data)?.target;
            }
            Kind::Blob => {
                ids.push(id);
                break;
            }
            Kind::Commit | Kind::Tree => break,
        }
    }
    Ok(ids)
}

impl Names {
    fn of(Ref { name, .. }: &Ref, remotes: &Remotes) -> Names {
        let below =
            |folder: &[u8]| name.strip_prefix(folder).map(|rest| visible(&without_keys(rest)));
        let had_by = { remotes.having(name).into_iter() }
            .map(|name| visible(&without_keys(name.as_bytes())))
            .collect();
        Names {
            tag: below(b"refs/tags/"),
            branch: below(b"refs/heads/"),
            remote: below(b"refs/remotes/"),
            had_by,
        }
    }

    fn add_to(&self, audit: &mut Audit) {
        let add = |names: &mut Vec<String>, name: &Option<String>| {
            if names.len() < MOST {
                names.extend(name.clone());
            }
        };
        add(&mut audit.tags, &self.tag);
        add(&mut audit.branches, &self.branch);
        for name in &self.had_by {
            if !audit.remotes.contains(name) {
                audit.remotes.push(name.clone());
            }
        }
    }
}
