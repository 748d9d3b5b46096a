//! Kubernetes' manifests: a container reads the key from a Secret that is made outside git.

use std::ops::Range;

use super::rewrite::{Edit, Refusal, environment_name};
use super::yaml::spot;

/// Whether a YAML file is one.
pub(super) fn is_manifest(text: &[u8]) -> bool {
    let says = |name: &[u8]| text.split(|&byte| byte == b'\n').any(|line| line.starts_with(name));
    says(b"apiVersion:") && says(b"kind:")
}

/// The name of the environment's variable that this place sets.
pub(super) fn fixed_name(text: &[u8], key: &Range<usize>) -> Option<String> {
    environment_name(spot(text, key)?.of_item(text, "name")?.as_bytes())
}

/// The Secret that has a variable.
pub(super) fn secret(variable: &str) -> String {
    variable.to_ascii_lowercase().replace('_', "-").trim_matches('-').to_owned()
}

/// The changes that replace the key by a read of `variable`.
pub(super) fn rewrite(
    text: &[u8],
    key: &Range<usize>,
    variable: &str,
) -> Result<Vec<Edit>, Refusal> {
    let kind = kind(text, key.start);
    if kind == Some("Secret") {
        return Err(
            "a Secret's manifest is the key itself, base64 hides nothing: keep the file out of git and make it with kubectl create secret generic, or commit it sealed (Sealed Secrets, SOPS, External Secrets)",
        );
    }
    if kind == Some("ConfigMap") {
        return Err(
            "a ConfigMap is for what may be read: move it to a Secret made with kubectl create secret generic, and read that by secretKeyRef or secretRef",
        );
    }
    let Some(spot) = spot(text, key) else {
        return Err(
            "it stands in a comment, or where keystop does not follow the file's structure",
        );
    };
    let in_env = spot.parents.first().is_some_and(|parent| parent.name == Some("env"));
    let named = spot.of_item(text, "name") == Some(variable);
    if !in_env || spot.line.name != Some("value") || !named || !spot.is_whole(text, key) {
        return Err(
            "put it into a Secret and read it by secretKeyRef: keystop explain ID --lang kubernetes",
        );
    }
    let start = spot.line.start + spot.line.column;
    let indent = " ".repeat(spot.line.column);
    let new = format!(
        "valueFrom:\n{indent}  secretKeyRef:\n{indent}    name: {}\n{indent}    key: {variable}",
        secret(variable)
    );
    Ok(vec![Edit { range: start..spot.value.end, new, key: Some(key.clone()) }])
}

/// `kind:` of the document that the offset lies in.
fn kind(text: &[u8], at: usize) -> Option<&str> {
    let start = memchr::memmem::rfind(&text[..at], b"\n---").map_or(0, |line| line + 1);
    let end = memchr::memmem::find(&text[at..], b"\n---").map_or(text.len(), |line| at + line);
    let line = text[start..end]
        .split(|&byte| byte == b'\n')
        .find_map(|line| line.strip_prefix(b"kind:"))?;
    let word = std::str::from_utf8(line).ok()?.split_whitespace().next()?;
    Some(word.trim_matches(['"', '\'']))
}
