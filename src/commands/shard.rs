//! One part of an audit that several machines share, none of which hears of the others.

use std::fmt;
use std::str::FromStr;

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::cache::rules;
use crate::config::CONFIG_FILE;
use crate::git::{ObjectId, Store, file_at_top};
use crate::report::Part;
use crate::suppress::ALLOW_FILE;

/// Which objects a run judges: those whose ids, taken as numbers, leave this rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `of`.
    number: u32,
    of: u32,
}

impl Shard {
    /// Whether an object is this shard's.
    pub(super) fn holds(self, id: &ObjectId) -> bool {
        let mut first = [0; 8];
        first.copy_from_slice(&id.as_bytes()[..8]);
        u64::from_be_bytes(first) % u64::from(self.of) == u64::from(self.number - 1)
    }

    /// What must be the same for all shards. `selection` says what of the history they judge.
    pub(super) fn part(self, store: &mut Store, limits: &str, selection: &str) -> Result<Part> {
        let mut state = Sha256::new();
        for one in store.refs()? {
            state.update((one.name.len() as u64).to_le_bytes());
            state.update(&one.name);
            state.update(one.tip.as_bytes());
        }
        let head = store.head()?;
        state.update(format!(" {head:?} {selection}"));
        let mut hash = Sha256::new();
        hash.update(rules(limits));
        let tree = match head {
            Some(head) => store.tree_of(&head)?,
            None => None,
        };
        for name in [CONFIG_FILE, ALLOW_FILE] {
            let text = match (store.work_tree(), tree) {
                (Some(top), _) => std::fs::read(top.join(name)).ok(),
                (None, Some(tree)) => match file_at_top(store, tree, name)? {
                    Some(id) => Some(store.read_file(&id)?),
                    None => None,
                },
                (None, None) => None,
            };
            hash.update([u8::from(text.is_some())]);
            let text = text.unwrap_or_default();
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        Ok(Part {
            number: self.number,
            of: self.of,
            state: hex(&state.finalize()),
            rules: hex(&hash.finalize()),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parse = || {
            let (number, of) = text.split_once('/')?;
            Some(Shard { number: number.parse().ok()?, of: of.parse().ok()? })
        };
        let is_one = |shard: &Shard| (1..=shard.of).contains(&shard.number);
        parse().filter(is_one).ok_or_else(|| "a shard is I/N, with I from 1 to N".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_in_exactly_one_shard() {
        for of in [1, 2, 3, 7, 100] {
            let shards: Vec<Shard> = (1..=of).map(|number| Shard { number, of }).collect();
            for byte in 0..=255u8 {
                let id = ObjectId::from_bytes(&[byte; 20]).unwrap();
                assert_eq!(shards.iter().filter(|shard| shard.holds(&id)).count(), 1);
            }
        }
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        assert_eq!("2/3".parse(), Ok(Shard { number: 2, of: 3 }));
        for wrong in ["", "1", "0/3", "4/3", "1/0", "0/0", "-1/3", "1/3/5", "a/b"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
