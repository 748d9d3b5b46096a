//! What the suites share.
#![allow(dead_code)]

pub mod archive;
pub mod example;
pub mod sandbox;

#[allow(unused_imports)]
pub use sandbox::{KEYSTOP, Reader, Repo, Run, Sandbox};

/// Keys that nobody ever had, each a whole line of a file.
pub mod keys {
    use super::example::fill;

    /// `prefix` (public) and `body` (never to be shown).
    pub struct Key {
        pub prefix: &'static str,
        pub body: String,
    }

    impl Key {
        /// The key itself.
        pub fn value(&self) -> String {
            format!("{}{}", self.prefix, self.body)
        }
    }

    fn key(prefix: &'static str, form: &str, seed: u64) -> Key {
        Key { prefix, body: fill(form, seed) }
    }

    pub fn aiven(seed: u64) -> Key {
        key("", "‹base64 372›", seed)
    }

    pub fn codecov(seed: u64) -> Key {
        key("", "‹uuid›", seed)
    }

    pub fn stripe(seed: u64) -> Key {
        key("sk_live_", "‹base62 24›", seed)
    }

    pub fn github(seed: u64) -> Key {
        key("ghp_", "‹base62-crc 30›", seed)
    }

    /// A GitHub token whose checksum is wrong.
    pub fn github_miscounted(seed: u64) -> Key {
        key("ghp_", "‹base62 36›", seed)
    }

    pub fn aws_secret(seed: u64) -> Key {
        key("", "‹base64 40›", seed)
    }

    pub fn aws_id(seed: u64) -> Key {
        key("AKIA", "‹base32 16›", seed)
    }
}
