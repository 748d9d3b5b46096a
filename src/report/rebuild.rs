//! How to make a container image without a key.

use crate::finding::{Finding, Place};

/// Lines that say how.
pub(super) fn rebuild(finding: &Finding) -> Vec<String> {
    let layer = finding.source.layer.as_deref();
    let name = finding.detector.remediation.env;
    let mut how = Vec::new();
    // Nobody takes a layer back from registries, caches and those who pulled it.
    how.push("was the image ever pushed or handed on? Then revoke the key first".to_owned());
    if layer.is_some_and(|layer| layer.base) {
        how.push(
            "it comes with the base image: tell who makes that, and build on one that is"
                .to_owned(),
        );
        how.push(
            "free of it; deleting it in a later instruction leaves it in its layer".to_owned(),
        );
        return how;
    }
    match finding.source.place {
        Place::ImageConfig => {
            how.push(
                "take it out of ENV, ARG, LABEL or RUN in the Dockerfile and build again:"
                    .to_owned(),
            );
            how.push(
                "all of them are kept in the image, also where a later one overwrites them"
                    .to_owned(),
            );
            how.push(format!("a container gets it when it starts: docker run --env {name} IMAGE"));
        }
        _ => {
            how.push(
                "keep the file out of the build (.dockerignore) or COPY less, and build again:"
                    .to_owned(),
            );
            how.push("deleting it in a later instruction leaves it in its layer".to_owned());
        }
    }
    how.push(format!("an instruction that needs it: RUN --mount=type=secret,id={name} COMMAND"));
    how.push(format!("which reads /run/secrets/{name}: docker build --secret id={name} ."));
    how
}
