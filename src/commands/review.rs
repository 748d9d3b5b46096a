//! `keystop review`: the findings of the last run, one key press each.

use std::io::{self, IsTerminal, Write};

use anyhow::{Context, Result, bail};
use console::{Key, Term};

use super::allow::entry;
use super::configure::know_own_detectors;
use super::draft::Draft;
use super::record::{Record, Recorded};
use crate::git::Store;
use crate::redaction::visible;
use crate::suppress::today;

const QUESTION: &str = "r real key   t test key   f false alarm   s skip   q quit";

/// What somebody says of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    Real,
    Test,
    FalseAlarm,
    Skip,
    Quit,
}

impl Judgement {
    fn of(key: &Key) -> Option<Judgement> {
        match key {
            Key::Char('r' | 'R') => Some(Judgement::Real),
            Key::Char('t' | 'T') => Some(Judgement::Test),
            Key::Char('f' | 'F') => Some(Judgement::FalseAlarm),
            Key::Char('s' | 'S') => Some(Judgement::Skip),
            Key::Char('q' | 'Q' | '\u{3}' | '\u{4}') | Key::Escape | Key::CtrlC => {
                Some(Judgement::Quit)
            }
            _ => None,
        }
    }

    /// The reason that is written, if the finding may stand.
    fn reason(self) -> Option<&'static str> {
        match self {
            Judgement::Test => Some("test key"),
            Judgement::FalseAlarm => Some("false alarm"),
            _ => None,
        }
    }
}

/// Runs the command and returns the exit code.
///
/// # Errors
/// No terminal, no last run, a file that cannot be written.
pub fn review() -> Result<u8> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        bail!(
            "keystop review asks on a terminal; without one use `keystop allow FINGERPRINT \
             --reason TEXT` or `keystop allow --last --reason TEXT`"
        );
    }
    let store = Store::open().context("opening the repository")?;
    know_own_detectors()?;
    let record = Record::last()?;
    let mut draft = Draft::open(&store)?;
    draft.salt = record.salt();
    let mut open: Vec<&Recorded> = Vec::new();
    for one in record.findings.iter().filter(|one| one.waived.is_none()) {
        let known = draft.entries.iter().any(|entry| Some(entry.fingerprint) == one.filed());
        if !known && !open.iter().any(|other| other.filed() == one.filed()) {
            open.push(one);
        }
    }
    if open.is_empty() {
        let _ = writeln!(anstream::stderr(), "nothing to review: all of the last run is allowed");
        return Ok(0);
    }
    let terminal = Term::stderr();
    let mut ask = || loop {
        if let Some(judgement) = Judgement::of(&terminal.read_key()?) {
            return Ok(judgement);
        }
    };
    let said = go_through(&open, &mut draft, &mut ask, &mut anstream::stderr())?;
    let _ = write!(anstream::stderr(), "{said}");
    Ok(0)
}

/// Asks about each finding; what was said is written at the end, or where somebody quits.
fn go_through(
    findings: &[&Recorded],
    draft: &mut Draft,
    ask: &mut dyn FnMut() -> io::Result<Judgement>,
    out: &mut dyn Write,
) -> Result<String> {
    let mut allowed = 0;
    let mut real = 0;
    for (number, finding) in findings.iter().enumerate() {
        let Some(detector) = finding.detector() else { continue };
        writeln!(out, "\n{}/{}  {}  ({})", number + 1, findings.len(), detector.name, detector.id)?;
        writeln!(out, " --> {}", finding.place())?;
        writeln!(out, "  |  {}", visible(finding.redacted.as_bytes()))?;
        write!(out, "{QUESTION}: ")?;
        out.flush()?;
        // A terminal that is gone ends the review; what was said until then is kept.
        let judgement = ask().unwrap_or(Judgement::Quit);
        if let Some(reason) = judgement.reason() {
            writeln!(out, "{reason}")?;
            draft.add(entry(finding, b"*", &format!("{reason}, reviewed {}", today()))?);
            allowed += 1;
            continue;
        }
        match judgement {
            Judgement::Real => {
                real += 1;
                let revoke = detector.remediation.revoke;
                writeln!(
                    out,
                    "real key\n     revoke it: {revoke}\n     more: keystop explain {}",
                    detector.id
                )?;
            }
            Judgement::Quit => {
                writeln!(out, "quit")?;
                break;
            }
            _ => writeln!(out, "skipped")?,
        }
    }
    let said =
        format!("\n{allowed} allowed, {real} real, {} left\n", findings.len() - allowed - real);
    Ok(if allowed > 0 { said + &draft.save()? } else { said })
}
