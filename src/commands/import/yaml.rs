//! YAML and JSON, read into one form.

use anyhow::{Context, Result, bail, ensure};
use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value};

/// No settings are nested deeper.
const DEEPEST: usize = 64;

/// A part that is not finished.
enum Open {
    List(Vec<Value>),
    /// The key whose value comes next, if one was read.
    Table(Map<String, Value>, Option<String>),
}

/// The first document of a text. All scalars are texts, but for `true` and `false`.
///
/// # Errors
/// No YAML; aliases, which could make a small file large.
pub(super) fn parse(text: &str) -> Result<Value> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, place) = event.context("this is no YAML")?;
        let done = match event {
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Table(Map::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|part| match part {
                Open::List(list) => Value::Array(list),
                Open::Table(table, _) => Value::Object(table),
            }),
            Event::Scalar(text, ..) => Some(match &*text {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                text => Value::String(text.to_owned()),
            }),
            Event::Alias(_) => bail!("line {}: aliases are not read", place.start.line()),
            _ => None,
        };
        ensure!(open.len() <= DEEPEST, "it is nested deeper than {DEEPEST}");
        let Some(done) = done else { continue };
        match open.last_mut() {
            None => return Ok(done),
            Some(Open::List(list)) => list.push(done),
            Some(Open::Table(table, key)) => match key.take() {
                Some(key) => drop(table.insert(key, done)),
                None => *key = Some(done.as_str().map_or_else(|| done.to_string(), str::to_owned)),
            },
        }
    }
    bail!("there is nothing in it")
}
