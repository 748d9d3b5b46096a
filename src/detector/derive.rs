//! What can be said of a leak where a detector's file says nothing of its own: it follows from the
//! kind of key and the provider's name.

use super::schema::{KindSpec, ProviderFile, RemediationSpec};

/// Fills what a detector's remediation leaves open: from its file, then from its kind.
pub fn fill(slug: &str, file: &mut ProviderFile) {
    let name = file.provider.name.clone();
    for detector in &mut file.detectors {
        let own = std::mem::take(&mut detector.remediation);
        let shared = file.remediation.clone();
        let kind = detector.kind;
        detector.remediation = RemediationSpec {
            opens: own.opens.or(shared.opens).or_else(|| Some(opens(kind, &name))),
            risk: own.risk.or(shared.risk).or_else(|| Some(risk(kind, &name))),
            revoke: own.revoke.or(shared.revoke).or_else(|| Some(revoke(kind, &name))),
            steps: own.steps.or(shared.steps).or_else(|| Some(steps(kind, &name))),
            audit: own.audit.or(shared.audit).or_else(|| Some(audit(kind, &name))),
            breaks: own.breaks.or(shared.breaks).or_else(|| Some(breaks(kind, &name))),
            practice: own.practice.or(shared.practice).or_else(|| Some(practice(kind, &name))),
            env: own.env.or(shared.env).or_else(|| Some(variable(slug, kind))),
            docs: own.docs.or(shared.docs).or_else(|| Some(docs(kind, &name))),
            reviewed: own.reviewed.or(shared.reviewed),
        };
    }
}

/// What the kind is called in a sentence.
fn noun(kind: KindSpec) -> &'static str {
    match kind {
        KindSpec::ApiKey => "API key",
        KindSpec::AccessToken => "access token",
        KindSpec::ClientSecret => "client secret",
        KindSpec::SigningKey => "signing secret",
        KindSpec::WebhookUrl => "webhook",
        KindSpec::Password => "password",
        KindSpec::ConnectionString => "connection string",
    }
}

/// The noun after the provider's name: "Acme API key", also where the name itself ends in "API".
fn named(name: &str, noun: &str) -> String {
    match (name.strip_suffix(" API"), noun.strip_prefix("API ")) {
        (Some(_), Some(noun)) => format!("{name} {noun}"),
        _ => format!("{name} {noun}"),
    }
}

fn opens(kind: KindSpec, name: &str) -> String {
    match kind {
        KindSpec::ApiKey => {
            format!("Opens {name}'s interface for programs, which send it with each call.")
        }
        KindSpec::AccessToken => format!(
            "Stands for a user or app of {name}: a program sends it in place of a name and password."
        ),
        KindSpec::ClientSecret => format!(
            "The secret half of an application registered with {name}; its server sends it, with the public client id, when it asks for tokens."
        ),
        KindSpec::SigningKey => format!(
            "Shared with {name} alone, to sign messages or to check that they were not made by others."
        ),
        KindSpec::WebhookUrl => {
            format!(
                "An address of {name} that takes messages from whoever knows it, with no other key."
            )
        }
        KindSpec::Password => format!("Signs a user in to {name}, beside the user's name."),
        KindSpec::ConnectionString => {
            format!(
                "Names a {name} server with a user and password: all a client needs to connect."
            )
        }
    }
}

fn practice(kind: KindSpec, name: &str) -> String {
    let rights = match kind {
        KindSpec::ApiKey | KindSpec::AccessToken => format!(
            "One {} for each program, with no more rights than it needs, and an expiry or address limit where {name} offers one",
            noun(kind)
        ),
        KindSpec::ClientSecret => "Only the server that exchanges codes needs it: apps on phones and in browsers use PKCE instead, and the application asks for the fewest scopes".to_owned(),
        KindSpec::SigningKey => "One secret for each receiver, compared in constant time, and room for two at once so that it can be changed without a gap".to_owned(),
        KindSpec::WebhookUrl => "Treat the address as a password: one for each sender, so that one can be taken away".to_owned(),
        KindSpec::Password => "A password manager's random one, a second factor where a person signs in, and for programs a user of their own with few rights".to_owned(),
        KindSpec::ConnectionString => "A user of its own for each program with rights to its own data only, a server that the internet cannot reach, TLS required".to_owned(),
    };
    format!("{rights}; kept in a secret store or the CI's secrets, and changed when people leave.")
}

fn risk(kind: KindSpec, name: &str) -> String {
    match kind {
        KindSpec::ApiKey => format!(
            "Whoever holds it calls {name} as you: reads and changes what the key may, and uses up your quota at your cost."
        ),
        KindSpec::AccessToken => format!(
            "Whoever holds it acts on {name} as the user or app it was made for, within the token's rights, until it is revoked or expires."
        ),
        KindSpec::ClientSecret => format!(
            "Whoever holds it can pose as your application towards {name}: exchange codes and refresh tokens of its users, or ask for tokens of its own."
        ),
        KindSpec::SigningKey => format!(
            "Whoever holds it can forge messages that your service takes for {name}'s, or sign in your name."
        ),
        KindSpec::WebhookUrl => format!(
            "Whoever holds the address can send to it: messages or events that your side of {name} takes for yours."
        ),
        KindSpec::Password => {
            format!("Whoever holds it signs in to {name} as its user, with all that user's rights.")
        }
        KindSpec::ConnectionString => format!(
            "Whoever holds it and reaches the {name} server reads and changes the data its user may."
        ),
    }
}

fn revoke(kind: KindSpec, name: &str) -> String {
    match kind {
        KindSpec::ApiKey => format!("in your {name} account, where its API keys are listed"),
        KindSpec::AccessToken => {
            format!("in your {name} account, where its access tokens are listed")
        }
        KindSpec::ClientSecret => format!("in the settings of your application on {name}"),
        KindSpec::SigningKey => format!("in {name}, where this signing secret was shown to you"),
        KindSpec::WebhookUrl => format!("in {name}, where this webhook was made"),
        KindSpec::Password => format!("change the password of this {name} user"),
        KindSpec::ConnectionString => {
            format!("change the password of this user on the {name} server")
        }
    }
}

fn steps(kind: KindSpec, name: &str) -> Vec<String> {
    let noun = noun(kind);
    let first = match kind {
        KindSpec::Password | KindSpec::ConnectionString => {
            format!(
                "Set a new password for the {name} user this belongs to; the old one ends with it."
            )
        }
        KindSpec::WebhookUrl => format!("Make a new webhook in {name}."),
        KindSpec::ClientSecret | KindSpec::SigningKey => format!("Make a new {noun} in {name}."),
        _ => format!("Make a new {noun} in {name}, with no more rights than it needs."),
    };
    let last = match kind {
        KindSpec::Password | KindSpec::ConnectionString => {
            "End the sessions that are still open under the old one, and watch its sign-ins for a while."
                .to_owned()
        }
        KindSpec::WebhookUrl => "Delete the old one, and see what came through it lately.".to_owned(),
        KindSpec::SigningKey => format!("Delete the old {noun}, and doubt what came in under it."),
        _ => format!("Delete the old {noun}, and watch the account for what you did not do."),
    };
    vec![
        first,
        "Put it where the old one was used: services, CI settings, other people's machines."
            .to_owned(),
        last,
    ]
}

fn audit(kind: KindSpec, name: &str) -> String {
    match kind {
        KindSpec::ApiKey | KindSpec::AccessToken => format!(
            "See whether {name} lists this {}'s last use, and look through usage, billing and recent changes there since it may have leaked.",
            noun(kind)
        ),
        KindSpec::ClientSecret => format!(
            "Look through the authorizations and sign-ins that {name} lists for your application."
        ),
        KindSpec::SigningKey => {
            "A forged message leaves traces only with the receiver: compare what you received with what the sender lists."
                .to_owned()
        }
        KindSpec::WebhookUrl => format!("Look for messages or events in {name} that nothing of yours sent."),
        KindSpec::Password => format!("Look through the sign-ins {name} keeps for this user."),
        KindSpec::ConnectionString => {
            "Look through the server's connection log for addresses and times that are not yours.".to_owned()
        }
    }
}

fn breaks(kind: KindSpec, name: &str) -> String {
    match kind {
        KindSpec::SigningKey => {
            format!(
                "Checking of {name}'s messages, in every service that still has the old secret."
            )
        }
        KindSpec::WebhookUrl => format!("Everything that still sends to the old {name} address."),
        KindSpec::ConnectionString => {
            "Every service and script that connects with it; connections already open may live on."
                .to_owned()
        }
        _ => {
            format!("Every service, script and CI job that uses this {}.", named(name, noun(kind)))
        }
    }
}

fn docs(kind: KindSpec, name: &str) -> String {
    format!("{name}'s documentation on its {}s (no address of it was confirmed)", noun(kind))
}

/// `ACME_API_KEY`.
fn variable(slug: &str, kind: KindSpec) -> String {
    let end = match kind {
        KindSpec::ApiKey => "API_KEY",
        KindSpec::AccessToken => "TOKEN",
        KindSpec::ClientSecret => "CLIENT_SECRET",
        KindSpec::SigningKey => "SIGNING_SECRET",
        KindSpec::WebhookUrl => "WEBHOOK_URL",
        KindSpec::Password => "PASSWORD",
        KindSpec::ConnectionString => "URL",
    };
    let slug = slug.to_ascii_uppercase().replace('-', "_");
    // A variable cannot begin with a digit.
    let mark = if slug.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
    format!("{mark}{slug}_{end}")
}
