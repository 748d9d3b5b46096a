//! What every match of a pattern begins with.

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Capture, Class, Hir, HirKind, Repetition};

use crate::bare::{LEAD, is_bare, kind};

/// The beginning that all matches share.
#[derive(Default, Clone, Copy)]
pub struct Lead {
    /// How many characters of values without quotes stand there at least.
    pub length: usize,
    /// Which kinds of them.
    pub kinds: u8,
    /// Whether this is all of the match.
    whole: bool,
}

/// The lead of a pattern for values that are nothing but the match; nothing where a match may begin
/// with something else, or is so short that most words would do.
pub fn of(pattern: &Hir) -> Lead {
    let properties = pattern.properties();
    let plain = properties.look_set().is_empty() && properties.explicit_captures_len() == 0;
    Some(read(pattern)).filter(|lead| plain && lead.length >= LEAD).unwrap_or_default()
}

/// How far behind its beginning every match of a pattern has one of the keywords, in bytes, so that
/// the pattern need be run only where it can begin; `None` where that is not always as far. The
/// keywords must begin in the order in which they end: none may stand inside another.
pub fn keyword_at(pattern: &Hir, keywords: &[String]) -> Option<usize> {
    let lower: Vec<String> = keywords.iter().map(|one| one.to_ascii_lowercase()).collect();
    let inside =
        |one: &String| lower.iter().any(|other| !other.is_empty() && other[1..].contains(one));
    if lower.iter().any(inside) || !pattern.properties().look_set_prefix_any().is_empty() {
        return None;
    }
    let pattern = in_lower_case(pattern);
    let parts = match pattern.kind() {
        HirKind::Concat(parts) => &parts[..],
        _ => std::slice::from_ref(&pattern),
    };
    let mut before = 0;
    for (at, part) in parts.iter().enumerate() {
        if begins_with(&Hir::concat(parts[at..].to_vec()), &lower) {
            return Some(before);
        }
        let properties = part.properties();
        let length = properties.maximum_len();
        before += length.filter(|_| properties.minimum_len() == length)?;
    }
    None
}

/// Whether every match begins with one of the keywords.
fn begins_with(pattern: &Hir, keywords: &[String]) -> bool {
    let is_keyword = |text: &[u8]| {
        let text = text.to_ascii_lowercase();
        keywords.iter().any(|keyword| text.starts_with(keyword.as_bytes()))
    };
    let beginnings = Extractor::new().extract(pattern);
    beginnings.literals().is_some_and(|all| all.iter().all(|one| is_keyword(one.as_bytes())))
}

/// The pattern with a letter wherever it takes that letter in both cases.
fn in_lower_case(pattern: &Hir) -> Hir {
    let boxed = |sub: &Hir| Box::new(in_lower_case(sub));
    match pattern.kind() {
        HirKind::Class(Class::Bytes(class)) => match class.ranges() {
            [upper, lower]
                if upper.start() == upper.end()
                    && lower.start() == lower.end()
                    && upper.start().to_ascii_lowercase() == lower.start() =>
            {
                Hir::literal([lower.start()])
            }
            _ => pattern.clone(),
        },
        HirKind::Repetition(repeated) => {
            Hir::repetition(Repetition { sub: boxed(&repeated.sub), ..repeated.clone() })
        }
        HirKind::Capture(group) => {
            Hir::capture(Capture { sub: boxed(&group.sub), ..group.clone() })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(in_lower_case).collect()),
        HirKind::Alternation(branches) => {
            Hir::alternation(branches.iter().map(in_lower_case).collect())
        }
        _ => pattern.clone(),
    }
}

fn read(pattern: &Hir) -> Lead {
    let nothing = Lead::default();
    match pattern.kind() {
        HirKind::Empty => Lead { whole: true, ..nothing },
        HirKind::Literal(literal) => {
            let bare = literal.0.iter().take_while(|&&byte| is_bare(byte));
            let (length, kinds) =
                bare.fold((0, 0), |(length, kinds), &byte| (length + 1, kinds | kind(byte)));
            Lead { length, kinds, whole: length == literal.0.len() }
        }
        HirKind::Class(Class::Bytes(class)) => {
            let mut bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let kinds = bytes.clone().fold(0, |kinds, byte| kinds | kind(byte));
            if bytes.all(is_bare) { Lead { length: 1, kinds, whole: true } } else { nothing }
        }
        HirKind::Repetition(repeated) => {
            let sub = read(&repeated.sub);
            let times = repeated.min as usize;
            match (sub.whole, times) {
                (true, _) => Lead { length: sub.length * times, ..sub },
                (false, 0) => nothing,
                (false, _) => sub,
            }
        }
        HirKind::Concat(parts) => {
            let mut lead = Lead { whole: true, ..nothing };
            for part in parts.iter().map(read) {
                lead.length += part.length;
                lead.kinds |= part.kinds;
                if !part.whole {
                    lead.whole = false;
                    break;
                }
            }
            lead
        }
        HirKind::Alternation(branches) => {
            let join = |one: Lead, other: Lead| Lead {
                length: one.length.min(other.length),
                kinds: one.kinds | other.kinds,
                whole: one.whole && other.whole,
            };
            branches.iter().map(read).reduce(join).unwrap_or_default()
        }
        HirKind::Class(_) | HirKind::Look(_) | HirKind::Capture(_) => nothing,
    }
}
