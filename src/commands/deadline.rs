//! When a verdict has to be there: a server's hook has only so much time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What is said where the time is over.
pub(super) const OVER: &str = "the time for judging ran out";

/// The moment, if there is one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    pub(super) fn at(moment: Option<Instant>) -> Deadline {
        Deadline(moment)
    }

    pub(super) fn is_over(self) -> bool {
        self.0.is_some_and(|moment| Instant::now() >= moment)
    }

    /// # Errors
    /// The moment has passed.
    pub(super) fn check(self) -> Result<()> {
        if self.is_over() {
            bail!(OVER);
        }
        Ok(())
    }
}

/// Ends the process where one object alone takes too long for whoever looks at the clock between
/// two.
pub(super) struct Watchdog(Arc<AtomicBool>);

impl Watchdog {
    /// At `moment` prints `last_words` and ends with 2, unless it was called off before.
    pub(super) fn start(moment: Instant, last_words: String) -> Watchdog {
        let spoken = Arc::new(AtomicBool::new(false));
        let mine = Arc::clone(&spoken);
        thread::spawn(move || {
            while let Some(left) = moment.checked_duration_since(Instant::now()) {
                thread::park_timeout(left + Duration::from_millis(1));
            }
            if !mine.swap(true, Ordering::SeqCst) {
                eprint!("{last_words}");
                std::process::exit(2);
            }
        });
        Watchdog(spoken)
    }

    /// From here on the verdict is the caller's to tell.
    pub(super) fn call_off(self) {
        while self.0.swap(true, Ordering::SeqCst) {
            // It is speaking, and ends the process.
            thread::park();
        }
    }
}

/// A length of time as people write it: `50s`, `1500ms`, `2m`; a bare number counts seconds. `none`
/// is no limit.
///
/// # Errors
/// Anything else.
pub(super) fn duration(text: &str) -> Result<Option<Duration>> {
    let text = text.trim();
    if text == "none" {
        return Ok(None);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let what = "a time budget is a number with ms, s or m, such as 50s, or none";
    let number: u64 = number.parse().context(what)?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "" | "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.saturating_mul(60)),
        _ => bail!(what),
    };
    // No clock reaches further.
    Ok((duration < Duration::from_secs(1 << 30)).then_some(duration))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_read_as_people_write_it() {
        let read = |text| duration(text).unwrap();
        assert_eq!(read("50s"), Some(Duration::from_secs(50)));
        assert_eq!(read(" 0 "), Some(Duration::ZERO));
        assert_eq!(read("1500ms"), Some(Duration::from_millis(1500)));
        assert_eq!(read("2m"), Some(Duration::from_secs(120)));
        assert_eq!(read("none"), None);
        for wrong in ["", "s", "-1s", "5h", "1.5s", "no"] {
            assert!(duration(wrong).is_err(), "{wrong:?}");
        }
    }
}
