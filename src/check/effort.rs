//! How much of a text is looked at more than once: counted in tests, nothing in a release.
//!
//! Whatever a text repeats, the work has to stay in proportion to its length. Time cannot be tested
//! on a busy machine; the bytes that the checks read can.

#[cfg(test)]
thread_local! {
    static SPENT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Notes that `bytes` are looked at.
#[inline(always)]
pub(crate) fn spend(bytes: usize) {
    #[cfg(test)]
    SPENT.with(|spent| spent.set(spent.get() + bytes));
    #[cfg(not(test))]
    let _ = bytes;
}

/// How many bytes `work` looks at.
#[cfg(test)]
pub(crate) fn of(work: impl FnOnce()) -> usize {
    SPENT.with(|spent| spent.set(0));
    work();
    SPENT.with(std::cell::Cell::get)
}
