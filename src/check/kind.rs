//! The names of the offline checks, shared with the build script.

macro_rules! checks {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)*) => {
        /// An offline check that a detector's file can ask for by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Check {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Check {
            /// Every check with the name it has in `detectors/*.toml`.
            pub const ALL: &'static [(&'static str, Check)] = &[$(($name, Check::$variant),)*];

            /// What it looks for, as `keystop explain` says it: the text above its name here.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self {
                    $(Check::$variant => concat!($($doc),*).trim_ascii(),)*
                }
            }
        }
    };
}

checks! {
    /// The last 6 characters are the base62 CRC-32 of the 30 before them (GitHub, npm).
    Crc32Base62 = "crc32-base62",
    /// The last 8 are the hex CRC-32 of the 40 before them (Cloudflare).
    Crc32Hex = "crc32-hex",
    /// The last 8 are the little-endian hex CRC-32 of all before the last `_` (Grafana `glsa_`).
    Crc32HexLittleEndian = "crc32-hex-le",
    /// The last 8 are the upper-case hex CRC-32 of all before them (Atlassian `ATATT3`).
    Crc32HexUpper = "crc32-hex-upper",
    /// The last 6 are base64 of the little-endian CRC-32 of the 54 before them (Confluent `cflt`).
    Crc32Base64 = "crc32-base64",
    /// The last 8, after a `_`, are the hex CRC-32 of the 32 before it (Zuplo `zpka_`).
    Crc32HexOf32 = "crc32-hex-of-32",
    /// A Stellar secret seed: version byte and CRC-16.
    StellarSeed = "stellar-seed",
    /// A Stellar account's address, which is its public key: version byte and CRC-16.
    StellarPublicKey = "stellar-public-key",
    /// A NATS NKey seed: prefix of two bytes and CRC-16; says whose seed it is.
    NatsSeed = "nats-seed",
    /// 32 bytes in Bech32 with a checksum that holds (age, Nostr, Sui).
    Bech32 = "bech32",
    /// A Bitcoin private key in Wallet Import Format.
    Wif = "wif",
    /// An extended private key of BIP 32.
    ExtendedPrivateKey = "extended-private-key",
    /// A Tezos secret key: base58 with a checksum that holds.
    TezosSecretKey = "tezos-secret-key",
    /// A seed of the XRP Ledger: base58 in its own alphabet, with a checksum that holds.
    XrpSeed = "xrp-seed",
    /// 64 bytes whose second half is the Ed25519 public key of the first (Solana).
    Ed25519Pair = "ed25519-pair",
    /// Such a pair in base64 is certain, among secrets of other kinds (Coinbase).
    MaybeEd25519Pair = "maybe-ed25519-pair",
    /// GitLab's routable tokens: base64url payload, version, length and base36 CRC-32.
    GitlabRoutable = "gitlab-routable",
    /// PyPI's macaroon: version, location, HMAC framing.
    PypiMacaroon = "pypi-macaroon",
    /// A signed JSON Web Token that is still valid. Not reported: expired tokens, which open nothing
    /// any more, unsigned ones, jwt.io's sample, and Supabase's `anon` tokens, made for web pages.
    Jwt = "jwt",
    /// A JWT whose payload says `iss: supabase` and `role: service_role` and that has not expired.
    SupabaseServiceRole = "supabase-service-role",
    /// The account number inside an AWS access key id is decoded; another alphabet is no key.
    AwsAccountId = "aws-account-id",
    /// `ABSK` + base64 of a text that begins `BedrockAPIKey-`.
    BedrockKey = "bedrock-key",
    /// Azure's identifiable keys: fixed signature, Marvin32 over the rest.
    AzureIdentifiable = "azure-identifiable",
    /// Azure's common annotated keys (84 characters, `JQQJ9`), Marvin32 over the first 60 bytes.
    AzureCask = "azure-cask",
    /// Entra client secrets (`7Q~`, `8Q~`).
    EntraSecret = "entra-secret",
    /// Azure DevOps' 52-character tokens.
    AzureDevopsPat = "azure-devops-pat",
    /// Azure SAS: `sig` decodes to 32 bytes, and the signature has not expired.
    AzureSas = "azure-sas",
    /// PEM, OpenSSH or PGP private key block: reads the body, spans the whole block.
    PrivateKey = "private-key",
    /// Base64 of a private key block.
    Base64PrivateKey = "base64-private-key",
    /// Such a block that a passphrase protects.
    EncryptedPrivateKey = "encrypted-private-key",
    /// A whole file: JKS or JCEKS with a key in it.
    JavaKeyStore = "java-key-store",
    /// A whole file: Bouncy Castle's key store with a key in it.
    BouncyCastleKeyStore = "bouncy-castle-key-store",
    /// A whole file: PKCS#12 with a private key in it.
    Pkcs12 = "pkcs12",
    /// A whole file: a private key in DER.
    DerPrivateKey = "der-private-key",
    /// A whole file: a PGP secret key in binary form.
    PgpSecretKey = "pgp-secret-key",
    /// A whole file: a password database of KeePass.
    KeepassDatabase = "keepass-database",
    /// A whole file: a Kerberos keytab.
    Keytab = "keytab",
    /// A whole file: a key of SSH's first protocol.
    Ssh1PrivateKey = "ssh1-private-key",
    /// A whole file: a keychain of macOS.
    MacosKeychain = "macos-keychain",
    /// Base64 of such a key store.
    Base64KeyStore = "base64-key-store",
    /// A minisign or signify secret key: its algorithms and length; says whether it is encrypted.
    MinisignKey = "minisign-key",
    /// A Google service-account file: the JSON object around the private key.
    ServiceAccountJson = "service-account-json",
    /// A base64 part of the token decodes to a JSON object.
    Base64Json = "base64-json",
    /// Grafana's tokens: JSON that names key and owner.
    GrafanaJson = "grafana-json",
    /// Sentry's organization tokens: JSON that names organization and server.
    SentryJson = "sentry-json",
    /// 1Password's service account tokens: JSON with the account's secret key.
    OnePasswordJson = "one-password-json",
    /// Mapbox's tokens: JSON that names user and token.
    MapboxJson = "mapbox-json",
    /// Base64 of a key's id of 20 characters, `:`, and 22 more (Elasticsearch).
    ElasticKey = "elastic-key",
    /// Base64 that decodes to `tok:`.
    IntercomToken = "intercom-token",
    /// Base64 that decodes to exactly 32 bytes.
    Base64Of32Bytes = "base64-32-bytes",
    /// Base64 that decodes to `user:password`, the password no placeholder.
    BasicAuth = "basic-auth",
    /// The first part of a Discord bot token is base64 of a number of 17 to 20 digits.
    DiscordBot = "discord-bot",
    /// Base64 that decodes to `reftkn:`.
    JfrogReference = "jfrog-reference",
    /// A password between `:` and `@` of a URL that is not a placeholder.
    UrlPassword = "url-password",
    /// A password in `key=value;` or query form that is not a placeholder.
    PlainPassword = "plain-password",
    /// A wallet recovery phrase with a valid checksum.
    Bip39 = "bip39",
    /// 32 bytes of hex inside the range of secp256k1's private keys.
    Secp256k1 = "secp256k1",
    /// A Kubernetes Secret manifest: the `data` value decodes to something that is a secret.
    KubernetesSecret = "kubernetes-secret",
    /// A value that no program text or English would contain.
    Random = "random",
    /// A short value that was rather drawn at random than written: no word, no name of a program's text.
    Unwritten = "unwritten",
}

impl Check {
    /// The check called `name`, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Check> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, check)| *check)
    }
}
