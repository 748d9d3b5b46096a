//! What speaks for a match, and whether the machine's policy lets it.

use std::ops::Range;

use super::Judge;
use crate::commands::excuse::Verdict;
use crate::config::Word;
use crate::detector::Detector;
use crate::finding::{Finding, Source};
use crate::redaction;
use crate::report::{By, Passed};
use crate::secret::Secret;
use crate::suppress::{ALLOW_FILE, Comment};

impl Judge {
    /// Whether to ask if a value stood there before: it costs an old version's reading, which a
    /// comment spares.
    pub(super) fn needs_asking(&mut self, comment: Option<Comment>, detector: &Detector) -> bool {
        let allowed = matches!(comment, Some(Comment::Allows | Comment::AllowsElsewhere));
        !allowed || self.enforces(detector)
    }

    /// Lets a finding pass that no fingerprint is needed for.
    fn pass(&mut self, finding: Finding, by: By, reason: String) {
        self.report.excused += 1;
        self.report.passed.push(Passed { finding, by, reason });
    }

    /// Whether the machine's policy lets nobody allow what a detector finds.
    fn enforces(&mut self, detector: &Detector) -> bool {
        match self.settings.policy() {
            Ok(policy) => policy.enforces(detector.id),
            Err(error) => {
                self.failed_once(&error);
                true
            }
        }
    }

    /// Whether the machine's policy refuses the user's variable; a push option was asked about
    /// before.
    fn refuses_skip(&self) -> bool {
        self.excuses.push_skip.is_none()
            && self.settings.policy().is_ok_and(|policy| policy.refuses_skip)
    }

    /// What the configuration says for a match.
    pub(super) fn word(
        &mut self,
        source: &Source,
        text: &[u8],
        detector: &Detector,
        span: &Range<usize>,
    ) -> Option<Word> {
        if self.settings.is_empty() {
            return None;
        }
        let path = self.excuses.path_from_top(&self.report.stage, source);
        self.settings.word(detector.id, source, &path, text, span)
    }

    /// Says whether a finding may be allowed and whether it blocks, and reports it.
    pub(super) fn weigh(
        &mut self,
        mut finding: Finding,
        secret: &Secret,
        comment: (Option<Comment>, String),
        word: Option<Word>,
    ) {
        finding.enforced = self.enforces(finding.detector);
        // Where the policy cannot be read, what blocks usually does; the fault is told.
        if let Ok(blocks) = self.settings.blocks(finding.confidence, finding.in_settings()) {
            finding.blocks = blocks;
        }
        self.tell(finding, secret, comment, word);
    }

    /// Reports a finding, unless something speaks for it that the policy does not refuse: the
    /// comment on its line, the configuration, the allow file, the user.
    fn tell(
        &mut self,
        mut finding: Finding,
        secret: &Secret,
        (comment, reason): (Option<Comment>, String),
        word: Option<Word>,
    ) {
        let refused = |what: &str| format!("the machine's policy refuses {what}");
        match comment {
            Some(Comment::Allows | Comment::AllowsElsewhere) if finding.enforced => {
                finding.facts.push(refused("the comment on this line"));
            }
            Some(Comment::Allows) => return self.pass(finding, By::Comment, reason),
            Some(Comment::AllowsElsewhere) => {
                self.report.excused_by_peers += 1;
                return self.pass(finding, By::Comment, "another scanner's comment".to_owned());
            }
            Some(Comment::WithoutReason) => finding.facts.push(
                "the keystop:allow on this line gives no reason, so it allows nothing".to_owned(),
            ),
            None => {}
        }
        if let Some(word) = word {
            if !finding.enforced {
                let place = format!("{}:{}", finding.shown_path(), finding.line);
                self.configuring.let_pass.push(format!("{} in {place}", finding.detector.id));
                return self.pass(
                    finding,
                    By::Configuration,
                    format!("{}: {}", word.file, word.words),
                );
            }
            finding.facts.push(refused(&format!(
                "what {} says ({})",
                word.file,
                redaction::quoted(word.words.as_bytes())
            )));
        }
        let verdict = self.excuses.ask(&self.report.stage, &mut finding, secret);
        if let Some(fault) = self.excuses.fault() {
            self.failed(&fault);
        }
        match verdict {
            Verdict::Allowed(_) if finding.enforced => {
                finding.facts.push(refused(&format!("its entry in {ALLOW_FILE}")));
                self.report.findings.push(finding);
            }
            Verdict::Allowed(entry) => {
                self.report.excused += 1;
                self.report.allowed.push((finding, entry));
            }
            Verdict::Waived(_) if finding.enforced || self.refuses_skip() => {
                finding.facts.push(refused(self.excuses.skip_name()));
                self.report.findings.push(finding);
            }
            Verdict::Waived(waiver) => {
                self.report.excused += 1;
                self.report.notes.push(format!(
                    "{} lets {} pass in {}:{}: {}",
                    self.excuses.skip_name(),
                    finding.detector.id,
                    finding.shown_path(),
                    finding.line,
                    redaction::quoted(waiver.reason.as_bytes())
                ));
                self.report.waived.push((finding, waiver));
            }
            Verdict::Stands(notes) => {
                finding.facts.extend(notes);
                self.report.findings.push(finding);
            }
        }
    }
}
