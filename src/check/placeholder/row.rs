//! Rows of letters and digits that nobody drew: one over and over, in order, a piece again and again.

use super::room::FEW;

/// Hardly more than one character. Two different hex digits in 12: 120 × 8⁻¹² = 2 × 10⁻⁹; a run
/// of eight equal ones in a hex token of up to 24: 17 × 16⁻⁷ = 6 × 10⁻⁸. A run that is less than a
/// third of its value is left alone: Twitter's bearer tokens begin with 21 times `A`.
pub(super) fn is_monotone(core: &[u8]) -> bool {
    let same = || has_eight_alike(core) && longest_run(core, |a, b| a == b) * 3 >= core.len();
    match core.len() {
        0..5 => false,
        5..12 => has_at_most(core, 1),
        12..24 => has_at_most(core, 2) || same(),
        24..32 => has_at_most(core, 3) || same(),
        _ => has_at_most(core, 4) || same(),
    }
}

/// Whether no more than so many different bytes stand in `core`; most end the look soon.
fn has_at_most(core: &[u8], most: u32) -> bool {
    let (mut seen, mut distinct) = ([0_u64; 4], 0);
    core.iter().all(|&byte| {
        let (some, bit) = (&mut seen[usize::from(byte >> 6)], 1 << (byte & 63));
        distinct += u32::from(*some & bit == 0);
        *some |= bit;
        distinct <= most
    })
}

/// Whether eight equal bytes stand in a row: of every fourth byte and the three behind it some are.
fn has_eight_alike(core: &[u8]) -> bool {
    let (fours, _) = core.as_chunks::<4>();
    let alike = |four: &[u8; 4]| {
        let four = u32::from_le_bytes(*four);
        four == four.rotate_left(8)
    };
    fours.iter().any(alike) && longest_run(core, |a, b| a == b) >= 8
}

/// `abcdef…`, `987654…`, `a1b2c3…`, `111222333…`. Eight in order: 64 × 16⁻⁷ = 2 × 10⁻⁷ in hex;
/// six count where they are half of the value: 12 × 16⁻⁵ = 10⁻⁵ for one of twelve digits.
pub(super) fn is_sequence(core: &[u8]) -> bool {
    (core.len() > FEW || may_be_sequence(core)) && goes_in_steps(core)
}

/// The same without the look that spares it.
fn goes_in_steps(core: &[u8]) -> bool {
    let up = |a: u8, b: u8| b == a.wrapping_add(1) || matches!((a, b), (b'9', b'0' | b'a'));
    let half = core.len().div_ceil(2);
    let long = |run: usize| run >= 8 || (run >= 6 && run >= half);
    // Up, down, and every second character: two sequences wound round each other.
    let (mut up_run, mut down_run, mut wound_run) = (1, 1, 0);
    let (mut longest, mut wound, mut idle) = (1, 0, 0);
    // A counter's bytes in hex, `000102…`: each digit is that of two places before, or the next.
    let (mut counter_run, mut counter) = (0, 0);
    for (at, pair) in core.windows(2).enumerate() {
        let (rises, falls) = (up(pair[0], pair[1]), up(pair[1], pair[0]));
        up_run = if rises { up_run + 1 } else { 1 };
        down_run = if falls { down_run + 1 } else { 1 };
        longest = longest.max(up_run).max(down_run);
        idle += usize::from(rises || pair[0] == pair[1]);
        if at > 0 {
            let (before, now) = (core[at - 1], pair[1]);
            wound_run = if up(before, now) { wound_run + 1 } else { 0 };
            wound = wound.max(wound_run);
            counter_run = if up(before, now) || before == now { counter_run + 1 } else { 0 };
            counter = counter.max(counter_run);
        }
    }
    // Twelve of a counter's in 32 hex digits: 19 × 8⁻¹² = 3 × 10⁻¹⁰. Three quarters of the steps go
    // nowhere or one on; for 16 hex digits 455 × (3/16)¹² = 10⁻⁶.
    long(longest)
        || counter >= 12
        || wound >= 8
        || (wound >= 6 && wound + 2 >= half)
        || (core.len() >= 16 && idle * 4 >= (core.len() - 1) * 3)
}

/// Whether some five steps in a row go up or down, five by two characters go up or nowhere, or most go nowhere
/// or on. Few random values do; all places are asked at once. `core` is of [`FEW`] letters and digits at most.
fn may_be_sequence(core: &[u8]) -> bool {
    match core.len() {
        0..=32 => may_be_sequence_of::<32, 36>(core),
        33..=64 => may_be_sequence_of::<64, 68>(core),
        _ => may_be_sequence_of::<FEW, { FEW + 4 }>(core),
    }
}

/// The same for a value of so many characters at most; `MORE` are four more.
fn may_be_sequence_of<const MOST: usize, const MORE: usize>(core: &[u8]) -> bool {
    let up = |a: u8, b: u8| (b == a.wrapping_add(1)) | (a == b'9') & ((b == b'0') | (b == b'a'));
    let mut row = [0; MORE];
    row[..core.len()].copy_from_slice(core);
    let (mut rises, mut falls, mut wound) = ([0; MORE], [0; MORE], [0; MORE]);
    let mut idle = 0_u8;
    for at in 0..MOST {
        let (one, next, behind) = (row[at], row[at + 1], row[at + 2]);
        rises[at] = u8::from(up(one, next));
        falls[at] = u8::from(up(next, one));
        wound[at] = u8::from(up(one, behind) | (one == behind) & (behind != 0));
        idle += rises[at] | u8::from((one == next) & (next != 0));
    }
    let five = |steps: &[u8; MORE]| {
        (0..MOST).fold(0, |any, at| {
            any | steps[at] & steps[at + 1] & steps[at + 2] & steps[at + 3] & steps[at + 4]
        }) != 0
    };
    five(&rises) || five(&falls) || five(&wound) || usize::from(idle) * 4 + 3 >= core.len() * 3
}

/// A short piece over and over; at least eight characters repeat: 16⁻⁸ × 16 = 4 × 10⁻⁹ in hex.
/// In short values six do: 6 × 16⁻⁶ = 4 × 10⁻⁷.
pub(super) fn is_periodic(core: &[u8]) -> bool {
    // So much of it at least stands there again, so many places on at most.
    let least = core.len().div_ceil(2).max(if core.len() >= 16 { 8 } else { 6 });
    if core.len() <= FEW {
        let most = core.len().saturating_sub(least);
        return (1..=most).any(|on| core[on] == core[0] && core[on..] == core[..core.len() - on]);
    }
    longest_return(core) >= least
}

/// How much of `core` it begins with and ends with.
fn longest_return(core: &[u8]) -> usize {
    // For each beginning of `core` the length of the longest end of it that it also begins with
    // (Knuth, Morris and Pratt): what is left over in the end is the shortest period.
    let mut ends = vec![0; core.len()];
    let mut length = 0;
    for at in 1..core.len() {
        while length > 0 && core[at] != core[length] {
            length = ends[length - 1];
        }
        length += usize::from(core[at] == core[length]);
        ends[at] = length;
    }
    length
}

/// Length of the longest stretch in which each neighbouring pair satisfies `step`.
pub(super) fn longest_run(text: &[u8], step: impl Fn(u8, u8) -> bool) -> usize {
    let (mut best, mut run) = (text.len().min(1), 1);
    for pair in text.windows(2) {
        run = if step(pair[0], pair[1]) { run + 1 } else { 1 };
        best = best.max(run);
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As [`is_monotone`] was first written.
    fn is_monotone_plainly(core: &[u8]) -> bool {
        let distinct = core.iter().collect::<std::collections::BTreeSet<_>>().len();
        let run = longest_run(core, |a, b| a == b);
        match core.len() {
            0..5 => false,
            5..12 => distinct == 1,
            12..24 => distinct <= 2 || (run >= 8 && run * 3 >= core.len()),
            24..32 => distinct <= 3 || (run >= 8 && run * 3 >= core.len()),
            _ => distinct <= 4 || (run >= 8 && run * 3 >= core.len()),
        }
    }

    proptest! {
        #[test]
        fn the_quick_looks_say_what_the_slow_ones_say(core in "[0-9a-c]{0,20}|([0-3]|[a-c0-9]{1,9}|abc){0,40}") {
            let core = core.as_bytes();
            prop_assert_eq!(is_sequence(core), goes_in_steps(core));
            let least = core.len().div_ceil(2).max(if core.len() >= 16 { 8 } else { 6 });
            prop_assert_eq!(is_periodic(core), longest_return(core) >= least);
        }

        #[test]
        fn few_different_characters_are_seen(core in "(a{0,20}|[a-e]{0,9}|[abc]{0,40}|[0-9]){0,3}") {
            let core = core.as_bytes();
            prop_assert_eq!(is_monotone(core), is_monotone_plainly(core));
        }
    }
}
