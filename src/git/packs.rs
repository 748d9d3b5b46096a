//! Very many objects at once, out of packs: in pack order, on all cores, each delta base inflated
//! once. One by one, an object costs its whole chain of bases.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use gix_pack::cache::delta::{Tree, traverse};
use gix_pack::data::Entry;
use gix_pack::data::entry::Header;
use gix_pack::{data, index};
use gix_utils::progress::Discard;
use gix_zlib::Inflate;

use super::id_map::IdMap;
use super::object::{Kind, ObjectId};

/// Larger objects, and what is stored as a difference to them, are left to whoever asked: along a
/// chain of fifty differences all fifty are in memory at once, on each core.
pub(super) const LARGE: u64 = 2 << 20;
/// An object that grows beyond this ends the traversal, in bytes.
const TOO_LARGE: usize = 64 << 20;
/// A longer chain of differences is a circle; git makes none over 4,095.
pub(super) const LONGEST_CHAIN: usize = 5000;
/// So much of a pack is read, in bytes, before the pages that it took are given back: a pack is
/// mapped, and would be in memory as a whole.
const WINDOW: usize = 4 << 20;
/// How many folders of other repositories are looked into.
const MOST_ALTERNATES: usize = 16;

/// The packs of a repository of SHA-1 objects.
#[derive(Default)]
pub struct Packs(Vec<Pack>);

struct Pack {
    index: index::File,
    data: data::File<gix_pack::MMap>,
}

/// Where an object lies: the number of its pack, and the offset of its entry there.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub pack: usize,
    offset: u64,
}

/// An entry of a pack that is wanted, or that a wanted one is stored as a difference to.
struct Item {
    offset: u64,
    /// Its number in the list of the wanted.
    wanted: Option<usize>,
}

impl Packs {
    /// The packs in folders of objects and in those that their `info/alternates` name. One that
    /// cannot be read is left out.
    #[must_use]
    pub fn open(mut folders: Vec<PathBuf>) -> Packs {
        let mut next = 0;
        while let Some(folder) = folders.get(next).cloned() {
            next += 1;
            for other in alternates(&folder) {
                if folders.len() < MOST_ALTERNATES && !folders.contains(&other) {
                    folders.push(other);
                }
            }
        }
        let indices = folders.iter().flat_map(|folder| indices(&folder.join("pack")));
        Packs(indices.filter_map(|path| Pack::open(&path)).collect())
    }

    /// Calls `visit` with the number in `ids` and the content of as many of them as can be had this
    /// way, in any order, on all cores. Says nothing of the others: a missing, broken or large
    /// object is read, or reported, by whoever asks for it alone.
    pub fn visit(&self, ids: &[ObjectId], visit: &(impl Fn(usize, &[u8]) + Sync)) {
        let mut left: Vec<usize> = (0..ids.len()).collect();
        for pack in &self.0 {
            let mut items: IdMap<u64, Item> = IdMap::default();
            left.retain(|&number| !pack.want(&ids[number], number, &mut items));
            if !items.is_empty() {
                // The reader takes the first entry it is given for the pack's first.
                let first = data::header::SIZE as u64;
                if !items.contains_key(&first) {
                    pack.add(first, None, &mut items);
                }
            }
            pack.visit(items.into_values().collect(), visit);
        }
    }

    /// Gives back the memory that reading took.
    pub fn release(&self) {
        self.0.iter().for_each(Pack::release);
    }

    /// Where an object lies; the pack numbered `first` is asked first.
    pub(super) fn place(&self, id: &ObjectId, first: usize) -> Option<Place> {
        let others = (0..self.0.len()).filter(|&pack| pack != first);
        std::iter::once(first).chain(others).find_map(|pack| {
            let offset = self.0.get(pack)?.offset_of(id.as_bytes())?;
            Some(Place { pack, offset })
        })
    }

    pub(super) fn entry(&self, at: Place) -> Option<Entry> {
        self.0[at.pack].data.entry(at.offset).ok()
    }

    /// What an entry is stored as a difference to.
    pub(super) fn base(&self, at: Place, entry: &Entry) -> Option<Place> {
        let offset = self.0[at.pack].base(entry)?;
        Some(Place { offset, ..at })
    }

    /// An entry's own content: an object, or a difference. It must be as long as the entry says.
    pub(super) fn inflate(
        &self,
        at: Place,
        entry: &Entry,
        inflate: &mut Inflate,
        content: &mut Vec<u8>,
    ) -> Option<()> {
        content.clear();
        content.resize(usize::try_from(entry.decompressed_size).ok()?, 0);
        self.0[at.pack].data.decompress_entry(entry, inflate, content).ok().map(drop)
    }
}

impl Kind {
    /// What an entry holds; `None` for a difference.
    pub(super) fn of(entry: &Entry) -> Option<Kind> {
        match entry.header {
            Header::Commit => Some(Kind::Commit),
            Header::Tree => Some(Kind::Tree),
            Header::Blob => Some(Kind::Blob),
            Header::Tag => Some(Kind::Tag),
            Header::OfsDelta { .. } | Header::RefDelta { .. } => None,
        }
    }
}

impl Pack {
    fn open(index: &Path) -> Option<Pack> {
        let hash = gix_hash::Kind::Sha1;
        let data = data::File::at(index.with_extension("pack"), hash).ok()?;
        Some(Pack { index: index::File::at(index, hash).ok()?, data })
    }

    /// Adds an object and the chain of its bases to `items`; whether the object lies in this pack.
    fn want(&self, id: &ObjectId, number: usize, items: &mut IdMap<u64, Item>) -> bool {
        let Some(offset) = self.offset_of(id.as_bytes()) else { return false };
        self.add(offset, Some(number), items);
        true
    }

    /// Adds an entry with the chain of its bases, unless that holds something large or unknown.
    fn add(&self, mut offset: u64, wanted: Option<usize>, items: &mut IdMap<u64, Item>) {
        let mut chain = vec![Item { offset, wanted }];
        loop {
            if let Some(known) = items.get_mut(&offset) {
                // Its bases are there already; that it is wanted itself may be new.
                if chain.len() == 1 {
                    known.wanted = wanted;
                }
                chain.pop();
                break;
            }
            let Ok(entry) = self.data.entry(offset) else { return };
            let base = match Kind::of(&entry) {
                None => self.base(&entry),
                Some(_) if entry.decompressed_size > LARGE => None,
                Some(_) => break,
            };
            let Some(base) = base.filter(|_| chain.len() < LONGEST_CHAIN) else { return };
            chain.push(Item { offset: base, wanted: None });
            offset = base;
        }
        items.extend(chain.into_iter().map(|item| (item.offset, item)));
    }

    fn base(&self, entry: &Entry) -> Option<u64> {
        match entry.header {
            Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(base_distance),
            Header::RefDelta { base_id } => self.offset_of(base_id.as_slice()),
            _ => None,
        }
    }

    fn offset_of(&self, id: &[u8]) -> Option<u64> {
        let id = gix_hash::oid::try_from_bytes(id).ok()?;
        (id.kind() == gix_hash::Kind::Sha1)
            .then(|| self.index.lookup(id).map(|at| self.index.pack_offset_at_index(at)))
            .flatten()
    }

    fn visit(&self, mut items: Vec<Item>, visit: &(impl Fn(usize, &[u8]) + Sync)) {
        if items.is_empty() {
            return;
        }
        items.sort_unstable_by_key(|item| item.offset);
        let go_on = AtomicBool::new(false);
        let tree = Tree::from_offsets_in_pack(
            self.data.path(),
            items.into_iter(),
            &|item: &Item| item.offset,
            &|id| Ok(self.offset_of(id.as_bytes())),
            &mut Discard,
            &go_on,
            gix_hash::Kind::Sha1,
        );
        let Ok(tree) = tree else { return };
        let read = AtomicUsize::new(0);
        let options = traverse::Options {
            object_progress: Box::new(Discard),
            size_progress: &mut Discard,
            thread_limit: None,
            should_interrupt: &go_on,
            object_hash: gix_hash::Kind::Sha1,
            alloc_limit_bytes: Some(TOO_LARGE),
        };
        // An error ends it early: what was not visited is asked for one by one.
        let _ = tree.traverse(
            |range, data: &data::File<gix_pack::MMap>| {
                let length = (range.end - range.start) as usize;
                let before = read.fetch_add(length, Ordering::Relaxed);
                if before / WINDOW != (before + length) / WINDOW {
                    self.release();
                }
                data.entry_slice(range)
            },
            &self.data,
            self.data.pack_end() as u64,
            |item: &mut Item, _, object| {
                if let Some(number) = item.wanted {
                    visit(number, object.decompressed);
                }
                Ok(())
            },
            options,
        );
        self.release();
    }

    /// Gives back the pages of the pack. What is still looked at comes out of the file again.
    #[cfg(target_os = "linux")]
    fn release(&self) {
        // What fits may stay.
        if self.data.pack_end() < WINDOW {
            return;
        }
        let Some(all) = self.data.entry_slice(0..self.data.pack_end() as u64) else { return };
        // The mapping is of a file and is never written to, so that each page reads as before.
        #[allow(unsafe_code)]
        let _ = unsafe {
            let start = all.as_ptr().cast_mut().cast();
            rustix::mm::madvise(start, all.len(), rustix::mm::Advice::LinuxDontNeed)
        };
    }

    #[cfg(not(target_os = "linux"))]
    fn release(&self) {}
}

/// The index files of a folder of packs, in the order of their names.
fn indices(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
    paths.sort();
    paths
}

/// The folders that `info/alternates` names; a quoted or commented line is left out.
fn alternates(objects: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(objects.join("info/alternates")).unwrap_or_default();
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with(['#', '"']))
        .map(|line| objects.join(line))
        .collect()
}
