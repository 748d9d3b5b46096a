//! Patterns, compiled when first needed: most runs need none.

use std::sync::OnceLock;

use anyhow::{Context as _, Result, bail};
use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

use super::{Detector, own, table};

/// One for each detector, made when the first pattern is asked for: a cell that stood in the binary
/// would not be zero.
type Cells = OnceLock<Box<[OnceLock<Regex>]>>;

static COMPILED: Cells = OnceLock::new();
static AT_BEGINNING: Cells = OnceLock::new();

static FOR_SHORT: OnceLock<Box<[OnceLock<Option<Regex>>]>> = OnceLock::new();

/// The detector's pattern over bytes.
///
/// # Errors
/// A pattern that does not compile; each was parsed before, so only a size limit can do it.
pub fn compiled(detector: &Detector) -> Result<&'static Regex> {
    once(&COMPILED, detector, ["", ""])
}

/// The same for a match at the text's beginning.
///
/// # Errors
/// As those of [`compiled`].
pub fn compiled_at_beginning(detector: &Detector) -> Result<&'static Regex> {
    once(&AT_BEGINNING, detector, [r"\A(?:", ")"])
}

/// The same for short texts, quicker to ask where a group lies: made for each place of a pattern such as
/// `.{1,200};`, twelve times over, a table of what was tried takes longer to clear than to fill. A text
/// of [`SHORT`] bytes cannot tell such a bound from none. `None` where the pattern has none.
pub(super) fn compiled_for_short(detector: &Detector) -> Option<&'static Regex> {
    let cells =
        FOR_SHORT.get_or_init(|| table::DETECTORS.iter().map(|_| OnceLock::new()).collect());
    let made = || {
        let parsed =
            ParserBuilder::new().unicode(false).utf8(false).build().parse(detector.pattern);
        let unbound = unbound(&parsed.ok()?)?;
        RegexBuilder::new(&unbound.to_string()).unicode(false).build().ok()
    };
    cells.get(usize::from(detector.index))?.get_or_init(made).as_ref()
}

/// A text of so many bytes is short.
pub(super) const SHORT: usize = 128;

/// The pattern with no bounds that no short text reaches; `None` if it has none.
fn unbound(pattern: &Hir) -> Option<Hir> {
    let row = |parts: &[Hir]| {
        let made: Vec<Option<Hir>> = parts.iter().map(unbound).collect();
        let any = made.iter().any(Option::is_some);
        let either = |(made, part): (Option<Hir>, &Hir)| made.unwrap_or_else(|| part.clone());
        any.then(|| made.into_iter().zip(parts).map(either).collect())
    };
    match pattern.kind() {
        HirKind::Repetition(repeated) => {
            let sub = unbound(&repeated.sub);
            let is_far = repeated.max.is_some_and(|max| max as usize >= SHORT)
                && repeated.sub.properties().minimum_len().is_some_and(|least| least > 0);
            (is_far || sub.is_some()).then(|| {
                Hir::repetition(Repetition {
                    max: repeated.max.filter(|_| !is_far),
                    sub: sub.map_or_else(|| repeated.sub.clone(), Box::new),
                    ..repeated.clone()
                })
            })
        }
        HirKind::Capture(group) => {
            let sub = Box::new(unbound(&group.sub)?);
            Some(Hir::capture(Capture { sub, ..group.clone() }))
        }
        HirKind::Concat(parts) => row(parts).map(Hir::concat),
        HirKind::Alternation(branches) => row(branches).map(Hir::alternation),
        _ => None,
    }
}

fn once(cells: &'static Cells, detector: &Detector, around: [&str; 2]) -> Result<&'static Regex> {
    let index = usize::from(detector.index);
    let cells = cells.get_or_init(|| table::DETECTORS.iter().map(|_| OnceLock::new()).collect());
    // A detector of the configuration has no lead, and so is asked for anywhere only.
    let Some(cell) = cells.get(index).or_else(|| own::pattern(index - cells.len())) else {
        bail!("detector {} is unknown", detector.id)
    };
    if let Some(regex) = cell.get() {
        return Ok(regex);
    }
    let regex = RegexBuilder::new(&around.join(detector.pattern))
        .unicode(false)
        .build()
        .with_context(|| format!("the pattern of detector {} does not compile", detector.id))?;
    Ok(cell.get_or_init(|| regex))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_bounds_that_no_short_text_reaches_are_taken_away() {
        let of = |pattern: &str| {
            let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
            unbound(&parsed.unwrap()).map(|hir| hir.to_string())
        };
        assert_eq!(of("a{1,127}b?(c)*"), None);
        assert!(of("(a{1,200};){0,12}").unwrap().contains("{0,12}"));
        assert!(!of("(a{1,200};){0,12}").unwrap().contains("200"));
    }

    proptest! {
        #[test]
        fn a_short_text_matches_alike_without_far_bounds(
            text in "(server=|;|a|password=|[a-z]{0,9}){0,12}",
            pattern in prop::sample::select(&[
                r"server=[^;]{1,200};(?:[^;]{0,200};){0,12}?\s?(?:password|pwd)=([^;]{3,128})",
                r"a(?:[a-z]{0,150}?;)+([a-z=]{0,300})",
                r"(?:a|;{1,130})([a-z]{2,128})=?",
            ][..]),
        ) {
            let text = text.as_bytes();
            prop_assume!(text.len() <= SHORT);
            let regex = |pattern: &str| RegexBuilder::new(pattern).unicode(false).build().unwrap();
            let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
            let unbound = regex(&unbound(&parsed.unwrap()).unwrap().to_string());
            let groups = |regex: &Regex| {
                let found = regex.captures(text)?;
                Some([found.get(0)?.range(), found.get(1)?.range()])
            };
            prop_assert_eq!(groups(&unbound), groups(&regex(pattern)));
        }
    }
}
