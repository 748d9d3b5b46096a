//! Work shared by the machine's cores.

use std::num::NonZero;
use std::panic;
use std::sync::OnceLock;
use std::thread::{self, ScopedJoinHandle};

/// Fewer questions than this, each of which is answered at once, are not worth another thread.
const MANY: usize = 2048;

/// So much of the allocator's pool a thread takes at once, in bytes.
const ROOM: usize = 8 << 20;

/// How many threads are worth having.
pub(crate) fn count() -> usize {
    // Linux tells it in three files.
    static COUNT: OnceLock<usize> = OnceLock::new();
    *COUNT.get_or_init(|| thread::available_parallelism().map_or(1, NonZero::get))
}

/// Takes room for what this thread is about to hold: glibc gives other threads than the first their
/// memory page by page, which was a tenth of a push's time. What is not used takes none.
pub(crate) fn make_room() {
    // The first goes back to the system, and tells the allocator to keep the second.
    for _ in 0..2 {
        let mut room = Vec::<u8>::new();
        // Where there is not so much, whoever needs it says so.
        let _ = room.try_reserve_exact(ROOM);
        std::hint::black_box(room);
    }
}

/// What a thread made. A panic goes on: nothing that was not done may be taken for done.
pub(crate) fn join<T>(worker: ScopedJoinHandle<T>) -> T {
    worker.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked))
}

/// What `make` makes of each, in the same order.
pub(crate) fn each<T: Sync, R: Send>(all: &[T], make: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (cores, make) = (count(), &make);
    if all.len() < 4 || cores == 1 {
        return all.iter().map(make).collect();
    }
    let every = |some: &[T]| some.iter().map(make).collect::<Vec<R>>();
    thread::scope(|scope| {
        let mut shares = all.chunks(all.len().div_ceil(cores));
        let own = shares.next().unwrap_or_default();
        let workers: Vec<_> = shares.map(|some| scope.spawn(move || every(some))).collect();
        let mut made = every(own);
        workers.into_iter().for_each(|worker| made.extend(join(worker)));
        made
    })
}

/// The same where each answer is there at once.
pub(crate) fn many<T: Sync, R: Send>(all: &[T], make: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if all.len() < MANY { all.iter().map(make).collect() } else { each(all, make) }
}

/// What two pieces of work give that have nothing to do with each other.
pub(crate) fn both<A: Send, B>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B,
) -> (A, B) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (join(one), other)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_stands_where_its_question_stood() {
        for length in [0, 1, 3, 4, 5, 100] {
            let all: Vec<usize> = (0..length).collect();
            let doubled: Vec<usize> = all.iter().map(|number| number * 2).collect();
            assert_eq!(each(&all, |number| number * 2), doubled);
        }
    }

    #[test]
    #[should_panic(expected = "lost")]
    fn a_panic_of_one_thread_is_one_of_all() {
        each(&[1, 2, 3, 4, 5, 6, 7, 8], |&number| assert!(number != 7, "lost"));
    }
}
