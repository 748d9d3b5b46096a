//! What to look for: the table that the build script made of `detectors/*.toml`, and the detectors
//! that a user's configuration brings.

mod automaton;
mod derive;
pub mod example;
mod group;
mod own;
mod pattern;
mod row;
pub mod schema;
mod sound;
mod spelling;
mod table;
mod text;

use serde::{Deserialize, Serialize};

use crate::check::Check;

pub use automaton::{LONGEST_KEYWORD, keyword_hits};
pub use group::secret_of;
pub use own::{Own, adopt, check_own, own, own_hits};
pub use pattern::{compiled, compiled_at_beginning};
pub use row::{Row, row_of};
pub use sound::told;
pub use text::Text;

/// A digest of the sources on which the verdict on a text depends.
pub const VERSION: &str = include_str!(concat!(env!("OUT_DIR"), "/version.txt"));

/// Who issues a key.
#[derive(Debug)]
pub struct Provider {
    /// The name of the provider's file.
    pub slug: &'static str,
    /// The name as the provider writes it.
    pub name: &'static str,
    /// One sentence: what its keys are for.
    pub about: Text,
    /// No provider but a form many use (JWT, URL): any provider's detector wins over it.
    pub fallback: bool,
}

/// How the keyword and the value belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// The keyword is part of the match.
    Marker,
    /// The value's label names a secret and the provider.
    Label,
    /// The value's label names a secret.
    Generic,
    /// A whole file is the key.
    File,
}

/// How sure a finding is. The order is that of strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A name and a value that look like a secret, of no known provider.
    Low,
    /// A provider's shape in that provider's context.
    Medium,
    /// A format that marks itself, or a checksum that holds.
    High,
}

/// What to do about a leak.
#[derive(Debug)]
pub struct Remediation {
    /// What the key opens, and how it is used.
    pub opens: Text,
    /// What somebody who holds the key can do.
    pub risk: Text,
    /// Where to revoke: an address or words.
    pub revoke: &'static str,
    /// How to revoke and rotate, in order.
    pub steps: &'static [Text],
    /// Where the key's use is logged.
    pub audit: Text,
    /// What stops working once it is revoked.
    pub breaks: Text,
    /// How such a key is best kept.
    pub practice: Text,
    /// The environment variable that replacement code reads.
    pub env: &'static str,
    /// The provider's documentation.
    pub docs: &'static str,
    /// The day on which this was compared with the documentation, for what was written by hand;
    /// else it follows from the kind of key.
    pub reviewed: Option<&'static str>,
}

/// One kind of key and how it is recognised.
#[derive(Debug)]
pub struct Detector {
    /// Its place in [`all`].
    pub index: u16,
    /// Kebab-case, unique, stable.
    pub id: &'static str,
    /// What a user reads.
    pub name: &'static str,
    /// Who issues it.
    pub provider: &'static Provider,
    /// Literals one of which must be seen, in any case, before the pattern is tried.
    pub keywords: &'static [&'static str],
    /// Characters one of which must follow on the keyword's line; empty for no such look.
    pub ahead: &'static str,
    /// The pattern; [`compiled`] turns it into a regular expression on first use.
    pub pattern: &'static str,
    /// Longest match in bytes.
    pub window: u32,
    /// How many characters of values without quotes a match begins with at least; 0 where the
    /// secret may begin with another, or is only a part of the match.
    pub lead: u16,
    /// Which kinds of characters these are.
    pub kinds: u8,
    /// How far behind its beginning every match has a keyword, where that is always as far.
    pub keyword_at: Option<u32>,
    /// Which bytes may stand at each of a match's first places, or its first from the keyword on if
    /// that is known, as numbers of sets; empty where the pattern is not run at known places.
    pub opening: &'static [u16],
    /// A byte that every match has, for a pattern that is run anywhere.
    pub mark: Option<u8>,
    /// How the keyword and the value belong together.
    pub context: Context,
    /// Lower-case words one of which must stand near, if there are any.
    pub near: &'static [&'static str],
    /// Offline checks, all of which are run.
    pub checks: &'static [Check],
    /// Bits per character the secret must have; `None` for the default.
    pub min_entropy: Option<f32>,
    /// Id of the other half, without which a finding is silent.
    pub needs: Option<&'static str>,
    /// Why this value may be published.
    pub public: Option<&'static str>,
    /// Values out of the provider's documentation.
    pub samples: &'static [&'static str],
    /// How sure a finding is before the checks have spoken.
    pub confidence: Confidence,
    /// What to do about a leak.
    pub remediation: Remediation,
}

/// What of a detector matters where one of its keywords was seen.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Longest match in bytes.
    pub window: u32,
    /// How the keyword and the value belong together.
    pub context: Context,
    /// Whether something must follow on the keyword's line.
    pub has_ahead: bool,
    /// Whether a value that looks random must stand behind a name.
    pub wants_random: bool,
    /// Whether it matters later where the keywords stand.
    pub wants_names: bool,
    /// As in [`Detector`].
    pub lead: u16,
    /// As in [`Detector`].
    pub kinds: u8,
}

impl Look {
    const fn of(detector: &Detector) -> Look {
        let is_generic = matches!(detector.context, Context::Generic);
        let is_label = matches!(detector.context, Context::Label);
        let (mut wants_random, mut at) = (false, 0);
        while at < detector.checks.len() {
            wants_random |= is_generic && matches!(detector.checks[at], Check::Random);
            at += 1;
        }
        Look {
            window: detector.window,
            context: detector.context,
            has_ahead: !detector.ahead.is_empty(),
            wants_random,
            wants_names: is_label || detector.keyword_at.is_some(),
            lead: detector.lead,
            kinds: detector.kinds,
        }
    }
}

/// What matters of the detector with an index where one of its keywords was seen.
#[must_use]
pub fn look_of(index: u16) -> Look {
    let index = usize::from(index);
    let own = || Look::of(&own()[index - all().len()]);
    table::LOOKS.get(index).copied().unwrap_or_else(own)
}

/// Every detector that the binary holds, in the order of the files' names.
#[must_use]
pub fn all() -> &'static [Detector] {
    &table::DETECTORS
}

/// The detector with an index: those that the configuration brings follow the binary's.
#[must_use]
pub fn at(index: u16) -> &'static Detector {
    let index = usize::from(index);
    all().get(index).unwrap_or_else(|| &own()[index - all().len()])
}

/// Whether `text`, which begins where the keyword would, or else the match, has the bytes of a match: a
/// look that spares the pattern.
#[must_use]
pub fn may_open(detector: &Detector, text: &[u8]) -> bool {
    let mut places = detector.opening.iter().zip(text);
    text.len() >= detector.opening.len()
        && places.all(|(&set, &byte)| group::holds(&table::SETS[usize::from(set)], byte))
}

/// Whether the configuration brought a detector.
#[must_use]
pub fn is_own(detector: &Detector) -> bool {
    usize::from(detector.index) >= all().len()
}

/// The detector called `id`.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Detector> {
    all().iter().chain(own()).find(|detector| detector.id == id)
}

/// The id that is spelled most like `id`.
#[must_use]
pub fn nearest_id(id: &str) -> &'static str {
    let ids = all().iter().chain(own()).map(|detector| detector.id);
    crate::spelling::nearest(id, ids).unwrap_or_default()
}

/// The detector of files that this check tells.
#[must_use]
pub fn of_files(check: Check) -> Option<&'static Detector> {
    all().iter().find(|known| known.context == Context::File && known.checks == [check])
}

/// The detectors that look when the keyword with this number was seen.
#[must_use]
pub fn looking_for(keyword: u16) -> (&'static str, &'static [u16]) {
    table::KEYWORDS[usize::from(keyword)]
}

/// All keywords, in their order, and the detectors that look for each.
#[must_use]
pub fn keywords() -> &'static [(&'static str, &'static [u16])] {
    &table::KEYWORDS
}

/// The keywords that `text`, in lower case, begins with, the shortest first, and who looks for them;
/// only those with all of its first `least` bytes.
pub fn keywords_opening(
    text: &[u8],
    least: usize,
) -> impl Iterator<Item = (&'static str, &'static [u16])> {
    let head = text.get(..least);
    let first =
        head.map_or(0, |head| table::KEYWORDS.partition_point(|(word, _)| word.as_bytes() < head));
    let alike = table::KEYWORDS[first..].iter().copied();
    let alike = alike
        .take_while(move |(word, _)| head.is_some_and(|head| word.as_bytes().starts_with(head)));
    alike.filter(move |(word, _)| text.starts_with(word.as_bytes()))
}
