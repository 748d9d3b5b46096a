//! Planting a key, and what the engine makes of it.

use keystop::engine;

use crate::sample::Sample;
use crate::syntax::Syntax;

/// What became of a planted key.
pub enum Outcome {
    /// Its detector found it.
    Found,
    /// Another one did.
    Mistaken(&'static str),
    /// Nobody did.
    Missed,
}

/// Writes the key in this syntax and looks for it; `None` where it cannot be written so.
pub fn plant(syntax: &Syntax, sample: &Sample) -> Option<Outcome> {
    let mut fields = vec![(sample.name.as_str(), sample.value.as_str())];
    if let Some((name, value)) = &sample.other {
        fields.insert(0, (name, value));
    }
    let text = syntax.write(&fields)?;
    let with = engine::scan(b"", text.as_bytes()).unwrap();
    if with.iter().any(|found| found.detector.id == sample.detector.id) {
        return Some(Outcome::Found);
    }
    // What is found with the other half alone is no find.
    let other = sample.detector.needs;
    let mistaken = with.iter().map(|found| found.detector.id).find(|id| Some(*id) != other);
    Some(mistaken.map_or(Outcome::Missed, Outcome::Mistaken))
}
