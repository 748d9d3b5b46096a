//! `KEYSTOP_SKIP=fingerprint:reason`: a way through, for one run, that leaves a trace.

use anyhow::{Result, bail};

use super::entry::is_reason;
use crate::engine;
use crate::fingerprint::Fingerprint;

/// The variable's name.
pub const SKIP: &str = "KEYSTOP_SKIP";

/// The same as an option of a push (`git push -o`), for servers that let it count.
pub const PUSH_SKIP: &str = "keystop.skip";

/// One finding that may pass in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Which one.
    pub fingerprint: Fingerprint,
    /// Why.
    pub reason: String,
}

/// Reads the variable, or push options, as `name` says: several waivers are separated by commas or
/// lines. A reason may hold commas.
///
/// # Errors
/// Anything else. The error does not quote it: somebody may have pasted the key.
pub fn waivers(name: &str, text: &str) -> Result<Vec<Waiver>> {
    let mut waivers: Vec<Waiver> = Vec::new();
    for line in text.lines() {
        let mut in_line = 0;
        for part in line.split(',') {
            let start = part.split_once(':').map(|(start, reason)| (start.trim(), reason));
            if let Some((start, reason)) = start
                && let Some(fingerprint) = Fingerprint::parse(start)
            {
                waivers.push(Waiver { fingerprint, reason: reason.trim().to_owned() });
                in_line += 1;
            } else if part.trim().is_empty() {
            } else if let Some(last) = waivers.last_mut().filter(|_| in_line > 0)
                && !start.is_some_and(|(start, _)| is_meant_as_fingerprint(start))
            {
                last.reason = format!("{},{}", last.reason, part.trim_end());
            } else {
                bail!(
                    "{name} is FINGERPRINT:REASON, several separated by commas or lines; a block \
                     prints the fingerprint of each finding"
                );
            }
        }
    }
    if waivers.is_empty() {
        bail!("{name} is set and names no finding: it is FINGERPRINT:REASON");
    }
    for Waiver { fingerprint, reason } in &waivers {
        if !is_reason(reason) {
            bail!("{name} gives no reason for {fingerprint}: it is FINGERPRINT:REASON");
        }
        if reason.contains(char::is_control) {
            bail!("{name}: the reason for {fingerprint} holds a control character");
        }
        if !engine::scan(b"", reason.as_bytes())?.is_empty() {
            bail!("{name}: the reason for {fingerprint} holds a key");
        }
    }
    Ok(waivers)
}

fn is_meant_as_fingerprint(text: &str) -> bool {
    text.len() >= 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'p')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let waivers = waivers(SKIP, text).unwrap();
        waivers.into_iter().map(|one| (one.fingerprint.to_string(), one.reason)).collect()
    }

    #[test]
    fn several_are_separated_by_commas_or_lines() {
        let pair = |print: &str, reason: &str| (print.to_owned(), reason.to_owned());
        assert_eq!(
            read("0123456789ab: a test, ours, p0123456789ab:b\nfedcba987654:see docs: page 3,"),
            [
                pair("0123456789ab", "a test, ours"),
                pair("p0123456789ab", "b"),
                pair("fedcba987654", "see docs: page 3"),
            ]
        );
    }

    #[test]
    fn what_names_no_finding_or_no_reason_is_refused_and_not_quoted() {
        let long = "x".repeat(40);
        for wrong in [
            "",
            "1",
            "all",
            "0123456789ab",
            "0123456789ab:",
            "0123456789ab: …",
            "0123456789AB:why",
            "0123456789ab:why,0123456789:why",
            "0123456789ab:why\nbecause",
            &long,
        ] {
            let error = waivers(SKIP, wrong).unwrap_err().to_string();
            assert!(error.contains(SKIP) && !error.contains(&long), "{wrong}: {error}");
        }
    }
}
