//! Matches that hold many of their own keywords.

use anyhow::Result;

use crate::check::effort;
use crate::detector::{self, Detector};

/// Where the next match begins of those that hold many of their own keywords.
#[derive(Default)]
pub(super) struct Crowd {
    /// None begins before; what begins here may be one.
    pub next: usize,
}

impl Crowd {
    /// Looks for one from `start` on.
    pub(super) fn ask(
        &mut self,
        detector: &'static Detector,
        text: &[u8],
        start: usize,
    ) -> Result<()> {
        let found = detector::compiled(detector)?.find_at(text, start);
        self.next = found.map_or(text.len(), |found| found.start());
        effort::spend(self.next - start);
        Ok(())
    }

    /// Notes that nothing began where it might have. A match longer than any key of this kind would be
    /// read again from each of its keywords, so in this window none is looked for any more.
    pub(super) fn fail(&mut self) {
        self.next = usize::MAX;
    }
}
