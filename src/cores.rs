//! Work shared by the machine's cores.

use std::num::NonZero;
use std::panic;
use std::thread::{self, ScopedJoinHandle};

/// How many threads are worth having.
pub(crate) fn count() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
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
        let shares = all.chunks(all.len().div_ceil(cores));
        let workers: Vec<_> = shares.map(|some| scope.spawn(move || every(some))).collect();
        workers.into_iter().flat_map(join).collect()
    })
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
