//! JSON as it stands there: every text of it, also under a key that comes twice.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

/// How much of a key a leaf's way shows.
const WAY: usize = 64;

/// One value of a document.
pub(super) struct Leaf<'a> {
    /// The keys that lead to it, cut to what is needed to tell them apart: `config.Env`.
    pub(super) way: &'a str,
    /// Its own key, where it has one; an array's values have none.
    pub(super) key: &'a str,
    /// The text, or the number in digits; empty for what has neither.
    pub(super) value: &'a str,
}

/// Calls `see` for every value of a document, in the order they stand there.
pub(super) fn leaves(json: &[u8], see: &mut dyn FnMut(Leaf)) -> serde_json::Result<()> {
    let mut input = serde_json::Deserializer::from_slice(json);
    Walk { way: "", key: "", see }.deserialize(&mut input)?;
    input.end()
}

struct Walk<'a> {
    way: &'a str,
    key: &'a str,
    see: &'a mut dyn FnMut(Leaf),
}

impl Walk<'_> {
    fn tell(self, value: &str) {
        (self.see)(Leaf { way: self.way, key: self.key, value });
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.tell(value);
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.tell("");
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.tell("");
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.tell(&value.to_string());
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.tell(&value.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.tell(&value.to_string());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        if !self.key.is_empty() {
            (self.see)(Leaf { way: self.way, key: self.key, value: "" });
        }
        let mut number = 0usize;
        loop {
            // Steps of a history are told apart; of other arrays the values stand together.
            let way = if self.way == "history" {
                format!("history.{number}")
            } else {
                self.way.to_owned()
            };
            if values.next_element_seed(Walk { way: &way, key: "", see: self.see })?.is_none() {
                return Ok(());
            }
            number += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        if !self.key.is_empty() {
            (self.see)(Leaf { way: self.way, key: self.key, value: "" });
        }
        while let Some(key) = values.next_key::<String>()? {
            let mut way = self.way.to_owned();
            if way.len() < 4 * WAY {
                if !way.is_empty() {
                    way.push('.');
                }
                way.extend(key.chars().take(WAY));
            }
            values.next_value_seed(Walk { way: &way, key: &key, see: self.see })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_seen_with_its_way_also_under_a_key_that_comes_twice() {
        let json = br#"{"config":{"Env":["A=1","B=2"],"Labels":{"l":"x","l":"y"}},"n":7,
            "history":[{"c":"one"},{"c":"two"}],"z":null}"#;
        let mut seen = Vec::new();
        leaves(json, &mut |leaf| {
            if !leaf.value.is_empty() {
                seen.push(format!("{}|{}|{}", leaf.way, leaf.key, leaf.value));
            }
        })
        .unwrap();
        assert_eq!(
            seen,
            [
                "config.Env||A=1",
                "config.Env||B=2",
                "config.Labels.l|l|x",
                "config.Labels.l|l|y",
                "n|n|7",
                "history.0.c|c|one",
                "history.1.c|c|two"
            ]
        );
    }

    #[test]
    fn very_deep_documents_and_what_stands_behind_one_are_errors() {
        let deep = "[".repeat(100_000);
        assert!(leaves(deep.as_bytes(), &mut |_| {}).is_err());
        assert!(leaves(b"{} {}", &mut |_| {}).is_err());
        assert!(leaves(b"", &mut |_| {}).is_err());
    }
}
