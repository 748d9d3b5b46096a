//! What a detector's file holds, for a person: the whole playbook, or the code to write instead.

use std::fmt::{self, Write};

use anstyle::Style;
use textwrap::{Options, WordSeparator, WordSplitter};

use super::language::Language;
use super::snippet::{Store, snippet, to_fill_in};
use crate::detector::{Confidence, Context, Detector};

/// Of more keywords only these are named.
const MOST_KEYWORDS: usize = 6;

const BOLD: Style = Style::new().bold();

/// Lines longer than this are hard to read, however wide the terminal.
const WIDEST: usize = 100;

/// The playbook of a detector, wrapped at `width` columns.
#[must_use]
pub fn render_explanation(detector: &Detector, width: usize) -> String {
    let mut page = Page { out: String::new(), width: width.clamp(40, WIDEST) };
    // Writing to a String cannot fail.
    let _ = page.playbook(detector);
    page.out
}

/// Code that reads the detector's secret from a store.
#[must_use]
pub fn render_code(detector: &Detector, language: Language, store: Store, width: usize) -> String {
    let mut page = Page { out: String::new(), width: width.clamp(40, WIDEST) };
    let _ = page.code(detector, language, store);
    page.out
}

/// Text that is being laid out.
struct Page {
    out: String,
    width: usize,
}

impl Page {
    fn playbook(&mut self, detector: &Detector) -> fmt::Result {
        let remediation = &detector.remediation;
        writeln!(self.out, "{BOLD}{}{BOLD:#}  ({})", detector.name, detector.id)?;
        if remediation.reviewed.is_none() {
            self.wrap("", "", detector.provider.about)?;
        }
        if let Some(why) = detector.public {
            self.section("No finding", why)?;
        }
        self.section("What it opens", remediation.opens)?;
        self.further("What a leak risks", remediation.risk)?;
        self.section("Was it used?", remediation.audit)?;
        self.further("Revoke and rotate", remediation.revoke)?;
        for (number, step) in remediation.steps.iter().enumerate() {
            self.wrap(&format!("  {}. ", number + 1), "     ", step)?;
        }
        self.section("Find what stops working", remediation.breaks)?;
        self.inventory(remediation.env)?;
        self.instead(detector)?;
        self.further("Good practice", remediation.practice)?;
        self.recognition(detector)?;
        let title = match remediation.reviewed {
            Some(day) => format!("Documentation, compared on {day}"),
            None => "Documentation".to_owned(),
        };
        self.further(&title, remediation.docs)
    }

    /// A section that begins a group of them.
    fn section(&mut self, title: &str, text: &str) -> fmt::Result {
        self.out.push('\n');
        self.further(title, text)
    }

    /// A section that follows one of its group without a gap: a page is to fit two screens.
    fn further(&mut self, title: &str, text: &str) -> fmt::Result {
        writeln!(self.out, "{BOLD}{title}{BOLD:#}")?;
        self.wrap("  ", "  ", text)
    }

    /// A paragraph. Words stay whole: an address or an option must be pasted as it stands.
    fn wrap(&mut self, first: &str, rest: &str, text: &str) -> fmt::Result {
        let options = Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(rest)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .break_words(false);
        for line in textwrap::wrap(text, options) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Commands that show where a variable is read and set; none needs or shows the value.
    fn inventory(&mut self, variable: &str) -> fmt::Result {
        writeln!(self.out, "    in files here:   git grep -n {variable}")?;
        writeln!(self.out, "    in all commits:  git log --oneline --all -S {variable}")?;
        writeln!(self.out, "    in the CI:       gh secret list, or glab variable list")
    }

    fn instead(&mut self, detector: &Detector) -> fmt::Result {
        let variable = detector.remediation.env;
        let sentence = if variable.ends_with("_FILE") {
            format!(
                "Keep it in a file outside the repository; the program reads its path from {variable}."
            )
        } else {
            format!("Read it from the environment variable {variable}, or from a secret store:")
        };
        self.further("Write instead", &sentence)?;
        writeln!(self.out, "    keystop explain {} --lang python --store vault", detector.id)
    }

    fn recognition(&mut self, detector: &Detector) -> fmt::Result {
        let how = match detector.context {
            Context::Marker => "Its own form, marked by",
            Context::Label => "A value whose label names a secret, near",
            Context::Generic => "A value whose label says",
            Context::File => "The first bytes and the structure of a file, whatever its name",
        };
        let mut sentence = how.to_owned();
        let shown = detector.keywords.len().min(MOST_KEYWORDS);
        if shown > 0 {
            write!(sentence, " {}", detector.keywords[..shown].join(", "))?;
        }
        if detector.keywords.len() > shown {
            write!(sentence, " and {} more", detector.keywords.len() - shown)?;
        }
        write!(sentence, "; {} confidence.", confidence(detector.confidence))?;
        for check in detector.checks {
            let what = check.explanation().trim_end_matches('.');
            write!(sentence, " Checked offline: {what}.")?;
        }
        if let Some(other) = detector.needs {
            write!(sentence, " Silent unless {other} stands near it.")?;
        }
        self.section("How it is recognised", &sentence)
    }

    fn code(&mut self, detector: &Detector, language: Language, store: Store) -> fmt::Result {
        let code = snippet(language, store, detector.remediation.env);
        writeln!(
            self.out,
            "{BOLD}{}{BOLD:#}  ({}): {}, from {}\n",
            detector.name,
            detector.id,
            language.word(),
            store.name()
        )?;
        self.out.push_str(&code);
        let mut rows = to_fill_in(&code);
        if detector.remediation.env.ends_with("_FILE") && store == Store::Env {
            rows.push((detector.remediation.env, "the path of the key's file"));
        }
        if !rows.is_empty() {
            writeln!(self.out, "\n{BOLD}To fill in or to set{BOLD:#}")?;
        }
        let column = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, what) in rows {
            let rest = " ".repeat(column + 4);
            self.wrap(&format!("  {name:column$}  "), &rest, what)?;
        }
        Ok(())
    }
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector;

    #[test]
    fn no_line_is_wider_than_asked_but_for_words_that_must_stay_whole() {
        for detector in detector::all() {
            for width in [50, 79] {
                for line in render_explanation(detector, width).lines() {
                    let plain = line.replace("\x1b[1m", "").replace("\x1b[0m", "");
                    let columns = unicode_width::UnicodeWidthStr::width(plain.as_str());
                    let command =
                        ["    in ", "    keystop ", "("].iter().any(|start| plain.contains(start));
                    let one_word = !plain.trim().contains(' ');
                    assert!(columns <= width || command || one_word, "{columns}: {plain}");
                }
            }
        }
    }

    #[test]
    fn a_page_that_was_written_by_hand_fits_two_screens() {
        for detector in detector::all().iter().filter(|one| one.remediation.reviewed.is_some()) {
            let lines = render_explanation(detector, 79).lines().count();
            assert!(lines <= 48, "{}: {lines} lines", detector.id);
        }
    }
}
