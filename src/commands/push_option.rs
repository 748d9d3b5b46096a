//! `git push -o keystop.skip=FINGERPRINT:reason`: a way through a server, where it lets that count.

use std::env;

use anyhow::{Context, Result, bail};

use super::judge::Judge;
use crate::git::Store;
use crate::suppress::PUSH_SKIP;

/// Git's setting on the server.
const SETTING: &str = "keystop.allowPushSkip";

/// Lets the push's waivers count if this server does, and says so if it does not. Returns whether
/// it does.
///
/// # Errors
/// Options, settings or a policy that cannot be read.
pub(super) fn heed(judge: &mut Judge, store: &mut Store) -> Result<bool> {
    let given = given()?;
    let counts = match judge.settings.policy()?.allows_push_skip {
        Some(allows) => allows,
        None => store.setting(SETTING)?.map(|text| is_yes(&text)).transpose()?.unwrap_or(false),
    };
    if given.is_empty() {
        return Ok(counts);
    }
    if counts {
        judge.excuses.push_skip = Some(given.join("\n"));
    } else {
        judge.report.notes.push(format!("{PUSH_SKIP} counts for nothing on this server"));
    }
    Ok(counts)
}

/// The waivers among the push's options.
fn given() -> Result<Vec<String>> {
    let Some(count) = env::var_os("GIT_PUSH_OPTION_COUNT") else { return Ok(Vec::new()) };
    let count = count.to_str().and_then(|count| count.parse().ok());
    let count: usize = count.context("GIT_PUSH_OPTION_COUNT is no number")?;
    let mut given = Vec::new();
    for number in 0..count {
        let name = format!("GIT_PUSH_OPTION_{number}");
        let option = env::var_os(&name).with_context(|| format!("{name} is missing"))?;
        // Other options may be in any encoding.
        if let Some(rest) = option.to_string_lossy().strip_prefix(PUSH_SKIP) {
            let Some(waiver) = rest.strip_prefix('=') else {
                bail!("the push option is {PUSH_SKIP}=FINGERPRINT:REASON")
            };
            given.push(waiver.to_owned());
        }
    }
    Ok(given)
}

fn is_yes(text: &str) -> Result<bool> {
    match text.to_ascii_lowercase().as_str() {
        // A name alone, without a value, is yes to git.
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" | "" => Ok(false),
        _ => bail!("git's setting {SETTING} is neither true nor false"),
    }
}
