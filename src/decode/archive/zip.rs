//! The members of a zip archive, found so that none is missed that any program would unpack.
//!
//! Programs differ: most read the directory at the end, some the headers as they come; the two may
//! disagree, and a name may stand twice. But every member that any of them takes begins with a
//! header of its own. So all headers are followed, in the order they stand, whoever names them, and
//! what the directory says of one counts beside what it says of itself.

use std::collections::BTreeMap;
use std::ops::Range;

use memchr::memmem;

const HEADER: &[u8] = b"PK\x03\x04";
const LISTED: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Length of the end record, and of the longest comment behind it.
const END_LENGTH: usize = 22;
const LONGEST_COMMENT: usize = 0xffff;

/// A compression that is known by its number.
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;
pub(super) const ZSTD: u16 = 93;
pub(super) const XZ: u16 = 95;

/// Whether an end record stands where a program would look for it: a program or script may stand
/// in front of the archive, a comment behind it.
pub(super) fn has_end(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(END_LENGTH + LONGEST_COMMENT)..];
    // Texts have no NUL, which is looked for faster than a record.
    memchr::memchr(0, tail).is_some()
        && memmem::find_iter(tail, END).any(|at| {
            let comment = number(tail, at + END_LENGTH - 2, 2);
            comment.is_some_and(|length| at + END_LENGTH + length as usize <= tail.len())
        })
}

/// One header of a member, with what the directory says of it.
pub(super) struct Header<'a> {
    /// Where it stands.
    pub(super) at: usize,
    pub(super) name: &'a [u8],
    /// Where the member's bytes begin.
    pub(super) data: usize,
    /// The ways it may be compressed.
    pub(super) methods: Vec<u16>,
    /// Whether nobody without a password reads it.
    pub(super) encrypted: bool,
    /// How many bytes it has as it stands there; the most that anybody says.
    pub(super) packed: u64,
    /// Whether the directory lists it.
    pub(super) listed: bool,
}

/// What one entry of the directory says.
struct Entry<'a> {
    name: &'a [u8],
    method: u16,
    encrypted: bool,
    packed: u64,
}

/// The headers of an archive, one after the other.
pub(super) struct Headers<'a> {
    bytes: &'a [u8],
    /// What the directory says, by the place of the header.
    listed: BTreeMap<usize, Vec<Entry<'a>>>,
    from: usize,
}

impl<'a> Headers<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Headers<'a> {
        let first = memmem::find(bytes, HEADER).unwrap_or(bytes.len());
        Headers { bytes, listed: directory(bytes, first), from: first }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.from == self.bytes.len()
    }

    /// The next header. What stands inside the last member is skipped, unless the directory lists it.
    pub(super) fn next(&mut self) -> Option<Header<'a>> {
        loop {
            let found = memmem::find(self.bytes.get(self.from..)?, HEADER)?;
            let at = self.from + found;
            self.from = at + HEADER.len();
            if let Some(header) = self.header(at) {
                return Some(header);
            }
        }
    }

    /// Goes on behind a member.
    pub(super) fn skip_to(&mut self, end: usize) {
        self.from = self.from.max(end);
    }

    /// The headers that the directory lists and that stand inside other members; and whether it
    /// lists some that are not there.
    pub(super) fn rest(&mut self) -> (Vec<Header<'a>>, bool) {
        let places: Vec<usize> = self.listed.keys().copied().collect();
        let rest: Vec<_> = places.iter().filter_map(|&at| self.header(at)).collect();
        let missing = rest.len() < places.len();
        (rest, missing)
    }

    fn header(&mut self, at: usize) -> Option<Header<'a>> {
        let bytes = self.bytes;
        let read = |offset, length| number(bytes, at + offset, length);
        if bytes.get(at..)?.get(..4)? != HEADER {
            return None;
        }
        let name_at = at + 30;
        let name = bytes.get(name_at..name_at + read(26, 2)? as usize)?;
        let data = name_at + name.len() + read(28, 2)? as usize;
        if data > bytes.len() {
            return None;
        }
        let flags = read(6, 2)?;
        let mut methods = vec![read(8, 2)? as u16];
        let mut encrypted = flags & 1 != 0;
        // With bit 3 the sizes stand behind the member.
        let mut packed = if flags & 8 != 0 { 0 } else { read(18, 4)? };
        let entries = self.listed.remove(&at);
        // Only where none has its name, one of another name speaks of it.
        let named = entries.iter().flatten().any(|entry| entry.name == name);
        for entry in entries.iter().flatten().filter(|entry| !named || entry.name == name) {
            methods.push(entry.method);
            encrypted &= entry.encrypted;
            packed = packed.max(entry.packed);
        }
        methods.sort_unstable();
        methods.dedup();
        let listed = entries.is_some();
        Some(Header { at, name, data, methods, encrypted, packed, listed })
    }
}

/// Where the directory may begin and where it ends: an archive that is a member has one of its own,
/// which tells nothing here.
fn directory_range(bytes: &[u8]) -> Option<Range<usize>> {
    let floor = bytes.len().saturating_sub(END_LENGTH + LONGEST_COMMENT);
    let ends = memmem::find_iter(&bytes[floor..], END).map(|at| floor + at);
    // The last, or one whose comment reaches to the file's end.
    let is_whole = |at: usize| {
        let comment = number(bytes, at + END_LENGTH - 2, 2);
        comment.is_some_and(|length| at + END_LENGTH + length as usize == bytes.len())
    };
    let last = memmem::rfind(&bytes[floor..], END)? + floor;
    let mut range = last..last;
    for at in ends.filter(|&at| at == last || is_whole(at)) {
        let (size, place) = (number(bytes, at + 12, 4)?, number(bytes, at + 16, 4)?);
        // Numbers that need more bytes stand in another record: then all that comes before counts.
        let before = usize::try_from(size).ok().and_then(|size| at.checked_sub(size));
        let place = usize::try_from(place).unwrap_or(0);
        range.start = range.start.min(before.unwrap_or(0)).min(if place < at { place } else { 0 });
    }
    Some(range)
}

/// All entries of the directory, by the place of the header they speak of. `first` is where the
/// first header stands: the places of an archive behind something else may count from there.
fn directory(bytes: &[u8], first: usize) -> BTreeMap<usize, Vec<Entry<'_>>> {
    let mut listed: BTreeMap<usize, Vec<Entry>> = BTreeMap::new();
    let Some(range) = directory_range(bytes) else { return listed };
    for at in memmem::find_iter(&bytes[range.clone()], LISTED).map(|at| range.start + at) {
        let Some((place, entry)) = entry(bytes, at) else { continue };
        let here = |place: usize| {
            bytes.get(place..).is_some_and(|rest| rest.starts_with(HEADER)).then_some(place)
        };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let shifted = place.saturating_add(first);
        listed.entry(here(place).or(here(shifted)).unwrap_or(shifted)).or_default().push(entry);
    }
    listed
}

fn entry(bytes: &[u8], at: usize) -> Option<(u64, Entry<'_>)> {
    const LARGE: u64 = 0xffff_ffff;
    let read = |offset, length| number(bytes, at + offset, length);
    let (mut packed, size, mut place) = (read(20, 4)?, read(24, 4)?, read(42, 4)?);
    let name = bytes.get(at + 46..at + 46 + read(28, 2)? as usize)?;
    let extra = at + 46 + name.len();
    let extra = bytes.get(extra..extra + read(30, 2)? as usize)?;
    // Numbers that need more bytes stand in an extra field, in this order.
    let mut wide = wide_numbers(extra).into_iter();
    if size == LARGE {
        wide.next()?;
    }
    for number in [&mut packed, &mut place] {
        if *number == LARGE {
            *number = wide.next()?;
        }
    }
    let encrypted = read(8, 2)? & 1 != 0;
    Some((place, Entry { name, method: read(10, 2)? as u16, encrypted, packed }))
}

fn wide_numbers(mut extra: &[u8]) -> Vec<u64> {
    while let (Some(id), Some(length)) = (number(extra, 0, 2), number(extra, 2, 2)) {
        let Some(field) = extra.get(4..4 + length as usize) else { break };
        if id == 1 {
            return (0..3).filter_map(|at| number(field, at * 8, 8)).collect();
        }
        extra = &extra[4 + field.len()..];
    }
    Vec::new()
}

/// The number that `length` bytes stand for, the lowest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}
