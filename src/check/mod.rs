//! What can be said of a candidate without asking anybody: checksums, structure, placeholders.
//!
//! Each file holds one family; each check is a function from a [`Candidate`] to an [`Outcome`].

mod aws;
mod azure;
mod base58check;
mod bech32;
mod container;
mod crc;
mod crc16;
pub(crate) mod date;
pub(crate) mod effort;
mod encoded;
mod gitlab;
mod jwt;
mod key_pair;
mod kind;
mod kubernetes;
mod literal;
mod minisign;
mod password;
mod payload;
pub mod placeholder;
mod private_key;
mod pypi;
mod random;
mod vocabulary;
mod wallet;

use std::ops::Range;

pub use container::sniff;
pub use kind::Check;
pub(crate) use literal::Literal;
pub use random::{looks_random, random_at_its_place};
pub use vocabulary::Vocabulary;

/// A pattern's match, before anything else was judged.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// The whole text it stands in.
    pub text: &'a [u8],
    /// The whole match of the pattern, in bytes of `text`.
    pub matched: Range<usize>,
    /// The secret inside it (the pattern's first group, or the whole match).
    pub secret: Range<usize>,
}

impl<'a> Candidate<'a> {
    /// The secret's bytes.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        &self.text[self.secret.clone()]
    }
}

/// What a check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Certain: a checksum holds, a structure was read to its end.
    Proven,
    /// Nothing speaks against it.
    Plausible,
    /// Not a key.
    Refuted,
}

/// A check's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it is a key.
    pub verdict: Verdict,
    /// The secret's real extent, where the check read further than the pattern.
    pub secret: Option<Range<usize>>,
    /// A fact worth telling the user ("AWS account 123456789012"); never part of the secret.
    pub fact: Option<String>,
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        Outcome { verdict, secret: None, fact: None }
    }
}

/// Runs one check.
#[must_use]
pub fn run(check: Check, candidate: &Candidate) -> Outcome {
    let check: fn(&Candidate) -> Outcome = match check {
        Check::Crc32Base62 => crc::crc32_base62,
        Check::Crc32Hex => crc::crc32_hex,
        Check::Crc32HexLittleEndian => crc::crc32_hex_le,
        Check::Crc32HexUpper => crc::crc32_hex_upper,
        Check::Crc32Base64 => crc::crc32_base64,
        Check::Crc32HexOf32 => crc::crc32_hex_of_32,
        Check::StellarSeed => crc16::stellar_seed,
        Check::StellarPublicKey => crc16::stellar_public_key,
        Check::NatsSeed => crc16::nats_seed,
        Check::Bech32 => bech32::bech32,
        Check::Wif => base58check::wif,
        Check::ExtendedPrivateKey => base58check::extended_private_key,
        Check::TezosSecretKey => base58check::tezos_secret_key,
        Check::XrpSeed => base58check::xrp_seed,
        Check::Ed25519Pair => key_pair::ed25519_pair,
        Check::MaybeEd25519Pair => key_pair::maybe_ed25519_pair,
        Check::GitlabRoutable => gitlab::gitlab_routable,
        Check::PypiMacaroon => pypi::pypi_macaroon,
        Check::Jwt => jwt::jwt,
        Check::SupabaseServiceRole => jwt::supabase_service_role,
        Check::AwsAccountId => aws::aws_account_id,
        Check::BedrockKey => aws::bedrock_key,
        Check::AzureIdentifiable => azure::azure_identifiable,
        Check::AzureCask => azure::azure_cask,
        Check::EntraSecret => azure::entra_secret,
        Check::AzureDevopsPat => azure::azure_devops_pat,
        Check::AzureSas => azure::azure_sas,
        Check::PrivateKey => private_key::private_key,
        Check::Base64PrivateKey => private_key::base64_private_key,
        Check::EncryptedPrivateKey => private_key::encrypted_private_key,
        Check::Base64KeyStore => private_key::base64_key_store,
        Check::JavaKeyStore => container::java_key_store,
        Check::BouncyCastleKeyStore => container::bouncy_castle_key_store,
        Check::Pkcs12 => container::pkcs12,
        Check::DerPrivateKey => container::der_private_key,
        Check::PgpSecretKey => container::pgp_secret_key_file,
        Check::KeepassDatabase => container::keepass_database,
        Check::Keytab => container::keytab,
        Check::Ssh1PrivateKey => container::ssh1_private_key,
        Check::MacosKeychain => container::macos_keychain,
        Check::MinisignKey => minisign::minisign_key,
        Check::ServiceAccountJson => private_key::service_account_json,
        Check::Base64Json => encoded::base64_json,
        Check::GrafanaJson => payload::grafana_json,
        Check::SentryJson => payload::sentry_json,
        Check::OnePasswordJson => payload::one_password_json,
        Check::MapboxJson => payload::mapbox_json,
        Check::ElasticKey => encoded::elastic_key,
        Check::IntercomToken => encoded::intercom_token,
        Check::Base64Of32Bytes => encoded::base64_of_32_bytes,
        Check::BasicAuth => encoded::basic_auth,
        Check::DiscordBot => encoded::discord_bot,
        Check::JfrogReference => encoded::jfrog_reference,
        Check::UrlPassword => password::url_password,
        Check::PlainPassword => password::plain_password,
        Check::Bip39 => wallet::bip39,
        Check::Secp256k1 => wallet::secp256k1,
        Check::KubernetesSecret => kubernetes::kubernetes_secret,
        Check::Random => random::random,
        Check::Unwritten => random::unwritten,
    };
    check(candidate)
}
