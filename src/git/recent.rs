//! Trees and commits read lately: neighbours in a history share nearly all of them.

use std::collections::HashMap;
use std::rc::Rc;

use super::object::{Object, ObjectId};

/// What one generation holds at most, in bytes; there are two.
const MOST: usize = 12 << 20;

/// The objects read last, in two generations: the older goes when the younger is full.
#[derive(Default)]
pub(super) struct Recent {
    young: HashMap<ObjectId, Rc<Object>>,
    old: HashMap<ObjectId, Rc<Object>>,
    bytes: usize,
}

impl Recent {
    pub(super) fn get(&mut self, id: &ObjectId) -> Option<Rc<Object>> {
        if let Some(object) = self.young.get(id) {
            return Some(Rc::clone(object));
        }
        let object = self.old.remove(id)?;
        self.put(*id, Rc::clone(&object));
        Some(object)
    }

    pub(super) fn put(&mut self, id: ObjectId, object: Rc<Object>) {
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
        let id =
            |number: u32| ObjectId::from_bytes(&[&number.to_le_bytes()[..], &[0; 16]].concat());
        let mut recent = Recent::default();
        for number in 0..200 {
            let object = Object { kind: Kind::Tree, data: vec![0; MOST / 10] };
            recent.put(id(number).unwrap(), Rc::new(object));
            assert!(recent.get(&id(0).unwrap()).is_some());
            assert!(recent.young.len() + recent.old.len() <= 21);
        }
        assert!(recent.get(&id(100).unwrap()).is_none());
    }
}
