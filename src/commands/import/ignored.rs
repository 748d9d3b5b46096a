//! Files that name paths, one a line.

use anyhow::Result;

use super::translation::{Allowance, Translation};

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Reads paths as git ignores them.
///
/// # Errors
/// None; what has no counterpart is lost.
pub(super) fn globs(text: &str, into: &mut Translation) -> Result<()> {
    let mut paths = Vec::new();
    for line in lines(text) {
        if line.starts_with('!') {
            into.lose(format!("{line}: nothing is taken out of what is allowed"));
            continue;
        }
        let folder = line.ends_with('/');
        let bare = line.trim_end_matches('/');
        // A name without a slash is meant wherever it stands.
        let anchored = bare.contains('/');
        let bare = bare.trim_start_matches('/');
        let own = if anchored { bare.to_owned() } else { format!("**/{bare}") };
        if !folder {
            paths.push(own.clone());
        }
        // It may be a folder's name too.
        paths.push(format!("{own}/**"));
    }
    into.allow(&Allowance { paths, ..Allowance::default() });
    Ok(())
}

/// Reads regular expressions over paths.
///
/// # Errors
/// None; what has no counterpart is lost.
pub(super) fn patterns(text: &str, into: &mut Translation) -> Result<()> {
    let all: Vec<String> = lines(text).map(str::to_owned).collect();
    // One that does not parse must not take the others with it.
    let good = |text: &String| {
        let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
        parser.parse(text).is_ok()
    };
    let (path_patterns, bad): (Vec<String>, Vec<String>) = all.into_iter().partition(good);
    for text in bad {
        into.lose(format!("{text}: no pattern that keystop reads"));
    }
    into.allow(&Allowance { path_patterns, ..Allowance::default() });
    Ok(())
}
