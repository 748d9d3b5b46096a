//! What can be asked of a place in a few instructions before a pattern is run there: whether its first
//! bytes may be those of a match, and whether a byte is near that no match lacks.

use regex_syntax::hir::{Class, Hir, HirKind};

/// So many of a match's bytes are compared.
const COMPARED: usize = 16;
/// So far into a match is known what may stand there.
const MOST: usize = 128;

/// Marks that a match may not lack, the rarest in source first.
const MARKS: &[u8] = b"~^|!@?&%$+#;{}<>[]*=:-.,";

/// Bytes, one bit each.
pub type Set = [u64; 4];

/// The first bytes that all matches share.
#[derive(Default)]
struct Opening {
    /// The bytes that may stand at each place.
    places: Vec<Set>,
    /// Whether this is all of the match.
    whole: bool,
}

/// The bytes that may stand at some places of a match, the first of them `from` bytes behind its
/// beginning.
pub fn of(pattern: &Hir, from: usize) -> Vec<Set> {
    read(pattern).places.into_iter().skip(from).take(COMPARED).collect()
}

/// The rarest mark that every match has, if the keywords do not have it already.
pub fn mark(pattern: &Hir, keywords: &[String]) -> Option<u8> {
    let needed = needed(pattern);
    let says_more = |mark: &u8| !keywords.iter().any(|one| one.as_bytes().contains(mark));
    MARKS.iter().copied().filter(says_more).find(|&mark| has(&needed, mark))
}

fn read(pattern: &Hir) -> Opening {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => Opening { places: Vec::new(), whole: true },
        HirKind::Literal(literal) => {
            let places = literal.0.iter().take(MOST).map(|&byte| set([byte])).collect();
            Opening { places, whole: literal.0.len() <= MOST }
        }
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            Opening { places: vec![set(bytes)], whole: true }
        }
        HirKind::Class(_) => Opening::default(),
        HirKind::Capture(group) => read(&group.sub),
        HirKind::Repetition(_) | HirKind::Concat(_) => read_row(std::slice::from_ref(pattern)),
        HirKind::Alternation(branches) => {
            branches.iter().map(read).reduce(either).unwrap_or_default()
        }
    }
}

/// The opening of what stands one behind the other.
fn read_row(parts: &[Hir]) -> Opening {
    let Some((first, rest)) = parts.split_first() else {
        return Opening { places: Vec::new(), whole: true };
    };
    match first.kind() {
        HirKind::Concat(parts) => {
            let all: Vec<Hir> = parts.iter().chain(rest).cloned().collect();
            read_row(&all)
        }
        HirKind::Repetition(repeated) => {
            let sub = read(&repeated.sub);
            let mut places = Vec::new();
            for _ in 0..repeated.min {
                places.extend_from_slice(&sub.places);
                if !sub.whole || places.len() >= MOST || sub.places.is_empty() {
                    break;
                }
            }
            let more = repeated.max.is_none_or(|max| max > repeated.min);
            if !more && sub.whole && places.len() < MOST {
                return then(places, || read_row(rest));
            }
            if !sub.whole && repeated.min > 0 || places.len() >= MOST {
                places.truncate(MOST);
                return Opening { places, whole: false };
            }
            // One more of it, or what follows.
            then(places, || either(Opening { whole: false, ..sub }, read_row(rest)))
        }
        _ => {
            let first = read(first);
            if !first.whole || first.places.len() >= MOST {
                return Opening { whole: first.whole && rest.is_empty(), ..first };
            }
            then(first.places, || read_row(rest))
        }
    }
}

fn then(mut places: Vec<Set>, rest: impl FnOnce() -> Opening) -> Opening {
    let rest = rest();
    places.extend(rest.places);
    let whole = rest.whole && places.len() <= MOST;
    places.truncate(MOST);
    Opening { places, whole }
}

/// What a match has that begins in one way or the other.
fn either(one: Opening, other: Opening) -> Opening {
    let whole = one.whole && other.whole && one.places.len() == other.places.len();
    let both = |(one, other): (&Set, &Set)| std::array::from_fn(|at| one[at] | other[at]);
    Opening { places: one.places.iter().zip(&other.places).map(both).collect(), whole }
}

/// The bytes each of which every match has.
fn needed(pattern: &Hir) -> Set {
    match pattern.kind() {
        HirKind::Literal(literal) => set(literal.0.iter().copied()),
        HirKind::Class(Class::Bytes(class)) => match class.ranges() {
            [one] if one.start() == one.end() => set([one.start()]),
            _ => Set::default(),
        },
        HirKind::Repetition(repeated) if repeated.min > 0 => needed(&repeated.sub),
        HirKind::Capture(group) => needed(&group.sub),
        HirKind::Concat(parts) => {
            let all = parts.iter().map(needed);
            all.fold(Set::default(), |all, some| std::array::from_fn(|at| all[at] | some[at]))
        }
        HirKind::Alternation(branches) => {
            let all = branches.iter().map(needed);
            all.reduce(|all, some| std::array::from_fn(|at| all[at] & some[at])).unwrap_or_default()
        }
        _ => Set::default(),
    }
}

fn set(bytes: impl IntoIterator<Item = u8>) -> Set {
    let mut set = Set::default();
    for byte in bytes {
        set[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    set
}

fn has(set: &Set, byte: u8) -> bool {
    set[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
}
