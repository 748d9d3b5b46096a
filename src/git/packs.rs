//! The packs of a repository: where objects lie in them, and what is stored there.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use gix_pack::data::Entry;
use gix_pack::data::entry::Header;
use gix_pack::{data, index};
use gix_zlib::Inflate;

use super::descent::{Before, Head, Items};
use super::id_map::IdMap;
use super::object::{Kind, Object, ObjectId};
use crate::cores;

/// Larger trees and commits, in bytes, are left to whoever asked.
pub(super) const LARGE: u64 = 2 << 20;
/// A longer chain of differences is a circle; git makes none over 4,095.
pub(super) const LONGEST_CHAIN: usize = 5000;
/// So much of a pack is read, in bytes, before the pages that it took are given back: a pack is
/// mapped, and would be in memory as a whole.
const WINDOW: usize = 4 << 20;
/// So many bytes of it are looked through for the entries of files before those pages are given back.
const SPAN: u64 = 32 << 20;
/// So many commits one thread reads in a row.
const SHARE: usize = 512;
/// Behind so many other entries no commit is looked for.
const BETWEEN: usize = 1000;
/// How many folders of other repositories are looked into.
const MOST_ALTERNATES: usize = 16;

/// The packs of a repository of SHA-1 objects.
#[derive(Default)]
pub struct Packs(Vec<Pack>);

pub(super) struct Pack {
    index: index::File,
    data: data::File<gix_pack::MMap>,
    /// For two first bytes of ids the number of the first object with greater ones, where very many
    /// are asked for: an index itself tells that of one byte.
    fan: OnceLock<Vec<u32>>,
}

/// Where an object lies: the number of its pack, and the offset of its entry there.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub pack: usize,
    pub offset: u64,
}

impl Packs {
    /// The packs in folders of objects and in those that their `info/alternates` name. One that
    /// cannot be read is left out.
    #[must_use]
    pub fn open(folders: Vec<PathBuf>) -> Packs {
        Packs::of(&indices(folders))
    }

    /// The same of one folder; `None` where there are more packs than `most`.
    pub(super) fn open_few(objects: PathBuf, most: usize) -> Option<Packs> {
        let indices = indices(vec![objects]);
        (indices.len() <= most).then(|| Packs::of(&indices))
    }

    fn of(indices: &[PathBuf]) -> Packs {
        Packs(indices.iter().filter_map(|path| Pack::open(path)).collect())
    }

    /// Calls `look` with the number in `ids` and the content of as many of them as can be had this
    /// way, in any order, on all cores, and with what `look` made of another version. Says nothing of
    /// the others: a missing, broken or large file is read, or reported, by whoever asks for it alone.
    pub fn visit<S: Send + Sync>(
        &self,
        ids: &[ObjectId],
        look: &(impl Fn(usize, &[u8], Before<S>) -> Option<S> + Sync),
    ) {
        let mut left: Vec<usize> = (0..ids.len()).collect();
        for pack in &self.0 {
            let offsets = cores::many(&left, |&number| pack.offset_of(ids[number].as_bytes()));
            let mut here = Vec::with_capacity(left.len());
            let mut offsets = offsets.into_iter();
            left.retain(|&number| match offsets.next().flatten() {
                Some(offset) => {
                    here.push((offset, number));
                    false
                }
                None => true,
            });
            // From one end of the pack to the other: each of its pages is needed once.
            here.sort_unstable();
            let mut heads = Vec::with_capacity(here.len());
            for some in here.chunk_by(|one, other| one.0 / SPAN == other.0 / SPAN) {
                heads.extend(cores::many(some, |&(offset, at)| (at, Head::read(pack, offset))));
                pack.release();
            }
            let items = Items::of(pack, &heads);
            items.visit(pack, look);
        }
    }

    /// The commits that are stored as a whole, as most are, read on all cores; up to so many bytes.
    pub(super) fn commits(&self, most: usize) -> IdMap<ObjectId, Arc<Object>> {
        let mut commits = IdMap::default();
        for pack in &self.0 {
            pack.fan_out();
            let first = pack.first_commits(most / self.0.len());
            let shares: Vec<&[(u32, Entry)]> = first.chunks(SHARE).collect();
            let read = cores::each(&shares, |share| pack.read_commits(share));
            commits.extend(read.into_iter().flatten());
            pack.release();
        }
        commits
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
        self.0[at.pack].entry(at.offset)
    }

    /// What an entry is stored as a difference to.
    pub(super) fn base(&self, at: Place, entry: &Entry) -> Option<Place> {
        let offset = self.0[at.pack].base(entry)?;
        Some(Place { offset, ..at })
    }

    /// Copies what lies at a place; returns how many bytes, none behind the last.
    pub(super) fn copy(&self, at: Place, bytes: &mut [u8]) -> usize {
        let data = &self.0[at.pack].data;
        let end = (at.offset + bytes.len() as u64).min(data.pack_end() as u64);
        let stored = data.entry_slice(at.offset..end).unwrap_or_default();
        bytes[..stored.len()].copy_from_slice(stored);
        stored.len()
    }

    /// Gives back the memory of a pack now and then, after so many bytes before a place were read.
    pub(super) fn release_at(&self, at: Place, read: usize) {
        let window = WINDOW as u64;
        if at.offset / window != (at.offset - read as u64) / window {
            self.0[at.pack].release();
        }
    }

    /// An entry's own content: an object, or a difference. It must be as long as the entry says.
    pub(super) fn inflate(
        &self,
        at: Place,
        entry: &Entry,
        inflate: &mut Inflate,
        content: &mut Vec<u8>,
    ) -> Option<()> {
        self.0[at.pack].inflate(entry, inflate, content).map(drop)
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
        Some(Pack { index: index::File::at(index, hash).ok()?, data, fan: OnceLock::new() })
    }

    pub(super) fn entry(&self, offset: u64) -> Option<Entry> {
        self.data.entry(offset).ok()
    }

    /// An entry's own content: an object, or a difference. Returns how many bytes of the pack it takes.
    pub(super) fn inflate(
        &self,
        entry: &Entry,
        inflate: &mut Inflate,
        content: &mut Vec<u8>,
    ) -> Option<usize> {
        // What stood there before is written over: an entry of another length is an error.
        content.resize(usize::try_from(entry.decompressed_size).ok()?, 0);
        self.data.decompress_entry(entry, inflate, content).ok()
    }

    /// Where the entry begins that this one is stored as a difference to.
    pub(super) fn base(&self, entry: &Entry) -> Option<u64> {
        match entry.header {
            Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(base_distance),
            Header::RefDelta { base_id } => self.offset_of(base_id.as_slice()),
            _ => None,
        }
    }

    /// The numbers and entries of the commits that git writes before all else into a pack, up to so
    /// many bytes, but for those that are stored as differences.
    fn first_commits(&self, most: usize) -> Vec<(u32, Entry)> {
        let offset = |number| (self.index.pack_offset_at_index(number), number);
        let mut places: Vec<(u64, u32)> = (0..self.index.num_objects()).map(offset).collect();
        places.sort_unstable();
        let (mut commits, mut size, mut others) = (Vec::new(), 0, 0);
        for (offset, number) in places {
            match self.entry(offset) {
                Some(entry) if matches!(entry.header, Header::Commit) => {
                    size += entry.decompressed_size;
                    commits.push((number, entry));
                    others = 0;
                }
                _ => others += 1,
            }
            if others > BETWEEN || size > most as u64 {
                break;
            }
        }
        commits
    }

    /// Those that can be read.
    fn read_commits(&self, entries: &[(u32, Entry)]) -> Vec<(ObjectId, Arc<Object>)> {
        let mut inflate = Inflate::default();
        let read = |(number, entry): &(u32, Entry)| {
            let id = ObjectId::from_bytes(self.index.oid_at_index(*number).as_bytes())?;
            let mut data = Vec::new();
            if entry.decompressed_size > LARGE {
                return None;
            }
            self.inflate(entry, &mut inflate, &mut data)?;
            Some((id, Arc::new(Object { kind: Kind::Commit, data })))
        };
        entries.iter().filter_map(read).collect()
    }

    fn offset_of(&self, id: &[u8]) -> Option<u64> {
        let id = gix_hash::oid::try_from_bytes(id).ok()?;
        if id.kind() != gix_hash::Kind::Sha1 {
            return None;
        }
        let number = match self.fan.get() {
            Some(fan) => self.lookup(id, fan),
            None => self.index.lookup(id),
        };
        Some(self.index.pack_offset_at_index(number?))
    }

    fn lookup(&self, id: &gix_hash::oid, fan: &[u32]) -> Option<u32> {
        let bucket = two_bytes(id);
        let (mut from, mut to) =
            (bucket.checked_sub(1).map_or(0, |before| fan[before]), fan[bucket]);
        while from < to {
            let middle = from + (to - from) / 2;
            match id.cmp(self.index.oid_at_index(middle)) {
                std::cmp::Ordering::Less => to = middle,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => from = middle + 1,
            }
        }
        None
    }

    /// Prepares for very many questions where objects lie.
    fn fan_out(&self) {
        self.fan.get_or_init(|| {
            let mut fan = vec![0; 1 << 16];
            for number in 0..self.index.num_objects() {
                fan[two_bytes(self.index.oid_at_index(number))] += 1;
            }
            let mut sum = 0;
            for count in &mut fan {
                sum += *count;
                *count = sum;
            }
            fan
        });
    }

    /// Notes that so many bytes were read, and gives back the pages where that was much.
    pub(super) fn release_after(&self, all: &AtomicUsize, read: usize) {
        let before = all.fetch_add(read, Ordering::Relaxed);
        if before / WINDOW != (before + read) / WINDOW {
            self.release();
        }
    }

    /// Gives back the pages of the pack. What is still looked at comes out of the file again.
    #[cfg(target_os = "linux")]
    pub(super) fn release(&self) {
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
    pub(super) fn release(&self) {}
}

fn two_bytes(id: &gix_hash::oid) -> usize {
    match id.as_bytes() {
        [first, second, ..] => usize::from(u16::from_be_bytes([*first, *second])),
        _ => 0,
    }
}

/// The index files of packs in folders of objects and in those that their `info/alternates` name, of
/// each folder in the order of their names.
fn indices(mut folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut indices = Vec::new();
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        next += 1;
        for other in alternates(&folder) {
            if folders.len() < MOST_ALTERNATES && !folders.contains(&other) {
                folders.push(other);
            }
        }
        let entries = fs::read_dir(folder.join("pack")).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
        paths.sort();
        indices.append(&mut paths);
    }
    indices
}

/// The folders that `info/alternates` names; a quoted or commented line is left out.
fn alternates(objects: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(objects.join("info/alternates")).unwrap_or_default();
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with(['#', '"']))
        .map(|line| objects.join(line))
        .collect()
}
