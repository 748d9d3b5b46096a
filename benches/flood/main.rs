//! Whether any text costs more than ten times as much as source of the same length:
//! `cargo bench --bench flood -- [--source DIR] [--only WORD] [--size BYTES] [--above TIMES]
//! [--base MILLISECONDS] [--part N/OF]`.
//!
//! `--part 3/8` takes every eighth text from the third on: eight runs see all.
//!
//! Each text says something over and over that is made to keep the engine busy. A short one is
//! scanned first; one that seems dear is scanned again at full length. Patterns are compiled
//! before, so what is measured is what grows with the text. A text full of findings is shown apart:
//! each of them is judged, and is a line of a report.

mod bytes;
mod keywords;
mod source;
mod text;

use std::cell::LazyCell;
use std::path::PathBuf;
use std::time::Duration;

use keystop::engine;
use rustix::time::{ClockId, clock_gettime};
use text::Text;

/// As much is scanned of each text at first, in bytes, and as much of one that seems dear then.
const SHORT: [usize; 2] = [12 << 10, 96 << 10];
/// A text that costs so many times as much as source is scanned at a greater length.
const DEAR: f64 = 6.0;
/// No text may cost so many times as much.
const BAR: f64 = 10.0;
/// With a finding in so many bytes or fewer a text is full of them.
const FULL: usize = 1024;

struct Options {
    /// Where source lies.
    source: Option<PathBuf>,
    /// What a text's name must hold.
    only: String,
    /// Full length, in bytes.
    size: usize,
    /// Which texts are shown.
    above: f64,
    /// What a mebibyte of source costs, in milliseconds, if that is known.
    base: Option<f64>,
    /// Which of so many texts is looked at, and of how many.
    part: (usize, usize),
}

fn main() {
    let options = options();
    let known = options.base.map(|base| base / 1e3 / f64::from(1 << 20));
    let base = known.unwrap_or_else(|| source::cost_per_byte(options.source.as_deref()));
    println!("source: {:.2} ms per MiB", base * 1e3 * f64::from(1 << 20));
    // Made for the first text that seems dear: most short runs meet none.
    let source = LazyCell::new(|| source::sample(options.source.as_deref(), base));
    let (mut shown, mut full): (Vec<Cost>, Vec<Cost>) = (Vec::new(), Vec::new());
    let (mut count, mut seen) = (0, 0);
    let mut look = |text: Text| {
        if !text.name.contains(&options.only) {
            return;
        }
        seen += 1;
        if seen % options.part.1 != options.part.0 % options.part.1 {
            return;
        }
        count += 1;
        let (mut times, mut found, mut length) = (0.0, 0, 0);
        for short in SHORT {
            if length == 0 || times >= DEAR && found * FULL < length {
                let short = text.of(short.min(options.size));
                length = short.len();
                // Once for the patterns that are compiled on the way.
                let _ = engine::scan(b"x.rs", &short);
                (times, found) = measure(&short, base);
            }
        }
        if times >= DEAR && found * FULL < length || text.is_whole {
            let whole = text.of(options.size);
            length = whole.len();
            let _ = engine::scan(b"x.rs", &whole[..length / 4]);
            (times, found) = measure(&whole, base);
            // Others work on this machine too: source is measured beside it.
            for _ in 0..3 {
                if times > BAR {
                    let now = (measure(&source, base).0).max(1.0);
                    times = times.min(measure(&whole, base).0 / now);
                }
            }
        }
        let list = if found * FULL < length { &mut shown } else { &mut full };
        if times >= options.above {
            let cost = Cost { times, found, name: text.name };
            cost.show();
            list.push(cost);
        }
    };
    bytes::each(&mut look);
    keywords::each_example(&mut look);
    keywords::each_mixture(&mut look);
    keywords::each_keyword(&mut look);
    for (what, mut costs) in [("texts", shown), ("texts full of findings", full)] {
        costs.sort_by(|one, other| other.times.total_cmp(&one.times));
        let above = costs.iter().filter(|cost| cost.times > BAR).count();
        println!("of {count}, {what} above {BAR} x: {above}; the dearest:");
        costs.iter().take(40).for_each(Cost::show);
    }
}

/// What a text costs.
struct Cost {
    /// So many times as much as source.
    times: f64,
    found: usize,
    name: String,
}

impl Cost {
    fn show(&self) {
        println!("{:8.2} x  {:7} found  {}", self.times, self.found, self.name.escape_default());
    }
}

fn options() -> Options {
    let mut options = Options {
        source: None,
        only: String::new(),
        size: 1 << 20,
        above: BAR,
        base: None,
        part: (1, 1),
    };
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} wants a value"));
        match argument.as_str() {
            "--source" => options.source = Some(PathBuf::from(value())),
            "--only" => options.only = value(),
            "--size" => options.size = value().parse().expect("--size is a number of bytes"),
            "--base" => options.base = Some(value().parse().expect("--base is a number")),
            "--part" => {
                let part = value();
                let (which, of) = part.split_once('/').expect("--part is a number of how many");
                let number = |text: &str| text.parse().expect("--part is two numbers");
                options.part = (number(which), number(of));
            }
            "--above" => options.above = value().parse().expect("--above is a number"),
            _ => panic!("{argument}: no such option"),
        }
    }
    options
}

/// How many times as much as source a scan costs, and how many findings it has.
fn measure(text: &[u8], base: f64) -> (f64, usize) {
    let before = spent();
    let found = engine::scan(b"x.rs", text).map_or(0, |matches| matches.len());
    let cost = (spent() - before).as_secs_f64();
    (cost / text.len() as f64 / base, found)
}

/// The time that this thread had on a processor.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
