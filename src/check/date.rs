//! Dates as tokens write them, and whether they are past.

use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400;
/// 9999-12-31T23:59:59Z; what lies beyond is shown as this day.
const LAST_SECOND: i64 = 253_402_300_799;

/// The current time in seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// "expires 2031-05-04", or nothing once that time has passed.
pub(super) fn expires(at: i64) -> Option<String> {
    (at > now()).then(|| format!("expires {}", text(at)))
}

/// The UTC day of a time in seconds since 1970, as `YYYY-MM-DD`.
pub(crate) fn text(seconds: i64) -> String {
    let days = seconds.clamp(0, LAST_SECOND) / DAY;
    // At most 8029 steps, and the rule of leap years stays readable.
    let (mut year, mut day) = (1970, days);
    while day >= year_length(year) {
        day -= year_length(year);
        year += 1;
    }
    let mut month = 1;
    while day >= month_length(year, month) {
        day -= month_length(year, month);
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", day + 1)
}

/// The same with the time of day, as `YYYY-MM-DDThh:mm:ss`.
pub(crate) fn moment(seconds: i64) -> String {
    let time = seconds.clamp(0, LAST_SECOND) % DAY;
    format!("{}T{:02}:{:02}:{:02}", text(seconds), time / 3600, time / 60 % 60, time % 60)
}

/// The seconds since 1970 of `YYYY-MM-DD` or `YYYY-MM-DDThh:mm[:ss[.fff]][Z]`, read as UTC.
pub(crate) fn parse(text: &[u8]) -> Option<i64> {
    let (date, time) = match text.iter().position(|byte| *byte == b'T') {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, &b"00:00"[..]),
    };
    let mut date = date.split(|byte| *byte == b'-');
    let (year, month, day) =
        (number(date.next()?, 4)?, number(date.next()?, 2)?, number(date.next()?, 2)?);
    let in_calendar = (1970..=9999).contains(&year) && (1..=12).contains(&month);
    if date.next().is_some() || !in_calendar || !(1..=month_length(year, month)).contains(&day) {
        return None;
    }
    let years: i64 = (1970..year).map(year_length).sum();
    let months: i64 = (1..month).map(|month| month_length(year, month)).sum();
    Some((years + months + day - 1) * DAY + seconds_of_day(time)?)
}

/// `hh:mm[:ss[.fff]][Z]` in seconds.
fn seconds_of_day(time: &[u8]) -> Option<i64> {
    let time = time.strip_suffix(b"Z").unwrap_or(time);
    let mut parts = time.split(|byte| *byte == b':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let whole = |part: &[u8]| number(part.split(|byte| *byte == b'.').next()?, 2);
    let second = parts.next().map_or(Some(0), whole)?;
    (parts.next().is_none() && hour < 24 && minute < 60 && second <= 60)
        .then_some(hour * 3600 + minute * 60 + second)
}

/// A decimal number of exactly `digits` digits.
fn number(text: &[u8], digits: usize) -> Option<i64> {
    let all_digits = text.len() == digits && text.iter().all(u8::is_ascii_digit);
    all_digits.then(|| text.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn year_length(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days_in_both_directions() {
        assert_eq!(parse(b"1970-01-01"), Some(0));
        assert_eq!(parse(b"2000-02-29T00:00Z"), Some(951_782_400));
        assert_eq!(parse(b"2001-09-09T01:46:40Z"), Some(1_000_000_000));
        assert_eq!(parse(b"2001-09-09T01:46:40.1234567Z"), Some(1_000_000_000));
        assert_eq!(text(1_000_000_000), "2001-09-09");
        assert_eq!(text(i64::MAX), "9999-12-31");
        assert_eq!(text(-1), "1970-01-01");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "2001", "2001-02-29", "2001-13-01", "2001-1-1", "2001-01-01T25:00", "T"] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn only_the_future_expires() {
        assert_eq!(expires(1_000_000_000), None);
        assert_eq!(expires(4_102_444_800).as_deref(), Some("expires 2100-01-01"));
    }

    proptest! {
        #[test]
        fn a_day_survives_the_round_trip(seconds in 0..=LAST_SECOND) {
            prop_assert_eq!(parse(text(seconds).as_bytes()), Some(seconds - seconds % DAY));
        }

        #[test]
        fn nothing_panics(bytes in any::<Vec<u8>>(), like in "[0-9T:Z.-]{0,30}", at: i64) {
            let _ = (parse(&bytes), parse(like.as_bytes()), text(at), expires(at));
        }
    }
}
