//! Very many objects of one pack, from the bases down to what is stored as differences to them: each
//! is made once, on all cores, and whoever looks at it may go by what was found out of its base.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use gix_zlib::Inflate;

use super::delta;
use super::id_map::IdMap;
use super::object::Kind;
use super::packs::Pack;
use crate::cores;
use crate::kept::Kept;

/// Larger files, in bytes, are left to whoever asked, with what is stored as a difference to them.
const LARGEST: u64 = 4 << 20;
/// So many bytes of bases are held at once, by all cores: a base is, until the last difference to it
/// was read. Beyond, what is stored as differences to the next is left to whoever asked.
const MOST_HELD: usize = 48 << 20;

/// No item.
const NONE: u32 = u32::MAX;

/// What is known of the version before: what was made of it, and what stands in both.
pub type Before<'a, S> = Option<(&'a S, &'a [Kept])>;

/// The files that are wanted, and those that they are stored as differences to.
#[derive(Default)]
pub(super) struct Items {
    all: Vec<Item>,
    numbers: IdMap<u64, u32>,
    roots: Vec<u32>,
}

struct Item {
    offset: u64,
    /// Its number in the list of the wanted, if it is.
    wanted: u32,
    /// The first of those that are stored as differences to it, and the next one of its own base.
    first: u32,
    next: u32,
}

/// Where a file lies, and how it is stored there.
#[derive(Clone, Copy)]
pub(super) struct Head {
    offset: u64,
    stored: Stored,
}

#[derive(Clone, Copy)]
enum Stored {
    Whole,
    /// As a difference to what lies there.
    After(u64),
    /// Large, unknown, or no file.
    Otherwise,
}

impl Head {
    pub(super) fn read(pack: &Pack, offset: u64) -> Head {
        let stored = pack.entry(offset).and_then(|entry| match Kind::of(&entry) {
            Some(Kind::Blob) if entry.decompressed_size <= LARGEST => Some(Stored::Whole),
            Some(_) => None,
            None => pack.base(&entry).map(Stored::After),
        });
        Head { offset, stored: stored.unwrap_or(Stored::Otherwise) }
    }
}

impl Items {
    /// The files of these heads, each with its number in the list of the wanted, and the chains of
    /// their bases. What has something large or unknown in its chain is reached from no root.
    pub(super) fn of(pack: &Pack, wanted: &[(usize, Head)]) -> Items {
        let mut items = Items::default();
        items.all.reserve(wanted.len() + wanted.len() / 8);
        items.numbers.reserve(wanted.len() + wanted.len() / 8);
        for (number, head) in wanted {
            let at = items.add(head.offset);
            items.all[at as usize].wanted = *number as u32;
        }
        let mut seen = vec![false; items.all.len()];
        for (_, head) in wanted {
            let mut at = items.numbers[&head.offset];
            if std::mem::replace(&mut seen[at as usize], true) {
                continue;
            }
            let mut stored = head.stored;
            // A base that is not wanted itself has a base of its own.
            while let Stored::After(base) = stored {
                let is_new = !items.numbers.contains_key(&base);
                let base = items.add(base);
                let first = std::mem::replace(&mut items.all[base as usize].first, at);
                items.all[at as usize].next = first;
                if !is_new {
                    break;
                }
                stored = Head::read(pack, items.all[base as usize].offset).stored;
                at = base;
            }
            if let Stored::Whole = stored {
                items.roots.push(at);
            }
        }
        items
    }

    /// The number of what lies at an offset.
    fn add(&mut self, offset: u64) -> u32 {
        let next = self.all.len() as u32;
        let number = *self.numbers.entry(offset).or_insert(next);
        if number == next {
            self.all.push(Item { offset, wanted: NONE, first: NONE, next: NONE });
        }
        number
    }

    /// Calls `look` with the number of each that is wanted, its content, and what `look` made of the
    /// nearest of its bases that it was called with, on all cores. Leaves out what cannot be read.
    pub(super) fn visit<S: Send + Sync>(
        mut self,
        pack: &Pack,
        look: &(impl Fn(usize, &[u8], Before<S>) -> Option<S> + Sync),
    ) {
        // A pack that holds none of them.
        if self.all.is_empty() {
            return;
        }
        self.numbers = IdMap::default();
        let mut roots = std::mem::take(&mut self.roots);
        roots.sort_unstable_by_key(|&root| std::cmp::Reverse(self.all[root as usize].offset));
        let threads = cores::count().min(self.all.len());
        let pool = Pool {
            shared: Mutex::new(Shared { given: Vec::new(), roots, waiting: 0, over: false }),
            wake: Condvar::new(),
            hungry: AtomicUsize::new(0),
            threads,
            held: AtomicUsize::new(0),
            read: AtomicUsize::new(0),
        };
        let work = || {
            cores::make_room();
            let _guard = EndOfPanic(&pool);
            Reader {
                pack,
                items: &self.all,
                pool: &pool,
                look,
                stack: Vec::new(),
                inflate: Inflate::default(),
                delta: Vec::new(),
                spare: Vec::new(),
            }
            .run();
        };
        thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            work();
            others.into_iter().for_each(cores::join);
        });
        pack.release();
    }
}

/// A file that was made and that others are stored as differences to.
struct Base<S> {
    text: Vec<u8>,
    /// What was made of it, or of the nearest of its own bases that is wanted.
    made: Option<Arc<S>>,
    /// What it has in common with that base, if it is not wanted itself.
    kept: Option<Vec<Kept>>,
}

/// What is to be read next.
struct Work<S> {
    item: u32,
    base: Option<Arc<Base<S>>>,
}

/// What the threads have in common.
struct Pool<S> {
    shared: Mutex<Shared<S>>,
    wake: Condvar,
    /// How many threads have nothing to do.
    hungry: AtomicUsize,
    threads: usize,
    /// Bytes of bases in memory.
    held: AtomicUsize,
    /// Bytes of the pack that were read.
    read: AtomicUsize,
}

struct Shared<S> {
    /// What threads gave away.
    given: Vec<Work<S>>,
    roots: Vec<u32>,
    waiting: usize,
    over: bool,
}

impl<S> Pool<S> {
    fn lock(&self) -> MutexGuard<'_, Shared<S>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something to do; `None` once there is nothing for any thread.
    fn take(&self) -> Option<Work<S>> {
        let mut shared = self.lock();
        loop {
            if shared.over {
                return None;
            }
            if let Some(work) = shared.given.pop() {
                return Some(work);
            }
            if let Some(item) = shared.roots.pop() {
                return Some(Work { item, base: None });
            }
            shared.waiting += 1;
            if shared.waiting == self.threads {
                shared.over = true;
                self.wake.notify_all();
                return None;
            }
            self.hungry.store(shared.waiting, Ordering::Relaxed);
            shared = self.wake.wait(shared).unwrap_or_else(PoisonError::into_inner);
            shared.waiting -= 1;
            self.hungry.store(shared.waiting, Ordering::Relaxed);
        }
    }

    /// Gives what has waited longest to a thread that has nothing to do.
    fn share(&self, stack: &mut Vec<Work<S>>) {
        if stack.len() > 1 && self.hungry.load(Ordering::Relaxed) > 0 {
            self.lock().given.push(stack.remove(0));
            self.wake.notify_one();
        }
    }
}

/// Lets no thread wait for one that panicked.
struct EndOfPanic<'a, S>(&'a Pool<S>);

impl<S> Drop for EndOfPanic<'_, S> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.lock().over = true;
            self.0.wake.notify_all();
        }
    }
}

/// One thread's part.
struct Reader<'a, S, Look> {
    pack: &'a Pack,
    items: &'a [Item],
    pool: &'a Pool<S>,
    look: &'a Look,
    /// What is stored as a difference to what was read, the last one first.
    stack: Vec<Work<S>>,
    inflate: Inflate,
    delta: Vec<u8>,
    /// Memory for the next file.
    spare: Vec<u8>,
}

impl<S, Look: Fn(usize, &[u8], Before<S>) -> Option<S>> Reader<'_, S, Look> {
    fn run(mut self) {
        while let Some(Work { item, base }) = self.stack.pop().or_else(|| self.pool.take()) {
            self.read(&self.items[item as usize], base.as_deref());
            // The last difference to it was read.
            if let Some(base) = base.and_then(Arc::into_inner) {
                self.pool.held.fetch_sub(base.text.len(), Ordering::Relaxed);
                if base.text.capacity() > self.spare.capacity() {
                    self.spare = base.text;
                }
            }
            self.pool.share(&mut self.stack);
        }
    }

    /// Makes one, has it looked at, and notes what is stored as a difference to it.
    fn read(&mut self, item: &Item, base: Option<&Base<S>>) -> Option<()> {
        let entry = self.pack.entry(item.offset)?;
        let mut kept = Vec::with_capacity(16);
        let mut text = std::mem::take(&mut self.spare);
        let read = match base {
            None => self.pack.inflate(&entry, &mut self.inflate, &mut text)?,
            Some(base) => {
                let read = self.pack.inflate(&entry, &mut self.inflate, &mut self.delta)?;
                delta::make(&base.text, &self.delta, LARGEST, &mut text, &mut kept).ok()?;
                read
            }
        };
        self.pack.release_after(&self.pool.read, read);
        let known = base.and_then(|base| base.made.as_ref());
        if let Some(first) = base.and_then(|base| base.kept.as_ref()) {
            kept = Kept::through(first, &kept);
        }
        let (made, kept) = if item.wanted == NONE {
            (known.cloned(), Some(kept))
        } else {
            let before = known.map(|known| (&**known, &kept[..]));
            ((self.look)(item.wanted as usize, &text, before).map(Arc::new), None)
        };
        if item.first == NONE {
            self.spare = text;
            return Some(());
        }
        if self.pool.held.fetch_add(text.len(), Ordering::Relaxed) + text.len() > MOST_HELD {
            self.pool.held.fetch_sub(text.len(), Ordering::Relaxed);
            return None;
        }
        let base = Arc::new(Base { text, made, kept });
        let mut next = item.first;
        while next != NONE {
            self.stack.push(Work { item: next, base: Some(Arc::clone(&base)) });
            next = self.items[next as usize].next;
        }
        Some(())
    }
}
