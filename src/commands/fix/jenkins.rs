//! Jenkinsfiles: a pipeline's `environment` names a credential that Jenkins keeps.

use std::ops::Range;

use super::kubernetes::secret;
use super::lexer::{Literal, State, state};
use super::rewrite::{Edit, Refusal, environment_name};
use crate::report::Language;

const WRAP: Refusal = "keep it in Jenkins' credentials, and wrap the step in withCredentials: keystop explain ID --lang jenkins";

/// The variable that this place sets: that of a line in `environment { … }`.
pub(super) fn fixed_name(text: &[u8], key: &Range<usize>) -> Option<String> {
    let State::Text(literal) = state(Language::Jenkins, text, key.start) else { return None };
    variable(text, &literal)
}

/// The changes that replace the key by a read of the credential.
pub(super) fn rewrite(text: &[u8], key: &Range<usize>, name: &str) -> Result<Vec<Edit>, Refusal> {
    let literal = match state(Language::Jenkins, text, key.start) {
        State::Comment => return Err("it stands in a comment: delete it there"),
        State::Code => return Err(WRAP),
        State::Text(literal) => literal,
    };
    let whole = literal.quote_at + 1 == key.start && text.get(key.end) == Some(&literal.quote);
    if literal.long || !whole || variable(text, &literal).as_deref() != Some(name) {
        return Err(WRAP);
    }
    let new = format!("credentials('{}')", secret(name));
    Ok(vec![Edit { range: literal.start..key.end + 1, new, key: Some(key.clone()) }])
}

/// `NAME` of `NAME = '…'`, directly in `environment { … }` of a declarative pipeline.
fn variable(text: &[u8], literal: &Literal) -> Option<String> {
    let line = memchr::memrchr(b'\n', &text[..literal.start]).map_or(0, |newline| newline + 1);
    let name = text[line..literal.start].trim_ascii().strip_suffix(b"=")?.trim_ascii();
    let mut depth = 0_usize;
    let open = text[..line].iter().enumerate().rev().find(|&(_, &byte)| match byte {
        b'}' => {
            depth += 1;
            false
        }
        b'{' if depth > 0 => {
            depth -= 1;
            false
        }
        _ => byte == b'{',
    })?;
    let is_environment = text[..open.0].trim_ascii_end().ends_with(b"environment");
    let declarative = memchr::memmem::find(&text[..open.0], b"pipeline").is_some();
    environment_name(name).filter(|_| is_environment && declarative)
}
