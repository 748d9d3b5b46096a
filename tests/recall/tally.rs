//! Counts of what was found and missed, and how they are printed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use keystop::detector::{Context, Detector};

use crate::plant::Outcome;
use crate::sample::Sample;
use crate::syntax::{self, Syntax};

/// How many of a hundred keys must be found by their own detector, in formats that mark themselves
/// and in those that their name and surroundings tell.
const BARS: [f64; 2] = [99.0, 95.0];

/// The counts of a run.
#[derive(Default)]
pub struct Tally {
    /// By syntax, for marked formats and for the others.
    counts: BTreeMap<(&'static str, bool), Counts>,
    /// By detector, what went wrong and in which syntaxes.
    wrong: BTreeMap<(&'static str, String), BTreeSet<&'static str>>,
    /// Detectors whose pattern asks for a syntax of its own.
    own_syntax: Vec<&'static str>,
}

#[derive(Default, Clone, Copy)]
struct Counts {
    planted: usize,
    mistaken: usize,
    missed: usize,
}

impl Tally {
    /// Counts one planted key.
    pub fn count(&mut self, syntax: &Syntax, sample: &Sample, outcome: Outcome) {
        let detector = sample.detector;
        let marked = detector.context == Context::Marker && detector.near.is_empty();
        let counts = self.counts.entry((syntax.name, marked)).or_default();
        counts.planted += 1;
        let what = match outcome {
            Outcome::Found => return,
            Outcome::Mistaken(id) => {
                counts.mistaken += 1;
                format!("taken for {id}, called {}", sample.name)
            }
            Outcome::Missed => {
                counts.missed += 1;
                format!("missed, called {}", sample.name)
            }
        };
        self.wrong.entry((detector.id, what)).or_default().insert(syntax.name);
    }

    /// Notes a detector that only its examples can try.
    pub fn own_syntax(&mut self, detector: &Detector) {
        self.own_syntax.push(detector.id);
    }

    /// Whether enough was found.
    pub fn meets_the_bars(&self) -> bool {
        let measured = &syntax::ALL[..syntax::MEASURED];
        [true, false]
            .iter()
            .zip(BARS)
            .all(|(&marked, bar)| self.sum(marked, measured).share() >= bar)
    }

    fn sum(&self, marked: bool, syntaxes: &[Syntax]) -> Counts {
        let of = syntaxes.iter().filter_map(|syntax| self.counts.get(&(syntax.name, marked)));
        of.fold(Counts::default(), |sum, counts| Counts {
            planted: sum.planted + counts.planted,
            mistaken: sum.mistaken + counts.mistaken,
            missed: sum.missed + counts.missed,
        })
    }
}

impl Counts {
    /// How many of a hundred were found by their own detector.
    fn share(self) -> f64 {
        let found = self.planted - self.mistaken - self.missed;
        if self.planted == 0 { 100.0 } else { found as f64 * 100.0 / self.planted as f64 }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { planted, mistaken, missed } = self;
        write!(f, "{planted} | {mistaken} | {missed} | {:.2}%", self.share())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((id, what), syntaxes) in &self.wrong {
            let all = syntaxes.len() == syntax::ALL.len();
            let list = syntaxes.iter().copied().collect::<Vec<_>>().join(", ");
            writeln!(f, "{id}: {what}: {}", if all { "everywhere" } else { &list })?;
        }
        writeln!(f, "\ntried by their own examples only: {}", self.own_syntax.join(" "))?;
        for (marked, title) in [(true, "marked formats"), (false, "formats told by their context")]
        {
            writeln!(
                f,
                "\n| {title} | planted | another's | missed | found |\n|---|---|---|---|---|"
            )?;
            let (measured, others) = syntax::ALL.split_at(syntax::MEASURED);
            for (syntaxes, sum) in [(measured, "**these twelve**"), (others, "these others")] {
                for syntax in syntaxes {
                    if let Some(counts) = self.counts.get(&(syntax.name, marked)) {
                        writeln!(f, "| {} | {counts} |", syntax.name)?;
                    }
                }
                writeln!(f, "| {sum} | {} |", self.sum(marked, syntaxes))?;
            }
        }
        Ok(())
    }
}
