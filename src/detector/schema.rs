//! The shape of `detectors/*.toml`, shared by the build script and the tests.
//!
//! CONTRIBUTING.md explains each field to somebody who adds a detector.

use serde::Deserialize;

/// One file: a provider, how to get rid of its keys, and its detectors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderFile {
    /// Who issues the keys.
    pub provider: ProviderSpec,
    /// What to do about a leak, for every detector of the file that says nothing else.
    #[serde(default)]
    pub remediation: RemediationSpec,
    /// The kinds of key.
    #[serde(rename = "detector", default)]
    pub detectors: Vec<DetectorSpec>,
}

/// Who issues the keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSpec {
    /// The name as the provider writes it.
    pub name: String,
    /// One sentence: what its keys are for.
    pub about: String,
    /// No provider but a form many use (JWT, URL): any provider's detector wins over it.
    #[serde(default)]
    pub fallback: bool,
}

/// What to do about a leak. Every field may be given for the file and again for a detector.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RemediationSpec {
    /// What the key opens, and how it is used.
    pub opens: Option<String>,
    /// What somebody who holds the key can do.
    pub risk: Option<String>,
    /// Where to revoke: an address, or words where no address is known for sure.
    pub revoke: Option<String>,
    /// How to revoke and rotate, in order.
    pub steps: Option<Vec<String>>,
    /// Where the key's use is logged.
    pub audit: Option<String>,
    /// What stops working once it is revoked.
    pub breaks: Option<String>,
    /// How such a key is best kept: scopes, expiry, address limits, short-lived alternatives.
    pub practice: Option<String>,
    /// The environment variable that replacement code reads.
    pub env: Option<String>,
    /// The provider's documentation.
    pub docs: Option<String>,
    /// The day (`2026-11-22`) on which all of this was written by hand and compared with `docs`.
    pub reviewed: Option<String>,
}

/// One kind of key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorSpec {
    /// Kebab-case, unique, never changed once released.
    pub id: String,
    /// What a user reads.
    pub name: String,
    /// What sort of key it is; what the file leaves unsaid about a leak follows from it.
    #[serde(default)]
    pub kind: KindSpec,
    /// Literals (ASCII, any case) one of which must be there before the pattern is tried.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Characters one of which must follow on the keyword's line: a cheap look that spares the
    /// pattern where keywords are common words.
    #[serde(default)]
    pub ahead: String,
    /// Regular expression over bytes; the first group, or the whole match, is the secret.
    #[serde(default)]
    pub pattern: String,
    /// How the keyword and the value belong together.
    #[serde(default)]
    pub context: ContextSpec,
    /// Words one of which must stand within a few lines of a `marker` match, or in the path.
    #[serde(default)]
    pub near: Vec<String>,
    /// Offline checks, by name; all are run.
    #[serde(default)]
    pub checks: Vec<String>,
    /// Bits per character the secret must have; the default suits random tokens.
    pub min_entropy: Option<f32>,
    /// Id of the other half, without which this finding is silent.
    pub needs: Option<String>,
    /// Longest match in bytes, where the pattern itself sets no bound.
    pub reach: Option<u32>,
    /// `high`, `medium` or `low`; the default follows from `context`.
    pub confidence: Option<String>,
    /// Why this value may be published; such a detector explains but never reports.
    pub public: Option<String>,
    /// Sample values out of the provider's documentation, never a finding.
    #[serde(default)]
    pub samples: Vec<String>,
    /// Texts in which exactly this detector must fire; `¦` is cut out before.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Texts in which nothing may fire.
    #[serde(default)]
    pub counter_examples: Vec<String>,
    /// Overrides of the file's remediation.
    #[serde(default)]
    pub remediation: RemediationSpec,
}

/// What sort of key it is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KindSpec {
    /// Made in an account's settings, for programs.
    #[default]
    ApiKey,
    /// Stands for a user or an app: personal access tokens, OAuth tokens, bot tokens.
    AccessToken,
    /// The secret half of an OAuth application.
    ClientSecret,
    /// Proves who wrote a message: webhook secrets, signing and encryption keys.
    SigningKey,
    /// An address that takes messages from whoever knows it.
    WebhookUrl,
    /// A user's password.
    Password,
    /// A server's address with a user and password in it.
    ConnectionString,
}

/// How the keyword and the value belong together.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContextSpec {
    /// The keyword is part of the match: the format marks itself.
    #[default]
    Marker,
    /// The keyword must stand in the value's label, or near a label that names a secret.
    Label,
    /// The value needs a label that names a secret; no provider's name.
    Generic,
    /// A whole file is the key, and the detector's only check tells by its first bytes: no
    /// keywords, no pattern, and examples in `tests/battery.rs`, since they are binary.
    File,
}
