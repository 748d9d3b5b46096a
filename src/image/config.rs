//! An image's configuration: what its containers start with, and the instructions that made it.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::document::leaves;

/// What is needed of a configuration to say which instruction made which layer.
#[derive(Debug, Default, Deserialize)]
pub struct Config {
    #[serde(default)]
    os: Option<String>,
    #[serde(default)]
    architecture: Option<String>,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default)]
    pub(super) rootfs: Option<RootFs>,
    #[serde(default)]
    history: Option<Vec<Step>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct RootFs {
    #[serde(default)]
    pub(super) diff_ids: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
struct Step {
    #[serde(default)]
    created_by: Option<String>,
    #[serde(default)]
    empty_layer: Option<bool>,
}

/// A part of a configuration that is judged as one text.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is: `ENV`, `LABEL`, `history, step 4`.
    pub name: String,
    /// Which step of the history it is, from 0.
    pub step: Option<usize>,
    /// Its lines, each one setting.
    pub text: String,
}

impl Config {
    /// Reads one.
    ///
    /// # Errors
    /// Anything but a configuration.
    pub fn parse(json: &[u8]) -> Result<Config> {
        serde_json::from_slice(json).context("reading the image's configuration")
    }

    /// The digests of the unpacked layers, the lowest first.
    #[must_use]
    pub fn diff_ids(&self) -> &[String] {
        self.rootfs.as_ref().and_then(|root| root.diff_ids.as_deref()).unwrap_or_default()
    }

    /// `linux/arm64`.
    #[must_use]
    pub fn platform(&self) -> Option<String> {
        platform(self.os.as_deref(), self.architecture.as_deref(), self.variant.as_deref())
    }

    /// The instruction that made each of so many layers; empty texts where the history does not
    /// fit them.
    #[must_use]
    pub fn instructions(&self, layers: usize) -> Vec<String> {
        let made = |step: &&Step| step.empty_layer != Some(true);
        let steps: Vec<&Step> = self.history.iter().flatten().filter(made).collect();
        if steps.len() != layers {
            return vec![String::new(); layers];
        }
        let words = |step: &&Step| instruction(step.created_by.as_deref().unwrap_or_default());
        steps.iter().map(words).collect()
    }

    /// The number of the layer, from 0, that a step of the history made.
    #[must_use]
    pub fn layer_of(&self, step: usize) -> Option<usize> {
        let steps = self.history.as_deref().unwrap_or_default();
        let makes = |step: &Step| step.empty_layer != Some(true);
        let before = || steps[..step].iter().filter(|step| makes(step)).count();
        steps.get(step).is_some_and(makes).then(before)
    }
}

/// `linux/arm/v7`; none where the image does not say, or is for no platform.
pub(super) fn platform(
    os: Option<&str>,
    architecture: Option<&str>,
    variant: Option<&str>,
) -> Option<String> {
    let known = |text: &&str| !matches!(*text, "" | "unknown");
    let (os, architecture) = (os.filter(known)?, architecture.filter(known)?);
    let variant = variant.filter(known).map(|variant| format!("/{variant}")).unwrap_or_default();
    Some(format!("{os}/{architecture}{variant}"))
}

/// An instruction as the Dockerfile has it, from what the builder writes into the history.
fn instruction(created_by: &str) -> String {
    let words = created_by.trim();
    let words = words.strip_suffix("# buildkit").unwrap_or(words).trim_end();
    // Docker's older builder marks what is no command.
    if let Some((_, instruction)) = words.split_once("#(nop)") {
        return instruction.trim().to_owned();
    }
    // Build arguments stand in front of the shell: `|2 A=1 B=2 /bin/sh -c make`.
    let bare = words.strip_prefix("RUN ").unwrap_or(words);
    if let Some((before, command)) = bare.split_once("/bin/sh -c ")
        && (before.is_empty() || before.starts_with('|'))
    {
        return format!("RUN {}", command.trim());
    }
    words.to_owned()
}

/// The texts of a configuration, each as people set them: variables in one, labels in one, what a
/// container runs in one, each step of the history, and all the rest.
///
/// # Errors
/// What is no JSON.
pub fn sections(json: &[u8]) -> Result<Vec<Section>> {
    let mut env = String::new();
    let mut labels = String::new();
    let mut runs = String::new();
    let mut rest = String::new();
    let mut steps: Vec<Section> = Vec::new();
    let mut last = String::new();
    leaves(json, &mut |leaf| {
        let line = |text: &mut String, end: char| {
            // The name of the whole is no setting.
            if leaf.value.is_empty() && matches!(leaf.way, "config.Env" | "config.Labels") {
                return;
            }
            if !leaf.key.is_empty() {
                text.push_str(leaf.key);
                text.push('=');
            }
            text.push_str(leaf.value);
            text.push(end);
        };
        let mut names = leaf.way.split('.');
        match (names.next(), names.next()) {
            (Some("config"), Some("Env")) => line(&mut env, '\n'),
            (Some("config"), Some("Labels")) => line(&mut labels, '\n'),
            (
                Some("config"),
                Some(what @ ("Entrypoint" | "Cmd" | "Healthcheck" | "OnBuild" | "Shell")),
            ) => {
                // The words of a command belong together.
                if last != what {
                    runs.push('\n');
                    runs.push_str(&what.to_uppercase());
                    runs.push(' ');
                    what.clone_into(&mut last);
                }
                let end = if what == "OnBuild" { '\n' } else { ' ' };
                if !leaf.value.is_empty() {
                    runs.push_str(leaf.value);
                    runs.push(end);
                }
            }
            (Some("history"), Some(number)) if number.parse::<usize>().is_ok() => {
                let step = number.parse().ok();
                if steps.last().is_none_or(|last| last.step != step) {
                    let name = format!("history, step {}", step.map_or(0, |step: usize| step + 1));
                    steps.push(Section { name, step, text: String::new() });
                }
                if let Some(section) = steps.last_mut()
                    && !leaf.value.is_empty()
                    && leaf.key != "created"
                {
                    section.text.push_str(leaf.value);
                    section.text.push('\n');
                }
            }
            _ => line(&mut rest, '\n'),
        }
    })
    .context("reading the image's configuration")?;
    let parts = [("ENV", env), ("LABEL", labels), ("ENTRYPOINT, CMD and the like", runs)];
    let section =
        |(name, text): (&str, String)| Section { name: name.to_owned(), step: None, text };
    let mut sections: Vec<Section> = parts.map(section).into();
    sections.extend(steps);
    sections.push(section(("other settings", rest)));
    sections.retain(|section| !section.text.trim().is_empty());
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_is_told_as_the_dockerfile_has_it() {
        for (created_by, told) in [
            ("/bin/sh -c #(nop) ADD file:12 in / ", "ADD file:12 in /"),
            ("/bin/sh -c #(nop)  CMD [\"sh\"]", "CMD [\"sh\"]"),
            ("/bin/sh -c pip install x", "RUN pip install x"),
            ("|1 TOKEN=t /bin/sh -c make", "RUN make"),
            ("RUN |2 A=b c D=e /bin/sh -c make all # buildkit", "RUN make all"),
            ("COPY . /app # buildkit", "COPY . /app"),
            ("", ""),
        ] {
            assert_eq!(instruction(created_by), told);
        }
    }

    #[test]
    fn layers_are_counted_without_the_steps_that_made_none() {
        let json = br#"{"history":[{"created_by":"a"},{"created_by":"b","empty_layer":true},{"created_by":"c"}]}"#;
        let config = Config::parse(json).unwrap();
        assert_eq!(config.instructions(2), ["a", "c"]);
        assert_eq!(config.instructions(3), ["", "", ""]);
        assert_eq!([0, 1, 2, 3].map(|step| config.layer_of(step)), [Some(0), None, Some(1), None]);
    }

    #[test]
    fn every_text_of_a_configuration_is_in_one_of_its_sections() {
        let json = br#"{"author":"me","config":{"Env":["A=1","B=2"],"Labels":{"k":"v"},
            "Cmd":["curl","-u","x"],"Entrypoint":["sh"],"Healthcheck":{"Test":["CMD","t"]}},
            "history":[{"created":"2026","created_by":"RUN x","comment":"c"}],"odd":{"deep":[1]}}"#;
        let found = sections(json).unwrap();
        let texts: Vec<(&str, &str)> =
            found.iter().map(|one| (&one.name[..], &one.text[..])).collect();
        assert_eq!(texts[0], ("ENV", "A=1\nB=2\n"));
        assert_eq!(texts[1], ("LABEL", "k=v\n"));
        assert!(texts[2].1.contains("CMD curl -u x"), "{texts:?}");
        assert!(texts[2].1.contains("ENTRYPOINT sh"), "{texts:?}");
        assert_eq!(texts[3], ("history, step 1", "RUN x\nc\n"));
        assert!(texts[4].1.contains("author=me") && texts[4].1.contains("deep="), "{texts:?}");
    }
}
