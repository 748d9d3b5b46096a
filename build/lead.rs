//! What every match of a pattern begins with.

use regex_syntax::hir::{Class, Hir, HirKind};

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
