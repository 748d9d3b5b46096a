//! Trees and commits read lately: neighbours in a history share nearly all of them.

use std::hash::Hash;
use std::sync::Arc;

use super::id_map::IdMap;
use super::object::Object;

/// What one generation holds at most, in bytes; there are two.
const MOST: usize = 12 << 20;

/// The objects read last, in two generations: the older goes when the younger is full.
pub(super) struct Recent<Name> {
    young: IdMap<Name, Arc<Object>>,
    old: IdMap<Name, Arc<Object>>,
    bytes: usize,
}

impl<Name> Default for Recent<Name> {
    fn default() -> Self {
        Recent { young: IdMap::default(), old: IdMap::default(), bytes: 0 }
    }
}

impl<Name: Copy + Eq + Hash> Recent<Name> {
    pub(super) fn get(&mut self, id: &Name) -> Option<Arc<Object>> {
        if let Some(object) = self.young.get(id) {
            return Some(Arc::clone(object));
        }
        let object = self.old.remove(id)?;
        self.put(*id, Arc::clone(&object));
        Some(object)
    }

    pub(super) fn put(&mut self, id: Name, object: Arc<Object>) {
        self.bytes += object.data.len();
        if self.bytes > MOST {
            self.old = std::mem::take(&mut self.young);
            self.bytes = object.data.len();
        }
        self.young.insert(id, object);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Kind;

    #[test]
    fn what_is_used_stays_and_memory_is_bounded() {
        let mut recent = Recent::default();
        for number in 0..200 {
            let object = Object { kind: Kind::Tree, data: vec![0; MOST / 10] };
            recent.put(number, Arc::new(object));
            assert!(recent.get(&0).is_some());
            assert!(recent.young.len() + recent.old.len() <= 21);
        }
        assert!(recent.get(&100).is_none());
    }
}
