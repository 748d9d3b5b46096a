//! Keys that nobody ever had, made from the forms that detectors' examples have.

#[allow(unused_imports)]
pub use keystop::detector::example::Random;

/// The text with every `‹…›` filled in from `seed`.
pub fn fill(example: &str, seed: u64) -> String {
    keystop::detector::example::fill(example, seed).unwrap_or_else(|e| panic!("{example}: {e:#}"))
}
