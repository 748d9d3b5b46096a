//! Regular expressions as other scanners write them.

use regex_syntax::hir::{Hir, HirKind};

/// Shorter words stand everywhere.
const SHORTEST: usize = 3;

/// Leaves one group of a pattern: the first group is the secret.
pub(super) fn with_only_group(pattern: &str, group: usize) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let (mut number, mut in_class) = (0, false);
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let width = c.len_utf8();
        if c == '\\' {
            let escaped = rest[width..].chars().next().map_or(0, char::len_utf8);
            out += &rest[..width + escaped];
            rest = &rest[width + escaped..];
            continue;
        }
        match c {
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        let named = ["(?P<", "(?<"].into_iter().find(|start| rest.starts_with(start));
        let is_group = c == '(' && !in_class && (named.is_some() || !rest.starts_with("(?"));
        if !is_group {
            out.push(c);
            rest = &rest[width..];
            continue;
        }
        number += 1;
        out += if number == group { "(" } else { "(?:" };
        rest = match named {
            Some(_) => rest.split_once('>').map_or("", |(_, rest)| rest),
            None => &rest[width..],
        };
    }
    out
}

/// How many groups a pattern has.
pub(super) fn groups(pattern: &str) -> usize {
    parsed(pattern).map_or(0, |hir| hir.properties().explicit_captures_len())
}

/// Whether nothing bounds a match.
pub(super) fn is_unbounded(pattern: &str) -> bool {
    parsed(pattern).is_some_and(|hir| hir.properties().maximum_len().is_none_or(|most| most > 4096))
}

/// Words one of which every match holds.
pub(super) fn keywords(pattern: &str) -> Vec<String> {
    parsed(pattern).and_then(|hir| words(&hir)).unwrap_or_default()
}

/// What reads as a text in JavaScript: `/…/flags`, or the text itself.
pub(super) fn of_javascript(text: &str) -> String {
    if let Some((body, flags)) = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'))
        && flags.bytes().all(|flag| b"dgimsuvy".contains(&flag))
    {
        let kept: String = flags.chars().filter(|flag| "ims".contains(*flag)).collect();
        let body = body.replace("\\/", "/");
        return if kept.is_empty() { body } else { format!("(?{kept}){body}") };
    }
    regex_syntax::escape(text)
}

fn parsed(pattern: &str) -> Option<Hir> {
    regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()
}

/// Such words of a part, if it has any.
fn words(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Concat(parts) => {
            let mut best: Option<Vec<String>> = None;
            let mut run = String::new();
            let shortest = |words: &[String]| words.iter().map(String::len).min().unwrap_or(0);
            let mut keep = |words: Vec<String>| {
                if best.as_ref().is_none_or(|best| shortest(best) < shortest(&words)) {
                    best = Some(words);
                }
            };
            for part in parts {
                match letters(part) {
                    Some(letters) => run += &letters,
                    None => {
                        keep(vec![std::mem::take(&mut run)]);
                        words(part).into_iter().for_each(&mut keep);
                    }
                }
            }
            keep(vec![run]);
            best.filter(|best| shortest(best) >= SHORTEST)
        }
        HirKind::Capture(capture) => words(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => words(&repetition.sub),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(words(part)?);
            }
            Some(all)
        }
        _ => letters(hir).filter(|word| word.len() >= SHORTEST).map(|word| vec![word]),
    }
}

/// The letters a part stands for, in lower case, where it stands for no others.
fn letters(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) if literal.0.is_ascii() => {
            Some(String::from_utf8_lossy(&literal.0).to_ascii_lowercase())
        }
        HirKind::Class(class) => {
            let literal = class.literal().or_else(|| {
                let regex_syntax::hir::Class::Bytes(bytes) = class else { return None };
                let mut each = bytes.iter().flat_map(|range| range.start()..=range.end());
                let (one, other) = (each.next()?, each.next()?);
                (each.next().is_none() && one.eq_ignore_ascii_case(&other)).then(|| vec![one])
            })?;
            literal.is_ascii().then(|| String::from_utf8_lossy(&literal).to_ascii_lowercase())
        }
        HirKind::Capture(capture) => letters(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(letters).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_group_is_left() {
        for (pattern, group, left) in [
            ("(a)(b)", 2, "(?:a)(b)"),
            (r"\((a)[(](?:b)(?P<c>d)", 2, r"\((?:a)[(](?:b)(d)"),
            ("(a)", 0, "(?:a)"),
            ("(?i)(ä)", 1, "(?i)(ä)"),
        ] {
            assert_eq!(with_only_group(pattern, group), left);
        }
    }

    #[test]
    fn keywords_are_what_every_match_holds() {
        for (pattern, words) in [
            ("acme_[a-z]{10}", &["acme_"][..]),
            ("(?i)acme_key", &["acme_key"]),
            ("(foo|barbar)-[0-9]", &["foo", "barbar"]),
            ("(foo|b)-[0-9]", &[]),
            ("[a-z]{3}", &[]),
            ("x(?:secret){1,2}y", &["secret"]),
            ("(?:secret)?y", &[]),
        ] {
            assert_eq!(keywords(pattern), words, "{pattern}");
        }
    }

    #[test]
    fn javascripts_flags_go_before_the_pattern() {
        assert_eq!(of_javascript("/a\\/b/gi"), "(?i)a/b");
        assert_eq!(of_javascript("a.b"), "a\\.b");
        assert_eq!(of_javascript("/etc/passwd"), "/etc/passwd");
    }
}
