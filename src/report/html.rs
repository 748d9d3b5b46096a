//! One page that needs nothing but itself: for a person who has to act on an audit.
//!
//! Its policy lets no request leave and runs no script but its own, whatever a repository wrote.
//! Without the script it shows everything; the script filters.

mod key;
mod page;
mod plot;

use std::io::{Result, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Report, markup};

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// Writes the page of a run that began at `started`, in seconds since 1970.
///
/// # Errors
/// A place that cannot be written to.
pub fn write_html(out: &mut dyn Write, report: &Report, started: i64) -> Result<()> {
    let keys = key::keys(report);
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>keystop: {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        hash(STYLE),
        hash(SCRIPT),
        escaped(&page::verdict(report, &keys)),
    )?;
    page::write(out, report, &keys, started)?;
    write!(out, "<script>{SCRIPT}</script>\n</body>\n</html>\n")
}

/// What a policy knows a script or a style by.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// Text or an attribute's value.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    text.chars().for_each(|c| markup::push(&mut escaped, c));
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_small_and_cannot_end_its_own_element() {
        assert!(STYLE.len() + SCRIPT.len() < 30_000);
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</"));
    }

    #[test]
    fn no_mark_is_left() {
        assert_eq!(escaped("<a href='\"&"), "&lt;a href=&#39;&quot;&amp;");
    }
}
