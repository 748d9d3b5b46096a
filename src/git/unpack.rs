//! Objects out of packs, one by one but many of them: trees and commits, of which neighbours in a
//! history are stored as differences to each other.

use std::sync::Arc;

use gix_pack::data::Entry;
use gix_zlib::Inflate;

use super::delta;
use super::id_map::IdMap;
use super::object::{Kind, Object, ObjectId};
use super::packs::{LARGE, LONGEST_CHAIN, Packs, Place};
use super::recent::Recent;

/// What all threads that read a history have in common.
#[derive(Clone, Default)]
pub struct AtHand {
    /// The packs.
    pub packs: Arc<Packs>,
    /// What was read already: commits when the history was listed, or files that are asked for again.
    pub(super) objects: Arc<IdMap<ObjectId, Arc<Object>>>,
}

/// Reads out of packs and keeps what it read lately: the base of what is asked for next.
pub(super) struct Unpacker {
    at_hand: AtHand,
    recent: Recent<Place>,
    /// Kept, since making one costs more than inflating a small object.
    inflate: Inflate,
    delta: Vec<u8>,
    /// The pack that had the last one: most likely it has the next.
    last: usize,
}

impl Unpacker {
    pub(super) fn new(at_hand: AtHand) -> Unpacker {
        let (recent, inflate) = (Recent::default(), Inflate::default());
        Unpacker { at_hand, recent, inflate, delta: Vec::new(), last: 0 }
    }

    /// The object, unless it lies in no pack, is large, or does not read well: then whoever asks
    /// another way gets it, or hears why not.
    pub(super) fn read(&mut self, id: &ObjectId) -> Option<Arc<Object>> {
        if let Some(object) = self.at_hand.objects.get(id) {
            return Some(Arc::clone(object));
        }
        let place = self.at_hand.packs.place(id, self.last)?;
        self.last = place.pack;
        let mut at = place;
        let mut chain: Vec<(Place, Entry)> = Vec::new();
        let mut object = loop {
            if let Some(object) = self.recent.get(&at) {
                break object;
            }
            let entry = self.at_hand.packs.entry(at)?;
            if entry.decompressed_size > LARGE || chain.len() > LONGEST_CHAIN {
                return None;
            }
            if let Some(kind) = Kind::of(&entry) {
                let mut data = Vec::new();
                self.at_hand.packs.inflate(at, &entry, &mut self.inflate, &mut data)?;
                break self.keep(at, kind, data);
            }
            let base = self.at_hand.packs.base(at, &entry)?;
            chain.push((at, entry));
            at = base;
        };
        for (at, entry) in chain.into_iter().rev() {
            self.at_hand.packs.inflate(at, &entry, &mut self.inflate, &mut self.delta)?;
            let data = delta::apply(&object.data, &self.delta, LARGE).ok()?;
            object = self.keep(at, object.kind, data);
        }
        Some(object)
    }

    fn keep(&mut self, at: Place, kind: Kind, data: Vec<u8>) -> Arc<Object> {
        let object = Arc::new(Object { kind, data });
        self.recent.put(at, Arc::clone(&object));
        object
    }
}
