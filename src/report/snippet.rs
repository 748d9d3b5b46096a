//! Code that reads a secret where it is kept: `snippets/LANGUAGE/STORE.*`, plain files that their
//! language's own tools can check, with names to be filled in.

use clap::ValueEnum;

use super::language::Language;

/// Where a secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Store {
    /// The environment, or what the tool itself offers.
    Env,
    /// AWS Secrets Manager.
    Aws,
    /// HashiCorp Vault.
    Vault,
    /// CyberArk Conjur.
    Conjur,
    /// Google Cloud Secret Manager.
    Gcp,
    /// Azure Key Vault.
    Azure,
}

impl Store {
    /// What a person calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Store::Env => "the environment",
            Store::Aws => "AWS Secrets Manager",
            Store::Vault => "HashiCorp Vault",
            Store::Conjur => "CyberArk Conjur",
            Store::Gcp => "Google Cloud Secret Manager",
            Store::Azure => "Azure Key Vault",
        }
    }
}

/// What a reader has to replace in a snippet, or to set for it; only what stands in it is told.
const TO_FILL_IN: &[(&str, &str)] = &[
    ("my-app", "your application's name or path in the store"),
    ("my-project", "your Google Cloud project"),
    ("my-vault", "your Key Vault's name"),
    ("my-group", "the resource group it lies in"),
    ("my-account", "your Conjur account"),
    ("my-cluster", "the service id of Conjur's authenticator for this cluster"),
    ("my-region", "your AWS region"),
    ("my-store", "any name, the same twice"),
    ("vault.example.com", "your Vault server"),
    ("conjur.example.com", "your Conjur server"),
    ("deploy.sh", "the command that needs the secret"),
    ("build.sh", "the command that needs the secret"),
    ("VAULT_ADDR", "the Vault server's address"),
    ("VAULT_TOKEN", "a token for Vault; the platform's own sign-in is better where it has one"),
    ("CONJUR_APPLIANCE_URL", "the Conjur server's address"),
    ("CONJUR_ACCOUNT", "the Conjur account"),
    ("CONJUR_AUTHN_LOGIN", "the host or user that signs in to Conjur"),
    ("CONJUR_AUTHN_API_KEY", "its key"),
];

/// Code in `language` that reads the secret called `variable` from `store`.
#[must_use]
pub fn snippet(language: Language, store: Store, variable: &str) -> String {
    let lower = variable.to_ascii_lowercase();
    template(language, store)
        .replace("SECRET_NAME", variable)
        .replace("secret_name", &lower)
        .replace("secret-name", lower.replace('_', "-").trim_start_matches('-'))
        .replace("SecretName", &capitals(&lower))
        .replace("secretName", &camel(&lower))
}

/// What is to be filled in there, with what it is.
#[must_use]
pub fn to_fill_in(code: &str) -> Vec<(&'static str, &'static str)> {
    TO_FILL_IN.iter().copied().filter(|(name, _)| code.contains(name)).collect()
}

/// `StripeSecretKey`.
fn capitals(lower: &str) -> String {
    let words = lower.split('_').filter_map(|word| word.split_at_checked(1));
    let name: String = words.map(|(first, rest)| first.to_ascii_uppercase() + rest).collect();
    // A name cannot begin with a digit.
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// `stripeSecretKey`.
fn camel(lower: &str) -> String {
    let capitals = capitals(lower);
    match capitals.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_lowercase() + rest,
        None => capitals,
    }
}

/// The six files of a language, in the order of [`Store`].
macro_rules! files {
    ($folder:literal, $extension:literal) => {
        [
            include_str!(concat!("../../snippets/", $folder, "/env.", $extension)),
            include_str!(concat!("../../snippets/", $folder, "/aws.", $extension)),
            include_str!(concat!("../../snippets/", $folder, "/vault.", $extension)),
            include_str!(concat!("../../snippets/", $folder, "/conjur.", $extension)),
            include_str!(concat!("../../snippets/", $folder, "/gcp.", $extension)),
            include_str!(concat!("../../snippets/", $folder, "/azure.", $extension)),
        ]
    };
}

fn template(language: Language, store: Store) -> &'static str {
    let files = match language {
        Language::Python => files!("python", "py"),
        Language::Javascript => files!("javascript", "mjs"),
        Language::Typescript => files!("typescript", "mts"),
        Language::Go => files!("go", "go"),
        Language::Java => files!("java", "java"),
        Language::Kotlin => files!("kotlin", "kt"),
        Language::Ruby => files!("ruby", "rb"),
        Language::Php => files!("php", "php"),
        Language::Csharp => files!("csharp", "cs"),
        Language::Rust => files!("rust", "rs"),
        Language::Shell => files!("shell", "sh"),
        Language::Terraform => files!("terraform", "tf"),
        Language::Dockerfile => files!("dockerfile", "Dockerfile"),
        Language::Github => files!("github", "yml"),
        Language::Gitlab => files!("gitlab", "yml"),
        Language::Circleci => files!("circleci", "yml"),
        Language::Travis => files!("travis", "yml"),
        Language::Jenkins => files!("jenkins", "groovy"),
        Language::Kubernetes => files!("kubernetes", "yaml"),
        Language::Compose => files!("compose", "yaml"),
    };
    files[store as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_bears_the_secret_s_name_as_its_language_writes_names() {
        for (language, says) in [
            (Language::Python, "stripe_secret_key = os.environ[\"STRIPE_SECRET_KEY\"]"),
            (Language::Javascript, "const stripeSecretKey = process.env.STRIPE_SECRET_KEY;"),
            (Language::Csharp, "string StripeSecretKey()"),
            (Language::Kubernetes, "name: stripe-secret-key"),
        ] {
            let code = snippet(language, Store::Env, "STRIPE_SECRET_KEY");
            assert!(code.contains(says), "{code}");
        }
    }

    #[test]
    fn no_placeholder_is_left_unnamed() {
        for &language in Language::value_variants() {
            for &store in Store::value_variants() {
                let code = snippet(language, store, "_1X_API_KEY");
                assert!(!code.to_ascii_lowercase().contains("secret_name"), "{code}");
                let named: Vec<&str> = to_fill_in(&code).iter().map(|(name, _)| *name).collect();
                let words = code.split(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
                for word in words {
                    let own = word.starts_with("my-") || word.contains("example.com");
                    let told = named.iter().any(|name| word.contains(name));
                    assert!(!own || told, "{word} in\n{code}");
                }
            }
        }
    }
}
