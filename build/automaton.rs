//! Builds the keyword automaton with aho-corasick and lays it out as one dense table.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::{Anchored, MatchKind, StartKind, dfa::DFA};
use anyhow::{Context, Result, ensure};

use crate::fragment;

/// How many classes of bytes there may be: a row is one cache line.
pub const CLASSES: usize = 32;

/// The automaton as the scanner walks it. State 0 is the start.
pub struct Automaton {
    /// `next[state * CLASSES + class]`, little-endian `u16`, for the states that have a row.
    pub table: Vec<u8>,
    /// The class of each byte; bytes of one class move every state alike.
    pub classes: Vec<u8>,
    /// States from here on have seen a keyword's piece end, and have no row.
    pub first_match: u16,
    /// What is known of each of those states.
    pub outputs: Vec<Output>,
}

/// A state in which pieces have ended.
pub struct Output {
    /// The keywords whose piece ends there, and how many bytes of them follow.
    pub found: Vec<(u16, u8)>,
    /// The row by which to go on. Nearly always that is the row of a state in which no piece ended:
    /// what ends a piece seldom goes on to another.
    pub goes_on_as: u16,
}

/// Builds it for the keywords in their order: of each it sees one piece.
pub fn build(keywords: &BTreeMap<String, Vec<usize>>) -> Result<Automaton> {
    let mut pieces: BTreeMap<Vec<u8>, Vec<(u16, u8)>> = BTreeMap::new();
    for (number, keyword) in keywords.keys().enumerate() {
        let range = fragment::rarest(keyword);
        let follow = u8::try_from(keyword.len() - range.end).context("too long a keyword")?;
        let number = u16::try_from(number).context("too many keywords")?;
        let piece = keyword[range].bytes().map(taken_for).collect();
        pieces.entry(piece).or_default().push((number, follow));
    }
    let keywords_of: Vec<&Vec<(u16, u8)>> = pieces.values().collect();
    let dfa = DFA::builder()
        .match_kind(MatchKind::Standard)
        .start_kind(StartKind::Unanchored)
        .build(pieces.keys())
        .context("building the keyword automaton")?;
    let row = |state| -> Vec<StateID> {
        (0..=u8::MAX).map(|byte| dfa.next_state(Anchored::No, state, taken_for(byte))).collect()
    };
    let (plain, matching): (Vec<StateID>, Vec<StateID>) =
        reachable(&dfa)?.into_iter().partition(|&state| !dfa.is_match(state));
    let mut moves: HashMap<Vec<StateID>, StateID> =
        plain.iter().map(|&state| (row(state), state)).collect();
    let moves_as: HashMap<StateID, StateID> =
        matching.iter().map(|&state| (state, *moves.entry(row(state)).or_insert(state))).collect();
    // Rows are those of the plain states, and of the few match states that move as none of them.
    let unlike = matching.iter().filter(|state| moves_as[state] == **state);
    let rows: Vec<StateID> = plain.iter().chain(unlike).copied().collect();
    let row_of: HashMap<StateID, u16> =
        rows.iter().enumerate().map(|(at, &state)| (state, at as u16)).collect();
    // Match states come behind all that have a row, so that one comparison says both that a piece
    // ended and that there is no row to go on by.
    let states = rows.len() + matching.len();
    ensure!(states <= usize::from(u16::MAX), "too many keywords: the table needs u32");
    let ends = matching.iter().enumerate().map(|(at, &state)| (state, (rows.len() + at) as u16));
    let mut place = row_of.clone();
    place.extend(ends);

    let mut known: HashMap<u8, u8> = HashMap::new();
    let mut taken: Vec<u8> = Vec::new();
    let mut classes = vec![0; 256];
    for byte in 0..=u8::MAX {
        let class = *known.entry(taken_for(byte)).or_insert_with(|| {
            taken.push(taken_for(byte));
            (taken.len() - 1) as u8
        });
        classes[usize::from(byte)] = class;
    }
    ensure!(taken.len() <= CLASSES, "a row has no room for {} classes", taken.len());
    let mut table = Vec::with_capacity(rows.len() * CLASSES * 2);
    for &state in &rows {
        for class in 0..CLASSES {
            let byte = taken.get(class);
            let next = byte.map_or(0, |&byte| place[&dfa.next_state(Anchored::No, state, byte)]);
            table.extend_from_slice(&next.to_le_bytes());
        }
    }
    let outputs = matching
        .iter()
        .map(|&state| Output {
            found: (0..dfa.match_len(state))
                .flat_map(|at| keywords_of[dfa.match_pattern(state, at).as_usize()])
                .copied()
                .collect(),
            goes_on_as: row_of[&moves_as[&state]],
        })
        .collect();
    Ok(Automaton { table, classes, first_match: rows.len() as u16, outputs })
}

/// What the automaton takes a byte for: with 32 kinds of them a row is one cache line, and the table
/// fits where it is near. What it sees too often that way is little, since the whole keyword is
/// compared then: digits and signs are few in keywords, and so are these letters in all texts. `://`
/// must not be taken for the `///` or ` //` of comments, nor any keyword for blanks.
fn taken_for(byte: u8) -> u8 {
    match byte.to_ascii_lowercase() {
        b'q' => b'z',
        b'j' => b'x',
        letter @ b'a'..=b'z' => letter,
        b'0'..=b'9' => b'0',
        sign @ (b'_' | b'/' | b' ') => sign,
        b'-' | b'+' | b'~' => b'-',
        b'.' | b'@' | b'&' | b'%' => b'.',
        b':' | b'=' | b'"' | b'\'' | b'(' | b'<' | b'>' | b'[' | b']' | b'$' | b'\\' => b':',
        _ => 0,
    }
}

/// Every state the start leads to, nearest first: the rows a text visits most lie together.
fn reachable(dfa: &DFA) -> Result<Vec<StateID>> {
    let start = dfa.start_state(Anchored::No).context("the automaton has no start")?;
    let mut order = vec![start];
    let mut seen: std::collections::HashSet<StateID> = order.iter().copied().collect();
    let mut at = 0;
    while at < order.len() {
        for byte in 0..=u8::MAX {
            let next = dfa.next_state(Anchored::No, order[at], taken_for(byte));
            if seen.insert(next) {
                order.push(next);
            }
        }
        at += 1;
    }
    Ok(order)
}
